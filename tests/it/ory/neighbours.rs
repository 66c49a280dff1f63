//! Nothing that the user did not name is ever deleted, whichever tool destroys: objects of others are as close to
//! the deleted ones as the servers allow.

use super::{
    adoption::everywhere,
    lifecycle::{Hydra, key},
    relationships::Keto,
};
use crate::{
    pulumi::{Recorder, engine::Host, every::spell},
    terraform::core::{Core, Thing},
};
use janiform::{
    emulator::{self, Options, Running},
    engine::Engine,
    frontends::pulumi::{Server, names},
    ory::ORY,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// One tool, with one object.
enum Face {
    Terraform(Box<Core>, Option<Thing>),
    Pulumi(Box<Host>),
}

impl Face {
    async fn make(&mut self, resource: &str, config: &Json) {
        match self {
            Face::Terraform(core, made) => {
                let mut thing = core.thing(&format!("ory_{resource}"));
                core.apply(&mut thing, config).await.unwrap();
                *made = Some(thing);
            }
            Face::Pulumi(host) => {
                let table = &ORY.resources().find(|entry| entry.resource.name == resource).unwrap().resource.table;
                host.up(&names::resource_token("ory", resource), "it", &spell(table, config)).await.unwrap();
            }
        }
    }

    /// What keeps it from being destroyed is told.
    async fn destroy(&mut self) -> Result<(), String> {
        match self {
            Face::Terraform(core, made) => core.destroy(made.as_mut().unwrap()).await.map_err(|stop| format!("{stop:?}")),
            Face::Pulumi(host) => host.destroy().await.map_err(|stop| format!("{stop:?}")),
        }
    }
}

/// Each tool, with a server of its own.
async fn faces() -> [(Face, Running); 2] {
    let servers = [emulator::start(Options::default()).await.unwrap(), emulator::start(Options::default()).await.unwrap()];
    let [one, other] = servers.each_ref().map(|server| everywhere(&server.url()));
    let core = Core::direct(&ORY, one).await.unwrap();
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    host.configure(spell(ORY.config, &other)).await.unwrap();
    let [one, other] = servers;
    [(Face::Terraform(Box::new(core), None), one), (Face::Pulumi(Box::new(host)), other)]
}

const ISSUERS: &str = "trust/grants/jwt-bearer/issuers";

fn grant(subject: &str, key: Json) -> Json {
    json!({ "issuer": "https://idp.example", "subject": subject, "scope": ["read"], "jwk": key, "expires_at": "2031-01-01T00:00:00Z" })
}

async fn trust(hydra: &Hydra, subject: &str, kid: &str) -> String {
    let (status, made) = hydra.ask("POST", ISSUERS, Some(&grant(subject, key(kid)))).await;
    assert_eq!(status, 201);
    made["id"].as_str().unwrap().to_owned()
}

async fn trusted(hydra: &Hydra) -> Vec<String> {
    let grants = hydra.ask("GET", ISSUERS, None).await.1;
    grants.as_array().unwrap().iter().map(|grant| grant["id"].as_str().unwrap().to_owned()).collect()
}

/// The server would take the key away, and the others with it.
#[tokio::test]
async fn an_issuer_that_shares_its_key_is_not_destroyed() {
    for (mut face, server) in faces().await {
        let hydra = Hydra::at(&server.url());
        face.make("trusted_oauth2_jwt_grant_issuer", &grant("ann", key("k").to_string().into())).await;
        let theirs = [trust(&hydra, "bob", "k").await, trust(&hydra, "eve", "k").await];
        let why = face.destroy().await.unwrap_err();
        assert!(theirs.iter().all(|id| why.contains(id)) && why.contains("nothing was deleted"), "{why}");
        assert_eq!(trusted(&hydra).await.len(), 3);

        // Once the others are gone, it can go too.
        for id in theirs {
            hydra.ask("DELETE", &format!("{ISSUERS}/{id}"), None).await;
        }
        face.destroy().await.unwrap();
        assert_eq!(trusted(&hydra).await, [""; 0]);
    }
}

#[tokio::test]
async fn an_issuers_other_grants_stay() {
    for (mut face, server) in faces().await {
        let hydra = Hydra::at(&server.url());
        face.make("trusted_oauth2_jwt_grant_issuer", &grant("ann", key("k").to_string().into())).await;
        let theirs = trust(&hydra, "ann", "other").await;
        face.destroy().await.unwrap();
        assert_eq!(trusted(&hydra).await, [theirs]);
        assert_eq!(hydra.ask("GET", "keys/https:%2F%2Fidp.example/other", None).await.0, 200);
    }
}

#[tokio::test]
async fn keys_that_others_put_into_a_set_stay() {
    let made = json!({ "set_id": "shared", "algorithm": "ES256", "key_id": "ours" });
    let own = json!({ "set_id": "shared", "jwks": json!({ "keys": [key("ours"), key("ours too")] }).to_string() });
    for config in [made, own] {
        for (mut face, server) in faces().await {
            let hydra = Hydra::at(&server.url());
            face.make("json_web_key_set", &config).await;
            let (_, theirs) = hydra.ask("PUT", "keys/shared/theirs", Some(&key("theirs"))).await;
            face.destroy().await.unwrap();
            assert_eq!(hydra.ask("GET", "keys/shared", None).await.1["keys"], json!([theirs]));
        }
    }
}

#[tokio::test]
async fn only_one_of_hundreds_of_relationships_is_deleted() {
    let group = |object: &str| json!({ "namespace": "files", "object": "report.pdf", "relation": "view", "subject_set": { "namespace": "groups", "object": object, "relation": "member" } });
    let ours = json!({
        "namespace": "files", "object": "report.pdf", "relation": "view",
        "subject_set_namespace": "groups", "subject_set_object": "staff", "subject_set_relation": "member",
    });
    for (mut face, server) in faces().await {
        let keto = Keto::at(&server.url());
        face.make("relationship", &ours).await;
        for number in 0..300 {
            keto.put(&group(&number.to_string())).await;
        }
        assert_eq!(keto.list("files").await.len(), 301);
        face.destroy().await.unwrap();
        let left = keto.list("files").await;
        assert_eq!((left.len(), left.contains(&group("staff"))), (300, false));
    }
}
