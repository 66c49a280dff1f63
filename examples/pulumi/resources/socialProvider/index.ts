import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// Sign-in with Google, with an identity made of the address that Google has.
const google = new ory.SocialProvider("google", {
    providerId: "google",
    providerType: ory.SocialProviderProviderType.Google,
    clientId: "1234.apps.googleusercontent.com",
    clientSecret: "what-google-gave",
    scope: [
        "email",
        "profile",
    ],
});
