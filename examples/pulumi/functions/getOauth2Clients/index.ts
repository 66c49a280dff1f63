import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// Every client of this name; or of one owner; or all of them.
const shops = ory.getOauth2Clients({
    clientName: "Shop",
});
