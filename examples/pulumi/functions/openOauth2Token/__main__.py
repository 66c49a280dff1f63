import pulumi
import janiform_ory as ory
import janiform_ory as ory

# What runs with it has a token for as long as the run lasts.
robot = ory.Oauth2Client("robot",
    client_name="Robot",
    grant_types=[ory.Oauth2ClientGrantType.CLIENT_CREDENTIALS],
    scope="orders:read")
token = ory.open_oauth2_token_output(client_id=robot.client_id,
    client_secret=robot.client_secret,
    scope="orders:read")
pulumi.export("expiresAt", token.expires_at)
