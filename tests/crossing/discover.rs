//! `janiform discover` on the emulator: what it writes, what it asks, and what it keeps in memory.

#[path = "../it/support/many.rs"]
#[allow(dead_code, reason = "what is shared is not all used here")]
mod many;

use janiform::{
    crossing::discover::Plan,
    emulator::{self, Options, Running, console::switches::Switches},
};
use many::Many;
use serde_json::{Value as Json, json};
use std::{collections::BTreeMap, fs, path::Path, process::Output};
use tokio::process::Command;

/// What a server of ours holds, by kind: at least these.
struct Held {
    emulator: Running,
    project: String,
}

async fn ask(url: &str, method: &str, path: &str, body: &Json) -> Json {
    let request = reqwest::Client::new().request(method.parse().unwrap(), format!("{url}{path}")).bearer_auth("ory_wak_of-the-tests");
    let response = request.json(body).send().await.unwrap();
    let (status, text) = (response.status(), response.text().await.unwrap());
    assert!(status.is_success(), "{method} {path}: {status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

impl Held {
    /// Objects of every kind that this test knows, `clients` of them clients.
    async fn with(clients: usize, options: Options) -> Held {
        let emulator = emulator::start(options).await.unwrap();
        let url = emulator.url();
        for number in 0..clients {
            let names = ["Shop", "Büro ${x} %{y}", "2fa", "日本", "class"];
            let body = json!({
                "client_id": format!("client-{number}"), "client_name": names[number % names.len()], "grant_types": ["client_credentials"],
                "metadata": { "team": "${shop}", "number": number },
            });
            ask(&url, "POST", "/admin/clients", &body).await;
        }
        for number in 0..20 {
            let body = json!({
                "schema_id": "default", "traits": { "email": format!("person-{number}@example.com") },
                "metadata_admin": { "note": format!("hidden-{number}") },
            });
            ask(&url, "POST", "/admin/identities", &body).await;
            let body = json!({ "namespace": "files", "object": format!("file {number}"), "relation": "view", "subject_id": "ann" });
            ask(&url, "PUT", "/admin/relation-tuples", &body).await;
        }
        let body = json!({ "name": "Watched", "environment": "stage" });
        let project = ask(&url, "POST", "/projects", &body).await["id"].as_str().unwrap().to_owned();
        let body = json!([{ "op": "replace", "path": "/services/identity/config/selfservice/default_browser_return_url", "value": "https://shop.example.com/" }]);
        ask(&url, "PATCH", &format!("/projects/{project}"), &body).await;
        ask(&url, "POST", &format!("/projects/{project}/organizations"), &json!({ "label": "Acme", "domains": ["acme.example"] })).await;
        ask(&url, "POST", &format!("/projects/{project}/tokens"), &json!({ "name": "of the shop" })).await;
        Held { emulator, project }
    }

    async fn discover(&self, arguments: &[&str]) -> Output {
        let url = self.emulator.url();
        discover(
            &[
                ("ORY_HYDRA_ADMIN_URL", &url),
                ("ORY_KRATOS_ADMIN_URL", &url),
                ("ORY_KRATOS_PUBLIC_URL", &url),
                ("ORY_KETO_READ_URL", &url),
                ("ORY_KETO_WRITE_URL", &url),
                ("ORY_CONSOLE_API_URL", &url),
                ("ORY_PROJECT_API_URL", &format!("{url}/p/%s")),
                ("ORY_WORKSPACE_API_KEY", "ory_wak_of-the-tests"),
            ],
            arguments,
        )
        .await
    }
}

async fn discover(environment: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_janiform"));
    command.arg("discover").args(arguments).env_clear().envs(environment.iter().copied());
    command.output().await.unwrap()
}

#[track_caller]
fn said(output: &Output) -> String {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}");
    text
}

fn files(dir: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap())).collect()
}

#[tokio::test]
async fn objects_of_every_kind_become_programs_that_are_the_same_each_time() {
    let held = Held::with(1_900, Options::default()).await;
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name).to_str().unwrap().to_owned();
    for language in ["terraform", "yaml", "typescript", "python", "go"] {
        let text = said(&held.discover(&["--language", language, "--out", &at(language)]).await);
        for told in ["1900  ory_oauth2_client", "20  ory_identity", "20  ory_relationship", "1  ory_organization", "1  ory_project_config"]
        {
            assert!(text.contains(told), "{told} in {text}");
        }
        assert!(!text.contains("hidden-"), "{text}");
        let again = format!("{language}-again");
        said(&held.discover(&["--language", language, "--out", &at(&again)]).await);
        let named = |files: BTreeMap<String, String>| -> BTreeMap<String, String> {
            files.into_iter().map(|(name, text)| (name, text.replace("-again", ""))).collect()
        };
        assert!(named(files(Path::new(&at(language)))) == named(files(Path::new(&at(&again)))), "{language}");
    }
    let hcl = files(Path::new(&at("terraform")));
    assert_eq!(hcl["oauth2_client.tf"].matches("\nresource \"ory_oauth2_client\" ").count() + 1, 1_900);
    let objects: usize = hcl.values().map(|text| text.matches("resource \"ory_").count()).sum();
    assert_eq!(hcl["imports.tf"].matches("import {").count(), objects);
    for (name, text) in &hcl {
        assert!(!text.contains("= null"), "{name} has a null");
        assert_eq!(text.contains("hidden-"), name == "secrets.auto.tfvars.json", "{name}");
    }
    // What the table says is the project's, is the project's; what is not set is not there.
    let config = &hcl["project_config.tf"];
    assert!(config.contains("= ory_project.watched.id\n"), "{config}");
    assert!(config.contains("\"https://shop.example.com/\"") && config.lines().count() < 12, "{config}");
    assert!(hcl["organization.tf"].contains("= ory_project.watched.id\n"), "{}", hcl["organization.tf"]);
    // What looks like a template is none, and metadata are read as what they are.
    assert!(hcl["oauth2_client.tf"].contains("\"Büro $${x} %%{y}\"") && hcl["oauth2_client.tf"].contains("jsonencode({"));
    #[cfg(unix)]
    {
        let mode = |name: &str| {
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(Path::new(&at("terraform")).join(name)).unwrap().permissions())
        };
        assert_eq!(mode("secrets.auto.tfvars.json") & 0o777, 0o600);
    }
}

#[tokio::test]
async fn what_is_taken_is_chosen() {
    let held = Held::with(10, Options::default()).await;
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name).to_str().unwrap().to_owned();
    let only = said(&held.discover(&["--only", "oauth2_client,ory_identity", "--match", "client-1*", "--out", &at("only")]).await);
    assert!(only.contains("1  ory_oauth2_client") && !only.contains("identity"), "{only}");
    let rest = said(&held.discover(&["--exclude", "oauth2_client", "--out", &at("rest")]).await);
    assert!(!rest.contains("oauth2_client") && rest.contains("20  ory_identity"), "{rest}");
    // What belongs to an organization: the project that it is in, and nothing else of that.
    let follow = said(&held.discover(&["--only", "organization", "--follow", "project", "--out", &at("follow")]).await);
    assert!(follow.contains("1  ory_organization") && follow.contains("1  ory_project\n") && !follow.contains("api_key"), "{follow}");
    let wrong = held.discover(&["--only", "oauth2_clients", "--out", &at("wrong")]).await;
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("Did you mean `oauth2_client`?"));
    assert!(!Path::new(&at("wrong")).exists());
    // Nothing is overwritten by accident.
    let again = held.discover(&["--only", "oauth2_client", "--out", &at("only")]).await;
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("exists already"));
    let forced = said(&held.discover(&["--only", "relationship", "--force", "--out", &at("only")]).await);
    assert!(forced.contains("note: oauth2_client.tf is from an earlier run and no longer used: remove it"), "{forced}");
    said(&held.discover(&["--only", "oauth2_client", "--force", "--out", &at("only")]).await);
    assert_eq!(files(Path::new(&at("only")))["imports.tf"].matches("import {").count(), 10);
    assert!(fs::read_dir(scratch.path()).unwrap().all(|entry| !entry.unwrap().file_name().to_str().unwrap().starts_with('.')));
}

#[tokio::test]
async fn a_plan_is_edited_and_given_back() {
    let held = Held::with(3, Options::default()).await;
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name).to_str().unwrap().to_owned();
    said(&held.discover(&["--only", "oauth2_client", "--plan", &at("plan")]).await);
    let plan = fs::read_to_string(at("plan")).unwrap();
    assert_eq!(plan.matches("\noauth2_client\t").count(), 3, "{plan}");
    let edited: String = plan
        .lines()
        .filter(|line| !line.ends_with("client-1"))
        .map(|line| format!("{}\n", line.replace("\tshop\t", "\tstore\t")))
        .collect();
    fs::write(at("plan"), &edited).unwrap();
    said(&held.discover(&["--from-plan", &at("plan"), "--out", &at("out")]).await);
    let files = files(Path::new(&at("out")));
    assert_eq!(files["imports.tf"].matches("import {").count(), 2);
    assert!(files["oauth2_client.tf"].contains("\"ory_oauth2_client\" \"store\""), "{}", files["oauth2_client.tf"]);
    for (text, why) in [("a\tb", "three parts"), ("a\tB c\td", "not an identifier"), ("a\tb\tc\na\tb\td", "repeats a name")] {
        assert!(Plan::parse(text).err().is_some_and(|problem| problem.what.contains(why)), "{text}");
    }
}

#[tokio::test]
async fn one_project_is_meant_where_one_is_named() {
    let held = Held::with(1, Options::default()).await;
    let url = held.emulator.url();
    ask(&url, "POST", "/projects", &json!({ "name": "Other", "environment": "stage" })).await;
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    let environment =
        [("ORY_CONSOLE_API_URL", url.as_str()), ("ORY_WORKSPACE_API_KEY", "ory_wak_of-the-tests"), ("ORY_PROJECT_ID", &held.project)];
    let text = said(&discover(&environment, &["--out", out.to_str().unwrap()]).await);
    assert!(text.contains("1  ory_project\n") && !text.contains("ory_workspace") && !text.contains("oauth2_client"), "{text}");
    assert!(text.contains("1  ory_organization") && !files(&out)["project.tf"].contains("Other"), "{text}");
}

#[tokio::test]
async fn what_the_key_may_not_see_is_left_out_and_named() {
    let console = Switches { mere_keys: true, ..Switches::default() };
    let held = Held::with(1, Options { console, ..Options::default() }).await;
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    let text = said(&held.discover(&["--out", out.to_str().unwrap()]).await);
    assert!(text.contains("left out: ory_workspace_api_key: ") && text.contains("1  ory_organization"), "{text}");
    assert!(files(&out)["README.md"].contains("* `ory_workspace_api_key`: "));
}

/// 64 MiB, which a list of that many whole objects would not fit into.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_hundred_thousand_clients_are_asked_for_by_the_page_and_not_kept() {
    const MOST: u64 = 64 << 10;
    let many = Many::start().await;
    many.add(100_000, "-client");
    many.asked();
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    let mut command = Command::new(env!("CARGO_BIN_EXE_janiform"));
    command.args(["discover", "--out"]).arg(&out).env_clear().env("ORY_HYDRA_ADMIN_URL", many.url()).kill_on_drop(true);
    command.args(["--only", "oauth2_client"]);
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id().unwrap());
    let mut peak = 0;
    let ended = loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok()).unwrap_or(peak);
        tokio::select! {
            ended = child.wait() => break ended.unwrap(),
            () = tokio::time::sleep(std::time::Duration::from_millis(5)) => {}
        }
    };
    assert!(ended.success());
    let (lists, single) = many.asked();
    assert!(lists <= 201 && single == 0, "{lists} lists, {single} clients");
    assert!((1..=MOST).contains(&peak), "{peak} kB");
    let imports = fs::read_to_string(out.join("imports.tf")).unwrap();
    assert_eq!(imports.matches("import {").count(), 100_000);
}
