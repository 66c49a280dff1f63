//! Writes that meet other writes: at the same time in one process, half finished, after changes of
//! others, and after a lost answer. For every kind of object that this concerns.

use super::{
    adoption::everywhere,
    identity_lives::{Identities, kratos},
    lifecycle::{Hydra, key},
    relationships::Keto,
};
use crate::support::{
    faults::{Fault, Proxy},
    get, replan, stored,
};
use janiform::{
    emulator::{self, Options, Profile, Running},
    engine::{Applied, Call, Change, Engine, Entry, Journal, Private, State, Unapplied, plan},
    ory::{Client, ORY},
};
use serde_json::{Value as Json, json};
use std::{sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::task::JoinSet;

/// One server, the way to it, and one run of the provider after the other on one machine.
struct Setup {
    engine: Arc<Engine<Client>>,
    proxy: Proxy,
    emulator: Running,
    state: TempDir,
}

fn entry(name: &str) -> &'static Entry<Client> {
    ORY.resources().find(|entry| entry.resource.name == name).unwrap()
}

impl Setup {
    async fn new() -> Setup {
        // Requests that come at the same time meet.
        Setup::on(emulator::start(Options { latency: Duration::from_millis(10), ..Options::default() }).await.unwrap()).await
    }

    async fn on(emulator: Running) -> Setup {
        let proxy = Proxy::to(&emulator.url()).await;
        let mut setup = Setup { engine: Arc::new(Engine::new(&ORY)), proxy, emulator, state: tempfile::tempdir().unwrap() };
        setup.next_run();
        setup
    }

    /// The run so far is over; another one begins.
    fn next_run(&mut self) {
        self.engine = Arc::new(Engine::new(&ORY).recording(Journal::in_dir(self.state.path().into())));
        let config = stored::from_json(ORY.config, &everywhere(&self.proxy.url())).unwrap();
        assert_eq!(self.engine.configure(&config, &|_| None), []);
    }

    async fn create(&self, name: &str, config: &Json) -> Result<Applied, Unapplied> {
        create(self.engine.clone(), entry(name), config.clone()).await
    }

    async fn made(&self, name: &str, config: &Json) -> State {
        self.create(name, config).await.unwrap_or_else(|why| panic!("{}", text(&why))).state
    }

    async fn update(&self, name: &str, state: &State, config: &Json) -> Result<Applied, Unapplied> {
        let resource = entry(name).resource;
        let config = stored::from_json(&resource.table, config).unwrap();
        let change = Change { prior: state.clone(), plan: replan(resource, state, &config), config, last_config: None };
        self.engine.update(entry(name), change, Call::default()).await
    }

    async fn changed(&self, name: &str, state: &State, config: &Json) -> Applied {
        self.update(name, state, config).await.unwrap_or_else(|why| panic!("{}", text(&why)))
    }

    async fn read(&self, name: &str, state: &State) -> State {
        self.engine.read(entry(name), state.clone(), Call::default()).await.unwrap().state.unwrap()
    }

    async fn delete(&self, name: &str, state: &State) -> Result<(), Unapplied> {
        self.engine.delete(entry(name), state.clone(), Call::default()).await.map(drop)
    }

    /// All of these at once; how many were made, and what the others were told.
    async fn race(&self, all: &[(&str, Json)]) -> (Vec<(String, State)>, Vec<String>) {
        let mut racing = JoinSet::new();
        for (name, config) in all {
            let (engine, name, config) = (self.engine.clone(), (*name).to_owned(), config.clone());
            racing.spawn(async move { (name.clone(), create(engine, entry(&name), config).await) });
        }
        let (mut made, mut refused) = (Vec::new(), Vec::new());
        for (name, ended) in racing.join_all().await {
            match ended {
                Ok(applied) => made.push((name, applied.state)),
                Err(why) => refused.push(text(&why)),
            }
        }
        (made, refused)
    }

    fn hydra(&self) -> Hydra {
        Hydra::at(&self.emulator.url())
    }

    fn keto(&self) -> Keto {
        Keto::at(&self.emulator.url())
    }

    /// The writes that went by since the last time.
    fn writes(&self) -> Vec<(String, String)> {
        self.proxy.asked().into_iter().filter(|(line, _)| !line.starts_with("GET")).collect()
    }

    /// What earlier runs may have left.
    fn left(&self) -> Vec<String> {
        Journal::in_dir(self.state.path().into()).left().into_iter().map(|intent| intent.id).collect()
    }
}

async fn create(engine: Arc<Engine<Client>>, entry: &'static Entry<Client>, config: Json) -> Result<Applied, Unapplied> {
    let config = stored::from_json(&entry.resource.table, &config).unwrap();
    engine.create(entry, plan(entry.resource, None, &config), config, Call::default()).await
}

fn text(unapplied: &Unapplied) -> String {
    unapplied.diagnostics.iter().map(|one| format!("{}: {}\n", one.summary, one.detail)).collect()
}

fn grant(subject: &str, kid: &str) -> Json {
    json!({
        "issuer": "https://idp.example", "subject": subject, "scope": ["read"], "expires_at": "2031-01-01T00:00:00Z",
        "jwk": key(kid).to_string(),
    })
}

fn tuple(subject: &str) -> Json {
    json!({ "namespace": "files", "object": "a", "relation": "view", "subject_id": subject })
}

fn tuples(subjects: &[&str]) -> Json {
    let all: Vec<_> = subjects.iter().map(|subject| json!({ "relation": "view", "subject_id": subject })).collect();
    json!({ "namespace": "files", "object": "a", "relationships": all })
}

#[tokio::test]
async fn concurrent_creates_of_one_object_create_it_once() {
    const ISSUER: &str = "trusted_oauth2_jwt_grant_issuer";
    let set = |algorithm: &str| json!({ "set_id": "shared", "algorithm": algorithm });
    let own = json!({ "set_id": "shared", "jwks": json!({ "keys": [key("a")] }).to_string() });
    for (all, said) in [
        (vec![(ISSUER, grant("ann", "k")), (ISSUER, grant("bob", "k")), (ISSUER, grant("eve", "k"))], "has a key with this id already"),
        (vec![("json_web_key_set", set("ES256")), ("json_web_key_set", set("EdDSA")), ("json_web_key_set", own)], "exists already"),
        (vec![("relationship", tuple("ann")); 6], "exists already"),
        (vec![("relationships", tuples(&["ann", "bob"])), ("relationships", tuples(&["eve", "bob"]))], "exist already"),
        (vec![("relationships", tuples(&["ann", "bob"])), ("relationship", tuple("bob")), ("relationship", tuple("bob"))], "already"),
        (
            vec![
                ("identity", json!({ "schema_id": "default", "traits": "{}", "external_id": "own" })),
                ("identity", json!({ "schema_id": "default", "traits": "{}", "external_id": "own" })),
            ],
            "exists already",
        ),
        (vec![("oauth2_client", json!({ "client_name": "n", "client_id": "one" })); 2], "exists already"),
    ] {
        let setup = Setup::new().await;
        let (made, refused) = setup.race(&all).await;
        let two_ways = all.iter().any(|(name, _)| *name == "relationships") && all.iter().any(|(name, _)| *name == "relationship");
        assert_eq!(made.len(), 1, "{}: {refused:?}", all[0].0);
        assert!(refused.iter().all(|why| why.contains(said)), "{two_ways} {refused:?}");
        let rows = setup.keto().list("files").await;
        assert!(rows.iter().all(|row| rows.iter().filter(|other| *other == row).count() == 1), "{rows:?}");
        // What was made can be taken away.
        for (name, state) in &made {
            setup.delete(name, state).await.unwrap_or_else(|why| panic!("{}", text(&why)));
        }
        assert_eq!(setup.keto().list("files").await, [] as [Json; 0]);
    }
}

/// Two processes may look at the same moment, and the server takes both: then each can be told, and can be deleted.
#[tokio::test]
async fn grants_that_share_a_key_are_a_warning_and_can_be_deleted() {
    const ISSUER: &str = "trusted_oauth2_jwt_grant_issuer";
    let setup = Setup::new().await;
    let other = json!({
        "issuer": "https://idp.example", "subject": "bob", "scope": ["read"], "expires_at": "2031-01-01T00:00:00Z", "jwk": key("k"),
    });
    // What the other process makes between our look and our request.
    setup.proxy.then("POST", Fault::LoseRequest);
    let ours = grant("ann", "k");
    let racing = setup.create(ISSUER, &ours);
    let (made, _) = tokio::join!(racing, async {
        while setup.proxy.unused() > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(setup.hydra().ask("POST", "trust/grants/jwt-bearer/issuers", Some(&other)).await.0, 201);
    });
    let made = made.unwrap_or_else(|why| panic!("{}", text(&why)));
    assert!(made.warnings.iter().any(|one| one.summary.contains("Other grants use the same key")), "{:?}", made.warnings);
    let refused = text(&setup.delete(ISSUER, &made.state).await.unwrap_err());
    assert!(refused.contains("force_destroy = true"), "{refused}");
    let mut config = grant("ann", "k");
    config["force_destroy"] = json!(true);
    let forced = setup.changed(ISSUER, &made.state, &config).await.state;
    setup.delete(ISSUER, &forced).await.unwrap_or_else(|why| panic!("{}", text(&why)));
    assert_eq!(setup.hydra().ask("GET", "trust/grants/jwt-bearer/issuers", None).await.1, json!([]));
}

/// Twins of another process are seen when they are read, and go together.
#[tokio::test]
async fn a_duplicate_relationship_is_a_warning() {
    let setup = Setup::new().await;
    let (one, many) = (setup.made("relationship", &tuple("ann")).await, setup.made("relationships", &tuples(&["bob"])).await);
    for (name, state, subject) in [("relationship", &one, "ann"), ("relationships", &many, "bob")] {
        setup.keto().put(&tuple(subject)).await;
        let read = setup.engine.read(entry(name), state.clone(), Call::default()).await.unwrap();
        assert!(read.warnings.iter().any(|one| one.detail.contains(&format!("files:a#view@{subject}"))), "{:?}", read.warnings);
        setup.delete(name, state).await.unwrap();
    }
    assert_eq!(setup.keto().list("files").await, [] as [Json; 0]);
}

#[tokio::test]
async fn partly_created_relationships_are_in_the_state() {
    let broken = || Fault::Answer(500, "application/json", r#"{"error":{"code":500,"message":"broken"}}"#);
    let many: Vec<String> = (0..1000).map(|number| format!("user-{number}")).collect();
    let all: Vec<&str> = many.iter().map(String::as_str).collect();
    let items = |state: &State| get(entry("relationships").resource, &state.value, "relationships").as_list().unwrap().len();
    // Of the first three one stays.
    let wanted = tuples(&all[2..]);
    for refused_at in [0, 1] {
        let setup = Setup::new().await;
        let before = setup.made("relationships", &tuples(&all[..3])).await;
        // Earlier batches are carried out.
        refuse_batch(&setup.proxy, refused_at, broken());
        let failed = setup.update("relationships", &before, &wanted).await.unwrap_err();
        setup.proxy.clear();
        let there = setup.keto().list("files").await.len();
        assert_eq!(there, [3, 503][refused_at], "batch {refused_at}");
        match failed.state {
            // Nothing was changed, or that is not known: then the state has what there may be.
            None => assert_eq!(refused_at, 0),
            Some(left) => {
                assert!(items(&left) >= there, "batch {refused_at}: the state has {} of {there}", items(&left));
                // The next apply goes on from there.
                let again = setup.changed("relationships", &left, &wanted).await.state;
                assert_eq!((setup.keto().list("files").await.len(), items(&again)), (998, 998));
                setup.delete("relationships", &again).await.unwrap();
                assert_eq!(setup.keto().list("files").await, [] as [Json; 0]);
            }
        }
    }
    // A destroy right after leaves nothing either.
    let setup = Setup::new().await;
    let before = setup.made("relationships", &tuples(&all[..3])).await;
    refuse_batch(&setup.proxy, 1, broken());
    let left = setup.update("relationships", &before, &tuples(&all)).await.unwrap_err().state.unwrap();
    setup.proxy.clear();
    setup.delete("relationships", &left).await.unwrap();
    assert_eq!(setup.keto().list("files").await, [] as [Json; 0]);
}

/// Refuses the write after so many that pass, and each try of it.
fn refuse_batch(proxy: &Proxy, passed: usize, fault: Fault) {
    proxy.pass("PATCH", passed);
    for _ in 0..8 {
        proxy.then("PATCH", fault.clone());
    }
}

/// A run whose answers are lost until it gives up, and the next one: of keys with an id of ours, and of the server's.
#[tokio::test]
async fn a_key_that_an_update_created_is_managed_in_the_next_run() {
    let named = |id: &str| json!({ "set_id": "shared", "key_id": id, "algorithm": "ES256" });
    let rotated = |algorithm: &str| json!({ "set_id": "shared", "algorithm": algorithm });
    for (before, after) in [(named("first"), named("second")), (rotated("ES256"), rotated("EdDSA"))] {
        let mut setup = Setup::new().await;
        let made = setup.made("json_web_key_set", &before).await;
        setup.read("json_web_key_set", &made).await;
        // The key is made, and neither the answer nor a look at the set comes back.
        setup.proxy.pass("GET", 1);
        setup.proxy.then("POST", Fault::LoseAnswer);
        for _ in 0..8 {
            setup.proxy.then("GET", Fault::LoseRequest);
        }
        let failed = setup.update("json_web_key_set", &made, &after).await.unwrap_err();
        assert!(failed.state.is_none() && text(&failed).contains("may have been created"), "{}", text(&failed));
        setup.proxy.clear();
        setup.next_run();
        assert_eq!(setup.left().len(), 1, "the key that may be there is on no list");
        let there = setup.hydra().ask("GET", "keys/shared", None).await.1;
        assert_eq!(there["keys"].as_array().unwrap().len(), 2);

        let done = setup.changed("json_web_key_set", &setup.read("json_web_key_set", &made).await, &after).await;
        let keys = setup.hydra().ask("GET", "keys/shared", None).await.1;
        let keys = keys["keys"].as_array().unwrap();
        assert_eq!(keys.len(), 1, "{keys:?}");
        assert!(there["keys"].as_array().unwrap().contains(&keys[0]), "another key was made");
        assert_eq!(get(entry("json_web_key_set").resource, &done.state.value, "key_id").as_str(), keys[0]["kid"].as_str());
        // Once a state shows it, it is on no list.
        setup.read("json_web_key_set", &done.state).await;
        setup.next_run();
        assert_eq!(setup.left(), [""; 0]);
    }
    // A key of somebody else's is not ours for that.
    let setup = Setup::new().await;
    let made = setup.made("json_web_key_set", &named("first")).await;
    let theirs = json!({ "kid": "second", "alg": "ES256", "use": "sig" });
    assert_eq!(setup.hydra().ask("POST", "keys/shared", Some(&theirs)).await.0, 201);
    let refused = setup.update("json_web_key_set", &made, &named("second")).await.unwrap_err();
    assert!(text(&refused).contains("did not make"), "{}", text(&refused));
}

/// The account is linked by the request whose answer was lost: the second one would be refused for it.
#[tokio::test]
async fn an_account_linked_by_a_lost_request_counts_as_linked() {
    let setup = Setup::on(kratos(Profile::V26_2).await).await;
    let person = |accounts: Json| json!({ "schema_id": "person", "traits": r#"{"email":"ann@example.com"}"#, "password": "plain-Text-pw-9911", "oidc": accounts });
    let account = |provider: &str| json!({ "provider": provider, "subject": "42" });
    let made = setup.made("identity", &person(json!([account("github")]))).await;
    setup.proxy.then("PUT", Fault::LoseAnswer);
    let more = person(json!([account("github"), account("google")]));
    let changed = setup.changed("identity", &made, &more).await;
    let backdoor = Identities::at(&setup.emulator.url());
    let mut linked = backdoor.credentials(changed.state.id.as_deref().unwrap()).await.1;
    linked.sort();
    assert_eq!(linked, ["github:42", "google:42"]);
}

/// Kratos says that the last way in cannot go, also of an account that its owner has unlinked already.
#[tokio::test]
async fn an_already_unlinked_account_is_no_error() {
    let setup = Setup::on(kratos(Profile::V26_2).await).await;
    for kind in ["oidc", "saml"] {
        let person = |accounts: Json| {
            let mut config = json!({ "schema_id": "person", "traits": format!(r#"{{"email":"{kind}@example.com"}}"#), "password": "plain-Text-pw-9911" });
            config[kind] = accounts;
            config
        };
        let made = setup.made("identity", &person(json!([{ "provider": "github", "subject": kind }]))).await;
        let id = made.id.clone().unwrap();
        let own = format!("{}/admin/identities/{id}/credentials/{kind}?identifier=github:{kind}", setup.emulator.url());
        assert_eq!(crate::support::client().delete(own).send().await.unwrap().status(), 204);
        let changed = setup.changed("identity", &made, &person(Json::Null)).await;
        assert_eq!(changed.warnings, [], "{kind}");
    }
}

#[tokio::test]
async fn changes_by_others_since_the_plan_stay() {
    let setup = Setup::new().await;
    let hydra = setup.hydra();
    let client = |name: &str| json!({ "client_id": "c", "client_name": name, "contacts": ["a@example.com"], "scope": "read" });
    let made = setup.made("oauth2_client", &client("n")).await;
    // An owner that no plan has shown, and other scopes.
    let patch = json!([
        { "op": "replace", "path": "/owner", "value": "them" },
        { "op": "replace", "path": "/scope", "value": "read write" },
    ]);
    assert_eq!(hydra.ask("PATCH", "clients/c", Some(&patch)).await.0, 200);
    let applied = setup.changed("oauth2_client", &made, &client("renamed")).await;
    let held = hydra.ask("GET", "clients/c", None).await.1;
    assert_eq!((&held["client_name"], &held["owner"], &held["scope"]), (&json!("renamed"), &json!("them"), &json!("read write")));
    // The state keeps the plan, as tools demand; what others did is told, and the next plan shows it.
    let resource = entry("oauth2_client").resource;
    assert_eq!(get(resource, &applied.state.value, "scope").as_str(), Some("read"));
    let told: Vec<_> = applied.warnings.iter().map(|one| one.summary.as_str()).collect();
    assert_eq!(told, ["owner was changed elsewhere", "scope was changed elsewhere"]);
    let refreshed = setup.read("oauth2_client", &applied.state).await;
    let config = stored::from_json(&resource.table, &client("renamed")).unwrap();
    let next = replan(resource, &refreshed, &config);
    assert!(next.changes.contains(&"owner") && next.changes.contains(&"scope"), "{:?}", next.changes);
    let brought = setup.changed("oauth2_client", &refreshed, &client("renamed")).await;
    assert_eq!(brought.warnings, []);
    let held = hydra.ask("GET", "clients/c", None).await.1;
    assert!(held["owner"].as_str().unwrap_or_default().is_empty() && held["scope"] == "read", "{held}");
}

#[tokio::test]
async fn changes_by_others_to_an_identity_stay() {
    let setup = Setup::on(kratos(Profile::V26_2).await).await;
    let backdoor = Identities::at(&setup.emulator.url());
    let person = |state: &str| json!({ "schema_id": "person", "traits": r#"{"email":"ann@example.com"}"#, "state": state });
    let made = setup.made("identity", &person("active")).await;
    let id = made.id.clone().unwrap();
    let mut theirs = backdoor.get(&id).await.unwrap();
    theirs["metadata_public"] = json!({ "theirs": true });
    theirs["traits"]["name"] = json!("Ann");
    theirs.as_object_mut().unwrap().remove("credentials");
    assert_eq!(backdoor.client.put(backdoor.url(&id)).json(&theirs).send().await.unwrap().status(), 200);
    let applied = setup.changed("identity", &made, &person("inactive")).await;
    let held = backdoor.get(&id).await.unwrap();
    assert_eq!(
        (&held["state"], &held["metadata_public"]["theirs"], &held["traits"]["name"]),
        (&json!("inactive"), &json!(true), &json!("Ann"))
    );
    assert_eq!(applied.warnings.len(), 2, "{:?}", applied.warnings);
}

/// A registration token is taken back by an administrator's write, whatever it writes.
#[tokio::test]
async fn an_update_without_effect_sends_nothing() {
    let setup = Setup::new().await;
    let url = setup.emulator.url();
    let registered = json!({ "client_name": "n" });
    let made = setup.made("oidc_dynamic_client", &registered).await;
    let token = get(entry("oidc_dynamic_client").resource, &made.value, "registration_access_token").as_str().unwrap().to_owned();
    let id = made.id.clone().unwrap();
    setup.proxy.asked();
    let steps = [
        json!({ "client_name": "n", "deletion_protection": true }),
        json!({ "client_name": "n", "ignore_advice": ["implicit_grant"] }),
        json!({ "client_name": "n", "contacts": [] }),
        json!({ "client_name": "n" }),
    ];
    let (resource, mut state) = (entry("oidc_dynamic_client").resource, made.clone());
    for config in &steps {
        let applied = setup.changed("oidc_dynamic_client", &state, config).await;
        assert_eq!((applied.warnings, setup.writes()), (vec![], vec![]), "{config}");
        state = applied.state;
        assert_eq!(get(resource, &state.value, "registration_access_token").as_str(), Some(token.as_str()), "{config}");
        assert_eq!(get(resource, &state.value, "updated_at"), get(resource, &made.value, "updated_at"), "{config}");
    }
    let own = crate::support::client().get(format!("{url}/oauth2/register/{id}")).bearer_auth(&token).send().await.unwrap();
    assert_eq!(own.status(), 200, "the client has lost its token");
    // The same of a client that an administrator has: its token would be taken back.
    let state = setup.made("oauth2_client", &json!({ "client_id": "c", "client_name": "n", "scope": "a b" })).await;
    setup.proxy.asked();
    let spelled = json!({ "client_id": "c", "client_name": "n", "scope": "b a", "contacts": [], "deletion_protection": false });
    let applied = setup.changed("oauth2_client", &state, &spelled).await;
    assert_eq!((applied.warnings, setup.writes()), (vec![], vec![]));
    // What others have already brought to what is planned is not written either.
    let patch = json!([{ "op": "replace", "path": "/client_name", "value": "renamed" }]);
    assert_eq!(setup.hydra().ask("PATCH", "clients/c", Some(&patch)).await.0, 200);
    let renamed = json!({ "client_id": "c", "client_name": "renamed", "scope": "b a" });
    setup.changed("oauth2_client", &applied.state, &renamed).await;
    assert_eq!(setup.writes(), []);
}

#[tokio::test]
async fn exclusive_relationships_are_added_to_existing_ones() {
    let setup = Setup::new().await;
    let config = |editor: &str| {
        let all = [json!({ "relation": "view", "subject_id": "ann" }), json!({ "relation": "edit", "subject_id": editor })];
        json!({ "namespace": "files", "object": "a", "exclusive": true, "relationships": all })
    };
    let made = setup.made("relationships", &config("bob")).await;
    setup.keto().put(&tuple("eve")).await;
    setup.keto().delete("files:a#view@ann").await;
    // No plan has shown that Ann is gone and Eve is there.
    let applied = setup.changed("relationships", &made, &config("bobby")).await;
    let mut there: Vec<_> =
        setup.keto().list("files").await.iter().map(|one| format!("{}@{}", one["relation"], one["subject_id"])).collect();
    there.sort();
    assert_eq!(there, [r#""edit"@"bobby""#, r#""view"@"ann""#, r#""view"@"eve""#]);
    let told: Vec<_> = applied.warnings.iter().map(|one| (one.summary.as_str(), one.detail.contains("eve"))).collect();
    assert_eq!(told, [("There are other relationships", true), ("Some of the relationships were gone", false)]);
    // The next plan shows Eve, and then she goes.
    let refreshed = setup.read("relationships", &applied.state).await;
    assert_eq!(get(entry("relationships").resource, &refreshed.value, "relationships").as_list().unwrap().len(), 3);
    setup.changed("relationships", &refreshed, &config("bobby")).await;
    assert_eq!(setup.keto().list("files").await.len(), 2);
}

/// Whose secret an overwrite would cost.
#[tokio::test]
async fn an_object_of_another_team_with_a_begun_name_is_not_taken_over() {
    let client = json!({ "client_id": "shop", "client_name": "n", "grant_types": ["client_credentials"] });
    let theirs = |more: Json| {
        let mut body = json!({
            "client_id": "shop", "client_name": "n", "grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_post",
            "client_secret": "their-own-secret",
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let begin = async |setup: &mut Setup| {
        // The run dies when its request is under way, which never arrives.
        setup.proxy.then("POST", Fault::HoldRequest);
        let engine = setup.engine.clone();
        let config = client.clone();
        let (kill, killed) = tokio::sync::oneshot::channel::<()>();
        let process = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                tokio::select! {
                    made = create(engine, entry("oauth2_client"), config) => panic!("not held: {made:?}"),
                    _ = killed => {}
                }
            });
        });
        setup.engine = Arc::new(Engine::new(&ORY));
        while setup.proxy.unused() > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        kill.send(()).unwrap();
        process.join().unwrap();
        setup.next_run();
    };
    let opens = async |setup: &Setup| {
        let form = "grant_type=client_credentials&client_id=shop&client_secret=their-own-secret";
        let request = crate::support::client().post(format!("{}/oauth2/token", setup.emulator.url()));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        request.send().await.unwrap().status().is_success()
    };
    // Of another shape.
    let mut setup = Setup::new().await;
    begin(&mut setup).await;
    assert_eq!(setup.hydra().ask("POST", "clients", Some(&theirs(json!({ "owner": "them" })))).await.0, 201);
    let refused = text(&setup.create("oauth2_client", &client).await.unwrap_err());
    assert!(refused.contains("import it by its id `shop`") && refused.contains("An earlier run"), "{refused}");
    assert!(opens(&setup).await, "their secret was overwritten");
    // Of the same shape, and of another time.
    let mut setup = Setup::new().await;
    begin(&mut setup).await;
    let record = setup.state.path().join("creates.jsonl");
    let earlier = std::fs::read_to_string(&record).unwrap();
    let at = earlier.split("\"missing\":").nth(1).unwrap().split(|char: char| !char.is_ascii_digit()).next().unwrap().to_owned();
    let hour_ago = (at.parse::<i64>().unwrap() - 3600).to_string();
    std::fs::write(&record, earlier.replace(&at, &hour_ago)).unwrap();
    setup.next_run();
    assert_eq!(setup.hydra().ask("POST", "clients", Some(&theirs(json!({})))).await.0, 201);
    let refused = text(&setup.create("oauth2_client", &client).await.unwrap_err());
    assert!(refused.contains("import it by its id `shop`"), "{refused}");
    assert!(opens(&setup).await, "their secret was overwritten");
    // With other credentials it is nobody's.
    let mut setup = Setup::new().await;
    begin(&mut setup).await;
    let mut guarded = everywhere(&setup.proxy.url());
    guarded["admin_headers"] = json!({ "X-Tenant": "another" });
    assert_eq!(setup.engine.configure(&stored::from_json(ORY.config, &guarded).unwrap(), &|_| None), []);
    assert_eq!(setup.hydra().ask("POST", "clients", Some(&theirs(json!({})))).await.0, 201);
    let refused = text(&setup.create("oauth2_client", &client).await.unwrap_err());
    assert!(refused.contains("exists already") && !refused.contains("An earlier run"), "{refused}");
    assert!(opens(&setup).await, "their secret was overwritten");
}

/// What a tool keeps secret stays so on the disk, and what was begun is found all the same.
#[tokio::test]
async fn values_that_a_tool_keeps_secret_are_not_in_the_journal() {
    let setup = Setup::new().await;
    let config = stored::from_json(&entry("relationship").resource.table, &tuple("canary-subject")).unwrap();
    let call = Call { secret: vec!["subject_id"], ..Call::default() };
    let planned = plan(entry("relationship").resource, None, &config);
    setup.engine.create(entry("relationship"), planned, config, call).await.unwrap();
    let record = std::fs::read_to_string(setup.state.path().join("creates.jsonl")).unwrap();
    assert!(record.contains("secret-") && !record.contains("canary"), "{record}");
    let value = stored::from_json(&entry("relationship").resource.table, &tuple("canary-subject")).unwrap();
    let state = State { id: Some("files:a#view@canary-subject".into()), value, private: Private::default() };
    setup.read("relationship", &state).await;
    assert!(setup.left().is_empty());
}
