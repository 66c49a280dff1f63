//! The guard rails in the real tools: protection from deletion according to the state, advice that can be
//! turned off, a warning before applications are locked out, and projects that must not be changed.

use crate::harness::{
    process::Ran,
    proxy::Stub,
    pulumi::{CLIENT, Pulumi},
    server::{Kind, Server},
    terraform::{Cli, Terraform},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value as Json, json};

/// What a person does with a tool and one client.
struct Guarded {
    /// Writes the client's properties into the program, or nothing.
    program: Box<dyn Fn(Option<Json>)>,
    preview: Box<dyn Fn() -> Ran>,
    apply: Box<dyn Fn() -> Ran>,
    /// Whether a preview refuses already what an update would.
    refuses_early: bool,
    /// How a warning names an attribute.
    points_at: fn(&str) -> String,
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
        // The line of the program.
        points_at: |attr| format!(": {attr} = "),
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
        points_at: janiform::frontends::pulumi::names::camel,
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

/// Settings that work and are unwise, each with the advice against it.
fn unwise() -> Vec<(&'static str, &'static str, Json)> {
    let small = BASE64_URL_SAFE_NO_PAD.encode([255; 128]);
    let keys = json!({ "keys": [{ "kty": "RSA", "kid": "k", "use": "sig", "alg": "RS256", "e": "AQAB", "n": small }] });
    vec![
        ("implicit_grant", "response_types", json!(["token"])),
        ("password_grant", "grant_types", json!(["password"])),
        ("plain_http_redirect", "redirect_uris", json!(["http://app.example.com/back"])),
        ("wildcard_origin", "allowed_cors_origins", json!(["https://*.example.com"])),
        ("long_lifespan", "client_credentials_grant_access_token_lifespan", json!("48h")),
        ("small_key", "jwks", json!(keys.to_string())),
    ]
}

/// Before anything is sent, each warning names its rule and where it is broken; and what is meant is not warned of.
fn previews_warn(server: &Server, tool: &Guarded) {
    let mut client = json!({ "client_id": "it", "client_name": "it" });
    for (_, attr, value) in unwise() {
        client[attr] = value;
    }
    (tool.program)(Some(client.clone()));
    let warned = (tool.preview)().ok();
    for (name, attr, _) in unwise() {
        let flat = warned.flat();
        let at = flat.find(&format!("`{name}`")).unwrap_or_else(|| panic!("{name}: {flat}"));
        // What is told of it, whatever else is.
        let told = flat[..at].rsplit("arning: ").next().unwrap_or_default();
        assert!(told.contains("RFC ") && told.contains(&(tool.points_at)(attr)), "{name}: {told}");
    }
    client["ignore_advice"] = unwise().iter().map(|(name, ..)| *name).collect();
    (tool.program)(Some(client));
    let silent = (tool.preview)().ok();
    assert!(!silent.text().contains("RFC "), "{}", silent.text());

    let confidential = json!({ "client_id": "it", "client_name": "it", "grant_types": ["authorization_code"] });
    (tool.program)(Some(confidential.clone()));
    (tool.apply)().ok();
    let mut public = confidential;
    public["token_endpoint_auth_method"] = json!("none");
    (tool.program)(Some(public));
    (tool.preview)().ok().says(&["A confidential client becomes public"]);
    assert_ne!(server.client("it")["token_endpoint_auth_method"], "none");
}

/// A client applied with these variables. With what is allowed the project is asked; otherwise nobody is.
fn other_projects_are_left_alone(apply: impl Fn(&[(&str, &str)]) -> Ran) {
    let project = Stub::answering("403 Forbidden", "application/json", r#"{"error":{"code":403,"message":"no"}}"#);
    let url = format!("http://%s:{}", project.port());
    let of = |more: &[(&str, &str)]| {
        let here = [("ORY_PROJECT_API_URL", &*url), ("ORY_PROJECT_SLUG", "localhost"), ("ORY_PROJECT_API_KEY", "ory_pat_canary")];
        apply(&[&here, more].concat()).fails()
    };
    let (ours, other) = ("9f425a8d-7efc-4768-8f23-7647a74fdf13", "0f1c2d3e-4b5a-4697-8897-a6b5c4d3e2f1");
    of(&[("ORY_PROJECT_ID", other), ("ORY_ALLOWED_PROJECT_IDS", ours)]).says(&[other, "is not among `", "so nothing was sent"]);
    of(&[("ORY_ALLOWED_PROJECT_IDS", ours)]).says(&["is not known, so nothing was sent"]);
    assert!(project.is_untouched());
    of(&[("ORY_PROJECT_ID", ours), ("ORY_ALLOWED_PROJECT_IDS", ours)]).says(&["403"]);
    assert!(!project.is_untouched());
}

#[test]
fn guards_hold_under_terraform() {
    let server = Server::start(Kind::Emulator);
    guards_hold(&server, &terraform(Cli::Terraform, &server));
    previews_warn(&server, &terraform(Cli::Terraform, &server));
}

#[test]
fn guards_hold_under_tofu() {
    let server = Server::start(Kind::Emulator);
    guards_hold(&server, &terraform(Cli::Tofu, &server));
    previews_warn(&server, &terraform(Cli::Tofu, &server));
}

#[test]
fn guards_hold_under_pulumi() {
    let server = Server::start(Kind::Emulator);
    guards_hold(&server, &pulumi(&server));
    previews_warn(&server, &pulumi(&server));
}

#[test]
fn other_projects_are_left_alone_under_terraform_and_tofu() {
    for cli in [Cli::Terraform, Cli::Tofu] {
        other_projects_are_left_alone(|variables| {
            let mut tool = Terraform::with_config(cli, "", "resource \"ory_oauth2_client\" \"it\" {\n  client_name = \"it\"\n}\n");
            variables.iter().for_each(|(name, value)| tool.set_env(name, *value));
            tool.init().run(&["apply", "-no-color", "-auto-approve"])
        });
    }
}

#[test]
fn other_projects_are_left_alone_under_pulumi() {
    other_projects_are_left_alone(|variables| {
        let program =
            json!({ "name": "e2e", "runtime": "yaml", "resources": { "it": { "type": CLIENT, "properties": { "clientName": "it" } } } });
        let mut tool = Pulumi::with_program("", &program.to_string());
        variables.iter().for_each(|(name, value)| tool.set_env(name, *value));
        tool.run(&["up", "--yes", "--skip-preview"])
    });
}
