//! Looks for secrets of the examples in every output: the real tools run all examples, with every level
//! of logging and every fault, and the test searches everything that was written.
//!
//! The wire and the environment that these tests make show what is secret; the provider is not asked.
//! `hostile/secrets.rs` does the rest without the tools: each secret attribute with each refusal.

mod pulumi;
mod terraform;

use crate::harness::{
    process::Ran,
    server::{Server, nowhere},
    wire::{Mood, REPEATED, Wire},
};
use janiform::{
    engine::{ActionEntry, DataSource, Offer},
    frontends::pulumi::names::{camel, function_token, pascal, resource_token},
    ory::ORY,
    schema::Table,
};
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value as Json, json};
use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

/// How the provider is let in by what guards the servers, beside a header.
#[derive(Clone, Copy)]
enum Credentials {
    Basic,
    OAuth2,
}

/// The emulator, who listens to it, and what nobody may hear.
struct Scene {
    server: Server,
    wire: Wire,
    /// What the tool is to have in its environment.
    environment: Vec<(String, String)>,
    /// What is secret of it.
    canaries: Vec<String>,
    scratch: tempfile::TempDir,
}

impl Scene {
    fn start(credentials: Credentials) -> Scene {
        let scratch = tempfile::tempdir().expect("a directory");
        let summary = scratch.path().join("summary.json");
        let server = Server::emulator(&["--summary", summary.to_str().expect("a path")]);
        let wire = Wire::to(&server.admin);
        server.create(&json!({ "client_id": "provider", "client_secret": "canary-of-oauth2", "grant_types": ["client_credentials"] }));
        let key = KeyPair::generate().expect("a key");
        let certificate = CertificateParams::new(Vec::new()).expect("a certificate").self_signed(&key).expect("a certificate");
        let environment = [
            ("ORY_ADMIN_HEADERS", json!({ "X-Guard": "canary-in-a-header" }).to_string()),
            match credentials {
                Credentials::Basic => {
                    ("ORY_ADMIN_BASIC_AUTH", json!({ "username": "somebody", "password": "canary-of-basic-auth" }).to_string())
                }
                Credentials::OAuth2 => {
                    let token_url = format!("{}/oauth2/token", wire.url());
                    let oauth2 = json!({ "token_url": token_url, "client_id": "provider", "client_secret": "canary-of-oauth2" });
                    ("ORY_ADMIN_OAUTH2", oauth2.to_string())
                }
            },
            ("ORY_PROJECT_API_KEY", "ory_pat_canary-of-a-project".into()),
            ("ORY_WORKSPACE_API_KEY", "ory_wak_canary-of-a-workspace".into()),
            ("ORY_CLIENT_CERT_PEM", certificate.pem()),
            ("ORY_CLIENT_KEY_PEM", key.serialize_pem()),
            ("ORY_MAX_RETRIES", "0".into()),
            // What the engine has for its own service, and hands on to providers.
            ("PULUMI_ACCESS_TOKEN", "pul-canary-of-the-engine".into()),
            ("PULUMI_API", format!("{}/canary-of-the-service", nowhere())),
            ("JANIFORM_STATE_DIR", scratch.path().join("record").to_str().expect("a path").into()),
        ];
        let pem = key.serialize_pem();
        let mut canaries: Vec<String> =
            ["in-a-header", "of-basic-auth", "of-oauth2", "of-a-project", "of-a-workspace", "of-the-engine", "of-the-service"]
                .map(|name| format!("canary-{name}"))
                .into();
        canaries.push(pem.lines().nth(1).expect("a line of the key").to_owned());
        let mut environment: Vec<_> = environment.map(|(name, value)| (name.to_owned(), value)).into();
        environment.extend(reached_at(&wire.url()));
        Scene { server, wire, environment, canaries, scratch }
    }

    /// Everything that is secret by now.
    fn secrets(&self) -> Vec<String> {
        [self.canaries.clone(), self.wire.heard()].concat()
    }

    #[track_caller]
    fn is_kept_from(&self, what: &str, text: &str) {
        holds_none(what, text, &self.secrets());
    }

    /// What the run has shown; and what it was for: whether it failed, and was told what the server was sent.
    #[track_caller]
    fn hears_nothing(&self, ran: Ran, fault: Option<Mood>) {
        self.is_kept_from(&ran.line, &ran.text());
        match fault {
            None => drop(ran.ok()),
            Some(Mood::Refuses) => drop(ran.fails().says(&[REPEATED])),
            Some(_) => drop(ran.fails()),
        }
    }

    /// In the end: the provider's record, and what the emulator has told of all that.
    fn ends(self) {
        let secrets = self.secrets();
        assert!(secrets.len() > self.canaries.len() + 10, "few secrets went over the wire: {secrets:?}");
        let record = self.scratch.path().join("record/ory/creates.jsonl");
        assert_eq!(fs::metadata(&record).expect("the provider records creates").permissions().mode() & 0o777, 0o600);
        let window = self.server.window.clone().expect("a window");
        for (path, sign) in [("/api/state", "clients"), ("/api/events?from=0", "\"type\":\"change\"")] {
            let told = read_for_a_while(&window, path);
            assert!(told.contains(sign), "{path}: {told}");
            holds_none(path, &told, &secrets);
        }
        let ran = self.server.stop();
        holds_none("the emulator", &ran.text(), &secrets);
        for (path, text) in written(self.scratch.path()) {
            holds_none(&path.display().to_string(), &text, &secrets);
        }
    }
}

/// Whether the example needs Ory Network's console, which is not there: what its secrets are seen in, `hostile/secrets.rs`
/// searches, and its own end-to-end tests.
fn is_of_the_console(example: &str) -> bool {
    // What is inside a project says which one by its slug.
    let is_inside = |table: &Table| table.index("project_slug").is_some();
    let resources = ORY.resources().map(|entry| entry.resource).filter(|resource| !is_inside(&resource.table));
    let mut words: Vec<(String, [String; 2])> = resources
        .map(|of| (format!("resource \"ory_{}\" ", of.name), [resource_token("ory", of.name), format!("ory:{}", pascal(of.name))]))
        .collect();
    for offer in ORY.each_offer() {
        if let Offer::Action(ActionEntry { action, .. }) = offer
            && !is_inside(&action.table)
        {
            let of = action.name;
            words.push((format!("action \"ory_{of}\" "), [resource_token("ory", of), format!("ory:{}", pascal(of))]));
        }
    }
    for source in ORY.data_sources() {
        let (name, table) = match source {
            DataSource::Lookup { lookup, .. } => (lookup.name, &lookup.of.table),
            DataSource::Query { query, .. } => (query.name, &query.table),
        };
        if !is_inside(table) {
            let short = format!("ory:{}", camel(&format!("get_{name}")));
            words.push((format!("data \"ory_{name}\" "), [function_token("ory", "get_", name), short]));
        }
    }
    let says = |line: &str, token: &String| line.trim_end().ends_with(token.as_str());
    words
        .iter()
        .any(|(block, tokens)| example.contains(block.as_str()) || example.lines().any(|line| tokens.iter().any(|token| says(line, token))))
}

/// The services, all at one place.
fn reached_at(url: &str) -> impl Iterator<Item = (String, String)> {
    ["HYDRA_ADMIN", "HYDRA_PUBLIC", "KRATOS_ADMIN", "KRATOS_PUBLIC", "KETO_READ", "KETO_WRITE", "TALOS"]
        .map(|name| (format!("ORY_{name}_URL"), url.to_owned()))
        .into_iter()
}

#[track_caller]
fn holds_none(what: &str, text: &str, secrets: &[String]) {
    for secret in secrets {
        // As it is, and as a text within a text has it.
        let quoted = Json::from(secret.as_str()).to_string();
        if let Some(at) = text.find(secret.as_str()).or_else(|| text.find(quoted.trim_matches('"'))) {
            let around: String = text.chars().skip(text[..at].chars().count().saturating_sub(300)).take(400).collect();
            panic!("{what} shows {secret}: …{around}…");
        }
    }
}

/// Every file below, by its path, as far as it is text. Links are not followed.
fn written(dir: &Path) -> BTreeMap<PathBuf, String> {
    let (mut files, mut dirs) = (BTreeMap::new(), vec![dir.to_owned()]);
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(&dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display())) {
            let entry = entry.expect("an entry");
            match entry.file_type().expect("a type") {
                kind if kind.is_dir() => dirs.push(entry.path()),
                kind if kind.is_file() => {
                    let bytes = fs::read(entry.path()).expect("a file that can be read");
                    files.insert(entry.path(), String::from_utf8_lossy(&bytes).into_owned());
                }
                _ => {}
            }
        }
    }
    files
}

/// What a stream that does not end tells at first.
fn read_for_a_while(url: &str, path: &str) -> String {
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(host).expect("a window");
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").as_bytes()).expect("a request");
    stream.set_read_timeout(Some(Duration::from_secs(1))).expect("a timeout");
    let (mut told, mut chunk) = (Vec::new(), [0; 65536]);
    while let Ok(read @ 1..) = stream.read(&mut chunk) {
        told.extend_from_slice(&chunk[..read]);
    }
    String::from_utf8_lossy(&told).into_owned()
}
