//! Every resource, after a run began to create it and died: nothing is created twice if anything names the
//! object, and `janiform orphans` lists what nothing names. The expectations come from the tables. `journal` tests the details,
//! with clients.

use super::{
    adoption::everywhere,
    both_faces::ways,
    console::lives,
    identity_lives::{self, kratos},
    lifecycle::COLLECTIONS,
};
use crate::{
    support::faults::{Fault, Proxy},
    terraform::{
        core::{Action, Core},
        samples::Way,
    },
};
use janiform::{
    emulator::{Profile, Running},
    engine::{Engine, Intent, Journal, Stage},
    frontends::terraform,
    ory::{ORY, resources::identity},
};
use serde_json::{Value as Json, json};
use std::{collections::BTreeSet, path::PathBuf, sync::Arc, time::Duration};
use tempfile::TempDir;

/// One machine with one server.
struct Machine {
    emulator: Running,
    proxy: Proxy,
    state: TempDir,
}

impl Machine {
    async fn new() -> Machine {
        let emulator = kratos(Profile::V26_2).await;
        let proxy = Proxy::to(&emulator.url()).await;
        Machine { emulator, proxy, state: tempfile::tempdir().unwrap() }
    }

    /// All that the server holds; of keys those of the set in the configuration.
    async fn holds(&self, config: &Json) -> Vec<Json> {
        let of_hydra: BTreeSet<String> = COLLECTIONS
            .iter()
            .map(|(_, collection)| match *collection {
                "keys" => format!("admin/keys/{}", config["set_id"].as_str().unwrap_or("none")),
                collection => format!("admin/{collection}?page_size=500"),
            })
            .collect();
        let others = [
            "admin/identities",
            "relation-tuples?namespace=files&page_size=500",
            "relation-tuples?namespace=groups&page_size=500",
            "v2alpha1/admin/issuedApiKeys?page_size=500",
            "v2alpha1/admin/importedApiKeys?page_size=500",
        ];
        let mut all = Vec::new();
        for path in of_hydra.iter().map(String::as_str).chain(others) {
            let text = crate::support::client().get(format!("{}/{path}", self.emulator.url())).send().await.unwrap().text().await.unwrap();
            let body: Json = serde_json::from_str(&text).unwrap();
            let lists = ["keys", "relation_tuples", "issued_api_keys", "imported_api_keys"].map(|name| &body[name]);
            let list = std::iter::once(&body).chain(lists).find_map(Json::as_array).cloned().unwrap_or_default();
            // The record of a key that is revoked stays.
            all.extend(list.into_iter().filter(|object| object["status"] != "KEY_STATUS_REVOKED"));
        }
        all
    }

    fn left(&self) -> Vec<Intent> {
        Journal::in_dir(self.state.path().into()).left()
    }

    /// A run that begins this create and dies when its write meets the fault, whatever it had in hand.
    async fn dies_creating(&self, way: &Way, config: &Json, fault: Fault) {
        let arrives = matches!(fault, Fault::HoldAnswer);
        let before = self.holds(config).await.len();
        self.proxy.then("P", fault);
        let (url, at, type_name, wanted) =
            (self.proxy.url(), self.state.path().to_owned(), format!("ory_{}", way.resource), config.clone());
        let (kill, killed) = tokio::sync::oneshot::channel::<()>();
        let process = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut core = run(&url, at).await;
                let mut thing = core.thing(&type_name);
                tokio::select! {
                    made = core.apply(&mut thing, &wanted) => panic!("not held: {made:?}"),
                    _ = killed => {}
                }
            });
        });
        while self.proxy.unused() > 0 || (arrives && self.holds(config).await.len() == before) {
            assert!(!process.is_finished(), "{}: the run ended by itself", way.resource);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        kill.send(()).unwrap();
        process.join().unwrap();
    }
}

/// A run of the provider with the machine's record.
async fn run(url: &str, at: PathBuf) -> Core {
    let make = move || {
        let engine = Engine::new(&ORY).recording(Journal::in_dir(at.clone()));
        terraform::service(terraform::Server::new(Arc::new(engine), |_| None))
    };
    Core::direct_over(make, everywhere(url)).await.unwrap()
}

/// All that there is to make, and identities with a name of ours.
fn all() -> Vec<Way> {
    let mut own = Way::only(&identity::RESOURCE, identity_lives::known);
    own.base["external_id"] = json!("person-1");
    // Those of the console have tests of their own: nothing names them, and a key needs a project to be in.
    let of_console: Vec<_> = lives::ways().iter().map(|way| way.resource).collect();
    let named = |way: &Way| !of_console.contains(&way.resource);
    ways().into_iter().filter(named).chain([own]).collect()
}

/// Whether the plan, or a choice of ours, says what the object is found by.
fn is_named(way: &Way, left: &[Intent]) -> bool {
    let [intent] = left else { panic!("{}: {left:?}", way.resource) };
    assert_eq!((intent.resource.as_str(), intent.stage), (way.resource, Stage::Begun));
    !intent.nameless
}

#[tokio::test]
async fn the_creates_of_a_crashed_run_are_completed_or_listed() {
    let (mut finished, mut listed) = (Vec::new(), Vec::new());
    for way in all() {
        for fault in [Fault::HoldAnswer, Fault::HoldRequest] {
            let clean = Machine::new().await;
            let type_name = format!("ory_{}", way.resource);
            let mut core = run(&clean.proxy.url(), clean.state.path().into()).await;
            core.apply(&mut core.thing(&type_name), &way.base).await.unwrap();
            let whole = clean.holds(&way.base).await.len();
            assert!(whole > 0, "{}", way.resource);

            let machine = Machine::new().await;
            machine.dies_creating(&way, &way.base, fault.clone()).await;
            let name = format!("{} after {fault:?}", way.resource);
            let named = is_named(&way, &machine.left());
            let mut core = run(&machine.proxy.url(), machine.state.path().into()).await;
            let mut thing = core.thing(&type_name);
            let made = core.apply(&mut thing, &way.base).await;
            if named {
                made.unwrap_or_else(|stop| panic!("{name}: {stop:?}"));
                assert_eq!(machine.holds(&way.base).await.len(), whole, "{name}");
                core.refresh(&mut thing).await.unwrap();
                assert_eq!(core.plan(&thing, &way.base).await.unwrap().action, Action::NoOp, "{name}");
                assert_eq!(machine.left(), [], "{name}");
                finished.push(way.resource);
            } else {
                // A server that has two of them refuses some; who is not refused hears of the first.
                let heard = core.warnings.iter().any(|warning| warning.summary.contains("may be left over"));
                assert!(made.is_err() || heard, "{name}: {:?}", core.warnings);
                assert!(machine.left().iter().any(|intent| intent.nameless), "{name}");
                listed.push(way.resource);
            }
        }
    }
    finished.dedup();
    listed.dedup();
    finished.sort_unstable();
    finished.dedup();
    assert_eq!(
        finished,
        [
            "api_key",
            "identity",
            "imported_api_key",
            "json_web_key_set",
            "oauth2_client",
            "relationship",
            "relationships",
            "trusted_oauth2_jwt_grant_issuer"
        ]
    );
    assert_eq!(listed, ["oidc_dynamic_client", "identity"]);
}

#[tokio::test]
async fn objects_that_a_tool_was_told_of_are_listed_and_never_taken_over() {
    for way in all() {
        let machine = Machine::new().await;
        let type_name = format!("ory_{}", way.resource);
        let mut core = run(&machine.proxy.url(), machine.state.path().into()).await;
        core.apply(&mut core.thing(&type_name), &way.base).await.unwrap();
        drop(core);
        let before = machine.holds(&way.base).await;
        let [intent] = &machine.left()[..] else { panic!("{}: {:?}", way.resource, machine.left()) };
        assert_eq!((intent.stage, intent.nameless), (Stage::Answered, false), "{}", way.resource);
        let mut core = run(&machine.proxy.url(), machine.state.path().into()).await;
        match core.apply(&mut core.thing(&type_name), &way.base).await {
            Ok(_) => {
                let warned = core.warnings.iter().any(|warning| warning.summary.contains(&intent.id));
                assert!(warned, "{}: {:?}", way.resource, core.warnings);
            }
            Err(stop) => assert!(stop.says("exist") || stop.says("already"), "{}: {stop:?}", way.resource),
        }
        let after = machine.holds(&way.base).await;
        assert!(before.iter().all(|object| after.contains(object)), "{}: what another state may have was changed", way.resource);
        assert!(machine.left().contains(intent), "{}: {:?}", way.resource, machine.left());
    }
}
