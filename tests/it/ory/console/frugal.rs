//! The number of requests for a new project, and for a plan without changes of its whole configuration.

use super::{KEY, Setup, entry, id, told};
use crate::{
    ory::{every_setting, new_project},
    support::stored,
    terraform::core::{Action, Core},
};
use janiform::{
    emulator::{self, Options, switches::Switches},
    engine::{Call, plan},
    ory::ORY,
};
use serde_json::{Value as Json, json};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Semaphore, task::JoinSet};

/// The number of objects that Terraform works on at the same time.
const AT_A_TIME: usize = 10;

/// Edits that arrive while a patch is in flight are sent together in the next one.
#[tokio::test]
async fn forty_parts_of_a_new_project_share_patches() {
    let setup = Arc::new(Setup::switched(Switches { patch_time: Duration::from_millis(100), ..Switches::default() }, &[]).await);
    let make = async |setup: Arc<Setup>, kind: &str, set: Json| {
        let entry = entry(kind);
        let config = stored::from_json(&entry.resource.table, &set).unwrap();
        let made = setup.engine.create(entry, plan(entry.resource, None, &config), config, Call::default()).await;
        made.unwrap_or_else(|refused| panic!("{kind}: {}", told(&refused.diagnostics)))
    };
    let project = id(&make(setup.clone(), "project", new_project::project()).await);
    setup.asked();
    let turns = Arc::new(Semaphore::new(AT_A_TIME));
    let mut under_way = JoinSet::new();
    let mut of_organization = Vec::new();
    let start = |under_way: &mut JoinSet<_>, (kind, _, set): new_project::Part| {
        let (setup, turns) = (setup.clone(), turns.clone());
        under_way.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            (kind, make(setup, kind, set).await)
        });
    };
    for part in new_project::parts(&project, "of-the-organization") {
        if part.2["organization_id"].is_null() { start(&mut under_way, part) } else { of_organization.push(part) }
    }
    let mut made = 0;
    while let Some(done) = under_way.join_next().await {
        let (kind, done) = done.unwrap();
        made += 1;
        // Objects that refer to the organization start as soon as it exists.
        if kind == "organization" {
            for mut part in of_organization.drain(..) {
                part.2["organization_id"] = id(&done).into();
                start(&mut under_way, part);
            }
        }
    }
    let asked = setup.asked();
    let patches = asked.iter().filter(|asked| asked.starts_with("PATCH")).count();
    assert_eq!(made, 40);
    // How many they are depends on how busy the machine is: `scripts/bench --only project` counts them on an idle one.
    assert!(patches <= 20, "{patches} patches: {asked:#?}");
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
