import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// By its name, if only one client has it; or by its clientId.
const wiki = ory.getOidcDynamicClient({
    clientName: "Wiki",
});
export const scope = wiki.then(wiki => wiki.scope);
