//! `janiform discover` on the emulator: what it writes, what it asks, and what it keeps in memory.

#[path = "../it/support/many.rs"]
mod many;

#[path = "../it/support/held.rs"]
mod held;

use held::Remembered;
use janiform::{
    crossing::discover::Plan,
    emulator::{self, Options, Running, switches::Switches},
};
use many::Many;
use serde_json::{Value as Json, json};
use std::{collections::BTreeMap, fs, path::Path, process::Output};
use tokio::process::Command;

/// An emulator with objects of every kind.
struct Held {
    emulator: Running,
    held: Remembered,
}

async fn ask(url: &str, method: &str, path: &str, body: &Json) -> Json {
    let request = reqwest::Client::new().request(method.parse().unwrap(), format!("{url}{path}")).bearer_auth("ory_st_of-a-person");
    let request = if body.is_null() { request } else { request.json(body) };
    let response = request.send().await.unwrap();
    let (status, text) = (response.status(), response.text().await.unwrap());
    assert!(status.is_success(), "{method} {path}: {status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

impl Held {
    /// `clients` of the objects are clients.
    async fn with(clients: usize, options: Options) -> Held {
        let emulator = emulator::start(options).await.unwrap();
        let (url, mut held) = (emulator.url(), Remembered::default());
        for making in held::project().iter().chain(&held::servers(clients, 20)) {
            let (path, body) = held.fill(making);
            held.take(making, &ask(&url, making.method, &path, &body).await);
        }
        Held { emulator, held }
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
                ("ORY_HYDRA_PUBLIC_URL", &url),
                ("ORY_TALOS_URL", &url),
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
    let unlisted = held::unlisted(&held.held).map(|(kind, id)| format!("{kind}={id}"));
    for language in ["terraform", "yaml", "typescript", "python", "go"] {
        let text = said(&held.discover(&["--language", language, "--out", &at(language)]).await);
        // The client that registered itself is one of them.
        for told in ["1901  ory_oauth2_client", "20  ory_identity\n", "20  ory_relationship\n", "20  ory_imported_api_key\n"] {
            assert!(text.contains(told), "{told} in {text}");
        }
        for kind in held::LISTED {
            assert!(text.contains(&format!("  ory_{kind}\n")), "{kind} in {text}");
        }
        for kind in unlisted.iter().map(|id| id.split('=').next().unwrap()).chain(["relationships"]) {
            assert!(
                text.lines().any(|line| line.starts_with(&format!("left out: ory_{kind}: ")) && line.contains("cannot be found")),
                "{kind}: {text}"
            );
        }
        assert!(!text.contains("hidden-"), "{text}");
        let again = format!("{language}-again");
        said(&held.discover(&["--language", language, "--out", &at(&again)]).await);
        let named = |files: BTreeMap<String, String>| -> BTreeMap<String, String> {
            files.into_iter().map(|(name, text)| (name, text.replace("-again", ""))).collect()
        };
        assert!(named(files(Path::new(&at(language)))) == named(files(Path::new(&at(&again)))), "{language}");
    }
    let known: Vec<_> = unlisted.iter().flat_map(|id| ["--id", id.as_str()]).chain(["--out"]).collect();
    let text = said(&held.discover(&[&known[..], &[&at("known")]].concat()).await);
    for kind in unlisted.iter().map(|id| id.split('=').next().unwrap()) {
        assert!(text.contains(&format!("1  ory_{kind}\n")), "{kind} in {text}");
    }
    assert!(
        text.contains("1900  ory_oauth2_client") && text.contains("left out: ory_relationships: Servers list them as ory_relationship, so"),
        "{text}"
    );
    let hcl = files(Path::new(&at("terraform")));
    assert_eq!(hcl["oauth2_client.tf"].matches("\nresource \"ory_oauth2_client\" ").count() + 1, 1_901);
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
async fn options_select_the_objects() {
    let held = Held::with(10, Options::default()).await;
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name).to_str().unwrap().to_owned();
    let only = said(&held.discover(&["--only", "oauth2_client,ory_identity", "--match", "client-1*", "--out", &at("only")]).await);
    assert!(only.contains("1  ory_oauth2_client") && !only.contains("identity"), "{only}");
    let rest = said(&held.discover(&["--exclude", "oauth2_client", "--out", &at("rest")]).await);
    assert!(!rest.contains("  ory_oauth2_client\n") && rest.contains("20  ory_identity"), "{rest}");
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
    assert_eq!(files(Path::new(&at("only")))["imports.tf"].matches("import {").count(), 11);
    assert!(fs::read_dir(scratch.path()).unwrap().all(|entry| !entry.unwrap().file_name().to_str().unwrap().starts_with('.')));
}

#[tokio::test]
async fn an_edited_plan_is_used() {
    let held = Held::with(3, Options::default()).await;
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name).to_str().unwrap().to_owned();
    said(&held.discover(&["--only", "oauth2_client", "--plan", &at("plan")]).await);
    let plan = fs::read_to_string(at("plan")).unwrap();
    assert_eq!(plan.matches("\noauth2_client\t").count(), 4, "{plan}");
    let edited: String = plan
        .lines()
        .filter(|line| !line.ends_with("client-1"))
        .map(|line| format!("{}\n", line.replace("\tshop\t", "\tstore\t")))
        .collect();
    fs::write(at("plan"), &edited).unwrap();
    said(&held.discover(&["--from-plan", &at("plan"), "--out", &at("out")]).await);
    let files = files(Path::new(&at("out")));
    assert_eq!(files["imports.tf"].matches("import {").count(), 3);
    assert!(files["oauth2_client.tf"].contains("\"ory_oauth2_client\" \"store\""), "{}", files["oauth2_client.tf"]);
    said(&held.discover(&["--only", "oauth2_client", "--plan", &at("new/directory/plan")]).await);
    let nothing = held.discover(&["--only", "oauth2_client", "--exclude", "oauth2_client"]).await;
    assert!(String::from_utf8_lossy(&nothing.stderr).contains("`--only` and `--exclude` leave no kind"), "{nothing:?}");
    for (text, why) in [("a\tb", "three parts"), ("a\tB c\td", "not an identifier"), ("a\tb\tc\na\tb\td", "repeats a name")] {
        assert!(Plan::parse(text).err().is_some_and(|problem| problem.what.contains(why)), "{text}");
    }
}

/// A server with 5,000 clients.
async fn with_lists() -> Many {
    let many = Many::start().await;
    many.add(5_000, "-client");
    many
}

/// How many lists that are.
const LISTS: usize = 10;

fn discovery(many: &Many, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_janiform"));
    command.arg("discover").args(arguments).env_clear().env("ORY_HYDRA_ADMIN_URL", many.url()).kill_on_drop(true);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    command
}

/// Starts a discovery that waits for ever for what comes after so many lists.
async fn begun(many: &Many, lists: usize, arguments: &[&str]) -> tokio::process::Child {
    many.answers_lists(Some(lists));
    let child = discovery(many, arguments).spawn().unwrap();
    while many.lists_so_far() <= lists {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    child
}

#[cfg(unix)]
#[tokio::test]
async fn a_resumed_run_does_not_read_objects_again() {
    let many = with_lists().await;
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name).to_str().unwrap().to_owned();
    let (plan, out) = (at("plan"), at("out"));
    let arguments = ["--only", "oauth2_client", "--plan", &plan];
    // Killed, interrupted, and turned away.
    begun(&many, 4, &arguments).await.kill().await.unwrap();
    assert_eq!(many.asked(), (5, 0));
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(at("plan.read")).unwrap().permissions()) & 0o777, 0o600);
    let child = begun(&many, 2, &arguments).await;
    let id = rustix::process::Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let told = child.wait_with_output().await.unwrap();
    let text = String::from_utf8_lossy(&told.stderr);
    assert!(!told.status.success() && text.contains("interrupted") && text.contains("plan.read: run the same command again"), "{text}");
    assert_eq!(many.asked(), (3, 0));
    many.answers_lists(None);
    many.lists_fail(403, "{}");
    let told = discovery(&many, &arguments).output().await.unwrap();
    assert!(String::from_utf8_lossy(&told.stderr).contains("run the same command again"), "{told:?}");
    assert_eq!(many.asked(), (1, 0));
    assert!(!Path::new(&plan).exists());
    many.recovers();
    let text = said(&discovery(&many, &arguments).output().await.unwrap());
    assert_eq!(many.asked(), (LISTS - 6, 0), "{text}");
    assert!(text.contains("5000 objects are listed in") && text.contains("6 answers of an earlier run"), "{text}");
    // The plan is what is there without a break.
    let whole = at("whole");
    said(&discovery(&many, &["--only", "oauth2_client", "--plan", &whole]).output().await.unwrap());
    assert_eq!(many.asked(), (LISTS, 0));
    assert!(fs::read_to_string(&plan).unwrap() == fs::read_to_string(&whole).unwrap());
    // Nothing is read again for what the plan says, and what was kept goes.
    said(&discovery(&many, &["--from-plan", &plan, "--out", &out]).output().await.unwrap());
    assert_eq!(many.asked(), (0, 0));
    assert_eq!(files(Path::new(&out))["imports.tf"].matches("import {").count(), 5_000);
    assert!(!Path::new(&at("plan.read")).exists());
    // Unless somebody wants to.
    said(&discovery(&many, &["--from-plan", &whole, "--out", &at("fresh"), "--fresh"]).output().await.unwrap());
    assert_eq!(many.asked(), (LISTS, 0));
    assert!(files(Path::new(&out)) == files(Path::new(&at("fresh"))));
}

#[cfg(unix)]
#[tokio::test]
async fn an_interrupted_run_leaves_no_files() {
    let many = with_lists().await;
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    let child = begun(&many, 3, &["--out", out.to_str().unwrap(), "--only", "oauth2_client"]).await;
    let id = rustix::process::Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let told = child.wait_with_output().await.unwrap();
    assert!(!told.status.success() && String::from_utf8_lossy(&told.stderr).contains("Nothing was written."), "{told:?}");
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn import_blocks_use_identities_on_request() {
    let held = Held::with(2, Options::default()).await;
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    said(&held.discover(&["--import-by", "identity", "--out", out.to_str().unwrap()]).await);
    let imports = files(&out)["imports.tf"].clone();
    let project = held.held.of("project");
    for import in [
        "import {\n  to = ory_oauth2_client.shop\n  identity = {\n    client_id = \"client-0\"\n  }\n}\n".to_owned(),
        format!(
            "import {{\n  to = ory_organization.acme\n  identity = {{\n    project_id = \"{project}\"\n    id         = \"{}\"\n  }}\n}}\n",
            held.held.of("organization")
        ),
        // No identity says which attributes are taken.
        format!("import {{\n  to = ory_project_config.watched\n  id = \"{project}:"),
    ] {
        assert!(imports.contains(&import), "{import}{imports}");
    }
    let wrong = held.discover(&["--import-by", "identity", "--language", "go", "--out", "x"]).await;
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("Pulumi imports by ids"));
}

#[tokio::test]
async fn programs_use_a_local_sdk() {
    let held = Held::with(1, Options::default()).await;
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name).to_str().unwrap().to_owned();
    let sdk = scratch.path().canonicalize().unwrap().to_str().unwrap().to_owned();
    for (language, file, said_there) in [
        ("typescript", "package.json", format!("\"@janiform/ory\": \"file:{sdk}\",")),
        ("python", "requirements.txt", format!("janiform-ory @ file://{sdk}\n")),
        ("go", "go.mod", format!("replace github.com/janiform/janiform/sdk/go => \"{sdk}\"\n")),
    ] {
        said(&held.discover(&["--language", language, "--sdk", &sdk, "--only", "oauth2_client", "--out", &at(language)]).await);
        let text = files(Path::new(&at(language)))[file].clone();
        assert!(text.contains(&said_there), "{text}");
    }
    let wrong = held.discover(&["--language", "yaml", "--sdk", &sdk, "--out", &at("yaml")]).await;
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("no SDK for this language"));
    let wrong = held.discover(&["--language", "go", "--sdk", &at("none"), "--out", &at("none-there")]).await;
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("Name its directory or package"));
}

#[tokio::test]
async fn a_configured_project_selects_that_project_only() {
    let held = Held::with(1, Options::default()).await;
    let url = held.emulator.url();
    ask(&url, "POST", "/projects", &json!({ "name": "Other", "environment": "stage" })).await;
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    let environment = [
        ("ORY_CONSOLE_API_URL", url.as_str()),
        ("ORY_WORKSPACE_API_KEY", "ory_wak_of-the-tests"),
        ("ORY_PROJECT_API_URL", &format!("{url}/p/%s")),
        ("ORY_PROJECT_ID", held.held.of("project")),
    ];
    let text = said(&discover(&environment, &["--out", out.to_str().unwrap()]).await);
    assert!(text.contains("1  ory_project\n") && !text.contains("ory_workspace"), "{text}");
    // A key of the workspace does not open what is behind the project's own URL.
    for kind in ["oauth2_client", "identity", "relationship"] {
        let told = format!("left out: ory_{kind}: They are in a project: set ORY_PROJECT_SLUG and ORY_PROJECT_API_KEY");
        assert!(!text.contains(&format!("  ory_{kind}\n")) && text.contains(&told), "{told}: {text}");
    }
    assert!(text.contains("1  ory_organization") && !files(&out)["project.tf"].contains("Other"), "{text}");
}

/// The program, and the ids with which it is imported.
#[tokio::test]
async fn an_import_takes_each_attribute_that_the_program_sets() {
    let held = Held::with(0, Options::default()).await;
    let (url, project) = (held.emulator.url(), held.held.of("project"));
    let identity = "/services/identity/config";
    let sms = json!({ "sms": { "body": { "plaintext": "base64://SGk=" } } });
    let changes = json!([
        { "op": "add", "path": format!("{identity}/courier/templates/login_code/valid"), "value": sms },
        { "op": "add", "path": format!("{identity}/selfservice/methods/oidc/config/base_redirect_uri"), "value": "https://auth.example.com" },
    ]);
    ask(&url, "PATCH", &format!("/projects/{project}"), &changes).await;
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    let id = format!("permission_namespaces={project}");
    let text = said(&held.discover(&["--out", out.to_str().unwrap()]).await);
    let found = files(&out);
    assert!(found["email_template.tf"].contains("sms_body"), "{}", found["email_template.tf"]);
    assert!(found["imports.tf"].contains(&format!("\"{project}/login_code_valid:sms_body\"")), "{}", found["imports.tf"]);
    // One setting for all providers is in the project's configuration, not in each of them.
    let setting = "selfservice_methods_oidc_config_base_redirect_uri";
    assert!(!found["social_provider.tf"].contains("base_redirect_uri"), "{}", found["social_provider.tf"]);
    assert!(found["project_config.tf"].contains(setting) && found["imports.tf"].contains(setting), "{}", found["imports.tf"]);
    // The permission model is in one place.
    let model = "keto_namespace_configuration";
    assert!(found["project_config.tf"].contains(model), "{}", found["project_config.tf"]);
    let told = text.lines().find(|line| line.starts_with("left out: ory_permission_namespaces: ")).unwrap();
    assert!(told.contains(&format!("in ory_project_config, as `keto_namespaces` or `{model}`")), "{told}");
    said(&held.discover(&["--out", out.to_str().unwrap(), "--force", "--id", &id]).await);
    let found = files(&out);
    assert!(found["permission_namespaces.tf"].contains("source"), "{}", found["permission_namespaces.tf"]);
    assert!(!found["project_config.tf"].contains(model) && !found["imports.tf"].contains(model), "{}", found["project_config.tf"]);
}

#[tokio::test]
async fn objects_without_access_are_left_out_and_reported() {
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
async fn a_hundred_thousand_clients_are_read_by_pages_in_constant_memory() {
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
