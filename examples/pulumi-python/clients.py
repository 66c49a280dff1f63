"""Three OAuth 2.0 clients, one for each kind of application.

The provider is configured by the environment: ORY_HYDRA_ADMIN_URL for a
self-hosted Ory Hydra or `janiform emulator`, or ORY_PROJECT_SLUG and
ORY_PROJECT_API_KEY for a project of Ory Network.
"""

import janiform_ory as ory
import pulumi

WEB_ORIGIN = "https://shop.example.com"
SPA_ORIGIN = "https://dashboard.example.com"


def program() -> None:
    # Machine to machine: a service that calls others on its own behalf.
    machine = ory.Oauth2Client(
        "machine",
        client_name="Order service",
        grant_types=["client_credentials"],
        scope="orders:read orders:write",
        audience=["https://orders.example.com"],
        client_credentials_grant_access_token_lifespan="1h",
        # To take over a client that exists already, by its id:
        # opts=pulumi.ResourceOptions(import_="0f1c2d3e-4b5a-4697-8897-a6b5c4d3e2f1"),
    )

    # A web application: its server keeps the secret and refreshes tokens.
    web = ory.Oauth2Client(
        "web",
        client_name="Shop",
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
        scope="openid offline_access profile email",
        token_endpoint_auth_method="client_secret_basic",
        redirect_uris=[f"{WEB_ORIGIN}/callback"],
        post_logout_redirect_uris=[f"{WEB_ORIGIN}/goodbye"],
        allowed_cors_origins=[WEB_ORIGIN],
        skip_consent=True,  # an application of our own
    )

    # A single-page application: what runs in a browser keeps no secret.
    spa = ory.Oauth2Client(
        "spa",
        client_name="Dashboard",
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
        scope="openid profile",
        token_endpoint_auth_method="none",
        redirect_uris=[f"{SPA_ORIGIN}/callback", "http://localhost:3000/callback"],
        allowed_cors_origins=[SPA_ORIGIN],
    )

    pulumi.export("machineClientId", machine.client_id)
    pulumi.export("machineClientSecret", machine.client_secret)  # encrypted in the stack, hidden in outputs
    # A look-up: what the server says about the client.
    pulumi.export("machineScope", ory.get_oauth2_client_output(client_id=machine.client_id).scope)
    pulumi.export("webClientId", web.client_id)
    pulumi.export("webClientSecret", web.client_secret)
    pulumi.export("spaClientId", spa.client_id)
