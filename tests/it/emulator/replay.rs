//! The emulator answers every recorded exchange as recorded. Intended differences
//! are listed with a reason, and an entry that no longer differs fails.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use janiform::emulator::{Options, Profile, start};

use super::player::Player;
use super::trace::{Body, Exchange, RECORDED, read};

/// A difference that stays: file, exchange, where it shows, and why.
pub type Known = (&'static str, &'static str, &'static [&'static str], &'static str);

pub const ONE_PORT: &str = "one port serves what are two on the real server, so paths of the other port exist here";
const HYDRA_ANSWERS: &str = "what all services have, and what none has, is answered as Hydra answers it";
const NO_METRICS: &str = "there are no metrics to show";
pub const NO_OVERWRITE: &str = "patching client_id to that of another client is refused instead of overwriting that client";
pub const RELEASE_NAME: &str = "the recorded server was built without a version; this one says which release it plays";

pub const KNOWN_26_2: &[Known] = &[
    ("client_get", "on public port", &["status 404 != 200"], ONE_PORT),
    ("token", "token endpoint on admin port", &["status 404 != 200"], ONE_PORT),
    ("meta", "admin /version", &["/version"], RELEASE_NAME),
    ("meta", "public /version", &["status 404 != 200"], ONE_PORT),
    ("meta", "metrics first bytes", &["status 200 != 404"], NO_METRICS),
    ("meta", "admin prefixed /version", &["/version"], RELEASE_NAME),
    ("meta", "admin root", &["status 404 != 307"], ONE_PORT),
    ("client_extra", "PATCH ex-a: client_id -> existing ex-b", &["status 200 != 409"], NO_OVERWRITE),
    ("client_extra", "GET ex-b (was it overwritten?)", &["/client_name"], NO_OVERWRITE),
];

pub const KNOWN_2_3: &[Known] = &[
    ("client_get", "on public port", &["status 404 != 200"], ONE_PORT),
    ("token", "token endpoint on admin port", &["status 404 != 200"], ONE_PORT),
    ("meta", "admin /version", &["/version"], RELEASE_NAME),
    ("meta", "public /version", &["status 404 != 200"], ONE_PORT),
    ("meta", "metrics first bytes", &["status 200 != 404"], NO_METRICS),
    ("meta", "admin root", &["body", "header content-type", "header x-content-type-options"], ONE_PORT),
];

/// No answer of that server names it.
const RECORDED_KETO: [&str; 2] = ["http://127.0.0.1:24466", "http://127.0.0.1:24467"];

const RECORDED_KRATOS: [&str; 2] = ["http://127.0.0.1:24433", "http://127.0.0.1:24434"];

const KNOWN_KRATOS: &[Known] = &[
    ("kratos", "schemas on admin", &["status 307 != 200"], ONE_PORT),
    ("kratos", "version", &["/version"], RELEASE_NAME),
    ("kratos", "identities on public", &["status 307 != 200"], ONE_PORT),
];

const KNOWN_KETO: &[Known] = &[
    ("keto", "get on write port", &["status 404 != 200"], ONE_PORT),
    ("keto", "health read", &["header cache-control"], HYDRA_ANSWERS),
    ("keto", "health write", &["header cache-control"], HYDRA_ANSWERS),
    ("keto", "version read", &["/version", "header cache-control"], HYDRA_ANSWERS),
    ("keto", "unknown route", &["body", "header cache-control", "header content-type", "header x-content-type-options"], HYDRA_ANSWERS),
];

/// In the order of recording: a list holds what the files before it have created.
const FILES: [&str; 14] = [
    "client_create",
    "client_auth_methods",
    "client_validation",
    "client_ids",
    "client_get",
    "client_list",
    "client_put",
    "client_patch",
    "client_delete",
    "client_lifespans",
    "client_secret_rotation",
    "token",
    "jwks",
    "trust_issuers",
];

fn fixtures(profile: Profile) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/traces").join(profile.version())
}

/// Every recorded exchange of that release, file by file.
pub fn recorded(profile: Profile) -> Vec<(&'static str, Exchange)> {
    let mut files = FILES.to_vec();
    files.extend(["dynamic_registration", "meta"]);
    if profile == Profile::V26_2 {
        files.extend(["client_extra", "client_extra2"]);
    }
    let mut exchanges = Vec::new();
    for file in files {
        for exchange in read(&fixtures(profile).join(format!("{file}.json"))) {
            exchanges.push((file, with_accept(exchange)));
        }
    }
    exchanges
}

/// One file of the newer release.
fn file(name: &'static str) -> Vec<(&'static str, Exchange)> {
    read(&fixtures(Profile::V26_2).join(format!("{name}.json"))).into_iter().map(|exchange| (name, with_accept(exchange))).collect()
}

/// The recorder asked for JSON, and did not write that down; where it asked for a page, only the name tells.
fn with_accept(mut exchange: Exchange) -> Exchange {
    let accept = if exchange.name.contains("Accept html") { "text/html" } else { "application/json" };
    exchange.request = exchange.request.with("Accept", accept);
    exchange
}

/// Compares what was found with what is known; returns complaints.
pub fn judge(found: Vec<(String, String, BTreeSet<String>)>, known: &[Known]) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut used = BTreeSet::new();
    for (file, name, places) in found {
        let entry = known.iter().position(|entry| entry.0 == file && entry.1 == name);
        match entry {
            Some(at) if !places.is_empty() && known[at].2.iter().map(|p| (*p).to_owned()).collect::<BTreeSet<_>>() == places => {
                used.insert(at);
            }
            Some(_) | None if places.is_empty() => {}
            _ => complaints.push(format!("{file}: {name}: {places:?}")),
        }
    }
    for (at, entry) in known.iter().enumerate() {
        if !used.contains(&at) {
            complaints.push(format!("{}: {}: listed as different, but is not (as listed)", entry.0, entry.1));
        }
    }
    complaints
}

async fn replay(options: Options, recorded_at: [&str; 2], exchanges: Vec<(&'static str, Exchange)>, known: &[Known]) {
    let server = start(options).await.expect("the emulator starts");
    let url = server.url();
    let mut player = Player::new(recorded_at, [&url, &url]);
    let mut found = Vec::new();
    let count = exchanges.len();
    for (file, exchange) in exchanges {
        let (_, _, places) = player.play(&exchange, &url, &url).await;
        found.push((file.to_owned(), exchange.name, places));
    }
    server.stop().await;
    let complaints = judge(found, known);
    assert!(complaints.is_empty(), "{} of {count} exchanges differ:\n{}", complaints.len(), complaints.join("\n"));
}

#[tokio::test]
async fn answers_as_v26_2_0_did() {
    replay(Options::default(), RECORDED, recorded(Profile::V26_2), KNOWN_26_2).await;
}

#[tokio::test]
async fn answers_as_v2_3_0_did() {
    let options = Options { profile: Profile::V2_3, ..Options::default() };
    replay(options, RECORDED, recorded(Profile::V2_3), KNOWN_2_3).await;
}

#[tokio::test]
async fn answers_as_keto_did() {
    let options = Options { namespaces: Some(vec!["files".to_owned(), "groups".to_owned()]), ..Options::default() };
    let mut exchanges = file("keto");
    // Refused there; here, where both APIs have one port, it would add a tuple that all that follow do not expect.
    exchanges.retain(|(_, exchange)| exchange.name != "put on read port");
    replay(options, RECORDED_KETO, exchanges, KNOWN_KETO).await;
}

#[tokio::test]
async fn answers_as_kratos_did() {
    // The schema that it was configured with is in one of its answers.
    let exchanges = file("kratos");
    let schema = exchanges.iter().find(|(_, exchange)| exchange.name == "schema by id").map(|(_, exchange)| match &exchange.body {
        Body::Document(schema) => schema.compact(),
        other => panic!("no schema: {other:?}"),
    });
    let options = Options { schemas: vec![("person".to_owned(), schema.expect("a schema"))], ..Options::default() };
    replay(options.clone(), RECORDED_KRATOS, exchanges, KNOWN_KRATOS).await;
    replay(options, RECORDED_KRATOS, file("kratos_extra"), &[]).await;
}

/// What `corpus_more` and `kratos_more` ask, of servers of the newer release.
#[tokio::test]
async fn answers_more_as_v26_2_0_did() {
    replay(Options::default(), RECORDED, file("more"), &[]).await;
    let exchanges = file("kratos_more");
    let schemas = exchanges.iter().take(2).zip(["default", "customer"]).map(|((_, exchange), id)| match &exchange.body {
        Body::Document(schema) => (id.to_owned(), schema.compact()),
        other => panic!("no schema: {other:?}"),
    });
    let options = Options { schemas: schemas.collect(), ..Options::default() };
    replay(options, RECORDED_KRATOS, exchanges, &[]).await;
}

#[tokio::test]
async fn registration_can_be_off() {
    let server = start(Options { dynamic_registration: false, ..Options::default() }).await.expect("the emulator starts");
    let url = server.url();
    let mut player = Player::new(RECORDED, [&url, &url]);
    for exchange in read(&fixtures(Profile::V26_2).join("dynamic_registration_disabled.json")) {
        let (_, _, places) = player.play(&exchange, &url, &url).await;
        assert!(places.is_empty(), "{}: {places:?}", exchange.name);
    }
    server.stop().await;
}
