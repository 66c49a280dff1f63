//! The emulator beside a real Kratos of the release that it emulates: it gets the same requests, and any difference that is not
//! listed fails.
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

const KNOWN_LIVE_26_2: &[Known] = &[];

const KNOWN_LIVE_2_3: &[Known] = &[(
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
    let Some(real) = kratos().await else { return };
    let profile = real.release("/admin/version").await;
    let Real { admin, public, .. } = &real;
    empty(admin).await;
    let options = Options { profile, schemas: schemas(public).await, ..Options::default() };
    let server = start(options).await.expect("the emulator starts");
    let url = server.url();
    let mut player = Player::new([public, admin], [&url, &url]);
    let mut answers: BTreeMap<&str, Value> = BTreeMap::new();
    let mut found = Vec::new();
    for step in steps(profile) {
        let mut request = step.request;
        request.path = fill(&request.path, &answers);
        if let Ok(body) = std::str::from_utf8(&request.body) {
            request.body = fill(body, &answers).into_bytes();
        }
        let base = if step.public { public } else { admin };
        let answered = wire::send(base, &request).await.unwrap_or_else(|error| panic!("{}: {error}", step.name));
        if !step.label.is_empty() {
            answers.insert(step.label, answered.json());
        }
        let exchange = live(&step.name, step.public, request, &answered);
        let (_, _, places) = player.play(&exchange, &url, &url).await;
        found.push(("corpus".to_owned(), step.name, places));
    }
    server.stop().await;
    let count = found.len();
    let known = match profile {
        Profile::V26_2 => KNOWN_LIVE_26_2,
        Profile::V2_3 => KNOWN_LIVE_2_3,
    };
    let complaints = judge(found, known);
    assert!(complaints.is_empty(), "{} of {count} answers differ:\n{}", complaints.len(), complaints.join("\n"));
}
