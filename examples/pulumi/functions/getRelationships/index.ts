import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const viewersVar = ory.getRelationships({
    namespace: "files",
    object: "report.pdf",
    relation: "view",
});
export const viewers = viewersVar.then(viewersVar => viewersVar.relationships);
