//! `ory_workspace`.

use super::{Setup, entry, id, refusal, text, told};
use crate::{
    support::{faults::Fault, object, replan},
    terraform::core::{Action, Core},
};
use janiform::{engine::State, ory::ORY};
use serde_json::{Value as Json, json};

const NAME: &str = "workspace";

/// The workspace that is there.
async fn first(setup: &Setup) -> Json {
    setup.ask("GET", "/workspaces", None).await.1["workspaces"][0].clone()
}

async fn adopted(setup: &Setup) -> State {
    let workspace = first(setup).await;
    let stub = State::to_import(entry(NAME).resource, workspace["id"].as_str().unwrap()).unwrap();
    setup.read(NAME, &stub).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_workspace_is_adopted_renamed_and_forgotten() {
    let setup = Setup::new().await;
    let state = adopted(&setup).await;
    let shown = first(&setup).await;
    assert_eq!(shown["name"], text(NAME, &state, "name"));
    setup.asked();
    let renamed = setup.update(NAME, &state, &[("name", "ours".into())]).await.unwrap();
    let sent = setup.proxy.asked();
    let path = format!("PUT /workspaces/{}", shown["id"].as_str().unwrap());
    // Nothing else than what the description of the body has, and the policy only where it changes.
    assert_eq!(sent, [(path.clone(), r#"{"name":"ours"}"#.to_owned())]);
    assert!(renamed.warnings.is_empty() && first(&setup).await["name"] == "ours");
    // It is in no organization, so that no policy is kept: the next plan says so again.
    let policed =
        setup.update(NAME, &renamed.state, &[("name", "ours".into()), ("access_policy", "CHECK_ACCESS_PERMISSION".into())]).await.unwrap();
    assert_eq!(setup.proxy.asked()[0], (path, r#"{"access_policy":"CHECK_ACCESS_PERMISSION","name":"ours"}"#.to_owned()));
    assert!(told(&policed.warnings).contains("The server changed access_policy"), "{:?}", policed.warnings);
    let read = setup.read(NAME, &policed.state).await.unwrap().unwrap();
    assert_eq!(text(NAME, &read, "access_policy"), "INVITED_MEMBERS");
    let resource = entry(NAME).resource;
    assert!(replan(resource, &read, &object(resource, &[("name", "ours".into())])).changes.is_empty());

    setup.asked();
    let warned = setup.delete(NAME, &read).await.unwrap();
    assert!(told(&warned).contains("`ours` stays as it is") && setup.asked().is_empty(), "{warned:?}");
}

#[tokio::test]
async fn a_workspace_is_gone_only_if_the_list_does_not_have_it() {
    let setup = Setup::new().await;
    let state = adopted(&setup).await;
    let forbidden = r#"{"error":{"code":403,"status":"Forbidden","message":"The requested action was forbidden"}}"#;
    let path = format!("GET /workspaces/{}", state.id.as_deref().unwrap());
    setup.proxy.then(&path, refusal(403, forbidden));
    assert_eq!(setup.read(NAME, &state).await.unwrap().unwrap(), state);
    // The list cannot be had: nobody knows.
    setup.proxy.then(&path, refusal(403, forbidden)).then("GET /workspaces?", refusal(403, forbidden));
    assert!(told(&setup.read(NAME, &state).await.unwrap_err().diagnostics).contains("Nothing was removed from the state"));
    // Its first page alone says nothing.
    let first = r#"{"workspaces":[],"has_next_page":true,"next_page_token":"t"}"#;
    setup
        .proxy
        .then(&path, refusal(403, forbidden))
        .then("GET /workspaces?", refusal(200, first))
        .then("GET /workspaces?", refusal(403, forbidden));
    assert!(setup.read(NAME, &state).await.is_err());
    let last = r#"{"workspaces":[],"has_next_page":false,"next_page_token":""}"#;
    setup
        .proxy
        .then(&path, refusal(403, forbidden))
        .then("GET /workspaces?", refusal(200, first))
        .then("GET /workspaces?", refusal(200, last));
    assert!(setup.read(NAME, &state).await.unwrap().is_none());
    assert_eq!(setup.proxy.unused(), 0);
}

#[tokio::test]
async fn a_workspace_is_created_if_the_key_allows_it() {
    let setup = Setup::new().await;
    setup.proxy.then("POST", refusal(403, r#"{"error":{"code":403,"status":"Forbidden","message":"no"}}"#));
    let refused = setup.create(NAME, &[("name", "new".into())]).await.unwrap_err();
    assert!(told(&refused.diagnostics).contains("import it by its id"), "{refused:?}");
    setup.proxy.then("POST", Fault::LoseAnswer);
    let made = setup.create(NAME, &[("name", "new".into())]).await.unwrap();
    let (_, all) = setup.ask("GET", "/workspaces", None).await;
    let named: Vec<_> = all["workspaces"].as_array().unwrap().iter().filter(|workspace| workspace["name"] == "new").collect();
    assert_eq!((named.len(), named[0]["id"].as_str()), (1, Some(id(&made).as_str())));
}

/// As the official provider writes it: moments as Go prints them.
#[tokio::test]
async fn an_official_workspace_plans_no_change() {
    let setup = Setup::new().await;
    let shown = first(&setup).await;
    let go = |moment: &str| format!("{} +0000 UTC", moment.trim_end_matches('Z').replace('T', " "));
    let attributes = json!({
        "id": shown["id"], "name": shown["name"],
        "created_at": go(shown["created_at"].as_str().unwrap()), "updated_at": go(shown["updated_at"].as_str().unwrap()),
    });
    let mut config = super::provider(&setup.emulator.url());
    config["workspace_id"] = shown["id"].clone();
    let mut core = Core::direct(&ORY, config).await.unwrap();
    let thing = core.moved("ory_workspace", "registry.terraform.io/ory/ory", "ory_workspace", 0, &attributes).await.unwrap();
    let config = json!({ "name": shown["name"] });
    let plan = core.plan(&thing, &config).await.unwrap();
    assert_eq!(plan.action, Action::NoOp, "{:?}", plan.value);
    assert_eq!(plan.value.get("created_at").text(), attributes["created_at"].as_str());
    core.settled(&plan.prior, &config).await.unwrap();
    // And it is looked up by its id, its name, and as the provider's own.
    for asked in [json!({ "id": shown["id"] }), json!({ "name": shown["name"] }), json!({})] {
        let found = core.data("ory_workspace", &asked).await.unwrap().to_json();
        assert_eq!((&found["id"], &found["name"], &found["created_at"]), (&shown["id"], &shown["name"], &shown["created_at"]), "{asked}");
    }
}
