//! The document while providers and SCIM clients are created, changed and deleted: beside each other, beside the
//! configuration, and with other writers.

use super::{
    Setup, entry,
    providers::{OIDC, ORGANIZATIONS, SAML, patch},
    told,
};
use crate::support::{faults::Fault, get, object, replan, texts};
use janiform::{
    engine::{Applied, Engine, State, Unapplied, has_errors, plan, validate},
    ory::ORY,
    value::Value,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use tokio::task::JoinSet;

type Set<'a> = Vec<(&'a str, Value)>;

/// A project with organizations, and a provider that is for it.
struct House {
    setup: Setup,
    project: String,
}

impl House {
    async fn new() -> House {
        let setup = Setup::new().await;
        let console = super::lives::Console::at(&setup.emulator.url()).await;
        let house = House { setup, project: console.project };
        house.setup.configure(&[("project_id", house.project.as_str().into())]);
        house.written();
        house
    }

    async fn at(&self, path: &str) -> Json {
        let (_, document) = self.setup.ask("GET", &format!("/projects/{}", self.project), None).await;
        document.pointer(&format!("/{path}")).cloned().unwrap_or_default()
    }

    /// The list there; the console leaves out what is empty.
    async fn list(&self, path: &str) -> Vec<Json> {
        self.at(path).await.as_array().cloned().unwrap_or_default()
    }

    async fn clients(&self) -> Json {
        let (_, normalized) = self.setup.ask("GET", &format!("/normalized/projects/{}", self.project), None).await;
        normalized["current_revision"]["scim_clients"].clone()
    }

    /// Changes the document, or the revision, past the provider.
    async fn put(&self, is_normalized: bool, path: &str, value: Json) {
        let operation = json!([{ "op": "add", "path": format!("/{path}"), "value": value }]);
        assert_eq!(patch(&self.setup.emulator.url(), &self.project, is_normalized, operation).await, 200, "{path}");
    }

    async fn change(&self, name: &str, state: &State, set: &Set<'_>) -> Applied {
        self.setup.update(name, state, set).await.unwrap_or_else(|refused| panic!("{}", told(&refused.diagnostics)))
    }

    async fn made(&self, name: &str, set: &Set<'_>) -> Applied {
        let made = self.setup.create(name, set).await.unwrap_or_else(|refused| panic!("{}", told(&refused.diagnostics)));
        assert!(made.warnings.is_empty(), "{}", told(&made.warnings));
        made
    }

    /// The patches since the last time.
    fn written(&self) -> Vec<Json> {
        let writes = self.setup.proxy.asked().into_iter().filter(|(asked, _)| asked.starts_with("PATCH"));
        let mut sent: Vec<_> = writes.map(|(_, body)| serde_json::from_str(&body).unwrap()).collect();
        // The revision that was read before may be an old one by now, so that it goes twice.
        sent.dedup();
        sent
    }
}

fn google(id: &str) -> Set<'static> {
    let id = Value::text(id);
    vec![("provider_id", id), ("provider_type", "google".into()), ("client_id", "c".into()), ("client_secret", "canary".into())]
}

fn corporate(id: &str) -> Set<'static> {
    vec![("provider_id", Value::text(id)), ("raw_idp_metadata_xml", "<EntityDescriptor/>".into())]
}

fn okta(id: &str) -> Set<'static> {
    vec![
        ("client_id", Value::text(id)),
        ("organization_id", ORGANIZATIONS[0].into()),
        ("label", "Okta".into()),
        ("mapper_url", "{ identity: {} }".into()),
        ("authorization_header_secret", "canary".into()),
    ]
}

fn with<'a>(set: &Set<'a>, more: &[(&'a str, Value)]) -> Set<'a> {
    [set.clone(), more.to_vec()].concat()
}

#[tokio::test]
async fn a_method_is_switched_on_by_the_first_provider_and_off_by_none() {
    for (name, one, method) in [("social_provider", google("a"), OIDC), ("saml_provider", corporate("a"), SAML)] {
        let house = House::new().await;
        house.put(false, &format!("{OIDC}/config/base_redirect_uri"), json!("https://iam.example")).await;
        let other = with(&one, &[("provider_id", "b".into())]);
        let first = house.made(name, &one).await;
        let sent = house.written();
        assert_eq!(sent.len(), 1);
        let paths: Vec<_> = sent[0].as_array().unwrap().iter().map(|operation| operation["path"].as_str().unwrap()).collect();
        assert_eq!(paths.last(), Some(&format!("/{method}/enabled").as_str()), "{paths:?}");
        assert_eq!(house.at(&format!("{method}/enabled")).await, true);
        // Whoever switches it off by hand is not overruled by the next one.
        house.put(false, &format!("{method}/enabled"), json!(false)).await;
        let second = house.made(name, &other).await;
        let sent = house.written();
        assert_eq!(sent[0].as_array().unwrap().len(), 1, "{sent:?}");
        assert_eq!(
            (house.at(&format!("{method}/enabled")).await, &sent[0][0]["path"]),
            (json!(false), &json!(format!("/{method}/config/providers/-")))
        );
        house.put(false, &format!("{method}/enabled"), json!(true)).await;
        house.setup.delete(name, &first.state).await.unwrap();
        assert_eq!(house.written(), [json!([{ "op": "remove", "path": format!("/{method}/config/providers/0") }])]);
        house.setup.delete(name, &second.state).await.unwrap();
        // Whoever pins the method in an earlier run keeps what is pinned.
        assert_eq!(house.written(), [json!([{ "op": "remove", "path": format!("/{method}/config/providers/0") }])]);
        // Once it is gone, nothing more is to be done.
        house.setup.delete(name, &second.state).await.unwrap();
        assert_eq!(house.written(), [] as [Json; 0]);
        assert_eq!(house.at(&format!("{OIDC}/config/base_redirect_uri")).await, "https://iam.example");
    }
}

/// Within a run, the configuration's word on the method stands, whoever comes first.
#[tokio::test]
async fn a_configured_method_is_not_switched_by_providers() {
    let off: Set<'_> = vec![("selfservice_methods_oidc_enabled", false.into())];
    let on: Set<'_> = vec![("selfservice_methods_oidc_enabled", true.into())];
    let enabled = format!("{OIDC}/enabled");
    let house = House::new().await;
    house.made("project_config", &off).await;
    let made = house.made("social_provider", &google("a")).await;
    assert_eq!(house.at(&enabled).await, json!(false));
    house.setup.delete("social_provider", &made.state).await.unwrap();

    let house = House::new().await;
    let made = house.made("social_provider", &google("a")).await;
    house.made("project_config", &off).await;
    assert_eq!(house.at(&enabled).await, json!(false));
    // An apply of the configuration in another run; the last one goes, and the method stays as it is said to be.
    house.setup.configure(&[("project_id", house.project.as_str().into())]);
    house.made("project_config", &on).await;
    house.setup.delete("social_provider", &made.state).await.unwrap();
    assert_eq!((house.at(&enabled).await, house.list(&format!("{OIDC}/config/providers")).await), (json!(true), vec![]));
}

/// Many at once, with the configuration beside them: few patches, and nothing is lost.
#[tokio::test]
async fn many_concurrent_writes_share_patches() {
    let house = Arc::new(House::new().await);
    let mut under_way = JoinSet::new();
    for n in 0..24 {
        let house = house.clone();
        under_way.spawn(async move {
            let (name, set) = match n % 4 {
                0 => ("social_provider", google(&format!("p{n}"))),
                1 => ("saml_provider", corporate(&format!("p{n}"))),
                2 => ("scim_client", okta(&format!("p{n}"))),
                _ if n == 3 => {
                    ("project_config", vec![("selfservice_methods_oidc_enabled", false.into()), ("session_lifespan", "90h".into())])
                }
                _ => ("social_provider", google(&format!("p{n}"))),
            };
            (name, house.setup.create(name, &set).await.unwrap())
        });
    }
    let made: Vec<_> = under_way.join_all().await;
    let patches = house.written().len();
    assert!(patches <= 8, "{patches} patches");
    let count = |list: &Json| list.as_array().unwrap().len();
    assert_eq!(count(&house.at(&format!("{OIDC}/config/providers")).await), 11);
    assert_eq!((count(&house.at(&format!("{SAML}/config/providers")).await), count(&house.clients().await)), (6, 6));
    assert_eq!((house.at(&format!("{OIDC}/enabled")).await, house.at(&format!("{SAML}/enabled")).await), (json!(false), json!(true)));
    let mut under_way = JoinSet::new();
    for (name, made) in made.into_iter().filter(|(name, _)| *name != "project_config") {
        let house = house.clone();
        under_way.spawn(async move { house.setup.delete(name, &made.state).await.unwrap() });
    }
    under_way.join_all().await;
    assert_eq!((house.list(&format!("{OIDC}/config/providers")).await, house.at(&format!("{SAML}/enabled")).await), (vec![], json!(true)));
    assert!(house.clients().await.as_array().is_none_or(Vec::is_empty));
}

#[tokio::test]
async fn the_last_way_to_sign_in_is_removed_only_on_request() {
    for (name, one, method) in [("social_provider", google("a"), OIDC), ("saml_provider", corporate("a"), SAML)] {
        let house = House::new().await;
        let made = house.made(name, &one).await;
        house.put(false, "services/identity/config/selfservice/methods/password/enabled", json!(false)).await;
        house.written();
        let made = house.setup.read(name, &made.state).await.unwrap().unwrap();
        let said = told(&house.setup.delete(name, &made).await.unwrap_err().diagnostics);
        assert!(said.contains("Nobody could sign in") && said.contains("allow_lockout"), "{said}");
        // Switched off, it lets nobody in either.
        let off = with(&one, &[("state", "disabled".into())]);
        let said = told(&house.setup.update(name, &made, &off).await.unwrap_err().diagnostics);
        assert!(said.contains("Nobody could sign in"), "{said}");
        assert_eq!(house.written(), [] as [Json; 0]);
        let meant = house.change(name, &made, &with(&one, &[("allow_lockout", true.into())])).await;
        assert_eq!(house.written(), [] as [Json; 0], "it is not of the object");
        house.setup.delete(name, &meant.state).await.unwrap();
        assert!(house.list(&format!("{method}/config/providers")).await.is_empty());
    }
}

/// What an update does not know stays, and it sends no more than what it changes: no secret is written over.
#[tokio::test]
async fn an_update_sends_only_its_changes() {
    let house = House::new().await;
    let set = with(&google("a"), &[("label", "One".into()), ("scope", texts(&["email", "profile"])), ("auto_link", true.into())]);
    let made = house.made("social_provider", &set).await;
    let sent = house.written();
    assert_eq!((&sent[0][0]["value"]["providers"][0]["client_secret"], sent.len()), (&json!("canary"), 1), "{sent:?}");
    // What others say of it, which the configuration does not.
    house.put(false, &format!("{OIDC}/config/providers/0/state"), json!("disabled")).await;
    house.put(false, &format!("{OIDC}/config/providers/0/label"), json!("Theirs")).await;
    let read = house.setup.read("social_provider", &made.state).await.unwrap().unwrap();
    let changed = house.change("social_provider", &read, &with(&set, &[("label", "Two".into()), ("provider_type", "github".into())])).await;
    let wanted = [("label", "Two"), ("provider", "github")]
        .map(|(name, value)| json!({ "op": "replace", "path": format!("/{OIDC}/config/providers/0/{name}"), "value": value }));
    assert_eq!(house.written(), [json!(wanted)]);
    assert_eq!(house.at(&format!("{OIDC}/config/providers/0/state")).await, "disabled");
    // No answer shows it, so that it is said where it is said no more.
    let without: Set<'_> = with(&set, &[("label", "Two".into()), ("provider_type", "github".into()), ("auto_link", Value::Null)]);
    let without: Set<'_> = without.into_iter().filter(|(name, value)| *name != "auto_link" || value.is_null()).collect();
    let bare = house.change("social_provider", &changed.state, &without).await;
    assert_eq!(house.written(), [json!([{ "op": "add", "path": format!("/{OIDC}/config/providers/0/auto_link"), "value": false }])]);
    assert_eq!(house.setup.read("social_provider", &bare.state).await.unwrap().unwrap(), bare.state);
    // Whatever is there already is not taken over.
    let said = told(&house.setup.create("social_provider", &google("a")).await.unwrap_err().diagnostics);
    assert!(said.contains("exists already") && !said.contains("canary"), "{said}");
}

#[tokio::test]
async fn a_mapper_is_compared_by_its_content() {
    const OFFICIAL: &str = "base64://bG9jYWwgY2xhaW1zID0gc3RkLmV4dFZhcignY2xhaW1zJyk7CnsKICBpZGVudGl0eTogewogICAgdHJhaXRzOiB7CiAgICAgIGVtYWlsOiBjbGFpbXMuZW1haWwsCiAgICB9LAogIH0sCn0=";
    let house = House::new().await;
    for (name, one, method) in [("social_provider", google("a"), OIDC), ("saml_provider", corporate("a"), SAML)] {
        let (resource, at) = (entry(name).resource, format!("{method}/config/providers/0/mapper_url"));
        let made = house.made(name, &one).await;
        let default = house.at(&at).await;
        assert!(default.as_str().unwrap().starts_with("https://storage.googleapis.com/"), "{default}");
        let is_quiet = |state: &State, set: &Set<'_>| replan(resource, state, &object(resource, set)).changes.is_empty();
        let read = async |state: &State| house.setup.read(name, state).await.unwrap().unwrap();
        assert!(is_quiet(&read(&made.state).await, &one));
        // The official provider's own is as good where nobody says anything; another one is not.
        house.put(false, &at, json!(OFFICIAL)).await;
        assert!(is_quiet(&read(&made.state).await, &one));
        house.put(false, &at, json!("base64://e30=")).await;
        let drifted = read(&made.state).await;
        assert!(!is_quiet(&drifted, &one));
        let repaired = house.change(name, &drifted, &one).await;
        assert_eq!(house.at(&at).await, default);
        // A URL stands for what Ory fetched; another URL is another one.
        let elsewhere = with(&one, &[("mapper_url", "https://a.example/m.jsonnet".into())]);
        let fetched = house.change(name, &repaired.state, &elsewhere).await;
        assert!(fetched.warnings.is_empty() && is_quiet(&read(&fetched.state).await, &elsewhere), "{:?}", fetched.warnings);
        assert!(!is_quiet(&fetched.state, &with(&one, &[("mapper_url", "https://b.example/m.jsonnet".into())])));
        // Of what is imported, nobody knows where it was fetched from.
        let stub = State::to_import(resource, "a").unwrap();
        assert!(!is_quiet(&read(&stub).await, &elsewhere));
        house.setup.delete(name, &fetched.state).await.unwrap();
    }
}

/// Ory's database has the last word on organizations: it is told at once, and hinders nobody else.
#[tokio::test]
async fn a_missing_organization_is_reported_and_does_not_block_others() {
    let nowhere = ("organization_id", Value::text("5f1d7c1b-0d55-4d0a-8f8e-0c5a3f1b2aff"));
    for (name, one) in [("social_provider", google("a")), ("saml_provider", corporate("a")), ("scim_client", okta("a"))] {
        let house = Arc::new(House::new().await);
        let key = entry(name).resource.key;
        let (refused, made) = tokio::join!(async { house.setup.create(name, &with(&one, std::slice::from_ref(&nowhere))).await }, async {
            house.setup.create(name, &with(&one, &[(key, "b".into())])).await
        },);
        let Unapplied { state, diagnostics } = refused.unwrap_err();
        let said = told(&diagnostics);
        assert!(
            state.is_none() && said.contains("The organization does not exist") && said.contains("`organization_id`"),
            "{name}: {said}"
        );
        assert!(!said.contains("may have been") && !said.contains("canary"), "{name}: {said}");
        made.unwrap();
        assert!(house.written().len() <= 3, "{name}");
        // What is no id at all is seen before anything is sent.
        let said = validate(entry(name).resource, &object(entry(name).resource, &with(&one, &[("organization_id", "acme".into())])));
        assert!(has_errors(&said), "{name}");
    }
}

#[tokio::test]
async fn a_scim_client_keeps_its_secret_its_state_and_changes_of_others() {
    let house = House::new().await;
    let made = house.made("scim_client", &okta("okta")).await;
    let sent = house.written();
    assert_eq!(sent.len(), 1);
    let row = &sent[0][0]["value"];
    let row = if row.is_array() { &row[0] } else { row };
    assert_eq!((&row["state"], &row["authorization_header_secret"]), (&json!("enabled"), &json!("canary")), "{sent:?}");
    let (_, project) = house.setup.ask("GET", &format!("/projects/{}", house.project), None).await;
    let url = format!("{}/p/{}/scim/okta/v2", house.setup.proxy.url(), project["slug"].as_str().unwrap());
    let url_of = |state: &State| get(scim_client(), &state.value, "base_url").as_str().unwrap_or_default().to_owned();
    assert_eq!(url_of(&made.state), url);
    // The secret goes along, as what is patched may not have it.
    house.put(true, "scim_clients/0/state", json!("disabled")).await;
    house.put(true, "scim_clients/0/proxy_scim_server_url", json!("https://scim.example")).await;
    let renamed = with(&okta("okta"), &[("label", "Entra".into()), ("proxy_scim_server_url", "https://scim.example".into())]);
    let read = house.setup.read("scim_client", &made.state).await.unwrap().unwrap();
    house.written();
    let changed = house.change("scim_client", &read, &renamed).await;
    let wanted = [("authorization_header_secret", "canary"), ("label", "Entra")]
        .map(|(name, value)| json!({ "op": "replace", "path": format!("/scim_clients/0/{name}"), "value": value }));
    assert_eq!(house.written(), [json!(wanted)]);
    let there = &house.clients().await[0];
    assert_eq!(
        (&there["state"], &there["proxy_scim_server_url"], &there["label"]),
        (&json!("disabled"), &json!("https://scim.example"), &json!("Entra"))
    );
    // An import does not enable it.
    for id in ["okta".to_owned(), format!("{}/okta", house.project)] {
        let imported = house.setup.read("scim_client", &State::to_import(scim_client(), &id).unwrap()).await.unwrap().unwrap();
        assert_eq!((url_of(&imported), get(scim_client(), &imported.value, "state").as_str()), (url.clone(), Some("disabled")));
        let changes = replan(scim_client(), &imported, &object(scim_client(), &renamed)).changes;
        assert_eq!(changes, ["authorization_header_secret"], "no answer shows it");
    }
    // One that this run does not know stays.
    let hidden = [("authorization_header_secret_wo", Value::text("hidden")), ("authorization_header_secret_wo_version", "1".into())];
    let rest: Set<'_> = renamed.iter().filter(|(name, _)| *name != "authorization_header_secret").cloned().collect();
    let mut out_of_sight = house.change("scim_client", &changed.state, &with(&rest, &hidden)).await;
    assert_eq!(house.written(), [json!([{ "op": "replace", "path": "/scim_clients/0/authorization_header_secret", "value": "hidden" }])]);
    // Nor does another value go along, as long as its version is the same.
    for value in [Value::Null, "another".into()] {
        let label = if value.is_null() { "Two" } else { "Three" };
        let set = with(&rest, &[("authorization_header_secret_wo", value), hidden[1].clone(), ("label", label.into())]);
        out_of_sight = house.change("scim_client", &out_of_sight.state, &set).await;
        assert_eq!(house.written(), [json!([{ "op": "replace", "path": "/scim_clients/0/label", "value": label }])]);
    }
}

/// Also the view that has the SCIM clients is gone with the project, although its route still shows the last revision.
#[tokio::test]
async fn what_was_in_a_deleted_project_is_gone() {
    let house = House::new().await;
    let client = house.made("scim_client", &okta("okta")).await;
    let provider = house.made("social_provider", &google("a")).await;
    assert_eq!(house.setup.ask("DELETE", &format!("/projects/{}", house.project), None).await.0, 204);
    for (name, made) in [("scim_client", client), ("social_provider", provider)] {
        assert!(house.setup.read(name, &made.state).await.unwrap().is_none(), "{name}");
        house.setup.delete(name, &made.state).await.unwrap();
    }
}

fn scim_client() -> &'static janiform::schema::Resource {
    entry("scim_client").resource
}

/// One setting for all providers: two that differ are told, what somebody else has set is let go of, and what is the same is none.
#[tokio::test]
async fn the_base_of_callback_urls_is_the_same_for_all_providers() {
    let house = House::new().await;
    let at = format!("{OIDC}/config/base_redirect_uri");
    let to = |id: &str, url: &str| with(&google(id), &[("base_redirect_uri", Value::text(url))]);
    let one = house.made("social_provider", &to("a", "https://iam.example")).await;
    house.made("social_provider", &to("b", "https://iam.example")).await;
    assert_eq!(house.at(&at).await, "https://iam.example");
    let said = told(&house.setup.create("social_provider", &to("c", "https://other.example")).await.unwrap_err().diagnostics);
    assert!(["contradict each other", "social_provider `c`", "base_redirect_uri"].iter().all(|word| said.contains(word)), "{said}");
    // Its own goes where it is no longer said, in a run in which nobody else says it.
    let engine = Engine::new(&ORY);
    house.setup.configure_other(&engine, &[("project_id", house.project.as_str().into())]);
    let setup = Setup { engine, ..house.setup };
    let bare = setup.update("social_provider", &one.state, &google("a")).await.unwrap();
    let house = House { setup, ..house };
    assert_eq!(house.at(&at).await, Json::Null);
    house.put(false, &at, json!("https://theirs.example")).await;
    assert_eq!(house.setup.read("social_provider", &bare.state).await.unwrap().unwrap(), bare.state);
}

#[test]
fn requirements_of_each_type_and_engine_are_checked_when_planned() {
    let said = |name: &str, set: &Set<'_>| {
        let (resource, config) = (entry(name).resource, object(entry(name).resource, set));
        let mut diagnostics = validate(resource, &config);
        if !has_errors(&diagnostics) {
            diagnostics.extend(plan(resource, None, &config).diagnostics);
        }
        (has_errors(&diagnostics), told(&diagnostics))
    };
    let of = |set: &[(&'static str, &'static str)]| -> Set<'static> {
        let base = [("provider_id", Value::text("a"))];
        base.into_iter().chain(set.iter().map(|(name, value)| (*name, Value::text(*value)))).collect()
    };
    let key = [("apple_team_id", "t"), ("apple_private_key_id", "k"), ("apple_private_key", "p")];
    let is =
        |kind: &'static str, more: &[(&'static str, &'static str)]| of(&[&[("provider_type", kind), ("client_id", "c")], more].concat());
    for (set, is_refused, word) in [
        (is("google", &[("client_secret", "s")]), false, ""),
        (is("google", &[]), true, "client_secret_wo"),
        (of(&[("provider_type", "google"), ("client_secret", "s")]), true, "client_id_wo"),
        (is("apple", &key), false, ""),
        (is("apple", &[("client_secret", "s")]), false, ""),
        (is("apple", &key[..2]), true, "the others"),
        (is("apple", &[]), true, "all of"),
        (is("google", &[&key[..1], &[("client_secret", "s")]].concat()), true, "only for the type `apple`"),
        (is("generic", &[("client_secret", "s")]), false, "`issuer_url`"),
        (is("generic", &[("client_secret", "s"), ("auth_url", "u"), ("token_url", "u")]), false, ""),
        (is("microsoft", &[("client_secret", "s")]), false, "`tenant`"),
        (is("somebody-else", &[("client_secret", "s")]), false, "provider_type"),
        (is("google", &[("client_secret", "s"), ("client_secret_wo", "s")]), true, "conflicts"),
        (is("google", &[("client_secret", "")]), true, "client_secret"),
    ] {
        let (refused, text) = said("social_provider", &set);
        assert_eq!(refused, is_refused, "{text}");
        assert!(text.contains(word) && word.is_empty() == text.is_empty(), "{word}: {text}");
    }
    let corporate = |more: &[(&'static str, Value)]| with(&corporate("a"), more);
    for (set, word) in [
        (corporate(&[]), ""),
        (corporate(&[("force_authn", false.into())]), ""),
        (corporate(&[("force_authn", true.into())]), "engine = \"native\""),
        (corporate(&[("clock_skew_seconds", Value::from(60)), ("engine", "jackson".into())]), "native engine"),
        (corporate(&[("allowed_name_id_formats", texts(&["x"])), ("engine", "native".into())]), ""),
        (corporate(&[("additional_acs_urls", texts(&["https://a.example"])), ("engine", "native".into())]), "drops"),
        (corporate(&[("additional_acs_urls", texts(&["u"; 11]))]), "at most 10"),
        (corporate(&[("clock_skew_seconds", Value::from(301)), ("engine", "native".into())]), "from 0 to 300"),
        (corporate(&[("raw_idp_metadata_xml", "".into())]), "Must not be empty"),
    ] {
        let (refused, text) = said("saml_provider", &set);
        assert!(refused != word.is_empty() && text.contains(word), "{word}: {text}");
    }
    for (set, word) in [
        (okta("okta-1_a"), ""),
        (okta("Okta"), "lower-case"),
        (okta("okta").into_iter().filter(|(name, _)| !name.starts_with("auth")).collect(), "has no secret"),
        (with(&okta("okta"), &[("state", "off".into())]), "enabled"),
    ] {
        let (refused, text) = said("scim_client", &set);
        assert!(refused != word.is_empty() && text.contains(word), "{word}: {text}");
    }
}

/// A plan that is made where nothing is known yet.
#[test]
fn unknown_values_are_no_errors() {
    let open: Vec<_> = ["client_secret", "provider_type", "issuer_url"].map(|name| (name, Value::Unknown)).into();
    let resource = entry("social_provider").resource;
    let planned = plan(resource, None, &object(resource, &with(&google("a"), &open)));
    assert!(!has_errors(&planned.diagnostics), "{:?}", planned.diagnostics);
}

/// Whoever hears nothing of a patch that was carried out makes no second one, and takes nothing for somebody else's.
#[tokio::test]
async fn an_element_whose_answer_is_lost_is_created_once() {
    for fault in [Fault::LoseAnswer, Fault::CutAnswer] {
        let beside = with(&google("a"), &[("base_redirect_uri", "https://iam.example".into())]);
        for (name, one) in [("social_provider", beside), ("saml_provider", corporate("a")), ("scim_client", okta("a"))] {
            let house = House::new().await;
            house.setup.proxy.then("PATCH", fault.clone());
            let made = house.made(name, &one).await;
            assert_eq!(house.setup.proxy.unused(), 0, "{name} {fault:?}");
            assert_eq!(house.setup.read(name, &made.state).await.unwrap().unwrap(), made.state, "{name} {fault:?}");
            house.setup.proxy.then("PATCH", fault.clone());
            house.setup.delete(name, &made.state).await.unwrap();
            assert!(house.setup.read(name, &made.state).await.unwrap().is_none(), "{name} {fault:?}");
        }
    }
}
