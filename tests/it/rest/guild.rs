//! A provider of guilds, whose objects are JSON behind HTTP, and a server of them over loopback: paths with attributes,
//! envelopes, tokens for pages, and both forms of PATCH.
//!
//! Owns tables and server. The server knows nothing of the tables: it accepts the forms that its routes are made for, and
//! refuses everything else. Must not know any tool.

use crate::support::scripted::{Answer, Asked, Scripted};
use janiform::{
    engine::{Diagnostic, ListEntry, Offer, Plural, Provider, plural, provider},
    rest::{self, Endpoint, Envelope, Http, HttpOptions, Paging, Rest, Service, Update},
    schema::*,
    value::Value,
};
use reqwest::header::HeaderMap;
use serde_json::{Map, Value as Json, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use tonic::async_trait;
use url::Url;

pub static GUILD: Provider<Client> = provider("guild", "Guilds to test with.", connect)
    .namespace("janiform")
    .version("0.0.1")
    .repository("https://guilds.example/source")
    .license("Apache-2.0")
    .config(&CONFIG, &[])
    .offers(&[&[
        Offer::resource(&ORGANIZATION, &ORGANIZATIONS),
        Offer::lookup(&ORGANIZATION_LOOKUP, &ORGANIZATIONS),
        Offer::query(&ORGANIZATIONS_QUERY, &ALL),
        Offer::resource(&CHAPTER, &CHAPTERS),
        Offer::query(&CHAPTERS_QUERY, &ALL_CHAPTERS),
    ]])
    .checked();

static CONFIG: Table =
    Table::new(&[&[string("endpoint", "Where the server is.").required(), string("project_id", "The project of all that names none.")]]);

static ORGANIZATION: Resource = resource("organization", "An organization of a project.")
    .import("organization_id")
    .imported_as(in_project)
    .sections(&[&[string("organization_id", "Identifies it; the server chooses it.").read_only().at("id")], BODY])
    .checked();

static CHAPTER: Resource = resource("chapter", "A chapter of a project.")
    .import("chapter_id")
    .imported_as(|id| {
        in_project(id).into_iter().map(|(name, text)| (if name == "organization_id" { "chapter_id" } else { name }, text)).collect()
    })
    .sections(&[&[string("chapter_id", "Identifies it; the server chooses it.").read_only().at("id")], BODY])
    .checked();

static BODY: &[Attr] = &[
    string("project_id", "The project that it belongs to; the provider's when unset.").or_server().replaces(),
    string("label", "What people call it.").required(),
    list("domains", "Domains of its people.").unordered(),
    string("note", "A note."),
    string("motto", "What it stands for.").cleared_by(Cleared::Null),
    object("settings", "How it works.", &SETTINGS),
    string("created_at", "When it was made.").read_only(),
];

static SETTINGS: Nested = Nested {
    name: "GuildSettings",
    table: Table::new(&[&[string("theme", "How it looks.").at("look/theme"), integer("limit", "How many people fit in.")]]),
};

static ORGANIZATION_LOOKUP: Lookup =
    lookup(&ORGANIZATION, "An organization that is managed elsewhere.").or_by("label").within(&["project_id"]);

static ORGANIZATIONS_QUERY: Query = query(
    "organizations",
    "The organizations of a project.",
    &[&[
        string("project_id", "The project.").required(),
        string("domain", "Only those of this domain."),
        string("label", "Only those of this label."),
        objects("organizations", "The organizations.", &Kind::Object(&LISTED)).read_only(),
    ]],
);

static LISTED: Nested = Nested {
    name: "ListedOrganization",
    table: Table::new(&[&[
        string("organization_id", "Identifies it."),
        string("project_id", "Its project."),
        string("label", "What people call it."),
    ]]),
};

static ALL: Plural<Client> = plural(&ORGANIZATIONS_QUERY, "organizations", &ORGANIZATION, &ORGANIZATIONS);

static CHAPTERS_QUERY: Query = query(
    "chapters",
    "The chapters of a project.",
    &[&[string("project_id", "The project.").required(), objects("chapters", "The chapters.", &Kind::Object(&LISTED_CHAPTER)).read_only()]],
);

static LISTED_CHAPTER: Nested = Nested {
    name: "ListedChapter",
    table: Table::new(&[&[string("chapter_id", "Identifies it."), string("label", "What people call it.")]]),
};

static ALL_CHAPTERS: Plural<Client> = plural(&CHAPTERS_QUERY, "chapters", &CHAPTER, &CHAPTERS);

pub static LIST: ListEntry<Client> = ListEntry { list: &ORGANIZATION_LIST, backend: &ORGANIZATIONS };
static ORGANIZATION_LIST: ListResource = list_resource(&ORGANIZATION, "The organizations of a project.")
    .filters(&[&[string("project_id", "The project.").required()]])
    .shown_by("label");

/// Lists in an envelope, tokens, answers to reads in an envelope and others without, merge patches: as Ory's console.
static ORGANIZATIONS: Rest = Rest::new(&API, "/projects/{project_id}/organizations")
    .filters(&[("domain", "domain")])
    .paging(Paging::tokens("organizations"))
    .envelope(Envelope { read: "organization", ..Envelope::NONE })
    .updates(Update::Merge);

/// Envelopes around everything, and operations.
static CHAPTERS: Rest = Rest::new(&API, "/projects/{project_id}/chapters")
    .paging(Paging::whole("chapters"))
    .envelope(Envelope { read: "chapter", written: "chapter", sent: "chapter" })
    .updates(Update::Operations);

static API: Service = Service::new("the guild API", |body| body.at("error").as_str().is_some_and(|why| why.starts_with("no such ")));

/// An import names the project too.
fn in_project(id: &str) -> Texts {
    let (project, id) = id.rsplit_once('/').unwrap_or(("", id));
    vec![("project_id", project.to_owned()), ("organization_id", id.to_owned())]
}

pub struct Client(Endpoint, Option<String>);

fn connect(config: &Value) -> Result<Client, Vec<Diagnostic>> {
    let config = Object::new(&CONFIG, config);
    let endpoint = config.str("endpoint").unwrap_or_default();
    let base = Url::parse(endpoint).map_err(|_| vec![Diagnostic::error("No URL", "Set `endpoint`.")])?;
    let endpoint = Endpoint { http: Arc::new(Http::new(HttpOptions::default())), base, headers: HeaderMap::new(), tokens: None };
    Ok(Client(endpoint, config.str("project_id").map(str::to_owned)))
}

#[async_trait]
impl rest::Client for Client {
    async fn endpoint(&self, _: &'static Service, _: Object<'_>) -> Result<Endpoint, Diagnostic> {
        Ok(self.0.clone())
    }

    fn stands_in(&self, attr: &'static str) -> Result<Option<String>, Diagnostic> {
        Ok(self.1.clone().filter(|_| attr == "project_id"))
    }
}

/// What the server has, by collection (`p1/organizations`) and id.
type Objects = BTreeMap<(String, String), Map<String, Json>>;

/// The server, and what can be done behind everybody's back.
#[derive(Clone)]
pub struct Server {
    pub http: Scripted,
    objects: Arc<Mutex<Objects>>,
    /// The bodies of updates.
    patches: Arc<Mutex<Vec<Json>>>,
    /// So many updates are carried out and answered by a gateway's 502.
    lost: Arc<Mutex<usize>>,
}

/// What a body may hold.
const MEMBERS: [&str; 5] = ["label", "domains", "note", "motto", "settings"];
const PER_PAGE: usize = 2;

impl Server {
    pub async fn start() -> Server {
        let (objects, patches, lost) =
            (Arc::<Mutex<Objects>>::default(), Arc::<Mutex<Vec<Json>>>::default(), Arc::<Mutex<usize>>::default());
        let shared = (objects.clone(), patches.clone(), lost.clone());
        let http = Scripted::start(move |asked, number| {
            let answer = answer(&mut shared.0.lock().unwrap(), &mut shared.1.lock().unwrap(), asked, number);
            let mut lost = shared.2.lock().unwrap();
            match asked.method == "PATCH" && *lost > 0 {
                true => {
                    *lost -= 1;
                    (502, vec![("content-type", "text/html".to_owned())], "<html>".to_owned())
                }
                false => answer,
            }
        })
        .await;
        Server { http, objects, patches, lost }
    }

    pub fn config(&self) -> Json {
        json!({ "endpoint": self.http.url() })
    }

    /// Makes objects of these labels behind everybody's back.
    pub fn seed(&self, project: &str, labels: &[&str]) {
        for (number, label) in labels.iter().enumerate() {
            let object = json!({ "id": format!("seed-{number}"), "label": label, "domains": [format!("{label}.example")] });
            let key = (format!("{project}/organizations"), format!("seed-{number}"));
            self.objects.lock().unwrap().insert(key, object.as_object().unwrap().clone());
        }
    }

    /// Changes one behind everybody's back.
    pub fn edit(&self, collection: &str, id: &str, member: &str, value: Json) {
        self.objects.lock().unwrap().get_mut(&(collection.to_owned(), id.to_owned())).unwrap().insert(member.to_owned(), value);
    }

    pub fn get(&self, collection: &str, id: &str) -> Option<Json> {
        self.objects.lock().unwrap().get(&(collection.to_owned(), id.to_owned())).cloned().map(Json::Object)
    }

    /// All of a collection, by id.
    pub fn all(&self, collection: &str) -> Vec<(String, Json)> {
        let objects = self.objects.lock().unwrap();
        objects.iter().filter(|((at, _), _)| at == collection).map(|((_, id), object)| (id.clone(), json!(object))).collect()
    }

    /// The next so many answers to updates get lost.
    pub fn lose(&self, answers: usize) {
        *self.lost.lock().unwrap() = answers;
    }

    /// The bodies of the updates so far; asking forgets them.
    pub fn patches(&self) -> Vec<Json> {
        std::mem::take(&mut self.patches.lock().unwrap())
    }
}

fn answer(objects: &mut Objects, patches: &mut Vec<Json>, asked: &Asked, number: usize) -> Answer {
    let reply = |status: u16, body: Json| (status, vec![], body.to_string());
    let refused = |status: u16, why: &str| reply(status, json!({ "error": why }));
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
    let segments: Vec<_> = asked.path.split('/').skip(1).map(decode).collect();
    let [projects, project, kind, id @ ..] = segments.as_slice() else { return refused(404, "no such route") };
    let singular = match kind.as_str() {
        "organizations" => "organization",
        "chapters" => "chapter",
        _ => return refused(404, "no such route"),
    };
    if projects != "projects" || id.len() > 1 {
        return refused(404, "no such route");
    }
    let wraps_all = singular == "chapter";
    let collection = format!("{project}/{kind}");
    let body = serde_json::from_str::<Json>(&asked.body).unwrap_or_default();
    let body = if wraps_all { body.get(singular).cloned().unwrap_or_default() } else { body };
    let written = |object: &Map<String, Json>| if wraps_all { json!({ singular: object }) } else { json!(object) };
    let key = (collection.clone(), id.first().cloned().unwrap_or_default());
    match (asked.method.as_str(), id.is_empty()) {
        ("POST", true) => {
            let Json::Object(mut object) = body else { return refused(400, "expected an object in its place") };
            if let Some(name) = object.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
                return refused(400, &format!("unknown member {name}"));
            }
            let id = format!("{singular}-{number}");
            object.extend([("id".to_owned(), json!(id)), ("created_at".to_owned(), json!("2030-01-01T00:00:00Z"))]);
            object.insert("color".to_owned(), json!("chosen by the server"));
            objects.insert((collection, id), object.clone());
            reply(201, written(&object))
        }
        ("GET", true) => {
            let query: Vec<_> = url::form_urlencoded::parse(asked.query.as_bytes()).into_owned().collect();
            let get = |name: &str| query.iter().find(|(one, _)| one == name).map(|(_, value)| value.clone());
            let domain = get("domain");
            let fits = |object: &Json| domain.as_ref().is_none_or(|domain| object["domains"].as_array().unwrap().contains(&json!(domain)));
            let all: Vec<_> =
                objects.iter().filter(|((at, _), _)| *at == collection).map(|(_, object)| json!(object)).filter(fits).collect();
            if wraps_all {
                return reply(200, json!({ kind: all }));
            }
            let from = get("page_token").map_or(0, |token| token.parse().unwrap());
            let page: Vec<_> = all.iter().skip(from).take(PER_PAGE).cloned().collect();
            let more = from + PER_PAGE < all.len();
            let token = if more { (from + PER_PAGE).to_string() } else { String::new() };
            reply(200, json!({ kind: page, "has_next_page": more, "next_page_token": token }))
        }
        ("GET", false) => match objects.get(&key) {
            Some(object) => reply(200, json!({ singular: object })),
            None => refused(404, &format!("no such {singular}")),
        },
        ("PATCH", false) => {
            let Some(object) = objects.get_mut(&key) else { return refused(404, &format!("no such {singular}")) };
            patches.push(body.clone());
            let mut patched = Json::Object(object.clone());
            let done = if wraps_all { operate(&mut patched, &body) } else { merge(&mut patched, &body) };
            match (done, patched) {
                (Some(()), Json::Object(patched)) => *object = patched,
                _ => return refused(400, "the patch cannot be carried out"),
            }
            reply(200, written(object))
        }
        ("DELETE", false) => match objects.remove(&key) {
            Some(_) => (204, vec![], String::new()),
            None => refused(404, &format!("no such {singular}")),
        },
        _ => refused(405, "not here"),
    }
}

/// RFC 7396, section 2.
fn merge(target: &mut Json, patch: &Json) -> Option<()> {
    let Json::Object(patch) = patch else {
        *target = patch.clone();
        return Some(());
    };
    if !target.is_object() {
        *target = json!({});
    }
    let target = target.as_object_mut()?;
    for (name, value) in patch {
        match value {
            Json::Null => drop(target.remove(name)),
            value => merge(target.entry(name.clone()).or_insert(Json::Null), value)?,
        }
    }
    Some(())
}

/// RFC 6902 with the three operations that Ory's servers know, on members of objects.
fn operate(target: &mut Json, patch: &Json) -> Option<()> {
    for operation in patch.as_array()? {
        let path: Vec<_> =
            operation["path"].as_str()?.strip_prefix('/')?.split('/').map(|name| name.replace("~1", "/").replace("~0", "~")).collect();
        let (last, way) = path.split_last()?;
        let parent = way.iter().try_fold(&mut *target, |at, name| at.get_mut(name))?.as_object_mut()?;
        match operation["op"].as_str()? {
            "add" => drop(parent.insert(last.clone(), operation.get("value")?.clone())),
            "replace" => *parent.get_mut(last)? = operation.get("value")?.clone(),
            "remove" => drop(parent.remove(last)?),
            _ => return None,
        }
    }
    Some(())
}
