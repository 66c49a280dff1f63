import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const url = ory.scimUrl("elegant-swirles-k2f5a8b3c1", "okta-acme");
export const scim = url;
