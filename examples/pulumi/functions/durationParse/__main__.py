import pulumi
import janiform_ory as ory

seconds = ory.duration_parse("1h30m")
pulumi.export("anHourAndAHalf", seconds)
