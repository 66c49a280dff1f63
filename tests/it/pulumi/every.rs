//! Lifecycles of every resource under Pulumi; and that both faces send the server the same requests.

pub use janiform_testing::pulumi::{lifecycle::spell_kind, spell};

use super::{Recorder, engine::Host};
use crate::{
    terraform::{
        core::Core,
        lifecycle::Backdoor,
        samples::{self, Known, Way},
        toys::Toys,
    },
    toy::{Remote, Request, Store, TOY},
};
use janiform::{
    engine::Provider,
    frontends::pulumi::{Server, names},
    schema::Resource,
};
use janiform_testing::pulumi::{Lifecycle, lifecycle::fits};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// Every lifecycle of some of the provider's resources; how many ran.
pub async fn live_only<C: Send + Sync + 'static>(
    provider: &'static Provider<C>,
    config: Json,
    backdoor: &dyn Backdoor,
    known: Known,
    wanted: fn(&Resource) -> bool,
) -> usize {
    let wanted = provider.resources().filter(|entry| wanted(entry.resource));
    let ways: Vec<_> = wanted.map(|entry| Way::only(entry.resource, known)).collect();
    live_ways(provider, config, backdoor, &ways).await
}

/// Every lifecycle of what is made in these ways; how many ran.
pub async fn live_ways<C: Send + Sync + 'static>(
    provider: &'static Provider<C>,
    config: Json,
    backdoor: &dyn Backdoor,
    ways: &[Way],
) -> usize {
    let mut host = Host::of(provider).await;
    host.configure(config).await.unwrap();
    let (mut runs, mut failures) = (0, Vec::new());
    for way in ways {
        let resource = provider.resources().find(|entry| entry.resource.name == way.resource).unwrap().resource;
        let (more, failed) = Lifecycle::on(&mut host, backdoor, provider.name, resource, way).run().await;
        runs += more;
        failures.extend(failed);
    }
    assert!(failures.is_empty(), "{} of {runs} failed:\n{}", failures.len(), failures.join("\n"));
    runs
}

#[tokio::test]
async fn every_toy_attribute_lives() {
    let remote = Remote::start();
    let runs = live_only(&TOY, json!({ "endpoint": remote.name }), &Toys(remote.clone()), samples::none, |_| true).await;
    assert!(runs > 100, "only {runs} ran");
}

/// What a create and an update make each face send.
async fn requests(config: &Json, other: &Json) -> [Vec<Request>; 2] {
    let resource = &crate::toy::THING;
    let remote = Remote::start();
    let mut core = Core::direct(&TOY, json!({ "endpoint": remote.name })).await.unwrap();
    let mut thing = core.thing("toy_thing");
    core.apply(&mut thing, config).await.unwrap();
    core.apply(&mut thing, other).await.unwrap();
    core.destroy(&mut thing).await.unwrap();
    let terraform = remote.requests();

    let remote = Remote::start();
    let server: Server<Store> = super::toy_server(Arc::new(Recorder::default()));
    let mut host = Host::start(server).await;
    host.configure(json!({ "endpoint": remote.name })).await.unwrap();
    let token = names::resource_token(TOY.name, resource.name);
    host.up(&token, "it", &spell(&resource.table, config)).await.unwrap();
    host.up(&token, "it", &spell(&resource.table, other)).await.unwrap();
    host.destroy().await.unwrap();
    [terraform, remote.requests()]
}

#[tokio::test]
async fn both_faces_send_the_same() {
    let resource = &crate::toy::THING;
    let base = samples::minimal(resource, samples::none);
    let mut compared = 0;
    for attr in resource.table.attrs().filter(|attr| attr.configurable()) {
        // Terraform sends a write-only value again for its version, Pulumi for itself; a replacement may
        // delete first in one and last in the other.
        if attr.write_only || attr.replaces {
            continue;
        }
        let values: Vec<_> = samples::values(attr, samples::none).into_iter().filter(fits).collect();
        let configs: Vec<_> = values.iter().filter_map(|value| samples::with(resource, &base, attr, value, samples::none)).collect();
        for pair in
            [(&base, configs.first()), (configs.first().unwrap_or(&base), configs.get(1)), (configs.first().unwrap_or(&base), Some(&base))]
        {
            if let (first, Some(second)) = pair {
                let [terraform, pulumi] = requests(first, second).await;
                assert_eq!(terraform, pulumi, "{}", attr.name);
                compared += 1;
            }
        }
    }
    assert!(compared > 60, "only {compared} were compared");
}
