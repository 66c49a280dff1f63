//! What stands for Terraform core: starts and configures a provider, and makes the calls of a plan. Without Terraform, the
//! provider's processor time is known to the nanosecond, and its start is not part of it.

use crate::{
    harness::{
        Scratch, environment,
        process::{self, Running},
    },
    measure::peak_memory,
};
use janiform::{
    engine::Engine,
    frontends::terraform::{msgpack, wire::WireObject},
    ory::ORY,
    schema::BlockSchema,
    value::Value,
};
use janiform_proto::tfplugin6::{
    ClientCapabilities, DynamicValue, RawState, configure_provider, plan_resource_change, provider_client::ProviderClient, read_resource,
    upgrade_resource_state, validate_resource_config,
};
use std::{fs, path::Path, process::Command};
use tonic::transport::{Channel, Endpoint};

/// Without it, no plugin starts. It is no secret.
pub const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// A provider that was started and configured.
pub struct Provider {
    /// The connection to it.
    pub channel: Channel,
    running: Running,
    _scratch: Scratch,
}

/// An object as core knows it before a plan.
pub struct Planned {
    /// Its type, with the provider's prefix.
    pub type_name: &'static str,
    /// Its stored state.
    pub stored: Vec<u8>,
    /// Its stored private data.
    pub private: Vec<u8>,
    /// Its configuration.
    pub config: Option<DynamicValue>,
}

impl Provider {
    /// Starts it with these variables, and configures it with nothing.
    pub async fn start(binary: &Path, variables: impl IntoIterator<Item = (&'static str, String)>) -> Provider {
        let scratch = Scratch::new();
        let mut command = Command::new(binary);
        command.env_clear().envs(environment(&scratch)).env("TF_PLUGIN_MAGIC_COOKIE", COOKIE).env("PLUGIN_PROTOCOL_VERSIONS", "6");
        let mut running = process::start(command.envs(variables));
        let socket = running.line_with("|").split('|').nth(3).unwrap().to_owned();
        let channel = Endpoint::from_shared(format!("unix:{socket}")).unwrap().connect().await.unwrap();
        let engine = Engine::new(&ORY);
        let config = wire(engine.config(), engine.config().table.nulls());
        let request = configure_provider::Request { terraform_version: "1.11.4".into(), config, ..Default::default() };
        let answer = ProviderClient::new(channel.clone()).configure_provider(request).await.unwrap().into_inner();
        assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
        Provider { channel, running, _scratch: scratch }
    }

    /// Its processor time so far, in seconds: of all threads, finer than what the kernel tells of processes.
    pub fn cpu(&self) -> f64 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.running.id())).unwrap();
        let spent = tasks.flatten().filter_map(|task| {
            let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<f64>().ok()
        });
        spent.sum::<f64>() / 1e9
    }

    /// The most memory that it held so far.
    pub fn memory(&self) -> u64 {
        peak_memory(self.running.id()).unwrap()
    }
}

/// What core asks about an object for which there is nothing to do.
pub async fn plan(channel: Channel, object: Planned) {
    let Planned { type_name, stored, private, config } = object;
    let mut client = ProviderClient::new(channel).max_decoding_message_size(64 << 20);
    let raw_state = Some(RawState { json: stored, ..Default::default() });
    let request = upgrade_resource_state::Request { type_name: type_name.into(), version: 0, raw_state };
    let upgraded = client.upgrade_resource_state(request).await.unwrap().into_inner();
    assert!(upgraded.diagnostics.is_empty(), "{:?}", upgraded.diagnostics);
    let client_capabilities = Some(ClientCapabilities { write_only_attributes_allowed: true, ..Default::default() });
    let request = validate_resource_config::Request { type_name: type_name.into(), config: config.clone(), client_capabilities };
    let found = client.validate_resource_config(request).await.unwrap().into_inner().diagnostics;
    assert!(found.iter().all(|found| found.severity == 2), "{found:?}");
    let (current_state, type_of) = (upgraded.upgraded_state.clone(), || type_name.to_owned());
    let request = read_resource::Request { type_name: type_of(), current_state, private, ..Default::default() };
    let read = client.read_resource(request).await.unwrap().into_inner();
    assert!(read.new_state == upgraded.upgraded_state, "an object has changed: {:?}", read.diagnostics);
    let request = plan_resource_change::Request {
        type_name: type_of(),
        prior_state: read.new_state.clone(),
        proposed_new_state: read.new_state,
        config,
        prior_private: read.private,
        ..Default::default()
    };
    let planned = client.plan_resource_change(request).await.unwrap().into_inner();
    assert!(planned.planned_state == upgraded.upgraded_state, "an object would be changed: {:?}", planned.diagnostics);
}

/// An object without an id as a message has it.
pub fn wire(block: &BlockSchema, value: Value) -> Option<DynamicValue> {
    Some(DynamicValue { msgpack: msgpack::encode(block, Some(&WireObject { id: Value::Null, value })), json: Vec::new() })
}
