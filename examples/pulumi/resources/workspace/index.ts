import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// It was made in the Ory Console: import it.
const ours = new ory.Workspace("ours", {name: "Our company"});
