//! Objects of Ory Network's console: projects, their keys, workspaces. The console is the emulator's; unusual answers of a real one
//! come from the proxy in between, in the forms that its description and its users show.

mod actions;
mod adopted;
mod domains;
mod elements;
mod frugal;
mod guard;
mod in_document;
mod keys;
mod links;
pub mod lists;
pub mod lives;
mod organizations;
mod permissions;
mod projects;
pub mod providers;
mod refusals;
mod schemas;
mod settings;
mod streams;
mod targets;
mod templates;
mod workspaces;

use crate::support::{
    faults::{Fault, Proxy},
    get, object, replan,
};
use janiform::{
    emulator::{self, Options, Running, switches::Switches},
    engine::{Applied, Call, Change, Diagnostic, Engine, Entry, Failure, State, Unapplied, plan},
    ory::{Client, ORY},
    value::Value,
};
use serde_json::{Value as Json, json};

/// A workspace key, as the emulator takes any.
pub const KEY: &str = "ory_wak_of-the-tests";

/// A provider for this console and the projects in it.
pub fn provider(url: &str) -> Json {
    json!({ "console_api_url": url, "project_api_url": format!("{url}/p/%s"), "workspace_api_key": KEY })
}

/// The console, asked past the provider.
pub async fn ask(url: &str, method: &str, path: &str, body: Option<&Json>) -> (u16, Json) {
    let mut request = crate::support::client().request(method.parse().unwrap(), format!("{url}{path}")).bearer_auth(KEY);
    if let Some(body) = body {
        request = request.json(body);
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
}

/// A project in this environment, made past the provider: its id and its slug.
async fn project_at(url: &str, environment: &str) -> (String, String) {
    let (status, made) = ask(url, "POST", "/projects", Some(&json!({ "name": "it", "environment": environment }))).await;
    assert_eq!(status, 201, "{made}");
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("id"), text("slug"))
}

/// The provider, the console, and what stands between them.
struct Setup {
    emulator: Running,
    proxy: Proxy,
    engine: Engine<Client>,
}

impl Setup {
    async fn new() -> Setup {
        Setup::with(&[]).await
    }

    /// With more in the provider's configuration.
    async fn with(more: &[(&str, Value)]) -> Setup {
        Setup::switched(Switches::default(), more).await
    }

    /// Where these are on.
    async fn switched(console: Switches, more: &[(&str, Value)]) -> Setup {
        let emulator = emulator::start(Options { console, ..Options::default() }).await.unwrap();
        let proxy = Proxy::to(&emulator.url()).await;
        let setup = Setup { emulator, proxy, engine: Engine::new(&ORY) };
        setup.configure(more);
        setup
    }

    /// Configures the provider anew, with more than where the console is.
    fn configure(&self, more: &[(&str, Value)]) {
        self.configure_other(&self.engine, more);
    }

    /// The same of another run of it.
    fn configure_other(&self, engine: &Engine<Client>, more: &[(&str, Value)]) {
        let Json::Object(base) = provider(&self.proxy.url()) else { unreachable!() };
        let value = |name: &str| match more.iter().find(|(set, _)| *set == name) {
            Some((_, value)) => value.clone(),
            None => base.get(name).map(|text| Value::text(text.as_str().unwrap())).unwrap_or_default(),
        };
        let config = Value::Object(ORY.config.attrs().map(|attr| value(attr.name)).collect());
        assert_eq!(engine.configure(&config, &|_| None), []);
    }

    async fn ask(&self, method: &str, path: &str, body: Option<&Json>) -> (u16, Json) {
        ask(&self.emulator.url(), method, path, body).await
    }

    async fn create(&self, name: &str, set: &[(&str, Value)]) -> Result<Applied, Unapplied> {
        let entry = entry(name);
        let config = object(entry.resource, set);
        self.engine.create(entry, plan(entry.resource, None, &config), config, Call::default()).await
    }

    async fn update(&self, name: &str, state: &State, set: &[(&str, Value)]) -> Result<Applied, Unapplied> {
        let entry = entry(name);
        let config = object(entry.resource, set);
        let plan = replan(entry.resource, state, &config);
        assert!(plan.replace.is_empty() && plan.diagnostics.is_empty(), "{plan:?}");
        self.engine.update(entry, Change { prior: state.clone(), plan, config, last_config: None }, Call::default()).await
    }

    async fn read(&self, name: &str, state: &State) -> Result<Option<State>, Failure> {
        Ok(self.engine.read(entry(name), state.clone(), Call::default()).await?.state)
    }

    async fn delete(&self, name: &str, state: &State) -> Result<Vec<Diagnostic>, Unapplied> {
        self.engine.delete(entry(name), state.clone(), Call::default()).await
    }

    /// A project for what lives in one.
    async fn project(&self) -> Applied {
        self.create("project", &[("name", "it".into()), ("environment", "dev".into())]).await.unwrap()
    }

    /// What was asked since the last time, without bodies.
    fn asked(&self) -> Vec<String> {
        self.proxy.asked().into_iter().map(|(asked, _)| asked).collect()
    }

    /// All projects that there are.
    async fn projects(&self) -> Vec<Json> {
        self.ask("GET", "/projects", None).await.1.as_array().unwrap().clone()
    }
}

fn entry(name: &str) -> &'static Entry<Client> {
    ORY.resources().find(|entry| entry.resource.name == name).unwrap()
}

/// The text of an attribute.
fn text(name: &str, state: &State, attr: &str) -> String {
    get(entry(name).resource, &state.value, attr).as_str().unwrap_or_default().to_owned()
}

fn id(applied: &Applied) -> String {
    applied.state.id.clone().unwrap()
}

fn told(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|one| format!("{}: {}\n", one.summary, one.detail)).collect()
}

/// An error in an envelope, as it was seen in practice.
fn refusal(status: u16, body: &'static str) -> Fault {
    Fault::Answer(status, "application/json", body)
}
