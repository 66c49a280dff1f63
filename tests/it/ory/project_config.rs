//! Every attribute of a project's configuration through its lifecycles, on the emulator's console; the test changes and checks
//! the project through the console's own API.

use super::every_setting::{all, known};
use crate::{
    emulator::console::Console,
    pulumi::{Recorder, engine::Host, every::spell},
    support::stored,
    terraform::{
        core::{Action, Core},
        lifecycle::{Backdoor, Lifecycle},
        samples::Way,
        val::Val,
    },
};
use async_trait::async_trait;
use janiform::{
    engine::Engine,
    frontends::pulumi::Server,
    ory::{ORY, resources::project_config},
    schema::{Attr, Kind, Object, Reads, Resource},
    value::Value,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// A console with one project, looked at past the provider.
pub struct Project {
    pub console: Console,
    pub id: String,
}

impl Project {
    pub async fn start() -> Project {
        let console = Console::start().await;
        let (id, _) = console.project().await;
        Project { console, id }
    }

    /// A provider's configuration for it.
    pub fn provider(&self) -> Json {
        json!({ "console_api_url": self.console.server.url(), "workspace_api_key": crate::emulator::console::KEY })
    }

    pub async fn document(&self) -> Json {
        self.console.get(&format!("/projects/{}", self.id)).await
    }

    /// Changes the document as somebody else would; whether that can be seen.
    async fn edit(&self, path: &str, value: Option<Json>) -> bool {
        let before = self.document().await;
        let operations = match (&value, before.pointer(path)) {
            (Some(value), _) => added(&before, path, value.clone()),
            (None, Some(_)) => json!([{ "op": "remove", "path": path }]),
            (None, None) => return false,
        };
        self.console.patch(&self.id, operations, 200).await;
        self.document().await["services"] != before["services"] || ["cors_public", "cors_admin"].iter().any(|at| path[1..].starts_with(at))
    }
}

/// The operation that puts a value there, with what is missing on its way.
fn added(document: &Json, path: &str, value: Json) -> Json {
    let (mut at, mut value) = (path.to_owned(), value);
    while let Some((parent, name)) = at.rsplit_once('/').map(|(parent, name)| (parent.to_owned(), name.to_owned()))
        && !parent.is_empty()
        && document.pointer(&parent).is_none()
    {
        value = json!({ name: value });
        at = parent;
    }
    json!([{ "op": "add", "path": at, "value": value }])
}

/// The value as the document has it.
fn encoded(kind: &Kind, value: &Value) -> Json {
    match (kind, value) {
        (Kind::Object(nested), Value::Object(_)) => {
            let mut all = json!({});
            for (attr, value) in Object::new(&nested.table, value).iter().filter(|(_, value)| !value.is_null()) {
                let mut at = &mut all;
                for name in attr.pointer().to_string().split('/') {
                    at = &mut at[name];
                }
                *at = encoded(&attr.kind, value);
            }
            all
        }
        (Kind::List(of), Value::List(items)) => items.iter().map(|item| encoded(of, item)).collect(),
        (Kind::Map(of), Value::Map(items)) => items.iter().map(|(key, item)| (key.clone(), encoded(of, item))).collect(),
        (kind, value) => stored::kind_to_json(kind, value),
    }
}

/// A hook that Ory brings: its name, and whether it is that or who is told by it.
fn hook(name: &str) -> Option<(&str, &str, bool)> {
    let (flow, hook) = name.strip_prefix("selfservice_flows").and(name.split_once("_hook_"))?;
    match hook.strip_suffix("_recipients") {
        Some(hook) => Some((flow, hook, true)),
        None => Some((flow, hook, false)),
    }
}

#[async_trait]
impl Backdoor for Project {
    async fn change(&self, resource: &'static Resource, _: &str, attr: &'static Attr, value: Option<&Value>) -> bool {
        let attr = attr.alias_of.and_then(|name| resource.table.index(name)).map_or(attr, |at| resource.table.attr(at));
        // Nobody can tell that from what is not shown.
        if value.is_none() && attr.may_be_untold {
            return false;
        }
        let value = value.map(|value| match encoded(&attr.kind, value).as_str() {
            // The words of `mfa_enforcement` are not Ory's.
            Some("none") if attr.name == "selfservice_flows_settings_required_aal" => "aal1".into(),
            Some("optional") if attr.name == "selfservice_flows_settings_required_aal" => "highest_available".into(),
            _ => encoded(&attr.kind, value),
        });
        if let Some((flow, hook, says_who)) = hook(attr.name) {
            let at = flow.replace("selfservice_", "/services/identity/config/selfservice/").replacen("flows_", "flows/", 1);
            let path = format!("{}/hooks", at.replace("_after_", "/after/"));
            let mut hooks = self.document().await.pointer(&path).cloned().unwrap_or_else(|| json!([]));
            let list = hooks.as_array_mut().unwrap();
            if says_who {
                let Some(one) = list.iter_mut().find(|one| one["hook"] == hook) else { return false };
                one["config"]["recipients"] = value.unwrap_or_else(|| "removed".into());
            } else {
                list.retain(|one| one["hook"] != hook);
                if value == Some(json!(true)) {
                    list.push(json!({ "hook": hook }));
                }
            }
            return self.edit(&path, Some(hooks)).await;
        }
        let path = format!("/{}", attr.pointer());
        if let Some(column) = path.strip_prefix("/normalized/") {
            let before = self.console.columns(&self.id).await[column].clone();
            let Some(value) = value else { return false };
            self.console.patch_revision(&self.id, json!([{ "op": "add", "path": format!("/{column}"), "value": value }]), 200).await;
            return self.console.columns(&self.id).await[column] != before;
        }
        match (attr.name, value) {
            ("keto_namespaces", Some(names)) => {
                let names = names.as_array().unwrap().iter().enumerate();
                let names: Json = names.map(|(at, name)| json!({ "id": at + 1, "name": name })).collect();
                self.edit("/services/permission/config/namespaces", Some(names)).await
            }
            ("keto_namespaces" | "keto_namespace_configuration", None) => self.edit("/services/permission/config/namespaces", None).await,
            ("keto_namespace_configuration", Some(location)) => {
                self.edit("/services/permission/config/namespaces", Some(json!({ "location": location }))).await
            }
            ("oauth2_token_hook", value) => {
                let path = "/services/oauth2/config/oauth2/token_hook";
                let is_object = self.document().await.pointer(path).is_some_and(Json::is_object);
                match (is_object, value) {
                    (true, None) => false,
                    (true, value) => self.edit(&format!("{path}/url"), value).await,
                    (false, value) => self.edit(path, value).await,
                }
            }
            // Alone, credentials are nobody's.
            ("oauth2_token_hook_auth", _) => false,
            ("feature_flags_password_profile_registration_node_group", Some(is_password)) => {
                let group = if is_password == json!(true) { "password" } else { "default" };
                self.edit(&path, Some(group.into())).await
            }
            // It is read elsewhere than it is written.
            ("selfservice_methods_code_config_max_submissions", None) => false,
            (_, value) => self.edit(&path, value).await,
        }
    }

    async fn remove(&self, _: &'static Resource, _: &str) {}

    async fn exists(&self, _: &'static Resource, _: &str) -> bool {
        // Whether there is a configuration, nothing says.
        false
    }
}

/// The ways to make settings with secrets.
pub fn ways_with_secrets() -> Vec<Way> {
    let raw = Way {
        resource: "project_raw_config",
        known: |name| match name {
            "sensitive_config" => Some(vec![json!(
                json!({ "services": { "identity": { "config": { "canary-5521": "canary-of-a-member-5521" } } } }).to_string()
            )]),
            _ => None,
        },
        base: json!({ "config": "{}", "on_destroy": "reset" }),
    };
    vec![Way { resource: "project_config", known, base: json!({ "on_destroy": "reset" }) }, raw]
}

/// Without what says which revision it is.
fn comparable(mut document: Json) -> Json {
    document["revision_id"] = Json::Null;
    document
}

fn names(planned: &Val, state: &Val, resource: &Resource) -> Vec<&'static str> {
    let attrs = resource.table.attrs().filter(|attr| attr.configurable());
    attrs.filter(|attr| planned.get(attr.name) != state.get(attr.name)).map(|attr| attr.name).collect()
}

/// Set, read, changed, changed behind our back, seen, repaired and gone again: every attribute, all at once.
async fn all_live(older: bool) {
    let resource = &project_config::RESOURCE;
    let project = Project::start().await;
    let pristine = comparable(project.document().await);
    let mut core = Core::direct(&ORY, project.provider()).await.unwrap();
    let (first, second) = (all(&project.id, older, 0), all(&project.id, older, 1));
    let mut thing = core.thing("ory_project_config");
    assert_eq!(core.apply(&mut thing, &first).await.unwrap_or_else(|why| panic!("{}", why.text())), Action::Create);
    core.settled(&thing, &first).await.unwrap();
    let set: Vec<_> = first.as_object().unwrap().keys().map(String::as_str).collect();
    assert!(set.len() > if older { 260 } else { 265 }, "only {} are set", set.len());

    assert_eq!(core.apply(&mut thing, &second).await.unwrap(), Action::Update);
    core.settled(&thing, &second).await.unwrap();

    // Somebody else changes each of them, and each is seen.
    let mut changed = Vec::new();
    for attr in resource.table.attrs().filter(|attr| set.contains(&attr.name) && attr.reads == Reads::Always) {
        let Some(value) = first.get(attr.name).filter(|value| second.get(attr.name).is_some_and(|other| other != *value)) else { continue };
        // What is shown only while it is `http` would be seen when that is repaired, and no earlier.
        if attr.name == "courier_delivery_strategy" {
            continue;
        }
        let value = stored::kind_from_json(&attr.kind, value).unwrap();
        if project.change(resource, &project.id, attr, Some(&value)).await {
            changed.push(attr.name);
        }
    }
    let planned = core.plan(&thing, &second).await.unwrap();
    let seen = names(&planned.value, &planned.prior.state.as_ref().expect("a state").value, resource);
    let unseen: Vec<_> = changed.iter().filter(|name| !seen.contains(name)).collect();
    assert!(unseen.is_empty(), "nobody saw that these were changed: {unseen:?}");
    assert!(changed.len() > if older { 200 } else { 210 }, "only {} could be changed", changed.len());
    core.carry_out(&mut thing, planned, &second).await.unwrap();
    core.settled(&thing, &second).await.unwrap();

    // With all of it gone from the configuration, the project is as Ory makes it.
    let base = json!({ "project_id": project.id, "allow_lockout": true });
    assert_eq!(core.apply(&mut thing, &base).await.unwrap(), Action::Update);
    core.settled(&thing, &base).await.unwrap();
    let mut left = comparable(project.document().await);
    for attr in resource.table.attrs().filter(|attr| attr.stays()) {
        let (parent, name) =
            attr.pointer().to_string().rsplit_once('/').map(|(parent, name)| (format!("/{parent}"), name.to_owned())).unwrap();
        left.pointer_mut(&parent).and_then(Json::as_object_mut).map(|there| there.remove(&name));
    }
    // With a mail server, which stays, Ory shows who sends.
    if let Some(courier) = left.pointer_mut("/services/identity/config/courier").and_then(Json::as_object_mut) {
        courier.remove("smtp");
    }
    assert_eq!(without_empties(left), without_empties(pristine));
}

/// Objects that hold nothing are nothing.
pub fn without_empties(value: Json) -> Json {
    match value {
        Json::Object(members) => {
            let members = members.into_iter().map(|(name, member)| (name, without_empties(member)));
            Json::Object(members.filter(|(_, member)| *member != json!({})).collect())
        }
        other => other,
    }
}

/// The same configurations through the other face make the same document.
#[tokio::test]
async fn both_faces_write_the_same_configuration() {
    let (ours, theirs) = (Project::start().await, Project::start().await);
    let mut core = Core::direct(&ORY, ours.provider()).await.unwrap();
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    host.configure(spell(ORY.config, &theirs.provider())).await.unwrap();
    let mut thing = core.thing("ory_project_config");
    // Each has a place of its own, in which the same is kept.
    let same = |document: Json, project: &Project| {
        let slug = document["slug"].as_str().unwrap().to_owned();
        let services = document["services"].to_string().replace(&slug, "SLUG");
        (services.replace(&project.console.server.url(), "URL"), document["cors_public"].clone(), document["cors_admin"].clone())
    };
    for older in [false, true] {
        for turn in [0, 1] {
            let [config, program] = [&ours, &theirs].map(|project| all(&project.id, older, turn));
            core.apply(&mut thing, &config).await.unwrap();
            host.up("ory:index/projectConfig:ProjectConfig", "it", &spell(&project_config::RESOURCE.table, &program)).await.unwrap();
            assert_eq!(same(ours.document().await, &ours), same(theirs.document().await, &theirs), "older: {older}, turn: {turn}");
        }
    }
    core.destroy(&mut thing).await.unwrap();
    host.destroy().await.unwrap();
    assert_eq!(same(ours.document().await, &ours), same(theirs.document().await, &theirs));
}

#[tokio::test]
async fn every_attribute_lives() {
    all_live(false).await;
}

#[tokio::test]
async fn every_older_name_lives() {
    all_live(true).await;
}

/// The lifecycles of these attributes, one by one: those that are not merely a member of the document.
async fn live(attrs: &[&str]) {
    let project = Project::start().await;
    let mut core = Core::direct(&ORY, project.provider()).await.unwrap();
    let resource = &project_config::RESOURCE;
    let way = Way { resource: resource.name, known, base: json!({ "project_id": project.id }) };
    let (mut runs, mut failures) = (0, Vec::new());
    for name in attrs {
        let attr = resource.table.attr(resource.table.index(name).unwrap_or_else(|| panic!("{name}")));
        let (more, failed) = Lifecycle::on(&mut core, &project, "ory", resource, &way).without_the_whole().of(attr).await;
        runs += more;
        failures.extend(failed);
    }
    assert!(failures.is_empty(), "{} of {runs} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(runs > 5 * attrs.len(), "only {runs} ran");
}

#[tokio::test]
async fn texts_and_lists_live_one_by_one() {
    live(&["session_lifespan", "login_ui_url", "mfa_enforcement", "default_return_url", "allowed_return_urls", "cors_origins"]).await;
}

#[tokio::test]
async fn secrets_live_one_by_one() {
    live(&["smtp_connection_uri", "session_tokenizer_templates", "talos_secrets_hmac_retired", "oauth2_secrets_system"]).await;
}

#[tokio::test]
async fn objects_live_one_by_one() {
    live(&["courier_channels", "courier_http_request_config", "oauth2_token_hook", "oauth2_token_hook_auth"]).await;
}

#[tokio::test]
async fn other_shapes_live_one_by_one() {
    live(&[
        "keto_namespaces",
        "keto_namespace_configuration",
        "selfservice_methods_code_config_max_submissions",
        "feature_flags_password_profile_registration_node_group",
        "account_experience_logo_dark",
    ])
    .await;
}

#[tokio::test]
async fn hooks_and_the_normalised_revision_live_one_by_one() {
    live(&[
        "selfservice_flows_registration_after_password_hook_session",
        "selfservice_flows_settings_after_profile_hook_notify_previous_addresses_recipients",
        "strict_security",
        "feature_flags",
        "account_experience_custom_translations",
    ])
    .await;
}

/// By either name of its id, or that of the provider.
#[tokio::test]
async fn the_data_source_reads_the_selected_project() {
    let own = Project::start().await;
    let (other, _) = own.console.project().await;
    own.console.patch(&other, json!([{ "op": "replace", "path": "/services/identity/config/session/lifespan", "value": "7h" }]), 200).await;
    own.edit("/services/identity/config/session/lifespan", Some(json!("5h"))).await;
    let mut provider = own.provider();
    provider["project_id"] = json!(own.id);
    let mut core = Core::direct(&ORY, provider).await.unwrap();
    for (asked, id, lifespan) in [
        (json!({}), &own.id, "5h0m0s"),
        (json!({ "id": own.id }), &own.id, "5h0m0s"),
        (json!({ "id": other }), &other, "7h0m0s"),
        (json!({ "project_id": other }), &other, "7h0m0s"),
    ] {
        let found = core.data("ory_project_config", &asked).await.unwrap().to_json();
        let said = ["session_lifespan", "project_id", "id"].map(|name| found[name].as_str().unwrap_or_default().to_owned());
        assert_eq!(said, [lifespan, id, id], "{asked}");
    }
}
