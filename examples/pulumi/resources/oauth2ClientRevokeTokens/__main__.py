import pulumi
import janiform_ory as ory

# Whoever has a token of the client has to get another one when what the client may do changes.
shop = ory.Oauth2Client("shop",
    client_name="Shop",
    grant_types=[ory.Oauth2ClientGrantType.CLIENT_CREDENTIALS],
    scope="orders:read")
revoked = ory.Oauth2ClientRevokeTokens("revoked",
    client_id=shop.client_id,
    triggers=[shop.scope])
