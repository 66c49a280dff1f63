all = invoke("ory:index/getIdentitySchemas:getIdentitySchemas", {})
