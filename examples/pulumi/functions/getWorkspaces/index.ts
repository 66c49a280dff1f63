import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// The workspaces that the key may see.
const all = ory.getWorkspaces({});
