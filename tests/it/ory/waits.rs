//! Waits for servers that do not answer, and for tokens: one wait for all who need the same, and not longer than the user
//! wants. A request that was sent and may change something is waited for in any case.

use super::adoption::everywhere;
use crate::{
    pulumi::{Recorder, engine::Host, every::spell},
    support::{
        get, object,
        scripted::{Answer, Asked, HELD, NEVER, Scripted},
    },
    terraform::core::Core,
};
use janiform::{
    engine::{Applied, Call, Engine, Entry, Failure, State, Unapplied, plan},
    frontends::pulumi::Server,
    ory::{Client, ORY, resources::oauth2_client},
    value::Value,
};
use janiform_proto::{
    pulumirpc::ReadRequest,
    tfplugin6::{import_resource_state, read_resource, stop_provider},
};
use serde_json::json;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::task::JoinSet;

fn entry(name: &str) -> &'static Entry<Client> {
    ORY.resources().find(|entry| entry.resource.name == name).unwrap()
}

/// A provider whose services are all at this URL, behind tokens from there.
fn engine(server: &Scripted, guarded: bool) -> Arc<Engine<Client>> {
    let engine = Engine::new(&ORY);
    let value = |name: &str| match name {
        "project_api_url" => Value::Null,
        "admin_oauth2" if guarded => {
            let at = ORY.config.index("admin_oauth2").unwrap();
            let janiform::schema::Kind::Object(nested) = &ORY.config.attr(at).kind else { panic!("no object") };
            let token_url = Value::text(format!("{}/token", server.url()));
            nested.table.holding([("token_url", token_url), ("client_id", "id".into()), ("client_secret", "secret-of-ours".into())])
        }
        name if name.ends_with("_url") => Value::text(server.url()),
        _ => Value::Null,
    };
    let config = Value::Object(ORY.config.attrs().map(|attr| value(attr.name)).collect());
    assert_eq!(engine.configure(&config, &|_| None), []);
    Arc::new(engine)
}

fn told(failure: &Failure) -> String {
    failure.diagnostics.iter().map(|one| format!("{}: {}\n", one.summary, one.detail)).collect()
}

fn json(body: serde_json::Value) -> Answer {
    (200, vec![], body.to_string())
}

fn client(id: &str) -> Answer {
    json(json!({ "client_id": id, "client_name": "n", "scope": "a" }))
}

async fn read(engine: &Engine<Client>, name: &str, id: &str) -> Result<Option<State>, Failure> {
    let entry = entry(name);
    engine.read(entry, State::to_import(entry.resource, id).unwrap(), Call::default()).await.map(|read| read.state)
}

async fn create(engine: &Engine<Client>, name: &str, set: &[(&str, Value)]) -> Result<Applied, Unapplied> {
    let entry = entry(name);
    let config = object(entry.resource, set);
    engine.create(entry, plan(entry.resource, None, &config), config, Call::default()).await
}

/// Many reads at the same time.
fn readers(engine: &Arc<Engine<Client>>, count: usize) -> JoinSet<Result<Option<State>, Failure>> {
    let mut readers = JoinSet::new();
    for turn in 0..count {
        let engine = engine.clone();
        readers.spawn(async move { read(&engine, "oauth2_client", &format!("c{turn}")).await });
    }
    readers
}

/// A wait that goes on for as long as a request may take is as good as one for ever.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), work).await.expect("it goes on waiting")
}

#[tokio::test]
async fn a_token_is_fetched_once_for_all_requests() {
    let server = Scripted::start(|asked, _| match asked.path.as_str() {
        "/token" => (200, vec![(HELD.0, HELD.1.to_owned())], json!({ "access_token": "t", "expires_in": 3600 }).to_string()),
        path => client(path.rsplit('/').next().unwrap()),
    })
    .await;
    let engine = engine(&server, true);
    let reading = readers(&engine, 20);
    server.until("POST /token", 1).await;
    server.open();
    assert!(soon(reading.join_all()).await.iter().all(Result::is_ok));
    assert_eq!(server.count("POST /token"), 1);
}

#[tokio::test]
async fn a_failed_token_request_fails_all_waiters() {
    let server = Scripted::start(|asked, _| match asked.path.as_str() {
        "/token" => (503, vec![(HELD.0, HELD.1.to_owned())], json!({ "error": "not now" }).to_string()),
        path => client(path.rsplit('/').next().unwrap()),
    })
    .await;
    let engine = engine(&server, true);
    let mut reading = readers(&engine, 20);
    server.until("POST /token", 1).await;
    server.open();
    while let Some(read) = soon(reading.join_next()).await {
        let failure = read.unwrap().unwrap_err();
        assert!(told(&failure).contains("not now"), "{}", told(&failure));
        // Those who come next do not ask again either.
        assert!(read_one(&engine).await.contains("not now"));
    }
    assert_eq!(server.asked(), ["POST /token"]);
}

async fn read_one(engine: &Engine<Client>) -> String {
    told(&soon(read(engine, "oauth2_client", "next")).await.unwrap_err())
}

#[tokio::test]
async fn the_user_need_not_wait_for_a_token() {
    let server = Scripted::start(|_, _| (NEVER, vec![], String::new())).await;
    let engine = engine(&server, true);
    let mut waiting = readers(&engine, 20);
    server.until("POST /token", 1).await;
    engine.cancel();
    while let Some(read) = soon(waiting.join_next()).await {
        let failure = read.unwrap().unwrap_err();
        assert!(told(&failure).starts_with("Stopped: ") && told(&failure).contains("an access token"), "{}", told(&failure));
    }
    // Nor to make something, of which nothing is sent then.
    let unapplied = soon(create(&engine, "oauth2_client", &[("client_name", "n".into())])).await.unwrap_err();
    assert_eq!(unapplied.diagnostics[0].summary, "Stopped");
    assert_eq!(server.asked(), ["POST /token"]);
}

#[tokio::test]
async fn the_user_need_not_wait_for_the_answer_to_a_read() {
    let uuid = "5d1c3c8c-9d0c-4d5c-8f1c-1f1f3f6f7f8f";
    for (name, id) in [
        ("oauth2_client", "c"),
        ("json_web_key_set", "s"),
        ("trusted_oauth2_jwt_grant_issuer", uuid),
        ("identity", uuid),
        ("identity", "identifier=ann"),
        ("relationship", "files:a#view@ann"),
        ("relationships", "files"),
    ] {
        let server = Scripted::start(|_, _| (NEVER, vec![], String::new())).await;
        let engine = engine(&server, false);
        let reading = tokio::spawn({
            let engine = engine.clone();
            async move { read(&engine, name, id).await }
        });
        server.until("GET ", 1).await;
        engine.cancel();
        let failure = soon(reading).await.unwrap().unwrap_err();
        assert!(told(&failure).starts_with("Stopped: ") && told(&failure).contains("its answer"), "{name}: {}", told(&failure));
    }
}

/// Those who wait for a page that somebody else has asked for, too.
#[tokio::test]
async fn the_user_need_not_wait_for_a_shared_list() {
    let server = Scripted::start(|asked, _| match asked.path.strip_prefix("/admin/clients/") {
        Some(id) => client(id),
        None => (NEVER, vec![], String::new()),
    })
    .await;
    let engine = engine(&server, false);
    assert!(soon(readers(&engine, 3).join_all()).await.iter().all(Result::is_ok));
    let mut waiting = JoinSet::new();
    for turn in 0..10 {
        let engine = engine.clone();
        waiting.spawn(async move { read(&engine, "oauth2_client", &format!("later{turn}")).await });
    }
    server.until("GET /admin/clients?", 1).await;
    engine.cancel();
    while let Some(read) = soon(waiting.join_next()).await {
        assert!(told(&read.unwrap().unwrap_err()).starts_with("Stopped: "));
    }
}

/// A list is followed no further.
#[tokio::test]
async fn the_user_need_not_wait_for_the_end_of_a_list() {
    let server = Scripted::start(|asked, number| {
        let next = format!("<{}?page_token=t{number}>; rel=\"next\"", asked.path);
        (200, vec![("link", next)], json!([{ "client_id": "c", "client_name": "x" }]).to_string())
    })
    .await;
    let engine = engine(&server, false);
    let (source, block) = engine.data_source("oauth2_clients").unwrap();
    let nothing = block.table.nulls();
    let following = engine.lookup(source, &Value::Null, &nothing, Call::default());
    let stopping = async {
        server.until("GET ", 3).await;
        engine.cancel();
    };
    let failure = soon(async { tokio::join!(following, stopping).0 }).await.unwrap_err();
    assert!(told(&failure).starts_with("Stopped: ") && server.count("GET ") < 1000, "{}", told(&failure));
}

/// As the tools say it: Terraform by `StopProvider`, Pulumi by `Cancel`.
#[tokio::test]
async fn both_tools_end_waits() {
    let server = Scripted::start(|_, _| (NEVER, vec![], String::new())).await;
    let core = Core::direct(&ORY, everywhere(&server.url())).await.unwrap();
    let mut client = core.client.clone();
    let reading = async move {
        let import = import_resource_state::Request { type_name: "ory_oauth2_client".into(), id: "c".into(), ..Default::default() };
        let stub = client.import_resource_state(import).await.unwrap().into_inner().imported_resources.remove(0);
        let read =
            read_resource::Request { type_name: stub.type_name, current_state: stub.state, private: stub.private, ..Default::default() };
        client.read_resource(read).await.unwrap().into_inner()
    };
    let stopping = async {
        server.until("GET ", 1).await;
        assert_eq!(core.client.clone().stop_provider(stop_provider::Request {}).await.unwrap().into_inner().error, "");
    };
    assert_eq!(soon(async { tokio::join!(reading, stopping).0 }).await.diagnostics[0].summary, "Stopped");

    let face = Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None));
    let mut host = Host::start(face).await;
    host.configure(spell(ORY.config, &everywhere(&server.url()))).await.unwrap();
    let mut client = host.client.clone();
    let reading = tokio::spawn(async move {
        let r#type = "ory:index/oauth2Client:Oauth2Client".to_owned();
        client.read(ReadRequest { id: "c".into(), urn: format!("urn:pulumi:dev::it::{type}::c"), r#type, ..Default::default() }).await
    });
    server.until("GET ", 2).await;
    host.client.cancel(()).await.unwrap();
    assert!(soon(reading).await.unwrap().unwrap_err().message().contains("Stopped"));
}

/// What may change something is waited for, and looked after, whatever the user wants.
#[tokio::test]
async fn a_write_that_was_sent_is_never_given_up() {
    for (name, set, write) in [
        ("oauth2_client", vec![("client_name", Value::text("n"))], "POST /admin/clients"),
        (
            "json_web_key_set",
            vec![("set_id", "mine".into()), ("jwks", r#"{"keys":[{"kid":"a","kty":"oct","k":"AAAA"}]}"#.into())],
            "PUT /admin/keys/mine/a",
        ),
    ] {
        let server = Scripted::start(|asked: &Asked, number| match (asked.method.as_str(), number) {
            ("GET", 0) => (404, vec![], json!({ "error": { "code": 404, "message": "Unable to locate the resource" } }).to_string()),
            ("GET", _) => json(json!({ "keys": [{ "kid": "a", "kty": "oct", "k": "AAAA" }] })),
            ("PUT", _) => (200, vec![(HELD.0, HELD.1.to_owned())], asked.body.clone()),
            _ => (201, vec![(HELD.0, HELD.1.to_owned())], asked.body.clone()),
        })
        .await;
        let engine = engine(&server, false);
        let making = tokio::spawn({
            let engine = engine.clone();
            async move { create(&engine, name, &set).await }
        });
        server.until(write, 1).await;
        engine.cancel();
        // The answer comes later than the wish to stop.
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        server.open();
        let applied = soon(making).await.unwrap();
        let state = applied.unwrap_or_else(|error| panic!("{name}: {:?}", error.diagnostics)).state;
        if name == "json_web_key_set" {
            assert_eq!(get(entry(name).resource, &state.value, "key_id").as_str(), Some("a"));
        }
    }
}

/// A server that never shows what became of a write holds a stopped run up for a moment, and no longer.
#[tokio::test]
async fn the_look_up_of_a_lost_write_has_a_time_limit() {
    let server = Scripted::start(|asked, number| match asked.method.as_str() {
        "GET" if number == 0 => (404, vec![], json!({ "error": { "code": 404, "message": "Unable to locate the resource" } }).to_string()),
        "GET" => (NEVER, vec![], String::new()),
        _ => (200, vec![], asked.body.clone()),
    })
    .await;
    let engine = engine(&server, false);
    let making = tokio::spawn({
        let engine = engine.clone();
        let set = [("set_id", "mine".into()), ("jwks", r#"{"keys":[{"kid":"a","kty":"oct","k":"AAAA"}]}"#.into())];
        async move { create(&engine, "json_web_key_set", &set).await }
    });
    server.until("GET ", 2).await;
    engine.cancel();
    let unapplied = soon(making).await.unwrap().unwrap_err();
    assert_eq!(unapplied.diagnostics[0].summary, "Stopped");
}

#[tokio::test]
async fn a_relationship_that_waits_for_a_batch_is_withdrawn() {
    let server = Scripted::start(|asked, _| match asked.method.as_str() {
        "GET" => json(json!({ "relation_tuples": [], "next_page_token": "" })),
        _ => (204, vec![(HELD.0, HELD.1.to_owned())], String::new()),
    })
    .await;
    let engine = engine(&server, false);
    let one = |subject: &str| {
        let set = [("namespace", "files"), ("object", "o"), ("relation", "r"), ("subject_id", subject)];
        let set = set.map(|(name, value)| (name, Value::text(value)));
        let engine = engine.clone();
        tokio::spawn(async move { create(&engine, "relationship", &set).await })
    };
    let first = one("first");
    server.until("PATCH ", 1).await;
    let second = one("second");
    server.until("GET ", 2).await;
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    engine.cancel();
    let stopped = soon(second).await.unwrap().unwrap_err();
    assert_eq!(stopped.diagnostics[0].summary, "Stopped");
    server.open();
    soon(first).await.unwrap().unwrap();
    assert_eq!(server.count("PATCH "), 1);
}

/// A guard that takes one token after the other.
fn guard(asked: &Asked, tokens: &AtomicUsize, accepts: impl Fn(usize) -> bool, answer: impl Fn(&Asked) -> Answer) -> Answer {
    if asked.path == "/token" {
        let number = tokens.fetch_add(1, Ordering::SeqCst);
        return json(json!({ "access_token": format!("t{number}"), "expires_in": 3600 }));
    }
    let token = asked.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    match token.strip_prefix("Bearer t").and_then(|number| number.parse().ok()) {
        Some(number) if accepts(number) => answer(asked),
        _ => (401, vec![], json!({ "error": "token_inactive" }).to_string()),
    }
}

#[tokio::test]
async fn a_revoked_token_is_renewed_once() {
    let (tokens, revoked): (Arc<AtomicUsize>, Arc<AtomicUsize>) = Default::default();
    let server = Scripted::start({
        let (tokens, revoked) = (tokens.clone(), revoked.clone());
        move |asked: &Asked, _| {
            guard(
                asked,
                &tokens,
                |number| number >= revoked.load(Ordering::SeqCst),
                |asked| match asked.method.as_str() {
                    "POST" => (201, vec![], asked.body.clone()),
                    _ => client(asked.path.rsplit('/').next().unwrap()),
                },
            )
        }
    })
    .await;
    let engine = engine(&server, true);
    assert!(read(&engine, "oauth2_client", "a").await.unwrap().is_some());
    assert_eq!(tokens.load(Ordering::SeqCst), 1);
    // Reads at the same time exchange it together; a write is sent again as well, since it was not carried out.
    revoked.store(1, Ordering::SeqCst);
    assert!(soon(readers(&engine, 3).join_all()).await.iter().all(Result::is_ok));
    assert_eq!(tokens.load(Ordering::SeqCst), 2);
    revoked.store(2, Ordering::SeqCst);
    let made = soon(create(&engine, "oauth2_client", &[("client_name", "n".into())])).await.unwrap();
    assert!(get(&oauth2_client::RESOURCE, &made.state.value, "client_id").as_str().is_some());
    assert_eq!((tokens.load(Ordering::SeqCst), server.count("POST /admin/clients")), (3, 2));
    // Of a guard that takes none, the second refusal is the answer.
    revoked.store(usize::MAX, Ordering::SeqCst);
    let failure = soon(read(&engine, "oauth2_client", "a")).await.unwrap_err();
    assert!(told(&failure).contains("did not accept the credentials"), "{}", told(&failure));
    assert_eq!(tokens.load(Ordering::SeqCst), 4);
}
