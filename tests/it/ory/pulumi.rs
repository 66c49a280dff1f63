//! Every attribute of Ory's resources through its lifecycles under Pulumi, and the same object under both tools.

use super::lifecycle::{Hydra, all_ways, known, provider, real_ways};
use crate::{
    pulumi::{
        Recorder,
        engine::Host,
        every::{live_ways, spell},
    },
    support::hydra,
    terraform::{core::Core, samples},
};
use janiform::{
    emulator::{self, Options},
    engine::Engine,
    frontends::pulumi::Server,
    ory::{ORY, resources::oauth2_client::RESOURCE},
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

const CLIENT: &str = "ory:index/oauth2Client:Oauth2Client";

#[tokio::test]
async fn every_attribute_lives_under_pulumi() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let url = emulator.url();
    live_ways(&ORY, spell(ORY.config, &provider(&url, &url)), &Hydra::at(&url), &all_ways()).await;
}

#[tokio::test]
async fn every_attribute_lives_under_pulumi_on_a_real_hydra() {
    if let Some(real) = hydra().await {
        let config = spell(ORY.config, &provider(&real.admin, &real.public));
        live_ways(&ORY, config, &Hydra::at(&real.admin), &real_ways()).await;
    }
}

/// The same configuration through both faces makes the same object, and the same change the same again.
#[tokio::test]
async fn both_faces_make_the_same() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let server = Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None));
    let mut host = Host::start(server).await;
    host.configure(spell(ORY.config, &provider(&emulator.url(), &emulator.url()))).await.unwrap();
    let mut core = Core::direct(&ORY, provider(&emulator.url(), &emulator.url())).await.unwrap();
    let world = Hydra::at(&emulator.url());
    let base = samples::minimal(&RESOURCE, known);
    for attr in RESOURCE.table.attrs().filter(|attr| attr.configurable() && attr.name != RESOURCE.key) {
        let values = samples::values(attr, known);
        let mut configs: Vec<Json> = values.iter().filter_map(|value| samples::with(&RESOURCE, &base, attr, value, known)).collect();
        configs.push(base.clone());
        // Only its version tells Terraform of a new write-only value.
        let version = format!("{}_version", attr.name);
        for (turn, config) in configs.iter_mut().enumerate().filter(|(_, config)| attr.write_only && config[attr.name].is_string()) {
            config[&version] = json!(turn.to_string());
        }
        let mut thing = core.thing("ory_oauth2_client");
        for config in &configs {
            core.apply(&mut thing, config).await.unwrap();
            host.up(CLIENT, "it", &spell(&RESOURCE.table, config)).await.unwrap();
            let terraformed = thing.state.as_ref().unwrap().value.get("id").text().unwrap().to_owned();
            let mut made = [world.get(&terraformed).await.unwrap(), world.get(&host.state["it"].id).await.unwrap()];
            for object in &mut made {
                for name in ["client_id", "created_at", "updated_at"] {
                    object.as_object_mut().unwrap().remove(name);
                }
            }
            assert_eq!(made[0], made[1], "{}: {config}", attr.name);
        }
        core.destroy(&mut thing).await.unwrap();
        host.destroy().await.unwrap();
    }
}
