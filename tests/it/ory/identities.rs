//! Identities: every attribute through its lifecycles, and what of credentials is sent and what is not.

use crate::{
    pulumi::every::{live_only, spell},
    support::{
        faults::{Fault, Proxy},
        get, replan,
    },
    terraform::{
        core::{Action, Core},
        lifecycle::{Lifecycle, World},
        samples::Known,
    },
};
use async_trait::async_trait;
use janiform::{
    emulator::{self, Options, Profile, Running},
    engine::{Applied, Call, Change, Engine, Entry, Source, State, Unapplied, has_errors, plan, same, validate},
    ory::{Client, ORY, resources::identity::RESOURCE},
    rest::mapping,
    schema::{Attr, Codec, Object, Resource, json as stored},
    value::Value,
};
use serde_json::{Value as Json, json};

/// Kratos' admin API, asked past the provider.
struct Identities {
    admin: String,
    client: reqwest::Client,
}

impl Identities {
    fn at(admin: &str) -> Identities {
        Identities { admin: admin.to_owned(), client: reqwest::Client::new() }
    }

    fn url(&self, id: &str) -> String {
        format!("{}/admin/identities/{id}", self.admin)
    }

    async fn get(&self, id: &str) -> Option<Json> {
        let response = self.client.get(self.url(id)).send().await.unwrap();
        (response.status() == 200).then_some(serde_json::from_str(&response.text().await.unwrap()).unwrap())
    }

    async fn put(&self, id: &str, body: &Json) -> bool {
        self.client.put(self.url(id)).json(body).send().await.unwrap().status() == 200
    }

    /// The hash of the password, and the linked accounts.
    async fn credentials(&self, id: &str) -> (String, Vec<String>) {
        let url = format!("{}?include_credential=password", self.url(id));
        let body: Json = serde_json::from_str(&self.client.get(url).send().await.unwrap().text().await.unwrap()).unwrap();
        let linked = body["credentials"]["oidc"]["identifiers"].as_array().into_iter().flatten();
        let hash = body["credentials"]["password"]["config"]["hashed_password"].as_str().unwrap_or_default();
        (hash.to_owned(), linked.map(|link| link.as_str().unwrap().to_owned()).collect())
    }

    async fn post(&self, body: &Json) -> Json {
        let response = self.client.post(format!("{}/admin/identities", self.admin)).json(body).send().await.unwrap();
        assert_eq!(response.status(), 201);
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    }
}

#[async_trait]
impl World for Identities {
    async fn change(&self, resource: &'static Resource, id: &str, attr: &'static Attr, value: Option<&Value>) -> bool {
        let Some(mut body) = self.get(id).await else { return false };
        let seen = |body: &Json| Object::new(&resource.table, &mapping::observe(&resource.table, body).unwrap()).get(attr.name).clone();
        let before = seen(&body);
        let members = body.as_object_mut().unwrap();
        // They would be set again, without their secrets.
        members.remove("credentials");
        match value {
            None => drop(members.remove(attr.pointer())),
            Some(Value::String(text)) if attr.codec == Codec::Json => {
                members.insert(attr.pointer().to_owned(), serde_json::from_str(text).unwrap());
            }
            Some(value) => drop(members.insert(attr.pointer().to_owned(), stored::kind_to_json(&attr.kind, value))),
        }
        if !self.put(id, &body).await {
            return false;
        }
        let after = seen(&self.get(id).await.unwrap());
        let wanted = value.is_none_or(|value| same(attr, value, &after));
        wanted && !same(attr, &before, &after)
    }

    async fn remove(&self, _: &'static Resource, id: &str) {
        assert_eq!(self.client.delete(self.url(id)).send().await.unwrap().status(), 204);
    }

    async fn exists(&self, _: &'static Resource, id: &str) -> bool {
        self.get(id).await.is_some()
    }
}

/// What the tables cannot say: values that the server takes.
pub fn known(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "schema_id" => vec![json!("person"), json!("robot")],
        "traits" => vec![json!(r#"{"name":"Ann","email":"ann@example.com"}"#), json!(r#"{"email":"bob@example.com"}"#)],
        "password" | "password_wo" => vec![json!("plain-Text-pw-9911"), json!("plain-Text-pw-9912")],
        "hashed_password" | "hashed_password_wo" => vec![
            json!("$2a$08$2eDf1kKZlGB5oGd7/8q8.u7S6f5s1W2s2QXyKcBpFb3rUZ6vIu1Ny"),
            json!("$2a$10$ZsCsoVQ3xfBG/K2z2XpBf.tm90GZmtOqtqWcB5.pYd5Eq8y7RlDyq"),
        ],
        "project_slug" => vec![json!("127.0.0.1"), json!("localhost")],
        _ => return None,
    })
}

/// Kratos 1.3 has no `external_id`, and links no account by itself.
fn known_1_3(name: &str) -> Option<Vec<Json>> {
    let link = |provider: &str| json!({ "provider": provider, "subject": "42" });
    match name {
        "external_id" => Some(vec![]),
        "oidc" => Some(vec![json!([link("github"), link("google")]), json!([link("google")])]),
        _ => known(name),
    }
}

fn provider(admin: &str) -> Json {
    let port = admin.rsplit(':').next().unwrap();
    json!({ "kratos_admin_url": admin, "project_api_url": format!("http://%s:{port}") })
}

fn identity(resource: &Resource) -> bool {
    resource.name == "identity"
}

const ENTRY: fn() -> &'static Entry<Client> = || ORY.resources.iter().find(|entry| identity(entry.resource)).unwrap();

/// A Kratos with two schemas.
pub async fn kratos(profile: Profile) -> Running {
    let schema = |name: &str, more: Json| {
        let mut properties = json!({ "email": {
            "type": "string", "format": "email",
            "ory.sh/kratos": { "credentials": { "password": { "identifier": true } }, "verification": { "via": "email" }, "recovery": { "via": "email" } },
        } });
        properties.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let traits = json!({ "type": "object", "properties": properties, "required": ["email"], "additionalProperties": false });
        (name.to_owned(), json!({ "type": "object", "properties": { "traits": traits } }).to_string())
    };
    let schemas = vec![schema("person", json!({ "name": { "type": "string" } })), schema("robot", json!({ "name": {}, "serial": {} }))];
    emulator::start(Options { profile, schemas, ..Options::default() }).await.unwrap()
}

/// Hashes and secrets of credentials are shown to whoever asks for them; nobody here does.
fn asks_for_no_credentials(proxy: &Proxy) {
    let asked = proxy.asked();
    assert!(!asked.is_empty() && asked.iter().all(|(line, _)| !line.contains("include_credential")));
}

async fn lives(profile: Profile, known: Known) {
    let kratos = kratos(profile).await;
    let proxy = Proxy::to(&kratos.url()).await;
    let mut core = Core::direct(&ORY, provider(&proxy.url())).await.unwrap();
    let (runs, failures) = Lifecycle::new(&mut core, &Identities::at(&kratos.url()), "ory", ENTRY(), known).run().await;
    assert!(failures.is_empty(), "{} of {runs} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(runs > 60, "only {runs} ran");
    asks_for_no_credentials(&proxy);
}

#[tokio::test]
async fn every_attribute_lives_under_terraform() {
    lives(Profile::V26_2, known).await;
}

#[tokio::test]
async fn every_attribute_lives_under_terraform_on_1_3() {
    lives(Profile::V2_3, known_1_3).await;
}

#[tokio::test]
async fn every_attribute_lives_under_pulumi() {
    let kratos = kratos(Profile::V26_2).await;
    let proxy = Proxy::to(&kratos.url()).await;
    let config = spell(ORY.config, &provider(&proxy.url()));
    let runs = live_only(&ORY, config, &Identities::at(&kratos.url()), known, identity).await;
    assert!(runs > 40, "only {runs} ran");
    asks_for_no_credentials(&proxy);
}

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
    let applied = setup.update(&made, &with(&bob, json!({ "oidc": null }))).await.unwrap();
    assert!(applied.warnings.len() == 1 && applied.warnings[0].detail.contains("last first factor"), "{:?}", applied.warnings);
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
    let newer =
        r#"{"id":"x","schema_id":"person","state":"active","traits":{"email":"ann@example.com"},"region":"eu","metadata_public":{"a":1}}"#;
    setup.proxy.then("GET", Fault::Answer(200, "application/json", newer));
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
    let view = ORY.views.iter().find(|entry| entry.view.name == "identity").unwrap();
    let nothing = RESOURCE.table.nulls();
    let external = |id: &str| stored::from_json(&RESOURCE.table, &json!({ "external_id": id })).unwrap();
    let id = Value::text(made.id.clone().unwrap());
    let by_id = setup.engine.lookup(Source::View(view), &id, &nothing, Call::default()).await.unwrap();
    let by_ours = setup.engine.lookup(Source::View(view), &Value::Null, &external("customer-1"), Call::default()).await.unwrap();
    assert_eq!((&by_id.id, &by_id.value), (&by_ours.id, &by_ours.value));
    assert_eq!(get(&RESOURCE, &by_id.value, "verifiable_addresses").as_list().unwrap().len(), 1);
    assert!(get(&RESOURCE, &by_id.value, "password").is_null());
    assert!(setup.engine.lookup(Source::View(view), &Value::Null, &external("nobody"), Call::default()).await.is_err());
    assert!(setup.engine.validate_source(Source::View(view), &Value::Null, &nothing)[0].detail.contains("`id` or `external_id`"));
}

#[test]
fn one_way_to_a_password_and_traits_are_an_object() {
    let valid = |more: Json| !has_errors(&validate(&RESOURCE, &stored::from_json(&RESOURCE.table, &with(&ann(), more)).unwrap()));
    for fine in [json!({}), json!({ "password": "p" }), json!({ "hashed_password_wo": "$2", "hashed_password_wo_version": "1" })] {
        assert!(valid(fine.clone()), "{fine}");
    }
    for wrong in [
        json!({ "password": "p", "hashed_password": "$2" }),
        json!({ "password": "p", "password_wo": "p" }),
        json!({ "password_wo_version": "1" }),
        json!({ "traits": "[]" }),
        json!({ "traits": "{" }),
        json!({ "state": "asleep" }),
        json!({ "external_id": "" }),
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
    let config = with(&ann(), json!({ "project_slug": "127.0.0.1", "project_api_key": "ory_pat_x" }));
    core.apply(&mut thing, &config).await.unwrap();
    core.settled(&thing, &config).await.unwrap();
    let id = thing.state.as_ref().unwrap().value.get("id").text().unwrap().to_owned();
    assert!(Identities::at(&kratos.url()).get(&id).await.is_some());
    core.destroy(&mut thing).await.unwrap();
}
