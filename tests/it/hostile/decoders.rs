//! Every decoder of input from outside, as a function of bytes: none may panic, hang or fill the memory,
//! whatever the bytes are, and a decoded value must be the same after it is written and read again.
//!
//! The same bodies run on stable with seeds and random bytes, and coverage-guided in `fuzz/`, which includes this
//! file. Therefore it uses nothing of the tests around it.

use janiform::{
    emulator::{Profile, go::json::parse_whole, patch},
    engine::{self, Engine, keep_spelling},
    frontends::{
        pulumi::{
            property::{self, Origin, Struct},
            serve::Arguments,
        },
        terraform::{self, identity, msgpack, object, plugin, tls::ServerTls},
    },
    ory::{Client, ORY},
    rest::{Page, Reply, hide, mapping, pace::RateHeaders},
    schema::{BlockSchema, Kind, Resource, json},
    value::{Json, Number, Value, duration},
};
use janiform_proto::tfplugin6::{
    DynamicValue, RawState, ResourceIdentityData, move_resource_state, provider_server::Provider as _, upgrade_resource_state,
};
use prost::Message as _;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::sync::{Arc, LazyLock};

/// A decoder: its name, what it is given, and inputs to begin with.
pub struct Target {
    /// Its name, also that of the fuzz target.
    pub name: &'static str,
    /// Feeds it.
    pub check: fn(&[u8]),
    /// Inputs that it understands.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "msgpack", check: msgpack, seeds: msgpack_seeds },
    Target { name: "dynamic_json", check: dynamic_json, seeds: json_seeds },
    Target { name: "properties", check: properties, seeds: property_seeds },
    Target { name: "states", check: states, seeds: json_seeds },
    Target { name: "imports", check: imports, seeds: import_seeds },
    Target { name: "handshake", check: handshake, seeds: handshake_seeds },
    Target { name: "answers", check: answers, seeds: answer_seeds },
    Target { name: "headers", check: headers, seeds: header_seeds },
    Target { name: "texts", check: texts, seeds: text_seeds },
    Target { name: "patches", check: patches, seeds: patch_seeds },
];

static ENGINE: LazyLock<Arc<Engine<Client>>> = LazyLock::new(|| Arc::new(Engine::new(&ORY)));
/// What the tools see: all resources, and the provider's configuration.
static SURFACES: LazyLock<Vec<&'static BlockSchema>> =
    LazyLock::new(|| ENGINE.resources().map(|(_, block)| block).chain([ENGINE.config()]).collect());

/// The first byte chooses, the rest is the input.
fn chosen<'d, T: Copy>(from: &[T], data: &'d [u8]) -> Option<(T, &'d [u8])> {
    let (first, rest) = data.split_first()?;
    Some((from[usize::from(*first) % from.len()], rest))
}

fn resources() -> Vec<&'static Resource> {
    ORY.resources().map(|entry| entry.resource).collect()
}

/// Terraform's values.
pub fn msgpack(data: &[u8]) {
    let Some((block, data)) = chosen(&SURFACES, data) else { return };
    if let Ok(Some(seen)) = msgpack::decode(block, data) {
        let written = msgpack::encode(block, Some(&seen));
        assert_eq!(msgpack::decode(block, &written), Ok(Some(seen)), "written and read again");
    }
    let _ = msgpack::decode_kind(&Kind::List(&Kind::Map(&Kind::Number)), data);
    for resource in resources() {
        let identity = DynamicValue { msgpack: data.to_vec(), json: Vec::new() };
        let _ = identity::decode(resource, Some(&ResourceIdentityData { identity_data: Some(identity) }));
    }
}

/// The same in the other form that its messages may have.
pub fn dynamic_json(data: &[u8]) {
    let Some((block, data)) = chosen(&SURFACES, data) else { return };
    let value = DynamicValue { msgpack: Vec::new(), json: data.to_vec() };
    if let Ok(Some(seen)) = object::decode(block, Some(&value)) {
        let written = object::encode(block, Some(&seen));
        assert!(object::decode(block, written.as_ref()).is_ok(), "written and read again");
    }
    for resource in resources() {
        let _ = identity::decode(resource, Some(&ResourceIdentityData { identity_data: Some(value.clone()) }));
    }
    let _ = engine::Private::from_bytes(data);
}

/// Pulumi's properties, also those that the bridge left in a stack.
pub fn properties(data: &[u8]) {
    let Some((block, data)) = chosen(&SURFACES, data) else { return };
    let Ok(read) = Struct::decode(data) else { return };
    for source in [Origin::Inputs, Origin::Config, Origin::Stored] {
        let decoded = property::decode(block, &read, source);
        assert!(decoded.problems.len() <= 200 && decoded.problems.iter().all(|problem| !problem.reason.is_empty()));
    }
}

/// Stored states: of any version, and of other providers.
pub fn states(data: &[u8]) {
    static RUNTIME: LazyLock<tokio::runtime::Runtime> =
        LazyLock::new(|| tokio::runtime::Builder::new_current_thread().build().expect("a runtime"));
    static SERVER: LazyLock<terraform::Server<Client>> = LazyLock::new(|| terraform::Server::new(ENGINE.clone(), |_| None));
    let Some((block, data)) = chosen(&SURFACES, data) else { return };
    let direct = json::read(block, data);
    if let Ok(parsed) = Json::parse(data) {
        assert_eq!(Json::parse(parsed.to_string()).as_ref(), Ok(&parsed), "written and read again");
        let built = json::from_json(block.table, &parsed).map_err(json::ReadError::Shape);
        assert_eq!(direct.map(|stored| stored.value), built, "read directly and by way of a tree");
    }
    let Some(resource) = resources().into_iter().find(|resource| resource.name == block.name) else { return };
    let raw = Some(RawState { json: data.to_vec(), ..RawState::default() });
    let type_name = format!("{}_{}", ORY.name, resource.name);
    let upgraded = SERVER.upgrade_resource_state(tonic::Request::new(upgrade_resource_state::Request {
        type_name: type_name.clone(),
        version: 0,
        raw_state: raw.clone(),
    }));
    let moved = SERVER.move_resource_state(tonic::Request::new(move_resource_state::Request {
        source_provider_address: "registry.terraform.io/ory/ory".into(),
        source_type_name: type_name.clone(),
        target_type_name: type_name,
        source_state: raw,
        ..move_resource_state::Request::default()
    }));
    let upgraded = RUNTIME.block_on(upgraded).expect("no diagnostic").into_inner();
    let moved = RUNTIME.block_on(moved).expect("no diagnostic").into_inner();
    assert_eq!(upgraded.upgraded_state.is_none(), !upgraded.diagnostics.is_empty(), "a state or a reason");
    assert_eq!(moved.target_state.is_none(), !moved.diagnostics.is_empty(), "a state or a reason");
    if let Ok(stored) = engine::upgrade(block, 0, data) {
        let written = json::to_json(block.table, &stored.value).to_string();
        let again = engine::upgrade(block, 0, written.as_bytes());
        assert_eq!(again.map(|again| again.value), Ok(stored.value), "written and read again");
    }
}

/// Ids that users give to import.
pub fn imports(data: &[u8]) {
    let Ok(id) = std::str::from_utf8(data) else { return };
    for resource in resources() {
        for (name, _) in resource.imports.map(|parts| parts(id)).unwrap_or_default() {
            assert!(name == resource.key || resource.table.index(name).is_some(), "{name} is no attribute");
        }
    }
}

/// What a host puts into the environment and the command line, one setting a line.
pub fn handshake(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    // A certificate has many lines; the rest of them have one.
    let settings: Vec<(&str, &str)> = text.split('\0').filter_map(|line| line.split_once('=')).collect();
    let lookup = |name: &str| settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    plugin::is_plugin_launch(lookup);
    let env = plugin::PluginEnv::from_lookup(lookup);
    assert!(env.ports.is_none_or(|ports| ports.start() > &0 && ports.start() <= ports.end()));
    if let Some(pem) = &env.client_certificate {
        let _ = ServerTls::for_client(pem);
    }
    let _ = terraform::log::LogLevel::by_hand(lookup);
    let _ = Arguments::parse(text.split('\0').map(Into::into));
}

/// What a server answers: an object, or a list of them.
pub fn answers(data: &[u8]) {
    let Some((resource, data)) = chosen(&resources(), data) else { return };
    let reply = Reply::new(200, HeaderMap::new(), data.to_vec());
    let _ = Page::of_objects(&reply, "client_id");
    let secrets = ["canary-of-an-error-7731", "4711"].map(str::to_owned);
    let shown = hide(&String::from_utf8_lossy(data), &secrets).unwrap_or_default();
    assert!(!shown.contains(&secrets[0]), "{shown}");
    let Some(body) = reply.json() else { return };
    if let Ok(observed) = mapping::observe(&resource.table, &body) {
        assert_eq!(keep_spelling(&resource.table, &observed, &observed), observed);
        let empty = Value::Object(vec![Value::Null; resource.table.len()]);
        let settled = keep_spelling(&resource.table, &empty, &observed);
        assert_eq!(keep_spelling(&resource.table, &settled, &observed), settled, "settled is settled");
    }
}

/// What a server says beside its answer: of limits, and of the next page. One header a line.
pub fn headers(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n').take(100) {
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (name, value) = line.split_at(colon);
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value.get(1..).unwrap_or_default())) {
            headers.append(name, value);
        }
    }
    let told = RateHeaders::read(&headers);
    assert!(told.rates.iter().all(|rate| rate.requests > 0 && !rate.window.is_zero()));
    assert!(told.left.iter().all(|left| left.requests <= left.of.requests && left.reset.as_secs() <= 3600));
    let _ = (told.wait(), told.explains());
    let _ = Reply::new(200, headers, Vec::new()).next_page();
}

/// Durations and numbers.
pub fn texts(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match duration::parse(text) {
        Ok(nanoseconds) => assert_eq!(duration::parse(&duration::format(nanoseconds)), Ok(nanoseconds)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    if let Ok(number) = Number::parse(text) {
        assert!(number == number.clone() && Number::parse(&number.plain()).is_ok_and(|plain| plain == number), "{text}");
        let _ = (number.as_i64(), number.exact_f64(), number.fits_f64());
    }
    for attr in ORY.config.attrs() {
        let _ = engine::parse(attr, text);
    }
}

/// A JSON document, a line's end, and a patch for it.
pub fn patches(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (document, patch) = data.split_at(end);
    let Ok(document) = parse_whole(document) else { return };
    for profile in [Profile::V26_2, Profile::V2_3] {
        if let Ok(patched) = patch::apply(patch, &document, profile, |path| path == "/id") {
            assert!(parse_whole(patched.compact().as_bytes()).is_ok(), "written and read again");
        }
    }
}

/// A value of the kind; of texts, one that a meaning or check may know.
fn sample(kind: &Kind) -> Value {
    match kind {
        Kind::Bool => Value::Bool(true),
        Kind::Number | Kind::Integer => Value::from(12),
        Kind::String => Value::text("1h30m"),
        Kind::List(of) => Value::List(vec![sample(of), sample(of)]),
        Kind::Map(of) => Value::Map([("key".to_owned(), sample(of))].into()),
        Kind::Object(nested) => Value::Object(nested.table.attrs().map(|attr| sample(&attr.kind)).collect()),
    }
}

fn choosing(choice: usize, input: impl AsRef<[u8]>) -> Vec<u8> {
    [&[choice as u8], input.as_ref()].concat()
}

fn sampled(block: &BlockSchema) -> Value {
    Value::Object(block.table.attrs().map(|attr| sample(&attr.kind)).collect())
}

fn msgpack_seeds() -> Vec<Vec<u8>> {
    let seen = |value| janiform::frontends::terraform::wire::WireObject { id: Value::text("id"), value };
    let nulls = |block: &BlockSchema| Value::Object(vec![Value::Null; block.table.len()]);
    let seeds = SURFACES.iter().enumerate().flat_map(|(choice, block)| {
        [sampled(block), nulls(block)].map(|value| choosing(choice, msgpack::encode(block, Some(&seen(value)))))
    });
    seeds.collect()
}

fn json_seeds() -> Vec<Vec<u8>> {
    let seeds = SURFACES.iter().enumerate().map(|(choice, block)| {
        let mut stored = json::to_json(block.table, &sampled(block));
        stored.put("id", "id".into());
        choosing(choice, stored.to_string())
    });
    seeds.chain([choosing(0, "null"), choosing(0, "[]")]).collect()
}

fn property_seeds() -> Vec<Vec<u8>> {
    let seeds = SURFACES.iter().enumerate().map(|(choice, block)| {
        let secrets = property::Secrets::new();
        let written = property::encode(block, &sampled(block), Some("id"), &secrets, property::Form::Inputs);
        choosing(choice, written.properties.encode_to_vec())
    });
    seeds.collect()
}

fn import_seeds() -> Vec<Vec<u8>> {
    ["files:readme#owners@ann", "files:readme#owners@(groups:staff#members)", "%a%3Ab:c#d@e", "files", "files:readme", "key/set"]
        .map(Vec::from)
        .into()
}

fn handshake_seeds() -> Vec<Vec<u8>> {
    let pem = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate").cert.pem();
    let all = format!(
        "PLUGIN_CLIENT_CERT={pem}\0PLUGIN_MIN_PORT=10000\0PLUGIN_MAX_PORT=25000\0PLUGIN_UNIX_SOCKET_DIR=/tmp/x\0TMPDIR=/tmp\0PLUGIN_MULTIPLEX_GRPC=true\0TF_LOG_PROVIDER=trace\0--engine\0127.0.0.1:4000"
    );
    vec![all.into(), b"PLUGIN_CLIENT_CERT=-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".into()]
}

fn answer_seeds() -> Vec<Vec<u8>> {
    let seeds = resources().into_iter().enumerate().map(|(choice, resource)| {
        let mut body = Json::Null;
        for attr in resource.table.attrs() {
            body.put(&attr.pointer(), json::kind_to_json(&attr.kind, &sample(&attr.kind)));
        }
        choosing(choice, body.to_string())
    });
    seeds.chain([choosing(0, r#"[{"client_id":"a","scope":"b"},{"client_id":"c"}]"#)]).collect()
}

fn header_seeds() -> Vec<Vec<u8>> {
    [
        "x-ratelimit-limit:10, 10;w=1, 300;w=60\nx-ratelimit-remaining:0\nx-ratelimit-reset:1\nretry-after:3",
        "ratelimit-limit:10\nratelimit-remaining:18446744073709551615\nratelimit-reset:3600\nretry-after:Wed, 21 Oct 2026 07:28:00 GMT",
        "link:</admin/clients?page_size=2&page_token=abc>; rel=\"first\",</admin/clients?page_token=def>; rel=\"next\"",
        "link:<http://other.example/?a=b>; rel=\"next\"",
    ]
    .map(Vec::from)
    .into()
}

fn text_seeds() -> Vec<Vec<u8>> {
    ["1h30m0.5s", "-2562047h47m16.854775808s", "12µs", ".5s", "-1.250e-7", "12345678901234567890123", "[\"a\"]", "{\"a\":\"b\"}", "true"]
        .map(Vec::from)
        .into()
}

fn patch_seeds() -> Vec<Vec<u8>> {
    [
        "{\"a\":[1,{\"b\":null}],\"id\":\"x\"}\n[{\"op\":\"replace\",\"path\":\"/a/1/b\",\"value\":[1]},{\"op\":\"remove\",\"path\":\"/a/-1\"}]",
        "{}\n[{\"op\":\"add\",\"path\":\"/l/2/x~1y/-\",\"value\":{}},{\"op\":\"add\",\"path\":\"/l/0\",\"value\":1.50}]",
    ]
    .map(Vec::from)
    .into()
}
