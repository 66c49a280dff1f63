//! What real tools make of the guard rails: protection from deletion, by what the state says, and advice that can be
//! turned down.

use crate::harness::{
    process::Ran,
    pulumi::{CLIENT, Pulumi},
    server::{Kind, Server},
    terraform::{Cli, Terraform},
};
use serde_json::{Value as Json, json};

/// What a person does with a tool and one client.
struct Guarded {
    /// Writes the client's properties into the program, or nothing.
    program: Box<dyn Fn(Option<Json>)>,
    preview: Box<dyn Fn() -> Ran>,
    apply: Box<dyn Fn() -> Ran>,
    /// Whether a preview refuses already what an update would.
    refuses_early: bool,
}

fn terraform(cli: Cli, server: &Server) -> Guarded {
    let tool = std::rc::Rc::new(Terraform::with_config(cli, &server.admin, ""));
    tool.init();
    let [written, planned, applied] = [(); 3].map(|()| tool.clone());
    Guarded {
        program: Box::new(move |client| {
            let lines =
                |client: &Json| client.as_object().unwrap().iter().map(|(name, value)| format!("  {name} = {value}\n")).collect::<String>();
            written.config(
                &client.map(|client| format!("resource \"ory_oauth2_client\" \"it\" {{\n{}}}\n", lines(&client))).unwrap_or_default(),
            );
        }),
        preview: Box::new(move || planned.run(&["plan", "-no-color"])),
        apply: Box::new(move || applied.run(&["apply", "-no-color", "-auto-approve"])),
        refuses_early: true,
    }
}

fn pulumi(server: &Server) -> Guarded {
    let tool = std::rc::Rc::new(Pulumi::with_program(&server.admin, "name: e2e\nruntime: yaml\nresources: {}\n"));
    let [written, planned, applied] = [(); 3].map(|()| tool.clone());
    Guarded {
        program: Box::new(move |client| {
            let camel = janiform::frontends::pulumi::names::camel;
            let spelled =
                |client: &Json| client.as_object().unwrap().iter().map(|(name, value)| (camel(name), value.clone())).collect::<Json>();
            let resources = client.map_or(json!({}), |client| json!({ "it": { "type": CLIENT, "properties": spelled(&client) } }));
            written.program(&json!({ "name": "e2e", "runtime": "yaml", "resources": resources }).to_string());
        }),
        preview: Box::new(move || planned.run(&["preview"])),
        apply: Box::new(move || applied.run(&["up", "--yes", "--skip-preview"])),
        refuses_early: false,
    }
}

fn guards_hold(server: &Server, tool: &Guarded) {
    let client = |id: &str, more: Json| {
        let mut client = json!({ "client_id": id, "client_name": "it" });
        client.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Some(client)
    };
    let ids = || server.clients().iter().map(|client| client["client_id"].clone()).collect::<Vec<_>>();

    // Advice names itself and its rule, and changes nothing.
    let unwise = json!({ "allowed_cors_origins": ["https://*.example.com"], "deletion_protection": true });
    (tool.program)(client("old", unwise.clone()));
    (tool.apply)().ok().says(&["wildcard_origin", "RFC 9700"]);
    let mut meant = unwise;
    meant["ignore_advice"] = json!(["wildcard_origin"]);
    (tool.program)(client("old", meant));
    let silent = (tool.apply)().ok();
    assert!(!silent.text().contains("RFC 9700"), "{}", silent.text());

    // Neither a replacement nor a deletion, whatever the program says by now.
    for wanted in [client("new", json!({ "deletion_protection": false })), None] {
        (tool.program)(wanted.clone());
        if tool.refuses_early {
            (tool.preview)().fails().says(&["is protected", "deletion_protection = false"]);
        } else if wanted.is_some() {
            (tool.preview)().says(&["is protected"]);
        }
        (tool.apply)().fails().says(&["is protected"]);
        assert_eq!(ids(), ["old"]);
    }

    // Lifted in one run, it goes in the next.
    (tool.program)(client("old", json!({ "deletion_protection": false })));
    (tool.apply)().ok();
    (tool.program)(None);
    (tool.apply)().ok();
    assert_eq!(ids(), [""; 0]);
}

#[test]
fn guards_hold_under_terraform() {
    let server = Server::start(Kind::Emulator);
    guards_hold(&server, &terraform(Cli::Terraform, &server));
}

#[test]
fn guards_hold_under_tofu() {
    let server = Server::start(Kind::Emulator);
    guards_hold(&server, &terraform(Cli::Tofu, &server));
}

#[test]
fn guards_hold_under_pulumi() {
    let server = Server::start(Kind::Emulator);
    guards_hold(&server, &pulumi(&server));
}
