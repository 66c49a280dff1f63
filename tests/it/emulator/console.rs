//! The emulator as Ory Network's console: projects, their document in both views, workspaces, keys, and access.
//! Expected values come by hand from Ory's own description of the API (client-go v1.22.92) and from reports of users.

use janiform::emulator::{Options, Running, start};
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// A key that the console takes.
pub const KEY: &str = "ory_wak_test";

/// A console that runs.
pub struct Console {
    pub server: Running,
    pub http: Client,
}

impl Console {
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Self {
        Self { server: start(options).await.unwrap(), http: Client::new() }
    }

    /// Status and JSON of an answer; null if there is no body.
    pub async fn ask(&self, key: Option<&str>, method: &str, path: &str, body: Value) -> (u16, Value) {
        let method: Method = method.parse().unwrap();
        let mut request = self.http.request(method, format!("{}{path}", self.server.url()));
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default())
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(Some(KEY), "GET", path, Value::Null).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// A new project: its id and what was answered.
    pub async fn project(&self) -> (String, Value) {
        self.project_of(json!({"name": "Acme", "environment": "dev"})).await
    }

    /// The same of what this body says.
    pub async fn project_of(&self, body: Value) -> (String, Value) {
        let (status, project) = self.ask(Some(KEY), "POST", "/projects", body).await;
        assert_eq!(status, 201, "{project}");
        (project["id"].as_str().unwrap().to_owned(), project)
    }

    /// Patches the document by its current revision; the answer has to be of that status.
    pub async fn patch(&self, id: &str, operations: Value, wanted: u16) -> Value {
        let revision = self.get(&format!("/projects/{id}")).await["revision_id"].as_str().unwrap().to_owned();
        let (status, body) = self.ask(Some(KEY), "PATCH", &format!("/projects/{id}/revision/{revision}"), operations).await;
        assert_eq!(status, wanted, "{body}");
        body
    }

    /// The same for the revision.
    pub async fn patch_revision(&self, id: &str, operations: Value, wanted: u16) -> Value {
        let revision = self.get(&format!("/projects/{id}")).await["revision_id"].as_str().unwrap().to_owned();
        let (status, body) = self.ask(Some(KEY), "PATCH", &format!("/normalized/projects/{id}/revision/{revision}"), operations).await;
        assert_eq!(status, wanted, "{body}");
        body
    }

    pub async fn columns(&self, id: &str) -> Value {
        self.get(&format!("/normalized/projects/{id}")).await["current_revision"].clone()
    }
}

/// One operation that sets this.
pub fn set(path: &str, value: Value) -> Value {
    json!([{"op": "add", "path": path, "value": value}])
}

#[tokio::test]
async fn a_project_is_in_its_workspace_until_it_is_deleted() {
    let console = Console::start().await;
    let (id, project) = console.project().await;
    assert_eq!(project["name"], "Acme");
    assert_eq!(
        (&project["environment"], &project["home_region"], &project["state"]),
        (&json!("dev"), &json!("eu-central"), &json!("running"))
    );
    for name in ["slug", "revision_id", "workspace_id"] {
        assert!(project[name].is_string(), "{name}: {project}");
    }
    assert_eq!(project["organizations"], json!([]));
    for service in ["identity", "oauth2", "permission", "account_experience"] {
        assert!(project["services"][service]["config"].is_object(), "{service}");
    }
    assert_eq!(console.get(&format!("/projects/{id}")).await, project);
    let listed = console.get("/projects").await;
    assert_eq!((listed[0]["id"].as_str(), listed.as_array().unwrap().len()), (Some(id.as_str()), 1));
    assert!(listed[0]["hosts"].is_array() && listed[0]["created_at"].is_string());
    let workspace = project["workspace_id"].as_str().unwrap();
    let of_workspace = console.get(&format!("/workspaces/{workspace}/projects")).await;
    assert_eq!(
        (&of_workspace["projects"][0]["id"], &of_workspace["has_next_page"], &of_workspace["next_page"]),
        (&json!(id), &json!(false), &json!(""))
    );
    let named = json!({"name": "Other", "environment": "prod", "home_region": "us-east", "workspace_id": workspace});
    let (status, other) = console.ask(Some(KEY), "POST", "/projects", named).await;
    assert_eq!((status, &other["home_region"]), (201, &json!("us-east")));
    assert_ne!(other["slug"], project["slug"]);

    assert_eq!(console.ask(Some(KEY), "DELETE", &format!("/projects/{id}"), Value::Null).await, (204, Value::Null));
    assert_eq!(console.get(&format!("/projects/{id}")).await["state"], "deleted");
    let listed = console.get("/projects").await;
    assert_eq!(listed.as_array().unwrap().iter().map(|one| &one["id"]).collect::<Vec<_>>(), [&other["id"]]);
}

#[tokio::test]
async fn only_a_key_of_a_workspace_opens_the_console() {
    let console = Console::start().await;
    let (id, _) = console.project().await;
    for path in ["/projects".to_owned(), "/workspaces".to_owned(), format!("/projects/{id}/tokens"), format!("/normalized/projects/{id}")] {
        for key in [None, Some("garbage"), Some("ory_wak_")] {
            let (status, body) = console.ask(key, "GET", &path, Value::Null).await;
            assert_eq!((status, &body["error"]["code"]), (401, &json!(401)), "{path} {key:?}");
        }
        let (status, body) = console.ask(Some("ory_pat_something"), "GET", &path, Value::Null).await;
        assert_eq!((status, &body["error"]["code"]), (403, &json!(403)), "{path}");
    }
    // The other shape of an error.
    let (status, body) = console.ask(None, "DELETE", &format!("/projects/{id}"), Value::Null).await;
    assert_eq!((status, &body["code"], body["message"].is_string()), (401, &json!(401), true));
    // What is not there is not told from what is somebody else's.
    let (status, _) = console.ask(Some(KEY), "GET", "/projects/5f1d7c1b-0d55-4d0a-8f8e-0c5a3f1b2a10", Value::Null).await;
    assert_eq!(status, 403);
}

#[tokio::test]
async fn a_patch_makes_a_new_revision_and_a_stale_one_is_refused() {
    let console = Console::start().await;
    let (id, project) = console.project().await;
    let stale = project["revision_id"].as_str().unwrap();
    let answer = console.patch(&id, set("/services/identity/config/session/lifespan", json!("12h")), 200).await;
    // Go's own spelling.
    assert_eq!(answer["project"]["services"]["identity"]["config"]["session"]["lifespan"], "12h0m0s");
    assert_eq!(answer["warnings"], json!([]));
    assert_ne!(answer["project"]["revision_id"], stale);
    let operations = set("/name", json!("Renamed"));
    for path in [format!("/projects/{id}/revision/{stale}"), format!("/normalized/projects/{id}/revision/{stale}")] {
        let (status, body) = console.ask(Some(KEY), "PATCH", &path, operations.clone()).await;
        assert_eq!((status, &body["error"]["code"]), (409, &json!(409)), "{path}");
    }
    // The deprecated one asks for no revision.
    let (status, answer) = console.ask(Some(KEY), "PATCH", &format!("/projects/{id}"), operations).await;
    assert_eq!((status, &answer["project"]["name"]), (200, &json!("Renamed")));
    assert_eq!(console.columns(&id).await["name"], "Renamed");
}

#[tokio::test]
async fn the_document_and_the_revision_are_two_views_of_the_same() {
    let console = Console::start().await;
    let (id, _) = console.project().await;
    console.patch(&id, set("/services/oauth2/config/ttl/access_token", json!("90m")), 200).await;
    assert_eq!(console.columns(&id).await["hydra_ttl_access_token"], "1h30m0s");
    console.patch_revision(&id, set("/kratos_selfservice_methods_password_config_min_password_length", json!(12)), 200).await;
    let project = console.get(&format!("/projects/{id}")).await;
    assert_eq!(project["services"]["identity"]["config"]["selfservice"]["methods"]["password"]["config"]["min_password_length"], 12);
    assert_eq!(project["services"]["oauth2"]["config"]["ttl"]["access_token"], "1h30m0s");
    assert_eq!(console.columns(&id).await["id"], project["revision_id"]);
}

#[tokio::test]
async fn unknown_keys_are_dropped_and_wrong_values_refused() {
    let console = Console::start().await;
    let (id, _) = console.project().await;
    let answer = console.patch(&id, set("/services/identity/config/sessions/lifespan", json!("1h")), 200).await;
    assert!(answer["project"]["services"]["identity"]["config"].get("sessions").is_none());
    assert!(answer["warnings"][0]["message"].as_str().unwrap().contains("services.identity.config.sessions"), "{answer}");
    for (path, value) in [
        ("/services/identity/config/session/lifespan", json!("soon")),
        ("/services/identity/config/session/cookie/persistent", json!("yes")),
        ("/services/oauth2/config/strategies/access_token", json!("paper")),
        ("/services/identity/config/selfservice/methods/password/config/min_password_length", json!(3)),
        ("/cors_public/origins", json!("https://example.com")),
    ] {
        console.patch(&id, set(path, value), 400).await;
    }
    // As seen by users: nothing is there to be removed.
    console.patch(&id, json!([{"op": "remove", "path": "/services/oauth2/config/urls/registration"}]), 400).await;
}

#[tokio::test]
async fn keys_open_the_services_of_their_project_alone() {
    let console = Console::start().await;
    let (id, project) = console.project().await;
    let slug = project["slug"].as_str().unwrap();
    let clients = format!("/p/{slug}/admin/clients");
    assert_eq!(console.ask(None, "GET", &clients, Value::Null).await.0, 401);
    assert_eq!(console.ask(Some(KEY), "GET", &clients, Value::Null).await.0, 401);
    // By the id or by the slug.
    let (status, made) = console.ask(Some(KEY), "POST", &format!("/projects/{slug}/tokens"), json!({"name": "ci"})).await;
    let value = made["value"].as_str().unwrap();
    assert_eq!((status, value.starts_with("ory_pat_")), (201, true));
    assert!(value.ends_with(made["last_characters"].as_str().unwrap()));
    assert_eq!((&made["expires_at"], &made["project_id"], &made["name"]), (&Value::Null, &json!(id), &json!("ci")));
    let listed = console.get(&format!("/projects/{id}/tokens")).await;
    assert_eq!((listed[0].get("value"), &listed[0]["id"]), (None, &made["id"]));

    let (status, client) = console.ask(Some(value), "POST", &clients, json!({"client_name": "mine"})).await;
    assert_eq!(status, 201, "{client}");
    assert!(client["registration_client_uri"].as_str().unwrap().starts_with(&format!("{}/p/{slug}/", console.server.url())));
    // Neither the emulator's own services nor another project's have it.
    assert_eq!(console.ask(None, "GET", "/admin/clients", Value::Null).await, (200, json!([])));
    let (other, project) = console.project().await;
    let others = format!("/p/{}/admin/clients", project["slug"].as_str().unwrap());
    assert_eq!(console.ask(Some(value), "GET", &others, Value::Null).await.0, 401);
    let (_, made_there) = console.ask(Some(KEY), "POST", &format!("/projects/{other}/tokens"), json!({"name": "ci"})).await;
    assert_eq!(console.ask(made_there["value"].as_str(), "GET", &others, Value::Null).await, (200, json!([])));

    let token = format!("/projects/{id}/tokens/{}", made["id"].as_str().unwrap());
    assert_eq!(console.ask(Some(KEY), "DELETE", &token, Value::Null).await, (204, Value::Null));
    assert_eq!(console.ask(Some(value), "GET", &clients, Value::Null).await.0, 401);
    assert_eq!(console.get(&format!("/projects/{id}/tokens")).await, json!([]));
    // What is public needs none.
    assert_eq!(console.ask(None, "GET", &format!("/p/{slug}/.well-known/openid-configuration"), Value::Null).await.0, 200);
}

#[tokio::test]
async fn a_project_knows_the_namespaces_and_schemas_of_its_document() {
    let console = Console::start().await;
    let (id, project) = console.project().await;
    let plane = format!("/p/{}", project["slug"].as_str().unwrap());
    let (_, key) = console.ask(Some(KEY), "POST", &format!("/projects/{id}/tokens"), json!({"name": "ci"})).await;
    let key = key["value"].as_str();
    console.patch(&id, set("/services/permission/config/namespaces", json!([{"id": 1, "name": "videos"}])), 200).await;
    assert_eq!(console.ask(key, "GET", &format!("{plane}/namespaces"), Value::Null).await.1, json!({"namespaces": [{"name": "videos"}]}));
    let tuple = |namespace: &str| json!({"namespace": namespace, "object": "o", "relation": "r", "subject_id": "s"});
    let tuples = format!("{plane}/admin/relation-tuples");
    assert_eq!(console.ask(key, "PUT", &tuples, tuple("videos")).await.0, 201);
    assert_eq!(console.ask(key, "PUT", &tuples, tuple("files")).await.0, 404);
    // `class files implements Namespace {}`
    let file = "base64://Y2xhc3MgZmlsZXMgaW1wbGVtZW50cyBOYW1lc3BhY2Uge30=";
    console.patch(&id, set("/services/permission/config/namespaces", json!({"location": file})), 200).await;
    assert_eq!(console.ask(key, "PUT", &tuples, tuple("files")).await.0, 201);
    assert_eq!(console.ask(None, "GET", &format!("{plane}/schemas"), Value::Null).await.1[0]["id"], "preset://email");
}
