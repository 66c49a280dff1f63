import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// What is in force in a project: in the provider's own, or in that with this id.
const shop = ory.getProject({
    name: "Shop",
});
const shopConfig = shop.then(shop => ory.getProjectConfig({
    projectId: shop.id,
}));
export const returnUrl = shopConfig.then(shopConfig => shopConfig.selfserviceDefaultBrowserReturnUrl);
