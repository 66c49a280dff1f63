//! Expiry of keys, and what the provider says and does: in time, too late, and after a revocation.

use super::{IMPORTED, ISSUED, Talos, token};
use crate::{
    pulumi::{engine::Done, every::spell},
    support::faults::Fault,
    terraform::core::{Action, Core, Thing},
};
use janiform::{
    emulator::talos::Settings,
    ory::resources::talos::{imported, issued},
};
use serde_json::{Value as Json, json};

const KEY: &str = "ory_api_key";

fn config(more: Json) -> Json {
    let mut config = json!({ "name": "shop", "actor_id": "a" });
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    config
}

async fn made(core: &mut Core, resource: &str, config: &Json) -> Thing {
    let mut thing = core.thing(resource);
    assert_eq!(core.apply(&mut thing, config).await.unwrap(), Action::Create);
    core.settled(&thing, config).await.unwrap();
    thing
}

fn attr(thing: &Thing, name: &str) -> Json {
    thing.state.as_ref().unwrap().value.get(name).to_json()
}

fn warned(core: &mut Core) -> String {
    std::mem::take(&mut core.warnings).into_iter().map(|warning| format!("{}: {}\n", warning.summary, warning.detail)).collect()
}

/// What the server answers of this key from now on, so many times.
async fn told(talos: &Talos, path: &str, id: &str, times: usize, more: Json) {
    let mut key = talos.key(path, id).await;
    key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let told: &'static str = Box::leak(key.to_string().into_boxed_str());
    for _ in 0..times {
        talos.proxy.then(&format!("GET {path}/{id}"), Fault::Answer(200, "application/json", told));
    }
}

#[tokio::test]
async fn a_revoked_key_stays_in_the_state_and_is_replaced() {
    let talos = Talos::new().await;
    let mut core = talos.core().await;
    let config = config(json!({ "ttl": "48h", "scopes": ["read"] }));
    let mut thing = made(&mut core, KEY, &config).await;
    let id = attr(&thing, "id").as_str().unwrap().to_owned();
    talos.revoke(ISSUED, &id, "KEY_COMPROMISE").await;
    let planned = core.plan(&thing, &config).await.unwrap();
    assert_eq!(planned.action, Action::Replace, "{:?}", planned.replace);
    let prior = attr(&planned.prior, "status");
    assert_eq!((prior, attr(&planned.prior, "revoked_reason")), (json!("revoked"), json!("key_compromise")));
    let said = warned(&mut core);
    assert!(said.contains("The API key was revoked: ") && said.contains("`shop` (key_compromise)"), "{said}");
    // Nobody changes anything else at the same time.
    assert_eq!(core.apply(&mut thing, &config).await.unwrap(), Action::Replace);
    core.settled(&thing, &config).await.unwrap();
    assert_ne!(attr(&thing, "id"), json!(id));
    assert_eq!(talos.verify(attr(&thing, "secret").as_str().unwrap()).await["is_valid"], true);
    core.destroy(&mut thing).await.unwrap();
    assert_eq!(talos.ids(ISSUED, "KEY_STATUS_ACTIVE").await, Vec::<String>::new());
    // One that is revoked already is destroyed without a word.
    let mut thing = made(&mut core, KEY, &config).await;
    talos.revoke(ISSUED, attr(&thing, "id").as_str().unwrap(), "SUPERSEDED").await;
    core.destroy_unrefreshed(&mut thing).await.unwrap();
}

#[tokio::test]
async fn an_expired_key_is_replaced_whatever_its_status() {
    let talos = Talos::new().await;
    let mut core = talos.core().await;
    for (resource, path, more) in [(KEY, ISSUED, json!({})), ("ory_imported_api_key", IMPORTED, json!({ "raw_key": "raw" }))] {
        let config = config(more);
        let mut thing = made(&mut core, resource, &config).await;
        let id = attr(&thing, "id").as_str().unwrap().to_owned();
        for status in ["KEY_STATUS_ACTIVE", "KEY_STATUS_EXPIRED"] {
            told(&talos, path, &id, 1, json!({ "status": status, "expire_time": "2001-02-03T04:05:06Z" })).await;
            let planned = core.plan(&thing, &config).await.unwrap();
            assert_eq!((planned.action, attr(&planned.prior, "status")), (Action::Replace, json!("expired")), "{status}");
            let said = warned(&mut core);
            assert!(said.contains("The API key has expired: ") && said.contains("at 2001-02-03T04:05:06Z"), "{said}");
        }
        told(&talos, path, &id, 1, json!({ "expire_time": "2001-02-03T04:05:06Z" })).await;
        assert_eq!(core.apply(&mut thing, &config).await.unwrap(), Action::Replace);
        core.settled(&thing, &config).await.unwrap();
        core.destroy(&mut thing).await.unwrap();
    }
}

#[tokio::test]
async fn a_key_is_renewed_before_it_ends() {
    let talos = Talos::new().await;
    let mut core = talos.core().await;
    // It lasts for 30 days, as the server is set up.
    let with = |before: &str| config(json!({ "renew_before": before }));
    let mut thing = made(&mut core, KEY, &with("29d")).await;
    let first = attr(&thing, "id");
    assert_eq!(core.apply(&mut thing, &with("721h")).await.unwrap(), Action::Update);
    assert_eq!((attr(&thing, "id"), attr(&thing, "renewal_due")), (first.clone(), json!(false)));
    // The next refresh sees it, and the plan says why.
    let planned = core.plan(&thing, &with("721h")).await.unwrap();
    assert_eq!((planned.action, attr(&planned.prior, "renewal_due")), (Action::Replace, json!(true)));
    let said = warned(&mut core);
    assert!(said.contains("The API key has to be renewed: ") && said.contains("`renew_before` is reached"), "{said}");
    // Who then says that there is time left is believed.
    let mut due = planned.prior;
    assert_eq!(core.apply(&mut due, &with("1d")).await.unwrap(), Action::Update);
    core.settled(&due, &with("1d")).await.unwrap();
    assert_eq!((attr(&due, "id"), attr(&due, "renewal_due")), (first, json!(false)));
    assert_eq!(warned(&mut core), "");
    // One that would have to be renewed as soon as it is made is not made.
    let refused = core.apply(&mut core_thing(&core), &with("721h")).await.unwrap_err();
    assert!(refused.says("has to be renewed at once"), "{refused:?}");
    assert_eq!(talos.ids(ISSUED, "KEY_STATUS_ACTIVE").await.len(), 1);
    let both = config(json!({ "ttl": "30d", "renew_before": "720h" }));
    assert!(core.validate(KEY, &both).await.unwrap_err().says("has to be renewed at once"));
}

fn core_thing(core: &Core) -> Thing {
    core.thing(KEY)
}

/// Pulumi looks at the server only when it is told to.
#[tokio::test]
async fn pulumi_replaces_a_key_once_a_refresh_has_found_that_it_is_due() {
    let talos = Talos::new().await;
    let mut host = talos.host().await;
    let token = token("api_key");
    let program = |more: Json| spell(&issued::RESOURCE.table, &config(more));
    let first = host.up(&token, "it", &program(json!({ "renew_before": "29d" }))).await.unwrap();
    let due = program(json!({ "renew_before": "721h", "name": "shop" }));
    assert_eq!(host.up(&token, "it", &due).await.unwrap().done, Done::Updated);
    assert_eq!(host.up(&token, "it", &due).await.unwrap().done, Done::Nothing);
    host.refresh("it").await.unwrap().unwrap();
    let (diff, _) = host.preview(&token, "it", &due).await.unwrap();
    let diff = diff.unwrap();
    assert_eq!((diff.replaces, diff.delete_before_replace), (vec!["renewalDue".to_owned()], false));
    // A change of something else at the same time does not hide it.
    let renamed = program(json!({ "renew_before": "721h", "name": "other" }));
    let (diff, _) = host.preview(&token, "it", &renamed).await.unwrap();
    assert_eq!(diff.unwrap().replaces, ["renewalDue"]);
    let longer = program(json!({ "renew_before": "29d", "ttl": "1y" }));
    assert_eq!(host.up(&token, "it", &longer).await.unwrap().done, Done::Replaced);
    assert_ne!(host.state["it"].outputs["keyId"], first.outputs["keyId"]);
    assert_eq!(talos.ids(ISSUED, "KEY_STATUS_ACTIVE").await.len(), 1);
    let id = host.state["it"].id.clone();
    talos.revoke(ISSUED, &id, "AFFILIATION_CHANGED").await;
    host.refresh("it").await.unwrap().unwrap();
    assert_eq!(host.up(&token, "it", &longer).await.unwrap().done, Done::Replaced);
    host.destroy().await.unwrap();
    assert_eq!(talos.ids(ISSUED, "KEY_STATUS_ACTIVE").await, Vec::<String>::new());
}

/// To import the same key again would bring back to life what somebody has ended.
#[tokio::test]
async fn a_revoked_key_of_others_is_not_imported_again() {
    let talos = Talos::new().await;
    let mut core = talos.core().await;
    let with = |raw: &str, more: Json| {
        let mut config = config(more);
        config["raw_key"] = raw.into();
        config
    };
    let mut thing = made(&mut core, "ory_imported_api_key", &with("raw", json!({}))).await;
    let id = attr(&thing, "id").as_str().unwrap().to_owned();
    talos.revoke(IMPORTED, &id, "KEY_COMPROMISE").await;
    let refused = core.plan(&thing, &with("raw", json!({}))).await.unwrap_err();
    assert!(refused.says("was revoked") && refused.says("Set another `raw_key`"), "{refused:?}");
    assert_eq!(core.apply(&mut thing, &with("other", json!({}))).await.unwrap(), Action::Replace);
    core.settled(&thing, &with("other", json!({}))).await.unwrap();
    // Where its record stays, it cannot come again.
    let kept = with("other", json!({ "on_destroy": "revoke" }));
    assert_eq!(core.apply(&mut thing, &kept).await.unwrap(), Action::Update);
    let id = attr(&thing, "id").as_str().unwrap().to_owned();
    told(&talos, IMPORTED, &id, 1, json!({ "expire_time": "2001-02-03T04:05:06Z" })).await;
    let refused = core.plan(&thing, &kept).await.unwrap_err();
    assert!(refused.says("has expired") && refused.says("on_destroy"), "{refused:?}");
    core.destroy(&mut thing).await.unwrap();
    assert_eq!(talos.key(IMPORTED, &id).await["revocation_reason"], "REVOCATION_REASON_SUPERSEDED");
}

/// The same key can be there once: in Pulumi, which makes the new one first, too.
#[tokio::test]
async fn the_same_key_is_deleted_before_it_is_imported_again() {
    let talos = Talos::new().await;
    let mut host = talos.host().await;
    let token = token("imported_api_key");
    let program = |more: Json| spell(&imported::RESOURCE.table, &config(more));
    host.up(&token, "it", &program(json!({ "raw_key": "raw" }))).await.unwrap();
    for (more, first) in [
        (json!({ "raw_key": "raw", "ttl": "48h" }), true),
        (json!({ "raw_key": "other", "ttl": "48h" }), false),
        (json!({ "raw_key_wo": "raw", "raw_key_wo_version": "1" }), false),
        (json!({ "raw_key_wo": "raw", "raw_key_wo_version": "1", "actor_id": "b" }), true),
        (json!({ "raw_key_wo": "other", "raw_key_wo_version": "2", "actor_id": "b" }), false),
    ] {
        let (diff, _) = host.preview(&token, "it", &program(more.clone())).await.unwrap();
        assert_eq!(diff.unwrap().delete_before_replace, first, "{more}");
        assert_eq!(host.up(&token, "it", &program(more.clone())).await.unwrap().done, Done::Replaced, "{more}");
        assert_eq!(talos.keys(IMPORTED).await.len(), 1);
    }
    host.destroy().await.unwrap();
}

/// What no answer tells of a key that was made elsewhere may be written down without another key.
#[tokio::test]
async fn an_import_into_the_state_plans_no_change() {
    let talos = Talos::with(Settings { default_ttl: Some(86400), ..Settings::default() }).await;
    let mut core = talos.core().await;
    let body = json!({ "name": "shop", "actor_id": "a", "ttl": "48h", "scopes": ["read"] });
    let (_, made) = talos.ask("POST", ISSUED, &body).await;
    let (_, other) = talos.ask("POST", IMPORTED, &json!({ "name": "shop", "actor_id": "a", "raw_key": "raw" })).await;
    let id = |key: &Json| key["key_id"].as_str().unwrap().to_owned();
    let issued = config(json!({ "ttl": "2d", "scopes": ["read"], "keepers": { "a": "b" }, "seal_to": super::lives::RECIPIENTS[0] }));
    for (resource, path, id, config) in [
        (KEY, ISSUED, id(&made["issued_api_key"]), issued),
        ("ory_imported_api_key", IMPORTED, id(&other), config(json!({ "raw_key": "raw", "ttl": "1d" }))),
        ("ory_imported_api_key", IMPORTED, id(&other), config(json!({ "raw_key_wo": "raw", "raw_key_wo_version": "1" }))),
    ] {
        let before = talos.key(path, &id).await;
        let mut thing = core.import(resource, &id).await.unwrap();
        assert_eq!(core.apply(&mut thing, &config).await.unwrap(), Action::Update, "{config}");
        core.settled(&thing, &config).await.unwrap();
        assert_eq!(talos.key(path, &id).await, before);
    }
    // From then on it is as it was written down: another key is another one.
    let mut thing = core.import("ory_imported_api_key", &id(&other)).await.unwrap();
    for (raw, action) in [("raw", Action::Update), ("another", Action::Replace)] {
        assert_eq!(core.apply(&mut thing, &config(json!({ "raw_key": raw }))).await.unwrap(), action);
    }
    core.destroy(&mut thing).await.unwrap();
}
