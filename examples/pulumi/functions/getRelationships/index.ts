import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// Who may view the report.
const viewers = ory.getRelationships({
    namespace: "files",
    object: "report.pdf",
    relation: "view",
});
