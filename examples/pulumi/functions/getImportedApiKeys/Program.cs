using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    var all = Ory.GetImportedApiKeys.Invoke(new()
    {
        Status = "active",
    });

    return new Dictionary<string, object?>
    {
        ["importedApiKeys"] = all.Apply(getImportedApiKeysResult => getImportedApiKeysResult.ImportedApiKeys),
    };
});
