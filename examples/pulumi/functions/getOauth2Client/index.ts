import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// By its name, if only one client has it; or by its clientId.
const orderService = ory.getOauth2Client({
    clientName: "Order service",
});
export const scope = orderService.then(orderService => orderService.scope);
