import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// The shop's project, and one to try changes in.
const shop = new ory.Project("shop", {
    name: "Shop",
    environment: ory.ProjectEnvironment.Prod,
    homeRegion: ory.ProjectHomeRegion.EuCentral,
    deletionProtection: false,
});
const staging = new ory.Project("staging", {
    name: "Shop, to try things",
    environment: ory.ProjectEnvironment.Dev,
});
export const slug = shop.slug;
