//! Relationships that are written one by one at the same time: they share requests, and nothing else.

use super::relationships::Keto;
use crate::support::{
    faults::{Fault, Proxy},
    object,
};
use janiform::{
    emulator::{self, Options},
    engine::{Call, Engine, Entry, State, plan},
    ory::{Client, ORY, resources::relationship::RESOURCE},
    value::Value,
};
use std::{sync::Arc, time::Duration};
use tokio::task::JoinSet;

const MANY: usize = 100;

fn entry() -> &'static Entry<Client> {
    ORY.resources().find(|entry| entry.resource.name == "relationship").unwrap()
}

struct Setup {
    engine: Arc<Engine<Client>>,
    keto: Keto,
    proxy: Proxy,
    _emulator: emulator::Running,
}

impl Setup {
    async fn new() -> Setup {
        // So long that others come meanwhile.
        let options = Options { namespaces: Some(vec!["files".to_owned()]), latency: Duration::from_millis(20), ..Options::default() };
        let emulator = emulator::start(options).await.unwrap();
        let proxy = Proxy::to(&emulator.url()).await;
        let engine = Engine::new(&ORY);
        let fields = ORY.config.attrs().map(|attr| match attr.name {
            "keto_read_url" | "keto_write_url" => Value::text(proxy.url()),
            _ => Value::Null,
        });
        assert_eq!(engine.configure(&Value::Object(fields.collect()), &|_| None), []);
        Setup { engine: Arc::new(engine), keto: Keto::at(&emulator.url()), proxy, _emulator: emulator }
    }

    /// Those that could be made.
    async fn make_all(&self) -> Vec<State> {
        let mut under_way = JoinSet::new();
        for number in 0..MANY {
            let engine = self.engine.clone();
            under_way.spawn(async move {
                let subject = format!("user-{number}");
                let set = [("namespace", "files"), ("object", "plan.pdf"), ("relation", "view"), ("subject_id", &subject)];
                let config = object(&RESOURCE, &set.map(|(name, text)| (name, Value::text(text))));
                engine.create(entry(), plan(&RESOURCE, None, &config), config, Call::default()).await.ok()
            });
        }
        under_way.join_all().await.into_iter().flatten().map(|made| made.state).collect()
    }

    async fn remove_all(&self, states: Vec<State>) {
        let mut under_way = JoinSet::new();
        for state in states {
            let engine = self.engine.clone();
            under_way.spawn(async move { engine.delete(entry(), state, Call::default()).await.unwrap() });
        }
        under_way.join_all().await;
    }

    fn writes(&self) -> usize {
        self.proxy.asked().iter().filter(|(asked, _)| asked.starts_with("PATCH")).count()
    }
}

#[tokio::test]
async fn writes_at_the_same_time_share_requests() {
    let setup = Setup::new().await;
    let states = setup.make_all().await;
    assert_eq!(setup.keto.list("files").await.len(), MANY);
    assert_eq!(states.len(), MANY);
    let made = setup.writes();
    assert!(made <= MANY / 4, "{made} requests for {MANY} relationships");
    setup.remove_all(states).await;
    assert!(setup.keto.list("files").await.is_empty());
    let removed = setup.writes();
    assert!(removed <= MANY / 4, "{removed} requests to take {MANY} away");
}

#[tokio::test]
async fn faults_of_a_shared_request_lose_and_double_nothing() {
    for fault in [Fault::LoseAnswer, Fault::CutAnswer, Fault::LoseRequest] {
        let setup = Setup::new().await;
        // The first goes alone.
        setup.proxy.then("PATCH", fault.clone()).then("PATCH", fault.clone());
        let states = setup.make_all().await;
        assert_eq!((states.len(), setup.keto.list("files").await.len()), (MANY, MANY), "{fault:?}");
        setup.proxy.then("PATCH", fault.clone()).then("PATCH", fault.clone());
        setup.remove_all(states).await;
        assert!(setup.keto.list("files").await.is_empty(), "{fault:?}");
    }
}

#[tokio::test]
async fn a_refusal_fails_only_the_write_that_caused_it() {
    let setup = Setup::new().await;
    let refused = Fault::Answer(403, "application/json", r#"{"error":{"code":403,"message":"not this time"}}"#);
    setup.proxy.then("PATCH", refused.clone()).then("PATCH", refused);
    let states = setup.make_all().await;
    // Whoever went alone has heard of its own; who went together tried again alone.
    assert!(states.len() >= MANY - 2, "{} were made", states.len());
    assert_eq!(setup.keto.list("files").await.len(), states.len());
}
