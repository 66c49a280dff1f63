//! Data sources with filters, through both faces: the results of each filter over all pages, and the
//! error if a server does not answer.

use crate::{
    emulator::kratos_differential::empty,
    pulumi::{
        Recorder,
        engine::{Host, Stop},
        every::spell,
        wire::plain,
    },
    support::{
        self,
        faults::{Fault, Proxy},
    },
    terraform::core::Core,
};
use janiform::{
    emulator::{self, Options, Profile, Running},
    engine::{DataSource, Engine},
    frontends::pulumi::{Server, names},
    ory::ORY,
    schema::Query,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// Both faces of a provider that reaches everything at one place.
pub(super) struct Faces {
    pub(super) core: Core,
    pub(super) host: Host,
}

fn everywhere(url: &str) -> Json {
    let port = url.rsplit(':').next().unwrap();
    let services = ["hydra_admin_url", "kratos_admin_url", "kratos_public_url", "keto_read_url", "talos_url"];
    let mut config = services.iter().map(|name| ((*name).to_owned(), json!(url))).collect::<serde_json::Map<_, _>>();
    config.insert("project_api_url".into(), json!(format!("http://%s:{port}")));
    config.insert("project_id".into(), json!("9f425a8d-7efc-4768-8f23-7647a74fdf13"));
    Json::Object(config)
}

impl Faces {
    pub(super) async fn to(url: &str) -> Faces {
        Faces::with(everywhere(url)).await
    }

    pub(super) async fn with(config: Json) -> Faces {
        let core = Core::direct(&ORY, config.clone()).await.unwrap();
        let server = Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None));
        let mut host = Host::start(server).await;
        host.configure(spell(ORY.config, &config)).await.unwrap();
        Faces { core, host }
    }

    async fn invoke(&mut self, query: &Query, asked: &Json) -> Result<Json, Stop> {
        self.host.invoke(&names::function_token(ORY.name, "get_", query.name), &spell(&query.table, asked)).await
    }

    /// What both faces say, which is the same.
    pub(super) async fn ask(&mut self, name: &str, asked: &Json) -> Json {
        let query = query(name);
        let found = self.core.data(&format!("ory_{name}"), asked).await.unwrap_or_else(|stop| panic!("{name} {asked}: {stop:?}")).to_json();
        let other = self.invoke(query, asked).await.unwrap_or_else(|stop| panic!("{name} {asked}: {stop:?}"));
        assert_eq!(plain(&other), spell(&query.table, &found), "{name} {asked}");
        found
    }

    /// That both faces refuse, saying this.
    pub(super) async fn refused(&mut self, name: &str, asked: &Json, said: &str) {
        match self.core.data(&format!("ory_{name}"), asked).await {
            Err(stop) => assert!(stop.says(said), "{name} {asked} does not say {said:?}: {stop:?}"),
            Ok(found) => panic!("{name} {asked}: {found:?}"),
        }
        match self.invoke(query(name), asked).await {
            // Pulumi speaks of properties.
            Err(stop) => assert!(format!("{stop:?}").contains(&said.replace("project_id", "projectId")), "{name} {asked}: {stop:?}"),
            Ok(found) => panic!("{name} {asked}: {found}"),
        }
    }
}

/// The data sources that are questions, but for those of the console, which are tested where that is.
fn queries() -> impl Iterator<Item = &'static Query> {
    all_queries().filter(|query| !super::console::lists::NAMES.contains(&query.name))
}

fn all_queries() -> impl Iterator<Item = &'static Query> {
    ORY.data_sources().filter_map(|source| if let DataSource::Query { query, .. } = source { Some(*query) } else { None })
}

fn query(name: &str) -> &'static Query {
    all_queries().find(|query| query.name == name).unwrap()
}

async fn send(http: &reqwest::Client, method: reqwest::Method, url: String, body: &Json) {
    let response = http.request(method, url).json(body).send().await.unwrap();
    assert!(response.status().is_success(), "{}", response.text().await.unwrap());
}

fn texts(items: &Json, member: &str) -> Vec<String> {
    items.as_array().unwrap().iter().map(|item| item[member].as_str().unwrap().to_owned()).collect()
}

/// How often a path was asked.
fn asked(emulator: &Running, path: &str) -> usize {
    emulator.requests().iter().filter(|(_, asked, _)| asked == path).count()
}

#[tokio::test]
async fn clients_are_listed_over_all_pages_and_by_filter() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let http = crate::support::client();
    for number in 0..620 {
        let owner = if number % 2 == 0 { "even" } else { "odd" };
        let body = json!({ "client_id": format!("c{number:03}"), "client_name": format!("n{}", number % 3), "owner": owner, "metadata": { "n": number } });
        send(&http, reqwest::Method::POST, format!("{}/admin/clients", emulator.url()), &body).await;
    }
    let mut faces = Faces::to(&emulator.url()).await;
    for (config, wanted) in [
        (json!({}), 620),
        (json!({ "owner": "odd" }), 310),
        (json!({ "owner": "even", "client_name": "n0" }), 104),
        (json!({ "owner": "nobody" }), 0),
    ] {
        let found = faces.ask("oauth2_clients", &config).await;
        let clients = found["clients"].as_array().unwrap();
        assert_eq!(clients.len(), wanted, "{config}");
        assert!(clients.windows(2).all(|pair| pair[0]["client_id"].as_str() < pair[1]["client_id"].as_str()));
        if let Some(first) = clients.first() {
            assert!(first["metadata"].as_str().unwrap().starts_with("{\"n\":"));
        }
    }
}

const ORGANIZATION: &str = "3d1c2b4a-5e6f-4a7b-8c9d-0e1f2a3b4c5d";

/// Identities `user-0@…` and on, in one request for 900 of them.
async fn populate(admin: &str, count: usize, more: impl Fn(usize) -> Json) {
    let create = |number: usize| {
        let mut body = json!({ "schema_id": "default", "traits": { "email": format!("user-{number}@example.com"), "n": number } });
        body.as_object_mut().unwrap().extend(more(number).as_object().unwrap().clone());
        json!({ "create": body })
    };
    let numbers: Vec<usize> = (0..count).collect();
    for some in numbers.chunks(900) {
        let body = json!({ "identities": some.iter().copied().map(create).collect::<Vec<_>>() });
        send(&crate::support::client(), reqwest::Method::PATCH, format!("{admin}/admin/identities"), &body).await;
    }
}

/// With organizations and ids of ours where the server is newer. Expects no identities there.
async fn list_identities(faces: &mut Faces, admin: &str, newer: bool) {
    populate(admin, 1203, |number| match newer && number % 400 == 0 {
        true => json!({ "organization_id": ORGANIZATION, "external_id": format!("own-{number}"), "metadata_public": { "n": number } }),
        false => json!({ "metadata_admin": { "hidden": true } }),
    })
    .await;
    let all = faces.ask("identities", &json!({})).await["identities"].clone();
    let mut ids = texts(&all, "id");
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 1203);
    assert!(!all.to_string().contains("hidden"));

    let mail = |item: &Json| serde_json::from_str::<Json>(item["traits"].as_str().unwrap()).unwrap()["email"].clone();
    let id = |wanted: &str| all.as_array().unwrap().iter().find(|item| mail(item) == wanted).unwrap()["id"].clone();
    let pair = [id("user-7@example.com"), id("user-1200@example.com")];
    for (config, mut wanted) in [
        (json!({ "ids": pair }), vec!["user-7@example.com", "user-1200@example.com"]),
        (json!({ "ids": [pair[0], ORGANIZATION] }), vec!["user-7@example.com"]),
        (json!({ "credentials_identifier": "user-12@example.com" }), vec!["user-12@example.com"]),
        (json!({ "credentials_identifier": "user-12" }), vec![]),
        (
            json!({ "preview_credentials_identifier_similar": "user-120" }),
            vec!["user-120@example.com", "user-1200@example.com", "user-1201@example.com", "user-1202@example.com"],
        ),
        // A server that does not know this filter lets all of them through.
        (
            json!({ "organization_id": ORGANIZATION }),
            match newer {
                true => vec!["user-0@example.com", "user-400@example.com", "user-800@example.com", "user-1200@example.com"],
                false => vec![],
            },
        ),
        (json!({ "organization_id": "00000000-0000-4000-8000-000000000000" }), vec![]),
    ] {
        let found = faces.ask("identities", &config).await["identities"].clone();
        let mut mails: Vec<_> = found.as_array().unwrap().iter().map(|item| mail(item).as_str().unwrap().to_owned()).collect();
        mails.sort();
        wanted.sort_unstable();
        assert_eq!(mails, wanted, "{config}");
    }
    let one = faces.ask("identities", &json!({ "ids": [id("user-400@example.com")] })).await["identities"][0].clone();
    assert_eq!((one["schema_id"].as_str(), one["state"].as_str()), (Some("default"), Some("active")));
    assert_eq!(one["verifiable_addresses"][0]["value"], "user-400@example.com");
    assert_eq!(one["recovery_addresses"], json!([{ "value": "user-400@example.com", "via": "email" }]));
    if newer {
        assert_eq!((&one["external_id"], &one["organization_id"]), (&json!("own-400"), &json!(ORGANIZATION)));
        assert_eq!(one["metadata_public"], r#"{"n":400}"#);
    }
}

#[tokio::test]
async fn identities_are_listed_over_all_pages_and_by_filter() {
    for profile in [Profile::V26_2, Profile::V2_3] {
        let emulator = emulator::start(Options { profile, record_requests: true, ..Options::default() }).await.unwrap();
        let mut faces = Faces::to(&emulator.url()).await;
        list_identities(&mut faces, &emulator.url(), profile == Profile::V26_2).await;
        let before = asked(&emulator, "/admin/identities");
        faces.ask("identities", &json!({})).await;
        assert_eq!(asked(&emulator, "/admin/identities") - before, 2 * 3, "three pages for each face");
    }
}

#[tokio::test]
async fn a_real_kratos_lists_identities_and_schemas() {
    let Some(real) = support::kratos().await else { return };
    empty(&real.admin).await;
    let mut faces = Faces::with(json!({ "kratos_admin_url": real.admin, "kratos_public_url": real.public })).await;
    list_identities(&mut faces, &real.admin, false).await;
    empty(&real.admin).await;
    assert_eq!(faces.ask("identities", &json!({})).await["identities"], json!([]));

    let all = faces.ask("identity_schemas", &json!({})).await["schemas"].clone();
    let mut ids = texts(&all, "id");
    ids.sort();
    assert_eq!(ids, ["customer", "default"]);
    for schema in all.as_array().unwrap() {
        let one = faces.ask("identity_schema", &json!({ "id": schema["id"] })).await;
        assert_eq!(one["schema"], schema["schema"]);
        assert!(one["schema"].as_str().unwrap().contains("https://schemas.invalid/"));
    }
    for id in ["nope", "preset://email"] {
        faces.refused("identity_schema", &json!({ "id": id }), "No identity schema found").await;
    }
}

#[tokio::test]
async fn relationships_are_listed_over_all_pages_and_by_filter() {
    let namespaces = Some(["files", "groups"].map(str::to_owned).to_vec());
    let emulator = emulator::start(Options { namespaces, record_requests: true, ..Options::default() }).await.unwrap();
    let tuple = |number: usize| match number % 3 {
        0 => {
            json!({ "namespace": "files", "object": format!("o{}", number % 5), "relation": "view", "subject_set": { "namespace": "groups", "object": format!("g{number}"), "relation": "" } })
        }
        1 => {
            json!({ "namespace": "files", "object": format!("o{}", number % 5), "relation": "edit", "subject_id": format!("user-{number}") })
        }
        _ => json!({ "namespace": "groups", "object": "g", "relation": "member", "subject_id": "a:b#c" }),
    };
    let deltas: Vec<_> = (0..1803).map(|number| json!({ "action": "insert", "relation_tuple": tuple(number) })).collect();
    send(&crate::support::client(), reqwest::Method::PATCH, format!("{}/admin/relation-tuples", emulator.url()), &json!(deltas)).await;
    let mut faces = Faces::to(&emulator.url()).await;

    // One third of them are 601 rows of one relationship.
    let all = faces.ask("relationships", &json!({})).await["relationships"].clone();
    assert_eq!((all.as_array().unwrap().len(), asked(&emulator, "/relation-tuples")), (1203, 2 * 4));
    let ids = texts(&all, "id");
    assert!(ids.contains(&"files:o1#edit@user-1".to_owned()) && ids.contains(&"files:o3#view@groups:g3#".to_owned()));
    for (config, wanted) in [
        (json!({ "namespace": "files" }), 1202),
        (json!({ "namespace": "files", "object": "o0" }), 241),
        (json!({ "namespace": "files", "object": "o0", "relation": "view" }), 121),
        (json!({ "relation": "edit" }), 601),
        (json!({ "subject_id": "user-4" }), 1),
        (json!({ "namespace": "groups" }), 1),
        (json!({ "namespace": "files", "object": "" }), 0),
        (json!({ "subject_set_namespace": "groups", "subject_set_object": "g6", "subject_set_relation": "" }), 1),
    ] {
        let found = faces.ask("relationships", &config).await["relationships"].clone();
        assert_eq!(found.as_array().unwrap().len(), wanted, "{config}");
        let ids = texts(&found, "id");
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]));
    }
    let group = faces.ask("relationships", &json!({ "namespace": "groups" })).await["relationships"].clone();
    let subject = json!({
        "id": "%groups:g#member@a%3Ab%23c", "namespace": "groups", "object": "g", "relation": "member", "subject_id": "a:b#c",
        "subject_set_namespace": null, "subject_set_object": null, "subject_set_relation": null,
    });
    assert_eq!(group, json!([subject]));
    // What it is listed by, is what it is imported by.
    let mut config = everywhere(&emulator.url());
    config["keto_write_url"] = config["keto_read_url"].clone();
    let mut core = Core::direct(&ORY, config).await.unwrap();
    core.import("ory_relationship", "%groups:g#member@a%3Ab%23c").await.unwrap();

    faces.refused("relationships", &json!({ "namespace": "nope" }), "The namespace does not exist").await;
    faces.refused("relationships", &json!({ "subject_set_object": "g" }), "A relationship has one subject").await;
}

#[tokio::test]
async fn schemas_are_listed_over_all_pages_and_shown_by_id() {
    let document =
        |number: usize| json!({ "title": format!("schema {number}"), "type": "object", "big": 12345678901234567890u64 }).to_string();
    let mut schemas: Vec<_> = (0..1100).map(|number| (format!("s{number}"), document(number))).collect();
    schemas[17].0 = "preset://email".into();
    schemas[18].1 = "{}".into();
    for profile in [Profile::V26_2, Profile::V2_3] {
        let emulator =
            emulator::start(Options { profile, schemas: schemas.clone(), record_requests: true, ..Options::default() }).await.unwrap();
        let mut faces = Faces::to(&emulator.url()).await;
        let all = faces.ask("identity_schemas", &json!({})).await;
        assert_eq!(asked(&emulator, "/schemas"), 2 * 3);
        assert_eq!(all["project_id"], "9f425a8d-7efc-4768-8f23-7647a74fdf13");
        assert_eq!(texts(&all["schemas"], "id"), schemas.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>());
        for number in [0, 17, 18, 1099] {
            let (id, document) = &schemas[number];
            let one = faces.ask("identity_schema", &json!({ "id": id })).await;
            assert_eq!((&one["id"], &one["schema"]), (&json!(id), &all["schemas"][number]["schema"]));
            let same: Json = serde_json::from_str(one["schema"].as_str().unwrap()).unwrap();
            assert_eq!(same, serde_json::from_str::<Json>(document).unwrap());
        }
        faces.refused("identity_schema", &json!({ "id": "nope" }), "There are `s0`, `s1`, `s2`, `s3`, `s4` and 1095 more.").await;
        // A project that is named is the one that is asked, or it is an error.
        let mut network = everywhere(&emulator.url());
        for name in ["hydra_admin_url", "kratos_admin_url", "kratos_public_url", "keto_read_url"] {
            network[name] = Json::Null;
        }
        network["project_slug"] = json!("localhost");
        network["project_api_key"] = json!("ory_pat_x");
        let mut faces = Faces::with(network).await;
        let same = json!({ "id": "s0", "project_id": "9F425A8D-7EFC-4768-8F23-7647A74FDF13" });
        faces.ask("identity_schema", &same).await;
        for (name, asked) in
            [("identity_schema", json!({ "id": "s0", "project_id": "other" })), ("identity_schemas", json!({ "project_id": "other" }))]
        {
            faces.refused(name, &asked, "The id of the project is not enough").await;
        }
        // One of a project of its own.
        let asked = json!({ "id": "s0", "project_id": "other", "project_slug": "localhost", "project_api_key": "ory_pat_x" });
        assert_eq!(faces.ask("identity_schema", &asked).await["project_id"], "other");
    }
}

#[tokio::test]
async fn a_permission_is_checked() {
    let namespaces = Some(["files", "groups"].map(str::to_owned).to_vec());
    let emulator = emulator::start(Options { namespaces, ..Options::default() }).await.unwrap();
    // A chain of groups in groups, with one person at its end.
    let set = |number: usize| json!({ "namespace": "groups", "object": format!("g{number}"), "relation": "member" });
    let mut tuples = vec![json!({ "namespace": "files", "object": "f", "relation": "view", "subject_set": set(0) })];
    tuples.extend((0..3).map(
        |number| json!({ "namespace": "groups", "object": format!("g{number}"), "relation": "member", "subject_set": set(number + 1) }),
    ));
    tuples.push(json!({ "namespace": "groups", "object": "g3", "relation": "member", "subject_id": "ann" }));
    let deltas: Vec<_> = tuples.iter().map(|tuple| json!({ "action": "insert", "relation_tuple": tuple })).collect();
    send(&crate::support::client(), reqwest::Method::PATCH, format!("{}/admin/relation-tuples", emulator.url()), &json!(deltas)).await;
    let mut faces = Faces::to(&emulator.url()).await;
    for (more, allowed) in [
        (json!({ "subject_id": "ann" }), true),
        (json!({ "subject_id": "bob" }), false),
        (json!({ "subject_id": "ann", "relation": "edit" }), false),
        (json!({ "subject_id": "ann", "max_depth": 4 }), false),
        (json!({ "subject_id": "ann", "max_depth": 5 }), true),
        (json!({ "subject_id": "ann", "namespace": "nope" }), false),
        (json!({ "subject_set_namespace": "groups", "subject_set_object": "g2", "subject_set_relation": "member" }), true),
        (json!({ "subject_set_namespace": "groups", "subject_set_object": "g9", "subject_set_relation": "member" }), false),
        (json!({ "subject_id": "ann", "project_slug": "localhost", "project_api_key": "ory_pat_x" }), true),
    ] {
        let mut asked = json!({ "namespace": "files", "object": "f", "relation": "view" });
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(faces.ask("permission_check", &asked).await["allowed"], allowed, "{asked}");
    }
    let asked = |more: Json| {
        let mut asked = json!({ "namespace": "files", "object": "f", "relation": "view" });
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        asked
    };
    faces.refused("permission_check", &asked(json!({})), "A relationship has one subject").await;
    faces.refused("permission_check", &asked(json!({ "subject_id": "ann", "subject_set_object": "g" })), "one subject").await;
    faces.refused("permission_check", &asked(json!({ "subject_id": "ann", "max_depth": 0 })), "whole number from 2").await;
    // With one step alone, Ory Keto allows nobody anything.
    faces.refused("permission_check", &asked(json!({ "subject_id": "ann", "max_depth": 1 })), "whole number from 2").await;
}

/// As a namespace's rules have it; the emulator has none.
#[tokio::test]
async fn an_undeclared_relation_is_an_error_with_a_reason() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let proxy = Proxy::to(&emulator.url()).await;
    let mut faces = Faces::to(&proxy.url()).await;
    let refused = r#"{"error":{"code":400,"status":"Bad Request","message":"relation \"nosuch\" does not exist"}}"#;
    for _ in 0..2 {
        proxy.then("GET /relation-tuples/check", Fault::Answer(400, "application/json", refused));
    }
    let asked = json!({ "namespace": "Doc", "object": "d", "relation": "nosuch", "subject_id": "ann" });
    faces.refused("permission_check", &asked, "rules of the namespace").await;
    assert_eq!(proxy.unused(), 0);
}

/// Something to ask of each: a new data source has to be named here.
fn something(name: &str) -> Json {
    match name {
        "permission_check" => json!({ "namespace": "files", "object": "f", "relation": "view", "subject_id": "ann" }),
        "permission_checks" => json!({ "checks": [{ "namespace": "files", "object": "f", "relation": "view", "subject_id": "ann" }] }),
        "permission_expand" => json!({ "namespace": "files", "object": "f", "relation": "view" }),
        "identity_by_identifier" => json!({ "identifier": "ann@example.com" }),
        "identity_schema" => json!({ "id": "default" }),
        "opl_validation" => json!({ "source": "class User implements Namespace {}" }),
        "api_key_verification" => json!({ "credential": "nobody-s" }),
        "api_keys" | "imported_api_keys" | "api_key_jwks" => json!({}),
        "oauth2_clients" | "identities" | "identity_schemas" | "relationships" | "relationship_namespaces" => json!({}),
        _ => panic!("ask something of {name}"),
    }
}

#[tokio::test]
async fn an_answer_that_is_not_the_services_is_an_error() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    populate(&emulator.url(), 1, |_| json!({ "traits": { "email": "ann@example.com" } })).await;
    let proxy = Proxy::to(&emulator.url()).await;
    let mut faces = Faces::to(&proxy.url()).await;
    let json = "application/json";
    for (fault, said) in [
        (Fault::Answer(404, "text/plain", "404 page not found\n"), "was not reached"),
        (Fault::Answer(404, json, r#"{"error":{"code":404,"message":"Not Found"}}"#), "was not reached"),
        (Fault::Answer(401, json, r#"{"error":{"code":401,"message":"no such key"}}"#), "did not accept the credentials"),
        (Fault::Answer(403, json, r#"{"error":{"code":403,"message":"may not"}}"#), "refused the request"),
        (Fault::Answer(403, json, r#"{"allowed":false}"#), "refused the request"),
        (Fault::Answer(307, "text/plain", ""), "was not reached"),
        (Fault::Answer(200, "text/html", "<html>"), ""),
        (Fault::Answer(200, json, r#""text""#), ""),
        (Fault::Answer(200, json, "[{\"id\":[],\"client_id\":[]}]"), ""),
    ] {
        for query in queries() {
            // A document is too long for a URL, and a key is none of its business.
            let method = match query.name {
                "opl_validation" | "api_key_verification" => "POST",
                "permission_checks" => "",
                _ => "GET",
            };
            // Where there are no batches, each is asked by itself.
            let is_no_route = matches!(fault, Fault::Answer(404, "text/plain", _));
            let times = if query.name == "permission_checks" && is_no_route { 4 } else { 2 };
            for _ in 0..times {
                proxy.then(method, fault.clone());
            }
            faces.refused(query.name, &something(query.name), said).await;
            assert_eq!(proxy.unused(), 0, "{}: {fault:?}", query.name);
        }
    }
    // And with nothing in the way, each of them answers.
    for query in queries() {
        faces.ask(query.name, &something(query.name)).await;
    }
}

#[tokio::test]
async fn contradictory_filters_and_invalid_ids_are_refused() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let mut faces = Faces::to(&emulator.url()).await;
    for (asked, said) in [
        (json!({ "credentials_identifier": "a", "organization_id": ORGANIZATION }), "conflicts"),
        (json!({ "ids": ["x"] }), "Must be a UUID"),
        (json!({ "organization_id": "x" }), "Must be a UUID"),
    ] {
        faces.refused("identities", &asked, said).await;
    }
    // Without its public API, nobody knows the schemas.
    let mut faces = Faces::with(json!({ "kratos_admin_url": emulator.url() })).await;
    faces.refused("identity_schemas", &json!({}), "Kratos' public API is not configured").await;
}
