import pulumi
import janiform_ory as ory

# The identity provider of a customer says who works there.
acme = ory.Organization("acme",
    label="Acme",
    domains=["acme.example"])
okta = ory.ScimClient("okta",
    client_id="okta-acme",
    organization_id=acme.id,
    label="Okta",
    authorization_header_secret="a-secret-for-okta",
    mapper_url="https://example.com/scim-mapper.jsonnet")
