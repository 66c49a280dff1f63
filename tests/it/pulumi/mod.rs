//! The Pulumi face, driven as Pulumi's engine drives it.

pub mod adoption;
mod calls;
mod config;
pub mod engine;
pub mod every;
mod imports;
mod invoke;
mod lifecycle;
mod names;
mod of_ory;
mod property;
mod rules;
mod runs;
mod saboteur;
mod schema;
mod secrecy;
mod shared;
mod slow;
mod upgrades;
mod values;
pub mod wire;

use crate::toy::{Remote, Store, TOY};
use engine::Host;
use janiform::{
    engine::Engine,
    frontends::pulumi::{Messages, Server},
};
use serde_json::json;
use std::sync::{Arc, Mutex};
use tonic::async_trait;

/// What was said to the user.
#[derive(Default)]
pub struct Recorder {
    pub warnings: Mutex<Vec<String>>,
    pub statuses: Mutex<Vec<String>>,
    pub addresses: Mutex<Vec<String>>,
}

#[async_trait]
impl Messages for Recorder {
    fn set_address(&self, address: &str) {
        self.addresses.lock().unwrap().push(address.to_owned());
    }

    fn warn(&self, _urn: &str, message: String) {
        self.warnings.lock().unwrap().push(message);
    }

    fn status(&self, _urn: &str, message: String) {
        self.statuses.lock().unwrap().push(message);
    }
}

impl Recorder {
    /// The warnings so far; asking forgets them.
    pub fn warnings(&self) -> Vec<String> {
        std::mem::take(&mut self.warnings.lock().unwrap())
    }
}

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
