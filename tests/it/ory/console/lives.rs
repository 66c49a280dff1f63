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
        resources::{action, email_template, organization, project, project_api_key},
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

    /// Patches the project past the provider; whether that was taken, and can be seen.
    async fn patch(&self, operations: Json) -> bool {
        let at = format!("/projects/{}", self.project);
        let services = async || ask(&self.url, "GET", &at, None).await.1["services"].take();
        let before = services().await;
        ask(&self.url, "PATCH", &at, Some(&operations)).await.0 == 200 && services().await != before
    }

    /// Where the action or the template of this id is in the document.
    async fn place(&self, resource: &str, id: &str) -> Option<String> {
        let (_, document) = ask(&self.url, "GET", &format!("/projects/{}", self.project), None).await;
        place(&document, resource, id)
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
        if ["action", "email_template"].contains(&resource) {
            let (_, document) = ask(url, "GET", &format!("/projects/{}", project["id"].as_str().unwrap()), None).await;
            match place(&document, resource, id) {
                Some(place) => return document.pointer(&place).cloned(),
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

/// Whether there is a text in it.
fn says(value: &Json) -> bool {
    match value {
        Json::Object(members) => members.values().any(says),
        value => value.as_str().is_some_and(|text| !text.is_empty()),
    }
}

/// Where the action or the template of this id is in the document, if it is there.
fn place(document: &Json, resource: &str, id: &str) -> Option<String> {
    const CONFIG: &str = "/services/identity/config";
    if resource == "email_template" {
        let place = id.strip_suffix("_valid").map(|name| format!("{name}/valid"));
        let place = place.or_else(|| id.strip_suffix("_invalid").map(|name| format!("{name}/invalid"))).unwrap_or_else(|| id.to_owned());
        let place = format!("{CONFIG}/courier/templates/{place}");
        return document.pointer(&place).is_some_and(says).then_some(place);
    }
    let parts: Vec<_> = id.splitn(6, ':').collect();
    let [project, flow, timing, way, method, url] = parts[..] else { return None };
    let is_split = timing == "after" && ["login", "registration", "settings"].contains(&flow);
    let list = format!("{CONFIG}/selfservice/flows/{flow}/{timing}{}/hooks", if is_split { format!("/{way}") } else { String::new() });
    let hooks = document.pointer(&list).filter(|_| document["id"] == project)?.as_array()?;
    let place = hooks.iter().position(|hook| hook["config"]["url"] == url && hook["config"]["method"] == method)?;
    Some(format!("{list}/{place}"))
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
        if ["action", "email_template"].contains(&resource.name) {
            // What identifies it is another one's.
            let changes = attr.configurable() && attr.remote() && !attr.replaces;
            let Some(place) = self.place(resource.name, id).await.filter(|_| changes) else { return false };
            let path = format!("{place}/{}", attr.pointer());
            return match value {
                Some(value) => self.patch(added(self, &path, stored::kind_to_json(&attr.kind, value)).await).await,
                None => self.patch(json!([{ "op": "remove", "path": path }])).await,
            };
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
        if let Some(place) = self.place(resource.name, id).await {
            assert!(self.patch(json!([{ "op": "remove", "path": place }])).await);
            return;
        }
        let path = match resource.name {
            "project" => format!("/projects/{id}"),
            name => format!("/projects/{}/{}/{id}", self.project, collection(name)),
        };
        assert_eq!(ask(&self.url, "DELETE", &path, None).await.0, 204);
    }

    async fn exists(&self, resource: &'static Resource, id: &str) -> bool {
        let held = self.held(resource.name, id).await;
        // An SMS that somebody else has written stays.
        held.is_some_and(|held| resource.name != "email_template" || says(&held["email"]))
    }
}

/// What the tables cannot say. Another region, workspace or project is a test of its own.
pub fn known(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "home_region" | "workspace_id" | "project_id" => vec![],
        "flow" => vec![json!("registration"), json!("login")],
        "timing" => vec![json!("before"), json!("after")],
        "auth_method" => vec![json!("oidc"), json!("code"), json!("password")],
        "url" => vec![json!("https://a.example/hooks?of=a:b"), json!("https://b.example")],
        "template_type" => vec![json!("login_code_valid"), json!("verification_code_valid")],
        // What is of the highest tier has to be let go before it can.
        "environment" => vec![json!("dev"), json!("stage")],
        _ => return None,
    })
}

/// Everything that there is to live in a console, but workspaces, which nobody can delete.
pub fn ways() -> Vec<Way> {
    let project = Way { base: json!({ "name": "alpha", "environment": "dev" }), ..Way::only(&project::RESOURCE, known) };
    let action = |known| Way {
        base: json!({ "flow": "login", "timing": "after", "url": "https://a.example" }),
        ..Way::only(&action::RESOURCE, known)
    };
    let template = json!({ "template_type": "login_code_valid", "body_html": "<p>{{ .LoginCode }}</p>" });
    let mut ways = vec![
        project,
        Way::only(&project_api_key::RESOURCE, known),
        Way::only(&organization::RESOURCE, known),
        action(without_credentials),
        action(with_password),
        action(with_key),
        action(with_written_password),
        action(with_written_key),
        Way { base: template, ..Way::only(&email_template::RESOURCE, known) },
    ];
    ways.extend(providers::ways());
    ways
}

/// A hook that anybody may call.
pub fn without_credentials(name: &str) -> Option<Vec<Json>> {
    match name {
        "response_ignore" => Some(vec![]),
        name if name.starts_with("webhook_auth") => Some(vec![]),
        name => known(name),
    }
}

/// A hook that is let in by a password, and whose answer nobody waits for.
pub fn with_password(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "webhook_auth_type" => vec![json!("basic_auth")],
        "webhook_auth_basic_auth_password" => vec![json!("canary-of-a-hook-5521"), json!("canary-of-a-hook-5522")],
        "response_parse" | "can_interrupt" => vec![],
        name if name.contains("_wo") || name.contains("api_key") => vec![],
        name => return known(name),
    })
}

/// A hook that is let in by a key, and whose answer counts.
pub fn with_key(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "webhook_auth_type" => vec![json!("api_key")],
        "webhook_auth_api_key_value" => vec![json!("canary-of-a-hook-5521"), json!("canary-of-a-hook-5522")],
        "response_ignore" => vec![],
        name if name.contains("_wo") || name.contains("basic_auth") => vec![],
        name => return known(name),
    })
}

/// The same with a password that no state has.
pub fn with_written_password(name: &str) -> Option<Vec<Json>> {
    written(name, "webhook_auth_basic_auth_password").or_else(|| with_password(name))
}

/// The same with a key that no state has.
pub fn with_written_key(name: &str) -> Option<Vec<Json>> {
    written(name, "webhook_auth_api_key_value").or_else(|| with_key(name))
}

/// The write-only argument instead of this one.
fn written(name: &str, secret: &str) -> Option<Vec<Json>> {
    match name.strip_prefix(secret)? {
        "" => Some(vec![]),
        "_wo" => Some(vec![json!("canary-of-a-hook-5523"), json!("canary-of-a-hook-5524")]),
        _ => Some(vec![json!("1"), json!("2")]),
    }
}

/// The operation that puts a value there, with what is missing on its way.
async fn added(console: &Console, path: &str, mut value: Json) -> Json {
    let (_, document) = ask(&console.url, "GET", &format!("/projects/{}", console.project), None).await;
    let mut at = path.to_owned();
    while let Some((parent, name)) = at.clone().rsplit_once('/')
        && document.pointer(parent).is_none()
    {
        (at, value) = (parent.to_owned(), json!({ name: value }));
    }
    json!([{ "op": "add", "path": at, "value": value }])
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
