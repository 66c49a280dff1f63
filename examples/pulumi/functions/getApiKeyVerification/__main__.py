import pulumi
import janiform_ory as ory

given = ory.get_api_key_verification(credential="somebody-s-key")
pulumi.export("isGood", given.is_valid)
