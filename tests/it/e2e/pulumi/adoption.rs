//! The stack that the dynamic bridge over the official provider left.

use crate::{
    adoption::recreate,
    harness::{
        fixture_json,
        pulumi::{CLIENT, Pulumi},
        server::{Kind, Server},
    },
};
use serde_json::{Value as Json, json};

/// The recorded stack's clients and provider; other types are not this provider's yet. The server is elsewhere.
fn recorded(port: &str) -> Json {
    let mut stack = fixture_json("peers/bridge-stack.json");
    stack["deployment"]["resources"].as_array_mut().unwrap().retain(|resource| {
        let kind = resource["type"].as_str().unwrap();
        kind == CLIENT || kind.starts_with("pulumi:")
    });
    let text = stack.to_string().replace("http://%s:38445", &format!("http://%s:{port}"));
    serde_json::from_str(&text).unwrap()
}

/// The program that led to the stack, with the bridge's own names.
fn program(stack: &Json) -> Json {
    let mut resources = serde_json::Map::new();
    for resource in stack["deployment"]["resources"].as_array().unwrap() {
        let name = resource["urn"].as_str().unwrap().rsplit("::").next().unwrap();
        let mut inputs = resource.get("inputs").cloned().unwrap_or(json!({}));
        let entry = match resource["type"].as_str().unwrap() {
            "pulumi:pulumi:Stack" => continue,
            CLIENT => json!({"type": CLIENT, "properties": inputs, "options": {"provider": "${p}"}}),
            kind => {
                // The bridge's own bookkeeping; the key as a program gives it.
                for name in ["__internal", "version"] {
                    inputs.as_object_mut().unwrap().remove(name);
                }
                inputs["projectApiKey"] = json!({"fn::secret": "ory_pat_fixture"});
                json!({"type": kind, "properties": inputs})
            }
        };
        resources.insert(name.to_owned(), entry);
    }
    json!({"name": "adopted", "runtime": "yaml", "resources": resources})
}

fn secret_of<'a>(stack: &'a Json) -> impl Fn(&str) -> Option<String> + 'a {
    |id| {
        let resource = stack["deployment"]["resources"].as_array().unwrap().iter().find(|resource| resource["id"] == id)?;
        let secret: String = serde_json::from_str(resource["outputs"]["clientSecret"]["plaintext"].as_str()?).unwrap();
        (!secret.is_empty()).then_some(secret)
    }
}

#[test]
fn the_bridges_stack_previews_no_changes() {
    let server = Server::start(Kind::Emulator);
    let port = server.admin.rsplit(':').next().unwrap();
    let stack = recorded(port);
    assert_eq!(recreate(&server, "bridge-stack.json", secret_of(&stack)), 3);
    let before = server.clients();

    // JSON is YAML.
    let pulumi = Pulumi::with_program("", &program(&stack).to_string());
    // Its secrets are in the clear, to be encrypted with this stack's salt.
    let settings = std::fs::read_to_string(pulumi.scratch.join("w/Pulumi.dev.yaml")).unwrap();
    let salt = settings.lines().find_map(|line| line.strip_prefix("encryptionsalt: ")).expect("a salt");
    let mut stack = stack;
    stack["deployment"]["secrets_providers"]["state"]["salt"] = json!(salt);
    pulumi.scratch.write("w/stack.json", &stack.to_string());
    pulumi.run(&["stack", "import", "--file", "stack.json"]).ok();
    // Not with a refresh: until the first update, that would start the bridge.
    pulumi.run(&["preview", "--expect-no-changes", "--diff"]).ok();
    pulumi.up();
    pulumi.is_settled();
    assert_eq!(server.clients(), before);
}
