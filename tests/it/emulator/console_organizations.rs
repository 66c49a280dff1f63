//! The emulator's organizations: their own routes, and the same organizations in the project's document. Expected values come
//! by hand from Ory's own description of the API (client-go v1.22.92).

use super::console::{Console, KEY, set};
use janiform::emulator::Options;
use serde_json::{Value, json};

async fn ask(console: &Console, method: &str, path: &str, body: Value) -> (u16, Value) {
    console.ask(Some(KEY), method, path, body).await
}

/// A console with a project in Europe, and where its organizations are.
async fn start() -> (Console, String, String) {
    let console = Console::start().await;
    let (id, _) = console.project_of(json!({"name": "Acme", "environment": "stage", "home_region": "eu"})).await;
    let path = format!("/projects/{id}/organizations");
    (console, id, path)
}

#[tokio::test]
async fn an_organization_is_the_same_by_both_routes() {
    let (console, project, path) = start().await;
    let (status, made) =
        ask(&console, "POST", &path, json!({"label": "One", "domains": ["one.example"], "session_lifespan": "1h30m"})).await;
    // Not wrapped; what is answered is in one unit.
    assert_eq!((status, &made["label"], &made["session_lifespan"]), (201, &json!("One"), &json!("90m")));
    assert!(made["created_at"].is_string() && made.get("default_region").is_none(), "{made}");
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    assert_eq!(console.get(&one).await, json!({"organization": made}));
    // The document has all but when it was made, and another revision.
    let document = console.get(&format!("/projects/{project}")).await;
    let mut in_document = made.clone();
    in_document.as_object_mut().unwrap().remove("created_at");
    assert_eq!(document["organizations"], json!([in_document]));
    assert_eq!(console.columns(&project).await["organizations"], json!([made]));
    // What is written there is answered here, and when it was made stays.
    let stale = format!("/projects/{project}/revision/{}", document["revision_id"].as_str().unwrap());
    let (_, renamed) = ask(&console, "PUT", &one, json!({"label": "Uno"})).await;
    assert_eq!((&renamed["label"], &renamed["created_at"]), (&json!("Uno"), &made["created_at"]));
    assert_eq!(ask(&console, "PATCH", &stale, set("/organizations/0/label", json!("Eins"))).await.0, 409);
    let other =
        json!({"id": "5f1d7c1b-0d55-4d0a-8f8e-0c5a3f1b2a10", "label": "Other", "domains": [], "created_at": "2001-01-01T00:00:00Z"});
    console.patch(&project, set("/organizations/-", other), 200).await;
    console.patch(&project, set("/organizations/0/label", json!("Eins")), 200).await;
    let (_, listed) = ask(&console, "GET", &path, Value::Null).await;
    let labels: Vec<_> = listed["organizations"].as_array().unwrap().iter().map(|one| one["label"].as_str().unwrap()).collect();
    assert_eq!((labels, &listed["has_next_page"], &listed["next_page_token"]), (vec!["Eins", "Other"], &json!(false), &json!("")));
    assert_eq!(listed["organizations"][0]["created_at"], made["created_at"]);
    // Nobody says when one was made.
    let others = listed["organizations"][1]["created_at"].as_str().unwrap();
    assert!(!others.starts_with("2001"), "{others}");
    assert_eq!(ask(&console, "DELETE", &one, Value::Null).await, (204, Value::Null));
    assert_eq!((ask(&console, "GET", &one, Value::Null).await.0, ask(&console, "DELETE", &one, Value::Null).await.0), (404, 404));
    assert_eq!(console.get(&format!("/projects/{project}")).await["organizations"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_update_keeps_missing_members_and_clears_empty_ones() {
    let (console, _, path) = start().await;
    let all = json!({"label": "One", "domains": ["one.example"], "session_lifespan": "24h", "default_region": "eu-central"});
    let (_, made) = ask(&console, "POST", &path, all).await;
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    for (sent, gone) in [
        (json!({"default_region": "eu-central"}), vec![]),
        // The text says so in general, and otherwise of updates.
        (json!({}), vec!["default_region"]),
        (json!({"default_region": ""}), vec!["default_region"]),
        (json!({"default_region": "eu-central", "session_lifespan": ""}), vec!["session_lifespan"]),
        (json!({"default_region": "eu-central", "domains": []}), vec!["domains"]),
    ] {
        ask(
            &console,
            "PUT",
            &one,
            json!({"label": "One", "domains": ["one.example"], "session_lifespan": "24h", "default_region": "eu-central"}),
        )
        .await;
        let (status, now) = ask(&console, "PUT", &one, sent.clone()).await;
        let mut wanted = made.clone();
        for name in gone {
            match name {
                "domains" => wanted[name] = json!([]),
                _ => drop(wanted.as_object_mut().unwrap().remove(name)),
            }
        }
        assert_eq!((status, now), (200, wanted), "{sent}");
    }
}

#[tokio::test]
async fn organizations_are_listed_by_pages_and_by_domain() {
    let (console, _, path) = start().await;
    for number in 0..3 {
        let body = json!({"label": number.to_string(), "domains": ["all.example", format!("{number}.example")]});
        assert_eq!(ask(&console, "POST", &path, body).await.0, 201);
    }
    let labels = |page: &Value| {
        page["organizations"].as_array().unwrap().iter().map(|one| one["label"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = console.get(&format!("{path}?page_size=2")).await;
    assert_eq!((labels(&first), &first["has_next_page"]), (vec!["0".to_owned(), "1".to_owned()], &json!(true)));
    let last = console.get(&format!("{path}?page_size=2&page_token={}", first["next_page_token"].as_str().unwrap())).await;
    assert_eq!((labels(&last), &last["has_next_page"]), (vec!["2".to_owned()], &json!(false)));
    assert_eq!(labels(&console.get(&format!("{path}?domain=1.example")).await), ["1"]);
    assert_eq!(labels(&console.get(&format!("{path}?domain=example")).await), [""; 0]);
    assert_eq!(ask(&console, "GET", &format!("{path}?page_size=0"), Value::Null).await.0, 400);
}

#[tokio::test]
async fn an_invalid_organization_is_refused_by_both_routes() {
    let (console, project, path) = start().await;
    let whole = |more: Value| {
        let mut body = json!({"label": "One", "domains": []});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for more in [
        json!({"label": ""}),
        json!({"domains": "one.example"}),
        json!({"default_region": "us"}),
        json!({"default_region": "nowhere"}),
        json!({"session_lifespan": "59s"}),
        json!({"session_lifespan": "8761h"}),
    ] {
        assert_eq!(ask(&console, "POST", &path, whole(more.clone())).await.0, 400, "{more}");
        let mut row = whole(more.clone());
        row["id"] = json!("5f1d7c1b-0d55-4d0a-8f8e-0c5a3f1b2a10");
        console.patch(&project, set("/organizations/-", row), 400).await;
    }
    // The document knows one spelling alone.
    for more in [json!({"default_region": "eu"}), json!({"session_lifespan": "1m0s"})] {
        assert_eq!(ask(&console, "POST", &path, whole(more.clone())).await.0, 201, "{more}");
    }
    let row = json!({"id": "5f1d7c1b-0d55-4d0a-8f8e-0c5a3f1b2a10", "label": "Two", "domains": [], "session_lifespan": "1m0s"});
    console.patch(&project, set("/organizations/-", row), 400).await;
    assert_eq!(ask(&console, "GET", &format!("{path}/x"), Value::Null).await.0, 400);
    assert_eq!(ask(&console, "GET", &format!("{path}/5f1d7c1b-0d55-4d0a-8f8e-0c5a3f1b2a10"), Value::Null).await.0, 404);
}

#[tokio::test]
async fn a_plan_without_organizations_and_a_project_for_development_have_none() {
    let (without, tier) = (&["organizations"][..], "stage");
    for (without, tier) in [(without, tier), (&[], "dev")] {
        let mut options = Options::default();
        options.console.without = without.iter().copied().collect();
        let console = Console::with(options).await;
        let (project, _) = console.project_of(json!({"name": "Acme", "environment": tier})).await;
        let path = format!("/projects/{project}/organizations");
        let (status, refused) = ask(&console, "POST", &path, json!({"label": "One"})).await;
        assert_eq!((status, &refused["error"]["id"]), (403, &json!("feature_not_available")), "{tier}");
        let row = json!([{"id": "5f1d7c1b-0d55-4d0a-8f8e-0c5a3f1b2a10", "label": "One", "domains": []}]);
        console.patch(&project, set("/organizations", row), 403).await;
        assert_eq!(console.get(&path).await["organizations"], json!([]));
    }
}

#[tokio::test]
async fn deleting_an_organization_deletes_its_clients() {
    let (console, project, path) = start().await;
    let (_, made) = ask(&console, "POST", &path, json!({"label": "One"})).await;
    let (_, other) = ask(&console, "POST", &path, json!({"label": "Two"})).await;
    let client = |id: &str, of: &Value| json!({"client_id": id, "state": "enabled", "label": "l", "mapper_url": "base64://e30=", "organization_id": of["id"], "authorization_header_secret": "canary-scim"});
    console.patch_revision(&project, set("/scim_clients", json!([client("a", &made), client("b", &other)])), 200).await;
    assert_eq!(ask(&console, "DELETE", &format!("{path}/{}", made["id"].as_str().unwrap()), Value::Null).await.0, 204);
    let left = console.columns(&project).await["scim_clients"].clone();
    assert_eq!((left.as_array().unwrap().len(), &left[0]["client_id"]), (1, &json!("b")), "{left}");
}

/// What a row says of an organization is looked at by the database, and so is what a SCIM client has to have: seen by the
/// official provider (its scimclient/resource.go, and its documentation of the resource).
#[tokio::test]
async fn an_element_of_an_organization_needs_an_existing_one() {
    let (console, project, path) = start().await;
    let (_, made) = ask(&console, "POST", &path, json!({"label": "One"})).await;
    let client = |more: Value| {
        let mut client = json!({"client_id": "a", "state": "enabled", "label": "l", "mapper_url": "base64://e30=", "organization_id": made["id"], "authorization_header_secret": "s"});
        more.as_object().unwrap().iter().for_each(|(name, value)| client[name] = value.clone());
        client
    };
    let nowhere = json!({"organization_id": "5f1d7c1b-0d55-4d0a-8f8e-0c5a3f1b2aff"});
    for (clients, status, word) in [
        (json!([client(nowhere.clone())]), 500, "project_revision_scim_clients_organization_fkey"),
        (json!([client(json!({"organization_id": "acme"}))]), 400, "incorrect UUID length"),
        (json!([client(json!({"state": null}))]), 500, "state"),
        (json!([client(json!({})), client(json!({"label": "other"}))]), 409, "client_id"),
        (json!([client(json!({"mapper_url": "{}"}))]), 400, "must begin with"),
        (json!([client(json!({"mapper_url": "https://a.example/m.jsonnet"}))]), 200, ""),
    ] {
        let said = console.patch_revision(&project, set("/scim_clients", clients), status).await.to_string();
        assert!(said.contains(word), "{said}");
    }
    // What Ory fetches, it stores.
    let there = console.columns(&project).await["scim_clients"][0]["mapper_url"].clone();
    assert!(there.as_str().unwrap().starts_with("https://storage.googleapis.com/"), "{there}");
    for method in ["oidc", "saml"] {
        let mut row = json!({"id": "a", "provider": "generic", "mapper_url": "base64://e30="});
        row["organization_id"] = nowhere["organization_id"].clone();
        let at = format!("/services/identity/config/selfservice/methods/{method}/config");
        let said = console.patch(&project, set(&at, json!({"providers": [row]})), 500).await.to_string();
        assert!(said.contains("organization_fkey"), "{said}");
        row["organization_id"] = made["id"].clone();
        console.patch(&project, set(&at, json!({"providers": [row]})), 200).await;
    }
}
