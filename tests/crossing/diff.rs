//! Two targets are compared, by the command: what it finds, how it says it, and how it ends.

use janiform::emulator::{self, Options, Running};
use serde_json::{Value as Json, json};
use std::{fs, path::Path};
use tokio::process::Command;

const KEY: &str = "ory_wak_of-the-tests";

/// How the command ended, and what it said.
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Said {
    fn json(&self) -> Json {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("{} {}", self.out, self.err))
    }
}

async fn diff(dir: &Path, variables: &[(&str, &str)], args: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_janiform"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.contains("ORY_")) {
        command.env_remove(name);
    }
    let output = command.arg("diff").args(args).envs(variables.iter().copied()).current_dir(dir).output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

async fn emulator() -> Running {
    emulator::start(Options { record_requests: true, ..Options::default() }).await.unwrap()
}

async fn send(url: &str, method: &str, path: &str, body: &Json) -> Json {
    let request = reqwest::Client::new().request(method.parse().unwrap(), format!("{url}{path}")).bearer_auth(KEY).json(body);
    let answer = request.send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{method} {path}: {status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

/// A project of this emulator; its id and slug.
async fn project(url: &str, name: &str, changes: &Json) -> (String, String) {
    let made = send(url, "POST", "/projects", &json!({ "name": name, "environment": "dev", "home_region": "eu-central" })).await;
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    send(url, "PATCH", &format!("/projects/{}", text("id")), changes).await;
    (text("id"), text("slug"))
}

fn kind<'a>(report: &'a Json, name: &str) -> &'a Json {
    report["kinds"]
        .as_array()
        .unwrap()
        .iter()
        .find(|kind| kind["kind"] == name)
        .unwrap_or_else(|| panic!("{name} was not compared: {report}"))
}

const SESSION: &str = "/services/identity/config/session/lifespan";
const PROVIDERS: &str = "/services/identity/config/selfservice/methods/oidc/config/providers";

#[tokio::test]
async fn two_projects_are_compared_by_meaning() {
    let (one, dir) = (emulator().await, tempfile::tempdir().unwrap());
    let url = one.url();
    let provider = |id: &str, label: &str, secret: &str| json!({ "id": id, "provider": "google", "client_id": "x", "client_secret": secret, "label": label, "mapper_url": "base64://e30=" });
    let patch = |session: &str, label: &str, secret: &str| {
        json!([
            { "op": "add", "path": SESSION, "value": session },
            { "op": "add", "path": PROVIDERS, "value": [provider("google", label, secret)] },
        ])
    };
    let (_, staging) = project(&url, "Staging", &patch("90m", "Google", "hunter22")).await;
    let (id, production) = project(&url, "Production", &patch("1h30m", "Google", "s3same")).await;
    let project_url = format!("{url}/p/%s");
    let variables = [
        ("ORY_WORKSPACE_API_KEY", KEY),
        ("ORY_CONSOLE_API_URL", url.as_str()),
        ("ORY_PROJECT_API_URL", project_url.as_str()),
        ("ORY_HYDRA_ADMIN_URL", "http://127.0.0.1:9"),
    ];
    let (left, right) = (format!("project:{staging}"), format!("project:{production}"));

    let same = diff(dir.path(), &variables, &[&left, &right]).await;
    assert_eq!(same.code, 0, "90m is 1h30m, and secrets are not shown: {} {}", same.out, same.err);
    assert!(
        same.out.contains("Nothing that was compared differs.") && same.out.contains("ory_oauth2_client"),
        "what no key opens is named: {}",
        same.out
    );

    let change = json!([
        { "op": "replace", "path": SESSION, "value": "2h" },
        { "op": "add", "path": PROVIDERS, "value": [provider("google", "Sign in", "s3same"), provider("other", "Other", "x")] },
    ]);
    send(&url, "PATCH", &format!("/projects/{id}"), &change).await;
    let said = diff(dir.path(), &variables, &[&left, &format!("project:{id}"), "--json"]).await;
    assert_eq!(said.code, 1, "{}", said.err);
    let report = said.json();
    assert_eq!(report["same"], false);
    let config = &kind(&report, "ory_project_config")["changed"][0]["attributes"];
    assert_eq!(*config, json!([{ "attribute": "session_lifespan", "left": "1h30m0s", "right": "2h0m0s" }]));
    let providers = kind(&report, "ory_social_provider");
    assert_eq!(providers["changed"][0]["attributes"], json!([{ "attribute": "label", "left": "Google", "right": "Sign in" }]));
    assert_eq!(providers["only_right"], json!([{ "id": "other" }]));
    for secret in ["hunter22", "s3same", KEY] {
        assert!(!said.out.contains(secret) && !said.err.contains(secret));
    }

    let text = diff(dir.path(), &variables, &[&left, &right]).await.out;
    assert!(text.contains("session_lifespan: \"1h30m0s\" → \"2h0m0s\"") && text.contains("+ other"), "{text}");
    assert!(!text.contains('\x1b'), "a pipe is not coloured");
    let only = diff(dir.path(), &variables, &[&left, &right, "--only", "ory_email_template"]).await;
    assert_eq!(only.code, 0, "{}", only.out);
    let without = diff(dir.path(), &variables, &[&left, &right, "--exclude", "social_provider", "--exclude", "project_config"]).await;
    assert_eq!(without.code, 0, "{}", without.out);
}

#[tokio::test]
async fn objects_with_other_ids_are_matched_by_name() {
    let (one, other, dir) = (emulator().await, emulator().await, tempfile::tempdir().unwrap());
    let (left, right) = (format!("emulator:{}", one.url()), format!("emulator:{}", other.url()));
    let client = |name: &str, grants: &[&str]| json!({ "client_name": name, "grant_types": grants, "scope": "a b" });
    let person = |mail: &str, flag: bool| json!({ "schema_id": "default", "traits": { "email": mail, "flag": flag } });
    for (url, grants, flag) in
        [(one.url(), &["client_credentials"][..], true), (other.url(), &["client_credentials", "refresh_token"], false)]
    {
        send(&url, "POST", "/admin/clients", &client("shop", grants)).await;
        send(&url, "POST", "/admin/clients", &client("the same", &["client_credentials"])).await;
        send(&url, "POST", "/admin/identities", &person("ann@example.com", flag)).await;
        send(
            &url,
            "PUT",
            "/admin/relation-tuples",
            &json!({ "namespace": "files", "object": "a", "relation": "owner", "subject_id": "ann" }),
        )
        .await;
    }
    let report = diff(dir.path(), &[], &[&left, &right, "--json"]).await;
    assert_eq!(report.code, 1, "{}", report.err);
    let report = report.json();
    let clients = kind(&report, "ory_oauth2_client");
    assert_eq!((clients["same"].clone(), clients["only_left"].clone()), (json!(1), json!([])));
    assert_eq!(clients["changed"][0]["attributes"][0]["attribute"], "grant_types");
    assert_eq!(clients["changed"][0]["left"]["name"], "shop");
    let people = kind(&report, "ory_identity");
    assert_eq!(people["changed"][0]["attributes"][0]["attribute"], "traits", "{people}");
    assert_eq!(kind(&report, "ory_relationship")["same"], 1);
    assert!(report["not_compared"].as_array().unwrap().iter().any(|skipped| skipped["kind"] == "ory_project_config"));

    assert_eq!(diff(dir.path(), &[], &[&left, &left]).await.code, 0);
    other.stop().await;
    let gone = diff(dir.path(), &[], &[&left, &right]).await;
    assert_eq!(gone.code, 2, "{}", gone.out);
    assert!(gone.err.starts_with("Error: ") && gone.err.contains("Hint: "), "{}", gone.err);
    assert_eq!(diff(dir.path(), &[], &[&left, "project"]).await.code, 2);
    assert_eq!(diff(dir.path(), &[], &[&left, "env"]).await.code, 2, "no server is named");
}

/// One page of clients after the other, once where nothing differs and once more where something does.
#[tokio::test]
async fn long_lists_are_read_by_pages() {
    let (one, dir) = (emulator().await, tempfile::tempdir().unwrap());
    let other = emulator().await;
    for at in 0..1_200 {
        let client = |scope: &str| json!({ "client_id": format!("c{at}"), "scope": scope, "grant_types": ["client_credentials"] });
        send(&one.url(), "POST", "/admin/clients", &client("a b")).await;
        send(&other.url(), "POST", "/admin/clients", &client(if at == 7 { "a" } else { "b a" })).await;
    }
    let pages = |running: &Running| {
        running.summary().iter().filter(|(route, _)| route.contains("GET /admin/clients")).map(|(_, count)| count.requests).sum::<usize>()
    };
    let targets = [&one, &other].map(|running| format!("emulator:{}", running.url()));
    let said = diff(dir.path(), &[], &[&targets[0], &targets[1], "--only", "ory_oauth2_client", "--json"]).await;
    assert_eq!(said.code, 1, "{}", said.err);
    let report = said.json();
    let clients = kind(&report, "ory_oauth2_client");
    assert_eq!(clients["same"], 1_199, "the order of scopes has no meaning");
    assert_eq!(clients["changed"][0]["left"]["id"], "c7");
    let asked = pages(&one);
    assert!((2..=8).contains(&asked), "{asked} requests for twice 1,200 clients");
}

#[tokio::test]
async fn a_self_hosted_configuration_is_compared_with_a_project() {
    let (one, dir) = (emulator().await, tempfile::tempdir().unwrap());
    let url = one.url();
    let changes = json!([{ "op": "add", "path": SESSION, "value": "24h" }, { "op": "add", "path": "/services/identity/config/selfservice/default_browser_return_url", "value": "https://shop.example.com/" }]);
    let (_, slug) = project(&url, "Shop", &changes).await;
    let variables = [("SHOP_ORY_WORKSPACE_API_KEY", KEY), ("SHOP_ORY_CONSOLE_API_URL", url.as_str())];
    let target = format!("project:{slug}@SHOP");
    let kratos = async |session: &str| {
        let text = format!(
            "dsn: memory\nsession: {{ lifespan: {session} }}\nselfservice: {{ default_browser_return_url: https://shop.example.com/ }}\n"
        );
        fs::write(dir.path().join("kratos.yml"), text).unwrap();
        diff(dir.path(), &variables, &["config:kratos.yml", &target, "--json"]).await
    };
    let same = kratos("1440m").await;
    assert_eq!(same.code, 0, "{} {}", same.out, same.err);
    let other = kratos("1h").await;
    assert_eq!(other.code, 1, "{}", other.err);
    let report = other.json();
    assert_eq!(
        kind(&report, "ory_project_config")["changed"][0]["attributes"],
        json!([{ "attribute": "session_lifespan", "left": "1h", "right": "24h0m0s" }])
    );
}

const SIGNATURE: &str = "4dabf18193072939515e22adb298388d";

/// A stack that Pulumi wrote, against the server that has its objects.
#[tokio::test]
async fn a_stack_of_pulumi_is_compared_with_secrets_shown_and_encrypted() {
    let (one, dir) = (emulator().await, tempfile::tempdir().unwrap());
    let url = one.url();
    let stack: Json = serde_json::from_str(include_str!("../fixtures/crossing/pulumi.json")).unwrap();
    let client = |name: &str, secret: &str| {
        let resources = stack["deployment"]["resources"].as_array().unwrap();
        let outputs = &resources.iter().find(|one| one["urn"].as_str().unwrap().ends_with(&format!("::{name}"))).unwrap()["outputs"];
        json!({
            "client_id": outputs["clientId"], "client_name": outputs["clientName"], "grant_types": outputs["grantTypes"],
            "scope": outputs["scope"], "token_endpoint_auth_method": outputs["tokenEndpointAuthMethod"], "client_secret": secret,
            "metadata": serde_json::from_str::<Json>(outputs["metadata"].as_str().unwrap_or("{}")).unwrap(),
        })
    };
    for name in ["team", "writeOnly"] {
        send(&url, "POST", "/admin/clients", &client(name, "correct-horse-battery")).await;
    }
    let shown = stack.to_string();
    // As an export without `--show-secrets` has them.
    let mut closed = stack.clone();
    encrypt(&mut closed);
    assert!(!closed.to_string().contains("correct-horse-battery"));
    let server = format!("emulator:{url}");
    let mut reports = Vec::new();
    for text in [shown, closed.to_string()] {
        fs::write(dir.path().join("stack.json"), text).unwrap();
        let said = diff(dir.path(), &[], &["state:stack.json", &server, "--only", "ory_oauth2_client", "--json"]).await;
        assert!(!said.out.contains("correct-horse-battery"), "{}", said.out);
        assert_eq!(said.code, 0, "{} {}", said.out, said.err);
        reports.push(said.json());
    }
    assert_eq!(kind(&reports[0], "ory_oauth2_client"), kind(&reports[1], "ory_oauth2_client"));

    // What is encrypted is nothing that differs, and what is not is compared.
    closed["deployment"]["resources"][2]["outputs"]["clientName"] =
        json!({ SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x" });
    closed["deployment"]["resources"][2]["outputs"]["scope"] = "another".into();
    fs::write(dir.path().join("stack.json"), closed.to_string()).unwrap();
    let said = diff(dir.path(), &[], &["state:stack.json", &server, "--only", "ory_oauth2_client", "--json"]).await;
    assert_eq!(said.code, 1, "{} {}", said.out, said.err);
    let report = said.json();
    let changed = &kind(&report, "ory_oauth2_client")["changed"][0];
    assert_eq!(
        changed["attributes"].as_array().map(|all| all.iter().map(|one| &one["attribute"]).collect::<Vec<_>>()),
        Some(vec![&json!("scope")])
    );
    assert!(changed["not_compared"].as_array().unwrap().contains(&json!("client_name")), "{changed}");
    // Files of servers would lack it without a word.
    let config = json!({ "version": 3, "deployment": { "resources": [{
        "urn": "urn:pulumi:dev::shop::ory:index/projectConfig:ProjectConfig::shop", "custom": true, "id": "p", "type": "ory:index/projectConfig:ProjectConfig",
        "outputs": { "projectId": "p", "smtpConnectionUri": { SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x" } },
    }] } });
    fs::write(dir.path().join("config.json"), config.to_string()).unwrap();
    let mut render = Command::new(env!("CARGO_BIN_EXE_janiform"));
    let rendered = render.args(["config", "render", "state:config.json", "--out", "out"]).current_dir(dir.path()).output().await.unwrap();
    let told = String::from_utf8(rendered.stderr).unwrap();
    assert!(!rendered.status.success() && told.contains("smtp_connection_uri of project_config p is encrypted"), "{told}");
}

/// A state whose plan is empty, against its own project.
#[tokio::test]
async fn the_state_of_a_project_differs_only_in_what_a_plan_shows() {
    let (one, dir) = (emulator().await, tempfile::tempdir().unwrap());
    let url = one.url();
    let identity = "/services/identity/config";
    let template = |mapper: &str| json!({ "jwks_url": "base64://eyJrZXlzIjpbXX0=", "ttl": "10m", "claims_mapper_url": mapper });
    let auth = json!({ "type": "basic_auth", "config": { "user": "ann", "password": "hunter22" } });
    let request = |url: &str| json!({ "url": url, "method": "POST", "body": "base64://ZnVuY3Rpb24oY3R4KSB7fQ==", "auth": auth });
    let changes = json!([
        { "op": "add", "path": format!("{identity}/session/whoami/tokenizer/templates"), "value": { "jwt": template("base64://e30=") } },
        { "op": "add", "path": format!("{identity}/courier/channels"), "value": [{ "id": "sms", "request_config": request("https://sms.example.com/") }] },
        { "op": "add", "path": "/services/permission/config/namespaces", "value": { "location": "base64://Y2xhc3MgVXNlciBpbXBsZW1lbnRzIE5hbWVzcGFjZSB7fQo=" } },
    ]);
    let (id, slug) = project(&url, "Shop", &changes).await;
    let auth = json!({ "type": "basic_auth", "user": "ann", "password": "hunter22" });
    let request = json!({ "url": "https://sms.example.com/", "method": "POST", "body": "function(ctx) {}", "auth": auth });
    let config = json!({ "id": id, "project_id": id,
        "courier_channels": [{ "id": "sms", "request_config": request }],
        "session_tokenizer_templates": { "jwt": { "jwks_url": "{\"keys\":[]}", "claims_mapper_url": "{}", "ttl": "600s" } } });
    let model = json!({ "id": id, "project_id": id, "source": "class User implements Namespace {}\n" });
    let block = |kind: &str, attributes: &Json| {
        json!({ "mode": "managed", "type": kind, "name": "it", "provider": "provider[\"registry.terraform.io/janiform/ory\"]",
            "instances": [{ "schema_version": 0, "attributes": attributes, "sensitive_attributes": [] }] })
    };
    let key = json!({ "id": "k", "project_id": id, "name": "of the shop" });
    let resources =
        json!([block("ory_project_config", &config), block("ory_permission_namespaces", &model), block("ory_project_api_key", &key)]);
    let state = json!({ "version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "l", "outputs": {}, "resources": resources });
    fs::write(dir.path().join("s.tfstate"), state.to_string()).unwrap();
    let project_url = format!("{url}/p/%s");
    let variables = [("ORY_WORKSPACE_API_KEY", KEY), ("ORY_CONSOLE_API_URL", url.as_str()), ("ORY_PROJECT_API_URL", project_url.as_str())];
    let target = format!("project:{slug}");
    let compared = async |more: &[&str]| diff(dir.path(), &variables, &[&["state:s.tfstate", target.as_str()][..], more].concat()).await;

    let same = compared(&[]).await;
    assert_eq!(same.code, 0, "{} {}", same.out, same.err);
    // Secrets that no answer shows are not compared, and told once.
    assert!(same.out.contains("session_tokenizer_templates.jwt.jwks_url: not compared"), "{}", same.out);
    assert_eq!(same.out.matches("ory_project_config: 1 the same").count(), 1, "{}", same.out);
    // A kind of the state that nobody can compare is named.
    assert!(
        same.out.contains("ory_project_api_key (state:s.tfstate: it has objects of this kind, which cannot be compared)"),
        "{}",
        same.out
    );
    assert!(same.out.ends_with("\nNothing that was compared differs.\n"), "{}", same.out);
    let report = compared(&["--json"]).await.json();
    assert!(report["not_compared"].as_array().unwrap().iter().any(|skipped| skipped["kind"] == "ory_project_api_key"), "{report}");
    let without = compared(&["--exclude", "ory_project_api_key"]).await;
    assert!(without.code == 0 && !without.out.contains("project_api_key"), "{}", without.out);

    let changes = json!([
        { "op": "add", "path": format!("{identity}/session/whoami/tokenizer/templates/jwt"), "value": template("base64://e2E6IDF9") },
        { "op": "add", "path": "/services/permission/config/namespaces", "value": { "location": "base64://Y2xhc3MgRG9jIGltcGxlbWVudHMgTmFtZXNwYWNlIHt9Cg==" } },
    ]);
    send(&url, "PATCH", &format!("/projects/{id}"), &changes).await;
    let said = compared(&["--json"]).await;
    assert_eq!(said.code, 1, "{}", said.err);
    let report = said.json();
    let config = kind(&report, "ory_project_config")["changed"][0]["attributes"].as_array().unwrap().clone();
    assert_eq!(
        config.iter().map(|one| one["attribute"].as_str().unwrap()).collect::<Vec<_>>(),
        ["session_tokenizer_templates.jwt.claims_mapper_url"]
    );
    assert_eq!(kind(&report, "ory_permission_namespaces")["changed"][0]["attributes"][0]["attribute"], "source");
    assert!(!said.out.contains("hunter22"));
}

fn encrypt(value: &mut Json) {
    match value {
        Json::Object(members) if members.contains_key(SIGNATURE) => {
            members.remove("plaintext");
            members.insert("ciphertext".into(), "v1:x".into());
        }
        Json::Object(members) => members.values_mut().for_each(encrypt),
        Json::Array(items) => items.iter_mut().for_each(encrypt),
        _ => {}
    }
}
