using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // Fails if the relationship does not exist.
    var annViews = Ory.GetRelationship.Invoke(new()
    {
        Id = "files:report.pdf#view@ann",
    });

    return new Dictionary<string, object?>
    {
        ["subject"] = annViews.Apply(getRelationshipResult => getRelationshipResult.SubjectId),
    };
});
