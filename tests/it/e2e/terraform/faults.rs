//! Wrong addresses, stopped servers, interrupted runs.

use crate::harness::{
    changes, process,
    proxy::Stub,
    server::{Kind, Server, nowhere},
    terraform::{Cli, Terraform},
};
use serde_json::{Value as Json, json};
use std::time::Duration;

super::with_both_tools![
    a_wrong_address_removes_nothing_from_the_state,
    an_unreachable_server_removes_nothing_from_the_state,
    an_interrupted_apply_saves_what_was_done,
    an_interrupted_refresh_ends_at_once,
    an_unknown_url_is_not_replaced_by_the_environment,
    the_log_is_json_on_request,
    terraform_attaches_to_a_running_provider,
    a_value_that_the_server_drops_is_reported,
    an_existing_object_is_not_taken_over,
    a_proxy_is_not_used_for_loopback,
];

const ONE: &str = "resource \"ory_oauth2_client\" \"it\" {\n  client_name = \"It\"\n}";

fn a_wrong_address_removes_nothing_from_the_state(cli: Cli) {
    let hydra = Server::start(Kind::Hydra);
    let mut terraform = Terraform::with_config(cli, &hydra.admin, ONE);
    terraform.init().apply();
    let state = terraform.state();

    let elsewhere = Stub::answering("404 Not Found", "text/plain", "404 page not found\n");
    let page = Stub::answering("404 Not Found", "text/html", "<!doctype html><title>Not here</title>");
    let gateway = Stub::answering(
        "404 Not Found",
        "application/json",
        r#"{"error":{"code":404,"status":"Not Found","request":"r-1","reason":"project not found","message":"The requested resource could not be found"}}"#,
    );
    let wrong = [hydra.public.clone(), format!("{}/hydra", hydra.admin), elsewhere.url(), page.url(), gateway.url()];
    let not_ory = "Another service than Ory Hydra's admin API";
    for url in &wrong {
        terraform.set_env("ORY_HYDRA_ADMIN_URL", url);
        for arguments in
            [&["plan"][..], &["apply", "-auto-approve"], &["apply", "-refresh-only", "-auto-approve"], &["destroy", "-auto-approve"]]
        {
            terraform.run(&[arguments, &["-no-color"]].concat()).fails().says(&[not_ory, url, "/admin/clients/", "404"]);
        }
        // Deleting without looking first must not take the 404 for the client's absence.
        terraform.run(&["destroy", "-no-color", "-auto-approve", "-refresh=false"]).fails().says(&[not_ory, url]);
        terraform.run(&["import", "-no-color", "ory_oauth2_client.it", "other"]).fails();
    }
    // A project's slug that nobody has.
    terraform.set_env("ORY_HYDRA_ADMIN_URL", "");
    terraform.set_env("ORY_PROJECT_API_URL", format!("http://%s:{}", gateway.port()));
    terraform.set_env("ORY_PROJECT_SLUG", "localhost");
    terraform.set_env("ORY_PROJECT_API_KEY", "ory_pat_canary");
    let ran = terraform.run(&["apply", "-no-color", "-auto-approve"]).fails().says(&["project slug", "404"]);
    assert!(!ran.text().contains("ory_pat_canary"));

    assert_eq!(terraform.state()["resources"][0]["instances"][0]["attributes"], state["resources"][0]["instances"][0]["attributes"]);
    assert_eq!(hydra.clients().len(), 1);
}

/// `hostile/doors.rs` has every variable, and that a proxy is asked for what is elsewhere.
fn a_proxy_is_not_used_for_loopback(cli: Cli) {
    let server = Server::start(Kind::Emulator);
    let proxy = Stub::answering("502 Bad Gateway", "text/plain", "not here");
    let guard = json!({ "username": "somebody", "password": "canary-of-basic-auth" });
    let mut terraform = Terraform::with_config(cli, &server.admin, ONE).env("ORY_ADMIN_BASIC_AUTH", guard.to_string());
    terraform.init();
    ["HTTP_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"].iter().for_each(|name| terraform.set_env(name, proxy.url()));
    terraform.apply();
    terraform.is_settled();
    terraform.destroy();
    assert!(proxy.is_untouched());
}

fn an_unreachable_server_removes_nothing_from_the_state(cli: Cli) {
    let server = Server::start(Kind::Emulator);
    let mut terraform = Terraform::with_config(cli, &server.admin, ONE);
    terraform.init().apply();
    let url = nowhere();
    terraform.set_env("ORY_HYDRA_ADMIN_URL", &url);
    for arguments in [&["plan"][..], &["destroy", "-auto-approve"], &["destroy", "-auto-approve", "-refresh=false"]] {
        terraform.run(&[arguments, &["-no-color"]].concat()).fails().says(&["cannot be reached", &url, "Nothing was sent"]);
    }
    assert_eq!(terraform.managed(), 1);
}

fn an_interrupted_apply_saves_what_was_done(cli: Cli) {
    let server = Server::start(Kind::Emulator);
    let slow = Stub::slow(&server.admin, "POST", Duration::from_secs(2));
    let config = format!(
        "{ONE}\nresource \"ory_oauth2_client\" \"later\" {{\n  client_name = \"Later\"\n  depends_on  = [ory_oauth2_client.it]\n}}"
    );
    let mut terraform = Terraform::with_config(cli, &slow.url(), &config);
    terraform.init();
    let running = terraform.start(&["apply", "-no-color", "-auto-approve"]);
    slow.wait_for("POST /admin/clients");
    running.signal("INT");
    running.finish().fails().says(&["nterrupt"]);

    // What was on its way was carried out and is in the state; what was not sent is not.
    terraform.set_env("ORY_HYDRA_ADMIN_URL", &server.admin);
    let made = server.named("It");
    assert_eq!(server.clients().len(), 1);
    assert_eq!(terraform.id("ory_oauth2_client.it"), made["client_id"]);
    assert_eq!(terraform.plan(), changes(&[("ory_oauth2_client.later", "create")]));
}

/// A server that does not answer is not waited for any more, once the user has had enough.
fn an_interrupted_refresh_ends_at_once(cli: Cli) {
    let server = Server::start(Kind::Emulator);
    let mut terraform = Terraform::with_config(cli, &server.admin, ONE);
    terraform.init().apply();
    let hung = Stub::slow(&server.admin, "GET", Duration::from_secs(600));
    terraform.set_env("ORY_HYDRA_ADMIN_URL", hung.url());
    let running = terraform.start(&["plan", "-no-color"]);
    hung.wait_for("GET /admin/clients");
    running.signal("INT");
    // A request may take two minutes.
    running.finish_within(60).fails().says(&["nterrupt"]);
    terraform.set_env("ORY_HYDRA_ADMIN_URL", &server.admin);
    terraform.is_settled();
}

/// A URL that is not known before apply says nothing of where the objects are now, and neither does the environment.
fn an_unknown_url_is_not_replaced_by_the_environment(cli: Cli) {
    let (server, other) = (Server::start(Kind::Emulator), Server::start(Kind::Emulator));
    let config = |url: &str| {
        format!(
            "resource \"terraform_data\" \"ory\" {{\n  input = \"{url}\"\n}}\n\nprovider \"ory\" {{\n  hydra_admin_url = terraform_data.ory.output\n}}\n\n{ONE}"
        )
    };
    let mut terraform = Terraform::with_config(cli, &other.admin, &config(&server.admin));
    terraform.init().apply();
    terraform.set_env("ORY_HYDRA_ADMIN_URL", &other.admin);
    let made = terraform.id("ory_oauth2_client.it");
    // The same server by another spelling.
    terraform.config(&config(&format!("{}/", server.admin)));
    assert_eq!(terraform.plan(), changes(&[("terraform_data.ory", "update")]));
    terraform.apply();
    assert_eq!((server.clients().len(), other.clients().len()), (1, 0));
    assert_eq!(terraform.id("ory_oauth2_client.it"), made);
}

fn the_log_is_json_on_request(cli: Cli) {
    let server = Server::start(Kind::Emulator);
    let terraform = Terraform::with_config(cli, &server.admin, ONE).env("TF_LOG", "JSON");
    let ran = terraform.init().run(&["apply", "-no-color", "-auto-approve"]).ok();
    let mut ours = 0;
    for line in ran.stderr.lines().filter(|line| line.starts_with('{')) {
        let line: Json = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        // The tool took the provider's own fields apart.
        if line["@module"].as_str().is_some_and(|module| module.contains("provider")) && line["request"] == "POST /admin/clients" {
            assert_eq!(line["status"], 201, "{line:#}");
            ours += 1;
        }
    }
    assert_eq!(ours, 1, "{}", ran.stderr);
}

fn terraform_attaches_to_a_running_provider(cli: Cli) {
    let server = Server::start(Kind::Emulator);
    let mut terraform = Terraform::with_config(cli, &server.admin, ONE);
    terraform.init();
    let mut debug = std::process::Command::new(crate::harness::janiform());
    debug.arg("--debug").env_clear().envs(crate::harness::environment(&terraform.scratch)).env("ORY_HYDRA_ADMIN_URL", &server.admin);
    let mut debug = process::start(&mut debug);
    let line = debug.line_with("TF_REATTACH_PROVIDERS");
    let value = line.split_once('=').expect("a variable").1.trim().trim_matches('\'').to_owned();
    terraform.set_env("TF_REATTACH_PROVIDERS", value);
    // Through the one process, which outlives each run; the variable reaches it alone.
    terraform.set_env("ORY_HYDRA_ADMIN_URL", "http://127.0.0.1:9");
    terraform.apply();
    terraform.is_settled();
    assert_eq!(server.clients().len(), 1);
    terraform.destroy();
    assert!(!debug.has_ended());
    debug.signal("INT");
    debug.finish().ok();
}

/// Hydra 2.3 takes the request and drops what it does not know.
fn a_value_that_the_server_drops_is_reported(cli: Cli) {
    let attribute = "device_authorization_grant_access_token_lifespan";
    let hydra = Server::start(Kind::Hydra);
    let config = format!("resource \"ory_oauth2_client\" \"it\" {{\n  client_name = \"It\"\n  {attribute} = \"1h\"\n}}");
    let terraform = Terraform::with_config(cli, &hydra.admin, &config);
    terraform.init().apply().says(&["Warning: The server dropped", attribute]);
    assert_eq!(terraform.plan(), changes(&[("ory_oauth2_client.it", "update")]));
    // The state holds what was applied until it is refreshed.
    terraform.config(ONE);
    terraform.apply().says(&["0 added, 0 changed, 0 destroyed"]);
    terraform.is_settled();
}

fn an_existing_object_is_not_taken_over(cli: Cli) {
    let server = Server::start(Kind::Emulator);
    let theirs = server.create(&json!({"client_id": "taken", "client_name": "Theirs"}));
    let config = "resource \"ory_oauth2_client\" \"it\" {\n  client_id   = \"taken\"\n  client_name = \"It\"\n}";
    let terraform = Terraform::with_config(cli, &server.admin, config);
    terraform.init().run(&["apply", "-no-color", "-auto-approve"]).fails().says(&["taken", "import"]);
    assert_eq!(terraform.managed(), 0);
    assert_eq!(server.client("taken")["updated_at"], theirs["updated_at"]);
}
