import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const key = ory.pemToJwk(`-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
`, {
    use: "sig",
    alg: "EdDSA",
});
export const partner = key;
