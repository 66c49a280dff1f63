import pulumi
import janiform_ory as ory

# Sign-in with Google, with an identity made of the address that Google has.
google = ory.SocialProvider("google",
    provider_id="google",
    provider_type=ory.SocialProviderProviderType.GOOGLE,
    client_id="1234.apps.googleusercontent.com",
    client_secret="what-google-gave",
    scope=[
        "email",
        "profile",
    ])
