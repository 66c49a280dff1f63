//! The emulator beside a real Kratos v1.3.1: the same requests, any difference not listed fails.
//!
//! Needs a server that may be emptied, its addresses in `JANIFORM_KRATOS_ADMIN` and
//! `JANIFORM_KRATOS_PUBLIC`; `scripts/tools/kratos-serve` starts one.

use std::collections::BTreeMap;

use janiform::emulator::{Options, Profile, start};
use serde_json::Value;

use super::differential::fill;
use super::kratos_corpus::steps;
use super::player::Player;
use super::replay::{Known, judge};
use super::trace::live;
use super::wire::{self, bare};
use crate::support::{Real, kratos};

const KEPT_ADDRESS: &str = "an address that it has kept is shown without its id and times, until it is read again";

const KNOWN_LIVE: &[Known] = &[(
    "corpus",
    r#"247 PATCH /admin/identities/{{patch/id}} [{"op":"replace","path":"/recovery_addresses/0/value","value":"other@ex.com"}]"#,
    &["/recovery_addresses/0/created_at", "/recovery_addresses/0/id", "/recovery_addresses/0/updated_at"],
    KEPT_ADDRESS,
)];

/// Takes away all identities of a real server.
pub async fn empty(admin: &str) {
    loop {
        let page = wire::send(admin, &bare("GET", "/admin/identities?page_size=500")).await.expect("the real server answers");
        let identities = page.json().as_array().cloned().unwrap_or_default();
        if identities.is_empty() {
            return;
        }
        for identity in identities {
            let path = format!("/admin/identities/{}", identity["id"].as_str().unwrap_or_default());
            let answer = wire::send(admin, &bare("DELETE", &path)).await.expect("the real server answers");
            assert_eq!(answer.status, 204, "{path}: cannot be deleted; start the real server anew");
        }
    }
}

/// The schemas that the real server has, so that both have the same.
async fn schemas(public: &str) -> Vec<(String, String)> {
    let listed = wire::send(public, &bare("GET", "/schemas")).await.expect("the real server answers").json();
    let mut schemas = Vec::new();
    for schema in listed.as_array().expect("a list of schemas") {
        let id = schema["id"].as_str().expect("an id").to_owned();
        let document = wire::send(public, &bare("GET", &format!("/schemas/{id}"))).await.expect("the real server answers");
        schemas.push((id, document.text()));
    }
    schemas
}

#[tokio::test]
async fn answers_as_a_real_kratos_does() {
    let Some(Real { admin, public, .. }) = &kratos().await else { return };
    empty(admin).await;
    let options = Options { profile: Profile::V2_3, schemas: schemas(public).await, ..Options::default() };
    let server = start(options).await.expect("the emulator starts");
    let url = server.url();
    let mut player = Player::new([public, admin], [&url, &url]);
    let mut answers: BTreeMap<&str, Value> = BTreeMap::new();
    let mut found = Vec::new();
    for step in steps() {
        let mut request = step.request;
        request.path = fill(&request.path, &answers);
        if let Ok(body) = std::str::from_utf8(&request.body) {
            request.body = fill(body, &answers).into_bytes();
        }
        let base = if step.public { public } else { admin };
        let answered = wire::send(base, &request).await.expect("the real server answers");
        if !step.label.is_empty() {
            answers.insert(step.label, answered.json());
        }
        let exchange = live(&step.name, step.public, request, &answered);
        let (_, _, places) = player.play(&exchange, &url, &url).await;
        found.push(("corpus".to_owned(), step.name, places));
    }
    server.stop().await;
    let count = found.len();
    let complaints = judge(found, KNOWN_LIVE);
    assert!(complaints.is_empty(), "{} of {count} answers differ:\n{}", complaints.len(), complaints.join("\n"));
}
