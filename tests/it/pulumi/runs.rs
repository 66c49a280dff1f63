//! The end of a run of the engine, and the journal's record of its creates then.

use super::{Recorder, engine::Host};
use janiform::{
    emulator::{self, Options},
    engine::{Engine, Journal},
    frontends::pulumi::{
        Server,
        serve::End::{self, Alone, Signal},
    },
    ory::ORY,
};
use serde_json::json;
use std::{path::PathBuf, sync::Arc};

const CLIENT: &str = "ory:index/oauth2Client:Oauth2Client";

/// A process makes a client, its engine says these things at the end, and serving ends like this.
async fn run(url: String, journal: PathBuf, name: &str, last: &[&str], end: End) {
    let engine = Arc::new(Engine::new(&ORY).recording(Journal::in_dir(journal)));
    let server = Server::new(engine, Arc::new(Recorder::default()), Arc::new(|_| None));
    let mut host = Host::start(server.clone()).await;
    host.configure(json!({ "hydraAdminUrl": url })).await.unwrap();
    let inputs = host.check(CLIENT, name, &json!({}), &json!({ "clientName": name })).await.unwrap();
    // Nothing looks at it afterwards, as where an engine makes one last object.
    host.create(CLIENT, name, &inputs, false).await.unwrap();
    for call in last {
        match *call {
            "cancel" => host.client.cancel(()).await.map(drop).unwrap(),
            _ => drop(host.check(CLIENT, "other", &json!({}), &json!({ "clientName": "Other" })).await.unwrap()),
        }
    }
    server.ended(end);
}

/// Engines since 3.259 say Cancel as their last word, and then tell the process to end.
#[tokio::test]
async fn answered_creates_are_over_when_the_run_ends_normally() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let journal = tempfile::tempdir().unwrap();
    for (name, last, end, expected) in [
        ("ended", &["cancel"][..], Signal, 0),
        // The user interrupts, and the run ends all the same.
        ("interrupted", &["cancel", "check", "cancel"], Signal, 0),
        // The engine dies: it may not have written its state.
        ("killed", &["cancel"], Alone, 1),
        ("older", &[], Signal, 1),
        ("went on", &["cancel", "check"], Signal, 1),
    ] {
        let (url, dir) = (emulator.url(), journal.path().to_owned());
        let process = tokio::task::spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(run(url, dir, name, last, end));
        });
        process.await.unwrap();
        let journal = Journal::in_dir(journal.path().into());
        let left = journal.left();
        assert_eq!(left.len(), expected, "{name}");
        left.iter().for_each(|intent| journal.forget(&intent.resource, &intent.id));
    }
}
