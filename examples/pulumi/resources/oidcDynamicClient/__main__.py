import pulumi
import janiform_ory as ory

# A client that registers itself, where dynamic client registration is on.
wiki = ory.OidcDynamicClient("wiki",
    client_name="Wiki",
    grant_types=[
        ory.OidcDynamicClientGrantType.AUTHORIZATION_CODE,
        ory.OidcDynamicClientGrantType.REFRESH_TOKEN,
    ],
    response_types=["code"],
    scope="openid offline_access",
    redirect_uris=["https://wiki.example.com/callback"],
    contacts=["wiki@example.com"])
pulumi.export("registrationUri", wiki.registration_client_uri)
pulumi.export("registrationToken", wiki.registration_access_token)
