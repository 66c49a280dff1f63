# The links of one customer. They are secret.
partners = invoke("ory:index/getProject:getProject", {
  name = "Partners"
})

acme = invoke("ory:index/getOrganization:getOrganization", {
  projectId = partners.id
  label = "Acme"
})

all = invoke("ory:index/getOnboardingPortalLinks:getOnboardingPortalLinks", {
  projectId = partners.id
  organizationId = acme.id
})
