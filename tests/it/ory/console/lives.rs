//! Every attribute of the console's resources through its lifecycles, with what the console holds changed and checked past
//! the provider.

use super::{ask, provider};
use crate::terraform::{
    core::Core,
    lifecycle::{Lifecycle, World},
    samples::Way,
};
use async_trait::async_trait;
use janiform::{
    emulator::{self, Options},
    ory::{
        ORY,
        resources::{project, project_api_key},
    },
    schema::{Attr, Resource},
    value::Value,
};
use serde_json::{Value as Json, json};

/// The console, and the project whose keys are meant.
pub struct Console {
    pub url: String,
    pub project: String,
}

impl Console {
    /// The console at this URL, with a project.
    pub async fn at(url: &str) -> Console {
        let (status, made) = ask(url, "POST", "/projects", Some(&json!({ "name": "of the keys", "environment": "dev" }))).await;
        assert_eq!(status, 201, "{made}");
        Console { url: url.to_owned(), project: made["id"].as_str().unwrap().to_owned() }
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
}

/// What the console at this URL holds of a project or a key of one; of a project, what is said of it alone.
pub async fn held(url: &str, resource: &str, id: &str) -> Option<Json> {
    if resource == "project" {
        let (status, project) = ask(url, "GET", &format!("/projects/{id}"), None).await;
        let of = |name: &str| (name.to_owned(), project[name].clone());
        return (status == 200 && project["state"] != "deleted")
            .then(|| ["name", "environment", "home_region", "state"].map(of).into_iter().collect());
    }
    for project in ask(url, "GET", "/projects", None).await.1.as_array().unwrap() {
        let (_, keys) = ask(url, "GET", &format!("/projects/{}/tokens", project["id"].as_str().unwrap()), None).await;
        if let Some(key) = keys.as_array().unwrap().iter().find(|key| key["id"] == id) {
            return Some(key.clone());
        }
    }
    None
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
        let path = match resource.name {
            "project" => format!("/projects/{id}"),
            _ => format!("/projects/{}/tokens/{id}", self.project),
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
    vec![project, Way::only(&project_api_key::RESOURCE, known)]
}

#[tokio::test]
async fn every_attribute_of_the_console_lives_under_terraform() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let console = Console::at(&emulator.url()).await;
    let mut core = Core::direct(&ORY, console.provider()).await.unwrap();
    let (mut runs, mut failures) = (0, Vec::new());
    for way in &ways() {
        let resource = super::entry(way.resource).resource;
        let (more, failed) = Lifecycle::on(&mut core, &console, "ory", resource, way).run().await;
        runs += more;
        failures.extend(failed);
    }
    assert!(failures.is_empty(), "{} of {runs} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(runs > 30, "only {runs} ran");
}
