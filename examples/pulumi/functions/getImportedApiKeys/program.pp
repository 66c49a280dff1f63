all = invoke("ory:index/getImportedApiKeys:getImportedApiKeys", {
  status = "active"
})
