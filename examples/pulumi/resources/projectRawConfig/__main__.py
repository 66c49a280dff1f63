import pulumi
import janiform_ory as ory
import json

# A hook that calls the forum after each sign-in, for which `ProjectConfig` has no property.
forum = ory.Project("forum",
    name="Forum",
    environment=ory.ProjectEnvironment.DEV)
sign_in = ory.ProjectRawConfig("signIn",
    project_id=forum.id,
    config=json.dumps({
        "services": {
            "identity": {
                "config": {
                    "selfservice": {
                        "flows": {
                            "login": {
                                "after": {
                                    "hooks": [{
                                        "hook": "web_hook",
                                        "config": {
                                            "url": "https://forum.example.com/signed-in",
                                            "method": "POST",
                                            "body": "base64://ZnVuY3Rpb24oY3R4KSB7IGlkOiBjdHguaWRlbnRpdHkuaWQgfQ==",
                                        },
                                    }],
                                },
                            },
                        },
                    },
                },
            },
        },
    }))
