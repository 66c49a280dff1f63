import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const parts = ory.relationshipParse("files:report.pdf#view@groups:staff#member");
export const namespace = parts.then(parts => parts.namespace);
