# What is in force in a project: in the provider's own, or in that with this id.
shop = invoke("ory:index/getProject:getProject", {
  name = "Shop"
})

shopConfig = invoke("ory:index/getProjectConfig:getProjectConfig", {
  projectId = shop.id
})

output "returnUrl" {
  value = shopConfig.selfserviceDefaultBrowserReturnUrl
}
