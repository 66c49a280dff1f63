//! Every attribute of the console's resources through its lifecycles; the test changes and checks the console's data without
//! the provider.

use super::{ask, in_document, organizations, provider, providers};
use crate::{
    shares::Share,
    support::stored,
    terraform::{
        core::Core,
        lifecycle::{Backdoor, Lifecycle},
        samples::Way,
    },
};
use async_trait::async_trait;
use janiform::{
    emulator::{self, Options},
    engine::Provider,
    ory::{
        Client, ORY,
        resources::{custom_domain, event_stream, onboarding_portal_link, organization, project, project_api_key, workspace_api_key},
    },
    schema::{Attr, Kind, Resource},
    value::Value,
};
use serde_json::{Value as Json, json};

/// The console, and the project whose keys and organizations are meant.
pub struct Console {
    pub url: String,
    pub project: String,
    pub workspace: String,
}

/// The organization that links are for, by the id that it is given.
pub const ORGANIZATION: &str = "3d1c2b4a-5e6f-4a7b-8c9d-0e1f2a3b4c5d";

impl Console {
    /// The console at this URL, with a project.
    pub async fn at(url: &str) -> Console {
        // One for development has no organizations, and one that is everywhere has them everywhere.
        let body = json!({ "name": "of the rest", "environment": "stage", "home_region": "global" });
        let (status, made) = ask(url, "POST", "/projects", Some(&body)).await;
        assert_eq!(status, 201, "{made}");
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        let (project, workspace) = (text("id"), text("workspace_id"));
        let organization = json!({ "id": ORGANIZATION, "label": "of the rest", "domains": [] });
        let patch = json!([{ "op": "add", "path": "/organizations/-", "value": organization }]);
        let revision = format!("/projects/{project}/revision/{}", text("revision_id"));
        assert_eq!(ask(url, "PATCH", &revision, Some(&patch)).await.0, 200);
        let console = Console { url: url.to_owned(), project, workspace };
        providers::with_organizations(&console).await;
        console
    }

    /// A provider for it, whose own project is that one.
    pub fn provider(&self) -> Json {
        let mut config = provider(&self.url);
        config["project_id"] = self.project.as_str().into();
        config["workspace_id"] = self.workspace.as_str().into();
        config
    }

    /// Where the objects of a resource are.
    fn place(&self, resource: &str) -> String {
        match resource {
            "project" => "/projects".to_owned(),
            "workspace_api_key" => format!("/workspaces/{}/tokens", self.workspace),
            name => format!("/projects/{}/{}", self.project, collection(name)),
        }
    }

    /// What changes this attribute, and else nothing: a request's method and body.
    async fn change_of(&self, resource: &str, id: &str, attr: &'static Attr, value: Option<&Value>) -> Option<(&'static str, Json)> {
        let empty = || match attr.kind {
            Kind::List(_) => json!([]),
            Kind::Bool => json!(false),
            _ => json!(""),
        };
        let value = value.map(|value| stored::kind_to_json(&attr.kind, value));
        match (resource, attr.name) {
            _ if !attr.configurable() || !attr.remote() => None,
            ("organization", _) => Some(("PUT", self.organization_with(id, attr, value.unwrap_or_else(empty)).await)),
            // It goes with a secret, which nobody else has; and without one there is no stream.
            ("event_stream", "https_endpoint") => {
                Some(("PUT", json!({ "https_endpoint": value?, "https_auth_secret": "of somebody else" })))
            }
            ("event_stream", "topic_arn" | "role_arn" | "type" | "https_auth_header_name") => Some(("PUT", json!({ attr.name: value? }))),
            ("event_stream", "https_auth_type" | "https_auth_secret" | "https_auth_secret_wo") => None,
            // One of two, and never none.
            ("event_stream", "status") => Some(("PUT", json!({ "status": value? }))),
            ("event_stream" | "custom_domain", name) => Some(("PUT", json!({ name: value.unwrap_or_else(empty) }))),
            ("onboarding_portal_link", "enable_sso" | "enable_scim" | "expires_at") => {
                let held = self.held(resource, id).await?;
                let mut body = json!({ "enable_sso": held["enable_sso"], "enable_scim": held["enable_scim"] });
                body[attr.name] = value?;
                Some(("POST", body))
            }
            _ => None,
        }
    }

    async fn held(&self, resource: &str, id: &str) -> Option<Json> {
        held(&self.url, resource, id).await
    }

    /// An organization as it is, but for this.
    async fn organization_with(&self, id: &str, attr: &'static Attr, value: Json) -> Json {
        let mut body = self.held("organization", id).await.unwrap_or_default();
        body[attr.name] = value;
        let members = ["label", "domains", "default_region", "session_lifespan"].into_iter();
        members.filter_map(|name| Some((name.to_owned(), body.get(name)?.clone()))).collect()
    }
}

/// What the console at this URL holds of a project, or of a key or an organization of one; of a project, what is said of it
/// alone.
pub async fn held(url: &str, resource: &str, id: &str) -> Option<Json> {
    if resource == "project" {
        let (status, project) = ask(url, "GET", &format!("/projects/{id}"), None).await;
        let of = |name: &str| (name.to_owned(), project[name].clone());
        return (status == 200 && project["state"] != "deleted")
            .then(|| ["name", "environment", "home_region", "state"].map(of).into_iter().collect());
    }
    let mut places = Vec::new();
    if resource == "workspace_api_key" {
        for workspace in ask(url, "GET", "/workspaces", None).await.1["workspaces"].as_array().unwrap() {
            places.push(format!("/workspaces/{}/tokens", workspace["id"].as_str().unwrap()));
        }
    } else {
        for project in ask(url, "GET", "/projects", None).await.1.as_array().unwrap() {
            let project_id = project["id"].as_str().unwrap();
            let found = match resource {
                resource if in_document::is_one(resource) => in_document::held(url, project_id, resource, id).await,
                resource if providers::is_one(resource) => providers::held(url, project_id, resource, id).await,
                _ => None,
            };
            if found.is_some() {
                return found;
            }
            places.push(format!("/projects/{}/{}", project["id"].as_str().unwrap(), collection(resource)));
        }
    }
    for place in places {
        let (_, mut all) = ask(url, "GET", &place, None).await;
        let list = match resource {
            "organization" => all["organizations"].take(),
            "event_stream" => all["event_streams"].take(),
            "onboarding_portal_link" => all["links"].take(),
            _ => all,
        };
        if let Some(found) = list.as_array().into_iter().flatten().find(|one| one["id"] == id) {
            return Some(found.clone());
        }
    }
    None
}

/// Where what is in a project is.
fn collection(resource: &str) -> String {
    match resource {
        "organization" => "organizations".to_owned(),
        "event_stream" => "eventstreams".to_owned(),
        "custom_domain" => "cname".to_owned(),
        "onboarding_portal_link" => format!("organizations/{ORGANIZATION}/onboarding-portal-links"),
        _ => "tokens".to_owned(),
    }
}

/// The configuration of a provider that reaches everything at one place, with a project of its own in the console at this
/// URL, whichever slug it has.
pub async fn with_project(mut config: Json, url: &str) -> Json {
    let console = Console::at(url).await;
    config["project_id"] = console.project.into();
    config["workspace_id"] = console.workspace.into();
    config["project_api_url"] = format!("{}/p/%s", config["console_api_url"].as_str().unwrap()).into();
    config
}

#[async_trait]
impl Backdoor for Console {
    async fn change(&self, resource: &'static Resource, id: &str, attr: &'static Attr, value: Option<&Value>) -> bool {
        if in_document::is_one(resource.name) {
            return in_document::change(self, resource, id, attr, value).await;
        }
        if providers::is_one(resource.name) {
            return providers::change(self, resource, id, attr, value).await;
        }
        if resource.name != "project" {
            let Some((method, body)) = self.change_of(resource.name, id, attr, value).await else { return false };
            let (status, answer) = ask(&self.url, method, &format!("{}/{id}", self.place(resource.name)), Some(&body)).await;
            assert_eq!(status, 200, "{}: {body}: {answer}", attr.name);
            return true;
        }
        let (at, Some(value)) = (format!("/projects/{id}"), value.and_then(Value::as_str)) else { return false };
        match (resource.name, attr.name) {
            ("project", "name") => {
                let patch = json!([{ "op": "replace", "path": "/name", "value": value }]);
                ask(&self.url, "PATCH", &at, Some(&patch)).await.0 == 200
            }
            ("project", "environment") => {
                ask(&self.url, "PUT", &format!("{at}/environment"), Some(&json!({ "environment": value }))).await.0 == 200
            }
            // Nobody can change the rest, nor anything of a key.
            _ => false,
        }
    }

    async fn remove(&self, resource: &'static Resource, id: &str) {
        if in_document::is_one(resource.name) {
            return in_document::remove(self, resource.name, id).await;
        }
        if providers::is_one(resource.name) {
            return providers::remove(self, resource.name, id).await;
        }
        let path = format!("{}/{id}", self.place(resource.name));
        assert_eq!(ask(&self.url, "DELETE", &path, None).await.0, 204);
    }

    async fn exists(&self, resource: &'static Resource, id: &str) -> bool {
        self.held(resource.name, id).await.is_some_and(|held| in_document::is_there(resource.name, &held))
    }

    fn import_id(&self, resource: &'static Resource, id: &str) -> String {
        if resource.name == "onboarding_portal_link" { format!("{ORGANIZATION}/{id}") } else { id.to_owned() }
    }
}

/// What the tables cannot say. Another region, workspace or project is a test of its own.
pub fn known(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "home_region" | "workspace_id" | "project_id" => vec![],
        // What is of the highest tier has to be let go before it can.
        "environment" => vec![json!("dev"), json!("stage")],
        _ => return None,
    })
}

/// The same of links, which are for the one organization that there is.
fn of_links(name: &str) -> Option<Vec<Json>> {
    match name {
        "organization_id" => Some(vec![]),
        "custom_hostname_id" => Some(vec![json!("00000000-0000-4000-8000-000000000001"), json!("00000000-0000-4000-8000-000000000002")]),
        _ => known(name),
    }
}

fn of_domains(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "hostname" => vec![json!("auth.eu.example.com"), json!("login.eu.example.com")],
        "cookie_domain" => vec![json!("eu.example.com"), json!("example.com")],
        "cors_allowed_origins" => vec![json!(["https://a.example.com", "https://b.example.com"]), json!(["http://c.example.com:8080"])],
        _ => return known(name),
    })
}

const TOPICS: [&str; 2] = ["arn:aws:sns:eu-central-1:123456789012:ory", "arn:aws:sns:us-east-1:123456789012:ory.fifo"];
const ROLES: [&str; 2] = ["arn:aws:iam::123456789012:role/ory", "arn:aws:iam::123456789012:role/path/ory"];
const ENDPOINTS: [&str; 2] = ["https://hooks.example.com/ory?token=of-the-first&a=1", "https://ann:of-the-second@hooks.example.com/ory"];

/// What is about events themselves; one way at a time to send them.
fn of_events(name: &str) -> Option<Vec<Json>> {
    match name {
        "event_types" => Some(vec![json!(["Session*", "IdentityCreated"]), json!(["*Failed"])]),
        name if name.starts_with("https_") || name.ends_with("_arn") || name == "type" => Some(vec![]),
        _ => known(name),
    }
}

fn of_topics(name: &str) -> Option<Vec<Json>> {
    match name {
        "topic_arn" => Some(TOPICS.map(Json::from).to_vec()),
        "role_arn" => Some(ROLES.map(Json::from).to_vec()),
        _ => of_events(name),
    }
}

fn of_endpoints(name: &str) -> Option<Vec<Json>> {
    match name {
        "https_endpoint" => Some(ENDPOINTS.map(Json::from).to_vec()),
        "https_auth_header_name" => Some(vec![json!("X-Api-Key"), json!("X-Other-Key")]),
        "https_auth_secret" => Some(vec![json!("secret-of-the-first"), json!("secret-of-the-second")]),
        _ => of_events(name),
    }
}

pub fn of_write_only(name: &str) -> Option<Vec<Json>> {
    match name {
        "https_endpoint" => Some(ENDPOINTS.map(Json::from).to_vec()),
        "https_auth_secret_wo" => Some(vec![json!("secret-of-the-third"), json!("secret-of-the-fourth")]),
        "https_auth_secret_wo_version" => Some(vec![json!("1"), json!("2")]),
        _ => of_events(name),
    }
}

/// Everything that there is to live in a console, but workspaces, which nobody can delete.
pub fn ways() -> Vec<Way> {
    let project = Way { base: json!({ "name": "alpha", "environment": "dev" }), ..Way::only(&project::RESOURCE, known) };
    let stream = |known, base| Way { resource: event_stream::RESOURCE.name, known, base };
    let mut ways = vec![
        project,
        Way::only(&project_api_key::RESOURCE, known),
        Way::only(&workspace_api_key::RESOURCE, known),
        Way::only(&organization::RESOURCE, known),
        Way {
            resource: onboarding_portal_link::RESOURCE.name,
            known: of_links,
            base: json!({ "organization_id": ORGANIZATION, "enable_sso": true, "enable_scim": false }),
        },
        stream(of_topics, json!({ "type": "sns", "topic_arn": TOPICS[0], "role_arn": ROLES[0] })),
        stream(
            of_endpoints,
            json!({
                "type": "https", "https_endpoint": ENDPOINTS[0], "https_auth_type": "api_key", "https_auth_header_name": "X-Api-Key",
                "https_auth_secret": "secret-of-the-first",
            }),
        ),
        stream(
            of_write_only,
            json!({
                "type": "https", "https_endpoint": ENDPOINTS[0], "https_auth_type": "bearer",
                "https_auth_secret_wo": "secret-of-the-third", "https_auth_secret_wo_version": "1",
            }),
        ),
        Way::only(&custom_domain::RESOURCE, of_domains),
    ];
    ways.extend(in_document::ways());
    ways.extend(providers::ways());
    ways
}

mod every_attribute_of_the_console_lives_under_terraform {
    in_shares!(super::lives);
}

async fn lives(share: Share) {
    // Providers have tests of their own, which run beside these.
    let ways = ways().into_iter().filter(|way| !providers::is_one(way.resource));
    live(&ORY, &share.of(ways).collect::<Vec<_>>(), 10).await;
}

/// The way to an organization that is not in use has to work when it is.
#[tokio::test]
async fn every_attribute_of_an_organization_lives_by_each_way() {
    for provider in organizations::doors() {
        live(provider, &[Way::only(&organization::RESOURCE, known)], 20).await;
    }
}

pub async fn live(provider: &'static Provider<Client>, ways: &[Way], at_least: usize) {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let console = Console::at(&emulator.url()).await;
    let mut core = Core::direct(provider, console.provider()).await.unwrap();
    let (mut runs, mut failures) = (0, Vec::new());
    for way in ways {
        let resource = super::entry(way.resource).resource;
        let lifecycle = Lifecycle::on(&mut core, &console, "ory", resource, way);
        // An import does not see what lets a hook in.
        let has_credentials = (way.known)("webhook_auth_type").is_some_and(|kinds| !kinds.is_empty());
        let (more, failed) = if has_credentials { lifecycle.without_the_whole() } else { lifecycle }.run().await;
        runs += more;
        failures.extend(failed);
    }
    assert!(failures.is_empty(), "{} of {runs} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(runs > at_least, "only {runs} ran");
}
