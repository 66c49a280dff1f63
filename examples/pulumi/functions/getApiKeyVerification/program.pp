given = invoke("ory:index/getApiKeyVerification:getApiKeyVerification", {
  credential = "somebody-s-key"
})

output "isGood" {
  value = given.isValid
}
