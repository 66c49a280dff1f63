//! The toy provider of a document: its settings, its shelves, its hooks and its labels.

use super::server::{ID, Warehouse};
use async_trait::async_trait;
use janiform::{
    engine::{Call, Cx, Diagnostic, Engine, Entry, Offer, Provider, provider},
    rest::{
        Client, Endpoint, Http, HttpOptions, Service,
        document::{Deletion, Document, Items, List, Members, Toggle},
        http,
    },
    schema::*,
    value::{Json, Value},
};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

pub static PROVIDER: Provider<Doors> = provider("house", "A warehouse to test with.", connect)
    .namespace("janiform")
    .display("House")
    .version("0.0.1")
    .repository("https://house.example/source")
    .license("Apache-2.0")
    .config(&CONFIG, &[])
    .offers(&[&[
        Offer::resource(&SETTINGS, &SETTINGS_BACKEND),
        Offer::resource(&CLIMATE, &CLIMATE_BACKEND),
        Offer::resource(&SHELF, &SHELF_BACKEND),
        Offer::resource(&HOOK, &HOOK_BACKEND),
        Offer::resource(&LABEL, &LABEL_BACKEND),
    ]])
    .checked();

fn connect(config: &Value) -> Result<Doors, Vec<Diagnostic>> {
    let config = Object::new(&CONFIG, config);
    Ok(Doors::new(config.str("endpoint").unwrap_or_default(), config.str("token").unwrap_or_default()))
}

pub static CONFIG: Table = Table::new(&[&[string("endpoint", "Where it is.").required(), string("token", "What lets in.").secret()]]);

pub static SERVICE: Service = Service {
    reason: |body| (body.at("error/reason").as_str().map(str::to_owned), None),
    ..Service::new("the warehouse API", |body| body.at("error/reason") == "no such warehouse")
};

/// The warehouse that an attribute names.
pub static NAMED: Document = warehouse("/warehouses/{warehouse}");
/// The only one.
pub static MAIN: Document = warehouse("/warehouses/main");

const fn warehouse(path: &'static str) -> Document {
    Document {
        service: &SERVICE,
        name: "the warehouse",
        path,
        revisions: "revision",
        shown: "",
        root: "warehouse",
        revision: "revision_id",
        id: Some("id"),
        view_of: None,
        guard: None,
        alike: |left, right| left == right,
        refusal: None,
        is_refused: |reply| reply.json().is_some_and(|body| *body.at("error/id") == "in_use"),
        is_gone: |document| matches!(document.at("state").as_str(), Some("deleted")),
    }
}

pub static SETTINGS: Resource = resource("settings", "The settings of a warehouse.")
    .import("warehouse")
    .sections(&[
        &[
            string("warehouse", "Which warehouse.").required().replaces().at("id"),
            string("label", "What is written on it.").at("meta/label").cleared_by(Cleared::Empty),
            boolean("alarm", "Whether thieves are heard.").default(flag(false)),
            boolean("guard", "Whether thieves are seen.").default(flag(false)),
        ],
        &under(
            "services/heating/config",
            [
                string("ttl", "How long it is warm.").means(DURATION),
                string("note", "Anything."),
                string("pin", "What switches it off.").secret(),
                list("rooms", "What is heated, in any order.").unordered(),
                object("boiler", "What heats.", &BOILER),
                string("mode", "How; the server decides where nobody does.").or_server(),
            ],
        ),
    ])
    .checked();

static BOILER: Nested = Nested {
    name: "SettingsBoiler",
    table: Table::new(&[&[string("maker", "Who made it."), integer("power", "How strong it is.").at("specification/power")]]),
};

pub static SETTINGS_BACKEND: Members = Members {
    toggles: &[Toggle::of("alarm", "hooks", || kind("alarm")), Toggle::of("guard", "hooks", || kind("guard"))],
    ..Members::of(&NAMED)
};

pub static CLIMATE: Resource = resource("climate", "What settings are about too.")
    .import("warehouse")
    .sections(&[&[
        string("warehouse", "Which warehouse.").required().replaces().at("id"),
        string("note", "Anything.").at("services/heating/config/note"),
        string("theme", "How it looks; others decide too.").at("meta/theme").while_set().cleared_by(Cleared::To(text("plain"))),
    ]])
    .checked();

pub static CLIMATE_BACKEND: Members = Members { deletion: Deletion::Leaves("It is as warm as before."), ..Members::of(&NAMED) };

fn kind(name: &str) -> Json {
    Json::object([("kind", name.into())])
}

pub static SHELF: Resource = resource("shelf", "A shelf.")
    .import("shelf_id")
    .sections(&[&[
        string("shelf_id", "Its name.").required().replaces().at("id"),
        string("label", "What is written on it."),
        integer("height", "How high it is.").at("size/height"),
        list("boards", "What it is made of."),
        string("secret", "What is behind it.").secret(),
    ]])
    .checked();

pub static SHELF_BACKEND: Items = Items::of(&MAIN, List::At("shelves"));

pub static HOOK: Resource = resource("hook", "Who is called.")
    .import("name")
    .sections(&[&[
        string("name", "What tells it from others.").required().replaces().at("config/name"),
        string("url", "Where it calls.").required().at("config/url"),
    ]])
    .checked();

pub static HOOK_BACKEND: Items = Items {
    like: Some(|hook| {
        let mut like = kind("web");
        like.put("config/name", hook.str("name").unwrap_or_default().into());
        like
    }),
    ..Items::of(&MAIN, List::At("hooks"))
};

pub static LABEL: Resource =
    resource("label", "A label.").import("text").sections(&[&[string("text", "What it says.").required().replaces()]]).checked();

pub static LABEL_BACKEND: Items =
    Items { like: Some(|label| label.str("text").unwrap_or_default().into()), ..Items::of(&MAIN, List::At("meta/labels")) };

/// A configured client: one door.
pub struct Doors(pub Endpoint);

impl Doors {
    pub fn new(url: &str, token: &str) -> Doors {
        let options = HttpOptions { timeout: Some(Duration::from_millis(500)), ..HttpOptions::default() };
        Doors::over(Arc::new(Http::new(options)), url, token)
    }

    /// A door that shares connections with others.
    pub fn over(http: Arc<Http>, url: &str, token: &str) -> Doors {
        let mut headers = HeaderMap::new();
        if !token.is_empty() {
            headers.insert(AUTHORIZATION, http::sensitive(&format!("Bearer {token}")).unwrap());
        }
        Doors(Endpoint { http, base: url.parse().unwrap(), headers, tokens: None })
    }

    pub fn cx(self) -> Cx<Doors> {
        Cx::new(Arc::new(self), CancellationToken::new(), Call::default())
    }
}

#[async_trait]
impl Client for Doors {
    async fn endpoint(&self, _: &'static Service, _: Object<'_>) -> Result<Endpoint, Diagnostic> {
        Ok(self.0.clone())
    }
}

/// A configured engine.
pub fn engine(warehouse: &Warehouse) -> Arc<Engine<Doors>> {
    let engine = Engine::new(&PROVIDER);
    assert_eq!(engine.configure(&CONFIG.holding([("endpoint", Value::text(warehouse.server.url()))]), &|_| None), []);
    Arc::new(engine)
}

/// An object that names the warehouse.
pub fn named() -> Value {
    SETTINGS.table.holding([("warehouse", Value::text(ID))])
}

pub fn entry(name: &str) -> &'static Entry<Doors> {
    PROVIDER.resources().find(|entry| entry.resource.name == name).unwrap()
}
