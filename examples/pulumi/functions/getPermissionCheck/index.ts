import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// Whether Ann may view the report, directly or as a member of a group.
const annViews = ory.getPermissionCheck({
    namespace: "files",
    object: "report.pdf",
    relation: "view",
    subjectId: "ann",
});
export const annMayView = annViews.then(annViews => annViews.allowed);
