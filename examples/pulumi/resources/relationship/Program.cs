using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // Ann may view the report.
    var annViews = new Ory.Relationship("annViews", new()
    {
        Namespace = "files",
        Object = "report.pdf",
        Relation = "view",
        SubjectId = "ann",
    });

    // So may all members of the staff.
    var staffViews = new Ory.Relationship("staffViews", new()
    {
        Namespace = "files",
        Object = "report.pdf",
        Relation = "view",
        SubjectSetNamespace = "groups",
        SubjectSetObject = "staff",
        SubjectSetRelation = "member",
    });

});
