//! `ory_identity_schema`: created, used by identities of the same run, replaced, drifting, imported and deleted.

use super::{Setup, entry, id, refusal, text, told};
use crate::{
    support::{faults::Fault, foreign, get, object, replan},
    terraform::core::Core,
};
use janiform::{
    engine::{Applied, Call, State, plan, validate},
    ory::ORY,
    value::Value,
};
use serde_json::{Value as Json, json};

const NAME: &str = "identity_schema";
const SCHEMA: &str = r#"{"type":"object","properties":{"traits":{"type":"object","properties":{"email":{"type":"string"}}}}}"#;
/// The same JSON.
const RESPELLED: &str =
    r#"{ "properties": {"traits": {"properties": {"email": {"type": "string"}}, "type": "object"}}, "type": "object" }"#;
const OTHER: &str = r#"{"type":"object","properties":{"traits":{"type":"object","properties":{"phone":{"type":"string"}}}}}"#;

/// A project, its schemas and its identities.
struct House {
    setup: Setup,
    project: String,
    slug: String,
}

impl House {
    async fn new() -> House {
        let setup = Setup::new().await;
        let (project, slug) = super::project_at(&setup.emulator.url(), "dev").await;
        let house = House { setup, project, slug };
        house.setup.configure(&[("project_id", house.project.as_str().into())]);
        house
    }

    async fn create(&self, set: &[(&str, Value)]) -> Applied {
        self.setup.create(NAME, set).await.unwrap_or_else(|refused| panic!("{}", told(&refused.diagnostics)))
    }

    async fn read(&self, state: &State) -> Option<State> {
        self.setup.read(NAME, state).await.unwrap()
    }

    /// What the project says of its schemas: `schemas` and `default_schema_id`.
    async fn held(&self) -> Json {
        let (_, project) = self.setup.ask("GET", &format!("/projects/{}", self.project), None).await;
        project["services"]["identity"]["config"]["identity"].clone()
    }

    async fn ids(&self) -> Vec<String> {
        self.held().await["schemas"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    }

    /// Changes the document past the provider.
    async fn patch(&self, operations: Json) {
        let (status, answer) = self.setup.ask("PATCH", &format!("/projects/{}", self.project), Some(&operations)).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// The project's services, asked with a key of its own.
    async fn inside(&self, method: &str, path: &str, body: Json) -> (u16, Json) {
        let (_, key) = self.setup.ask("POST", &format!("/projects/{}/tokens", self.project), Some(&json!({ "name": "it" }))).await;
        let url = format!("{}/p/{}{path}", self.setup.emulator.url(), self.slug);
        let request = crate::support::client().request(method.parse().unwrap(), url).bearer_auth(key["value"].as_str().unwrap());
        let response = request.json(&body).send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or_default())
    }

    /// The patches since the last time.
    fn patches(&self) -> Vec<Json> {
        let asked = self.setup.proxy.asked().into_iter().filter(|(asked, _)| asked.starts_with("PATCH"));
        asked.map(|(_, body)| serde_json::from_str(&body).unwrap()).collect()
    }
}

fn config(schema: &str) -> Vec<(&'static str, Value)> {
    vec![("schema_id", "customer".into()), ("schema", schema.into())]
}

fn with(schema: &str, more: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    [config(schema), more.to_vec()].concat()
}

fn planned(state: &State, set: &[(&str, Value)]) -> janiform::engine::Plan {
    replan(entry(NAME).resource, state, &object(entry(NAME).resource, set))
}

#[tokio::test]
async fn a_schema_is_made_used_and_deleted_whatever_its_spelling() {
    let house = House::new().await;
    house.setup.asked();
    let made = house.create(&config(SCHEMA)).await;
    assert_eq!(made.warnings, []);
    let hash = id(&made);
    assert_eq!(house.ids().await, ["preset://email", hash.as_str()]);
    assert_ne!(hash, "customer");
    assert_eq!((text(NAME, &made.state, "project_id"), text(NAME, &made.state, "schema_id")), (house.project.clone(), "customer".into()));
    // Whether it is the default, the project says.
    assert_eq!(get(entry(NAME).resource, &made.state.value, "set_default"), &Value::Bool(false));
    let sent = house.patches();
    let base64 = {
        use base64::{Engine as _, prelude::BASE64_STANDARD};
        BASE64_STANDARD.encode(SCHEMA)
    };
    let value = json!({ "id": "customer", "url": format!("base64://{base64}") });
    assert_eq!(sent, [json!([{ "op": "add", "path": "/services/identity/config/identity/schemas/-", "value": value }])]);
    // Identities of the same run can have it at once.
    let (status, identity) =
        house.inside("POST", "/admin/identities", json!({ "schema_id": hash, "traits": { "email": "a@b.example" } })).await;
    assert_eq!(status, 201, "{identity}");

    assert_eq!(house.read(&made.state).await.unwrap(), made.state);
    assert!(planned(&made.state, &config(RESPELLED)).changes.is_empty());
    assert_eq!(planned(&made.state, &config(OTHER)).replace, ["schema"]);
    // Its name is nobody's but ours.
    house.setup.asked();
    let renamed = house.setup.update(NAME, &made.state, &[("schema_id", "people".into()), ("schema", SCHEMA.into())]).await.unwrap();
    assert_eq!((id(&renamed), house.patches()), (hash.clone(), vec![]));

    let refused = house.setup.delete(NAME, &renamed.state).await.unwrap_err();
    let said = told(&refused.diagnostics);
    assert!(
        said.contains("The identity schema is in use") && said.contains("give them another schema") && said.contains("on_destroy"),
        "{said}"
    );
    assert_eq!(house.patches().len(), 1, "nobody tries again what was refused");
    assert_eq!(house.inside("DELETE", &format!("/admin/identities/{}", identity["id"].as_str().unwrap()), Json::Null).await.0, 204);
    assert_eq!(house.setup.delete(NAME, &renamed.state).await.unwrap(), []);
    assert_eq!(house.ids().await, ["preset://email"]);
    assert!(house.read(&renamed.state).await.is_none());
    // Somebody else was faster; and with the project, all is gone.
    assert_eq!(house.setup.delete(NAME, &renamed.state).await.unwrap(), []);
    let again = house.create(&config(SCHEMA)).await;
    assert_eq!(id(&again), hash);
    assert_eq!(house.setup.ask("DELETE", &format!("/projects/{}", house.project), None).await.0, 204);
    assert!(house.read(&again.state).await.is_none());
    assert_eq!(house.setup.delete(NAME, &again.state).await.unwrap(), []);
}

#[tokio::test]
async fn the_default_is_restored_while_it_is_configured() {
    let house = House::new().await;
    let first = house.create(&with(SCHEMA, &[("set_default", true.into())])).await;
    assert_eq!(house.held().await["default_schema_id"], json!(id(&first)));
    let second = house.create(&[("schema_id", "other".into()), ("schema", OTHER.into()), ("set_default", false.into())]).await;
    assert_eq!(house.held().await["default_schema_id"], json!(id(&first)));
    // What others make the default is seen where it matters, and put right.
    house.patch(json!([{ "op": "replace", "path": "/services/identity/config/identity/default_schema_id", "value": id(&second) }])).await;
    let drifted = house.read(&first.state).await.unwrap();
    assert_eq!(planned(&drifted, &with(SCHEMA, &[("set_default", true.into())])).changes, ["set_default"]);
    assert_eq!(house.read(&second.state).await.unwrap(), second.state, "false leaves it to others");
    let first = house.setup.update(NAME, &drifted, &with(SCHEMA, &[("set_default", true.into())])).await.unwrap();
    assert_eq!(house.held().await["default_schema_id"], json!(id(&first)));
    // The default stays.
    house.setup.asked();
    let insisting =
        house.setup.update(NAME, &first.state, &with(SCHEMA, &[("set_default", true.into()), ("on_destroy", "delete".into())])).await;
    let refused = house.setup.delete(NAME, &insisting.unwrap().state).await.unwrap_err();
    let said = told(&refused.diagnostics);
    assert!(said.contains("is the default") && said.contains("create_before_destroy") && said.contains("on_destroy"), "{said}");
    assert_eq!(house.patches(), [] as [Json; 0]);
    let warned = told(&house.setup.delete(NAME, &first.state).await.unwrap());
    assert!(warned.contains("stays in the project") && warned.contains("default"), "{warned}");
    assert_eq!((house.patches(), &house.held().await["default_schema_id"]), (vec![], &json!(id(&first))));
    // To let go of it changes nothing there; from then on, another may take its place, and it may go.
    let released = house.setup.update(NAME, &first.state, &with(SCHEMA, &[("set_default", false.into())])).await.unwrap();
    assert_eq!((house.patches(), &house.held().await["default_schema_id"]), (vec![], &json!(id(&first))));
    assert_eq!(house.read(&released.state).await.unwrap(), released.state);
    let other = [("schema_id", Value::text("other")), ("schema", OTHER.into()), ("set_default", true.into())];
    let second = house.setup.update(NAME, &second.state, &other).await.unwrap();
    assert_eq!(house.held().await["default_schema_id"], json!(id(&second)));
    house.setup.delete(NAME, &released.state).await.unwrap();
    assert_eq!(house.ids().await, ["preset://email".to_owned(), id(&second)]);
    // Or it stays in the project.
    let keeping = [other.to_vec(), vec![("on_destroy", "keep".into())]].concat();
    let kept = house.setup.update(NAME, &second.state, &keeping).await.unwrap();
    let warned = told(&house.setup.delete(NAME, &kept.state).await.unwrap());
    assert!(warned.contains("stays in the project"), "{warned}");
    assert_eq!(house.ids().await.len(), 2);
}

#[tokio::test]
async fn two_default_schemas_are_an_error() {
    let house = House::new().await;
    house.create(&with(SCHEMA, &[("set_default", true.into())])).await;
    let other = [("schema_id", Value::text("other")), ("schema", OTHER.into()), ("set_default", true.into())];
    let refused = house.setup.create(NAME, &other).await.unwrap_err();
    let said = told(&refused.diagnostics);
    assert!(said.contains("contradict each other") && said.contains("default_schema_id"), "{said}");
    assert_eq!(house.ids().await.len(), 2, "nothing of the second is there");
}

#[tokio::test]
async fn an_existing_schema_is_imported_and_not_taken_over() {
    let house = House::new().await;
    let first = house.create(&config(SCHEMA)).await;
    let refused = house.setup.create(NAME, &config(SCHEMA)).await.unwrap_err();
    let said = told(&refused.diagnostics);
    assert!(said.contains("exists already") && said.contains(&format!("`{}`", id(&first))) && said.contains("import"), "{said}");
    assert!(refused.state.is_none());
    // What has the name already stays as it is.
    let other = house.create(&[("schema_id", id(&first).as_str().into()), ("schema", OTHER.into())]).await;
    assert_eq!(house.ids().await[1..], [id(&first), id(&other)]);
    house.setup.delete(NAME, &other.state).await.unwrap();
    // Another spelling, made elsewhere, is another schema: its content is read where the project serves it.
    house.setup.delete(NAME, &first.state).await.unwrap();
    let url = {
        use base64::{Engine as _, prelude::BASE64_STANDARD};
        format!("base64://{}", BASE64_STANDARD.encode(RESPELLED))
    };
    let value = json!({ "id": "customer", "url": url });
    house.patch(json!([{ "op": "add", "path": "/services/identity/config/identity/schemas/-", "value": value }])).await;
    let there = house.ids().await[1].clone();
    let resource = entry(NAME).resource;
    for imported in [there.clone(), format!("{}/{there}", house.project)] {
        let read = house.read(&State::to_import(resource, &imported).unwrap()).await.unwrap();
        assert_eq!((read.id.as_deref(), text(NAME, &read, "project_id")), (Some(there.as_str()), house.project.clone()), "{imported}");
        assert!(planned(&read, &[("schema_id", there.as_str().into()), ("schema", SCHEMA.into())]).changes.is_empty(), "{imported}");
        let named = planned(&read, &config(SCHEMA));
        assert_eq!((named.changes, named.replace.len()), (vec!["schema_id"], 0), "{imported}");
        // A state that knows it in its own spelling goes on to, without the content being asked for where its hash is known.
        let known = house.setup.update(NAME, &read, &config(SCHEMA)).await.unwrap().state;
        assert!(planned(&house.read(&known).await.unwrap(), &config(SCHEMA)).changes.is_empty());
    }
    let missing = State::to_import(resource, &format!("{}/nothing", house.project)).unwrap();
    assert!(house.read(&missing).await.is_none());
    let preset = State::to_import(resource, "preset://email").unwrap();
    let refused = house.setup.read(NAME, &preset).await.unwrap_err();
    assert!(told(&refused.diagnostics).contains("Ory provides"), "{}", told(&refused.diagnostics));
}

#[tokio::test]
async fn unreadable_content_does_not_remove_a_schema_from_the_state() {
    let house = House::new().await;
    let made = house.create(&config(RESPELLED)).await;
    // A state as the official provider has it after it took over what was there: in another spelling.
    let set = with(SCHEMA, &[("project_id", house.project.as_str().into()), ("set_default", false.into())]);
    let state = foreign(&id(&made), object(entry(NAME).resource, &set));
    let down = refusal(403, r#"{"error":{"code":403,"status":"Forbidden","message":"not from this address"}}"#);
    house.setup.proxy.then(&format!("GET /p/{}/schemas", house.slug), down);
    let read = house.setup.engine.read(entry(NAME), state, Call::default()).await.unwrap();
    assert!(told(&read.warnings).contains("cannot be compared"), "{}", told(&read.warnings));
    assert!(planned(&read.state.unwrap(), &config(SCHEMA)).replace.is_empty());
    assert_eq!(house.setup.proxy.unused(), 0);
}

#[tokio::test]
async fn a_schema_whose_answer_is_lost_is_created_once() {
    for fault in [Fault::LoseAnswer, Fault::CutAnswer, Fault::LoseRequest] {
        let house = House::new().await;
        house.setup.proxy.then("PATCH", fault.clone());
        let made = house.create(&with(SCHEMA, &[("set_default", true.into())])).await;
        assert_eq!(house.setup.proxy.unused(), 0, "{fault:?}");
        let held = house.held().await;
        assert_eq!((held["schemas"].as_array().unwrap().len(), &held["default_schema_id"]), (2, &json!(id(&made))), "{fault:?}");
    }
}

#[tokio::test]
async fn many_schemas_are_made_at_once_and_each_gets_its_own_id() {
    let house = House::new().await;
    let engine = &house.setup.engine;
    let make = |number: usize| async move {
        let schema = format!(r#"{{"type":"object","properties":{{"traits":{{"type":"object","title":"{number}"}}}}}}"#);
        let set = [("schema_id", Value::text(format!("s{number}"))), ("schema", schema.as_str().into())];
        let config = object(entry(NAME).resource, &set);
        let applied = engine.create(entry(NAME), plan(entry(NAME).resource, None, &config), config, Call::default()).await.unwrap();
        (number, id(&applied))
    };
    let made: [_; 8] = tokio::join!(make(0), make(1), make(2), make(3), make(4), make(5), make(6), make(7)).into();
    for (number, id) in made {
        let (status, schema) = house.inside("GET", &format!("/schemas/{id}"), Json::Null).await;
        assert_eq!((status, &schema["properties"]["traits"]["title"]), (200, &json!(number.to_string())));
    }
}

#[tokio::test]
async fn the_final_id_of_a_schema_is_awaited() {
    let house = House::new().await;
    let slug = house.slug.clone();
    // The project does not know it at first.
    let missing = r#"{"error":{"code":404,"status":"Not Found","reason":"Identity schema `x` could not be found.","message":"The requested resource could not be found"}}"#;
    house.setup.proxy.then(&format!("GET /p/{slug}/schemas"), refusal(404, missing));
    let made = house.create(&config(SCHEMA)).await;
    assert_eq!((made.warnings, house.setup.proxy.unused()), (vec![], 0));
}

/// Everybody may ask what schemas there are: a key of the workspace is enough.
#[tokio::test]
async fn schemas_are_looked_up_with_a_key_of_the_workspace_alone() {
    let house = House::new().await;
    let made = house.create(&config(SCHEMA)).await;
    let mut core = Core::direct(&ORY, super::provider(&house.setup.emulator.url())).await.unwrap();
    let asked = json!({ "project_id": house.project, "id": id(&made) });
    let found = core.data("ory_identity_schema", &asked).await.unwrap().to_json();
    assert_eq!(found["schema"].as_str().map(|text| serde_json::from_str::<Json>(text).unwrap()), serde_json::from_str(SCHEMA).ok());
    let all = core.data("ory_identity_schemas", &json!({ "project_id": house.project })).await.unwrap().to_json();
    assert_eq!(all["schemas"].as_array().unwrap().len(), 2);
    // Without a project, there is none to ask.
    assert!(core.data("ory_identity_schemas", &json!({})).await.is_err());
}

#[test]
fn an_invalid_schema_is_refused_or_a_warning_before_any_request() {
    let resource = entry(NAME).resource;
    let said = |set: &[(&str, Value)]| {
        let found = validate(resource, &object(resource, set));
        (found.iter().any(janiform::engine::Diagnostic::is_error), told(&found))
    };
    assert_eq!(said(&config(SCHEMA)), (false, String::new()));
    for (set, refused, what) in [
        (config("[]"), true, "Must be a JSON object"),
        (config("{"), true, "Must be JSON"),
        (config("{}"), false, "declares no traits"),
        (
            config(r#"{"properties":{"traits":{"type":"object","dependentRequired":{"a":["b"]}}}}"#),
            false,
            "`dependentRequired` came after draft 7",
        ),
        (config(r#"{"properties":{"traits":{"type":"object","multipleOf":0.01}}}"#), false, "0.15 is no multiple of 0.01"),
        (vec![("schema_id", "".into()), ("schema", SCHEMA.into())], true, "Must not be empty"),
        (vec![("schema_id", "preset://email".into()), ("schema", SCHEMA.into())], true, "that Ory provides"),
        (with(SCHEMA, &[("on_destroy", "forget".into())]), true, "`keep`"),
    ] {
        let (is_error, text) = said(&set);
        assert!(is_error == refused && text.contains(what), "{text}");
    }
}
