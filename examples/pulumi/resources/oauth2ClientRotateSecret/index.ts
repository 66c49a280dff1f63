import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const config = new pulumi.Config();
const newSecret = config.get("newSecret") || "a-secret-for-the-examples";
const rotated = new ory.Oauth2ClientRotateSecret("rotated", {
    clientId: "shop",
    clientSecret: pulumi.secret(newSecret),
});
