using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    var key = Ory.PemToJwk.Invoke(@"-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
", 
    {
        { "use", "sig" },
        { "alg", "EdDSA" },
    });

    return new Dictionary<string, object?>
    {
        ["partner"] = key,
    };
});
