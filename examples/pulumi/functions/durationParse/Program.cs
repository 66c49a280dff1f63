using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    var seconds = Ory.DurationParse.Invoke("1h30m");

    return new Dictionary<string, object?>
    {
        ["anHourAndAHalf"] = seconds,
    };
});
