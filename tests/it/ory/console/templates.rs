//! `ory_email_template`: the messages that a project sends to people, in the project's document.

use super::{KEY, Setup, entry, id, provider, told};
use crate::{
    pulumi::{
        Recorder,
        engine::{Host, Stored},
        every::spell,
    },
    support::{faults::Fault, get, object, replan},
    terraform::core::{Action, Core},
};
use janiform::{
    engine::{Engine, State, has_errors, validate},
    frontends::pulumi::Server,
    ory::{ORY, resources::email_template::RESOURCE},
    value::Value,
};
use janiform_proto::pulumirpc::diff_response::DiffChanges;
use serde_json::{Value as Json, json};
use std::sync::Arc;

const NAME: &str = "email_template";
const TEMPLATES: &str = "/services/identity/config/courier/templates";

struct Templates {
    setup: Setup,
    project: String,
}

impl Templates {
    async fn new() -> Templates {
        let setup = Setup::new().await;
        let project = id(&setup.project().await);
        setup.configure(&[("project_id", project.as_str().into())]);
        setup.asked();
        Templates { setup, project }
    }

    async fn at(&self, path: &str) -> Json {
        let (_, document) = self.setup.ask("GET", &format!("/projects/{}", self.project), None).await;
        document.pointer(path).cloned().unwrap_or_default()
    }

    async fn patch(&self, operations: Json) {
        let (status, answer) = self.setup.ask("PATCH", &format!("/projects/{}", self.project), Some(&operations)).await;
        assert_eq!(status, 200, "{answer}");
    }

    fn patched(&self) -> Vec<Json> {
        let patches = self.setup.proxy.asked().into_iter().filter(|(asked, _)| asked.starts_with("PATCH"));
        patches.map(|(_, body)| serde_json::from_str(&body).unwrap()).collect()
    }

    async fn core(&self) -> Core {
        let mut config = provider(&self.setup.emulator.url());
        config["project_id"] = self.project.as_str().into();
        Core::direct(&ORY, config).await.unwrap()
    }
}

fn template<'a>(name: &'a str, set: &[(&'a str, &'a str)]) -> Vec<(&'a str, Value)> {
    [("template_type", name)].iter().chain(set).map(|(attr, text)| (*attr, Value::text(*text))).collect()
}

fn text(state: &State, attr: &str) -> String {
    get(&RESOURCE, &state.value, attr).as_str().unwrap_or_default().to_owned()
}

fn uploaded(text: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    format!("base64://{}", STANDARD.encode(text))
}

#[tokio::test]
async fn a_template_is_made_changed_and_deleted() {
    let templates = Templates::new().await;
    let pristine = templates.at(TEMPLATES).await;
    let set = [("subject", "Hello"), ("body_html", "<p>{{ .LoginCode }}</p>"), ("body_plaintext", "{{ .LoginCode }}")];
    let made = templates.setup.create(NAME, &template("login_code_valid", &set)).await.unwrap();
    assert_eq!(
        (made.warnings.clone(), id(&made), text(&made.state, "project_id")),
        (vec![], "login_code_valid".to_owned(), templates.project.clone())
    );
    // What is missing on the way is made in the same patch.
    let sent = templates.patched();
    let [operations] = &sent[..] else { panic!("{sent:?}") };
    let written: Vec<_> = operations.as_array().unwrap().iter().map(|one| one["value"].to_string()).collect();
    for text in ["Hello", "<p>{{ .LoginCode }}</p>", "{{ .LoginCode }}"] {
        assert!(written.iter().any(|value| value.contains(&uploaded(text))), "{text}: {operations}");
    }
    assert_eq!(templates.setup.read(NAME, &made.state).await.unwrap().unwrap(), made.state);
    // The same text in another form is no change, and another one is a patch of it alone.
    let respelled = [("subject", "base64://SGVsbG8="), set[1], set[2]];
    assert!(!replan(&RESOURCE, &made.state, &object(&RESOURCE, &template("login_code_valid", &respelled))).changes.contains(&"subject"));
    let other = [set[0], ("body_html", "<b>{{ .LoginCode }}</b>"), set[2]];
    let changed = templates.setup.update(NAME, &made.state, &template("login_code_valid", &other)).await.unwrap();
    let place = format!("{TEMPLATES}/login_code/valid/email/body/html");
    assert_eq!(templates.patched(), [json!([{ "op": "replace", "path": place, "value": uploaded("<b>{{ .LoginCode }}</b>") }])]);
    // Somebody else writes an SMS, which is not ours, and another mail, which is.
    templates
        .patch(json!([
            { "op": "add", "path": format!("{TEMPLATES}/login_code/valid/sms"), "value": { "body": { "plaintext": uploaded("SMS") } } },
            { "op": "replace", "path": place, "value": uploaded("<i>Other</i>") },
        ]))
        .await;
    let drifted = templates.setup.read(NAME, &changed.state).await.unwrap().unwrap();
    assert!(text(&drifted, "body_html").starts_with("https://storage.googleapis.com/"));
    assert_eq!(text(&drifted, "sms_body"), "");
    let plan = replan(&RESOURCE, &drifted, &object(&RESOURCE, &template("login_code_valid", &other)));
    assert_eq!(plan.changes, ["body_html"]);
    templates.setup.delete(NAME, &drifted).await.unwrap();
    let left = templates.at(&format!("{TEMPLATES}/login_code/valid")).await;
    assert!(left["sms"]["body"]["plaintext"].as_str().unwrap().starts_with("https://"), "{left}");
    assert!(!left.to_string().contains("html"), "{left}");
    assert!(templates.setup.read(NAME, &changed.state).await.unwrap().is_none_or(|state| text(&state, "body_html").is_empty()));
    templates.patch(json!([{ "op": "remove", "path": format!("{TEMPLATES}/login_code/valid/sms/body/plaintext") }])).await;
    assert!(templates.setup.read(NAME, &changed.state).await.unwrap().is_none());
    assert_eq!(
        crate::ory::project_config::without_empties(templates.at(TEMPLATES).await),
        crate::ory::project_config::without_empties(pristine)
    );
    templates.setup.delete(NAME, &changed.state).await.unwrap();
}

#[tokio::test]
async fn one_body_or_an_sms_is_enough() {
    let templates = Templates::new().await;
    for (name, set) in [
        ("recovery_code_valid", [("body_html", "<p>Code</p>")]),
        ("recovery_valid", [("body_plaintext", "Link")]),
        ("verification_code_valid", [("sms_body", "Code")]),
        ("verifiable_address_changed", [("sms_body", "Changed")]),
    ] {
        let made = templates.setup.create(NAME, &template(name, &set)).await.unwrap();
        assert_eq!(made.warnings, [], "{name}");
        assert_eq!(templates.setup.read(NAME, &made.state).await.unwrap().unwrap(), made.state, "{name}");
        templates.setup.delete(NAME, &made.state).await.unwrap();
        assert!(templates.setup.read(NAME, &made.state).await.unwrap().is_none(), "{name}");
    }
    let nothing = validate(&RESOURCE, &object(&RESOURCE, &template("recovery_valid", &[])));
    assert!(has_errors(&nothing) && told(&nothing).contains("has no text"), "{nothing:?}");
    let no_sms = validate(&RESOURCE, &object(&RESOURCE, &template("recovery_code_valid", &[("sms_body", "x")])));
    assert!(!has_errors(&no_sms) && told(&no_sms).contains("sends no SMS"), "{no_sms:?}");
    // The official provider knows it, and no column of a project has it.
    let unknown = validate(&RESOURCE, &object(&RESOURCE, &template("login_code_invalid", &[("body_html", "x")])));
    assert!(!has_errors(&unknown) && !unknown.is_empty(), "{unknown:?}");
}

/// What somebody wrote is not overwritten, and a lost answer is none of that.
#[tokio::test]
async fn an_existing_template_is_not_taken_over() {
    let templates = Templates::new().await;
    let set = [("body_html", "<p>Ours</p>")];
    let at = format!("{TEMPLATES}/recovery_code/valid/email/body");
    templates.patch(json!([{ "op": "add", "path": format!("{TEMPLATES}/recovery_code"), "value": { "valid": { "email": { "body": { "html": uploaded("<p>Theirs</p>") } } } } }])).await;
    let taken = templates.setup.create(NAME, &template("recovery_code_valid", &set)).await.unwrap_err();
    assert!(told(&taken.diagnostics).contains("exists already") && told(&taken.diagnostics).contains("import"), "{taken:?}");
    let before = templates.at(&at).await;
    assert!(before["html"].is_string() && templates.patched().is_empty());
    for fault in [Fault::LoseAnswer, Fault::CutAnswer] {
        templates.setup.proxy.then("PATCH", fault);
        let made = templates.setup.create(NAME, &template("recovery_valid", &set)).await.unwrap();
        assert_eq!((made.warnings.clone(), templates.setup.proxy.unused()), (vec![], 0));
        templates.setup.delete(NAME, &made.state).await.unwrap();
    }
}

#[tokio::test]
async fn an_import_reads_the_mail_and_selected_attributes() {
    let templates = Templates::new().await;
    let set = template("login_code_valid", &[("body_html", "<p>Mail</p>"), ("sms_body", "SMS")]);
    let made = templates.setup.create(NAME, &set).await.unwrap();
    for project in ["", &format!("{}/", templates.project)] {
        for (more, has_sms) in [("", false), (":*", true), (":sms_body", true)] {
            let stub = State::to_import(&RESOURCE, &format!("{project}login_code_valid{more}")).unwrap();
            let read = templates.setup.read(NAME, &stub).await.unwrap().unwrap();
            assert_eq!((read.id.as_ref(), text(&read, "project_id")), (made.state.id.as_ref(), templates.project.clone()));
            assert_eq!(text(&read, "sms_body").is_empty(), !has_sms, "{project} {more}");
            let changes = replan(&RESOURCE, &read, &object(&RESOURCE, &set)).changes;
            assert_eq!(changes.is_empty(), has_sms, "{changes:?}");
        }
    }
}

/// As the official provider writes it, by its published schema: its id is the type, and a subject that nobody set is empty.
fn official(project: &str) -> (Json, Json) {
    let said = json!({ "template_type": "recovery_code_valid", "body_html": "<p>Code</p>", "body_plaintext": "Code" });
    let mut attributes = said.clone();
    attributes["id"] = "recovery_code_valid".into();
    attributes["project_id"] = project.into();
    attributes["subject"] = "".into();
    (said, attributes)
}

async fn with_official(templates: &Templates) {
    let email = json!({ "email": { "body": { "html": uploaded("<p>Code</p>"), "plaintext": uploaded("Code") } } });
    templates.patch(json!([{ "op": "add", "path": format!("{TEMPLATES}/recovery_code"), "value": { "valid": email } }])).await;
}

#[tokio::test]
async fn an_official_template_plans_no_change() {
    let templates = Templates::new().await;
    with_official(&templates).await;
    let (said, attributes) = official(&templates.project);
    let mut core = templates.core().await;
    let mut thing = core.moved("ory_email_template", "registry.terraform.io/ory/ory", "ory_email_template", 0, &attributes).await.unwrap();
    let mut with_project = said.clone();
    with_project["project_id"] = templates.project.as_str().into();
    for config in [&said, &with_project] {
        let plan = core.plan(&thing, config).await.unwrap();
        assert_eq!(plan.action, Action::NoOp, "{:?}", plan.value);
        core.settled(&plan.prior, config).await.unwrap();
    }
    let mut changed = said.clone();
    changed["subject"] = "Your code".into();
    assert_eq!(core.apply(&mut thing, &changed).await.unwrap(), Action::Update);
    core.settled(&thing, &changed).await.unwrap();
    core.destroy(&mut thing).await.unwrap();
    assert!(!templates.at(&format!("{TEMPLATES}/recovery_code")).await.to_string().contains("https"));
}

#[tokio::test]
async fn a_template_of_the_bridge_previews_and_refreshes_without_a_change() {
    let templates = Templates::new().await;
    with_official(&templates).await;
    let (said, mut attributes) = official(&templates.project);
    attributes.as_object_mut().unwrap().remove("id");
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    let config = json!({ "console_api_url": templates.setup.emulator.url(), "workspace_api_key": KEY, "project_id": templates.project });
    host.configure(spell(ORY.config, &config)).await.unwrap();
    let (token, inputs) = ("ory:index/emailTemplate:EmailTemplate", spell(&entry(NAME).resource.table, &said));
    let mut outputs = spell(&RESOURCE.table, &attributes);
    outputs["__pulumi_raw_state_delta"] = json!({ "obj": {} });
    outputs["id"] = "recovery_code_valid".into();
    let id = "recovery_code_valid".to_owned();
    let stored = Stored { token: token.to_owned(), id, inputs: inputs.clone(), outputs, init_errors: Vec::new() };
    host.state.insert("it".to_owned(), stored);
    for _ in 0..2 {
        let (diff, _) = host.preview(token, "it", &inputs).await.unwrap();
        assert_eq!(diff.as_ref().unwrap().changes(), DiffChanges::DiffNone, "{diff:?}");
        let diff = host.refresh("it").await.unwrap().unwrap();
        assert_eq!(diff.changes(), DiffChanges::DiffNone, "{:?}", diff.diffs);
    }
}
