using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // Called after somebody has registered with a password; nobody waits for the answer.
    var welcome = new Ory.Action("welcome", new()
    {
        Flow = Ory.ActionFlow.Registration,
        Timing = Ory.ActionTiming.After,
        Url = "https://api.example.com/hooks/welcome",
        ResponseIgnore = true,
        Body = "function(ctx) { email: ctx.identity.traits.email }",
    });

    // Asked before anybody signs in, in whatever way: the answer may stop it.
    var check = new Ory.Action("check", new()
    {
        Flow = Ory.ActionFlow.Login,
        Timing = Ory.ActionTiming.Before,
        Url = "https://api.example.com/hooks/check",
        CanInterrupt = true,
    });

});
