import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// By its id; by its slug or its name, if only one project has that; or the provider's own.
const shop = ory.getProject({
    name: "Shop",
});
export const slug = shop.then(shop => shop.slug);
