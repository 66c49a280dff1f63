//! Many resources of one project's document, applied at the same time: by one process, and by two.

use crate::harness::terraform::{Cli, Terraform};
use janiform::emulator::{self, Options, Running};
use serde_json::{Value as Json, json};
use std::{
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};
use tokio::{runtime, sync::oneshot};

super::with_both_tools![forty_resources_take_few_patches, two_processes_lose_no_changes, an_import_reads_selected_attributes];

const KEY: &str = "ory_wak_of-the-tests";

/// Where Ory keeps the templates of messages, for which there is no attribute.
const TEMPLATES: &[(&str, &[&str])] = &[
    ("login_code/valid", &["email/body/html", "email/body/plaintext", "email/subject", "sms/body/plaintext"]),
    ("recovery_code/valid", &["email/body/html", "email/body/plaintext", "email/subject"]),
    ("recovery_code/invalid", &["email/body/html", "email/body/plaintext", "email/subject"]),
    ("recovery/valid", &["email/body/html", "email/body/plaintext", "email/subject"]),
    ("recovery/invalid", &["email/body/html", "email/body/plaintext", "email/subject"]),
    ("registration_code/valid", &["email/body/html", "email/body/plaintext", "email/subject", "sms/body/plaintext"]),
    ("verifiable_address_changed", &["email/body/html", "email/body/plaintext", "email/subject", "sms/body/plaintext"]),
    ("verification_code/valid", &["email/body/html", "email/body/plaintext", "email/subject", "sms/body/plaintext"]),
    ("verification_code/invalid", &["email/body/html", "email/body/plaintext", "email/subject"]),
    ("verification/valid", &["email/body/html", "email/body/plaintext", "email/subject"]),
    ("verification/invalid", &["email/body/html", "email/body/plaintext", "email/subject"]),
];

/// 39 places of the document, each with what it is to be.
fn parts() -> Vec<(String, Json)> {
    let courier = "services/identity/config/courier/templates";
    let templates = TEMPLATES.iter().flat_map(|(of, names)| names.iter().map(move |name| format!("{courier}/{of}/{name}")));
    let mut parts: Vec<_> = templates.map(|at| (at, json!("base64://SGVsbG8="))).collect();
    for flow in ["login", "registration"] {
        let hook = json!([{ "hook": "web_hook", "config": { "url": format!("https://a.example/{flow}"), "method": "POST" } }]);
        parts.push((format!("services/identity/config/selfservice/flows/{flow}/after/hooks"), hook));
    }
    assert_eq!(parts.len(), 39);
    parts
}

fn overlay(number: usize, at: &str, value: &Json) -> String {
    let config = at.rsplit('/').fold(value.clone(), |inner, name| json!({ name: inner })).to_string();
    format!("resource \"ory_project_raw_config\" \"part_{number}\" {{\n  config = {config:?}\n}}\n\n")
}

const SETTINGS: &str = "resource \"ory_project_config\" \"it\" {\n  session_lifespan = \"12h\"\n  cors_enabled = true\n}\n\n";

/// A console that keeps what it was asked, with a project.
struct Console {
    emulator: Arc<Running>,
    project: String,
    /// It ends with this.
    _until: oneshot::Sender<()>,
}

impl Console {
    fn start() -> Console {
        Console::answering_after(Duration::ZERO)
    }

    /// One that takes its time for each answer.
    fn answering_after(latency: Duration) -> Console {
        let (started, starting) = mpsc::channel();
        let (until, end) = oneshot::channel();
        thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let emulator = emulator::start(Options { record_requests: true, latency, ..Options::default() }).await.unwrap();
                started.send(Arc::new(emulator)).unwrap();
                // That the other side is gone is the end.
                let _ = end.await;
            });
        });
        let mut console = Console { emulator: starting.recv().unwrap(), project: String::new(), _until: until };
        let made = console.ask("POST", "/projects", Some(&json!({ "name": "it", "environment": "dev" })));
        console.project = made["id"].as_str().unwrap().to_owned();
        console
    }

    /// A request past the provider.
    fn ask(&self, method: &str, path: &str, body: Option<&Json>) -> Json {
        let bearer = format!("Bearer {KEY}");
        let answer =
            crate::harness::http::try_send_with(method, &format!("{}{path}", self.emulator.url()), body, &[("authorization", &bearer)])
                .expect("an answer");
        assert!(answer.status < 300, "{method} {path}: {}", answer.body);
        answer.body
    }

    fn document(&self) -> Json {
        self.ask("GET", &format!("/projects/{}", self.project), None)
    }

    /// The patches so far: how many there were, and how many of them came too late.
    fn patches(&self) -> (usize, usize) {
        let patches: Vec<_> = self.emulator.requests().into_iter().filter(|(method, ..)| method == "PATCH").collect();
        let statuses: Vec<_> = patches.iter().map(|(.., status)| *status).collect();
        assert!(statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
        (statuses.len(), statuses.iter().filter(|status| **status == 409).count())
    }

    fn terraform(&self, cli: Cli, text: &str) -> Terraform {
        let terraform = Terraform::new(cli, "").env("ORY_CONSOLE_API_URL", self.emulator.url());
        let terraform = terraform.env("ORY_WORKSPACE_API_KEY", KEY).env("ORY_PROJECT_ID", &self.project);
        terraform.config(text);
        terraform.init();
        terraform
    }

    /// That all of it is in the document.
    fn has_all(&self) {
        let document = self.document();
        for (at, value) in parts() {
            let there = document.pointer(&format!("/{at}")).unwrap_or_else(|| panic!("{at} is not there"));
            assert!(value.is_string() || there[0]["config"]["url"] == value[0]["config"]["url"], "{at}: {there}");
        }
        assert_eq!(document["cors_public"]["enabled"], true);
        assert_eq!(document["services"]["identity"]["config"]["session"]["lifespan"], "12h0m0s");
    }
}

fn forty_resources_take_few_patches(cli: Cli) {
    // A patch takes half a second, as it may there: what comes meanwhile goes with the next, however busy this machine is.
    let console = Console::answering_after(Duration::from_millis(500));
    let overlays: String = parts().iter().enumerate().map(|(number, (at, value))| overlay(number, at, value)).collect();
    let terraform = console.terraform(cli, &format!("{SETTINGS}{overlays}"));
    terraform.apply().says(&["40 added"]);
    let (patches, conflicts) = console.patches();
    assert!(patches <= 8 && conflicts == 0, "{patches} patches, of which {conflicts} came too late");
    console.has_all();
    terraform.is_settled();
}

fn two_processes_lose_no_changes(cli: Cli) {
    let console = Console::start();
    let overlays: Vec<_> = parts().iter().enumerate().map(|(number, (at, value))| overlay(number, at, value)).collect();
    let (first, second) = overlays.split_at(20);
    let stacks = [format!("{SETTINGS}{}", second.concat()), first.concat()].map(|text| console.terraform(cli, &text));
    let running = stacks.each_ref().map(|terraform| terraform.start(&["apply", "-no-color", "-auto-approve"]));
    for running in running {
        running.finish().ok().says(&["20 added"]);
    }
    let (patches, conflicts) = console.patches();
    assert!(conflicts <= 3, "{conflicts} of {patches} patches came too late");
    console.has_all();
    for terraform in &stacks {
        terraform.is_settled();
    }
}

fn an_import_reads_selected_attributes(cli: Cli) {
    let console = Console::start();
    let project = console.project.clone();
    let revision = || console.document()["revision_id"].as_str().unwrap().to_owned();
    let set = json!([
        { "op": "add", "path": "/cors_public/enabled", "value": true },
        { "op": "add", "path": "/services/identity/config/session/lifespan", "value": "48h" },
        { "op": "add", "path": "/services/oauth2/config/ttl/access_token", "value": "30m" },
    ]);
    console.ask("PATCH", &format!("/projects/{project}/revision/{}", revision()), Some(&set));
    let before = console.document();
    let asked = console.patches();
    let import = |names: &str| format!("import {{\n  to = ory_project_config.it\n  id = \"{project}{names}\"\n}}\n\n");
    let one = "resource \"ory_project_config\" \"it\" {\n  session_lifespan = \"24h\"\n}\n";

    // What says all that is there: nothing is left to do.
    let all = "resource \"ory_project_config\" \"it\" {\n  session_lifespan = \"48h\"\n  cors_enabled = true\n}\n";
    let terraform = console.terraform(cli, &(import(":session_lifespan,cors_enabled") + all));
    terraform.apply().says(&["1 imported, 0 added, 0 changed, 0 destroyed"]);
    terraform.is_settled();
    assert_eq!((console.document(), console.patches()), (before.clone(), asked));

    // Of all that was taken over, what the configuration does not say is let go: no setting but the one changes.
    for names in ["", ":*", ":session_lifespan,oauth2_ttl_access_token"] {
        let asked = console.patches().0;
        let terraform = console.terraform(cli, &(import(names) + one));
        terraform.apply().says(&["1 imported, 0 added, 1 changed, 0 destroyed"]);
        assert_eq!(console.patches().0, asked + 1, "{names}");
        let mut after = console.document();
        let session = &mut after["services"]["identity"]["config"]["session"];
        assert_eq!(session["lifespan"], "24h0m0s", "{names}");
        session["lifespan"] = before["services"]["identity"]["config"]["session"]["lifespan"].clone();
        after["revision_id"] = before["revision_id"].clone();
        assert_eq!(after, before, "{names}");
        terraform.is_settled();
        let state = terraform.attributes("ory_project_config.it");
        let set: Vec<_> = state.as_object().unwrap().iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name.as_str()).collect();
        assert_eq!(set, ["id", "project_id", "session_lifespan"], "{names}");
        terraform.destroy().says(&["stays as it is"]);

        let back = json!([{ "op": "replace", "path": "/services/identity/config/session/lifespan", "value": "48h" }]);
        console.ask("PATCH", &format!("/projects/{project}/revision/{}", revision()), Some(&back));
    }
}
