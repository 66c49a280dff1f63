import pulumi
import janiform_ory as ory

# Called after somebody has registered with a password; nobody waits for the answer.
welcome = ory.Action("welcome",
    flow=ory.ActionFlow.REGISTRATION,
    timing=ory.ActionTiming.AFTER,
    url="https://api.example.com/hooks/welcome",
    response_ignore=True,
    body="function(ctx) { email: ctx.identity.traits.email }")
# Asked before anybody signs in, in whatever way: the answer may stop it.
check = ory.Action("check",
    flow=ory.ActionFlow.LOGIN,
    timing=ory.ActionTiming.BEFORE,
    url="https://api.example.com/hooks/check",
    can_interrupt=True)
