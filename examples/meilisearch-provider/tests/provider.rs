//! The provider, tested with `janiform-testing` and nothing else: no Terraform, no Pulumi, no Meilisearch.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod server;

use janiform_testing::{
    lifecycles,
    pulumi::{self, Host, wire::is_secret},
    terraform::{self, Core},
};
use meilisearch_provider::MEILISEARCH;
use serde_json::{Value as Json, json};
use server::Server;

/// What the tables do not say: ids are not just any texts.
fn known(attribute: &str) -> Option<Vec<Json>> {
    let ids = ["01b4bc42-eb33-4041-b481-254d00cce834", "6062abda-a5aa-4414-ac91-ecd7944c0f8d"];
    (attribute == "uid").then(|| ids.map(Json::from).to_vec())
}

#[tokio::test]
async fn every_attribute_of_every_resource_lives_on_both_faces() {
    let server = Server::start().await;
    let runs = lifecycles(&MEILISEARCH, server.config(), &server, known).await;
    assert!(runs > 50, "only {runs} ran");
    assert_eq!(server.count(), 0, "something was left behind");
}

#[tokio::test]
async fn whatever_rule_is_broken_a_lifecycle_fails() {
    for entry in MEILISEARCH.resources() {
        let fresh = async || {
            let server = Server::start().await;
            (server.config(), server)
        };
        let unnoticed = terraform::saboteur::unnoticed(&MEILISEARCH, fresh, entry, known).await;
        assert_eq!(unnoticed, [], "{}", entry.resource.name);
        let unnoticed = pulumi::saboteur::unnoticed(&MEILISEARCH, fresh, entry, known).await;
        assert_eq!(unnoticed, [], "{}", entry.resource.name);
    }
}

#[tokio::test]
async fn a_header_that_lets_in_is_sent_and_kept_nowhere() {
    let server = Server::start().await;
    let mut core = Core::new(&MEILISEARCH, server.config()).await.unwrap();
    let mut webhook = core.thing("meilisearch_webhook");
    let config = |secret: &str, version: i64| json!({ "url": "https://example.com/done", "authorization_wo": format!("Bearer {secret}"), "authorization_wo_version": version });
    core.apply(&mut webhook, &config("canary-1", 1)).await.unwrap();
    let state = webhook.state.clone().unwrap();
    assert!(!state.json.contains("canary"), "{}", state.json);
    let id = state.value.get("uuid").text().unwrap().to_owned();
    assert_eq!(server.headers(&id), json!({ "Authorization": "Bearer canary-1" }));
    // What comes with another version is sent again, and changes nothing else.
    core.settled(&webhook, &config("canary-2", 1)).await.unwrap();
    core.apply(&mut webhook, &config("canary-2", 2)).await.unwrap();
    assert_eq!(server.headers(&id), json!({ "Authorization": "Bearer canary-2" }));
    // A change of something else does not send back what the server shows in its place.
    let mut elsewhere = config("canary-2", 2);
    elsewhere["url"] = "https://example.com/elsewhere".into();
    core.apply(&mut webhook, &elsewhere).await.unwrap();
    assert_eq!(server.headers(&id), json!({ "Authorization": "Bearer canary-2" }));
}

#[tokio::test]
async fn a_key_can_be_looked_up_and_is_a_secret() {
    let server = Server::start().await;
    let config = json!({ "actions": ["search"], "indexes": ["products_*"], "expires_at": "2042-04-02T00:42:42Z" });
    let mut core = Core::new(&MEILISEARCH, server.config()).await.unwrap();
    let mut key = core.thing("meilisearch_key");
    core.apply(&mut key, &config).await.unwrap();
    let state = key.state.clone().unwrap().value;
    assert!(core.attrs("meilisearch_key")["key"].sensitive);
    let found = core.data("meilisearch_key", &json!({ "uid": state.get("uid").text() })).await.unwrap();
    assert_eq!(found.get("key"), state.get("key"));

    let mut host = Host::of(&MEILISEARCH).await;
    host.configure(pulumi::spell(MEILISEARCH.config, &server.config())).await.unwrap();
    let program = json!({ "actions": ["search"], "indexes": ["products_*"], "expiresAt": "2042-04-02T00:42:42Z" });
    let up = host.up("meilisearch:index/key:Key", "search", &program).await.unwrap();
    assert!(is_secret(&up.outputs["key"]));
}

#[tokio::test]
async fn who_may_not_is_told_what_to_set() {
    let server = Server::start().await;
    for (config, code) in [(json!({ "url": server.url }), "401"), (json!({ "url": server.url, "master_key": "canary" }), "403")] {
        let mut core = Core::new(&MEILISEARCH, config).await.unwrap();
        let mut webhook = core.thing("meilisearch_webhook");
        let refused = core.apply(&mut webhook, &json!({ "url": "https://example.com/done" })).await.unwrap_err();
        assert!(refused.says("MEILISEARCH_MASTER_KEY") && refused.says(code) && !refused.says("canary"), "{}", refused.text());
    }
    assert_eq!(server.count(), 0);
}
