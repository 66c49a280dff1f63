//! `janiform discover` of objects that need a secret which no server shows: it becomes a variable, and the user sets it.

use janiform::emulator::{self, Options, Running};
use serde_json::{Value as Json, json};
use std::{fs, path::Path, process::Output};
use tokio::process::Command;

const FLOWS: &str = "/services/identity/config/selfservice/flows";

/// The variables, as Terraform calls them.
const VARIABLES: [&str; 7] = [
    "courier_channels_0_request_config_auth_value_of_project_config_shop",
    "https_endpoint_of_event_stream_",
    "https_auth_secret_of_event_stream_",
    "oauth2_token_hook_auth_value_of_project_config_shop",
    "session_tokenizer_templates_0_jwks_url_of_project_config_shop",
    "webhook_auth_api_key_value_of_action_",
    "webhook_auth_basic_auth_password_of_action_",
];

/// An emulator with a project whose objects need secrets, and the project's id.
async fn project() -> (Running, String) {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let ask = async |method: &str, path: &str, body: &Json| {
        let request = reqwest::Client::new().request(method.parse().unwrap(), format!("{}{path}", emulator.url()));
        let answer = request.bearer_auth("ory_st_of-a-person").json(body).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str::<Json>(&text).unwrap_or_default()
    };
    let made = ask("POST", "/projects", &json!({ "name": "Shop", "environment": "dev", "home_region": "eu-central" })).await;
    let id = made["id"].as_str().unwrap().to_owned();
    let hook = |url: &str, auth: Json| json!({ "hook": "web_hook", "config": { "url": url, "method": "POST", "body": "base64://e30=", "auth": auth } });
    let key = json!({ "type": "api_key", "config": { "name": "X-Key", "value": "hidden-key", "in": "header" } });
    let hooks = [
        hook("https://a.example.com/", key.clone()),
        hook("https://b.example.com/", json!({ "type": "basic_auth", "config": { "user": "ann", "password": "hidden-password" } })),
        hook("https://c.example.com/", Json::Null),
    ];
    let templates = json!({ "jwt": { "jwks_url": "base64://eyJrZXlzIjpbXX0=", "ttl": "10m" } });
    let request = json!({ "url": "https://g.example.com/", "method": "POST", "body": "base64://e30=", "auth": key });
    let changes = [
        (format!("{FLOWS}/registration/after/password/hooks"), json!(hooks)),
        ("/services/oauth2/config/oauth2/token_hook".to_owned(), json!({ "url": "https://d.example.com/", "auth": key })),
        ("/services/identity/config/session/whoami/tokenizer/templates".to_owned(), templates),
        ("/services/identity/config/courier/channels".to_owned(), json!([{ "id": "sms", "request_config": request }])),
    ];
    for (path, value) in changes {
        ask("PATCH", &format!("/projects/{id}"), &json!([{ "op": "add", "path": path, "value": value }])).await;
    }
    let stream = json!({
        "type": "https", "https_endpoint": "https://e.example.com/", "https_auth_type": "api_key", "https_auth_header_name": "X-Key",
        "https_auth_secret": "hidden-of-stream",
    });
    ask("POST", &format!("/projects/{id}/eventstreams"), &stream).await;
    // The console shows it with masked parts.
    let masked = json!({ "type": "https", "https_endpoint": "https://ann:hidden-of-ann@f.example.com/?token=hidden-of-query" });
    ask("POST", &format!("/projects/{id}/eventstreams"), &masked).await;
    (emulator, id)
}

async fn discover((emulator, id): &(Running, String), out: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_janiform"));
    command.args(["discover", "--out"]).arg(out).args(arguments).env_clear();
    command.envs([
        ("ORY_CONSOLE_API_URL", emulator.url()),
        ("ORY_PROJECT_ID", id.clone()),
        ("ORY_WORKSPACE_API_KEY", "ory_wak_of-tests".to_owned()),
    ]);
    command.output().await.unwrap()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn all(dir: &Path) -> String {
    fs::read_dir(dir).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect()
}

#[tokio::test]
async fn a_needed_secret_is_a_variable_in_every_language() {
    let project = project().await;
    let scratch = tempfile::tempdir().unwrap();
    for language in ["terraform", "yaml", "typescript", "python", "go"] {
        let out = scratch.path().join(language);
        let told = discover(&project, &out, &["--language", language]).await;
        assert!(told.status.success(), "{}", text(&told));
        let written = all(&out);
        for name in VARIABLES {
            let name = if language == "terraform" { name.to_owned() } else { camel(name.trim_end_matches('_')) };
            assert!(text(&told).contains(&format!("set by hand: the variable `{name}")), "{name}: {}", text(&told));
            assert!(written.contains(&name), "{name}: {written}");
        }
        assert!(!text(&told).contains("note: action"), "{}", text(&told));
        // Pulumi's runtime for YAML makes an object of a text that is JSON, whatever type it is declared to have.
        for name in text(&told).split("set by hand: the variable `").skip(1).filter_map(|rest| rest.split('`').next()) {
            let is_encoded = written.contains(&format!("fn::fromBase64: ${{{name}}}\n"));
            assert_eq!((is_encoded, name.ends_with("Base64")), (language == "yaml", language == "yaml"), "{name}: {written}");
        }
        assert!(
            !written.contains("hidden-") && !written.contains("xxxxx") && written.contains("## Secrets that you have to set"),
            "{written}"
        );
        // The endpoint of one stream is a secret that the server shows.
        let file = if language == "terraform" { "secrets.auto.tfvars.json" } else { "secrets.json" };
        let values: Json = serde_json::from_str(&fs::read_to_string(out.join(file)).unwrap()).unwrap();
        let names: Vec<_> = values.as_object().unwrap().keys().map(|name| name.to_lowercase().replace('_', "")).collect();
        assert!(names.len() == 1 && names[0].starts_with("httpsendpointof"), "{names:?}");
    }
    let variables = fs::read_to_string(scratch.path().join("terraform/variables.tf")).unwrap();
    assert_eq!((variables.matches("sensitive   = true").count(), variables.contains("default")), (8, false), "{variables}");
}

fn camel(snake: &str) -> String {
    let mut words = snake.split('_');
    let first = words.next().unwrap().to_owned();
    let add = |name: String, word: &str| match word.starts_with(|first: char| first.is_ascii_digit()) {
        true => name + "_" + word,
        false => name + &word[..1].to_uppercase() + &word[1..],
    };
    words.fold(first, add)
}

#[tokio::test]
async fn verification_asks_for_needed_secrets_before_it_runs_the_tool() {
    let project = project().await;
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    let arguments = ["--only", "event_stream", "--verify", "--tool", "/no/such/tool"];
    let told = discover(&project, &out, &arguments).await;
    assert!(!told.status.success());
    for part in [
        // In the order of the streams, whose ids are random.
        "these variables need a value first: https_",
        "https_endpoint_of_event_stream_",
        "https_auth_secret_of_event_stream_",
        "secrets.auto.tfvars.json",
        "`--force`",
    ] {
        assert!(text(&told).contains(part), "{part}: {}", text(&told));
    }
    assert!(!text(&told).contains("no/such/tool"), "{}", text(&told));
    // What the user sets is kept, and no longer asked for.
    let told = text(&told);
    let names: Vec<_> = told.split('`').filter(|part| part.starts_with("https_")).collect();
    assert_eq!(names.len(), 2, "{told}");
    let mut values = json!({});
    names.iter().for_each(|name| values[name] = json!("the-real-one"));
    // Also as an editor on Windows writes it.
    fs::write(out.join("secrets.auto.tfvars.json"), format!("\u{feff}{values}")).unwrap();
    let told = discover(&project, &out, &[&arguments[..], &["--force"]].concat()).await;
    assert!(text(&told).contains("/no/such/tool init failed") && !text(&told).contains("set by hand"), "{}", text(&told));
    let given: Json = serde_json::from_str(&fs::read_to_string(out.join("secrets.auto.tfvars.json")).unwrap()).unwrap();
    for name in names {
        assert_eq!(given[name], values[name], "{name}");
    }
    fs::write(out.join("secrets.auto.tfvars.json"), "{").unwrap();
    let told = discover(&project, &out, &["--only", "event_stream", "--force"]).await;
    assert!(!told.status.success() && text(&told).contains("secrets that you have added"), "{}", text(&told));
}

#[tokio::test]
async fn an_object_whose_import_does_not_show_what_it_needs_is_left_out() {
    let project = project().await;
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    let told = discover(&project, &out, &["--only", "event_stream,project_raw_config", "--force"]).await;
    assert!(text(&told).contains("write its block yourself") && !text(&told).contains("--id project_raw"), "{}", text(&told));
    let id = format!("project_raw_config={}", project.1);
    let told = discover(&project, &out, &["--only", "event_stream", "--force", "--id", &id]).await;
    assert!(told.status.success(), "{}", text(&told));
    assert!(
        text(&told).contains("left out: ory_project_raw_config: ") && text(&told).contains("does not show `config`"),
        "{}",
        text(&told)
    );
    assert!(!fs::read_to_string(out.join("imports.tf")).unwrap().contains("raw_config"));
}
