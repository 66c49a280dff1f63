//! `ory_organization`, through each of the two routes to it.

use super::{KEY, Setup, provider, refusal, told};
use crate::{
    support::{faults::Fault, get, object, replan, scripted::Scripted, texts},
    terraform::core::{Action, Core},
};
use janiform::{
    engine::{Applied, Backend, Call, Change, Engine, Entry, Offer, Provider, State, Unapplied, plan, validate},
    ory::{
        Client, ORY,
        resources::organization::{ENDPOINTS, IN_DOCUMENT, LOOKUP, RESOURCE},
    },
    value::Value,
};
use serde_json::{Value as Json, json};
use std::sync::{Arc, LazyLock, Mutex};

/// The provider with nothing but organizations, which are reached so.
fn by(backend: &'static dyn Backend<Client>) -> &'static Provider<Client> {
    let offers = Vec::leak(vec![Offer::resource(&RESOURCE, backend), Offer::lookup(&LOOKUP, backend)]);
    let whole = janiform::engine::provider(ORY.name, ORY.doc, ORY.configure)
        .namespace(ORY.namespace)
        .version(ORY.version)
        .peers(ORY.peers)
        .config(ORY.config, ORY.rules)
        .offers(Vec::leak(vec![&*offers]));
    Box::leak(Box::new(whole))
}

static DOORS: LazyLock<[&'static Provider<Client>; 2]> = LazyLock::new(|| [by(&ENDPOINTS), by(&IN_DOCUMENT)]);

/// A provider for each way: by their own endpoints, and in the project's document.
pub fn doors() -> [&'static Provider<Client>; 2] {
    *DOORS
}

/// A project, and the way to its organizations.
struct House {
    setup: Setup,
    provider: &'static Provider<Client>,
    engine: Engine<Client>,
    project: String,
}

impl House {
    async fn by(provider: &'static Provider<Client>) -> House {
        House::of(provider, "stage").await
    }

    async fn of(provider: &'static Provider<Client>, tier: &str) -> House {
        let setup = Setup::new().await;
        let (project, _) = super::project_at(&setup.emulator.url(), tier).await;
        let house = House { setup, provider, engine: Engine::new(provider), project };
        house.setup.configure_other(&house.engine, &[("project_id", house.project.as_str().into())]);
        house
    }

    fn entry(&self) -> &'static Entry<Client> {
        self.provider.resources().next().unwrap()
    }

    async fn create(&self, set: &[(&str, Value)]) -> Result<Applied, Unapplied> {
        let config = object(&RESOURCE, set);
        self.engine.create(self.entry(), plan(&RESOURCE, None, &config), config, Call::default()).await
    }

    async fn update(&self, state: &State, set: &[(&str, Value)]) -> Result<Applied, Unapplied> {
        let config = object(&RESOURCE, set);
        let plan = replan(&RESOURCE, state, &config);
        assert!(plan.replace.is_empty() && plan.diagnostics.is_empty(), "{plan:?}");
        self.engine.update(self.entry(), Change { prior: state.clone(), plan, config, last_config: None }, Call::default()).await
    }

    async fn read(&self, state: &State) -> Option<State> {
        self.engine.read(self.entry(), state.clone(), Call::default()).await.unwrap().state
    }

    async fn delete(&self, state: &State) {
        self.engine.delete(self.entry(), state.clone(), Call::default()).await.unwrap();
    }

    /// All that are there.
    async fn all(&self) -> Vec<Json> {
        self.setup.ask("GET", &format!("/projects/{}/organizations", self.project), None).await.1["organizations"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// Writes one past the provider.
    async fn put(&self, id: &str, body: Json) {
        let (status, answer) = self.setup.ask("PUT", &format!("/projects/{}/organizations/{id}", self.project), Some(&body)).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// The bodies of the writes since the last time.
    fn written(&self) -> Vec<Json> {
        let writes = self.setup.proxy.asked().into_iter().filter(|(asked, _)| !asked.starts_with("GET"));
        writes.map(|(_, body)| serde_json::from_str(&body).unwrap_or_default()).collect()
    }
}

fn is_document(house: &House) -> bool {
    std::ptr::eq(house.provider, doors()[1])
}

fn text(state: &State, attr: &str) -> String {
    get(&RESOURCE, &state.value, attr).as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_organization_is_made_changed_and_deleted_by_each_route() {
    for door in doors() {
        let house = House::by(door).await;
        let first = [
            ("label", Value::text("One")),
            ("domains", texts(&["b.example", "a.example"])),
            ("default_region", "eu-central".into()),
            ("session_lifespan", "1h30m".into()),
        ];
        let made = house.create(&first).await.unwrap();
        assert_eq!(made.warnings, []);
        let id = made.state.id.clone().unwrap();
        let there = &house.all().await[0];
        assert_eq!((&there["id"], &there["label"], &there["session_lifespan"]), (&json!(id), &json!("One"), &json!("90m")));
        // Only its own endpoints tell when it was made.
        let told = if is_document(&house) { "" } else { there["created_at"].as_str().unwrap() };
        assert_eq!((text(&made.state, "created_at"), text(&made.state, "project_id")), (told.to_owned(), house.project.clone()));
        let sent = house.written();
        let body =
            json!({ "label": "One", "domains": ["b.example", "a.example"], "default_region": "eu-central", "session_lifespan": "90m" });
        match is_document(&house) {
            true => {
                let mut body = body;
                body["id"] = json!(id);
                assert_eq!(sent, [json!([{ "op": "add", "path": "/organizations/-", "value": body }])]);
            }
            false => assert_eq!(sent, [body]),
        }
        // Another spelling and another order are no change.
        let respelled = [
            ("label", Value::text("One")),
            ("domains", texts(&["a.example", "b.example"])),
            ("default_region", "eu-central".into()),
            ("session_lifespan", "5400s".into()),
        ];
        assert!(replan(&RESOURCE, &made.state, &object(&RESOURCE, &respelled)).changes.is_empty());
        assert_eq!(house.read(&made.state).await.unwrap(), made.state);
        // What others changed meanwhile, and the plan does not, stays.
        house.put(&id, json!({ "domains": ["c.example"], "default_region": "eu-central" })).await;
        house.written();
        let renamed = [("label", Value::text("Two")), first[1].clone(), first[2].clone(), first[3].clone()];
        let changed = house.update(&made.state, &renamed).await.unwrap();
        let mut sent = house.written();
        // The revision that was read before may be an old one by now, so that it goes twice.
        sent.dedup();
        match is_document(&house) {
            true => assert_eq!(sent, [json!([{ "op": "replace", "path": "/organizations/0/label", "value": "Two" }])]),
            // Where it is left out, nobody knows what becomes of it.
            false => assert_eq!(sent, [json!({ "label": "Two", "default_region": "eu-central" })]),
        }
        assert_eq!(house.all().await[0]["domains"], json!(["c.example"]));
        // All that need not be there goes.
        let bare = house.update(&changed.state, &[("label", Value::text("Two"))]).await.unwrap();
        let left = house.all().await[0].clone();
        assert_eq!(left, json!({ "id": id, "label": "Two", "domains": [], "created_at": there["created_at"] }));
        assert_eq!(text(&bare.state, "created_at"), told, "it keeps its prior");
        // What is ours alone is not sent, nor what means that there is none.
        house.written();
        house.update(&bare.state, &[("label", Value::text("Two")), ("deletion_protection", false.into())]).await.unwrap();
        house
            .update(&bare.state, &[("label", Value::text("Two")), ("domains", texts(&[])), ("session_lifespan", "".into())])
            .await
            .unwrap();
        assert_eq!(house.written(), [] as [Json; 0]);
        house.delete(&bare.state).await;
        assert!(house.all().await.is_empty() && house.read(&bare.state).await.is_none());
        house.delete(&bare.state).await;
        // With the project, its organizations are gone.
        let again = house.create(&[("label", "Three".into())]).await.unwrap();
        assert_eq!(house.setup.ask("DELETE", &format!("/projects/{}", house.project), None).await.0, 204);
        assert!(house.read(&again.state).await.is_none());
    }
}

#[tokio::test]
async fn an_organization_whose_answer_is_lost_is_created_once_by_each_route() {
    for door in doors() {
        for fault in [Fault::LoseAnswer, Fault::CutAnswer] {
            let house = House::by(door).await;
            let set = [("label", Value::text("One")), ("domains", texts(&["a.example"]))];
            // One that is there before and looks like it is another.
            let first = house.create(&set).await.unwrap();
            for method in ["POST", "PATCH"] {
                house.setup.proxy.then(method, fault.clone());
            }
            let second = house.create(&set).await.unwrap();
            assert_eq!(house.setup.proxy.unused(), 1, "{fault:?}");
            let there: Vec<_> = house.all().await.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
            assert_eq!(there, [first.state.id.unwrap(), second.state.id.unwrap()], "{fault:?}");
        }
    }
}

#[tokio::test]
async fn a_new_organization_is_awaited_until_it_can_be_read() {
    let missing = r#"{"error":{"code":404,"status":"Not Found","message":"The requested resource could not be found"}}"#;
    let house = House::by(doors()[0]).await;
    let at = format!("GET /projects/{}/organizations/", house.project);
    house.setup.proxy.then(&at, refusal(404, missing)).then(&at, refusal(404, missing));
    let made = house.create(&[("label", "One".into())]).await.unwrap();
    assert_eq!((made.warnings, house.setup.proxy.unused()), (vec![], 0));
    // From then on, what is not there is gone, at once.
    house.setup.proxy.then(&at, refusal(404, missing));
    house.setup.asked();
    assert!(house.read(&made.state).await.is_none());
    assert_eq!(house.setup.asked().len(), 1);
}

#[tokio::test]
async fn an_organization_that_the_project_cannot_have_is_explained() {
    for door in doors() {
        let house = House::of(door, "dev").await;
        let refused = house.create(&[("label", "One".into())]).await.unwrap_err();
        let said = told(&refused.diagnostics);
        assert!(
            refused.state.is_none() && said.contains("the feature `organizations`") && !said.contains("may have been created"),
            "{said}"
        );
        assert!(is_document(&house) || said.contains("a project whose `environment` is `dev` cannot have any"), "{said}");
    }
}

#[tokio::test]
async fn an_import_is_of_the_providers_project_unless_it_says_otherwise() {
    for door in doors() {
        let house = House::by(door).await;
        let set = [("label", Value::text("One")), ("domains", texts(&["a.example"])), ("session_lifespan", "24h".into())];
        let made = house.create(&set).await.unwrap();
        let id = made.state.id.clone().unwrap();
        for imported in [id.clone(), format!("{}/{id}", house.project)] {
            let stub = State::to_import(&RESOURCE, &imported).unwrap();
            let read = house.read(&stub).await.unwrap();
            assert_eq!((read.id.as_ref(), text(&read, "project_id")), (Some(&id), house.project.clone()), "{imported}");
            assert!(replan(&RESOURCE, &read, &object(&RESOURCE, &set)).changes.is_empty(), "{imported}");
        }
        let other = State::to_import(&RESOURCE, &format!("{}/{}", house.project, uuid::Uuid::new_v4())).unwrap();
        assert!(house.read(&other).await.is_none());
        let elsewhere = object(&RESOURCE, &[("label", "One".into()), ("project_id", "00000000-0000-4000-8000-000000000001".into())]);
        assert!(replan(&RESOURCE, &made.state, &elsewhere).replace.contains(&"project_id"));
    }
}

#[test]
fn a_session_lasts_from_a_minute_to_a_year() {
    for (lifespan, is_valid) in
        [("1m", true), ("8760h", true), ("1.5h", true), ("59s", false), ("8760h1s", false), ("90.5s", false), ("1d", false)]
    {
        let said = validate(&RESOURCE, &object(&RESOURCE, &[("label", "One".into()), ("session_lifespan", lifespan.into())]));
        assert_eq!(said.is_empty(), is_valid, "{lifespan}: {said:?}");
    }
}

/// As the official provider writes it, by its published schema: a moment as Go prints it, and no domains where none were set.
#[tokio::test]
async fn an_official_organization_plans_no_change() {
    for door in doors() {
        let house = House::by(door).await;
        let made = house.create(&[("label", "One".into())]).await.unwrap();
        let there = &house.all().await[0];
        let created = format!("{} +0000 UTC", there["created_at"].as_str().unwrap().trim_end_matches('Z').replace('T', " "));
        for domains in [Json::Null, json!([]), json!(["b.example", "a.example"])] {
            let id = made.state.id.as_deref().unwrap();
            house.put(id, json!({ "domains": if domains.is_null() { json!([]) } else { domains.clone() } })).await;
            let attributes = json!({ "id": id, "project_id": house.project, "label": "One", "domains": domains, "created_at": created });
            let mut config = provider(&house.setup.emulator.url());
            config["project_id"] = house.project.as_str().into();
            let mut core = Core::direct(door, config).await.unwrap();
            let thing = core.moved("ory_organization", "registry.terraform.io/ory/ory", "ory_organization", 0, &attributes).await.unwrap();
            for config in
                [json!({ "label": "One", "domains": domains }), json!({ "label": "One", "domains": domains, "project_id": house.project })]
            {
                let plan = core.plan(&thing, &config).await.unwrap();
                assert_eq!(plan.action, Action::NoOp, "{:?}", plan.value);
                assert_eq!(plan.value.get("created_at").text(), Some(created.as_str()));
                core.settled(&plan.prior, &config).await.unwrap();
            }
        }
        // It is looked up by its id and its label, also without the project.
        house.put(made.state.id.as_deref().unwrap(), json!({ "domains": ["a.example"] })).await;
        let mut config = provider(&house.setup.emulator.url());
        config["project_id"] = house.project.as_str().into();
        let mut core = Core::direct(door, config).await.unwrap();
        for asked in [json!({ "id": there["id"] }), json!({ "label": "One" }), json!({ "label": "One", "project_id": house.project })] {
            let found = core.data("ory_organization", &asked).await.unwrap().to_json();
            assert_eq!(
                (&found["id"], &found["label"], &found["domains"], &found["project_id"]),
                (&there["id"], &json!("One"), &json!(["a.example"]), &json!(house.project)),
                "{asked}"
            );
        }
        let missing = core.data("ory_organization", &json!({ "label": "Two" })).await.unwrap_err();
        assert!(missing.says("organization"), "{}", missing.text());
    }
}

/// A console that gives an organization an id of its own, whatever the document says; the first answers to patches get lost.
async fn headstrong(lost: usize) -> (Scripted, Arc<Mutex<Json>>) {
    let document = json!({ "id": "5f1d7c1b-0d55-4d0a-8f8e-0c5a3f1b2a10", "name": "it", "state": "running", "revision_id": "r0",
        "organizations": [{ "id": "before", "label": "One", "domains": [] }] });
    let document = Arc::new(Mutex::new(document));
    let (shared, left) = (document.clone(), Mutex::new(lost));
    let server = Scripted::start(move |asked, number| {
        let mut document = shared.lock().unwrap();
        if asked.method == "GET" {
            return (200, vec![], document.to_string());
        }
        let operations: Json = serde_json::from_str(&asked.body).unwrap();
        for operation in operations.as_array().unwrap() {
            assert_eq!(operation["path"], "/organizations/-", "{operation}");
            let mut made = operation["value"].clone();
            made["id"] = json!(format!("of-the-server-{number}"));
            document["organizations"].as_array_mut().unwrap().push(made);
        }
        document["revision_id"] = json!(format!("r{number}"));
        let mut left = left.lock().unwrap();
        if *left > 0 {
            *left -= 1;
            return (502, vec![], String::new());
        }
        (200, vec![], json!({ "project": *document, "warnings": [] }).to_string())
    })
    .await;
    (server, document)
}

#[tokio::test]
async fn an_organization_is_found_again_where_the_server_chooses_its_id_in_the_document() {
    for lost in [0, 1] {
        let (server, document) = headstrong(lost).await;
        let door = doors()[1];
        let engine = Engine::new(door);
        let set = [
            ("console_api_url", Value::text(server.url())),
            ("workspace_api_key", KEY.into()),
            ("project_id", "5f1d7c1b-0d55-4d0a-8f8e-0c5a3f1b2a10".into()),
        ];
        assert_eq!(engine.configure(&ORY.config.holding(set), &|_| None), []);
        let entry = door.resources().next().unwrap();
        let config = object(&RESOURCE, &[("label", "One".into())]);
        let made = engine.create(entry, plan(&RESOURCE, None, &config), config, Call::default()).await.unwrap();
        let there = document.lock().unwrap()["organizations"].clone();
        assert_eq!((there.as_array().unwrap().len(), there[1]["id"].as_str()), (2, made.state.id.as_deref()), "{lost}: {there}");
        let read = engine.read(entry, made.state.clone(), Call::default()).await.unwrap().state;
        assert_eq!(read, Some(made.state), "{lost}");
    }
}
