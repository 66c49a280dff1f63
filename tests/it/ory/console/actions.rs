//! `ory_action`: webhooks beside Ory's own, in the lists of a project's document.

use super::{KEY, Setup, entry, id, provider, told};
use crate::{
    pulumi::{
        Recorder,
        engine::{Host, Stored},
        every::spell,
    },
    support::{faults::Fault, get, object, replan, stored},
    terraform::core::{Action, Core},
};
use janiform::{
    engine::{Call, Engine, State, has_errors, plan, validate},
    frontends::pulumi::Server,
    ory::{ORY, resources::action::RESOURCE},
    value::Value,
};
use janiform_proto::pulumirpc::diff_response::DiffChanges;
use serde_json::{Value as Json, json};
use std::sync::Arc;

const NAME: &str = "action";
const FLOWS: &str = "/services/identity/config/selfservice/flows";
const AFTER_PASSWORD: &str = "/services/identity/config/selfservice/flows/registration/after/password/hooks";
/// `{}` in base64.
const BODY: &str = "base64://e30=";
/// Where the storage has `{}`: its SHA-512 is that of `printf '{}' | sha512sum`.
const STORED: &str =
    "27c74670adb75075fad058d5ceaf7b20c4e7786c83bae8a32f626f9782af34c9a33c2046ef60fd2a7878d378e29fec851806bbd9a67878f3a9f1cda4830763fd";

/// A project, which is the provider's.
struct Hooks {
    setup: Setup,
    project: String,
}

impl Hooks {
    async fn new() -> Hooks {
        let setup = Setup::new().await;
        let project = id(&setup.project().await);
        setup.configure(&[("project_id", project.as_str().into())]);
        setup.asked();
        Hooks { setup, project }
    }

    async fn at(&self, path: &str) -> Json {
        let (_, document) = self.setup.ask("GET", &format!("/projects/{}", self.project), None).await;
        document.pointer(path).cloned().unwrap_or_default()
    }

    /// Changes the document past the provider.
    async fn patch(&self, operations: Json) {
        let (status, answer) = self.setup.ask("PATCH", &format!("/projects/{}", self.project), Some(&operations)).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// The bodies of the patches since the last time.
    fn patched(&self) -> Vec<Json> {
        let patches = self.setup.proxy.asked().into_iter().filter(|(asked, _)| asked.starts_with("PATCH"));
        patches.map(|(_, body)| serde_json::from_str(&body).unwrap()).collect()
    }

    fn provider(&self) -> Json {
        let mut config = provider(&self.setup.emulator.url());
        config["project_id"] = self.project.as_str().into();
        config
    }

    async fn core(&self) -> Core {
        Core::direct(&ORY, self.provider()).await.unwrap()
    }
}

fn hook<'a>(url: &'a str, more: &[(&'a str, Value)]) -> Vec<(&'a str, Value)> {
    let base = [("flow", Value::text("registration")), ("timing", "after".into()), ("url", url.into())];
    base.into_iter().chain(more.iter().cloned()).collect()
}

fn text(state: &State, attr: &str) -> String {
    get(&RESOURCE, &state.value, attr).as_str().unwrap_or_default().to_owned()
}

fn urls(list: &Json) -> Vec<String> {
    let name = |hook: &Json| hook["config"]["url"].as_str().or(hook["hook"].as_str()).unwrap().to_owned();
    list.as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn a_hook_is_made_changed_and_deleted_beside_orys_own() {
    let hooks = Hooks::new().await;
    hooks
        .patch(
            json!([{ "op": "add", "path": format!("{FLOWS}/registration/after/password"), "value": { "hooks": [{ "hook": "session" }] } }]),
        )
        .await;
    let made = hooks.setup.create(NAME, &hook("https://a.example", &[("body", "{}".into())])).await.unwrap();
    assert_eq!(made.warnings, []);
    assert_eq!(id(&made), format!("{}:registration:after:password:POST:https://a.example", hooks.project));
    let config = json!({ "url": "https://a.example", "method": "POST", "body": BODY });
    let wanted = json!([{ "op": "add", "path": format!("{AFTER_PASSWORD}/-"), "value": { "hook": "web_hook", "config": config } }]);
    assert_eq!(hooks.patched(), [wanted]);
    assert_eq!(hooks.setup.read(NAME, &made.state).await.unwrap().unwrap(), made.state);
    // What is stored is known by its hash, and so is what somebody else put in its place.
    let list = hooks.at(AFTER_PASSWORD).await;
    assert!(list[1]["config"]["body"].as_str().unwrap().contains(STORED), "{list}");
    hooks.patch(json!([{ "op": "replace", "path": format!("{AFTER_PASSWORD}/1/config/body"), "value": "base64://e30x" }])).await;
    let drifted = hooks.setup.read(NAME, &made.state).await.unwrap().unwrap();
    assert!(text(&drifted, "body").starts_with("https://storage.googleapis.com/"), "{}", text(&drifted, "body"));
    hooks.setup.asked();
    let changed = hooks
        .setup
        .update(NAME, &drifted, &hook("https://a.example", &[("body", "{}".into()), ("response_parse", true.into())]))
        .await
        .unwrap();
    let wanted = json!([
        { "op": "replace", "path": format!("{AFTER_PASSWORD}/1/config/body"), "value": BODY },
        { "op": "add", "path": format!("{AFTER_PASSWORD}/1/config/response"), "value": { "parse": true } },
    ]);
    assert_eq!(hooks.patched(), [wanted]);
    // Another method is another hook, and the same again is an error.
    let other = hooks.setup.create(NAME, &hook("https://a.example", &[("method", "PUT".into())])).await.unwrap();
    let twin = hooks.setup.create(NAME, &hook("https://a.example", &[("method", "PUT".into())])).await.unwrap_err();
    assert!(told(&twin.diagnostics).contains("exists already") && told(&twin.diagnostics).contains(&id(&other)), "{twin:?}");
    assert_eq!(urls(&hooks.at(AFTER_PASSWORD).await), ["session", "https://a.example", "https://a.example"]);
    hooks.setup.delete(NAME, &changed.state).await.unwrap();
    assert_eq!(hooks.at(AFTER_PASSWORD).await[1]["config"]["method"], "PUT");
    assert!(hooks.setup.read(NAME, &changed.state).await.unwrap().is_none());
    hooks.setup.delete(NAME, &changed.state).await.unwrap();
    hooks.setup.delete(NAME, &other.state).await.unwrap();
    assert_eq!(hooks.at(AFTER_PASSWORD).await, json!([{ "hook": "session" }]));
    // With the project, its hooks are gone.
    let last = hooks.setup.create(NAME, &hook("https://a.example", &[])).await.unwrap();
    assert_eq!(hooks.setup.ask("DELETE", &format!("/projects/{}", hooks.project), None).await.0, 204);
    assert!(hooks.setup.read(NAME, &last.state).await.unwrap().is_none());
}

/// No answer shows a password, so that one of another kind must not be left beside what comes.
#[tokio::test]
async fn credentials_of_another_kind_replace_the_old_ones() {
    let hooks = Hooks::new().await;
    let url = "https://a.example";
    let basic: &[_] = &[
        ("webhook_auth_type", Value::text("basic_auth")),
        ("webhook_auth_basic_auth_user", "u".into()),
        ("webhook_auth_basic_auth_password", "canary-password".into()),
    ];
    let key: &[_] = &[
        ("webhook_auth_type", Value::text("api_key")),
        ("webhook_auth_api_key_name", "X-Key".into()),
        ("webhook_auth_api_key_value", "canary-key".into()),
        ("webhook_auth_api_key_in", "header".into()),
    ];
    let made = hooks.setup.create(NAME, &hook(url, &[])).await.unwrap();
    hooks.patched();
    let at = format!("{AFTER_PASSWORD}/0/config/auth");
    let with = hooks.setup.update(NAME, &made.state, &hook(url, basic)).await.unwrap();
    let auth = json!({ "type": "basic_auth", "config": { "user": "u", "password": "canary-password" } });
    assert_eq!(hooks.patched(), [json!([{ "op": "add", "path": at, "value": auth }])]);
    assert_eq!(hooks.setup.read(NAME, &with.state).await.unwrap().unwrap(), with.state);
    // Another user is one of the same kind.
    let user = [basic, &[("webhook_auth_basic_auth_user", "v".into())]].concat();
    let renamed = hooks.setup.update(NAME, &with.state, &hook(url, &user)).await.unwrap();
    assert_eq!(hooks.patched(), [json!([{ "op": "replace", "path": format!("{at}/config/user"), "value": "v" }])]);
    let other = hooks.setup.update(NAME, &renamed.state, &hook(url, key)).await.unwrap();
    let auth = json!({ "type": "api_key", "config": { "name": "X-Key", "value": "canary-key", "in": "header" } });
    assert_eq!(hooks.patched(), [json!([{ "op": "remove", "path": at }, { "op": "add", "path": at, "value": auth }])]);
    // Somebody takes them away: they come back as a whole.
    hooks.patch(json!([{ "op": "remove", "path": at }])).await;
    let without = hooks.setup.read(NAME, &other.state).await.unwrap().unwrap();
    let again = hooks.setup.update(NAME, &without, &hook(url, key)).await.unwrap();
    assert_eq!(hooks.patched(), [json!([{ "op": "add", "path": at, "value": auth }])]);
    // Without any, nothing of them stays.
    let bare = hooks.setup.update(NAME, &again.state, &hook(url, &[])).await.unwrap();
    assert_eq!(hooks.patched(), [json!([{ "op": "remove", "path": at }])]);
    assert_eq!(hooks.at(&at).await, Json::Null);
    assert_eq!(hooks.setup.read(NAME, &bare.state).await.unwrap().unwrap(), bare.state);
}

#[tokio::test]
async fn a_write_only_password_is_sent_when_it_is_needed() {
    let hooks = Hooks::new().await;
    let mut core = hooks.core().await;
    let config = |password: &str, version: &str| {
        json!({
            "flow": "login", "timing": "after", "url": "https://a.example", "webhook_auth_type": "basic_auth",
            "webhook_auth_basic_auth_user": "u", "webhook_auth_basic_auth_password_wo": password,
            "webhook_auth_basic_auth_password_wo_version": version,
        })
    };
    let mut thing = core.thing("ory_action");
    core.apply(&mut thing, &config("canary-5521", "1")).await.unwrap();
    core.settled(&thing, &config("canary-5521", "1")).await.unwrap();
    core.settled(&thing, &config("canary-5522", "1")).await.unwrap();
    assert_eq!(core.apply(&mut thing, &config("canary-5522", "2")).await.unwrap(), Action::Update);
    // What somebody took away is there again with the value that the configuration has, whatever its version.
    hooks.patch(json!([{ "op": "remove", "path": format!("{FLOWS}/login/after/password/hooks/0/config/auth") }])).await;
    assert_eq!(core.apply(&mut thing, &config("canary-5523", "2")).await.unwrap(), Action::Update);
    core.settled(&thing, &config("canary-5523", "2")).await.unwrap();
    let auth = hooks.at(&format!("{FLOWS}/login/after/password/hooks/0/config/auth")).await;
    assert_eq!(auth, json!({ "type": "basic_auth", "config": { "user": "u" } }));
    assert!(!format!("{:?}", thing.state.as_ref().unwrap().value.to_json()).contains("canary"));
    let mut both = config("canary-5523", "2");
    both["webhook_auth_basic_auth_password"] = json!("canary-5524");
    assert!(core.plan(&thing, &both).await.unwrap_err().says("conflicts with"));
}

#[tokio::test]
async fn a_hook_whose_answer_is_lost_is_created_once() {
    for fault in [Fault::LoseAnswer, Fault::CutAnswer] {
        let hooks = Hooks::new().await;
        // The project is the provider's, or is said.
        for (url, project) in [("https://a.example", Value::Null), ("https://b.example", hooks.project.as_str().into())] {
            hooks.setup.proxy.then("PATCH", fault.clone());
            let made = hooks.setup.create(NAME, &hook(url, &[("project_id", project), ("body", "{}".into())])).await.unwrap();
            assert_eq!((hooks.setup.proxy.unused(), text(&made.state, "project_id")), (0, hooks.project.clone()), "{fault:?}");
        }
        assert_eq!(urls(&hooks.at(AFTER_PASSWORD).await), ["https://a.example", "https://b.example"]);
    }
}

/// One list, and who adds hooks to it, changes them, takes them away and switches on those that Ory brings, all at once.
#[tokio::test]
async fn many_writers_of_one_list_lose_nothing() {
    let hooks = Hooks::new().await;
    let make = async |url: String| hooks.setup.create(NAME, &hook(&url, &[])).await.unwrap();
    let (gone, changed) = (make("https://gone.example".into()).await, make("https://changed.example".into()).await);
    let config = |is_on: bool| {
        let on = ["session", "show_verification_ui"];
        let on = on.map(|name| format!("selfservice_flows_registration_after_password_hook_{name}"));
        json!({ "project_id": hooks.project, on[0].clone(): is_on, on[1].clone(): is_on })
    };
    let toggles = async |is_on: bool| {
        let config = stored::from_json(&entry("project_config").resource.table, &config(is_on)).unwrap();
        let entry = entry("project_config");
        hooks.setup.engine.create(entry, plan(entry.resource, None, &config), config, Call::default()).await.unwrap()
    };
    let (a, b, c, _, _, _) = tokio::join!(
        make("https://a.example".into()),
        make("https://b.example".into()),
        make("https://c.example".into()),
        async { hooks.setup.delete(NAME, &gone.state).await.unwrap() },
        async { hooks.setup.update(NAME, &changed.state, &hook("https://changed.example", &[("body", "{}".into())])).await.unwrap() },
        toggles(true),
    );
    let mut there = urls(&hooks.at(AFTER_PASSWORD).await);
    // Those that Ory brings come first.
    assert_eq!(there[..2], ["show_verification_ui", "session"]);
    there.sort();
    assert_eq!(
        there,
        ["https://a.example", "https://b.example", "https://c.example", "https://changed.example", "session", "show_verification_ui"]
    );
    for made in [&a, &b, &c] {
        assert_eq!(hooks.setup.read(NAME, &made.state).await.unwrap().unwrap(), made.state);
    }
}

#[tokio::test]
async fn hooks_that_ory_discards_are_a_warning_in_the_plan() {
    let hooks = Hooks::new().await;
    let mut core = hooks.core().await;
    let base = |flow: &str, timing: &str, way: Option<&str>| {
        let mut config = json!({ "flow": flow, "timing": timing, "url": "https://a.example" });
        if let Some(way) = way {
            config["auth_method"] = way.into();
        }
        config
    };
    for (flow, timing, way, warned) in [
        ("login", "after", Some("totp"), None),
        ("registration", "after", Some("totp"), Some("may discard")),
        ("settings", "after", Some("profile"), None),
        ("settings", "after", Some("code"), Some("may discard")),
        ("login", "before", Some("oidc"), Some("has no effect")),
        ("login", "before", None, None),
        ("recovery", "after", Some("oidc"), Some("has no effect")),
        ("verification", "after", None, None),
    ] {
        core.warnings.clear();
        core.plan(&core.thing("ory_action"), &base(flow, timing, way)).await.unwrap();
        let said: String = core.warnings.iter().map(|one| one.summary.clone()).collect();
        assert_eq!(said.is_empty(), warned.is_none(), "{flow} {timing} {way:?}: {said}");
        assert!(warned.is_none_or(|warned| said.contains(warned)), "{flow} {timing} {way:?}: {said}");
    }
    let mut thing = core.thing("ory_action");
    let stop = core.apply(&mut thing, &base("registration", "after", Some("totp"))).await.unwrap_err();
    assert!(stop.says("did not keep what was sent"), "{stop:?}");
    // A hook in a list that is not told apart is one, however it is called.
    core.apply(&mut thing, &base("recovery", "after", None)).await.unwrap();
    assert_eq!(urls(&hooks.at(&format!("{FLOWS}/recovery/after/hooks")).await), ["https://a.example"]);
    let mut twin = core.thing("ory_action");
    assert!(core.apply(&mut twin, &base("recovery", "after", Some("oidc"))).await.unwrap_err().says("exists already"));
}

#[test]
fn incomplete_credentials_are_refused() {
    for (set, said) in [
        (json!({ "webhook_auth_type": "basic_auth", "webhook_auth_basic_auth_user": "u" }), "webhook_auth_basic_auth_password is missing"),
        (json!({ "webhook_auth_type": "basic_auth", "webhook_auth_basic_auth_password": "p" }), "webhook_auth_basic_auth_user is missing"),
        (
            json!({ "webhook_auth_type": "api_key", "webhook_auth_api_key_name": "n", "webhook_auth_api_key_value": "v" }),
            "webhook_auth_api_key_in is missing",
        ),
        (json!({ "webhook_auth_basic_auth_user": "u" }), "webhook_auth_basic_auth_user needs another webhook_auth_type"),
        (
            json!({
                "webhook_auth_type": "basic_auth", "webhook_auth_basic_auth_user": "u", "webhook_auth_basic_auth_password": "p",
                "webhook_auth_api_key_name": "n",
            }),
            "webhook_auth_api_key_name needs another webhook_auth_type",
        ),
        (json!({ "webhook_auth_type": "oauth2" }), "Must be one of"),
        (json!({ "webhook_auth_api_key_in": "query" }), "Must be one of"),
        (json!({ "url": "ftp://a.example" }), "Must be an http or https URL"),
        (json!({ "flow": "logout" }), "Must be one of"),
    ] {
        let mut config = json!({ "flow": "login", "timing": "after", "url": "https://a.example" });
        config.as_object_mut().unwrap().extend(set.as_object().unwrap().clone());
        let object = stored::from_json(&RESOURCE.table, &config).unwrap();
        let problems = [validate(&RESOURCE, &object), plan(&RESOURCE, None, &object).diagnostics].concat();
        assert!(has_errors(&problems) && told(&problems).contains(said), "{config}: {problems:?}");
    }
}

#[tokio::test]
async fn an_import_finds_a_hook_by_every_form_of_its_id() {
    let hooks = Hooks::new().await;
    let set = hook("https://a.example:8443/x?y=a:b", &[("method", "PUT".into()), ("auth_method", "oidc".into())]);
    let made = hooks.setup.create(NAME, &set).await.unwrap();
    let own = id(&made);
    for imported in [own.clone(), own.replace("PUT", "put"), own[hooks.project.len() + 1..].to_owned()] {
        let stub = State::to_import(&RESOURCE, &imported).unwrap();
        let read = hooks.setup.read(NAME, &stub).await.unwrap().unwrap();
        assert_eq!(read.id.as_ref(), Some(&own), "{imported}");
        assert!(replan(&RESOURCE, &read, &object(&RESOURCE, &set)).changes.is_empty(), "{imported}");
    }
    let other = State::to_import(&RESOURCE, &own.replace("PUT:", "")).unwrap();
    assert!(hooks.setup.read(NAME, &other).await.unwrap().is_none(), "its method is no POST");
    let nothing = hooks.setup.read(NAME, &State::to_import(&RESOURCE, "https://a.example").unwrap()).await.unwrap_err();
    assert!(told(&nothing.diagnostics).contains("The action is not identified"), "{nothing:?}");
}

/// What the official provider writes, by its published schema and its documentation: the id without the method, the body as
/// text, and its defaults.
fn official(project: &str) -> (Json, Json) {
    let said = json!({
        "flow": "registration", "timing": "after", "url": "https://a.example/hook", "method": "PUT", "body": "{}",
        "webhook_auth_type": "basic_auth", "webhook_auth_basic_auth_user": "u", "webhook_auth_basic_auth_password": "canary-5521",
    });
    let mut attributes = said.clone();
    let more = json!({
        "id": format!("{project}:registration:after:password:https://a.example/hook"), "project_id": project, "auth_method": "password",
        "response_ignore": false, "response_parse": false, "can_interrupt": false,
    });
    attributes.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    (said, attributes)
}

async fn with_official(hooks: &Hooks) {
    let config = json!({
        "url": "https://a.example/hook", "method": "PUT", "body": BODY, "response": { "ignore": false, "parse": false },
        "can_interrupt": false, "auth": { "type": "basic_auth", "config": { "user": "u", "password": "canary-5521" } },
    });
    let list = json!([{ "hook": "web_hook", "config": config }]);
    hooks.patch(json!([{ "op": "add", "path": format!("{FLOWS}/registration/after/password"), "value": { "hooks": list } }])).await;
}

#[tokio::test]
async fn an_official_action_plans_no_change_and_keeps_its_id() {
    let hooks = Hooks::new().await;
    with_official(&hooks).await;
    let (said, attributes) = official(&hooks.project);
    let mut core = hooks.core().await;
    let mut thing = core.moved("ory_action", "registry.terraform.io/ory/ory", "ory_action", 0, &attributes).await.unwrap();
    let mut with_project = said.clone();
    with_project["project_id"] = hooks.project.as_str().into();
    for config in [&said, &with_project] {
        let plan = core.plan(&thing, config).await.unwrap();
        assert_eq!(plan.action, Action::NoOp, "{:?}", plan.value);
        core.settled(&plan.prior, config).await.unwrap();
    }
    let mut changed = said.clone();
    changed["response_parse"] = json!(true);
    changed["webhook_auth_basic_auth_password"] = json!("canary-5522");
    assert_eq!(core.apply(&mut thing, &changed).await.unwrap(), Action::Update);
    core.settled(&thing, &changed).await.unwrap();
    assert_eq!(thing.state.as_ref().unwrap().value.get("id").text(), attributes["id"].as_str());
    core.destroy(&mut thing).await.unwrap();
    assert_eq!(hooks.at(AFTER_PASSWORD).await, Json::Null);
}

#[tokio::test]
async fn an_action_of_the_bridge_previews_and_refreshes_without_a_change() {
    let hooks = Hooks::new().await;
    with_official(&hooks).await;
    let (said, mut attributes) = official(&hooks.project);
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    let config = json!({ "console_api_url": hooks.setup.emulator.url(), "workspace_api_key": KEY, "project_id": hooks.project });
    host.configure(spell(ORY.config, &config)).await.unwrap();
    let id = attributes.as_object_mut().unwrap().remove("id").unwrap().as_str().unwrap().to_owned();
    let (token, inputs) = ("ory:index/action:Action", spell(&RESOURCE.table, &said));
    let mut outputs = spell(&RESOURCE.table, &attributes);
    outputs["__pulumi_raw_state_delta"] = json!({ "obj": {} });
    outputs["id"] = id.as_str().into();
    let stored = Stored { token: token.to_owned(), id, inputs: inputs.clone(), outputs, init_errors: Vec::new() };
    host.state.insert("it".to_owned(), stored);
    for _ in 0..2 {
        let (diff, _) = host.preview(token, "it", &inputs).await.unwrap();
        assert_eq!(diff.as_ref().unwrap().changes(), DiffChanges::DiffNone, "{diff:?}");
        let diff = host.refresh("it").await.unwrap().unwrap();
        assert_eq!(diff.changes(), DiffChanges::DiffNone, "{:?}", diff.diffs);
    }
}
