//! Key sets that others write to: which keys are managed, which are not, and which nobody may change.

use super::lifecycle::{Hydra, key, provider};
use crate::{
    support::{
        faults::{Fault, Proxy},
        get, object,
    },
    terraform::core::{Action, Core, Stop, Thing},
};
use janiform::{
    emulator::{self, Options},
    engine::{Call, Engine, Journal, Looked, Name, Sought, plan},
    ory::{ORY, resources::json_web_key_set::RESOURCE},
    value::Value,
};
use serde_json::{Value as Json, json};

const TYPE: &str = "ory_json_web_key_set";

struct Setup {
    core: Core,
    hydra: Hydra,
    proxy: Proxy,
    emulator: emulator::Running,
}

impl Setup {
    async fn new() -> Setup {
        let emulator = emulator::start(Options { record_requests: true, ..Options::default() }).await.unwrap();
        let proxy = Proxy::to(&emulator.url()).await;
        let core = Core::direct(&ORY, provider(&proxy.url(), &proxy.url())).await.unwrap();
        Setup { core, hydra: Hydra::at(&emulator.url()), proxy, emulator }
    }

    async fn made(&mut self, config: &Json) -> Thing {
        let mut thing = self.core.thing(TYPE);
        self.core.apply(&mut thing, config).await.unwrap();
        thing
    }

    /// The ids of the set's keys.
    async fn kids(&self, set: &str) -> Vec<String> {
        let keys = self.hydra.ask("GET", &format!("keys/{set}"), None).await.1;
        let mut kids: Vec<_> = keys["keys"].as_array().into_iter().flatten().map(|key| key["kid"].as_str().unwrap().to_owned()).collect();
        kids.sort();
        kids
    }

    /// Somebody else's key.
    async fn add(&self, set: &str, kid: &str) {
        assert_eq!(self.hydra.ask("POST", &format!("keys/{set}"), Some(&json!({ "alg": "EdDSA", "kid": kid, "use": "sig" }))).await.0, 201);
    }
}

fn made_key(kid: &str) -> Json {
    json!({ "set_id": "shared", "key_id": kid, "algorithm": "ES256", "use": "sig" })
}

fn own(kids: &[&str]) -> Json {
    let keys: Vec<_> = kids.iter().map(|kid| key(kid)).collect();
    json!({ "set_id": "shared", "jwks": json!({ "keys": keys }).to_string() })
}

fn shown(thing: &Thing, name: &str) -> Vec<String> {
    let text = thing.state.as_ref().unwrap().value.get(name).text().unwrap().to_owned();
    let set: Json = serde_json::from_str(&text).unwrap();
    let mut kids: Vec<_> = set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect();
    kids.sort();
    kids
}

fn says(stop: &Stop, text: &str) {
    assert!(stop.says(text), "{text}: {stop:?}");
}

#[tokio::test]
async fn a_set_that_exists_is_never_taken_over() {
    let mut setup = Setup::new().await;
    setup.add("shared", "theirs").await;
    for config in [made_key("theirs"), made_key("k1"), own(&["a"])] {
        let stop = setup.core.apply(&mut setup.core.thing(TYPE), &config).await.unwrap_err();
        says(&stop, "import it by its id `shared`");
    }
    assert_eq!(setup.kids("shared").await, ["theirs"]);
}

#[tokio::test]
async fn keys_of_others_are_neither_shown_nor_changed_nor_deleted() {
    for (first, second, ours) in [(made_key("k1"), made_key("k2"), "k2"), (own(&["a", "b"]), own(&["b", "c"]), "b")] {
        let mut setup = Setup::new().await;
        let mut thing = setup.made(&first).await;
        setup.add("shared", "theirs").await;
        let theirs = setup.hydra.ask("GET", "keys/shared/theirs", None).await.1;
        setup.core.settled(&thing, &first).await.unwrap();
        assert_eq!(setup.core.apply(&mut thing, &second).await.unwrap(), Action::Update);
        setup.core.settled(&thing, &second).await.unwrap();
        for name in ["keys", "public_keys"] {
            assert!(!shown(&thing, name).contains(&"theirs".to_owned()) && shown(&thing, name).contains(&ours.to_owned()));
        }
        assert_eq!(setup.kids("shared").await.len(), shown(&thing, "keys").len() + 1);

        // Ours are removed by somebody else, theirs stay: ours come back.
        for kid in shown(&thing, "keys") {
            setup.hydra.ask("DELETE", &format!("keys/shared/{kid}"), None).await;
        }
        assert_eq!(setup.core.apply(&mut thing, &second).await.unwrap(), Action::Update);
        setup.core.settled(&thing, &second).await.unwrap();
        assert!(setup.kids("shared").await.contains(&ours.to_owned()));

        setup.core.destroy(&mut thing).await.unwrap();
        assert_eq!(setup.kids("shared").await, ["theirs"]);
        assert_eq!(setup.hydra.ask("GET", "keys/shared/theirs", None).await.1, theirs);
    }
}

#[tokio::test]
async fn a_lost_answer_takes_over_no_keys_of_others() {
    let mut setup = Setup::new().await;
    let mut thing = setup.made(&made_key("k1")).await;
    setup.add("shared", "theirs").await;
    setup.hydra.ask("DELETE", "keys/shared/k1", None).await;
    setup.core.refresh(&mut thing).await.unwrap();
    assert!(shown(&thing, "public_keys").is_empty());
    // Read again and again, it stays that nothing is ours.
    setup.core.refresh(&mut thing).await.unwrap();
    assert!(shown(&thing, "public_keys").is_empty());
    setup.core.destroy(&mut thing).await.unwrap();
    assert_eq!(setup.kids("shared").await, ["theirs"]);
}

#[tokio::test]
async fn an_id_of_another_owners_key_is_refused() {
    let mut setup = Setup::new().await;
    for (first, second) in [(made_key("k1"), made_key("theirs")), (own(&["a"]), own(&["a", "theirs"]))] {
        let mut thing = setup.made(&first).await;
        setup.add("shared", "theirs").await;
        let theirs = setup.hydra.ask("GET", "keys/shared/theirs", None).await.1;
        let stop = setup.core.apply(&mut thing, &second).await.unwrap_err();
        says(&stop, "that this resource did not make");
        assert_eq!(setup.hydra.ask("GET", "keys/shared/theirs", None).await.1, theirs);
        setup.core.settled(&thing, &first).await.unwrap();
        setup.core.destroy(&mut thing).await.unwrap();
        setup.hydra.ask("DELETE", "keys/shared", None).await;
    }
}

#[tokio::test]
async fn an_unchanged_key_is_not_written_again() {
    let mut setup = Setup::new().await;
    let mut thing = setup.made(&own(&["a", "b"])).await;
    let written = setup.emulator.requests().len();
    setup.core.apply(&mut thing, &own(&["b", "c"])).await.unwrap();
    let requests = setup.emulator.requests();
    let writes: Vec<_> =
        requests[written..].iter().filter(|(method, ..)| method != "GET").map(|(method, path, _)| format!("{method} {path}")).collect();
    // The new key is there before the old one goes.
    assert_eq!(writes, ["PUT /admin/keys/shared/c", "DELETE /admin/keys/shared/a"]);
}

#[tokio::test]
async fn the_servers_own_sets_are_refused() {
    let mut setup = Setup::new().await;
    for set in ["hydra.openid.id-token", "hydra.jwt.access-token"] {
        let stop = setup.core.validate(TYPE, &json!({ "set_id": set, "algorithm": "RS256" })).await.unwrap_err();
        says(&stop, "make every token invalid");
        let stop = setup.core.import(TYPE, set).await.unwrap_err();
        says(&stop, "make every token invalid");
    }
}

#[tokio::test]
async fn an_algorithm_that_no_server_generates_is_explained() {
    let mut setup = Setup::new().await;
    for (config, text) in [
        (json!({ "set_id": "s", "algorithm": "HS256" }), "makes no symmetric keys"),
        (json!({ "set_id": "s", "algorithm": "HS512" }), "makes no symmetric keys"),
        (json!({ "set_id": "s", "algorithm": "RS1" }), "Must be one of `RS256`"),
        (json!({ "set_id": "s" }), "Set `algorithm` to have the server make a key"),
        (json!({ "set_id": "s", "jwks": "{}" }), "an array `keys`"),
        (json!({ "set_id": "s", "jwks": r#"{"keys":[{"kty":"EC"}]}"# }), "must have a `kid`"),
        (json!({ "set_id": "s", "jwks": json!({ "keys": [key("a"), key("a")] }).to_string() }), "same `kid`"),
        (json!({ "set_id": "s", "jwks": json!({ "keys": [key("a")] }).to_string(), "algorithm": "EdDSA" }), "remove `algorithm`"),
        (json!({ "set_id": "s", "jwks": "{}", "jwks_wo": "{}" }), "Only one of"),
    ] {
        let new = setup.core.thing(TYPE);
        says(&setup.core.plan(&new, &config).await.unwrap_err(), text);
    }
}

#[tokio::test]
async fn write_only_keys_stay_out_of_the_state() {
    let mut setup = Setup::new().await;
    let secret = "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE";
    let mut private = key("a");
    private["d"] = secret.into();
    let config = |jwks: &str, version: &str| json!({ "set_id": "s", "jwks_wo": jwks, "jwks_wo_version": version });
    let set = json!({ "keys": [private] }).to_string();
    let mut thing = setup.made(&config(&set, "1")).await;
    setup.core.settled(&thing, &config(&set, "1")).await.unwrap();
    setup.core.refresh(&mut thing).await.unwrap();
    let state = thing.state.clone().unwrap();
    assert!(!format!("{} {}", state.json, String::from_utf8_lossy(&state.private)).contains(secret));
    assert_eq!(shown(&thing, "public_keys"), ["a"]);
    assert_eq!(setup.hydra.ask("GET", "keys/s/a", None).await.1["keys"][0]["d"], secret);
    // The same keys in the state after all.
    let readable = json!({ "set_id": "s", "jwks": set });
    assert_eq!(setup.core.apply(&mut thing, &readable).await.unwrap(), Action::Update);
    setup.core.settled(&thing, &readable).await.unwrap();
    assert_eq!(setup.core.apply(&mut thing, &config(&set, "2")).await.unwrap(), Action::Update);
    assert!(!thing.state.as_ref().unwrap().json.contains(secret));
    setup.core.destroy(&mut thing).await.unwrap();
    assert!(setup.kids("s").await.is_empty());
}

#[tokio::test]
async fn public_keys_are_public() {
    let mut setup = Setup::new().await;
    let thing = setup.made(&made_key("k1")).await;
    let state = &thing.state.as_ref().unwrap().value;
    assert!(state.get("keys").text().unwrap().contains("\"d\":"));
    assert!(!state.get("public_keys").text().unwrap().contains("\"d\":"));
    let secret = |name: &str| RESOURCE.table.attr(RESOURCE.table.index(name).unwrap()).secret;
    assert_eq!((secret("keys"), secret("jwks"), secret("public_keys")), (true, true, false));
}

#[tokio::test]
async fn imports_take_either_form_of_the_id() {
    let mut setup = Setup::new().await;
    let made = setup.made(&made_key("k1")).await;
    let project = "1b4fbfb5-2a2c-4a8c-9d53-0d3f6f2c2d11";
    let imported = setup.core.import(TYPE, &format!("{project}/shared")).await.unwrap();
    let mut config = made_key("k1");
    setup.core.settled(&imported, &config).await.unwrap();
    config["project_id"] = project.into();
    setup.core.settled(&imported, &config).await.unwrap();
    assert_eq!(imported.state.unwrap().value.get("id").text(), Some("shared"));
    drop(made);
    // Several keys are all taken over, as keys of one's own.
    setup.add("shared", "k2").await;
    let mut imported = setup.core.import(TYPE, "shared").await.unwrap();
    assert_eq!(shown(&imported, "jwks"), ["k1", "k2"]);
    let jwks = imported.state.as_ref().unwrap().value.get("jwks").text().unwrap().to_owned();
    setup.core.settled(&imported, &json!({ "set_id": "shared", "jwks": jwks })).await.unwrap();
    setup.core.destroy(&mut imported).await.unwrap();
    assert!(setup.kids("shared").await.is_empty());
    // An id with a slash is no project's.
    let thing = setup.made(&json!({ "set_id": "https://idp.example", "algorithm": "ES256" })).await;
    let imported = setup.core.import(TYPE, "https://idp.example").await.unwrap();
    assert_eq!(imported.state.unwrap().value.get("set_id"), thing.state.unwrap().value.get("set_id"));
}

#[tokio::test]
async fn only_named_keys_of_an_imported_set_are_managed() {
    for (config, ours) in [(made_key("k1"), "k1"), (own(&["a"]), "a")] {
        let mut setup = Setup::new().await;
        setup.made(&config).await;
        setup.add("shared", "theirs").await;
        let mut imported = setup.core.import(TYPE, "shared").await.unwrap();
        setup.core.refresh(&mut imported).await.unwrap();
        assert_eq!(setup.core.apply(&mut imported, &config).await.unwrap(), Action::Update);
        setup.core.settled(&imported, &config).await.unwrap();
        assert_eq!(shown(&imported, "public_keys"), [ours]);
        setup.core.destroy(&mut imported).await.unwrap();
        assert_eq!(setup.kids("shared").await, ["theirs"]);
    }
}

#[tokio::test]
async fn a_project_given_only_by_id_must_be_the_providers() {
    let mut setup = Setup::new().await;
    let mut config = provider(&setup.emulator.url(), &setup.emulator.url());
    let network = config.as_object_mut().unwrap();
    network.retain(|name, _| name == "project_api_url");
    let own = "1b4fbfb5-2a2c-4a8c-9d53-0d3f6f2c2d11";
    network.extend(json!({ "project_slug": "localhost", "project_api_key": "k", "project_id": own }).as_object().unwrap().clone());
    setup.core.reconfigure(config).await.unwrap();
    let with = |project: &str| {
        let mut config = made_key("k1");
        config["project_id"] = project.into();
        config
    };
    let stop = setup.core.apply(&mut setup.core.thing(TYPE), &with("00000000-0000-4000-8000-000000000001")).await.unwrap_err();
    says(&stop, "set `project_slug` and `project_api_key` beside `project_id`");
    let thing = setup.made(&with(own)).await;
    setup.core.settled(&thing, &with(own)).await.unwrap();
}

#[tokio::test]
async fn a_key_whose_answer_is_lost_is_found() {
    for fault in [Fault::LoseAnswer, Fault::CutAnswer, Fault::LoseRequest, Fault::Answer(503, "text/plain", "busy")] {
        let mut setup = Setup::new().await;
        setup.proxy.then("POST /admin/keys", fault.clone());
        let config = json!({ "set_id": "s", "algorithm": "EdDSA" });
        let thing = setup.made(&config).await;
        assert_eq!(setup.proxy.unused(), 0);
        assert_eq!(setup.kids("s").await, shown(&thing, "keys"), "{fault:?}");
        setup.core.settled(&thing, &config).await.unwrap();
    }
}

/// A portal that wants people to log in answers everything with 200.
#[tokio::test]
async fn an_html_page_does_not_mean_that_a_key_is_gone() {
    let mut setup = Setup::new().await;
    let thing = setup.made(&made_key("ours")).await;
    setup.proxy.then("DELETE", Fault::Answer(200, "text/html", "<!doctype html><title>Sign in</title>"));
    let mut gone = thing.clone();
    says(&setup.core.destroy(&mut gone).await.unwrap_err(), "another service sent it");
    assert_eq!(setup.kids("shared").await, ["ours"]);
}

#[tokio::test]
async fn the_state_has_the_keys_after_a_failed_change() {
    let mut setup = Setup::new().await;
    let refusal = r#"{"error":"error","error_description":"no"}"#;
    setup.proxy.then("PUT /admin/keys/shared/b", Fault::Answer(400, "application/json", refusal));
    let mut thing = setup.core.thing(TYPE);
    setup.core.apply(&mut thing, &own(&["a", "b"])).await.unwrap_err();
    // The half that was made is in the state, to be replaced or destroyed.
    assert_eq!(shown(&thing, "public_keys"), ["a"]);
    setup.core.apply(&mut thing, &own(&["a", "b"])).await.unwrap();
    setup.core.settled(&thing, &own(&["a", "b"])).await.unwrap();

    setup.proxy.then("DELETE /admin/keys/shared/a", Fault::Answer(400, "application/json", refusal));
    setup.core.apply(&mut thing, &own(&["b", "c"])).await.unwrap_err();
    assert_eq!(setup.kids("shared").await, ["a", "b", "c"]);
    setup.core.apply(&mut thing, &own(&["b", "c"])).await.unwrap();
    assert_eq!(setup.kids("shared").await, ["b", "c"]);
    setup.core.settled(&thing, &own(&["b", "c"])).await.unwrap();
}

#[tokio::test]
async fn only_the_services_own_404_removes_a_set_from_the_state() {
    let mut setup = Setup::new().await;
    let mut thing = setup.made(&made_key("k1")).await;
    for foreign in [
        Fault::Answer(404, "text/plain", "404 page not found\n"),
        Fault::Answer(404, "application/json", r#"{"error":"Not Found","error_description":""}"#),
        Fault::Answer(
            404,
            "application/json",
            r#"{"error":{"code":404,"message":"Not Found","reason":"The requested route does not exist. Make sure you are using the right path, domain, and port."}}"#,
        ),
        Fault::Answer(404, "application/json", r#"{"error":{"code":404,"status":"Not Found","message":"project not found"}}"#),
        Fault::Answer(200, "application/json", "{}"),
    ] {
        setup.proxy.then("GET", foreign.clone());
        setup.core.refresh(&mut thing).await.unwrap_err();
        setup.proxy.then("GET", foreign);
        setup.core.destroy_unrefreshed(&mut thing.clone()).await.unwrap_err();
    }
    assert_eq!(setup.kids("shared").await, ["k1"]);
    let own_words = r#"{"error":{"code":404,"status":"Not Found","message":"Unable to locate the requested resource"}}"#;
    setup.proxy.then("GET", Fault::Answer(404, "application/json", own_words));
    assert!(!setup.core.refresh(&mut thing).await.unwrap());
}

#[tokio::test]
async fn a_data_source_shows_only_public_parts() {
    let mut setup = Setup::new().await;
    setup.made(&made_key("k1")).await;
    setup.add("shared", "k2").await;
    let found = setup.core.data(TYPE, &json!({ "set_id": "shared" })).await.unwrap();
    let set: Json = serde_json::from_str(found.get("public_keys").text().unwrap()).unwrap();
    assert_eq!(set["keys"].as_array().unwrap().len(), 2);
    assert!(!found.to_json().to_string().contains("\\\"d\\\""), "{found:?}");
    assert!(setup.core.data(TYPE, &json!({ "set_id": "nothing" })).await.unwrap_err().says("No json_web_key_set found"));
}

/// What a dead run leaves in its record, and on the server.
#[tokio::test]
async fn a_set_of_a_crashed_run_is_completed() {
    let setup = Setup::new().await;
    let record = tempfile::tempdir().unwrap();
    let config = object(&RESOURCE, &[("set_id", "shared".into()), ("algorithm", "EdDSA".into())]);
    let planned = plan(&RESOURCE, None, &config);
    let make = async || {
        let engine = Engine::new(&ORY).recording(Journal::in_dir(record.path().into()));
        let hydra = ORY.config.attrs().map(|attr| match attr.name {
            "hydra_admin_url" => Value::text(setup.emulator.url()),
            _ => Value::Null,
        });
        assert_eq!(engine.configure(&Value::Object(hydra.collect()), &|_| None), []);
        let entry = ORY.resources().find(|entry| entry.resource.name == RESOURCE.name).unwrap();
        engine.create(entry, planned.clone(), config.clone(), Call::default()).await
    };
    let begin = |kid: &str| {
        let journal = Journal::in_dir(record.path().into());
        let account = journal.account(&format!("{}/", setup.emulator.url()), b"");
        let fingerprint = journal.fingerprint(&RESOURCE, &planned.planned);
        let sought = Sought { resource: RESOURCE.name, account: &account, fingerprint: &fingerprint };
        journal.begin(sought, Some(&Name::plain(kid)), true, Looked::Not);
    };
    // A set that nobody here began is somebody else's, and so is one without the key that was begun.
    setup.add("shared", "made").await;
    assert!(make().await.unwrap_err().diagnostics[0].detail.contains("import it"));
    begin("lost");
    assert!(make().await.unwrap_err().diagnostics[0].detail.contains("import it"));
    Journal::in_dir(record.path().into()).forget(RESOURCE.name, "lost");
    begin("made");
    let made = make().await.unwrap();
    assert_eq!(get(&RESOURCE, &made.state.value, "key_id"), &Value::text("made"));
    assert_eq!(setup.kids("shared").await, ["made"]);
}

/// The one whose answer was lost may arrive when nobody looks any more.
#[tokio::test]
async fn a_refusal_after_a_lost_answer_may_have_created_the_key() {
    let refusal = Fault::Answer(403, "application/json", r#"{"error":"error","error_description":"no"}"#);
    let mut setup = Setup::new().await;
    setup.proxy.then("POST /admin/keys", Fault::LoseRequest).then("POST /admin/keys", refusal.clone());
    let stop = setup.core.apply(&mut setup.core.thing(TYPE), &made_key("k1")).await.unwrap_err();
    says(&stop, "`shared` may have been created nevertheless");
    // A key of one's own is put again by itself.
    setup.proxy.then("PUT /admin/keys", Fault::LoseAnswer).then("PUT /admin/keys", refusal.clone());
    let mut thing = setup.core.thing(TYPE);
    setup.core.apply(&mut thing, &own(&["a"])).await.unwrap_err();
    assert_eq!(shown(&thing, "public_keys"), ["a"], "what is there is in the state");
    // With nothing lost it is.
    setup.core.destroy(&mut thing).await.unwrap();
    setup.proxy.then("POST /admin/keys", refusal);
    let stop = setup.core.apply(&mut setup.core.thing(TYPE), &made_key("k1")).await.unwrap_err();
    assert!(!stop.says("may have been created"), "{stop:?}");
}
