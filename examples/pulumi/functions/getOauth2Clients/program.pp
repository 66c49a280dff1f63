# Every client of this name; or of one owner; or all of them.
shops = invoke("ory:index/getOauth2Clients:getOauth2Clients", {
  clientName = "Shop"
})
