//! The Pulumi face, driven by the engine of `janiform-testing` as Pulumi's own drives it.

pub mod adoption;
mod autonaming;
mod calls;
mod config;
pub mod every;
mod imports;
mod invoke;
mod lifecycle;
mod names;
mod of_ory;
mod property;
mod runs;
mod saboteur;
mod schema;
mod secrecy;
mod shared;
mod slow;
mod upgrades;
mod values;

pub use janiform_testing::pulumi::{Recorder, engine, wire};

use crate::toy::{Remote, Store, TOY};
use engine::Host;
use janiform::{engine::Engine, frontends::pulumi::Server};
use janiform_testing::pulumi::rules;
use serde_json::json;
use std::sync::Arc;

/// A server of toys that looks up no environment.
pub fn toy_server(messages: Arc<Recorder>) -> Server<Store> {
    Server::new(Arc::new(Engine::new(&TOY)), messages, Arc::new(|_| None))
}

/// Pulumi's engine with a toy provider that is configured for a server of its own.
pub async fn toys() -> (Host, Arc<Remote>, Arc<Recorder>) {
    let remote = Remote::start();
    let messages = Arc::new(Recorder::default());
    let mut host = Host::start(toy_server(messages.clone())).await;
    host.configure(json!({ "endpoint": remote.name })).await.unwrap();
    (host, remote, messages)
}

pub const THING: &str = "toy:index/thing:Thing";
pub const LINK: &str = "toy:index/link:Link";
