using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // Everybody who may view or edit the plan, and nobody else.
    var plan = new Ory.Relationships("plan", new()
    {
        Namespace = "files",
        Object = "plan.pdf",
        Exclusive = true,
        Relationships = new[]
        {
            new Ory.Inputs.RelationshipsRelationshipArgs
            {
                Relation = "edit",
                SubjectId = "bob",
            },
            new Ory.Inputs.RelationshipsRelationshipArgs
            {
                Relation = "view",
                SubjectSetNamespace = "groups",
                SubjectSetObject = "staff",
                SubjectSetRelation = "member",
            },
        },
    });

});
