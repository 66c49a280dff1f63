//! Wrong addresses, stopped servers, interrupted runs, attaching.

use super::program;
use crate::harness::{
    changes, environment, janiform, process,
    proxy::Stub,
    pulumi::Pulumi,
    server::{Kind, Server, nowhere},
};
use serde_json::json;
use std::{os::unix::fs::symlink, process::Command, time::Duration};

/// `hostile/doors.rs` has every variable, and that a proxy is asked for what is elsewhere.
#[test]
fn a_proxy_is_not_used_for_loopback() {
    let server = Server::start(Kind::Emulator);
    let proxy = Stub::answering("502 Bad Gateway", "text/plain", "not here");
    let guard = json!({ "username": "somebody", "password": "canary-of-basic-auth" });
    let mut pulumi =
        Pulumi::with_program(&server.admin, &program(&[("it", "clientName: It")])).env("ORY_ADMIN_BASIC_AUTH", guard.to_string());
    ["HTTP_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"].iter().for_each(|name| pulumi.set_env(name, proxy.url()));
    pulumi.up();
    pulumi.is_settled();
    pulumi.destroy();
    assert!(proxy.is_untouched());
}

#[test]
fn a_wrong_address_removes_nothing_from_the_stack() {
    let hydra = Server::start(Kind::Hydra);
    let mut pulumi = Pulumi::with_program(&hydra.admin, &program(&[("it", "clientName: It")]));
    pulumi.up();
    let before = pulumi.resource("it");
    let elsewhere = Stub::answering("404 Not Found", "text/plain", "404 page not found\n");
    let gateway = Stub::answering(
        "404 Not Found",
        "application/json",
        r#"{"error":{"code":404,"status":"Not Found","request":"r-1","reason":"project not found","message":"The requested resource could not be found"}}"#,
    );
    let not_ory = "Another service than Ory Hydra's admin API";
    for url in [hydra.public.clone(), format!("{}/hydra", hydra.admin), elsewhere.url(), gateway.url()] {
        pulumi.set_env("ORY_HYDRA_ADMIN_URL", &url);
        for arguments in [
            &["refresh", "--yes", "--skip-preview"][..],
            &["up", "--yes", "--refresh", "--skip-preview"],
            &["destroy", "--yes", "--skip-preview"],
        ] {
            pulumi.run(arguments).fails().says(&[not_ory, &url, "404"]);
        }
    }
    // A project's slug that nobody has.
    pulumi.set_env("ORY_HYDRA_ADMIN_URL", "");
    pulumi.set_env("ORY_PROJECT_API_URL", format!("http://%s:{}", gateway.port()));
    pulumi.set_env("ORY_PROJECT_SLUG", "localhost");
    pulumi.set_env("ORY_PROJECT_API_KEY", "ory_pat_canary");
    let ran = pulumi.run(&["refresh", "--yes", "--skip-preview"]).fails().says(&["project slug", "404"]);
    assert!(!ran.text().contains("ory_pat_canary"));

    pulumi.set_env("ORY_HYDRA_ADMIN_URL", &hydra.admin);
    let after = pulumi.resource("it");
    assert_eq!((&after["id"], &after["outputs"]), (&before["id"], &before["outputs"]));
    assert_eq!(hydra.clients().len(), 1);
}

#[test]
fn an_unreachable_server_removes_nothing_from_the_stack() {
    let server = Server::start(Kind::Emulator);
    let mut pulumi = Pulumi::with_program(&server.admin, &program(&[("it", "clientName: It")]));
    pulumi.up();
    let url = nowhere();
    pulumi.set_env("ORY_HYDRA_ADMIN_URL", &url);
    for arguments in [&["refresh", "--yes", "--skip-preview"][..], &["destroy", "--yes", "--skip-preview"]] {
        pulumi.run(arguments).fails().says(&["cannot be reached", &url]);
    }
    assert_eq!(pulumi.managed(), 1);
}

#[test]
fn an_interrupted_update_saves_what_was_done() {
    let server = Server::start(Kind::Emulator);
    let slow = Stub::slow(&server.admin, "POST", Duration::from_secs(2));
    let text = program(&[("it", "clientName: It"), ("later", "clientName: Later\nowner: ${it.clientId}")]);
    let mut pulumi = Pulumi::with_program(&slow.url(), &text);
    let running = pulumi.start(&["up", "--yes", "--skip-preview"]);
    slow.wait_for("POST /admin/clients");
    running.signal("INT");
    running.finish().fails();
    // What was under way when the user interrupted is in the state too, and nobody has to look for it.
    super::asked::orphans(&pulumi).says(&["Nothing is left over"]);

    pulumi.set_env("ORY_HYDRA_ADMIN_URL", &server.admin);
    let made = server.named("It");
    assert_eq!(server.clients().len(), 1);
    assert_eq!(pulumi.id("it"), made["client_id"]);
    assert_eq!(pulumi.plan(), changes(&[("later", "create")]));
}

/// A server that does not answer is not waited for any more, once the user has had enough.
#[test]
fn an_interrupted_refresh_ends_at_once() {
    let server = Server::start(Kind::Emulator);
    let mut pulumi = Pulumi::with_program(&server.admin, &program(&[("it", "clientName: It")]));
    pulumi.up();
    let hung = Stub::slow(&server.admin, "GET", Duration::from_secs(600));
    pulumi.set_env("ORY_HYDRA_ADMIN_URL", hung.url());
    let running = pulumi.start(&["refresh", "--yes", "--skip-preview"]);
    hung.wait_for("GET /admin/clients");
    running.signal("INT");
    // A request may take two minutes.
    running.finish_within(60).fails();
    pulumi.set_env("ORY_HYDRA_ADMIN_URL", &server.admin);
    pulumi.is_settled();
}

#[test]
fn the_engine_attaches_to_a_running_provider() {
    let server = Server::start(Kind::Emulator);
    let mut pulumi = Pulumi::with_program(&server.admin, &program(&[("it", "clientName: It")]));
    // Nothing but the one process can serve: the plugin is nowhere else.
    let plugin = pulumi.scratch.dir("bin").join("pulumi-resource-ory");
    symlink(janiform(), &plugin).unwrap();
    let mut provider = process::start(Command::new(&plugin).env_clear().envs(environment(&pulumi.scratch)));
    let port = provider.line_with("").trim().to_owned();
    std::fs::remove_file(pulumi.scratch.join("pulumi/plugins")).unwrap();
    pulumi.set_env("PULUMI_DEBUG_PROVIDERS", format!("ory:{port}"));
    // The settings reach a process that was started elsewhere only by the stack's configuration.
    pulumi.run(&["config", "set", "ory:hydraAdminUrl", &server.admin]).ok();
    pulumi.up();
    pulumi.is_settled();
    assert_eq!(server.clients().len(), 1);
    pulumi.destroy();
    assert!(!provider.has_ended());
    provider.signal("INT");
    provider.finish().ok();
}

/// Hydra 2.3 takes the request and drops what it does not know.
#[test]
fn a_value_that_the_server_drops_is_reported() {
    let property = "deviceAuthorizationGrantAccessTokenLifespan";
    let hydra = Server::start(Kind::Hydra);
    let pulumi = Pulumi::with_program(&hydra.admin, &program(&[("it", &format!("clientName: It\n{property}: 1h"))]));
    pulumi.up().says(&["warning: The server dropped", property]);
    assert_eq!(pulumi.plan(), changes(&[("it", "update")]));
    pulumi.program(&program(&[("it", "clientName: It")]));
    pulumi.run(&["up", "--yes", "--skip-preview", "--refresh"]).ok();
    pulumi.is_settled();
}

#[test]
fn an_existing_object_is_not_taken_over() {
    let server = Server::start(Kind::Emulator);
    let theirs = server.create(&json!({"client_id": "taken", "client_name": "Theirs"}));
    let pulumi = Pulumi::with_program(&server.admin, &program(&[("it", "clientId: taken\nclientName: It")]));
    pulumi.run(&["up", "--yes", "--skip-preview"]).fails().says(&["taken", "import"]);
    assert_eq!(pulumi.managed(), 0);
    assert_eq!(server.client("taken")["updated_at"], theirs["updated_at"]);
}
