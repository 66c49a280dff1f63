//! Identities: what of credentials is sent and what is not, how one is found, and what is left after a fault.

use super::identity_lives::{ENTRY, Identities, kratos, provider};
use crate::{
    pulumi::{Recorder, engine::Host, every::spell},
    support::{
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
    world: Identities,
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
        let world = Identities::at(&kratos.url());
        Setup { _kratos: kratos, world, proxy, engine }
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

fn ann() -> Json {
    json!({ "schema_id": "person", "traits": r#"{"email":"ann@example.com"}"# })
}

fn with(config: &Json, more: Json) -> Json {
    let mut config = config.clone();
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    config
}

#[tokio::test]
async fn credentials_are_sent_when_they_change_and_never_otherwise() {
    let setup = Setup::new(Profile::V26_2).await;
    let config = with(&ann(), json!({ "password": "first-secret" }));
    let made = setup.create(&config).await.unwrap().state;
    let id = made.id.clone().unwrap();
    let hash = async || setup.world.credentials(&id).await.0;
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
    assert!(!stored::to_json(&RESOURCE.table, &state.value).to_string().contains("secret"));
    // What is taken out of the configuration stays in use.
    let fourth = hash().await;
    setup.update(&state, &ann()).await.unwrap();
    assert_eq!(hash().await, fourth);
}

#[tokio::test]
async fn credentials_are_imported_from_elsewhere() {
    let setup = Setup::new(Profile::V26_2).await;
    let hash = "$2a$10$ZsCsoVQ3xfBG/K2z2XpBf.tm90GZmtOqtqWcB5.pYd5Eq8y7RlDyq";
    let links = |providers: &[&str]| providers.iter().map(|provider| json!({ "provider": provider, "subject": "42" })).collect::<Json>();
    let linked = async |id: &str| {
        let mut linked = setup.world.credentials(id).await.1;
        linked.sort();
        linked
    };
    let config = with(&ann(), json!({ "hashed_password": hash, "oidc": links(&["github", "apple"]) }));
    let made = setup.create(&config).await.unwrap().state;
    let id = made.id.clone().unwrap();
    assert_eq!(
        (setup.world.credentials(&id).await.0.as_str(), linked(&id).await),
        (hash, vec!["apple:42".to_owned(), "github:42".to_owned()])
    );
    // One more is added to those that are there.
    setup.proxy.asked();
    let config = with(&config, json!({ "oidc": links(&["google", "apple", "github"]) }));
    let state = setup.update(&made, &config).await.unwrap().state;
    assert_eq!(setup.put()["credentials"]["oidc"]["config"]["providers"].as_array().unwrap().len(), 1);
    assert_eq!(linked(&id).await, ["apple:42", "github:42", "google:42"]);
    // Two are taken away, of which one is gone already; the password is as it was.
    let url = format!("{}/credentials/oidc?identifier=apple:42", setup.world.url(&id));
    assert_eq!(setup.world.client.delete(url).send().await.unwrap().status(), 204);
    let config = with(&config, json!({ "oidc": links(&["google"]) }));
    let applied = setup.update(&state, &config).await.unwrap();
    assert_eq!(applied.warnings, []);
    assert_eq!((setup.world.credentials(&id).await.0.as_str(), linked(&id).await), (hash, vec!["google:42".to_owned()]));

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
async fn an_update_keeps_what_the_table_does_not_know_and_clears_what_it_does() {
    let setup = Setup::new(Profile::V26_2).await;
    let metadata =
        json!({ "metadata_public": "{\"a\":[1, 2.50]}", "metadata_admin": "{\"b\":12345678901234567890}", "external_id": "own" });
    let made = setup.create(&with(&ann(), metadata)).await.unwrap().state;
    let id = made.id.clone().unwrap();
    let held = setup.world.get(&id).await.unwrap();
    assert_eq!(held["metadata_admin"].to_string(), r#"{"b":12345678901234567890}"#);
    setup.proxy.asked();
    // A newer server shows a member that nobody here knows.
    let newer = json!({ "id": id, "schema_id": "person", "state": "active", "traits": { "email": "ann@example.com" }, "region": "eu", "metadata_public": { "a": 1 } });
    setup.proxy.then("GET", Fault::Answer(200, "application/json", newer.to_string().leak()));
    setup.update(&made, &ann()).await.unwrap();
    assert_eq!(setup.put(), json!({ "schema_id": "person", "state": "active", "traits": { "email": "ann@example.com" }, "region": "eu" }));
    let held = setup.world.get(&id).await.unwrap();
    assert_eq!((&held["metadata_public"], &held["metadata_admin"], held.get("external_id")), (&Json::Null, &Json::Null, None));
    assert_eq!(held["traits"], json!({ "email": "ann@example.com" }));
}

#[tokio::test]
async fn a_conflict_names_the_way_out_and_no_secret() {
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
    assert!(lost.contains("may have been created all the same"), "{lost}");
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
async fn one_is_looked_up_by_its_id_or_by_ours() {
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
async fn a_lost_create_is_finished_where_an_id_of_ours_tells_what_it_made() {
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
        let held = setup.world.all().await;
        assert_eq!((held.len(), held[0]["id"].as_str()), (1, made.id.as_deref()), "{faults:?}");
        assert_eq!(get(&RESOURCE, &made.value, "password"), &Value::text("hunter2-canary"));
        setup.update(&made, &config).await.unwrap();
    }
    // Somebody else's is not taken over, neither before nor after.
    let setup = Setup::new(Profile::V26_2).await;
    let other =
        setup.world.post(&json!({ "schema_id": "robot", "traits": { "email": "bob@example.com" }, "external_id": "customer-1" })).await;
    let config = with(&ann(), json!({ "external_id": "customer-1" }));
    let refused = text(&setup.create(&config).await.unwrap_err());
    assert!(refused.contains("import it by `external_id=customer-1`"), "{refused}");
    setup.proxy.then("POST", Fault::LoseRequest);
    let config = json!({ "schema_id": "person", "traits": r#"{"email":"bob@example.com"}"#, "external_id": "customer-2" });
    let refused = text(&setup.create(&config).await.unwrap_err());
    assert!(refused.contains("409") && !refused.contains("all the same"), "{refused}");
    assert!(refused.contains("If it exists by now, import it by `external_id=customer-2`"), "what was lost may arrive yet: {refused}");
    assert_eq!(setup.world.all().await.iter().map(|one| &one["id"]).collect::<Vec<_>>(), [&other["id"]]);
    // Nobody answers: what may be left, and how to find it.
    for (more, way) in [(json!({ "external_id": "customer-3" }), "`external_id=customer-3`"), (json!({}), "`identifier=…`")] {
        for _ in 0..4 {
            setup.proxy.then("POST", Fault::LoseRequest);
        }
        let lost = text(&setup.create(&with(&ann(), more)).await.unwrap_err());
        assert!(lost.contains("may have been created all the same") && lost.contains(way), "{lost}");
        while setup.proxy.unused() > 0 {
            let _ = setup.world.client.post(format!("{}/x", setup.proxy.url())).send().await;
        }
    }
}

/// An import may name an identity by what people know of it; from then on its id counts.
#[tokio::test]
async fn one_is_imported_by_what_it_signs_in_with_or_by_ours() {
    let kratos = kratos(Profile::V26_2).await;
    let proxy = Proxy::to(&kratos.url()).await;
    let mut core = Core::direct(&ORY, provider(&proxy.url())).await.unwrap();
    let server = Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None));
    let mut host = Host::start(server).await;
    host.configure(spell(ORY.config, &provider(&proxy.url()))).await.unwrap();
    let world = Identities::at(&kratos.url());
    let body = |email: &str, own: &str| json!({ "schema_id": "person", "traits": { "email": email }, "external_id": own });
    let held = world.post(&body("ann@example.com", "own/1 =x")).await;
    world.post(&body("bob@example.com", "own-2")).await;
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
fn one_way_to_a_password_and_traits_are_an_object() {
    let valid = |more: Json| !has_errors(&validate(&RESOURCE, &stored::from_json(&RESOURCE.table, &with(&ann(), more)).unwrap()));
    for fine in [
        json!({}),
        json!({ "external_id": "" }),
        json!({ "password": "p" }),
        json!({ "hashed_password_wo": "$2", "hashed_password_wo_version": "1" }),
    ] {
        assert!(valid(fine.clone()), "{fine}");
    }
    for wrong in [
        json!({ "password": "p", "hashed_password": "$2" }),
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

/// What the official provider left, beside what Kratos held.
#[tokio::test]
async fn a_recorded_state_is_adopted_as_it_is() {
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
async fn an_identity_may_live_in_a_project_of_its_own() {
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
