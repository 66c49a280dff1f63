import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// What Ann and Bob may do with the report: ten questions go in one request.
const report = ory.getPermissionChecks({
    checks: [
        {
            namespace: "files",
            object: "report.pdf",
            relation: "view",
            subjectId: "ann",
        },
        {
            namespace: "files",
            object: "report.pdf",
            relation: "view",
            subjectId: "bob",
        },
    ],
});
export const bothMayView = report.then(report => report.allowed);
