import pulumi
import janiform_ory as ory
import json

# A service that calls others on its own behalf.
machine = ory.Oauth2Client("machine",
    client_name="Order service",
    grant_types=[ory.Oauth2ClientGrantType.CLIENT_CREDENTIALS],
    scope="orders:read orders:write",
    audience=["https://orders.example.com"],
    client_credentials_grant_access_token_lifespan="1h")
# A web application whose server keeps the secret.
web = ory.Oauth2Client("web",
    client_name="Shop",
    grant_types=[
        ory.Oauth2ClientGrantType.AUTHORIZATION_CODE,
        ory.Oauth2ClientGrantType.REFRESH_TOKEN,
    ],
    response_types=["code"],
    scope="openid offline_access profile",
    redirect_uris=["https://shop.example.com/callback"],
    post_logout_redirect_uris=["https://shop.example.com/goodbye"],
    allowed_cors_origins=["https://shop.example.com"],
    metadata=json.dumps({
        "team": "shop",
    }))
# A single-page application: it cannot keep a secret, so it has none.
spa = ory.Oauth2Client("spa",
    client_name="Dashboard",
    grant_types=[
        ory.Oauth2ClientGrantType.AUTHORIZATION_CODE,
        ory.Oauth2ClientGrantType.REFRESH_TOKEN,
    ],
    response_types=["code"],
    scope="openid profile",
    redirect_uris=["https://dashboard.example.com/callback"],
    token_endpoint_auth_method=ory.Oauth2ClientTokenEndpointAuthMethod.NONE)
pulumi.export("clientId", machine.client_id)
pulumi.export("clientSecret", machine.client_secret)
