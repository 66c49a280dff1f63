//! The emulator beside a real Hydra of the release that it emulates: it gets the same requests, and any difference that is not
//! listed fails.
//!
//! Needs a server that may be emptied, with its addresses in `JANIFORM_HYDRA_ADMIN` and
//! `JANIFORM_HYDRA_PUBLIC`.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{Real, hydra};
use janiform::emulator::{Options, Profile, start};
use serde_json::Value;

use super::corpus;
use super::player::Player;
use super::replay::{KNOWN_2_3, KNOWN_26_2, Known, NO_OVERWRITE, ONE_PORT, RELEASE_NAME, judge, recorded};
use super::trace::{RECORDED, live};
use super::wire::{self, Request};

const KNOWN_LIVE_2_3: &[Known] = &[];
const KNOWN_LIVE_26_2: &[Known] = &[
    ("corpus", "1275 GET /admin/clients?page_size=1001 ", &["ex-b/client_name"], NO_OVERWRITE),
    ("corpus", "1426 OPTIONS /health/ready ", NO_METHOD, ONE_PORT),
    ("corpus", "1427 PUT /health/ready ", NO_METHOD, ONE_PORT),
    ("corpus", "1428 PATCH /health/ready ", NO_METHOD, ONE_PORT),
    ("corpus", "1431 OPTIONS /health/alive/ ", NO_METHOD, ONE_PORT),
    ("corpus", "1432 PUT /health/alive/ ", NO_METHOD, ONE_PORT),
    ("corpus", "1433 PATCH /health/alive/ ", NO_METHOD, ONE_PORT),
];
const NO_METHOD: &[&str] = &["status 404 != 405"];

impl Real {
    /// Which release it says at this path that it is; of these, an older and a newer one are told apart.
    pub async fn release(&self, path: &str) -> Profile {
        let version = wire::send(&self.admin, &wire::bare("GET", path)).await.expect("the real server answers").json();
        let version = version["version"].as_str().expect("a version");
        if ["v1.", "v2."].iter().any(|older| version.starts_with(older)) { Profile::V2_3 } else { Profile::V26_2 }
    }

    async fn empty(&self, profile: Profile) {
        let requests = recorded(profile).into_iter().map(|(_, exchange)| exchange.request);
        let requests = requests.chain(corpus::steps(profile).into_iter().map(|step| step.request));
        let paths = requests.map(|request| request.path).filter(|path| path.starts_with("/admin/keys/") && !path.contains("/hydra."));
        // What trusts in a key goes with it.
        for path in paths.collect::<BTreeSet<_>>() {
            let set: String = path.splitn(5, '/').take(4).collect::<Vec<_>>().join("/");
            wire::send(&self.admin, &wire::bare("DELETE", &set)).await.expect("the real server answers");
        }
        loop {
            let path = "/admin/trust/grants/jwt-bearer/issuers";
            let page = wire::send(&self.admin, &wire::bare("GET", &format!("{path}?page_size=1"))).await.expect("the real server answers");
            let Some(id) = page.json()[0]["id"].as_str().map(str::to_owned) else { break };
            wire::send(&self.admin, &wire::bare("DELETE", &format!("{path}/{id}"))).await.expect("the real server answers");
        }
        loop {
            let page = wire::send(&self.admin, &wire::bare("GET", "/admin/clients?page_size=500")).await.expect("the real server answers");
            let clients = page.json().as_array().cloned().unwrap_or_default();
            if clients.is_empty() {
                return;
            }
            for client in clients {
                let id = client["client_id"].as_str().unwrap_or_default();
                let path = format!("/admin/clients/{}", janiform::emulator::go::form::path_escape(id));
                let response = wire::send(&self.admin, &wire::bare("DELETE", &path)).await.expect("the real server answers");
                assert_eq!(response.status, 204, "{id}: cannot be deleted; start the real server anew");
            }
        }
    }
}

/// The text with the members of earlier answers in place.
pub fn fill(text: &str, answers: &BTreeMap<&str, Value>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once("{{") {
        out.push_str(before);
        let (place, tail) = tail.split_once("}}").expect("a placeholder ends");
        let (label, member) = place.split_once('/').expect("a placeholder names a member");
        let told = answers.get(label).and_then(|answer| answer.pointer(&format!("/{member}"))?.as_str());
        out.push_str(told.expect("the member was answered"));
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[tokio::test]
async fn answers_as_a_real_server_does() {
    let Some(real) = hydra().await else { return };
    let profile = real.release("/version").await;
    real.empty(profile).await;
    let server = start(Options { profile, ..Options::default() }).await.expect("the emulator starts");
    let url = server.url();
    let mut from_recorded = Player::new(RECORDED, [&real.public, &real.admin]);
    let mut from_real = Player::new([&real.public, &real.admin], [&url, &url]);
    let mut found = Vec::new();
    for (file, exchange) in recorded(profile) {
        if profile == Profile::V2_3 && exchange.name.contains("'a/b'") {
            // This release cannot address such a client, so it could not be deleted again.
            continue;
        }
        let (sent, answered, _) = from_recorded.play(&exchange, &real.admin, &real.public).await;
        if sent == Request::default() {
            continue;
        }
        let exchange = live(&exchange.name, exchange.public, sent, &answered);
        let (_, _, places) = from_real.play(&exchange, &url, &url).await;
        found.push((file.to_owned(), exchange.name, places));
    }
    let mut answers = BTreeMap::new();
    for step in corpus::steps(profile) {
        let mut request = step.request;
        request.path = fill(&request.path, &answers);
        for header in &mut request.headers {
            header.1 = fill(&header.1, &answers);
        }
        if let Ok(body) = std::str::from_utf8(&request.body) {
            request.body = fill(body, &answers).into_bytes();
        }
        let base = if step.public { &real.public } else { &real.admin };
        let answered = wire::send(base, &request).await.unwrap_or_else(|error| panic!("{}: {error}", step.name));
        if !step.label.is_empty() {
            answers.insert(step.label, answered.json());
        }
        let exchange = live(&step.name, step.public, request, &answered);
        let (_, _, places) = from_real.play(&exchange, &url, &url).await;
        found.push(("corpus".to_owned(), step.name, places));
    }
    server.stop().await;
    let count = found.len();
    // This server was built with a version.
    let (recorded, live) = match profile {
        Profile::V26_2 => (KNOWN_26_2, KNOWN_LIVE_26_2),
        Profile::V2_3 => (KNOWN_2_3, KNOWN_LIVE_2_3),
    };
    let known: Vec<Known> = recorded.iter().filter(|entry| entry.3 != RELEASE_NAME).chain(live).copied().collect();
    let complaints = judge(found, &known);
    assert!(complaints.is_empty(), "{} of {count} answers differ:\n{}", complaints.len(), complaints.join("\n"));
}
