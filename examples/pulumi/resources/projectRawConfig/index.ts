import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// A hook that calls the forum after each sign-in, for which `ProjectConfig` has no property.
const forum = new ory.Project("forum", {
    name: "Forum",
    environment: ory.ProjectEnvironment.Dev,
});
const signIn = new ory.ProjectRawConfig("signIn", {
    projectId: forum.id,
    config: JSON.stringify({
        services: {
            identity: {
                config: {
                    selfservice: {
                        flows: {
                            login: {
                                after: {
                                    hooks: [{
                                        hook: "web_hook",
                                        config: {
                                            url: "https://forum.example.com/signed-in",
                                            method: "POST",
                                            body: "base64://ZnVuY3Rpb24oY3R4KSB7IGlkOiBjdHguaWRlbnRpdHkuaWQgfQ==",
                                        },
                                    }],
                                },
                            },
                        },
                    },
                },
            },
        },
    }),
});
