import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// Everybody who may view or edit the plan, and nobody else.
const plan = new ory.Relationships("plan", {
    namespace: "files",
    object: "plan.pdf",
    exclusive: true,
    relationships: [
        {
            relation: "edit",
            subjectId: "bob",
        },
        {
            relation: "view",
            subjectSetNamespace: "groups",
            subjectSetObject: "staff",
            subjectSetRelation: "member",
        },
    ],
});
