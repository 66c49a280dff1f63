//! Identities: which credentials are sent, how an identity is found, and what remains after a fault.

use super::identity_lives::{ENTRY, Identities, kratos, provider};
use crate::{
    pulumi::{Recorder, engine::Host, every::spell},
    support::{
        self,
        faults::{Fault, Proxy},
        get, replan, stored,
    },
    terraform::core::{Action, Core},
};
use janiform::{
    emulator::{self, Profile, Running},
    engine::{Applied, Call, Change, Engine, State, Unapplied, has_errors, plan, validate},
    frontends::pulumi::Server,
    ory::{Client, ORY, resources::identity::RESOURCE},
    value::Value,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

struct Setup {
    _kratos: Running,
    backdoor: Identities,
    proxy: Proxy,
    engine: Engine<Client>,
}

impl Setup {
    async fn new(profile: Profile) -> Setup {
        let kratos = kratos(profile).await;
        let proxy = Proxy::to(&kratos.url()).await;
        let engine = Engine::new(&ORY);
        let url = proxy.url();
        let value = |name: &str| if name == "kratos_admin_url" { Value::text(&url) } else { Value::Null };
        let config = Value::Object(ORY.config.attrs().map(|attr| value(attr.name)).collect());
        assert_eq!(engine.configure(&config, &|_| None), []);
        let backdoor = Identities::at(&kratos.url());
        Setup { _kratos: kratos, backdoor, proxy, engine }
    }

    async fn create(&self, config: &Json) -> Result<Applied, Unapplied> {
        let config = stored::from_json(&RESOURCE.table, config).unwrap();
        self.engine.create(ENTRY(), plan(&RESOURCE, None, &config), config, Call::default()).await
    }

    async fn update(&self, state: &State, config: &Json) -> Result<Applied, Unapplied> {
        let config = stored::from_json(&RESOURCE.table, config).unwrap();
        let change = Change { prior: state.clone(), plan: replan(&RESOURCE, state, &config), config, last_config: None };
        self.engine.update(ENTRY(), change, Call::default()).await
    }

    /// The body of the only replacement since the last look.
    fn put(&self) -> Json {
        let mut puts: Vec<_> = self.proxy.asked().into_iter().filter(|(line, _)| line.starts_with("PUT ")).collect();
        assert_eq!(puts.len(), 1);
        serde_json::from_str(&puts.remove(0).1).unwrap()
    }
}

fn text(unapplied: &Unapplied) -> String {
    unapplied.diagnostics.iter().map(|one| format!("{}: {}\n", one.summary, one.detail)).collect()
}

const HASH: &str = "$2a$10$ZsCsoVQ3xfBG/K2z2XpBf.tm90GZmtOqtqWcB5.pYd5Eq8y7RlDyq";

fn ann() -> Json {
    json!({ "schema_id": "person", "traits": r#"{"email":"ann@example.com"}"# })
}

fn with(config: &Json, more: Json) -> Json {
    let mut config = config.clone();
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    config
}

#[tokio::test]
async fn two_identities_that_exchange_an_address_need_a_third_one() {
    let setup = Setup::new(Profile::V26_2).await;
    let bob = json!({ "schema_id": "person", "traits": r#"{"email":"bob@example.com"}"# });
    let (first, second) = (setup.create(&ann()).await.unwrap().state, setup.create(&bob).await.unwrap().state);
    for (state, wanted) in [(&first, &bob), (&second, &ann())] {
        let refused = text(&setup.update(state, wanted).await.unwrap_err());
        assert!(refused.contains("409") && refused.contains("give one of them a third value first"), "{refused}");
    }
    // The advice works.
    let third = json!({ "schema_id": "person", "traits": r#"{"email":"third@example.com"}"# });
    let first = setup.update(&first, &third).await.unwrap().state;
    setup.update(&second, &ann()).await.unwrap();
    setup.update(&first, &bob).await.unwrap();
}

#[tokio::test]
async fn credentials_are_sent_only_when_they_change() {
    let setup = Setup::new(Profile::V26_2).await;
    let config = with(&ann(), json!({ "password": "first-secret" }));
    let made = setup.create(&config).await.unwrap().state;
    let id = made.id.clone().unwrap();
    let hash = async || setup.backdoor.credentials(&id).await.0;
    let first = hash().await;
    assert!(first.starts_with('$'));
    setup.proxy.asked();
    // Something else changes: not a word on credentials, nor on what an answer only shows.
    let config = with(&config, json!({ "metadata_public": "{\"plan\":\"pro\"}" }));
    let state = setup.update(&made, &config).await.unwrap().state;
    let mut members: Vec<_> = setup.put().as_object().unwrap().keys().cloned().collect();
    members.sort();
    assert_eq!(members, ["metadata_public", "schema_id", "state", "traits"]);
    assert_eq!(hash().await, first);
    // The password does.
    let config = with(&config, json!({ "password": "second-secret" }));
    let state = setup.update(&state, &config).await.unwrap().state;
    assert_eq!(setup.put()["credentials"], json!({ "password": { "config": { "password": "second-secret" } } }));
    let second = hash().await;
    assert_ne!(second, first);
    // A write-only one comes in its place, and again when its version says so.
    let config = with(&ann(), json!({ "password_wo": "third-secret", "password_wo_version": "1" }));
    let state = setup.update(&state, &config).await.unwrap().state;
    assert_eq!(setup.put()["credentials"], json!({ "password": { "config": { "password": "third-secret" } } }));
    let third = hash().await;
    assert_ne!(third, second);
    let config = with(&config, json!({ "password_wo": "fourth-secret", "state": "inactive" }));
    let state = setup.update(&state, &config).await.unwrap().state;
    assert_eq!(setup.put()["credentials"], Json::Null);
    assert_eq!(hash().await, third);
    let config = with(&config, json!({ "password_wo_version": "2" }));
    let state = setup.update(&state, &config).await.unwrap().state;
    assert_eq!(setup.put()["credentials"]["password"]["config"]["password"], "fourth-secret");
    assert!(!stored::to_json(&RESOURCE.table, &state.value).to_string().replace("lookup_secret", "").contains("secret"));
    // What is taken out of the configuration stays in use.
    let fourth = hash().await;
    setup.update(&state, &ann()).await.unwrap();
    assert_eq!(hash().await, fourth);
}

#[tokio::test]
async fn credentials_are_imported_from_elsewhere() {
    let setup = Setup::new(Profile::V26_2).await;
    let hash = HASH;
    let links = |providers: &[&str]| providers.iter().map(|provider| json!({ "provider": provider, "subject": "42" })).collect::<Json>();
    let linked = async |id: &str| {
        let mut linked = setup.backdoor.credentials(id).await.1;
        linked.sort();
        linked
    };
    let config = with(&ann(), json!({ "hashed_password": hash, "oidc": links(&["github", "apple"]) }));
    let made = setup.create(&config).await.unwrap().state;
    let id = made.id.clone().unwrap();
    assert_eq!(
        (setup.backdoor.credentials(&id).await.0.as_str(), linked(&id).await),
        (hash, vec!["apple:42".to_owned(), "github:42".to_owned()])
    );
    // One more is added to those that are there.
    setup.proxy.asked();
    let config = with(&config, json!({ "oidc": links(&["google", "apple", "github"]) }));
    let state = setup.update(&made, &config).await.unwrap().state;
    assert_eq!(setup.put()["credentials"]["oidc"]["config"]["providers"].as_array().unwrap().len(), 1);
    assert_eq!(linked(&id).await, ["apple:42", "github:42", "google:42"]);
    // Two are taken away, of which one is gone already; the password is as it was.
    let url = format!("{}/credentials/oidc?identifier=apple:42", setup.backdoor.url(&id));
    assert_eq!(setup.backdoor.client.delete(url).send().await.unwrap().status(), 204);
    let config = with(&config, json!({ "oidc": links(&["google"]) }));
    let applied = setup.update(&state, &config).await.unwrap();
    assert_eq!(applied.warnings, []);
    assert_eq!((setup.backdoor.credentials(&id).await.0.as_str(), linked(&id).await), (hash, vec!["google:42".to_owned()]));

    // What cannot be unlinked is said: it is the only way in.
    let bob = json!({ "schema_id": "person", "traits": r#"{"email":"bob@example.com"}"#, "oidc": links(&["github"]) });
    let made = setup.create(&bob).await.unwrap().state;
    let id = made.id.clone().unwrap();
    let refused = setup.update(&made, &with(&bob, json!({ "oidc": null }))).await.unwrap_err();
    assert!(text(&refused).contains("last first factor") && text(&refused).contains("next apply tries again"), "{}", text(&refused));
    let still = refused.state.unwrap();
    assert_eq!(
        get(&RESOURCE, &still.value, "oidc"),
        get(&RESOURCE, &made.value, "oidc"),
        "the state no longer shows a way in that is open"
    );
    assert_eq!(linked(&id).await, ["github:42"]);
    // With another way in, the next apply takes it away.
    let safe = with(&bob, json!({ "oidc": null, "password": "hunter2-canary" }));
    let applied = setup.update(&still, &safe).await.unwrap();
    assert_eq!((applied.warnings, linked(&id).await), (vec![], Vec::<String>::new()));
}

#[tokio::test]
async fn an_update_keeps_unknown_members_and_clears_removed_attributes() {
    let setup = Setup::new(Profile::V26_2).await;
    let metadata =
        json!({ "metadata_public": "{\"a\":[1, 2.50]}", "metadata_admin": "{\"b\":12345678901234567890}", "external_id": "own" });
    let made = setup.create(&with(&ann(), metadata)).await.unwrap().state;
    let id = made.id.clone().unwrap();
    let held = setup.backdoor.get(&id).await.unwrap();
    assert_eq!(held["metadata_admin"].to_string(), r#"{"b":12345678901234567890}"#);
    setup.proxy.asked();
    // A newer server shows a member that nobody here knows.
    let newer = json!({ "id": id, "schema_id": "person", "state": "active", "traits": { "email": "ann@example.com" }, "region": "eu", "metadata_public": { "a": 1 } });
    setup.proxy.then("GET", Fault::Answer(200, "application/json", newer.to_string().leak()));
    setup.update(&made, &ann()).await.unwrap();
    assert_eq!(setup.put(), json!({ "schema_id": "person", "state": "active", "traits": { "email": "ann@example.com" }, "region": "eu" }));
    let held = setup.backdoor.get(&id).await.unwrap();
    assert_eq!((&held["metadata_public"], &held["metadata_admin"], held.get("external_id")), (&Json::Null, &Json::Null, None));
    assert_eq!(held["traits"], json!({ "email": "ann@example.com" }));
}

#[tokio::test]
async fn a_conflict_names_the_remedy_and_no_secret() {
    let setup = Setup::new(Profile::V26_2).await;
    setup.create(&ann()).await.unwrap();
    let refused = text(&setup.create(&with(&ann(), json!({ "password": "hunter2-canary" }))).await.unwrap_err());
    assert!(
        refused.contains("import it by its id") && refused.contains("credentials_identifier") && !refused.contains("canary"),
        "{refused}"
    );
    // After a lost answer nobody can tell whose it is.
    let bob = json!({ "schema_id": "person", "traits": r#"{"email":"bob@example.com"}"# });
    setup.proxy.then("POST", Fault::LoseAnswer);
    let lost = text(&setup.create(&bob).await.unwrap_err());
    assert!(lost.contains("may have been created nevertheless"), "{lost}");
    // A version that lacks an attribute says so.
    let old = Setup::new(Profile::V2_3).await;
    let lacking = text(&old.create(&with(&ann(), json!({ "external_id": "own" }))).await.unwrap_err());
    assert!(lacking.contains("external_id") && lacking.contains("newer version"), "{lacking}");
    // And a proxy's 404 is no word on an identity.
    let made = setup.create(&json!({ "schema_id": "robot", "traits": r#"{"email":"r@example.com"}"# })).await.unwrap().state;
    setup.proxy.then("GET", Fault::Answer(404, "text/plain", "404 page not found"));
    assert!(setup.engine.read(ENTRY(), made, Call::default()).await.is_err());
}

#[tokio::test]
async fn an_identity_is_looked_up_by_its_id_or_external_id() {
    let setup = Setup::new(Profile::V26_2).await;
    let made = setup.create(&with(&ann(), json!({ "external_id": "customer-1", "password": "hunter2-canary" }))).await.unwrap().state;
    let (source, _) = setup.engine.data_source("identity").unwrap();
    let nothing = RESOURCE.table.nulls();
    let external = |id: &str| stored::from_json(&RESOURCE.table, &json!({ "external_id": id })).unwrap();
    let id = Value::text(made.id.clone().unwrap());
    let by_id = setup.engine.lookup(source, &id, &nothing, Call::default()).await.unwrap();
    let by_ours = setup.engine.lookup(source, &Value::Null, &external("customer-1"), Call::default()).await.unwrap();
    assert_eq!((&by_id.id, &by_id.value), (&by_ours.id, &by_ours.value));
    assert_eq!(get(&RESOURCE, &by_id.value, "verifiable_addresses").as_list().unwrap().len(), 1);
    assert!(get(&RESOURCE, &by_id.value, "password").is_null());
    assert!(setup.engine.lookup(source, &Value::Null, &external("nobody"), Call::default()).await.is_err());
    assert!(setup.engine.validate_data_source(source, &Value::Null, &nothing)[0].detail.contains("`id` or `external_id`"));
}

#[tokio::test]
async fn a_lost_create_is_completed_by_the_external_id() {
    for faults in [
        vec![Fault::LoseAnswer],
        vec![Fault::CutAnswer],
        vec![Fault::LoseRequest],
        vec![Fault::LoseRequest, Fault::LoseAnswer],
        vec![Fault::Answer(503, "text/plain", "busy"), Fault::LoseAnswer],
    ] {
        let setup = Setup::new(Profile::V26_2).await;
        for fault in &faults {
            setup.proxy.then("POST", fault.clone());
        }
        let config = with(&ann(), json!({ "external_id": "customer-1", "password": "hunter2-canary" }));
        let made = setup.create(&config).await.unwrap_or_else(|error| panic!("{faults:?}: {}", text(&error))).state;
        assert_eq!(setup.proxy.unused(), 0);
        let held = setup.backdoor.all().await;
        assert_eq!((held.len(), held[0]["id"].as_str()), (1, made.id.as_deref()), "{faults:?}");
        assert_eq!(get(&RESOURCE, &made.value, "password"), &Value::text("hunter2-canary"));
        setup.update(&made, &config).await.unwrap();
    }
    // Somebody else's is not taken over, neither before nor after.
    let setup = Setup::new(Profile::V26_2).await;
    let other =
        setup.backdoor.post(&json!({ "schema_id": "robot", "traits": { "email": "bob@example.com" }, "external_id": "customer-1" })).await;
    let config = with(&ann(), json!({ "external_id": "customer-1" }));
    let refused = text(&setup.create(&config).await.unwrap_err());
    assert!(refused.contains("import it by `external_id=customer-1`"), "{refused}");
    setup.proxy.then("POST", Fault::LoseRequest);
    let config = json!({ "schema_id": "person", "traits": r#"{"email":"bob@example.com"}"#, "external_id": "customer-2" });
    let refused = text(&setup.create(&config).await.unwrap_err());
    assert!(refused.contains("409") && !refused.contains("all the same"), "{refused}");
    assert!(
        refused.contains("If the identity exists by now, import it by `external_id=customer-2`"),
        "what was lost may arrive yet: {refused}"
    );
    assert_eq!(setup.backdoor.all().await.iter().map(|one| &one["id"]).collect::<Vec<_>>(), [&other["id"]]);
    // Nobody answers: what may be left, and how to find it.
    for (more, way) in [(json!({ "external_id": "customer-3" }), "`external_id=customer-3`"), (json!({}), "`identifier=…`")] {
        for _ in 0..4 {
            setup.proxy.then("POST", Fault::LoseRequest);
        }
        let lost = text(&setup.create(&with(&ann(), more)).await.unwrap_err());
        assert!(lost.contains("may have been created nevertheless") && lost.contains(way), "{lost}");
        while setup.proxy.unused() > 0 {
            let _ = setup.backdoor.client.post(format!("{}/x", setup.proxy.url())).send().await;
        }
    }
}

/// An import may name an identity by what people know of it; from then on its id counts.
#[tokio::test]
async fn an_identity_is_imported_by_an_identifier_or_external_id() {
    let kratos = kratos(Profile::V26_2).await;
    let proxy = Proxy::to(&kratos.url()).await;
    let mut core = Core::direct(&ORY, provider(&proxy.url())).await.unwrap();
    let server = Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None));
    let mut host = Host::start(server).await;
    host.configure(spell(ORY.config, &provider(&proxy.url()))).await.unwrap();
    let backdoor = Identities::at(&kratos.url());
    let body = |email: &str, own: &str| json!({ "schema_id": "person", "traits": { "email": email }, "external_id": own });
    let held = backdoor.post(&body("ann@example.com", "own/1 =x")).await;
    backdoor.post(&body("bob@example.com", "own-2")).await;
    let config = with(&ann(), json!({ "external_id": "own/1 =x" }));
    for id in ["external_id=own/1 =x", "identifier=ann@example.com", held["id"].as_str().unwrap()] {
        let imported = core.import("ory_identity", id).await.unwrap();
        assert_eq!(imported.state.as_ref().unwrap().value.get("id").text(), held["id"].as_str(), "{id}");
        core.settled(&imported, &config).await.unwrap();
        host.import("ory:index/identity:Identity", "it", id).await.unwrap().unwrap();
        assert_eq!(host.state["it"].id, held["id"].as_str().unwrap(), "{id}");
    }
    for id in ["external_id=nobody", "identifier=nobody@example.com", "identifier=", "nobody"] {
        assert!(core.import("ory_identity", id).await.is_err(), "{id}");
        assert!(!matches!(host.import("ory:index/identity:Identity", "nobody", id).await, Ok(Some(_))), "{id}");
    }
    // A proxy's 404 is no word on an identity.
    proxy.then("GET", Fault::Answer(404, "text/plain", "404 page not found"));
    match core.import("ory_identity", "external_id=own-2").await {
        Err(stop) => assert!(stop.says("was not reached"), "{stop:?}"),
        Ok(_) => panic!("it was imported"),
    }
}

#[test]
fn a_password_is_set_in_one_way_and_traits_are_an_object() {
    let valid = |more: Json| {
        let config = stored::from_json(&RESOURCE.table, &with(&ann(), more)).unwrap();
        !has_errors(&validate(&RESOURCE, &config)) && !has_errors(&plan(&RESOURCE, None, &config).diagnostics)
    };
    for fine in [
        json!({}),
        json!({ "external_id": "" }),
        json!({ "password": "p" }),
        json!({ "hashed_password_wo": HASH, "hashed_password_wo_version": "1" }),
        json!({ "use_password_migration_hook": true }),
        json!({ "use_password_migration_hook": false, "password": "p" }),
        json!({ "verified_addresses": ["Ann@example.com"] }),
    ] {
        assert!(valid(fine.clone()), "{fine}");
    }
    for wrong in [
        json!({ "password": "p", "hashed_password": HASH }),
        json!({ "hashed_password": "$2a$12$garbage" }),
        json!({ "hashed_password_wo": "$2a$12$garbage", "hashed_password_wo_version": "1" }),
        json!({ "use_password_migration_hook": true, "password": "p" }),
        json!({ "use_password_migration_hook": true, "hashed_password_wo": HASH, "hashed_password_wo_version": "1" }),
        json!({ "verified_addresses": ["bob@example.com"] }),
        json!({ "oidc": [{ "provider": "github", "subject": "42", "organization": "acme" }] }),
        json!({ "password": "p", "password_wo": "p" }),
        json!({ "password_wo_version": "1" }),
        json!({ "traits": "[]" }),
        json!({ "traits": "{" }),
        json!({ "state": "asleep" }),
        json!({ "organization_id": "acme" }),
    ] {
        assert!(!valid(wrong.clone()), "{wrong}");
    }
}

/// A replacement passes the organization over, and a new identity would cost the person's credentials and sessions.
#[tokio::test]
async fn another_organization_is_a_change_and_no_replacement() {
    let kratos = kratos(Profile::V26_2).await;
    let proxy = Proxy::to(&kratos.url()).await;
    let mut core = Core::direct(&ORY, provider(&proxy.url())).await.unwrap();
    let backdoor = Identities::at(&kratos.url());
    let (first, second) = ("3d1c2b4a-5e6f-4a7b-8c9d-0e1f2a3b4c5d", "AA000000-0000-4000-8000-0000000000FF");
    let config = |organization: &str| with(&ann(), json!({ "organization_id": organization, "password": "hunter2-canary" }));
    let mut thing = core.thing("ory_identity");
    core.apply(&mut thing, &config(first)).await.unwrap();
    let id = thing.state.as_ref().unwrap().value.get("id").text().unwrap().to_owned();
    let hash = backdoor.credentials(&id).await.0;
    // The server shows ids in lower case; that is no change.
    core.settled(&thing, &config(&first.to_uppercase())).await.unwrap();
    proxy.asked();
    assert_eq!(core.apply(&mut thing, &config(second)).await.unwrap(), Action::Update);
    let asked = proxy.asked();
    let writes: Vec<_> = asked.iter().filter(|(line, _)| !line.starts_with("GET ")).collect();
    assert_eq!(writes.len(), 1, "{writes:?}");
    assert_eq!(writes[0].0, format!("PATCH /admin/identities/{id}"));
    core.settled(&thing, &config(second)).await.unwrap();
    let held = backdoor.get(&id).await.unwrap();
    assert_eq!((held["organization_id"].as_str(), backdoor.credentials(&id).await.0), (Some(second.to_lowercase().as_str()), hash));
    // With something else beside, and where the server refuses it: what it holds is what the state has.
    let both = with(&config(first), json!({ "metadata_public": "[1]" }));
    proxy.then("PATCH", Fault::Answer(400, "application/json", r#"{"error":{"code":400,"message":"no such organization"}}"#));
    let stop = core.apply(&mut thing, &both).await.unwrap_err();
    assert!(stop.says("no such organization"), "{}", stop.text());
    let held = backdoor.get(&id).await.unwrap();
    assert_eq!((held["organization_id"].as_str(), &held["metadata_public"]), (Some(second.to_lowercase().as_str()), &json!([1])));
    core.apply(&mut thing, &both).await.unwrap();
    assert_eq!(backdoor.get(&id).await.unwrap()["organization_id"], first);
    core.settled(&thing, &both).await.unwrap();
}

/// The shown addresses with whether they are verified.
async fn addresses(backdoor: &Identities, id: &str) -> Vec<(String, bool, String)> {
    let held = backdoor.get(id).await.unwrap();
    let shown = held["verifiable_addresses"].as_array().cloned().unwrap_or_default();
    let shown = shown
        .iter()
        .map(|one| (one["value"].as_str().unwrap().to_owned(), one["verified"] == true, one["status"].as_str().unwrap().to_owned()));
    shown.collect()
}

async fn are_verified(admin: &str, schema: &str) {
    let mut core = Core::direct(&ORY, provider(admin)).await.unwrap();
    let backdoor = Identities::at(admin);
    let config = |email: &str, more: Json| with(&json!({ "schema_id": schema, "traits": json!({ "email": email }).to_string() }), more);
    let completed = |email: &str| vec![(email.to_owned(), true, "completed".to_owned())];
    let mut thing = core.thing("ory_identity");
    let ann = config("Ann@example.com", json!({ "verified_addresses": ["Ann@example.com"] }));
    core.apply(&mut thing, &ann).await.unwrap();
    core.settled(&thing, &ann).await.unwrap();
    let id = thing.state.as_ref().unwrap().value.get("id").text().unwrap().to_owned();
    assert_eq!(addresses(&backdoor, &id).await, completed("ann@example.com"));
    // Another address has to be proven, unless it is added too; what is removed stays as it is.
    let bob = config("bob@example.com", json!({}));
    core.apply(&mut thing, &bob).await.unwrap();
    assert_eq!(addresses(&backdoor, &id).await, [("bob@example.com".to_owned(), false, "pending".to_owned())]);
    let bob = config("bob@example.com", json!({ "verified_addresses": ["bob@example.com"] }));
    core.apply(&mut thing, &bob).await.unwrap();
    core.settled(&thing, &bob).await.unwrap();
    assert_eq!(addresses(&backdoor, &id).await, completed("bob@example.com"));
    let cid = config("cid@example.com", json!({ "verified_addresses": ["cid@example.com"], "metadata_admin": "[1]" }));
    core.apply(&mut thing, &cid).await.unwrap();
    core.settled(&thing, &cid).await.unwrap();
    assert_eq!(addresses(&backdoor, &id).await, completed("cid@example.com"));
    let cid = config("cid@example.com", json!({}));
    core.apply(&mut thing, &cid).await.unwrap();
    core.settled(&thing, &cid).await.unwrap();
    assert_eq!(addresses(&backdoor, &id).await, completed("cid@example.com"));
    core.destroy(&mut thing).await.unwrap();
}

#[tokio::test]
async fn an_address_imported_as_verified_is_verified() {
    for profile in [Profile::V26_2, Profile::V2_3] {
        are_verified(&kratos(profile).await.url(), "person").await;
    }
}

#[tokio::test]
async fn an_address_imported_as_verified_is_verified_on_a_real_kratos() {
    if let Some(real) = support::kratos().await {
        are_verified(&real.admin, "default").await;
    }
}

#[tokio::test]
async fn an_address_that_stays_unverified_is_a_warning() {
    let setup = Setup::new(Profile::V26_2).await;
    // A name is a trait, and no address.
    let odd = json!({ "schema_id": "person", "traits": r#"{"email":"ann@example.com","name":"bob@example.com"}"# });
    let made = setup.create(&with(&odd, json!({ "verified_addresses": ["bob@example.com"] }))).await.unwrap();
    assert!(made.warnings[0].detail.contains("`verification` with `via`"), "{:?}", made.warnings);
    let made = setup.create(&json!({ "schema_id": "person", "traits": r#"{"email":"cid@example.com"}"# })).await.unwrap().state;
    let cid = json!({ "schema_id": "person", "traits": r#"{"email":"cid@example.com"}"#, "verified_addresses": ["cid@example.com"] });
    setup.proxy.then("PATCH", Fault::Answer(500, "application/json", r#"{"error":{"code":500}}"#));
    let refused = setup.update(&made, &cid).await.unwrap_err().state.unwrap();
    let applied = setup.update(&refused, &cid).await.unwrap();
    assert_eq!(applied.warnings, []);
    assert_eq!(addresses(&setup.backdoor, &made.id.unwrap()).await, [("cid@example.com".to_owned(), true, "completed".to_owned())]);
    // What was to come after it is done by the next apply, too.
    let dan = json!({ "schema_id": "person", "traits": r#"{"email":"dan@example.com"}"#, "password": "hunter2-canary" });
    let made = setup.create(&with(&dan, json!({ "oidc": [{ "provider": "github", "subject": "42" }] }))).await.unwrap().state;
    let dan = with(&dan, json!({ "verified_addresses": ["dan@example.com"] }));
    setup.proxy.then("PATCH", Fault::Answer(500, "application/json", r#"{"error":{"code":500}}"#));
    let refused = setup.update(&made, &dan).await.unwrap_err().state.unwrap();
    setup.update(&refused, &dan).await.unwrap();
    assert_eq!(setup.backdoor.credentials(&made.id.unwrap()).await.1, Vec::<String>::new());
}

/// What Kratos holds of the password.
async fn password(backdoor: &Identities, id: &str) -> Json {
    let url = format!("{}?include_credential=password", backdoor.url(id));
    let body: Json = serde_json::from_str(&backdoor.client.get(url).send().await.unwrap().text().await.unwrap()).unwrap();
    body["credentials"]["password"]["config"].clone()
}

async fn are_asked_of_the_hook(admin: &str, schema: &str) {
    let mut core = Core::direct(&ORY, provider(admin)).await.unwrap();
    let backdoor = Identities::at(admin);
    let config = |more: Json| with(&json!({ "schema_id": schema, "traits": r#"{"email":"hook@example.com"}"# }), more);
    let asks = async |id: &str| password(&backdoor, id).await["use_password_migration_hook"] == true;
    let mut thing = core.thing("ory_identity");
    let hook = config(json!({ "use_password_migration_hook": true }));
    core.apply(&mut thing, &hook).await.unwrap();
    core.settled(&thing, &hook).await.unwrap();
    let id = thing.state.as_ref().unwrap().value.get("id").text().unwrap().to_owned();
    assert!(asks(&id).await);
    // Off and gone are one, and change nothing on the server; a password takes its place, and it that of a password.
    for off in [json!({ "use_password_migration_hook": false }), json!({})] {
        core.apply(&mut thing, &config(off.clone())).await.unwrap();
        core.settled(&thing, &config(off)).await.unwrap();
        assert!(asks(&id).await);
    }
    for (more, is_asked) in [(json!({ "password": "hunter2-canary" }), false), (json!({ "use_password_migration_hook": true }), true)] {
        core.apply(&mut thing, &config(more)).await.unwrap();
        assert_eq!((asks(&id).await, password(&backdoor, &id).await["hashed_password"] != ""), (is_asked, !is_asked));
    }
    core.destroy(&mut thing).await.unwrap();
    let off = config(json!({ "use_password_migration_hook": false }));
    core.apply(&mut thing, &off).await.unwrap();
    core.settled(&thing, &off).await.unwrap();
    core.destroy(&mut thing).await.unwrap();
}

#[tokio::test]
async fn a_hook_may_know_the_password() {
    for profile in [Profile::V26_2, Profile::V2_3] {
        are_asked_of_the_hook(&kratos(profile).await.url(), "person").await;
    }
}

#[tokio::test]
async fn a_hook_may_know_the_password_on_a_real_kratos() {
    if let Some(real) = support::kratos().await {
        are_asked_of_the_hook(&real.admin, "default").await;
    }
}

/// A link cannot be changed: it is linked anew.
#[tokio::test]
async fn a_changed_account_is_unlinked_and_linked_again() {
    let setup = Setup::new(Profile::V26_2).await;
    let held = async |id: &str, kind: &str| {
        let url = format!("{}?include_credential={kind}", setup.backdoor.url(id));
        let body: Json = serde_json::from_str(&setup.backdoor.client.get(url).send().await.unwrap().text().await.unwrap()).unwrap();
        body["credentials"][kind]["config"]["providers"].clone()
    };
    let (first, second) = ("3d1c2b4a-5e6f-4a7b-8c9d-0e1f2a3b4c5d", "00000000-0000-4000-8000-000000000001");
    for kind in ["oidc", "saml"] {
        let link = |more: Json| with(&json!({ "provider": "acme", "subject": "42" }), more);
        let email = json!({ "email": format!("{kind}@example.com") }).to_string();
        let config = |links: Json| json!({ "schema_id": "person", "traits": email, "password": "hunter2-canary", kind: links });
        let other = json!({ "provider": "other", "subject": "1" });
        let one = config(json!([other, link(json!({ "organization": first.to_uppercase() }))]));
        let made = setup.create(&one).await.unwrap().state;
        let id = made.id.clone().unwrap();
        assert_eq!(held(&id, kind).await[1]["organization"], first);
        let lower = config(json!([other, link(json!({ "organization": first }))]));
        assert_eq!(replan(&RESOURCE, &made, &stored::from_json(&RESOURCE.table, &lower).unwrap()).changes, Vec::<&str>::new());
        let hash = setup.backdoor.credentials(&id).await.0;
        let two = config(json!([other, link(json!({ "organization": second }))]));
        let state = setup.update(&made, &two).await.unwrap().state;
        let links = held(&id, kind).await;
        assert_eq!((links.as_array().unwrap().len(), &links[1]["organization"]), (2, &json!(second)), "{links}");
        assert_eq!(setup.backdoor.credentials(&id).await.0, hash, "the password is not sent again");
        // Without an answer to that, the next apply links it.
        setup.proxy.then("PUT", Fault::Answer(400, "application/json", r#"{"error":{"code":400,"reason":"not this time"}}"#));
        let none = config(json!([other, link(json!({}))]));
        let refused = setup.update(&state, &none).await.unwrap_err();
        assert!(text(&refused).contains("not linked now") && text(&refused).contains("not this time"), "{}", text(&refused));
        assert_eq!(held(&id, kind).await.as_array().unwrap().len(), 1);
        setup.update(&refused.state.unwrap(), &none).await.unwrap();
        assert_eq!((held(&id, kind).await.as_array().unwrap().len(), held(&id, kind).await[1].get("organization")), (2, None));
    }
    // The last way to sign in is not taken away, not even for a moment.
    let link = |more: Json| json!([with(&json!({ "provider": "acme", "subject": "last" }), more)]);
    let config = |links: Json| json!({ "schema_id": "person", "traits": r#"{"email":"last@example.com"}"#, "oidc": links });
    let made = setup.create(&config(link(json!({})))).await.unwrap().state;
    let refused = setup.update(&made, &config(link(json!({ "use_auto_link": true })))).await.unwrap_err();
    assert!(text(&refused).contains("last first factor"), "{}", text(&refused));
    let state = refused.state.unwrap();
    assert_eq!(get(&RESOURCE, &state.value, "oidc"), get(&RESOURCE, &made.value, "oidc"));
    assert_eq!(held(&made.id.unwrap(), "oidc").await.as_array().unwrap().len(), 1);
}

/// Its owner has unlinked it, and Kratos gives the same reason as for the last way to sign in.
#[tokio::test]
async fn an_account_that_its_owner_unlinked_is_not_shown_as_linked() {
    let setup = Setup::new(Profile::V26_2).await;
    let linked = with(&ann(), json!({ "password": "hunter2-canary", "oidc": [{ "provider": "github", "subject": "42" }] }));
    let made = setup.create(&linked).await.unwrap().state;
    let url = format!("{}/credentials/oidc?identifier=github:42", setup.backdoor.url(made.id.as_ref().unwrap()));
    assert_eq!(setup.backdoor.client.delete(url.clone()).send().await.unwrap().status(), 204);
    assert_eq!(setup.backdoor.client.delete(url).send().await.unwrap().status(), 400);
    let applied = setup.update(&made, &with(&linked, json!({ "oidc": null }))).await.unwrap();
    assert_eq!(applied.warnings, []);
}

/// What the official provider left, beside what Kratos held.
#[tokio::test]
async fn a_recorded_state_is_adopted_unchanged() {
    let kratos = kratos(Profile::V26_2).await;
    let proxy = Proxy::to(&kratos.url()).await;
    let mut core = Core::direct(&ORY, provider(&proxy.url())).await.unwrap();
    let (traits, metadata) = (json!({ "email": "ada@example.com", "name": "Ada" }), json!({ "plan": "pro" }));
    let held = Identities::at(&kratos.url()).post(&json!({ "schema_id": "person", "traits": traits, "metadata_public": metadata })).await;
    for password in [Json::Null, json!("what-it-was-made-with")] {
        let state = json!({
            "id": held["id"], "metadata_admin": null, "metadata_public": metadata.to_string(), "password": password,
            "schema_id": "person", "state": "active", "traits": traits.to_string(),
        });
        let config =
            json!({ "schema_id": "person", "traits": traits.to_string(), "metadata_public": metadata.to_string(), "password": password });
        let mut thing = core.moved("ory_identity", "registry.terraform.io/ory/ory", "ory_identity", 0, &state).await.unwrap();
        assert_eq!(core.plan(&thing, &config).await.unwrap().action, Action::NoOp);
        // A refresh adds what that provider does not know, and is no reason to change anything.
        core.refresh(&mut thing).await.unwrap();
        core.settled(&thing, &config).await.unwrap();
        // With the spelling of somebody else, too.
        let spelled = with(&config, json!({ "traits": "{ \"name\": \"Ada\", \"email\": \"ada@example.com\" }", "state": "active" }));
        assert_eq!(core.plan(&thing, &spelled).await.unwrap().action, Action::NoOp);
    }
    assert!(proxy.asked().iter().all(|(line, _)| line.starts_with("GET ")));
}

#[tokio::test]
async fn an_identity_may_be_in_its_own_project() {
    let kratos = kratos(Profile::V26_2).await;
    let nowhere = emulator::start(emulator::Options::default()).await.unwrap();
    let mut config = provider(&kratos.url());
    config["kratos_admin_url"] = json!(nowhere.url());
    let mut core = Core::direct(&ORY, config).await.unwrap();
    let mut thing = core.thing("ory_identity");
    let config = with(&ann(), json!({ "project_slug": "localhost", "project_api_key": "ory_pat_x" }));
    core.apply(&mut thing, &config).await.unwrap();
    core.settled(&thing, &config).await.unwrap();
    let id = thing.state.as_ref().unwrap().value.get("id").text().unwrap().to_owned();
    assert!(Identities::at(&kratos.url()).get(&id).await.is_some());
    core.destroy(&mut thing).await.unwrap();
}
