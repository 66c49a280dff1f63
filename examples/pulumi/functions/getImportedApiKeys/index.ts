import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const all = ory.getImportedApiKeys({
    status: "active",
});
