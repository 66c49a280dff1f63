//! The number of requests for a new project, and for a plan without changes of its whole configuration.

use super::{KEY, Setup, entry, id, told};
use crate::{
    ory::{every_setting, new_project},
    support::stored,
    terraform::core::{Action, Core},
};
use janiform::{
    emulator::{self, Options, switches::Switches},
    engine::{Applied, Call, plan},
    ory::ORY,
};
use serde_json::{Value as Json, json};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Semaphore, task::JoinSet};

/// The number of objects that Terraform works on at the same time.
const AT_A_TIME: usize = 10;

/// How long a patch takes: long enough that a busy machine does not count as slow arrivals.
const PATCH: Duration = Duration::from_millis(250);

/// A project of a console where patches take their time.
async fn new_project() -> (Arc<Setup>, String) {
    let setup = Arc::new(Setup::switched(Switches { patch_time: PATCH, ..Switches::default() }, &[]).await);
    let project = id(&made(setup.clone(), "project", new_project::project()).await);
    setup.asked();
    (setup, project)
}

async fn made(setup: Arc<Setup>, kind: &str, set: Json) -> Applied {
    let entry = entry(kind);
    let config = stored::from_json(&entry.resource.table, &set).unwrap();
    let made = setup.engine.create(entry, plan(entry.resource, None, &config), config, Call::default()).await;
    made.unwrap_or_else(|refused| panic!("{kind}: {}", told(&refused.diagnostics)))
}

/// The number of patches since the last time.
fn patches(setup: &Setup) -> usize {
    setup.asked().iter().filter(|asked| asked.starts_with("PATCH")).count()
}

/// Edits that arrive while a patch is in flight are sent together in the next one. The limits allow for a busy machine, as an idle one
/// needs six patches for the creates and five for the deletes: `scripts/bench --only project` counts them there.
#[tokio::test]
async fn forty_parts_of_a_new_project_share_patches() {
    let (setup, project) = new_project().await;
    let turns = Arc::new(Semaphore::new(AT_A_TIME));
    let mut under_way = JoinSet::new();
    let mut of_organization = Vec::new();
    let start = |under_way: &mut JoinSet<_>, (kind, _, set): new_project::Part| {
        let (setup, turns) = (setup.clone(), turns.clone());
        under_way.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            (kind, made(setup, kind, set).await)
        });
    };
    for part in new_project::parts(&project, "of-the-organization") {
        if part.2["organization_id"].is_null() { start(&mut under_way, part) } else { of_organization.push(part) }
    }
    let mut all = Vec::new();
    while let Some(done) = under_way.join_next().await {
        let (kind, done) = done.unwrap();
        // Objects that refer to the organization start as soon as it exists.
        if kind == "organization" {
            for mut part in of_organization.drain(..) {
                part.2["organization_id"] = id(&done).into();
                start(&mut under_way, part);
            }
        }
        all.push((kind, done));
    }
    assert_eq!(all.len(), 40);
    let creates = patches(&setup);
    assert!(creates <= 10, "{creates} patches");

    let mut under_way = JoinSet::new();
    for (kind, applied) in all.into_iter().filter(|(kind, _)| *kind != "organization") {
        let (setup, turns) = (setup.clone(), turns.clone());
        under_way.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            setup.delete(kind, &applied.state).await.map_err(|refused| format!("{kind}: {}", told(&refused.diagnostics)))
        });
    }
    while let Some(done) = under_way.join_next().await {
        done.unwrap().unwrap();
    }
    let deletes = patches(&setup);
    assert!(deletes <= 10, "{deletes} patches");
}

/// Creates of one resource do not wait for each other.
#[tokio::test]
async fn new_templates_share_a_patch() {
    let (setup, project) = new_project().await;
    let mut under_way = JoinSet::new();
    for (kind, _, set) in new_project::parts(&project, "").into_iter().filter(|(kind, ..)| *kind == "email_template") {
        let setup = setup.clone();
        under_way.spawn(async move { made(setup, kind, set).await });
    }
    assert_eq!(under_way.join_all().await.len(), 11);
    let patches = patches(&setup);
    assert!(patches <= 3, "{patches} patches");
}

#[tokio::test]
async fn a_plan_of_every_setting_takes_three_requests_at_most() {
    let emulator = emulator::start(Options { record_requests: true, ..Options::default() }).await.unwrap();
    let (project, _) = super::project_at(&emulator.url(), "stage").await;
    let provider = || json!({ "console_api_url": emulator.url(), "workspace_api_key": KEY });
    let config = every_setting::all(&project, false, 0);
    let mut core = Core::direct(&ORY, provider()).await.unwrap();
    let mut thing = core.thing("ory_project_config");
    core.apply(&mut thing, &config).await.unwrap();
    // A plan runs in a new process.
    let mut core = Core::direct(&ORY, provider()).await.unwrap();
    let before = emulator.requests().len();
    assert_eq!(core.plan(&thing, &config).await.unwrap().action, Action::NoOp);
    let asked = emulator.requests().split_off(before);
    assert!(asked.len() <= 3, "{asked:?}");
}
