import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const text = ory.relationshipBuild("files", "report.pdf", "view", [
    "groups",
    "staff",
    "member",
]);
export const staffMayView = text;
