//! Every attribute of Ory's resources through its life under Pulumi, and the same under both tools.

use super::lifecycle::{Hydra, known};
use crate::{
    pulumi::{
        Recorder,
        engine::{Done, Host, Stop},
    },
    support::hydra,
    terraform::{core::Core, lifecycle::World, samples},
};
use janiform::{
    emulator::{self, Options},
    engine::Engine,
    frontends::pulumi::{Server, names},
    ory::{ORY, resources::oauth2_client::RESOURCE},
    schema::{Attr, Presence, Reads, json},
};
use janiform_proto::pulumirpc::diff_response::DiffChanges;
use serde_json::{Value as Json, json};
use std::sync::Arc;

const CLIENT: &str = "ory:index/oauth2Client:Oauth2Client";

/// A configuration as a program; the resource has no nested objects, whose names would have to change too.
fn program(config: &Json) -> Json {
    let members = config.as_object().unwrap().iter();
    Json::Object(members.map(|(name, value)| (names::camel(name), value.clone())).collect())
}

fn provider(admin: &str) -> Json {
    let port = admin.rsplit(':').next().unwrap();
    json!({ "hydra_admin_url": admin, "project_api_url": format!("http://%s:{port}") })
}

async fn host(admin: &str) -> Host {
    let server = Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None));
    let mut host = Host::start(server).await;
    host.configure(program(&provider(admin))).await.unwrap();
    host
}

struct Life<'a> {
    host: &'a mut Host,
    world: &'a Hydra,
    attr: &'static Attr,
    base: Json,
}

impl Life<'_> {
    /// Brings the object to the configuration, and sees that nothing is left to do.
    async fn up(&mut self, config: &Json) -> Result<Done, Stop> {
        let name = self.attr.name;
        let up = self.host.up(CLIENT, "it", &program(config)).await?;
        let again = self.host.up(CLIENT, "it", &program(config)).await?;
        assert_eq!(again.done, Done::Nothing, "{name}: {:?}", again.diff);
        let refreshed = self.host.refresh("it").await?.expect("it is there");
        assert_eq!(refreshed.changes(), DiffChanges::DiffNone, "{name}: {refreshed:?}");
        let again = self.host.up(CLIENT, "it", &program(config)).await?;
        assert_eq!(again.done, Done::Nothing, "{name} after a refresh: {:?}", again.diff);
        Ok(up.done)
    }

    fn id(&self) -> String {
        self.host.state["it"].id.clone()
    }

    async fn live(&mut self, values: &[Json]) -> Result<(), Stop> {
        let attr = self.attr;
        let with = |value: &Json| samples::with(&RESOURCE, &self.base, attr, value, known);
        let configs: Vec<Json> = values.iter().filter_map(with).collect();
        let first = configs.first().unwrap_or_else(|| panic!("{}: no valid value", attr.name)).clone();
        assert_eq!(self.up(&first).await?, Done::Created, "{}", attr.name);
        if let Some(value) = samples::respelled(attr, &first[attr.name]) {
            let mut respelled = first.clone();
            respelled[attr.name] = value;
            assert_eq!(self.up(&respelled).await?, Done::Nothing, "{} respelled", attr.name);
        }
        if let Some(second) = configs.get(1) {
            // A changed write-only value is an update here, its version or not: the inputs show it.
            let changed = if attr.replaces { Done::Replaced } else { Done::Updated };
            assert_eq!(self.up(second).await?, changed, "{} changed", attr.name);
            assert_eq!(self.up(&first).await?, changed, "{} changed back", attr.name);
            self.drift(&first, &second[attr.name]).await?;
        }
        if attr.reads != Reads::Once && attr.remote() && !attr.write_only {
            let id = self.id();
            self.host.import(CLIENT, "imported", &id).await?.expect("it is there");
            self.host.state.remove("imported");
        }
        if attr.presence != Presence::Required {
            let stays = attr.presence == Presence::OrServer;
            let base = self.base.clone();
            let done = self.up(&base).await?;
            // What it came with may have to go too.
            assert!(stays || done == Done::Updated, "{} removed: {done:?}", attr.name);
        }
        let id = self.id();
        self.host.destroy().await?;
        assert!(!self.world.exists(&RESOURCE, &id).await, "{}", attr.name);
        Ok(())
    }

    async fn drift(&mut self, config: &Json, to: &Json) -> Result<(), Stop> {
        let value = json::kind_from_json(&self.attr.kind, to).unwrap();
        let id = self.id();
        if !self.attr.remote() || self.attr.write_only || !self.world.change(&RESOURCE, &id, self.attr, Some(&value)).await {
            return Ok(());
        }
        let seen = self.host.refresh("it").await?.expect("it is there");
        assert_eq!(seen.changes(), DiffChanges::DiffSome, "{} drifted", self.attr.name);
        let up = self.host.up(CLIENT, "it", &program(config)).await?;
        assert_eq!(up.done, Done::Updated, "{} drifted", self.attr.name);
        self.up(config).await?;
        Ok(())
    }
}

async fn lives(admin: &str, known: samples::Known) {
    let (mut host, world) = (host(admin).await, Hydra::at(admin));
    for attr in RESOURCE.table.attrs().filter(|attr| attr.configurable()) {
        let values = samples::values(attr, known);
        if values.is_empty() {
            continue;
        }
        let base = samples::minimal(&RESOURCE, known);
        let outcome = Life { host: &mut host, world: &world, attr, base }.live(&values).await;
        outcome.unwrap_or_else(|stop| panic!("{}: {stop:?}", attr.name));
    }
}

#[tokio::test]
async fn every_attribute_lives_under_pulumi() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    lives(&emulator.url(), known).await;
}

#[tokio::test]
async fn every_attribute_lives_under_pulumi_on_a_real_hydra() {
    if let Some(real) = hydra().await {
        lives(&real.admin, super::lifecycle::known_2_3).await;
    }
}

/// The same configuration through both faces makes the same object, and the same change the same again.
#[tokio::test]
async fn both_faces_make_the_same() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let mut host = host(&emulator.url()).await;
    let mut core = Core::direct(&ORY, provider(&emulator.url())).await.unwrap();
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
            host.up(CLIENT, "it", &program(config)).await.unwrap();
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
