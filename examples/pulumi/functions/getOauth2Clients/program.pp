shopsVar = invoke("ory:index/getOauth2Clients:getOauth2Clients", {
  clientName = "Shop"
})

# Every client of this name; or of one owner; or all of them.
output "shops" {
  value = shopsVar.clients
}
