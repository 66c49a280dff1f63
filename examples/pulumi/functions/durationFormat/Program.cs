using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    var text = Ory.DurationFormat.Invoke(2592000.0);

    return new Dictionary<string, object?>
    {
        ["aMonth"] = text,
    };
});
