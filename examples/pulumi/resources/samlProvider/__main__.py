import pulumi
import janiform_ory as ory

# The people of a customer sign in with the customer's own identity provider.
acme = ory.Organization("acme",
    label="Acme",
    domains=["acme.example"])
acme_provider = ory.SamlProvider("acmeProvider",
    provider_id="acme",
    label="Acme",
    organization_id=acme.id,
    raw_idp_metadata_xml="https://idp.acme.example/metadata")
