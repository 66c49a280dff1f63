//! `janiform doctor` on healthy servers, and on servers with each problem that it finds.

use crate::harness::{
    Scratch, environment, http, janiform,
    process::{self, Ran},
    proxy::Stub,
    server::{Kind, Server, nowhere},
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{ServerConfig, ServerConnection, StreamOwned, pki_types::PrivatePkcs8KeyDer};
use serde_json::Value as Json;
use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    process::Command,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

/// A machine with nothing but what the test puts there.
struct Patient {
    scratch: Scratch,
    variables: Vec<(String, String)>,
}

impl Patient {
    fn new(variables: &[(&str, &str)]) -> Patient {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Patient { scratch: Scratch::new(), variables }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new(janiform());
        command.arg("doctor").args(arguments).env_clear().envs(environment(&self.scratch));
        // The tools of whoever runs this are no part of the test, but where one puts them there.
        command.env("PATH", self.scratch.dir("bin"));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        process::run(&mut command)
    }

    /// What it says in JSON, with this exit code.
    #[track_caller]
    fn ends(&self, code: i32) -> Vec<Json> {
        let Json::Array(checks) = self.run(&["--json"]).exits(code).json() else { panic!("not a list") };
        checks
    }
}

/// The one check of this name in an area that begins so.
#[track_caller]
fn find<'a>(checks: &'a [Json], area: &str, name: &str) -> &'a Json {
    let matches = |check: &&Json| check["area"].as_str().unwrap().starts_with(area) && check["name"] == name;
    let found: Vec<&Json> = checks.iter().filter(matches).collect();
    assert_eq!(found.len(), 1, "{area}, {name}: {checks:#?}");
    found[0]
}

#[track_caller]
fn says(checks: &[Json], area: &str, name: &str, status: &str, words: &[&str]) {
    let check = find(checks, area, name);
    assert_eq!(check["status"], status, "{check:#}");
    let text = format!("{} {}", check["found"].as_str().unwrap(), check["fix"].as_str().unwrap_or_default());
    words.iter().for_each(|word| assert!(text.contains(word), "does not say `{word}`: {check:#}"));
}

const HYDRA: &str = "Ory Hydra's admin API";

fn everywhere(url: &str) -> Vec<(&'static str, &str)> {
    ["HYDRA_ADMIN", "HYDRA_PUBLIC", "KRATOS_ADMIN", "KRATOS_PUBLIC", "KETO_READ", "KETO_WRITE", "TALOS"]
        .map(|service| (&*Box::leak(format!("ORY_{service}_URL").into_boxed_str()), url))
        .to_vec()
}

#[test]
fn all_is_well_with_the_emulator() {
    let server = Server::emulator(&[]);
    let patient = Patient::new(&everywhere(&server.admin));
    let checks = patient.ends(0);
    for area in [
        "Ory Hydra's admin",
        "Ory Hydra's public",
        "Ory Kratos' admin",
        "Ory Kratos' public",
        "Ory Keto's read",
        "Ory Keto's write",
        "Ory Talos' API",
    ] {
        says(&checks, area, "reached", "ok", &[]);
        says(&checks, area, "clock", "ok", &[]);
    }
    says(&checks, HYDRA, "version", "ok", &["v26.2.0"]);
    says(&checks, HYDRA, "may read", "ok", &["ory_oauth2_client", "ory_json_web_key_set", "ory_trusted_oauth2_jwt_grant_issuer"]);
    says(&checks, "Ory Keto's write", "may write", "unused", &["not checked"]);
    patient.run(&[]).exits(0).says(&["No problems found.", &server.admin]);
    assert_eq!(server.clients(), Vec::<Json>::new());
}

/// What Pulumi's engine hands on to providers is nothing for a report.
#[test]
fn credentials_of_the_engine_are_not_reported() {
    let server = Server::emulator(&[]);
    let mut variables = everywhere(&server.admin);
    variables.extend([("PULUMI_ACCESS_TOKEN", "pul-canary"), ("PULUMI_API", "https://canary.example")]);
    for arguments in [&["--json"][..], &[]] {
        let ran = Patient::new(&variables).run(arguments);
        assert!(!ran.text().contains("canary"), "{}", ran.text());
    }
}

#[test]
fn all_is_well_with_the_real_ones() {
    let (hydra, kratos) = (Server::start(Kind::Hydra), Server::start(Kind::Kratos));
    // Hydra makes its keys for that, which takes longer than a person waits where other tests run.
    http::send("GET", &format!("{}/.well-known/openid-configuration", hydra.public), None).expect(200);
    let variables = [
        ("ORY_HYDRA_ADMIN_URL", hydra.admin.as_str()),
        ("ORY_HYDRA_PUBLIC_URL", &hydra.public),
        ("ORY_KRATOS_ADMIN_URL", &kratos.admin),
        ("ORY_KRATOS_PUBLIC_URL", &kratos.public),
    ];
    let checks = Patient::new(&variables).ends(0);
    says(&checks, HYDRA, "version", "ok", &["v2.3.0"]);
    says(&checks, HYDRA, "may read", "ok", &["ory_json_web_key_set"]);
    says(&checks, "Ory Kratos' admin", "version", "ok", &["v1.3.1"]);
    says(&checks, "Ory Kratos' public", "may read", "ok", &["identity schemas"]);
    says(&checks, "Ory Keto's read", "URL", "unused", &["ORY_KETO_READ_URL"]);

    // Each URL where another one belongs.
    for (variable, url, area, this_is, instead) in [
        ("ORY_HYDRA_ADMIN_URL", &hydra.public, HYDRA, "Ory Hydra's public API", "ORY_HYDRA_PUBLIC_URL"),
        ("ORY_HYDRA_ADMIN_URL", &kratos.admin, HYDRA, "Ory Kratos' admin API", "ORY_KRATOS_ADMIN_URL"),
        ("ORY_KRATOS_ADMIN_URL", &hydra.admin, "Ory Kratos' admin", "Ory Hydra's admin API", "ORY_HYDRA_ADMIN_URL"),
        ("ORY_HYDRA_PUBLIC_URL", &kratos.public, "Ory Hydra's public", "Ory Kratos' public API", "ORY_KRATOS_PUBLIC_URL"),
    ] {
        let checks = Patient::new(&[(variable, url)]).ends(2);
        says(&checks, area, "service", "problem", &[&format!("this is {this_is}"), &format!("Set {instead} to this URL")]);
    }
    // Its public API sends who asks for identities to the admin one.
    let checks = Patient::new(&[("ORY_KRATOS_ADMIN_URL", &kratos.public)]).ends(2);
    says(&checks, "Ory Kratos' admin", "service", "problem", &["redirects to 127.0.0.1"]);
}

#[test]
fn a_project_of_ory_network_and_its_plan() {
    for (plan, name) in [("developer", "Developer"), ("growth", "Growth"), ("staging", "non-production")] {
        let server = Server::emulator(&["--plan", plan]);
        let variables = [
            ("ORY_PROJECT_API_URL", server.admin.as_str()),
            ("ORY_PROJECT_SLUG", "brave-otter"),
            ("ORY_PROJECT_API_KEY", "ory_pat_canary"),
        ];
        let checks = Patient::new(&variables).ends(0);
        says(&checks, "Rate limits", "plan", "ok", &[name]);
        says(&checks, "Ory Keto's write", "may write", "unused", &["not checked"]);
    }
}

#[test]
fn keys_in_the_wrong_place() {
    let server = Server::emulator(&[]);
    let variables = [
        ("ORY_PROJECT_API_URL", server.admin.as_str()),
        ("ORY_PROJECT_SLUG", "brave-otter"),
        ("ORY_PROJECT_API_KEY", "ory_wak_canary-one"),
        ("ORY_WORKSPACE_API_KEY", "ory_pat_canary-two"),
    ];
    let patient = Patient::new(&variables);
    let checks = patient.ends(2);
    says(&checks, "Janiform", "project key", "problem", &["key of a workspace"]);
    says(&checks, "Janiform", "workspace key", "warning", &["key of a project"]);
    assert!(!patient.run(&[]).text().contains("canary"), "a key was shown");
}

#[test]
fn credentials_that_are_not_accepted() {
    let server = Server::emulator(&[]);
    let to = server.admin.trim_start_matches("http://").to_owned();
    let guard = Stub::streaming(move |_, request, client| {
        let text = String::from_utf8_lossy(request).to_lowercase();
        if !text.contains("x-guard: canary-right") {
            let body = r#"{"error":{"code":401,"status":"Unauthorized","message":"no canary-wrong here"}}"#;
            let head =
                format!("HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            return client.write_all(head.as_bytes()).unwrap_or_default();
        }
        let mut upstream = TcpStream::connect(&to).unwrap();
        upstream.write_all(request).unwrap();
        let mut answer = Vec::new();
        upstream.read_to_end(&mut answer).unwrap();
        client.write_all(&answer).unwrap_or_default();
    });
    for (secret, code, status) in [("canary-right", 0, "ok"), ("canary-wrong", 2, "problem")] {
        let headers = format!(r#"{{"x-guard":"{secret}"}}"#);
        let patient = Patient::new(&[("ORY_HYDRA_ADMIN_URL", &guard.url()), ("ORY_ADMIN_HEADERS", &headers)]);
        let name = if code == 0 { "may read" } else { "credentials" };
        says(&patient.ends(code), HYDRA, name, status, &[]);
        assert!(!patient.run(&[]).exits(code).text().contains("canary"), "a secret was shown");
    }
}

#[test]
fn a_server_that_is_not_ory_is_reported() {
    let page = Stub::answering("200 OK", "text/html", "<!doctype html><title>Sign in</title>");
    let checks = Patient::new(&[("ORY_HYDRA_ADMIN_URL", &page.url())]).ends(2);
    says(&checks, HYDRA, "service", "problem", &["Another service is behind this URL"]);

    let redirect = Stub::answering("302 Found", "text/html\r\nlocation: https://login.example.com/?next=canary", "");
    let checks = Patient::new(&[("ORY_HYDRA_ADMIN_URL", &redirect.url())]).ends(2);
    says(&checks, HYDRA, "service", "problem", &["redirects to login.example.com"]);

    let broken =
        Stub::answering("503 Service Unavailable", "application/json", r#"{"error":{"message":"migrations are\u001b[2J not ready"}}"#);
    let patient = Patient::new(&[("ORY_HYDRA_ADMIN_URL", &broken.url())]);
    let checks = patient.ends(2);
    says(&checks, HYDRA, "service", "problem", &["failed", "migrations are"]);
    assert!(!patient.run(&[]).stdout.contains('\u{1b}'), "a server gives the terminal orders");
}

#[test]
fn clocks_that_disagree() {
    for (date, words) in [("Mon, 01 Jan 2024 00:00:00 GMT", "ahead of the server"), ("Fri, 01 Jan 2100 00:00:00 GMT", "behind the server")]
    {
        let kind: &'static str = Box::leak(format!("application/json\r\ndate: {date}").into_boxed_str());
        let stub = Stub::answering("200 OK", kind, "[]");
        let checks = Patient::new(&[("ORY_HYDRA_ADMIN_URL", &stub.url())]).ends(1);
        says(&checks, HYDRA, "clock", "warning", &[words, "NTP"]);
    }
}

#[test]
fn a_server_that_is_down_is_reported() {
    let patient = Patient::new(&[("ORY_HYDRA_ADMIN_URL", &nowhere()), ("ORY_KRATOS_ADMIN_URL", "http://nowhere.invalid")]);
    let checks = patient.ends(2);
    says(&checks, HYDRA, "reached", "problem", &["nothing listens at 127.0.0.1", "ORY_HYDRA_ADMIN_URL"]);
    says(&checks, "Ory Kratos' admin", "reached", "problem", &["the host nowhere.invalid does not exist"]);

    // It listens, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let began = Instant::now();
    let checks = Patient::new(&everywhere(&url)).ends(2);
    assert!(began.elapsed() < Duration::from_secs(30), "waited for {:?}", began.elapsed());
    says(&checks, HYDRA, "reached", "problem", &["No answer within"]);
}

#[test]
fn tls_that_fails() {
    let plain = Server::emulator(&[]);
    let url = plain.admin.replace("http://", "https://");
    let checks = Patient::new(&[("ORY_HYDRA_ADMIN_URL", &url)]).ends(2);
    says(&checks, HYDRA, "reached", "problem", &["TLS fails", "plain http"]);

    let (authority_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = Issuer::from_params(&authority, &authority_key);
    let certificate = CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let config = config.with_single_cert(vec![certificate.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into()).unwrap();
    let (listener, config) = (TcpListener::bind("127.0.0.1:0").unwrap(), Arc::new(config));
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let config = config.clone();
            thread::spawn(move || {
                let mut stream = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
                let mut chunk = [0; 4096];
                // One request a connection; who does not trust us ends it.
                if stream.read(&mut chunk).is_ok_and(|read| read > 0) {
                    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n[]";
                    stream.write_all(head.as_bytes()).and_then(|()| stream.flush()).unwrap_or_default();
                }
            });
        }
    });
    let checks = Patient::new(&[("ORY_HYDRA_ADMIN_URL", &url)]).ends(2);
    says(&checks, HYDRA, "reached", "problem", &["certificate", "ORY_CA_CERT_PEM"]);
    let checks = Patient::new(&[("ORY_HYDRA_ADMIN_URL", &url), ("ORY_CA_CERT_PEM", &pem)]).ends(0);
    says(&checks, HYDRA, "TLS", "ok", &["trusted"]);
}

#[test]
fn settings_that_are_refused() {
    let checks = Patient::new(&[]).ends(2);
    says(&checks, "Janiform", "settings", "problem", &["No credentials and no server"]);
    let checks = Patient::new(&[("ORY_HYDRA_ADMIN_URL", "ory.example.com")]).ends(2);
    says(&checks, "Janiform", "settings", "problem", &[]);
}

#[test]
fn the_local_installation_is_checked() {
    let server = Server::emulator(&[]);
    let mut patient = Patient::new(&[("ORY_HYDRA_ADMIN_URL", &server.admin)]);
    let tool = |name: &str, says: &str| {
        let path = patient.scratch.dir("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\necho '{says}'\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    };
    tool("terraform", r#"{"terraform_version":"1.5.7"}"#);
    tool("tofu", r#"{"terraform_version":"1.12.6"}"#);
    tool("pulumi", "v2.1.0");
    let installed = |what: &str| {
        let mut command = Command::new(janiform());
        process::run(command.args(["install", what]).env_clear().envs(environment(&patient.scratch))).ok();
    };
    installed("--terraform");
    let plugin = patient.scratch.join("home/.pulumi/plugins/resource-ory-v0.1.0/pulumi-resource-ory");
    installed("--pulumi");
    fs::write(&plugin, "another build").unwrap();
    patient
        .scratch
        .write("cli.tfrc", "provider_installation {\n  dev_overrides {\n    \"janiform/ory\" = \"/somewhere\"\n  }\n  direct {}\n}\n");
    patient.scratch.write(
        "state/ory/creates.jsonl",
        r#"{"resource":"oauth2_client","target":"http://x/","id":"left","fingerprint":"f","stage":"begun","owner":"alive-gone"}"#,
    );
    fs::set_permissions(patient.scratch.join("state/ory"), fs::Permissions::from_mode(0o755)).unwrap();
    for (name, path) in [("TF_CLI_CONFIG_FILE", "cli.tfrc"), ("JANIFORM_STATE_DIR", "state")] {
        patient.variables.push((name.into(), patient.scratch.join(path).display().to_string()));
    }
    let checks = patient.ends(2);
    says(&checks, "Tools", "terraform", "warning", &["1.5.7", "write-only"]);
    says(&checks, "Tools", "tofu", "ok", &["1.12.6"]);
    says(&checks, "Tools", "pulumi", "problem", &["2.1.0", "Upgrade"]);
    says(&checks, "Provider", "for Terraform", "ok", &["registry.terraform.io/janiform/ory"]);
    says(&checks, "Provider", "for Pulumi", "warning", &["different build"]);
    says(&checks, "Provider", "tool configuration", "warning", &["dev_overrides"]);
    says(&checks, "Record", "left over", "warning", &["1 that have not been in a state since", "janiform orphans"]);
    let state = patient.scratch.join("state/ory");
    says(&checks, "Record", "directory", "warning", &[&format!("chmod 700 {}", state.display())]);
}
