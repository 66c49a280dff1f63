//! The toy provider under Terraform.

use super::{
    core::{Action, Core},
    lifecycle::{Backdoor, Lifecycle},
    samples,
};
use crate::toy::{Remote, TOY};
use async_trait::async_trait;
use janiform::{
    schema::{Attr, Resource},
    value::Value,
};
use serde_json::json;
use std::sync::Arc;

/// The toy server, as the lifecycles reach behind the provider's back.
pub struct Toys(pub Arc<Remote>);

#[async_trait]
impl Backdoor for Toys {
    async fn change(&self, resource: &'static Resource, id: &str, attr: &'static Attr, value: Option<&Value>) -> bool {
        let of = attr.alias_of.and_then(|name| resource.table.index(name)).map_or(attr, |at| resource.table.attr(at));
        self.0.edit(resource.name, id, |fields| {
            match value {
                Some(value) => fields.insert(of.pointer().to_string(), value.clone()),
                None => fields.remove(&of.pointer().to_string()),
            };
        });
        true
    }

    async fn remove(&self, resource: &'static Resource, id: &str) {
        assert!(self.0.remove(resource.name, id));
    }

    async fn exists(&self, resource: &'static Resource, id: &str) -> bool {
        self.0.get(resource.name, id).is_some()
    }
}

/// The same, through which nothing can be changed.
pub struct Blind(pub Toys);

#[async_trait]
impl Backdoor for Blind {
    async fn change(&self, _: &'static Resource, _: &str, _: &'static Attr, _: Option<&Value>) -> bool {
        false
    }

    async fn remove(&self, resource: &'static Resource, id: &str) {
        self.0.remove(resource, id).await;
    }

    async fn exists(&self, resource: &'static Resource, id: &str) -> bool {
        self.0.exists(resource, id).await
    }
}

#[tokio::test]
async fn every_attribute_has_its_lifecycles() {
    let remote = Remote::start();
    let mut core = Core::direct(&TOY, json!({ "endpoint": remote.name })).await.unwrap();
    let backdoor = Toys(remote);
    let (mut runs, mut failures) = (0, Vec::new());
    for entry in TOY.resources() {
        let (more, failed) = Lifecycle::new(&mut core, &backdoor, "toy", entry, samples::none).run().await;
        runs += more;
        failures.extend(failed);
    }
    assert!(failures.is_empty(), "{} of {runs} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(runs > 250, "only {runs} ran");
}

#[tokio::test]
async fn a_thing_goes_through_a_lifecycle() {
    let remote = Remote::start();
    let mut core = Core::new(&TOY, json!({ "endpoint": remote.name })).await.unwrap();
    let mut thing = core.thing("toy_thing");
    let config = json!({
        "name": "Ball",
        "ttl": "90m",
        "origins": ["https://b.example/", "https://a.example"],
        "serial": serde_json::from_str::<serde_json::Value>("12345678901234567890.123456789").unwrap(),
        "owner": { "login": "ann", "leave": "60m", "desk": { "floor": 2 } },
        "ports": [{ "number": 80, "idle": "60s" }],
        "password": "hunter22",
        "password_version": 1,
    });
    assert_eq!(core.apply(&mut thing, &config).await.unwrap(), Action::Create);
    core.settled(&thing, &config).await.unwrap();
    core.destroy(&mut thing).await.unwrap();
    assert!(remote.ids("thing").is_empty());
}
