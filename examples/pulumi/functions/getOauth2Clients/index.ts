import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const shopsVar = ory.getOauth2Clients({
    clientName: "Shop",
});
export const shops = shopsVar.then(shopsVar => shopsVar.clients);
