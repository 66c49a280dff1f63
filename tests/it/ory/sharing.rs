//! Reads that share lists: the number of their requests, and that no read returns an outdated object.

use crate::{
    pulumi::{Recorder, engine::Host, every::spell},
    support::{get, hydra, many::Many, object, replan},
    terraform::core::Core,
};
use janiform::{
    emulator::{self, Options, Profile, Running},
    engine::{Call, Change, Engine, Entry, State},
    frontends::pulumi::Server,
    ory::{
        Client, ORY,
        resources::oauth2_client::{BACKEND, RESOURCE},
    },
    value::Value,
};
use janiform_proto::{
    pulumirpc::ReadRequest,
    tfplugin6::{import_resource_state, read_resource},
};
use serde_json::{Value as Json, json};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

const ENTRY: &Entry<Client> = &Entry { resource: &RESOURCE, backend: &BACKEND };

fn engine(config: &[(&str, Value)]) -> Engine<Client> {
    let engine = Engine::new(&ORY);
    configure(&engine, config);
    engine
}

fn configure(engine: &Engine<Client>, config: &[(&str, Value)]) {
    let value = |name: &str| config.iter().find(|(set, _)| *set == name).map(|(_, value)| value.clone()).unwrap_or_default();
    assert_eq!(engine.configure(&Value::Object(ORY.config.attrs().map(|attr| value(attr.name)).collect()), &|_| None), []);
}

async fn many() -> (Many, Arc<Engine<Client>>) {
    let many = Many::start().await;
    let engine = engine(&[("hydra_admin_url", Value::text(many.url()))]);
    (many, Arc::new(engine))
}

/// The client's name as a read shows it.
async fn read(engine: &Engine<Client>, id: &str) -> Option<String> {
    let state = engine.read(ENTRY, State::to_import(&RESOURCE, id).unwrap(), Call::default()).await.unwrap().state?;
    assert_eq!(state.id.as_deref(), Some(id));
    get(&RESOURCE, &state.value, "client_name").as_str().map(str::to_owned)
}

/// Reads them all, so many at a time, as tools do.
async fn read_all(engine: &Arc<Engine<Client>>, ids: &[String], at_once: usize) {
    let left = Arc::new(Mutex::new(ids.to_vec()));
    let readers = (0..at_once).map(|_| {
        let (engine, left) = (engine.clone(), left.clone());
        tokio::spawn(async move {
            loop {
                let Some(id) = left.lock().unwrap().pop() else { return };
                assert_eq!(read(&engine, &id).await.as_deref(), Some("old"));
            }
        })
    });
    for reader in readers.collect::<Vec<_>>() {
        reader.await.unwrap();
    }
}

/// Renames a client through the provider.
async fn rename(engine: &Engine<Client>, id: &str, name: &str) {
    let prior = State {
        id: Some(id.to_owned()),
        value: object(&RESOURCE, &[("client_id", id.into()), ("scope", "a".into())]),
        private: Default::default(),
    };
    let config = object(&RESOURCE, &[("client_id", id.into()), ("client_name", name.into()), ("scope", "a".into())]);
    let change = Change { plan: replan(&RESOURCE, &prior, &config), prior, config, last_config: None };
    engine.update(ENTRY, change, Call::default()).await.unwrap();
}

#[tokio::test]
async fn a_thousand_reads_take_a_dozen_requests() {
    for at_once in [1, 10] {
        let (many, engine) = many().await;
        let ids = many.add(1000, "");
        read_all(&engine, &ids, at_once).await;
        let (lists, reads) = many.asked();
        assert!(lists == 2 && lists + reads <= 12, "{at_once} at once: {lists} lists and {reads} reads");
    }
}

#[tokio::test]
async fn thousands_are_listed_once() {
    let (many, engine) = many().await;
    let ids = many.add(5000, "");
    read_all(&engine, &ids, 10).await;
    let (lists, reads) = many.asked();
    assert!(lists == 10 && reads <= 100, "{lists} lists and {reads} reads");
}

#[tokio::test]
async fn a_long_list_is_not_read_for_few_objects() {
    let (many, engine) = many().await;
    many.add(10_000, "-theirs");
    let ours = many.add(20, "-ours");
    read_all(&engine, &ours, 10).await;
    let (lists, reads) = many.asked();
    assert!(lists <= 2 && reads <= 20, "{lists} lists and {reads} reads");
}

#[tokio::test]
async fn a_few_reads_request_no_list() {
    let (many, engine) = many().await;
    let ids = many.add(3, "");
    read_all(&engine, &ids, 10).await;
    assert_eq!(many.asked(), (0, 3));
}

/// Reads enough of them for a list to have come, and returns the others.
async fn list(many: &Many, engine: &Arc<Engine<Client>>) -> Vec<String> {
    let mut ids = many.add(20, "");
    let others = ids.split_off(4);
    read_all(engine, &ids, 1).await;
    assert_eq!(many.asked(), (1, 3));
    others
}

#[tokio::test]
async fn a_list_answers_the_first_read_and_no_second_one() {
    let (many, engine) = many().await;
    let others = list(&many, &engine).await;
    assert_eq!(read(&engine, &others[0]).await.as_deref(), Some("old"));
    assert_eq!(many.asked(), (0, 0));
    many.name(&others[0], "new");
    assert_eq!(read(&engine, &others[0]).await.as_deref(), Some("new"));
    assert_eq!(many.asked(), (0, 1));
}

#[tokio::test]
async fn a_missing_object_in_a_list_is_requested_by_itself() {
    let (many, engine) = many().await;
    let others = list(&many, &engine).await;
    many.name("later", "new");
    assert_eq!(read(&engine, "later").await.as_deref(), Some("new"));
    many.remove(&others[0]);
    assert_eq!(many.asked(), (0, 1));
    assert_eq!(read(&engine, "never").await, None);
    assert_eq!(many.asked(), (0, 1));
}

#[tokio::test]
async fn a_write_invalidates_shared_lists() {
    let (many, engine) = many().await;
    let others = list(&many, &engine).await;
    many.name(&others[1], "new");
    rename(&engine, &others[0], "ours").await;
    // The read inside of the update, and the update.
    assert_eq!(many.asked(), (0, 2));
    assert_eq!(read(&engine, &others[0]).await.as_deref(), Some("ours"));
    assert_eq!(read(&engine, &others[1]).await.as_deref(), Some("new"));
    assert_eq!(many.asked(), (0, 2));
}

#[tokio::test]
async fn a_list_from_before_a_write_is_not_used() {
    let (many, engine) = many().await;
    let ids = many.add(20, "");
    read_all(&engine, &ids[..3], 1).await;
    many.hold_lists(true);
    let waiting = tokio::spawn({
        let (engine, id) = (engine.clone(), ids[3].clone());
        async move { read(&engine, &id).await }
    });
    many.list_asked().await;
    rename(&engine, &ids[4], "ours").await;
    many.hold_lists(false);
    assert_eq!(waiting.await.unwrap().as_deref(), Some("old"));
    assert_eq!(read(&engine, &ids[4]).await.as_deref(), Some("ours"));
}

#[tokio::test]
async fn a_new_configuration_invalidates_shared_lists() {
    let (many, engine) = many().await;
    let others = list(&many, &engine).await;
    many.name(&others[0], "new");
    configure(&engine, &[("hydra_admin_url", Value::text(many.url()))]);
    assert_eq!(read(&engine, &others[0]).await.as_deref(), Some("new"));
}

#[tokio::test]
async fn a_shared_list_expires_after_half_a_minute() {
    let (many, engine) = many().await;
    let others = list(&many, &engine).await;
    others.iter().for_each(|id| many.name(id, "new"));
    let later = async |seconds| {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(seconds)).await;
        tokio::time::resume();
    };
    later(25).await;
    assert_eq!(read(&engine, &others[0]).await.as_deref(), Some("old"));
    later(6).await;
    assert_eq!(read(&engine, &others[1]).await.as_deref(), Some("new"));
}

/// Tens of thousands of objects take a tool minutes: they are not listed again every half a minute.
#[tokio::test]
async fn a_shared_list_stays_valid_during_continued_reading() {
    let (many, engine) = many().await;
    let others = list(&many, &engine).await;
    for (number, id) in others[..15].iter().enumerate() {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(4)).await;
        tokio::time::resume();
        assert_eq!(read(&engine, id).await.as_deref(), Some("old"), "{number}");
    }
    assert_eq!(many.asked(), (0, 0));
    many.name(&others[15], "new");
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(6)).await;
    tokio::time::resume();
    assert_eq!(read(&engine, &others[15]).await.as_deref(), Some("new"));
}

#[tokio::test]
async fn a_failed_list_is_not_requested_again() {
    for (status, body) in [(403, "{}"), (404, "not here"), (429, "{}"), (500, "{}"), (503, "{}"), (200, "<html>"), (200, "{}"), (200, "[{")]
    {
        let (many, engine) = many().await;
        let ids = many.add(40, "");
        many.lists_fail(status, body);
        read_all(&engine, &ids, 10).await;
        assert_eq!(many.asked(), (1, 40), "{status} {body}");
    }
}

#[tokio::test]
async fn a_cancelled_read_does_not_block_others() {
    let (many, engine) = many().await;
    let ids = many.add(20, "");
    read_all(&engine, &ids[..3], 1).await;
    many.hold_lists(true);
    let reader = |id: &String| {
        let (engine, id) = (engine.clone(), id.clone());
        tokio::spawn(async move { read(&engine, &id).await })
    };
    let first = reader(&ids[3]);
    many.list_asked().await;
    let second = reader(&ids[4]);
    tokio::task::yield_now().await;
    first.abort();
    many.hold_lists(false);
    assert_eq!(second.await.unwrap().as_deref(), Some("old"));
}

/// The server shows to each who it takes him for.
#[tokio::test]
async fn targets_and_credentials_are_kept_apart() {
    let many = Many::start().await;
    many.also_at("127.0.0.2").await;
    let ids = many.add(30, "");
    let engine = engine(&[
        ("project_api_url", Value::text(format!("http://127.0.0.%s:{}", many.port))),
        ("project_slug", "1".into()),
        ("project_api_key", "a".into()),
    ]);
    for id in &ids {
        for (slug, key) in [("1", "a"), ("1", "b"), ("2", "b")] {
            let value =
                object(&RESOURCE, &[("client_id", id.as_str().into()), ("project_slug", slug.into()), ("project_api_key", key.into())]);
            let state = State { id: Some(id.clone()), value, private: Default::default() };
            let state = engine.read(ENTRY, state, Call::default()).await.unwrap().state.unwrap();
            assert_eq!(get(&RESOURCE, &state.value, "owner").as_str(), Some(format!("127.0.0.{slug} Bearer {key}").as_str()));
        }
    }
    // Each of the three has its own list.
    assert_eq!(many.asked(), (3, 9));
}

/// How often lists of the kind and single objects of it were asked for.
fn asked(server: &Running, before: usize, path: &str) -> (usize, usize) {
    let requests = server.requests();
    let gets: Vec<_> = requests[before..].iter().filter(|(method, at, _)| method == "GET" && at.starts_with(path)).collect();
    let lists = gets.iter().filter(|(_, at, _)| at == path).count();
    (lists, gets.len() - lists)
}

async fn post(url: &str, body: &Json) -> Json {
    let response = crate::support::client().post(url).json(body).send().await.unwrap();
    assert_eq!(response.status(), 201);
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

async fn fetch(url: String) -> Json {
    serde_json::from_slice(&crate::support::client().get(url).send().await.unwrap().bytes().await.unwrap()).unwrap()
}

#[tokio::test]
async fn both_faces_share_reads() {
    let server = emulator::start(Options { record_requests: true, ..Options::default() }).await.unwrap();
    let mut ids = Vec::new();
    for turn in 0..30 {
        let client = post(&format!("{}/admin/clients", server.url()), &json!({ "client_name": format!("n{turn}") })).await;
        ids.push(client["client_id"].as_str().unwrap().to_owned());
    }
    let config = json!({ "hydra_admin_url": server.url() });

    let before = server.requests().len();
    let mut core = Core::new(&ORY, config.clone()).await.unwrap();
    for id in &ids {
        let import = import_resource_state::Request { type_name: "ory_oauth2_client".into(), id: id.clone(), ..Default::default() };
        let stub = core.client.import_resource_state(import).await.unwrap().into_inner().imported_resources.remove(0);
        let read =
            read_resource::Request { type_name: stub.type_name, current_state: stub.state, private: stub.private, ..Default::default() };
        let read = core.client.read_resource(read).await.unwrap().into_inner();
        assert!(read.diagnostics.is_empty() && read.new_state.unwrap().msgpack.windows(id.len()).any(|bytes| bytes == id.as_bytes()));
    }
    assert_eq!(asked(&server, before, "/admin/clients"), (1, 3));

    let before = server.requests().len();
    let face = Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None));
    let mut host = Host::start(face).await;
    host.configure(spell(ORY.config, &config)).await.unwrap();
    for id in &ids {
        let r#type = "ory:index/oauth2Client:Oauth2Client".to_owned();
        let urn = format!("urn:pulumi:dev::it::{type}::{id}");
        let read = host.client.read(ReadRequest { id: id.clone(), urn, r#type, ..Default::default() }).await.unwrap().into_inner();
        assert_eq!(read.id, *id);
    }
    assert_eq!(asked(&server, before, "/admin/clients"), (1, 3));
}

#[tokio::test]
async fn identities_and_relationships_share_reads() {
    let server = emulator::start(Options { record_requests: true, ..Options::default() }).await.unwrap();
    let url = server.url();
    let entry = |name: &str| ORY.resources().find(|entry| entry.resource.name == name).unwrap();
    let (mut identities, mut relationships) = (Vec::new(), Vec::new());
    for turn in 0..20 {
        let identity = post(&format!("{url}/admin/identities"), &json!({ "schema_id": "default", "traits": { "n": turn } })).await;
        identities.push(identity["id"].as_str().unwrap().to_owned());
        let tuple = json!({ "namespace": "files", "object": format!("o{turn}"), "relation": "view", "subject_id": "ann" });
        let put = crate::support::client().put(format!("{url}/admin/relation-tuples")).json(&tuple).send().await.unwrap();
        assert_eq!(put.status(), 201);
        relationships.push(format!("files:o{turn}#view@ann"));
    }
    let engine = engine(&["kratos_admin_url", "keto_read_url", "keto_write_url"].map(|name| (name, Value::text(&url))));
    for (name, ids, path, expected) in [
        ("identity", identities, "/admin/identities", (1, 3)),
        // A single one is asked for by a list too.
        ("relationship", relationships, "/relation-tuples", (4, 0)),
    ] {
        let before = server.requests().len();
        for id in &ids {
            let state = State::to_import(entry(name).resource, id).unwrap();
            let read = engine.read(entry(name), state, Call::default()).await.unwrap().state.unwrap();
            assert_eq!(read.id.as_deref(), Some(id.as_str()));
        }
        assert_eq!(asked(&server, before, path), expected, "{name}");
        // One that the list does not show is asked for.
        let absent = if name == "identity" { "00000000-0000-4000-8000-00000000dead" } else { "files:absent#view@ann" };
        let read = engine.read(entry(name), State::to_import(entry(name).resource, absent).unwrap(), Call::default()).await.unwrap();
        assert!(read.state.is_none());
        assert_ne!(asked(&server, before, path), expected, "{name}");
    }
}

/// What sharing rests on: a list shows an object just as a read of it does.
async fn lists_show_what_reads_do(admin: &str) {
    let client = json!({ "client_name": "n", "scope": "a b", "metadata": { "a": [1] }, "audience": ["x"], "implicit_grant_id_token_lifespan": "1h" });
    let id = post(&format!("{admin}/admin/clients"), &client).await["client_id"].as_str().unwrap().to_owned();
    let read = fetch(format!("{admin}/admin/clients/{id}")).await;
    let list = fetch(format!("{admin}/admin/clients?page_size=500")).await;
    assert!(list.as_array().unwrap().contains(&read), "{read} is not in {list}");
    crate::support::client().delete(format!("{admin}/admin/clients/{id}")).send().await.unwrap();
}

#[tokio::test]
async fn lists_and_reads_show_the_same_on_26_2() {
    lists_show_what_reads_do(&emulator::start(Options::default()).await.unwrap().url()).await;
}

#[tokio::test]
async fn lists_and_reads_show_the_same_on_2_3() {
    let options = Options { profile: Profile::V2_3, ..Options::default() };
    lists_show_what_reads_do(&emulator::start(options).await.unwrap().url()).await;
}

#[tokio::test]
async fn lists_and_reads_show_the_same_on_a_real_hydra() {
    if let Some(real) = hydra().await {
        lists_show_what_reads_do(&real.admin).await;
    }
}
