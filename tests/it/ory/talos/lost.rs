//! Lost answers: a key whose secret nobody received is of no use, and an imported key exists once.

use super::{IMPORTED, ISSUED, Talos, token};
use crate::{
    pulumi::every::spell,
    support::{faults::Fault, object},
    terraform::core::Core,
};
use janiform::{
    engine::{Applied, Call, Engine, Entry, Journal, Unapplied, plan},
    ory::{
        Client, ORY,
        resources::talos::{imported, issued},
    },
    schema::{Object, Resource},
    value::Value,
};
use serde_json::{Value as Json, json};
use std::{sync::Arc, time::Duration};
use tokio::task::JoinSet;

fn config() -> Json {
    json!({ "name": "shop", "actor_id": "a", "ttl": "48h" })
}

fn entry(resource: &Resource) -> &'static Entry<Client> {
    ORY.resources().find(|entry| entry.resource.name == resource.name).unwrap()
}

fn engine(talos: &Talos, dir: Option<&std::path::Path>) -> Arc<Engine<Client>> {
    let engine = Engine::new(&ORY);
    let engine = match dir {
        Some(dir) => engine.recording(Journal::in_dir(dir.to_owned())),
        None => engine,
    };
    let fields = ORY.config.attrs().map(|attr| if attr.name == "talos_url" { Value::text(talos.proxy.url()) } else { Value::Null });
    assert_eq!(engine.configure(&Value::Object(fields.collect()), &|_| None), []);
    Arc::new(engine)
}

async fn create(engine: &Engine<Client>, resource: &'static Resource, set: &[(&str, Value)]) -> Result<Applied, Unapplied> {
    let config = object(resource, set);
    engine.create(entry(resource), plan(resource, None, &config), config, Call::default()).await
}

/// The ids of the requests that were to make a key.
fn request_ids(talos: &Talos) -> Vec<String> {
    let asked = talos.asked("POST /v2alpha1/admin/issuedApiKeys").into_iter().filter(|(line, _)| line.ends_with("/issuedApiKeys"));
    asked.map(|(_, body)| body["request_id"].as_str().unwrap().to_owned()).collect()
}

const LOST: [Fault; 2] = [Fault::LoseAnswer, Fault::CutAnswer];

#[tokio::test]
async fn a_key_whose_secret_is_lost_is_revoked_and_made_again() {
    for fault in LOST {
        let talos = Talos::new().await;
        let mut core = talos.core().await;
        talos.proxy.then(&format!("POST {ISSUED}"), fault.clone());
        let mut thing = core.thing("ory_api_key");
        core.apply(&mut thing, &config()).await.unwrap();
        core.settled(&thing, &config()).await.unwrap();
        let said: Vec<_> = core.warnings.iter().map(|warning| format!("{} {}", warning.summary, warning.detail)).collect();
        assert!(said.iter().any(|said| said.contains("got lost, and the server does not show it again")), "{fault:?}: {said:?}");
        let ids = request_ids(&talos);
        // The request that was repeated is the same one, and the next one is another.
        assert!(ids.len() == 3 && ids[0] == ids[1] && ids[1] != ids[2] && ids.iter().all(|id| id.len() == 36), "{ids:?}");
        is_the_only_one(&talos, &thing.state.as_ref().unwrap().value.to_json()).await;

        let mut host = talos.host().await;
        talos.proxy.then(&format!("POST {ISSUED}"), fault);
        host.up(&token("api_key"), "it", &spell(&issued::RESOURCE.table, &config())).await.unwrap();
        core.destroy(&mut thing).await.unwrap();
        let outputs = crate::pulumi::wire::plain(&host.state["it"].outputs);
        is_the_only_one(&talos, &outputs).await;
    }
}

/// One key is active, and its secret is the one in the state.
async fn is_the_only_one(talos: &Talos, state: &Json) {
    let active = talos.ids(ISSUED, "KEY_STATUS_ACTIVE").await;
    assert_eq!(active, [state["id"].as_str().or(state["keyId"].as_str()).unwrap()]);
    let verdict = talos.verify(state["secret"].as_str().unwrap()).await;
    assert_eq!((&verdict["is_valid"], &verdict["key_id"]), (&json!(true), &json!(active[0])), "{verdict}");
}

#[tokio::test]
async fn if_every_answer_is_lost_an_error_is_reported_and_no_key_is_left() {
    let talos = Talos::new().await;
    for _ in 0..3 {
        talos.proxy.then("POST /v2alpha1/admin/issuedApiKeys", Fault::LoseAnswer).pass("POST /v2alpha1/admin/issuedApiKeys", 2);
    }
    let set = [("name", Value::text("n")), ("actor_id", "a".into()), ("ttl", "48h".into())];
    let failure = create(&engine(&talos, None), &issued::RESOURCE, &set).await.unwrap_err();
    assert!(format!("{:?}", failure.diagnostics).contains("The secret of the API key was lost"), "{failure:?}");
    assert_eq!(talos.ids(ISSUED, "KEY_STATUS_ACTIVE").await, Vec::<String>::new());
    assert_eq!(talos.ids(ISSUED, "KEY_STATUS_REVOKED").await.len(), 3);
}

/// Whether it has arrived or not when the run dies: the next run asks by the same id.
#[tokio::test]
async fn a_create_of_a_crashed_run_is_completed() {
    for (fault, arrived) in [(Fault::HoldAnswer, 1), (Fault::HoldRequest, 0)] {
        let talos = Arc::new(Talos::new().await);
        let dir = tempfile::tempdir().unwrap();
        let set = || [("name", Value::text("n")), ("actor_id", "a".into()), ("ttl", "48h".into())];
        talos.proxy.then("POST", fault.clone());
        let (kill, killed) = tokio::sync::oneshot::channel::<()>();
        let (own, path) = (talos.clone(), dir.path().to_owned());
        let process = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let (engine, set) = (engine(&own, Some(&path)), set());
                tokio::select! {
                    made = create(&engine, &issued::RESOURCE, &set) => panic!("not held: {made:?}"),
                    _ = killed => {}
                }
            });
        });
        while talos.proxy.unused() > 0 || talos.keys(ISSUED).await.len() < arrived {
            assert!(!process.is_finished(), "the run ended by itself");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        kill.send(()).unwrap();
        process.join().unwrap();
        let made = create(&engine(&talos, Some(dir.path())), &issued::RESOURCE, &set()).await.unwrap();
        let ids = request_ids(&talos);
        assert_eq!((ids[0] == ids[1], ids.len(), made.warnings.len()), (true, 2 + arrived, arrived), "{fault:?}");
        let secret = Object::new(&issued::RESOURCE.table, &made.state.value).str("secret").unwrap().to_owned();
        is_the_only_one(&talos, &json!({ "id": made.state.id, "secret": secret })).await;
    }
}

#[tokio::test]
async fn many_imports_share_requests_and_each_gets_its_own_result() {
    const MANY: usize = 40;
    let talos = Arc::new(Talos::new().await);
    talos.ask("POST", IMPORTED, &json!({ "name": "n", "actor_id": "a", "raw_key": "raw-7" })).await;
    let engine = engine(&talos, None);
    for lost in [false, true] {
        let mut under_way = JoinSet::new();
        if lost {
            talos.proxy.then(&format!("POST {IMPORTED}:batchCreate"), Fault::LoseAnswer);
        }
        for number in 0..MANY {
            let engine = engine.clone();
            under_way.spawn(async move {
                let raw = format!("raw-{number}");
                let set = [("name", Value::text(format!("n{number}"))), ("actor_id", "a".into()), ("raw_key", raw.into())];
                (number, create(&engine, &imported::RESOURCE, &set).await)
            });
        }
        let mut states = Vec::new();
        for (number, made) in under_way.join_all().await {
            match made {
                Ok(made) => {
                    let name = Object::new(&imported::RESOURCE.table, &made.state.value).str("name").unwrap().to_owned();
                    assert_eq!(name, format!("n{number}"), "it was told of another one");
                    states.push(made.state);
                }
                Err(failure) => {
                    // It is there already, and was not made here.
                    assert_eq!(number, 7, "{failure:?}");
                    let said = format!("{:?}", failure.diagnostics);
                    assert!(said.contains("exists already") && !said.contains("raw-7"), "{said}");
                }
            }
        }
        assert_eq!((states.len(), talos.keys(IMPORTED).await.len()), (MANY - 1, MANY), "lost: {lost}");
        let asked = talos.asked(IMPORTED);
        let batches = asked.iter().filter(|(line, _)| line.ends_with(":batchCreate")).count();
        let alone = asked.iter().filter(|(line, _)| line == &format!("POST {IMPORTED}")).count();
        assert!((1..=4).contains(&batches) && alone <= 2, "{batches} batches and {alone} alone");
        for state in states {
            engine.delete(entry(&imported::RESOURCE), state, Call::default()).await.unwrap();
        }
    }
}

/// A single one has an id of its own, so that it is simply asked again.
#[tokio::test]
async fn an_import_whose_answer_is_lost_is_repeated() {
    for fault in LOST {
        let talos = Talos::new().await;
        talos.proxy.then(&format!("POST {IMPORTED}"), fault);
        let mut core: Core = talos.core().await;
        let config = json!({ "name": "n", "actor_id": "a", "raw_key": "raw", "allowed_cidrs": ["192.0.2.0/24"] });
        let mut thing = core.thing("ory_imported_api_key");
        core.apply(&mut thing, &config).await.unwrap();
        core.settled(&thing, &config).await.unwrap();
        assert_eq!(talos.keys(IMPORTED).await.len(), 1);
    }
}

/// What is wrong with each is said of each, also where nothing came of the whole batch, which is answered by one code.
#[tokio::test]
async fn each_import_of_a_failed_batch_gets_its_own_error() {
    let talos = Talos::new().await;
    talos.ask("POST", IMPORTED, &json!({ "name": "n", "actor_id": "a", "raw_key": "raw-there" })).await;
    let engine = engine(&talos, None);
    let (_, own) = talos.ask("POST", ISSUED, &json!({ "name": "n", "actor_id": "a" })).await;
    let own = own["secret"].as_str().unwrap().to_owned();
    let make = |raw: String, ttl: &'static str| {
        let engine = engine.clone();
        async move {
            let set = [("name", Value::text("n")), ("actor_id", "a".into()), ("raw_key", raw.into()), ("ttl", ttl.into())];
            format!("{:?}", create(&engine, &imported::RESOURCE, &set).await.unwrap_err().diagnostics)
        }
    };
    let (there, looks, long) = tokio::join!(make("raw-there".into(), "1h"), make(own.clone(), "1h"), make("raw".into(), "2y"));
    assert!(there.contains("exists already") && there.contains("API_KEY_EXISTS"), "{there}");
    assert!(looks.contains("format conflicts with issued api key pattern") && !looks.contains(&own), "{looks}");
    assert!(long.contains("exceeds the configured maximum"), "{long}");
    assert_eq!(talos.asked(":batchCreate").len(), 1);
}
