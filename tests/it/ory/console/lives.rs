//! Every attribute of the console's resources through its lifecycles, with what the console holds changed and checked past
//! the provider.

use super::{ask, organizations, provider, providers};
use crate::{
    support::stored,
    terraform::{
        core::Core,
        lifecycle::{Lifecycle, World},
        samples::Way,
    },
};
use async_trait::async_trait;
use janiform::{
    emulator::{self, Options},
    engine::Provider,
    ory::{
        Client, ORY,
        resources::{organization, project, project_api_key},
    },
    schema::{Attr, Kind, Resource},
    value::Value,
};
use serde_json::{Value as Json, json};

/// The console, and the project whose keys and organizations are meant.
pub struct Console {
    pub url: String,
    pub project: String,
}

impl Console {
    /// The console at this URL, with a project.
    pub async fn at(url: &str) -> Console {
        // One for development has no organizations, and one that is everywhere has them everywhere.
        let body = json!({ "name": "of the rest", "environment": "stage", "home_region": "global" });
        let (status, made) = ask(url, "POST", "/projects", Some(&body)).await;
        assert_eq!(status, 201, "{made}");
        let console = Console { url: url.to_owned(), project: made["id"].as_str().unwrap().to_owned() };
        providers::with_organizations(&console).await;
        console
    }

    /// A provider for it, whose own project is that one.
    pub fn provider(&self) -> Json {
        let mut config = provider(&self.url);
        config["project_id"] = self.project.as_str().into();
        config
    }

    async fn held(&self, resource: &str, id: &str) -> Option<Json> {
        held(&self.url, resource, id).await
    }

    /// An organization as it is, but for this.
    async fn organization_with(&self, id: &str, attr: &'static Attr, value: Option<&Value>) -> Json {
        let mut body = self.held("organization", id).await.unwrap_or_default();
        body[attr.name] = match value {
            Some(value) => stored::kind_to_json(&attr.kind, value),
            None if matches!(attr.kind, Kind::List(_)) => json!([]),
            None => json!(""),
        };
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
    for project in ask(url, "GET", "/projects", None).await.1.as_array().unwrap() {
        if providers::is_one(resource) {
            match providers::held(url, project["id"].as_str().unwrap(), resource, id).await {
                Some(found) => return Some(found),
                None => continue,
            }
        }
        let (_, mut all) = ask(url, "GET", &format!("/projects/{}/{}", project["id"].as_str().unwrap(), collection(resource)), None).await;
        if resource == "organization" {
            all = all["organizations"].take();
        }
        if let Some(found) = all.as_array().unwrap().iter().find(|one| one["id"] == id) {
            return Some(found.clone());
        }
    }
    None
}

/// Where what is in a project is.
fn collection(resource: &str) -> &'static str {
    if resource == "organization" { "organizations" } else { "tokens" }
}

/// The configuration of a provider that reaches everything at one place, with a project of its own in the console at this
/// URL, whichever slug it has.
pub async fn with_project(mut config: Json, url: &str) -> Json {
    config["project_id"] = Console::at(url).await.project.into();
    config["project_api_url"] = config["console_api_url"].clone();
    config
}

#[async_trait]
impl World for Console {
    async fn change(&self, resource: &'static Resource, id: &str, attr: &'static Attr, value: Option<&Value>) -> bool {
        if resource.name == "organization" {
            let body = self.organization_with(id, attr, value).await;
            let at = format!("/projects/{}/organizations/{id}", self.project);
            return attr.configurable() && attr.remote() && ask(&self.url, "PUT", &at, Some(&body)).await.0 == 200;
        }
        if providers::is_one(resource.name) {
            return providers::change(self, resource, id, attr, value).await;
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
        if providers::is_one(resource.name) {
            return providers::remove(self, resource.name, id).await;
        }
        let path = match resource.name {
            "project" => format!("/projects/{id}"),
            name => format!("/projects/{}/{}/{id}", self.project, collection(name)),
        };
        assert_eq!(ask(&self.url, "DELETE", &path, None).await.0, 204);
    }

    async fn exists(&self, resource: &'static Resource, id: &str) -> bool {
        self.held(resource.name, id).await.is_some()
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

/// Everything that there is to live in a console, but workspaces, which nobody can delete.
pub fn ways() -> Vec<Way> {
    let project = Way { base: json!({ "name": "alpha", "environment": "dev" }), ..Way::only(&project::RESOURCE, known) };
    let mut ways = vec![project, Way::only(&project_api_key::RESOURCE, known), Way::only(&organization::RESOURCE, known)];
    ways.extend(providers::ways());
    ways
}

#[tokio::test]
async fn every_attribute_of_the_console_lives_under_terraform() {
    // Providers have tests of their own, which run beside this one.
    let ways: Vec<_> = ways().into_iter().filter(|way| !providers::is_one(way.resource)).collect();
    live(&ORY, &ways, 30).await;
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
        let (more, failed) = Lifecycle::on(&mut core, &console, "ory", resource, way).run().await;
        runs += more;
        failures.extend(failed);
    }
    assert!(failures.is_empty(), "{} of {runs} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(runs > at_least, "only {runs} ran");
}
