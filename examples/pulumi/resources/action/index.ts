import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// Called after somebody has registered with a password; nobody waits for the answer.
const welcome = new ory.Action("welcome", {
    flow: ory.ActionFlow.Registration,
    timing: ory.ActionTiming.After,
    url: "https://api.example.com/hooks/welcome",
    responseIgnore: true,
    body: "function(ctx) { email: ctx.identity.traits.email }",
});
// Asked before anybody signs in, in whatever way: the answer may stop it.
const check = new ory.Action("check", {
    flow: ory.ActionFlow.Login,
    timing: ory.ActionTiming.Before,
    url: "https://api.example.com/hooks/check",
    canInterrupt: true,
});
