//! Slow operations: the user's timeout reaches them, and their progress messages reach the user.

use super::{
    Recorder,
    engine::{Host, Stop},
};
use async_trait::async_trait;
use janiform::{
    engine::{Backend, Cx, Diagnostic, Engine, Failure, Observed, Offer, Provider, State, Write, provider},
    frontends::pulumi::Server,
    schema::{Resource, resource, string},
    value::Value,
};
use serde_json::json;
use std::{sync::Arc, time::Instant};

static NAP: Resource = resource("nap", "A nap.")
    .import("nap_id")
    .sections(&[&[string("nap_id", "Which one.").read_only(), string("place", "Where.")]])
    .checked();

static NAPS: Provider<()> =
    provider("naps", "Naps.", |_| Ok(())).namespace("janiform").version("0.0.1").offers(&[&[Offer::resource(&NAP, &Bed)]]).checked();

struct Bed;

#[async_trait]
impl Backend<()> for Bed {
    async fn create(&self, cx: &Cx<()>, write: &Write) -> Result<Observed, Failure> {
        (cx.progress)("falling asleep");
        let Some(left) = cx.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) else {
            let value = Value::Object(vec!["one".into(), janiform::schema::Object::new(&NAP.table, &write.planned).get("place").clone()]);
            return Ok(Observed { id: "one".into(), value, warnings: vec![Diagnostic::warning("It was short", "Sleep longer.")] });
        };
        tokio::time::sleep(left).await;
        Err(Diagnostic::error("It took too long", format!("{} seconds were given.", left.as_secs_f64().round())).into())
    }

    async fn read(&self, _: &Cx<()>, _: &'static Resource, _: &State) -> Result<Option<Observed>, Failure> {
        Ok(None)
    }

    async fn update(&self, cx: &Cx<()>, write: &Write) -> Result<Observed, Failure> {
        self.create(cx, write).await
    }

    async fn delete(&self, _: &Cx<()>, _: &'static Resource, _: &State) -> Result<(), Failure> {
        Ok(())
    }
}

#[tokio::test]
async fn timeouts_and_progress_messages_are_passed_on() {
    let messages = Arc::new(Recorder::default());
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&NAPS)), messages.clone(), Arc::new(|_| None))).await;
    host.configure(json!({})).await.unwrap();
    let token = "naps:index/nap:Nap";
    host.timeout = 1.0;
    match host.up(token, "it", &json!({ "place": "sofa" })).await {
        Err(Stop::Failed(_, message)) => assert_eq!(message, "It took too long: 1 seconds were given."),
        other => panic!("{other:?}"),
    }
    assert_eq!(*messages.statuses.lock().unwrap(), ["falling asleep"]);
    // Engines send what users write; none of it is a reason to fail.
    for nonsense in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300] {
        host.timeout = nonsense;
        host.up(token, "it", &json!({ "place": "sofa" })).await.unwrap();
        host.destroy().await.unwrap();
    }
    assert_eq!(messages.warnings()[0], "It was short: Sleep longer.");
}
