//! Rendered files on the real servers: each server starts with them, and refuses a setting that it does not know.

use crate::harness::{
    Scratch, environment, http, janiform, process, required,
    server::{Server, free_port},
    terraform::{Cli, Terraform},
};
use serde_json::json;
use std::{
    fs,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

const KRATOS: &str = r#"
dsn: memory
serve: { public: { base_url: "http://127.0.0.1:4433/", cors: { enabled: true, allowed_origins: ["https://shop.example.com"] } } }
identity:
  default_schema_id: customer
  schemas:
    - { id: customer, url: "file:///etc/config/kratos/customer.schema.json" }
    - { id: "preset://email", url: "file:///etc/config/kratos/customer.schema.json" }
selfservice:
  default_browser_return_url: https://shop.example.com/
  allowed_return_urls: ["https://shop.example.com/welcome"]
  methods:
    password: { enabled: true, config: { min_password_length: 12, haveibeenpwned_enabled: false } }
    code: { enabled: true, config: { lifespan: 15m } }
    totp: { enabled: true, config: { issuer: Shop } }
    passkey: { enabled: true, config: { rp: { id: example.com, display_name: Shop, origins: ["https://shop.example.com"] } } }
    oidc:
      enabled: true
      config:
        providers:
          - { id: google, provider: google, client_id: shop, client_secret: hunter22, mapper_url: "base64://bG9jYWwgY2xhaW1zID0gc3RkLmV4dFZhcignY2xhaW1zJyk7IHt9", scope: [email] }
  flows:
    login: { style: identifier_first, lifespan: 20m, after: { password: { hooks: [{ hook: require_verified_address }] } } }
    recovery: { enabled: true, use: code }
    verification: { enabled: true }
    registration:
      after:
        password:
          hooks:
            - { hook: session }
            - { hook: web_hook, config: { url: "https://hooks.example.com/registered", method: POST, body: "base64://ZnVuY3Rpb24oY3R4KSB7fQ==", auth: { type: api_key, config: { name: X-Key, value: s3same, in: header } } } }
session:
  lifespan: 720h
  whoami: { required_aal: aal1 }
courier:
  smtp: { connection_uri: "smtp://127.0.0.1:1/", from_name: Shop }
  templates: { recovery_code: { valid: { email: { subject: "base64://SGk=", body: { html: "base64://PGI+SGk8L2I+", plaintext: "base64://SGk=" } } } } }
secrets: { cookie: [a-cookie-secret-of-32-characters], cipher: [32-LONG-SECRET-NOT-SECURE-AT-ALL] }
feature_flags: { cacheable_sessions: true }
"#;

const HYDRA: &str = r#"
dsn: memory
urls: { self: { issuer: "http://127.0.0.1:4444" }, login: "https://shop.example.com/login", consent: "https://shop.example.com/consent" }
ttl: { access_token: 1h, refresh_token: "-1", id_token: 10m }
strategies: { access_token: opaque, scope: wildcard }
oauth2: { pkce: { enforced_for_public_clients: true }, token_hook: "https://hooks.example.com/token" }
oidc: { subject_identifiers: { supported_types: [public, pairwise], pairwise: { salt: a-salt-of-pairwise-subjects } }, dynamic_client_registration: { enabled: true } }
secrets: { system: [a-system-secret-of-hydra-that-is-long] }
"#;

const SCHEMA: &str = r#"{"$id":"https://example.com/customer","type":"object","properties":{"traits":{"type":"object","properties":{"email":{"type":"string","format":"email","ory.sh/kratos":{"credentials":{"password":{"identifier":true}}}}}}}}"#;

fn written() -> Scratch {
    let scratch = Scratch::new();
    for (path, text) in [("kratos.yml", KRATOS), ("hydra.yml", HYDRA), ("customer.schema.json", SCHEMA)] {
        scratch.write(path, text);
    }
    scratch
}

fn run(scratch: &Scratch, args: &[&str], variables: &[(&str, &str)]) -> process::Ran {
    let mut command = Command::new(janiform());
    process::run(command.args(args).current_dir(scratch.path()).env_clear().envs(environment(scratch)).envs(variables.iter().copied()))
}

/// The server with this file, once it says that it is ready.
fn serves(variable: &str, args: &[&str], file: &Path, health: &str) -> (process::Running, String) {
    for _ in 0..5 {
        let (admin, public) = (free_port().to_string(), free_port().to_string());
        let mut command = Command::new(required(variable));
        command.args(args).arg("-c").arg(file).env_clear();
        command.envs([("DSN", "memory"), ("SQA_OPT_OUT", "true"), ("SERVE_ADMIN_HOST", "127.0.0.1"), ("SERVE_PUBLIC_HOST", "127.0.0.1")]);
        command.env("SERVE_ADMIN_PORT", &admin).env("SERVE_PUBLIC_PORT", &public);
        let mut running = process::start(&mut command);
        let (url, until) = (format!("http://127.0.0.1:{admin}"), Instant::now() + Duration::from_secs(60));
        while Instant::now() < until && !running.has_ended() {
            if http::try_send("GET", &format!("{url}{health}"), None).is_some_and(|answer| answer.status == 200) {
                return (running, url);
            }
            thread::sleep(Duration::from_millis(50));
        }
        if running.has_ended() {
            let said = running.finish().text();
            assert!(said.contains("address already in use"), "{}: {said}", file.display());
        }
    }
    panic!("{variable} does not start with {}", file.display())
}

#[test]
fn real_servers_start_with_what_is_rendered() {
    let scratch = written();
    let render = ["config", "render", "config:kratos.yml,hydra.yml", "--out", "rendered", "--servers", "2.3"];
    run(&scratch, &render, &[]).ok();
    let (_kratos, admin) =
        serves("JANIFORM_KRATOS", &["serve", "--sqa-opt-out"], &scratch.join("rendered/kratos.yml"), "/admin/health/ready");
    let person = json!({ "schema_id": "customer", "traits": { "email": "ann@example.com" } });
    http::send("POST", &format!("{admin}/admin/identities"), Some(&person)).expect(201);
    // What Ory brings keeps its id, so that identities keep the schema that they name.
    let person = json!({ "schema_id": "preset://email", "traits": { "email": "bob@example.com" } });
    http::send("POST", &format!("{admin}/admin/identities"), Some(&person)).expect(201);
    let (_hydra, admin) =
        serves("JANIFORM_HYDRA", &["serve", "all", "--dev", "--sqa-opt-out"], &scratch.join("rendered/hydra.yml"), "/health/ready");
    http::send("POST", &format!("{admin}/admin/clients"), Some(&json!({ "subject_type": "pairwise" }))).expect(201);
    run(&scratch, &["diff", "config:kratos.yml,hydra.yml", "config:rendered/kratos.yml,rendered/hydra.yml"], &[])
        .ok()
        .says(&["Nothing that was compared differs."]);
}

/// The program that the files become is applied to a project, which then says what the files say.
#[test]
fn a_project_says_what_the_files_said() {
    let (scratch, emulator) = (written(), Server::emulator(&[]));
    let made =
        emulator.ask_console("POST", "/projects", Some(&json!({ "name": "Shop", "environment": "dev", "home_region": "eu-central" })));
    let project = made.expect(201);
    let (id, slug) = (project["id"].as_str().expect("an id"), project["slug"].as_str().expect("a slug"));
    let console = emulator.console();
    let mut variables: Vec<_> = console.iter().map(|(name, value)| (*name, value.as_str())).collect();
    variables.push(("ORY_PROJECT_ID", id));
    let mut cli = Terraform::new(Cli::Tofu, &emulator.admin);
    variables.iter().for_each(|(name, value)| cli.set_env(name, *value));
    run(&scratch, &["discover", "--from-config", "kratos.yml", "hydra.yml", "--out", "project"], &[]).ok();
    for file in fs::read_dir(scratch.join("project")).expect("a directory").map(|file| file.expect("a file")) {
        cli.write(&file.file_name().to_string_lossy(), &fs::read_to_string(file.path()).expect("a text"));
    }
    cli.init();
    cli.apply();
    cli.is_settled();
    let target = format!("project:{slug}");
    run(&scratch, &["diff", "config:kratos.yml,hydra.yml", &target], &variables).ok().says(&["Nothing that was compared differs."]);
}

/// What is missing of a rendered file is named, and with that the server starts; without it, it does not.
#[test]
fn what_is_named_as_missing_is_what_real_servers_miss() {
    let scratch = Scratch::new();
    let kratos = |rest: serde_json::Value| {
        let mut config = json!({
            "identity": { "schemas": [{ "id": "default", "url": format!("base64://{}", base64(SCHEMA)) }] },
            "selfservice": { "default_browser_return_url": "https://shop.example.com/" },
        });
        merge(&mut config, rest);
        config
    };
    let channel = |auth: serde_json::Value| {
        let request =
            json!({ "url": "https://sms.example.com/", "method": "POST", "body": "base64://ZnVuY3Rpb24oY3R4KSB7fQ==", "auth": auth });
        json!({ "courier": { "channels": [{ "id": "sms", "request_config": request }] } })
    };
    let method = |name: &str, config: serde_json::Value| json!({ "selfservice": { "methods": { name: config } } });
    let (on, party) =
        (json!({ "enabled": true }), json!({ "enabled": true, "config": { "rp": { "id": "example.com", "display_name": "Shop" } } }));
    let key = json!({ "type": "api_key", "config": { "name": "X-Key", "in": "header" } });
    let whole_key = json!({ "type": "api_key", "config": { "name": "X-Key", "in": "header", "value": "s3same" } });
    let recovery = json!({ "selfservice": { "flows": { "recovery": { "enabled": true } } } });
    // Its schema demands `courier` with this, which has a default.
    let mut everything = kratos(recovery);
    for (lacks, named, more) in [
        (method("webauthn", on.clone()), "kratos: selfservice.methods.webauthn.config.rp.display_name ", method("webauthn", party.clone())),
        (method("passkey", on), "kratos: selfservice.methods.passkey.config.rp.id ", method("passkey", party)),
        (channel(key), "kratos: courier.channels.0.request_config.auth.config.value ", channel(whole_key)),
    ] {
        scratch.write("kratos.yml", &kratos(lacks).to_string());
        run(&scratch, &["config", "render", "config:kratos.yml", "--out", "out", "--servers", "2.3", "--force"], &[]).ok().says(&[named]);
        let mut command = Command::new(required("JANIFORM_KRATOS"));
        command.args(["serve", "--sqa-opt-out", "-c"]).arg(scratch.join("out/kratos.yml")).env_clear().env("DSN", "memory");
        process::run(&mut command).fails().says(&["missing"]);
        merge(&mut everything, more);
    }
    scratch.write("kratos.yml", &everything.to_string());
    let told = run(&scratch, &["config", "render", "config:kratos.yml", "--out", "out", "--servers", "2.3", "--force"], &[]).ok();
    assert_eq!(told.stderr, "", "nothing is missing");
    serves("JANIFORM_KRATOS", &["serve", "--sqa-opt-out"], &scratch.join("out/kratos.yml"), "/admin/health/ready");

    let pairwise = json!({ "oidc": { "subject_identifiers": { "supported_types": ["pairwise"] } } });
    scratch.write("hydra.yml", &pairwise.to_string());
    let render = ["config", "render", "config:hydra.yml", "--out", "out", "--servers", "2.3", "--force"];
    run(&scratch, &render, &[]).ok().says(&["hydra: oidc.subject_identifiers.pairwise.salt "]);
    let mut command = Command::new(required("JANIFORM_HYDRA"));
    command.args(["serve", "all", "--dev", "--sqa-opt-out", "-c"]).arg(scratch.join("out/hydra.yml")).env_clear().env("DSN", "memory");
    process::run(&mut command).fails().says(&["pairwise"]);
    let salted = json!({ "oidc": { "subject_identifiers": { "pairwise": { "salt": "a-salt-of-pairwise-subjects" } } } });
    scratch.write("hydra.yml", &merged(pairwise, salted).to_string());
    let told = run(&scratch, &render, &[]).ok();
    assert_eq!(told.stderr, "", "nothing is missing");
    serves("JANIFORM_HYDRA", &["serve", "all", "--dev", "--sqa-opt-out"], &scratch.join("out/hydra.yml"), "/health/ready");
}

fn base64(text: &str) -> String {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    BASE64_STANDARD.encode(text)
}

fn merged(mut into: serde_json::Value, from: serde_json::Value) -> serde_json::Value {
    merge(&mut into, from);
    into
}

fn merge(into: &mut serde_json::Value, from: serde_json::Value) {
    match (into, from) {
        (serde_json::Value::Object(into), serde_json::Value::Object(from)) => {
            from.into_iter().for_each(|(name, value)| merge(into.entry(name).or_insert(serde_json::Value::Null), value));
        }
        (into, from) => *into = from,
    }
}
