import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// Ann may view the report.
const annViews = new ory.Relationship("annViews", {
    namespace: "files",
    object: "report.pdf",
    relation: "view",
    subjectId: "ann",
});
// So may all members of the staff.
const staffViews = new ory.Relationship("staffViews", {
    namespace: "files",
    object: "report.pdf",
    relation: "view",
    subjectSetNamespace: "groups",
    subjectSetObject: "staff",
    subjectSetRelation: "member",
});
