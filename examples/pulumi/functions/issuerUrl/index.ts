import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const url = ory.issuerUrl("elegant-swirles-k2f5a8b3c1");
export const issuer = url;
