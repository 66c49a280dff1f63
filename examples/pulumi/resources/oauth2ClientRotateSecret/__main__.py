import pulumi
import janiform_ory as ory

config = pulumi.Config()
new_secret = config.get("newSecret")
if new_secret is None:
    new_secret = "a-secret-for-the-examples"
rotated = ory.Oauth2ClientRotateSecret("rotated",
    client_id="shop",
    client_secret=pulumi.Output.secret(new_secret))
