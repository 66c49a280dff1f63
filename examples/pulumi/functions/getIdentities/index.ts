import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// The one who signs in with this address; or everybody.
const found = ory.getIdentities({
    credentialsIdentifier: "ann@example.com",
});
