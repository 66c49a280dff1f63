//! States of the community's providers, and their objects on a server: after a move, the first plan is empty.

use super::{
    adoption::{community, everywhere, ory, put_back},
    lifecycle::Hydra,
};
use crate::terraform::core::{Action, Core};
use janiform::ory::ORY;
use serde_json::{Value as Json, json};

fn fixture(name: &str) -> Json {
    let path = format!("{}/tests/fixtures/peers/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The type that has an object of this name in the program.
fn target<'a>(program: &'a Json, source: &str, name: &str) -> (&'a str, &'a Json) {
    let words: [(&str, &str); 6] = [
        ("hydra_oauth2_client", "ory_oauth2_client"),
        ("hydra_jwks", "ory_json_web_key_set"),
        ("hydra_trusted_jwt_grant_issuer", "ory_trusted_oauth2_jwt_grant_issuer"),
        ("oryhydra_oauth2_client", "ory_oauth2_client"),
        ("oryketo_relationship", "ory_relationship"),
        ("ory_external_user", "ory_identity"),
    ];
    let is = words.iter().find(|(was, _)| *was == source).unwrap().1;
    let (is, objects) = program["resource"].as_object().unwrap().iter().find(|(kind, _)| *kind == is).unwrap();
    (is, &objects[name])
}

async fn plans_nothing(peer: &str) -> Vec<String> {
    let emulator = ory().await;
    let hydra = Hydra::at(&emulator.url());
    let mut core = Core::direct(&ORY, everywhere(&emulator.url())).await.unwrap();
    let (state, program) = (fixture(&format!("{peer}.tfstate")), fixture(&format!("{peer}.tf.json")));
    let objects = community(&format!("{peer}.tfstate"));
    assert_eq!(objects.len(), state["resources"].as_array().unwrap().len());
    for object in objects {
        let (source, name) = object["address"].as_str().unwrap().split_once('.').unwrap();
        let stored = state["resources"].as_array().unwrap().iter().find(|one| one["type"] == source && one["name"] == name).unwrap();
        let address = stored["provider"].as_str().unwrap().split('"').nth(1).unwrap();
        let mut attributes = stored["instances"][0]["attributes"].clone();
        let (was, is) = put_back(&hydra, &object, attributes["jwk"].as_str()).await;
        attributes = serde_json::from_str(&attributes.to_string().replace(&was, &is)).unwrap();
        let (kind, config) = target(&program, source, name);
        let mut config = config.clone();
        if kind == "ory_identity" {
            config["schema_id"] = json!("person");
        }
        let thing = core.moved(kind, address, source, 0, &attributes).await.unwrap();
        let plan = core.plan(&thing, &config).await.unwrap();
        assert_eq!(plan.action, Action::NoOp, "{peer} {source}.{name}: {:?}", plan.value);
        core.settled(&plan.prior, &config).await.unwrap();
        let secret = attributes["client_secret"].as_str().filter(|secret| !secret.is_empty());
        if let Some(secret) = secret {
            assert_eq!(plan.prior.state.as_ref().unwrap().value.get("client_secret").text(), Some(secret), "{source}.{name}");
        }
    }
    core.warnings.iter().map(|warning| warning.summary.clone()).collect()
}

#[tokio::test]
async fn the_state_of_svrakitin_hydra_plans_no_change_and_hydra_maesters_client_is_reported() {
    let warnings = plans_nothing("svrakitin").await;
    assert!(
        warnings.iter().any(|said| said.contains("61da94c6-eeee-4916-94ac-eff5d65c5ff6") && said.contains("hydra-maester")),
        "{warnings:?}"
    );
    let others: Vec<_> =
        warnings.iter().filter(|said| !said.contains("hydra-maester") && !said.contains("Access tokens in redirects")).collect();
    assert!(others.is_empty(), "{others:?}");
}

#[tokio::test]
async fn the_state_of_hypnoglow_oryhydra_plans_no_change() {
    plans_nothing("hypnoglow").await;
}

#[tokio::test]
async fn the_state_of_76creates_oryketo_plans_no_change() {
    plans_nothing("oryketo").await;
}

#[tokio::test]
async fn the_states_of_nitra_plan_no_change() {
    plans_nothing("nitra").await;
}
