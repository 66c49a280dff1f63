import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// Every project that the key may see.
const all = ory.getProjects({});
