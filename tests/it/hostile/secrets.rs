//! Every secret of every resource, through both faces, while the server repeats it in its errors and the network
//! loses answers: it is in no log, no diagnostic, no message and no journal; a write-only one is in no
//! state of Terraform's; and in Pulumi's state only where the engine encrypts it.

use crate::{
    ory::{adoption::everywhere, both_faces, console::lives::with_project, identity_lives, project_config::ways_with_secrets},
    pulumi::{
        Recorder,
        engine::Host,
        every::spell,
        wire::{is_secret, secret},
    },
    shares::Share,
    support::faults::{Fault, Proxy},
    terraform::{
        core::{Core, Stop},
        samples::{self, Way},
    },
};
use janiform::{
    emulator::{Profile, Running},
    engine::{Engine, Journal},
    frontends::{
        pulumi::{self, names},
        terraform::{
            self,
            log::{HclogLayer, LogLevel},
        },
    },
    ory::ORY,
    schema::{Attr, Resource},
};
use serde_json::{Value as Json, json};
use std::{
    collections::BTreeSet,
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    sync::{Arc, Mutex},
};
use tracing_subscriber::layer::SubscriberExt as _;

pub const IN_PROVIDER: &str = "canary-of-the-provider-8841";
pub const IN_PASSWORD: &str = "canary-of-a-password-8842";
/// The latter as it is sent.
const BASIC: &str = "c29tZWJvZHk6Y2FuYXJ5LW9mLWEtcGFzc3dvcmQtODg0Mg==";

const SYMMETRIC: &str =
    r#"{"keys": [{"kty": "oct", "kid": "a", "alg": "HS256", "use": "sig", "k": "Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LTU1MjE"}]}"#;

/// All that is written by anybody.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Listens to this thread, where everything of a test runs: the provider and the emulator.
    fn listen(level: &'static str) -> (Log, tracing::subscriber::DefaultGuard) {
        let log = Log::default();
        let writer = log.clone();
        let level = LogLevel::from_lookup(|name| (name == "TF_LOG_PROVIDER").then(|| level.to_owned()));
        let layer = HclogLayer::new(level, move || writer.clone());
        (log, tracing::subscriber::set_default(tracing_subscriber::registry().with(layer)))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// Every way to make something that holds a secret.
fn ways() -> Vec<Way> {
    both_faces::ways().into_iter().chain(ways_with_secrets()).collect()
}

/// Secret attributes in a configuration: this one, and those that go with it.
pub struct Case {
    pub attr: &'static Attr,
    pub beside: Vec<&'static Attr>,
    pub config: Json,
    /// What must be nowhere.
    pub needles: Vec<String>,
}

/// The texts in a secret that are secret themselves: not the names of algorithms.
pub fn needles(value: &Json) -> Vec<String> {
    match value {
        Json::String(text) => match serde_json::from_str::<Json>(text) {
            Ok(inner @ (Json::Object(_) | Json::Array(_))) => needles(&inner),
            _ if text.len() >= 16 => vec![text.clone()],
            _ => Vec::new(),
        },
        Json::Array(items) => items.iter().flat_map(needles).collect(),
        Json::Object(members) => members.values().flat_map(needles).collect(),
        _ => Vec::new(),
    }
}

/// Each of the secret attributes that can be set this way.
pub fn cases(resource: &'static Resource, way: &Way) -> Vec<Case> {
    let case = |attr: &'static Attr| {
        let values = samples::values(attr, way.known).into_iter().map(|value| match value.as_str() {
            // A set that holds public keys tells them to anybody; this one has nothing else than its secret.
            Some(text) if resource.name == "json_web_key_set" && text.contains("\"keys\"") => json!(SYMMETRIC),
            // A quote, since a text that a server repeats within a text is escaped.
            Some(text) if text.starts_with('{') && needles(&value).is_empty() => {
                json!(json!({ "note": format!("canary-\"in-{}-5521", attr.name) }).to_string())
            }
            Some(text) if needles(&value).is_empty() && !text.starts_with('[') => json!(format!("canary-\"of-{}-5521", attr.name)),
            _ => value,
        });
        values.into_iter().find_map(|value| {
            let needles = needles(&value);
            let config = samples::with(resource, &way.base, attr, &value, way.known)?;
            (!needles.is_empty()).then_some(Case { attr, beside: Vec::new(), config, needles })
        })
    };
    let all = resource.table.attrs().filter(|attr| attr.configurable() && (attr.secret || attr.write_only)).filter_map(case);
    if resource.table.has_shared() { together(resource, way, all) } else { all.collect() }
}

/// As few cases as can be: settings have some dozens of secrets, each a member of one document.
fn together(resource: &'static Resource, way: &Way, all: impl Iterator<Item = Case>) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for case in all {
        let value = &case.config[case.attr.name];
        let joined = cases.iter_mut().find_map(|group| {
            group.config = samples::with(resource, &group.config, case.attr, value, way.known)?;
            Some(group)
        });
        match joined {
            Some(group) => {
                group.beside.push(case.attr);
                group.needles.extend(case.needles);
            }
            None => cases.push(case),
        }
    }
    cases
}

pub fn resource(way: &Way) -> &'static Resource {
    ORY.resources().find(|entry| entry.resource.name == way.resource).unwrap().resource
}

#[test]
fn every_secret_has_a_case() {
    let covered: BTreeSet<_> = ways()
        .iter()
        .flat_map(|way| cases(resource(way), way).into_iter().map(|case| (way.resource, case)))
        .flat_map(|(of, case)| case.beside.into_iter().chain([case.attr]).map(move |attr| (of, attr.name)))
        .collect();
    let all = ORY.resources().flat_map(|entry| {
        let secret = entry.resource.table.attrs().filter(|attr| attr.configurable() && (attr.secret || attr.write_only));
        secret.map(|attr| (entry.resource.name, attr.name))
    });
    let missing: Vec<_> = all.filter(|one| !covered.contains(one)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn holds_none(what: &str, text: &str, needles: &[String]) {
    // In a text within a text a quote is escaped; the rest of it is not.
    for needle in needles.iter().map(String::as_str).chain([IN_PROVIDER, IN_PASSWORD, BASIC]) {
        let part = needle.rsplit('"').next().unwrap_or(needle);
        if let Some(at) = text.find(part) {
            let around: String = text.chars().skip(text[..at].chars().count().saturating_sub(120)).take(300).collect();
            panic!("{what} shows {part}: …{around}…");
        }
    }
}

/// What is in the directory of the journal, and that nobody else may look.
fn journal(dir: &Path) -> String {
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    if !dir.exists() {
        return String::new();
    }
    assert_eq!(mode(dir), 0o700);
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: std::path::PathBuf| {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        // One of them is a key.
        String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned()
    };
    files.map(read).collect()
}

pub fn config(url: &str) -> Json {
    let mut config = everywhere(url);
    config["admin_headers"] = json!({ "X-Guard": IN_PROVIDER });
    config["admin_basic_auth"] = json!({ "username": "somebody", "password": IN_PASSWORD });
    config["max_retries"] = json!(0);
    config
}

pub async fn servers() -> (Running, Proxy) {
    let emulator = identity_lives::kratos(Profile::V26_2).await;
    let proxy = Proxy::to(&emulator.url()).await;
    (emulator, proxy)
}

/// An identity has no id of our choosing: one whose answer was lost is named, and for people to delete.
async fn forget_identities(proxy: &Proxy) {
    let (client, url) = (crate::support::client(), format!("{}/admin/identities", proxy.url()));
    let all: Json = serde_json::from_str(&client.get(&url).send().await.unwrap().text().await.unwrap()).unwrap();
    for identity in all.as_array().unwrap() {
        client.delete(format!("{url}/{}", identity["id"].as_str().unwrap())).send().await.unwrap();
    }
}

/// What is tried of a way, each with the way.
fn all_cases(way: &Way) -> impl Iterator<Item = (&Way, Case)> {
    cases(resource(way), way).into_iter().map(move |case| (way, case))
}

/// Every refusal that a server may put what it was sent into.
fn faults() -> Vec<Fault> {
    let refusals = [400, 401, 403, 404, 409, 422, 500, 503].map(Fault::Echo).into_iter();
    refusals.chain([401, 502].map(Fault::EchoPage)).collect()
}

mod terraform_is_shown_no_secret {
    in_shares!(super::under_terraform);
}

mod pulumi_is_shown_no_secret {
    in_shares!(super::under_pulumi);
}

async fn under_terraform(share: Share) {
    let (log, _guard) = Log::listen("TRACE");
    let (emulator, proxy) = servers().await;
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().join("state");
    let make = {
        let at = at.clone();
        move || {
            let engine = Engine::new(&ORY).recording(Journal::in_dir(at.clone()));
            terraform::service(terraform::Server::new(Arc::new(engine), |_| None))
        }
    };
    let config = with_project(config(&proxy.url()), &emulator.url()).await;
    let mut core = Core::direct_over(make, config).await.unwrap();
    let (mut tried, mut failed, mut all) = (0, 0, Vec::new());
    let ways = ways();
    for (way, case) in share.of(ways.iter().flat_map(all_cases)) {
        let resource = resource(way);
        let name = format!("{}.{}", resource.name, case.attr.name);
        let mut thing = core.thing(&format!("ory_{}", resource.name));
        let check = |what: &str, stop: &Stop| holds_none(&format!("{name}: {what}"), &format!("{stop:?}"), &case.needles);
        for fault in faults() {
            proxy.then("P", fault.clone());
            match core.apply(&mut thing, &case.config).await {
                Err(stop) => {
                    check("a create that fails", &stop);
                    failed += 1;
                }
                // Some services are known to mean a moment's trouble by it.
                Ok(_) => core.destroy(&mut thing).await.unwrap(),
            }
            assert_eq!(proxy.unused(), 0, "{name}");
        }
        proxy.then("P", Fault::LoseAnswer);
        if let Err(stop) = core.apply(&mut thing, &case.config).await {
            check("a lost answer", &stop);
        }
        if thing.state.is_none() {
            forget_identities(&proxy).await;
            core.apply(&mut thing, &case.config).await.unwrap_or_else(|stop| panic!("{name}: {stop:?}"));
        }
        // Another value of the secret, refused; and what the next plan has to say.
        for fault in faults() {
            proxy.then("P", fault);
            let other = changed(&case);
            if let Err(stop) = core.apply(&mut thing, &other).await {
                check("an update that fails", &stop);
            }
        }
        let state = thing.state.clone().unwrap();
        let kept = format!("{}{}{:?}", state.json, String::from_utf8_lossy(&state.private), state.identity);
        if case.attr.write_only {
            holds_none(&format!("{name}: the state"), &kept, &case.needles);
        }
        holds_none(&format!("{name}: what is remembered"), &String::from_utf8_lossy(&state.private), &case.needles);
        if let Err(stop) = core.refresh(&mut thing).await {
            check("a refresh", &stop);
        }
        holds_none(&format!("{name}: warnings"), &format!("{:?}", core.warnings), &case.needles);
        while proxy.unused() > 0 {
            // A change that nothing had to be sent for.
            let _ = crate::support::client().post(proxy.url()).send().await;
        }
        core.destroy(&mut thing).await.unwrap_or_else(|stop| panic!("{name}: {stop:?}"));
        tried += 1;
        all.extend(case.needles);
    }
    let text = log.text();
    assert!(
        tried > 3 && failed > 2 * tried && text.contains("answered") && text.contains("emulator: request"),
        "{tried} tried, {} bytes logged",
        text.len()
    );
    holds_none("the log", &text, &all);
    let journal = journal(&at);
    assert!(journal.contains("fingerprint"));
    holds_none("the journal", &journal, &all);
}

/// The same with another value of what the secret's version says, which sends it again.
fn changed(case: &Case) -> Json {
    let mut config = case.config.clone();
    let version = format!("{}_version", case.attr.name);
    match config.get(&version) {
        Some(_) => config[version] = json!("another-version"),
        None => config[case.attr.name] = json!(config[case.attr.name].as_str().map(|text| text.replace("5521", "5522"))),
    }
    config
}

/// What a stack's file holds in the clear.
fn in_the_clear(value: &Json) -> String {
    match value {
        value if is_secret(value) => String::new(),
        Json::Array(items) => items.iter().map(in_the_clear).collect(),
        Json::Object(members) => members.iter().map(|(name, member)| format!("{name}={}\n", in_the_clear(member))).collect(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

async fn under_pulumi(share: Share) {
    let (log, _guard) = Log::listen("TRACE");
    let (emulator, proxy) = servers().await;
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().join("state");
    let said = Arc::new(Recorder::default());
    let engine = Engine::new(&ORY).recording(Journal::in_dir(at.clone()));
    let mut host = Host::start(pulumi::Server::new(Arc::new(engine), said.clone(), Arc::new(|_| None))).await;
    let mut provider = spell(ORY.config, &with_project(config(&proxy.url()), &emulator.url()).await);
    provider["adminHeaders"] = secret(provider["adminHeaders"].clone());
    host.configure(provider).await.unwrap();
    let (mut tried, mut failed, mut all) = (0, 0, Vec::new());
    let ways = ways();
    for (way, case) in share.of(ways.iter().flat_map(all_cases)) {
        let resource = resource(way);
        let token = names::resource_token("ory", resource.name);
        let name = format!("{}.{}", resource.name, case.attr.name);
        let program = spell(&resource.table, &case.config);
        for fault in faults() {
            proxy.then("P", fault.clone());
            match host.up(&token, "it", &program).await {
                Err(stop) => {
                    holds_none(&format!("{name}: a create that fails"), &format!("{stop:?}"), &case.needles);
                    failed += 1;
                }
                Ok(_) => host.destroy().await.unwrap(),
            }
            assert_eq!(proxy.unused(), 0, "{name}");
        }
        proxy.then("P", Fault::LoseAnswer);
        if let Err(stop) = host.up(&token, "it", &program).await {
            holds_none(&format!("{name}: a lost answer"), &format!("{stop:?}"), &case.needles);
            forget_identities(&proxy).await;
            host.up(&token, "it", &program).await.unwrap_or_else(|stop| panic!("{name}: {stop:?}"));
        }
        let stored = &host.state["it"];
        for (what, properties) in [("inputs", &stored.inputs), ("outputs", &stored.outputs)] {
            holds_none(&format!("{name}: the {what}"), &in_the_clear(properties), &case.needles);
        }
        if let Err(stop) = host.refresh("it").await {
            holds_none(&format!("{name}: a refresh"), &format!("{stop:?}"), &case.needles);
        }
        host.destroy().await.unwrap_or_else(|stop| panic!("{name}: {stop:?}"));
        tried += 1;
        all.extend(case.needles);
    }
    let text = log.text();
    assert!(tried > 3 && failed > 2 * tried && text.contains("answered"), "{tried} tried, {} bytes logged", text.len());
    holds_none("the log", &text, &all);
    holds_none("what was said", &format!("{:?} {:?}", said.warnings(), said.statuses.lock().unwrap()), &all);
    holds_none("the journal", &journal(&at), &all);
}
