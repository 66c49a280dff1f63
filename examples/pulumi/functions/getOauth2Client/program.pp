# By its name, if only one client has it; or by its clientId.
orderService = invoke("ory:index/getOauth2Client:getOauth2Client", {
  clientName = "Order service"
})

output "scope" {
  value = orderService.scope
}
