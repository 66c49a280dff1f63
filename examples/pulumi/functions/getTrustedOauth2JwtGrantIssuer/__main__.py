import pulumi
import janiform_ory as ory

# By the issuer, if it has one grant; or by its grantId.
partner = ory.get_trusted_oauth2_jwt_grant_issuer(issuer="https://partner.example.com")
pulumi.export("trustedUntil", partner.expires_at)
