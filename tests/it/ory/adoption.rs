//! States of the official provider, and their objects on a server: the first plan is empty.

use super::lifecycle::{Hydra, provider};
use crate::{
    pulumi::{
        Recorder,
        adoption::sent,
        engine::{Host, Stored},
        every::spell,
    },
    terraform::core::{Action, Core},
};
use janiform::{
    emulator::{self, Options},
    engine::Engine,
    frontends::pulumi::Server,
    ory::ORY,
    schema::Reads,
};
use janiform_proto::pulumirpc::diff_response::DiffChanges;
use serde_json::{Value as Json, json};
use std::sync::Arc;

fn parsed(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

fn objects(state: &str) -> Vec<Json> {
    let objects = parsed(include_str!("../../fixtures/peers/objects.json"));
    objects.as_array().unwrap().iter().filter(|object| object["state"] == state).cloned().collect()
}

/// The same of the community's providers.
pub fn community(state: &str) -> Vec<Json> {
    let objects = parsed(include_str!("../../fixtures/peers/community-objects.json"));
    objects.as_array().unwrap().iter().filter(|object| object["state"] == state).cloned().collect()
}

/// Every service, with the identity schema of the recordings.
pub async fn ory() -> emulator::Running {
    let schema = json!({ "type": "object", "properties": { "traits": { "type": "object", "properties": {
        "email": {
            "type": "string", "format": "email",
            "ory.sh/kratos": { "credentials": { "password": { "identifier": true } }, "verification": { "via": "email" }, "recovery": { "via": "email" } },
        },
        "name": { "type": "string" },
    } } } });
    let schemas = vec![("person".to_owned(), schema.to_string())];
    emulator::start(Options { schemas, ..Options::default() }).await.unwrap()
}

/// A provider for all services at one place.
pub fn everywhere(url: &str) -> Json {
    let mut config = provider(url, url);
    for name in ["kratos_admin_url", "keto_read_url", "keto_write_url", "talos_url", "console_api_url"] {
        config[name] = json!(url);
    }
    config["workspace_api_key"] = json!(super::console::KEY);
    config
}

/// Puts an object back onto the servers: its id then, and now, where that is the server's choice.
pub async fn put_back(hydra: &Hydra, object: &Json, secret_key: Option<&str>) -> (String, String) {
    let (path, mut body) = (object["get"].as_str().unwrap(), object["body"].clone());
    let Some((kind, id)) = path.strip_prefix("/admin/").and_then(|path| path.rsplit_once('/')) else {
        // Two of the objects name the same ones, so that Keto holds each twice: no affair of the provider's.
        for tuple in body["relation_tuples"].as_array().unwrap() {
            assert_eq!(hydra.ask("PUT", "relation-tuples", Some(tuple)).await.0, 201);
        }
        return (path.to_owned(), path.to_owned());
    };
    match kind {
        "keys" => assert_eq!(hydra.ask("PUT", &format!("keys/{id}"), Some(&body)).await.0, 200),
        "clients" => assert_eq!(hydra.ask("POST", kind, Some(&body)).await.0, 201),
        _ => {
            body["jwk"] = secret_key.map(parsed).unwrap_or_default();
            if kind == "identities" {
                body = ["schema_id", "state", "traits", "metadata_public"]
                    .iter()
                    .map(|name| ((*name).to_owned(), body[name].clone()))
                    .collect();
            }
            let (status, made) = hydra.ask("POST", kind, Some(&body)).await;
            assert_eq!(status, 201, "{made}");
            return (id.to_owned(), made["id"].as_str().unwrap().to_owned());
        }
    }
    (id.to_owned(), id.to_owned())
}

#[tokio::test]
async fn the_official_state_plans_no_change() {
    let emulator = ory().await;
    let hydra = Hydra::at(&emulator.url());
    let mut core = Core::direct(&ORY, everywhere(&emulator.url())).await.unwrap();
    let state = parsed(include_str!("../../fixtures/peers/official.tfstate"));
    let mut adopted = Vec::new();
    for object in objects("official.tfstate") {
        let (type_name, name) = object["address"].as_str().unwrap().split_once('.').unwrap();
        let entry = ORY.resources().find(|entry| format!("ory_{}", entry.resource.name) == type_name).unwrap();
        let resources = state["resources"].as_array().unwrap();
        let stored = resources.iter().find(|resource| resource["type"] == type_name && resource["name"] == name).unwrap();
        let mut attributes = stored["instances"][0]["attributes"].clone();
        let (was, is) = put_back(&hydra, &object, attributes["jwk"].as_str()).await;
        attributes = parsed(&attributes.to_string().replace(&was, &is));
        // The program says what it said: what it can set, and what was set.
        let table = &entry.resource.table;
        let said = table.attrs().filter(|attr| attr.configurable() && attr.reads != Reads::Once && !attributes[attr.name].is_null());
        let config = Json::Object(said.map(|attr| (attr.name.to_owned(), attributes[attr.name].clone())).collect());
        let thing = core.moved(type_name, "registry.terraform.io/ory/ory", type_name, 0, &attributes).await.unwrap();
        let plan = core.plan(&thing, &config).await.unwrap();
        assert_eq!(plan.action, Action::NoOp, "{type_name}.{name}: {:?}", plan.value);
        // And after the refresh was stored.
        core.settled(&plan.prior, &config).await.unwrap();
        adopted.push(type_name.to_owned());
    }
    assert_eq!(adopted.len(), state["resources"].as_array().unwrap().len());
    adopted.dedup();
    let all = ["identity", "json_web_key_set", "oauth2_client", "oidc_dynamic_client", "relationship", "trusted_oauth2_jwt_grant_issuer"];
    assert_eq!(adopted, all.map(|name| format!("ory_{name}")));
}

#[tokio::test]
async fn the_bridges_stack_refreshes_without_a_change() {
    let emulator = ory().await;
    let hydra = Hydra::at(&emulator.url());
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    host.configure(spell(ORY.config, &everywhere(&emulator.url()))).await.unwrap();
    let stack = sent(&parsed(include_str!("../../fixtures/peers/bridge-stack.json"))["deployment"]["resources"]);
    let mut adopted = 0;
    for object in objects("bridge-stack.json") {
        let name = object["address"].as_str().unwrap();
        let resource = stack.as_array().unwrap().iter().find(|resource| resource["urn"].as_str().unwrap().ends_with(&format!("::{name}")));
        let resource = resource.unwrap();
        let key = json!({ "kty": "EC", "kid": "p1", "use": "sig", "alg": "ES256", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM" });
        let (was, is) = put_back(&hydra, &object, Some(&key.to_string())).await;
        let resource = parsed(&resource.to_string().replace(&was, &is));
        let stored = Stored {
            token: resource["type"].as_str().unwrap().to_owned(),
            id: resource["id"].as_str().unwrap().to_owned(),
            inputs: resource["inputs"].clone(),
            outputs: resource["outputs"].clone(),
            init_errors: Vec::new(),
        };
        let (token, program) = (stored.token.clone(), stored.inputs.clone());
        host.state.insert(name.to_owned(), stored);
        let diff = host.refresh(name).await.unwrap().unwrap();
        assert_eq!(diff.changes(), DiffChanges::DiffNone, "{name}: {:?}", diff.diffs);
        let (diff, _) = host.preview(&token, name, &program).await.unwrap();
        assert_eq!(diff.as_ref().unwrap().changes(), DiffChanges::DiffNone, "{name}: {diff:?}");
        adopted += 1;
    }
    // All but the stack itself and the provider.
    assert_eq!(adopted, stack.as_array().unwrap().len() - 2);
}
