//! Creates of a run that died, as the next run on the same machine finds them: finished if no tool learned
//! of them, named if one may have, and never those of another server, plan or living run.

use super::faults::{ENTRY, Setup, machine, text};
use crate::support::{faults::Fault, get, object};
use janiform::{
    emulator,
    engine::{Applied, Call, Engine, Journal, Stage, plan},
    ory::{ORY, resources::oauth2_client::RESOURCE},
    value::Value,
};
use std::{fs, sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::task::JoinSet;

/// One machine with one server.
struct Machine {
    setup: Setup,
    state: TempDir,
}

impl Machine {
    async fn new() -> Machine {
        let mut machine = Machine { setup: Setup::new().await, state: tempfile::tempdir().unwrap() };
        machine.next_run();
        machine
    }

    /// The run so far is over; another one begins.
    fn next_run(&mut self) {
        self.setup.engine = self.run();
        self.setup.at(&self.setup.proxy.url());
    }

    fn run(&self) -> Engine<janiform::ory::Client> {
        Engine::new(&ORY).recording(Journal::in_dir(self.state.path().into()))
    }

    /// A run that begins this create and dies when the request meets the fault, whatever it had in hand.
    async fn dies_creating(&mut self, set: &[(&str, Value)], fault: Fault) {
        self.dies_creating_all(&[set], fault).await;
    }

    /// The same of several at once.
    async fn dies_creating_all(&mut self, sets: &[&[(&str, Value)]], fault: Fault) {
        let arrive = if matches!(fault, Fault::HoldAnswer) { sets.len() } else { 0 };
        let before = self.setup.clients().await.len();
        for _ in sets {
            self.setup.proxy.then("POST", fault.clone());
        }
        let engine = Arc::new(std::mem::replace(&mut self.setup.engine, Engine::new(&ORY)));
        let configs: Vec<Value> = sets.iter().map(|set| object(&RESOURCE, set)).collect();
        let (kill, killed) = tokio::sync::oneshot::channel::<()>();
        let process = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut all = JoinSet::new();
                for config in configs {
                    let engine = engine.clone();
                    all.spawn(async move { engine.create(ENTRY, plan(&RESOURCE, None, &config), config.clone(), Call::default()).await });
                }
                tokio::select! {
                    made = all.join_next() => panic!("not held: {made:?}"),
                    _ = killed => {}
                }
            });
        });
        while self.setup.proxy.unused() > 0 || self.setup.clients().await.len() < before + arrive {
            assert!(!process.is_finished(), "the run ended by itself");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        kill.send(()).unwrap();
        process.join().unwrap();
        self.next_run();
    }

    async fn create(&self, set: &[(&str, Value)]) -> Applied {
        self.setup.create(set).await.unwrap_or_else(|error| panic!("{}", text(&error)))
    }

    /// What dead runs have left, by id.
    fn left(&self) -> Vec<(String, Stage)> {
        Journal::in_dir(self.state.path().into()).left().into_iter().map(|intent| (intent.id, intent.stage)).collect()
    }

    async fn ids(&self) -> Vec<String> {
        let mut ids: Vec<_> = self.setup.clients().await.iter().map(|client| client["client_id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    }
}

fn id(applied: &Applied) -> String {
    applied.state.id.clone().unwrap()
}

fn named(id: &str) -> Vec<(&'static str, Value)> {
    let mut wanted = machine();
    wanted.push(("client_id", id.into()));
    wanted
}

#[tokio::test]
async fn a_create_of_a_crashed_run_is_completed() {
    for (fault, arrived) in [(Fault::HoldAnswer, 1), (Fault::HoldRequest, 0)] {
        let mut machine = Machine::new().await;
        machine.dies_creating(&self::machine(), fault.clone()).await;
        let before = machine.ids().await;
        assert_eq!(before.len(), arrived, "{fault:?}");
        let left = machine.left();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].1, Stage::Begun);

        let applied = machine.create(&self::machine()).await;
        assert_eq!(applied.warnings, [], "{fault:?}");
        assert_eq!(machine.ids().await, [id(&applied)], "{fault:?}");
        assert_eq!(id(&applied), left[0].0, "{fault:?}: not the id that was begun");
        assert!(machine.setup.opens(&applied.state).await, "{fault:?}: the state has not the client's secret");
        // Once a state has shown it, nothing is left to say.
        machine.setup.engine.read(ENTRY, applied.state, Call::default()).await.unwrap();
        machine.next_run();
        assert_eq!(machine.left(), []);
    }
}

#[tokio::test]
async fn a_failed_create_is_completed_by_the_next_run_only() {
    let mut machine = Machine::new().await;
    // Nor can anybody look whether it is there.
    machine.setup.proxy.then("POST", Fault::LoseAnswer);
    for _ in 0..4 {
        machine.setup.proxy.then("GET", Fault::LoseRequest);
    }
    assert!(text(&machine.setup.create(&self::machine()).await.unwrap_err()).contains("may have been created"));
    let begun = machine.ids().await;
    // In the same run the first is somebody's who may try again.
    let other = machine.create(&self::machine()).await;
    assert_ne!(begun, [id(&other)]);
    machine.next_run();
    assert_eq!(id(&machine.create(&self::machine()).await), begun[0]);
    assert_eq!(machine.ids().await.len(), 2);
}

#[tokio::test]
async fn an_object_that_a_tool_was_told_of_is_reported_and_never_taken_over() {
    let mut machine = Machine::new().await;
    let unsaved = machine.create(&self::machine()).await;
    machine.next_run();
    let again = machine.create(&self::machine()).await;
    assert_ne!(id(&again), id(&unsaved));
    assert_eq!(again.warnings.len(), 1);
    assert!(again.warnings[0].summary.contains(&id(&unsaved)), "{:?}", again.warnings);
    assert_eq!(machine.ids().await.len(), 2);
    assert!(machine.setup.opens(&unsaved.state).await, "the secret of an object that another state may have was changed");
    assert_eq!(machine.left(), [(id(&unsaved), Stage::Answered)]);
    machine.setup.engine.read(ENTRY, unsaved.state, Call::default()).await.unwrap();
    // What a state has shown is written down at the latest when the run ends.
    machine.setup.engine.finish().await;
    assert_eq!(machine.left(), []);
}

#[tokio::test]
async fn a_refused_create_leaves_no_entry() {
    let mut machine = Machine::new().await;
    let theirs = machine.create(&named("theirs")).await;
    machine.setup.engine.read(ENTRY, theirs.state, Call::default()).await.unwrap();
    for status in [400, 409, 422] {
        machine.setup.proxy.then("POST", Fault::Answer(status, "application/json", "{\"error\":\"no\"}"));
        machine.setup.create(&self::machine()).await.unwrap_err();
    }
    assert!(text(&machine.setup.create(&named("theirs")).await.unwrap_err()).contains("import"));
    // Somebody else was faster than our look.
    machine.setup.proxy.then("POST", Fault::Answer(409, "application/json", "{\"error\":\"no\"}"));
    assert!(text(&machine.setup.create(&named("free")).await.unwrap_err()).contains("import"));
    machine.next_run();
    assert_eq!(machine.left(), []);
    assert_eq!(machine.ids().await, ["theirs"]);
}

#[tokio::test]
async fn two_equal_creates_make_two_objects() {
    let mut machine = Machine::new().await;
    let wanted = self::machine();
    let (first, second) = tokio::join!(machine.create(&wanted), machine.create(&wanted));
    assert_ne!(id(&first), id(&second));
    assert_eq!(machine.ids().await.len(), 2);
    for applied in [first, second] {
        machine.setup.engine.delete(ENTRY, applied.state, Call::default()).await.unwrap();
    }
    // Both begun by runs that died, and both finished, each once.
    machine.dies_creating_all(&[&wanted, &named("x"), &wanted], Fault::HoldAnswer).await;
    assert_eq!(machine.ids().await.len(), 3);
    let (first, second) = tokio::join!(machine.create(&wanted), machine.create(&wanted));
    let mut made = [id(&first), id(&second)];
    made.sort();
    let ids: Vec<_> = machine.ids().await.into_iter().filter(|id| id != "x").collect();
    assert_eq!(ids, made);
}

#[tokio::test]
async fn a_create_with_a_chosen_id_of_a_crashed_run_is_completed() {
    let mut machine = Machine::new().await;
    machine.dies_creating(&named("shop"), Fault::HoldAnswer).await;
    assert_eq!(machine.ids().await, ["shop"]);
    // Another plan is another object: this one would change what was begun.
    let mut other = named("shop");
    other[0].1 = "other".into();
    assert!(text(&machine.setup.create(&other).await.unwrap_err()).contains("import"));
    let applied = machine.create(&named("shop")).await;
    assert!(machine.setup.opens(&applied.state).await);
    assert_eq!(machine.ids().await, ["shop"]);
}

#[tokio::test]
async fn another_server_plan_or_machine_never_matches() {
    let mut machine = Machine::new().await;
    machine.dies_creating(&self::machine(), Fault::HoldAnswer).await;
    let begun = machine.ids().await;
    let elsewhere = emulator::start(emulator::Options::default()).await.unwrap();
    machine.setup.at(&elsewhere.url());
    assert_ne!(begun, [id(&machine.create(&self::machine()).await)]);
    machine.setup.at(&machine.setup.proxy.url());
    let mut other = self::machine();
    other[0].1 = "other".into();
    assert_ne!(begun, [id(&machine.create(&other).await)]);
    let record = std::mem::replace(&mut machine.state, tempfile::tempdir().unwrap());
    machine.next_run();
    assert_ne!(begun, [id(&machine.create(&self::machine()).await)]);
    // It is still there for who is meant.
    machine.state = record;
    machine.next_run();
    assert_eq!(begun, [id(&machine.create(&self::machine()).await)]);
}

/// The same chosen id on two servers is two objects.
#[tokio::test]
async fn an_entry_is_kept_when_another_server_has_the_same_id() {
    let mut machine = Machine::new().await;
    machine.dies_creating(&named("shop"), Fault::HoldAnswer).await;
    let elsewhere = emulator::start(emulator::Options::default()).await.unwrap();
    machine.setup.at(&elsewhere.url());
    let other = machine.create(&named("shop")).await;
    machine.setup.engine.read(ENTRY, other.state, Call::default()).await.unwrap();
    machine.next_run();
    let applied = machine.create(&named("shop")).await;
    assert!(machine.setup.opens(&applied.state).await);
}

#[tokio::test]
async fn no_secret_is_in_the_record() {
    let mut machine = Machine::new().await;
    let mut wanted = self::machine();
    wanted.push(("client_secret", "canary-secret-of-mine".into()));
    machine.dies_creating(&wanted, Fault::HoldAnswer).await;
    let chosen = machine.create(&self::machine()).await;
    machine.create(&wanted).await;
    let chosen = get(&RESOURCE, &chosen.state.value, "client_secret").as_str().unwrap().to_owned();
    let mut looked_at = 0;
    for file in fs::read_dir(machine.state.path()).unwrap() {
        let text = String::from_utf8_lossy(&fs::read(file.unwrap().path()).unwrap()).into_owned();
        assert!(!text.contains("canary-secret-of-mine") && !text.contains(&chosen), "{text}");
        looked_at += text.len();
    }
    assert!(looked_at > 0);
}
