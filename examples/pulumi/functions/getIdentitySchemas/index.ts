import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const all = ory.getIdentitySchemas({});
export const schemas = all.then(all => all.schemas);
