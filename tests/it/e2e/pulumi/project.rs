//! A new project of Ory Network in one update: the provider of the objects inside is configured with the key that the
//! same update makes.

use crate::harness::{
    changes, http,
    pulumi::{Pulumi, revealed},
    repository,
    server::{Kind, Server},
};
use serde_json::json;
use std::fs;

fn console(server: &Server, program: &str) -> Pulumi {
    let mut pulumi = Pulumi::new("");
    pulumi.set_env("ORY_HYDRA_ADMIN_URL", "");
    for (name, value) in server.console() {
        pulumi.set_env(name, value);
    }
    pulumi.program(program);
    pulumi.init();
    pulumi
}

#[test]
fn a_project_from_nothing_in_one_update() {
    let server = Server::start(Kind::Emulator);
    let program = fs::read_to_string(repository("examples/pulumi-project/Pulumi.yaml")).unwrap();
    let maker = console(&server, &program);
    // Neither its slug nor its key is known in the first preview.
    maker.run(&["preview"]).ok();
    maker.up().says(&["sessions : \"720h", "tier : \"stage\"", "workspace : \"Our company\""]);
    maker.is_settled();
    let (project, workspace) = (maker.id("shop"), maker.id("ours"));
    let slug = maker.resource("shop")["outputs"]["slug"].as_str().unwrap().to_owned();
    let key = revealed(&maker.resource("deployer")["outputs"]["value"]).as_str().unwrap().to_owned();
    let bearer = format!("Bearer {key}");
    let clients = http::try_send_with("GET", &format!("{}/p/{slug}/admin/clients", server.admin), None, &[("authorization", &bearer)]);
    let clients = clients.expect("an answer").expect(200);
    assert_eq!((clients.as_array().unwrap().len(), &clients[0]["client_name"]), (1, &json!("Order service")));
    assert!(!maker.state().to_string().contains(&key), "the key is in the stack in the clear");

    let patch = json!([{ "op": "replace", "path": "/name", "value": "Renamed" }]);
    server.ask_console("PATCH", &format!("/projects/{project}"), Some(&patch)).expect(200);
    let document = || server.ask_console("GET", &format!("/projects/{project}"), None).expect(200);
    let configured = document();
    let meddled = json!([
        { "op": "replace", "path": "/services/identity/config/session/lifespan", "value": "1h" },
        { "op": "replace", "path": "/services/identity/config/selfservice/flows/login/after/hooks", "value": [] },
        { "op": "replace", "path": "/services/identity/config/selfservice/flows/registration/after/password/hooks/0/config/body", "value": "base64://e30=" },
        { "op": "replace", "path": "/services/identity/config/courier/templates/recovery_code/valid/email/subject", "value": "base64://YQ==" },
        { "op": "add", "path": "/services/oauth2/config/ttl/access_token", "value": "7m" },
    ]);
    let revision = configured["revision_id"].as_str().unwrap();
    server.ask_console("PATCH", &format!("/projects/{project}/revision/{revision}"), Some(&meddled)).expect(200);
    assert_eq!(maker.plan(), changes(&["recovery", "shop", "shopConfig", "signIn", "welcome"].map(|name| (name, "update"))));
    maker.run(&["up", "--yes", "--skip-preview", "--refresh"]).ok();
    maker.is_settled();
    let repaired = document();
    let config = "/services/identity/config";
    let paths = [
        "session/lifespan",
        "selfservice/flows/login/after/hooks/0/config/url",
        "selfservice/flows/registration/after/password/hooks/0/config/body",
        "courier/templates/recovery_code/valid/email/subject",
    ];
    for path in paths.map(|path| format!("{config}/{path}")) {
        assert!(repaired.pointer(&path).is_some_and(|there| Some(there) == configured.pointer(&path)), "{path}: {repaired}");
    }
    assert_eq!(repaired["services"]["oauth2"]["config"]["ttl"]["access_token"], "7m0s", "what nobody set here is left alone");

    // Another stack takes over what can be: nobody is told a key's value again.
    let taken = [("ours", ""), ("shop", ""), ("shopConfig", ":*")];
    let importing = taken.iter().fold(program.clone(), |text, (name, names)| {
        let heading = format!("\n  {name}:\n");
        text.replacen(&heading, &format!("{heading}    options:\n      import: \"{}{names}\"\n", maker.id(name)), 1)
    });
    let importing = importing.split("\n  # What has no property yet.").next().unwrap().to_owned();
    let importer = console(&server, &importing);
    let before = document();
    importer.up().says(&["3 imported"]);
    importer.is_settled();
    assert_eq!(document()["services"], before["services"]);

    maker.destroy();
    assert_eq!(maker.managed(), 0);
    assert_eq!(server.ask_console("GET", "/projects", None).expect(200), json!([]));
    server.ask_console("GET", &format!("/workspaces/{workspace}"), None).expect(200);
}
