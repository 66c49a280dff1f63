using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // Whether Ory takes a permission model, before anything is changed.
    var @checked = Ory.GetOplValidation.Invoke(new()
    {
        Source = "class User implements Namespace {}",
    });

    return new Dictionary<string, object?>
    {
        ["namespacesAreValid"] = @checked.Apply(@checked => @checked.Apply(getOplValidationResult => getOplValidationResult.Valid)),
    };
});
