import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// What relationships can be in.
const all = ory.getRelationshipNamespaces({});
