//! A project's configuration while others write the same document: what is managed, what is released, what is put back,
//! what is refused, and what Ory drops silently.

use super::{KEY, Setup, ask, entry, told};
use crate::{
    ory::project_config::without_empties,
    pulumi::{
        Recorder,
        engine::{Host, Stop},
        every::spell,
    },
    support::stored,
    terraform::core::{Action, Core, unknown},
};
use janiform::{
    emulator::{self, Options, Running, switches::Switches},
    engine::{Call, Engine, plan},
    frontends::pulumi::Server,
    ory::{ORY, resources::project_config},
    value::Value,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

const CONFIG: &str = "ory_project_config";
const RAW: &str = "ory_project_raw_config";
const SESSION: &str = "/services/identity/config/session";
const METHODS: &str = "/services/identity/config/selfservice/methods";

/// A console with one project, and Terraform's provider for it.
struct Backdoor {
    emulator: Running,
    project: String,
    core: Core,
}

impl Backdoor {
    async fn new() -> Backdoor {
        Backdoor::with(Switches::default()).await
    }

    async fn with(console: Switches) -> Backdoor {
        let emulator = emulator::start(Options { console, record_requests: true, ..Options::default() }).await.unwrap();
        let (project, _) = super::project_at(&emulator.url(), "dev").await;
        let core = Core::direct(&ORY, provider(&emulator, &project)).await.unwrap();
        Backdoor { emulator, project, core }
    }

    /// What the project's document has there.
    async fn at(&self, path: &str) -> Json {
        let (_, document) = ask(&self.emulator.url(), "GET", &format!("/projects/{}", self.project), None).await;
        document.pointer(path).cloned().unwrap_or_default()
    }

    /// Changes the document past the provider.
    async fn put(&self, path: &str, value: Json) {
        let patch = json!([{ "op": "add", "path": path, "value": value }]);
        assert_eq!(ask(&self.emulator.url(), "PATCH", &format!("/projects/{}", self.project), Some(&patch)).await.0, 200);
    }

    /// How many patches were asked for so far.
    fn patches(&self) -> usize {
        self.emulator.requests().iter().filter(|(method, _, _)| method == "PATCH").count()
    }
}

fn provider(emulator: &Running, project: &str) -> Json {
    json!({ "console_api_url": emulator.url(), "workspace_api_key": KEY, "project_id": project })
}

/// Where the configuration no longer sets it, Ory's default comes back, or what is there stays.
#[tokio::test]
async fn an_attribute_that_is_no_longer_set_is_reset_or_kept() {
    let mut backdoor = Backdoor::new().await;
    let default = backdoor.at(&format!("{SESSION}/lifespan")).await;
    for (on_remove, left) in [(None, default.clone()), (Some("reset"), default.clone()), (Some("keep"), json!("90h0m0s"))] {
        // Each in its own run: nobody deletes the one before.
        backdoor.core.restart().await.unwrap();
        let mut thing = backdoor.core.thing(CONFIG);
        let mut config = json!({ "session_lifespan": "90h", "on_remove": on_remove });
        backdoor.core.apply(&mut thing, &config).await.unwrap();
        config.as_object_mut().unwrap().remove("session_lifespan");
        assert_eq!(backdoor.core.apply(&mut thing, &config).await.unwrap(), Action::Update);
        backdoor.core.settled(&thing, &config).await.unwrap();
        assert_eq!(backdoor.at(&format!("{SESSION}/lifespan")).await, left, "{on_remove:?}");
    }
    // It is what was applied that counts.
    backdoor.core.restart().await.unwrap();
    let mut thing = backdoor.core.thing(CONFIG);
    backdoor.core.apply(&mut thing, &json!({ "session_lifespan": "91h" })).await.unwrap();
    backdoor.core.apply(&mut thing, &json!({ "on_remove": "keep" })).await.unwrap();
    assert_eq!(backdoor.at(&format!("{SESSION}/lifespan")).await, default);
}

#[tokio::test]
async fn a_configuration_that_is_destroyed_is_forgotten_or_reset() {
    let mut backdoor = Backdoor::new().await;
    let default = backdoor.at(&format!("{SESSION}/lifespan")).await;
    for (on_destroy, left) in [(json!("reset"), default), (Json::Null, json!("90h0m0s"))] {
        let mut thing = backdoor.core.thing(CONFIG);
        backdoor.core.apply(&mut thing, &json!({ "session_lifespan": "90h", "on_destroy": on_destroy })).await.unwrap();
        backdoor.core.warnings.clear();
        backdoor.core.destroy(&mut thing).await.unwrap();
        assert_eq!(backdoor.at(&format!("{SESSION}/lifespan")).await, left);
        assert_eq!(backdoor.core.warnings.iter().any(|one| one.summary.contains("stays as it is")), on_destroy.is_null());
    }
}

/// What came by an import and was never applied is nobody's to put back.
#[tokio::test]
async fn an_import_of_everything_and_one_attribute_patches_one_member_under_terraform() {
    let mut backdoor = Backdoor::new().await;
    backdoor.put(&format!("{SESSION}/lifespan"), json!("48h0m0s")).await;
    let mut imported = backdoor.core.import(CONFIG, &format!("{}:*", backdoor.project)).await.unwrap();
    let value = |name: &str, thing: &crate::terraform::core::Thing| thing.state.as_ref().unwrap().value.get(name).to_json();
    assert_eq!((value("session_lifespan", &imported), value("cors_enabled", &imported)), (json!("48h0m0s"), Json::Null));
    assert_eq!(value("selfservice_flows_login_style", &imported), json!("unified"));
    let (before, patches) = (backdoor.at("/services").await, backdoor.patches());
    let config = json!({ "project_id": backdoor.project, "session_cookie_persistent": false });
    backdoor.core.apply(&mut imported, &config).await.unwrap();
    backdoor.core.settled(&imported, &config).await.unwrap();
    assert_eq!(backdoor.patches(), patches + 1);
    let mut wanted = before;
    wanted["identity"]["config"]["session"]["cookie"]["persistent"] = json!(false);
    assert_eq!(backdoor.at("/services").await, wanted);
    assert_eq!(value("session_lifespan", &imported), Json::Null, "it is released");

    // The id alone takes nothing over, and names take what they name.
    let alone = backdoor.core.import(CONFIG, &backdoor.project.clone()).await.unwrap();
    assert_eq!((value("session_lifespan", &alone), value("project_id", &alone)), (Json::Null, json!(backdoor.project)));
    let some = backdoor.core.import(CONFIG, &format!("{}:session_lifespan,cookies_same_site", backdoor.project)).await.unwrap();
    assert_eq!((value("session_lifespan", &some), value("selfservice_flows_login_style", &some)), (json!("48h0m0s"), Json::Null));
    let stop = backdoor.core.import(CONFIG, &format!("{}:session_life", backdoor.project)).await.unwrap_err();
    assert!(stop.says("unknown attribute"), "{stop:?}");
}

/// Messages that name another resource name it and its attributes as Pulumi does.
#[tokio::test]
async fn messages_to_pulumi_have_no_names_of_terraform() {
    let backdoor = Backdoor::new().await;
    let told = Arc::new(Recorder::default());
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), told.clone(), Arc::new(|_| None))).await;
    host.configure(spell(ORY.config, &provider(&backdoor.emulator, &backdoor.project))).await.unwrap();
    let token = "ory:index/projectRawConfig:ProjectRawConfig";
    let config = json!({ "services": { "identity": { "config": { "session": { "lifespan": "90h" } } } } }).to_string();
    host.up(token, "raw", &json!({ "config": config })).await.unwrap();
    host.destroy().await.unwrap();
    let told = told.warnings().join("\n");
    assert!(["`ProjectConfig`", "`sessionLifespan`", "the ProjectRawConfig stay"].iter().all(|word| told.contains(word)), "{told}");
    assert!(!told.contains("session_lifespan") && !told.contains("project_raw_config"), "{told}");
}

/// What `pulumi import` writes is complete: it names the project, and has nothing that Pulumi writes as an empty value and the next
/// update would clear.
#[tokio::test]
async fn what_pulumi_imports_clears_nothing() {
    let backdoor = Backdoor::new().await;
    let templates = "/services/identity/config/session/whoami/tokenizer";
    backdoor.put(templates, json!({ "templates": { "jwt": { "jwks_url": "base64://eyJrZXlzIjpbXX0=", "ttl": "1m" } } })).await;
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    let config = json!({ "console_api_url": backdoor.emulator.url(), "workspace_api_key": KEY });
    host.configure(spell(ORY.config, &config)).await.unwrap();
    let token = "ory:index/projectConfig:ProjectConfig";
    let id = format!("{}:session_tokenizer_templates,session_lifespan", backdoor.project);
    let stored = host.import(token, "it", &id).await.unwrap().unwrap();
    assert_eq!(stored.inputs["projectId"], json!(backdoor.project));
    assert!(
        stored.inputs.get("sessionTokenizerTemplates").is_none() && stored.inputs.get("sessionLifespan").is_some(),
        "{}",
        stored.inputs
    );
    let (inputs, before) = (stored.inputs.clone(), backdoor.at(templates).await);
    host.state.insert("it".to_owned(), stored);
    host.up(token, "it", &inputs).await.unwrap();
    assert_eq!((backdoor.at(templates).await, before.pointer("/templates/jwt/ttl").is_some()), (before, true));
}

#[tokio::test]
async fn an_import_of_everything_and_one_attribute_patches_one_member_under_pulumi() {
    let backdoor = Backdoor::new().await;
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    host.configure(spell(ORY.config, &provider(&backdoor.emulator, &backdoor.project))).await.unwrap();
    let token = "ory:index/projectConfig:ProjectConfig";
    let stored = host.import(token, "it", &format!("{}:*", backdoor.project)).await.unwrap().unwrap();
    host.state.insert("it".to_owned(), stored);
    let (before, patches) = (backdoor.at("/services").await, backdoor.patches());
    host.up(token, "it", &json!({ "projectId": backdoor.project, "sessionCookiePersistent": false })).await.unwrap();
    assert_eq!(backdoor.patches(), patches + 1);
    let mut wanted = before;
    wanted["identity"]["config"]["session"]["cookie"]["persistent"] = json!(false);
    assert_eq!(backdoor.at("/services").await, wanted);
}

/// Two resources that want different values of one member are an error that names both; what means the same is none.
#[tokio::test]
async fn two_writers_of_one_member_are_both_named() {
    let mut backdoor = Backdoor::new().await;
    let overlay = |lifespan: &str| {
        let config = json!({ "services": { "identity": { "config": { "session": { "lifespan": lifespan } } } } });
        json!({ "config": config.to_string() })
    };
    let (mut typed, mut raw) = (backdoor.core.thing(CONFIG), backdoor.core.thing(RAW));
    backdoor.core.apply(&mut typed, &json!({ "session_lifespan": "90h" })).await.unwrap();
    backdoor.core.apply(&mut raw, &overlay("90h0m0s")).await.unwrap();
    backdoor.core.settled(&raw, &overlay("90h0m0s")).await.unwrap();
    let stop = backdoor.core.apply(&mut raw, &overlay("91h")).await.unwrap_err();
    assert!(
        ["contradict each other", "project_config", "project_raw_config", "/session/lifespan"].iter().all(|text| stop.says(text)),
        "{stop:?}"
    );
    assert_eq!(backdoor.at(&format!("{SESSION}/lifespan")).await, json!("90h0m0s"));
}

/// Two objects that set one member to different values are an error in every run: also where only one of them is written, and where
/// both have the same id. What the same object sets one after the other is none.
#[tokio::test]
async fn objects_of_one_place_contradict_each_other_in_every_run() {
    let mut backdoor = Backdoor::new().await;
    let overlay = |lifespan: &str| json!({ "config": json!({ "services": { "identity": { "config": { "session": { "lifespan": lifespan } } } } }).to_string() });
    let (first, second) = (json!({ "session_lifespan": "90h" }), json!({ "session_lifespan": "91h" }));
    let contradicts = |stop: Stop, more: &[&str]| {
        let text = format!("{stop:?}");
        assert!(text.contains("contradict each other") && more.iter().all(|more| text.contains(more)), "{text}");
    };
    let contradict = |stop: crate::terraform::core::Stop| {
        assert!(["contradict each other", "session/lifespan", "project_config"].iter().all(|text| stop.says(text)), "{stop:?}");
    };
    let (mut one, mut other) = (backdoor.core.thing(CONFIG), backdoor.core.thing(CONFIG));
    backdoor.core.apply(&mut one, &first).await.unwrap();
    // The apply of the same run, where both plans could not be compared.
    contradict(backdoor.core.apply(&mut other, &second).await.unwrap_err());
    assert_eq!(backdoor.at(&format!("{SESSION}/lifespan")).await, json!("90h0m0s"));
    // The plans of later runs, in which nothing of the first one changes.
    for (type_name, config) in [(CONFIG, &second), (RAW, &overlay("91h"))] {
        backdoor.core.restart().await.unwrap();
        backdoor.core.settled(&one, &first).await.unwrap();
        let other = backdoor.core.thing(type_name);
        contradict(backdoor.core.plan(&other, config).await.unwrap_err());
    }
    // Another spelling of the same value, and another member.
    backdoor.core.restart().await.unwrap();
    backdoor.core.settled(&one, &first).await.unwrap();
    backdoor.core.apply(&mut other, &json!({ "session_lifespan": "5400m", "session_cookie_persistent": false })).await.unwrap();
    // Its last plan goes with it.
    backdoor.core.plan(&other, &json!({ "session_lifespan": "90h" })).await.unwrap();
    backdoor.core.destroy(&mut other).await.unwrap();
    backdoor.core.apply(&mut one, &second).await.unwrap();
    backdoor.core.apply(&mut one, &first).await.unwrap();

    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    host.configure(spell(ORY.config, &provider(&backdoor.emulator, &backdoor.project))).await.unwrap();
    let token = "ory:index/projectConfig:ProjectConfig";
    host.up(token, "one", &json!({ "sessionLifespan": "90h" })).await.unwrap();
    contradicts(host.up(token, "other", &json!({ "sessionLifespan": "91h" })).await.unwrap_err(), &["::one", "sessionLifespan"]);
    host.up(token, "one", &json!({ "sessionLifespan": "91h" })).await.unwrap();
}

/// The same where one of them is an element of a list that the other one sets as a whole, and of two that are the only one of a kind.
#[tokio::test]
async fn elements_and_whole_lists_contradict_each_other() {
    let mut backdoor = Backdoor::new().await;
    let hook = json!({ "flow": "login", "timing": "before", "url": "https://a.example/", "method": "POST" });
    let list = |url: &str| {
        let hooks = json!([{ "hook": "web_hook", "config": { "url": url, "method": "POST" } }]);
        let config = json!({ "services": { "identity": { "config": { "selfservice": { "flows": { "login": { "before": { "hooks": hooks } } } } } } } });
        json!({ "config": config.to_string() })
    };
    let schema = |title: &str, set_default: bool| {
        let schema = json!({ "title": title, "properties": { "traits": { "type": "object" } } }).to_string();
        json!({ "schema_id": title, "schema": schema, "set_default": set_default })
    };
    let (action, of_schema) = ("ory_action", "ory_identity_schema");
    let provider = |id: &str, url: &str| {
        let config =
            json!({ "provider_id": id, "provider_type": "google", "client_id": "c", "client_secret": "s", "base_redirect_uri": url });
        ("ory_social_provider", config)
    };
    let after_registration = |hooks: Json| {
        let flows = json!({ "registration": { "after": { "password": { "hooks": hooks } } } });
        let config = json!({ "services": { "identity": { "config": { "selfservice": { "flows": flows } } } } });
        (RAW, json!({ "config": config.to_string() }))
    };
    let toggle = (CONFIG, json!({ "selfservice_flows_registration_after_password_hook_session": true }));
    let (model, other_model) = ("class User implements Namespace {}", "class Doc implements Namespace {}");
    let namespaces = ("ory_permission_namespaces", json!({ "source": model }));
    let of_config = |model: &str| (CONFIG, json!({ "keto_namespace_configuration": model }));
    for (one, other, contradict) in [
        ((action, hook.clone()), (RAW, list("https://b.example/")), true),
        ((RAW, list("https://b.example/")), (action, hook.clone()), true),
        ((action, hook.clone()), (RAW, list("https://a.example/")), false),
        ((of_schema, schema("one", true)), (of_schema, schema("other", true)), true),
        ((of_schema, schema("one", true)), (of_schema, schema("other", false)), false),
        // What all providers share.
        (provider("one", "https://a.example"), provider("other", "https://b.example"), true),
        (provider("one", "https://a.example"), provider("other", "https://a.example"), false),
        // A truth value that says whether a list has an element.
        (toggle.clone(), after_registration(json!([{ "hook": "show_verification_ui" }])), true),
        (toggle, after_registration(json!([{ "hook": "show_verification_ui" }, { "hook": "session" }])), false),
        (namespaces.clone(), of_config(other_model), true),
        (namespaces, of_config(model), false),
    ] {
        backdoor.core.restart().await.unwrap();
        let (mut first, second) = (backdoor.core.thing(one.0), backdoor.core.thing(other.0));
        backdoor.core.apply(&mut first, &one.1).await.unwrap();
        backdoor.core.restart().await.unwrap();
        backdoor.core.settled(&first, &one.1).await.unwrap();
        let planned = backdoor.core.plan(&second, &other.1).await;
        assert_eq!(planned.as_ref().is_err_and(|stop| stop.says("contradict each other")), contradict, "{one:?} {other:?}");
        assert_eq!(planned.is_ok(), !contradict);
        backdoor.put("/services/identity/config/identity/default_schema_id", json!("preset://email")).await;
        backdoor.core.destroy(&mut first).await.unwrap();
    }
}

/// Nobody knows yet which element it is.
#[tokio::test]
async fn an_element_that_is_not_known_yet_contradicts_no_list() {
    let mut backdoor = Backdoor::new().await;
    let flows =
        json!({ "services": { "identity": { "config": { "selfservice": { "flows": { "login": { "before": { "hooks": [] } } } } } } } });
    let none = json!({ "config": flows.to_string() });
    for (url, contradicts) in [(unknown(), false), (json!("https://a.example/"), true)] {
        backdoor.core.restart().await.unwrap();
        let (action, raw) = (backdoor.core.thing("ory_action"), backdoor.core.thing(RAW));
        backdoor.core.plan(&action, &json!({ "flow": "login", "timing": "before", "url": url, "method": "POST" })).await.unwrap();
        let planned = backdoor.core.plan(&raw, &none).await;
        assert_eq!(planned.is_err_and(|stop| stop.says("contradict each other")), contradicts, "{url}");
    }
}

/// A new provider may switch a method on that another resource of an earlier run switches off: the plan says so, in either order.
#[tokio::test]
async fn a_plan_warns_of_a_new_provider_of_a_method_that_is_pinned_off() {
    let mut backdoor = Backdoor::new().await;
    let (off, on) = (json!({ "selfservice_methods_oidc_enabled": false }), json!({ "selfservice_methods_oidc_enabled": true }));
    let google = json!({ "provider_id": "google", "provider_type": "google", "client_id": "c", "client_secret": "s" });
    let mut config = backdoor.core.thing(CONFIG);
    backdoor.core.apply(&mut config, &off).await.unwrap();
    for (pinned, is_first, warns) in [(&off, true, true), (&off, false, true), (&on, true, false)] {
        backdoor.core.restart().await.unwrap();
        backdoor.core.warnings.clear();
        let new = backdoor.core.thing("ory_social_provider");
        for turn in [is_first, !is_first] {
            match turn {
                true => drop(backdoor.core.plan(&config, pinned).await.unwrap()),
                false => drop(backdoor.core.plan(&new, &google).await.unwrap()),
            }
        }
        let warned = backdoor.core.warnings.iter().any(|one| one.detail.contains("`selfservice_methods_oidc_enabled`"));
        assert_eq!(warned, warns, "{:?}", backdoor.core.warnings);
    }
    // One that exists switches nothing.
    backdoor.core.restart().await.unwrap();
    let mut existing = backdoor.core.thing("ory_social_provider");
    backdoor.core.apply(&mut existing, &google).await.unwrap();
    backdoor.core.restart().await.unwrap();
    backdoor.core.warnings.clear();
    backdoor.core.plan(&existing, &google).await.unwrap();
    backdoor.core.plan(&config, &off).await.unwrap();
    let warned = backdoor.core.warnings.iter().any(|one| one.detail.contains("`selfservice_methods_oidc_enabled`"));
    assert!(!warned, "{:?}", backdoor.core.warnings);
}

/// Also where both are new. A process may serve several runs, each of which configures it.
#[tokio::test]
async fn a_run_knows_nothing_of_the_plans_of_an_earlier_one() {
    let mut backdoor = Backdoor::new().await;
    let overlay =
        json!({ "config": json!({ "services": { "identity": { "config": { "session": { "lifespan": "91h" } } } } }).to_string() });
    let (typed, raw) = (backdoor.core.thing(CONFIG), backdoor.core.thing(RAW));
    backdoor.core.plan(&typed, &json!({ "session_lifespan": "90h" })).await.unwrap();
    assert!(backdoor.core.plan(&raw, &overlay).await.unwrap_err().says("contradict each other"));
    backdoor.core.reconfigure(provider(&backdoor.emulator, &backdoor.project)).await.unwrap();
    backdoor.core.plan(&raw, &overlay).await.unwrap();
}

#[tokio::test]
async fn an_overlay_goes_through_a_lifecycle() {
    let mut backdoor = Backdoor::new().await;
    let pristine = backdoor.at("/services").await;
    let first = json!({ "services": { "identity": { "config": {
        "session": { "lifespan": "90h", "cookie": { "persistent": false } },
        "selfservice": { "allowed_return_urls": ["https://a.example"] },
    } } } });
    let mut thing = backdoor.core.thing(RAW);
    let config = json!({ "config": first.to_string(), "on_destroy": "reset" });
    backdoor.core.warnings.clear();
    backdoor.core.apply(&mut thing, &config).await.unwrap();
    assert!(backdoor.core.warnings.iter().any(|one| one.detail.contains("`session_lifespan`")), "{:?}", backdoor.core.warnings);
    backdoor.core.settled(&thing, &config).await.unwrap();
    // What others change of it is seen and repaired; what it does not name is not.
    backdoor.put(&format!("{SESSION}/lifespan"), json!("1h0m0s")).await;
    backdoor.put("/services/identity/config/cookies/same_site", json!("Strict")).await;
    assert_eq!(backdoor.core.plan(&thing, &config).await.unwrap().action, Action::Update);
    backdoor.core.apply(&mut thing, &config).await.unwrap();
    assert_eq!(backdoor.at(&format!("{SESSION}/lifespan")).await, json!("90h0m0s"));
    assert_eq!(backdoor.at("/services/identity/config/cookies/same_site").await, json!("Strict"));
    backdoor.put("/services/identity/config/cookies/same_site", json!("Lax")).await;
    // A member that it no longer names is as Ory makes it.
    let second = json!({ "config": json!({ "services": { "identity": { "config": { "session": { "cookie": { "persistent": false } } } } } }).to_string(), "on_destroy": "reset" });
    backdoor.core.apply(&mut thing, &second).await.unwrap();
    backdoor.core.settled(&thing, &second).await.unwrap();
    assert_eq!(backdoor.at(&format!("{SESSION}/lifespan")).await, pristine["identity"]["config"]["session"]["lifespan"]);
    backdoor.core.destroy(&mut thing).await.unwrap();
    assert_eq!(without_empties(backdoor.at("/services").await), without_empties(pristine));
    // What Ory does not know is told by its path.
    let unknown = json!({ "config": json!({ "services": { "identity": { "config": { "novelty": { "on": true } } } } }).to_string() });
    let mut thing = backdoor.core.thing(RAW);
    backdoor.core.warnings.clear();
    // The plan shows it again, which the player takes for a fault of ours.
    let _ = backdoor.core.apply(&mut thing, &unknown).await;
    assert!(
        backdoor.core.warnings.iter().any(|one| one.summary.contains("/services/identity/config/novelty/on")),
        "{:?}",
        backdoor.core.warnings
    );
}

#[tokio::test]
async fn a_lockout_is_refused_unless_it_is_allowed() {
    let mut backdoor = Backdoor::new().await;
    let mut thing = backdoor.core.thing(CONFIG);
    let on = json!({ "selfservice_methods_password_enabled": true });
    backdoor.core.apply(&mut thing, &on).await.unwrap();
    let mut off = json!({ "selfservice_methods_password_enabled": false });
    backdoor.core.warnings.clear();
    backdoor.core.plan(&thing, &off).await.unwrap();
    assert!(backdoor.core.warnings.iter().any(|one| one.summary.contains("last way to sign in")), "{:?}", backdoor.core.warnings);
    let (patches, stop) = (backdoor.patches(), backdoor.core.apply(&mut thing, &off).await.unwrap_err());
    assert!(stop.says("Nobody could sign in any more") && backdoor.patches() == patches, "{stop:?}");
    off["allow_lockout"] = json!(true);
    backdoor.core.apply(&mut thing, &off).await.unwrap();
    assert_eq!(backdoor.at(&format!("{METHODS}/password/enabled")).await, json!(false));
    // Another way in is no lock-out.
    backdoor.core.restart().await.unwrap();
    let mut other = backdoor.core.thing(CONFIG);
    let both = json!({ "selfservice_methods_password_enabled": true, "selfservice_methods_passkey_enabled": true });
    backdoor.core.apply(&mut other, &both).await.unwrap();
    backdoor
        .core
        .apply(&mut other, &json!({ "selfservice_methods_password_enabled": false, "selfservice_methods_passkey_enabled": true }))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_locked_strict_mode_is_an_error_before_any_write() {
    let mut backdoor = Backdoor::new().await;
    let mut thing = backdoor.core.thing(CONFIG);
    let config = |on: bool| json!({ "keto_feature_flags_strict_mode": on, "session_lifespan": "90h" });
    let (patches, stop) = (backdoor.patches(), backdoor.core.apply(&mut thing, &config(false)).await.unwrap_err());
    assert!(stop.says("The strict mode is locked") && backdoor.patches() == patches, "{stop:?}");
    backdoor.core.apply(&mut thing, &config(true)).await.unwrap();
    backdoor.core.settled(&thing, &config(true)).await.unwrap();
}

/// What the plan lacks is named, and what others change at the same time is made all the same.
#[tokio::test]
async fn a_feature_outside_the_plan_is_reported_and_does_not_block_others() {
    let without = Switches { without: ["kratos_brute_force_protection"].into(), ..Switches::default() };
    let backdoor = Backdoor::with(without).await;
    let setup = Setup {
        proxy: crate::support::faults::Proxy::to(&backdoor.emulator.url()).await,
        emulator: backdoor.emulator,
        engine: Engine::new(&ORY),
    };
    setup.configure(&[]);
    let project = backdoor.project.as_str();
    let set = |name: &'static str, value: Value| vec![("project_id", Value::text(project)), (name, value)];
    let overlay = json!({ "services": { "oauth2": { "config": { "ttl": { "access_token": "2h" } } } } }).to_string();
    let (denied, made) = tokio::join!(
        async { setup.create("project_config", &set("selfservice_flows_login_brute_force_protection_enabled", true.into())).await },
        async { setup.create("project_raw_config", &set("config", overlay.as_str().into())).await },
    );
    let said = told(&denied.unwrap_err().diagnostics);
    assert!(said.contains("kratos_brute_force_protection") && said.contains("plan"), "{said}");
    made.unwrap();
    let (_, document) = setup.ask("GET", &format!("/projects/{project}"), None).await;
    assert_eq!(document["services"]["oauth2"]["config"]["ttl"]["access_token"], "2h0m0s");
}

#[tokio::test]
async fn a_silently_dropped_setting_is_reported_by_its_attribute() {
    let mut backdoor = Backdoor::with(Switches { dropped: vec!["kratos_session_lifespan".to_owned()], ..Switches::default() }).await;
    let mut thing = backdoor.core.thing(CONFIG);
    let config = json!({ "session_lifespan": "90h", "cookies_same_site": "Strict" });
    backdoor.core.warnings.clear();
    backdoor.core.apply(&mut thing, &config).await.unwrap();
    assert!(backdoor.core.warnings.iter().any(|one| one.summary == "The server changed session_lifespan"), "{:?}", backdoor.core.warnings);
    assert_eq!(backdoor.at("/services/identity/config/cookies/same_site").await, json!("Strict"));
}

/// A read that lags behind a write shows nobody what was there before.
#[tokio::test]
async fn stale_reads_are_not_used() {
    let mut backdoor = Backdoor::with(Switches { stale_reads: 2, ..Switches::default() }).await;
    let mut thing = backdoor.core.thing(CONFIG);
    for lifespan in ["90h", "91h", "92h"] {
        let config = json!({ "session_lifespan": lifespan, "feature_flags": { "kratos.jsonnet_pool": lifespan == "91h" } });
        backdoor.core.apply(&mut thing, &config).await.unwrap();
        backdoor.core.settled(&thing, &config).await.unwrap();
    }
}

#[tokio::test]
async fn two_names_and_two_ways_of_one_thing_exclude_each_other() {
    let mut backdoor = Backdoor::new().await;
    let request = json!({ "url": "https://a.example", "method": "POST" });
    for (config, said) in [
        (
            json!({ "login_ui_url": "https://a.example", "selfservice_flows_login_ui_url": "https://b.example" }),
            "names of the same attribute",
        ),
        (json!({ "mfa_enforcement": "none", "selfservice_flows_settings_required_aal": "aal1" }), "names of the same attribute"),
        (
            json!({ "default_return_url": "https://a.example", "selfservice_default_browser_return_url": "https://b.example" }),
            "names of the same attribute",
        ),
        (json!({ "courier_http_request_config": request, "courier_http_request_config_url": "https://b.example" }), "exclude each other"),
        (json!({ "keto_namespaces": ["a"], "keto_namespace_configuration": "base64://YQ==" }), "conflicts with"),
        (json!({ "oauth2_token_hook_auth": { "type": "api_key", "name": "n", "value": "v" } }), "needs oauth2_token_hook"),
        (json!({ "feature_flags": { "kratos.cacheable_sessions": true } }), "`feature_flags_cacheable_sessions`"),
        (json!({ "login_style": "both" }), "Must be one of"),
        (json!({ "webauthn_rp_origins": [] }), "Must not be empty"),
    ] {
        let stop = backdoor.core.validate(CONFIG, &config).await.unwrap_err();
        assert!(stop.says(said), "{config}: {stop:?}");
    }
}

/// As the configuration schema of Ory Kratos 1.3.1 says (`webHookAuthBasicAuthProperties`, `webHookAuthApiKeyProperties`).
#[tokio::test]
async fn a_request_needs_the_credentials_of_its_kind_and_no_others() {
    let mut backdoor = Backdoor::new().await;
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    let request = |auth: &Json| json!({ "url": "https://a.example", "method": "POST", "body": "base64://e30=", "auth": auth });
    let whole = [
        json!({ "type": "basic_auth", "user": "u", "password": "p" }),
        json!({ "type": "api_key", "name": "X-Key", "value": "v", "in": "header" }),
    ];
    let both = json!({ "type": "basic_auth", "user": "u", "password": "p", "name": "X-Key" });
    let mut wrong = vec![(both, "name needs another type".to_owned())];
    for auth in &whole {
        for name in auth.as_object().unwrap().keys().filter(|name| *name != "type") {
            let mut auth = auth.clone();
            auth.as_object_mut().unwrap().remove(name);
            wrong.push((auth, format!("{name} is missing")));
        }
    }
    for (auth, said) in whole.iter().map(|auth| (auth, None)).chain(wrong.iter().map(|(auth, said)| (auth, Some(said)))) {
        for (place, config, property) in [
            ("courier_http_request_config.auth", json!({ "courier_http_request_config": request(auth) }), "courierHttpRequestConfig.auth"),
            (
                "courier_channels[0].request_config.auth",
                json!({ "courier_channels": [{ "id": "sms", "request_config": request(auth) }] }),
                "courierChannels[0].requestConfig.auth",
            ),
        ] {
            let heard = backdoor.core.validate(CONFIG, &config).await;
            let inputs = spell(&project_config::RESOURCE.table, &config);
            let checked = host.check("ory:index/projectConfig:ProjectConfig", "it", &json!({}), &inputs).await;
            let Some(said) = said else {
                assert!(heard.is_ok() && checked.is_ok(), "{config}: {heard:?} {checked:?}");
                continue;
            };
            assert!(heard.unwrap_err().says(&format!("{place}: {said}")), "{config}");
            let Err(Stop::Refused(failures)) = checked else { panic!("{config} was accepted") };
            let [(at, why)] = failures.as_slice() else { panic!("{failures:?}") };
            // Engines print the value of a property that a failure names, and these have secrets.
            assert!(at.is_empty() && why.starts_with(&format!("{property}.")) && why.contains(said), "{failures:?}");
        }
    }
}

/// Forty of one document at once: few patches, and all of it is there.
#[tokio::test]
async fn forty_parts_of_one_document_take_few_patches() {
    let backdoor = Backdoor::new().await;
    let engine = Arc::new(Engine::new(&ORY));
    let configured = stored::from_json(ORY.config, &provider(&backdoor.emulator, &backdoor.project)).unwrap();
    assert_eq!(engine.configure(&configured, &|_| None), []);
    let mut under_way = tokio::task::JoinSet::new();
    // As many at a time as Terraform has by default.
    let turn = Arc::new(tokio::sync::Semaphore::new(10));
    let urls = project_config::RESOURCE.table.attrs().filter(|attr| {
        let is_url = attr.name.ends_with("_url") || attr.name.starts_with("oauth2_urls_");
        is_url && attr.checks[0].is_none() && attr.remote() && attr.equality.name == "text"
    });
    let urls: Vec<_> = urls.take(40).collect();
    assert_eq!(urls.len(), 40);
    for attr in urls {
        let (engine, turn, project) = (engine.clone(), turn.clone(), backdoor.project.clone());
        under_way.spawn(async move {
            let _turn = turn.acquire().await.unwrap();
            let raw = entry("project_raw_config");
            let at = attr.pointer().to_string();
            let overlay = at.rsplit('/').fold(json!(format!("https://{}.example", attr.name.len())), |inner, name| json!({ name: inner }));
            let set = [("project_id", Value::text(project)), ("config", Value::text(overlay.to_string()))];
            let config = raw.resource.table.holding(set);
            engine.create(raw, plan(raw.resource, None, &config), config, Call::default()).await.map(|made| made.warnings)
        });
    }
    let all = under_way.join_all().await;
    let kept = all.iter().filter(|made| made.as_ref().is_ok_and(|warnings| warnings.is_empty())).count();
    println!("{} patches, {kept} of 40 kept", backdoor.patches());
    assert!(all.iter().all(Result::is_ok) && backdoor.patches() <= 8, "{} patches", backdoor.patches());
}

/// A plan may have the configuration's value, or the state's value of the same attribute.
#[tokio::test]
async fn another_name_may_come_with_another_spelling() {
    let mut door = Backdoor::new().await;
    let old = json!({ "settings_lifespan": "60m" });
    let new = json!({ "selfservice_flows_settings_lifespan": "1h" });
    let mut thing = door.core.thing(CONFIG);
    door.core.apply(&mut thing, &old).await.unwrap();
    let patches = door.patches();
    for config in [&new, &old] {
        assert_eq!(door.core.apply(&mut thing, config).await.unwrap(), Action::Update);
        door.core.settled(&thing, config).await.unwrap();
    }
    assert_eq!(door.patches(), patches, "it means the same");
    door.put("/services/identity/config/selfservice/flows/settings/lifespan", json!("1h0m0s")).await;
    for names in ["settings_lifespan", "selfservice_flows_settings_lifespan"] {
        let mut thing = door.core.import(CONFIG, &format!("{}:{names}", door.project)).await.unwrap();
        assert_eq!(thing.state.as_ref().unwrap().value.get("selfservice_flows_settings_lifespan").to_json(), "1h0m0s", "{names}");
        door.core.apply(&mut thing, &old).await.unwrap();
        door.core.settled(&thing, &old).await.unwrap();
    }
}
