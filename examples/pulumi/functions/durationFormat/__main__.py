import pulumi
import janiform_ory as ory

text = ory.duration_format(float(2592000))
pulumi.export("aMonth", text)
