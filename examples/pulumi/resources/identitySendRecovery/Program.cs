using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // Mail with which somebody gets back into their account.
    var mail = new Ory.IdentitySendRecovery("mail", new()
    {
        IdentityId = "9f425a8d-7efc-4768-8f23-7647a74fdf13",
        Triggers = new[]
        {
            "asked on the phone",
        },
    });

});
