//! `ory_identity_schema` and `ory_identity_schemas`: JSON Schemas of the traits of identities.
//!
//! Names and types are those of the official provider. Schemas are public: they are served by Ory Kratos'
//! public API.

use super::target::{TARGET_OF_CALL, WHOLE_TARGET};
use crate::{
    engine::{Cx, Diagnostic, Failure, Offer, QueryBackend, one_line},
    ory::{
        Client,
        project::PROJECT,
        services::{CONSOLE, KRATOS_PUBLIC},
    },
    rest::{Client as _, Endpoint, Pages, Paging, Request, mapping},
    schema::{Attr, Kind, Nested, Object, Query, Rule, Table, objects, query, refuse, string, text},
    value::{Path, Value},
};
use async_trait::async_trait;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use reqwest::Method;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::query(&QUERY, &ANSWER), Offer::query(&LIST, &LISTING)];

/// The data source.
static QUERY: Query = query(
    "identity_schema",
    "An identity schema: a JSON Schema that the traits of identities follow, by its id.",
    &[ONE, PROJECT_ID, TARGET_OF_CALL],
)
.rules(RULES);

/// How it is answered.
static ANSWER: IdentitySchema = IdentitySchema;

/// The plural data source.
static LIST: Query =
    query("identity_schemas", "The identity schemas of a project or server.", &[PROJECT_ID, ALL, TARGET_OF_CALL]).rules(RULES);

/// How it is answered.
static LISTING: IdentitySchemas = IdentitySchemas;

const PATH: &str = "/schemas";

static ONE: &[Attr] = &[
    string("id", "The schema's id, such as `preset://email`, or the id that Ory Network made for a schema of your own.")
        .required()
        .check(refuse(not_empty)),
    string("schema", "The JSON Schema, as JSON.").read_only(),
];

static PROJECT_ID: &[Attr] = &[string(
    "project_id",
    "Id of the Ory Network project. When unset, it is the project that the provider is configured with. For another project, a key of the workspace is needed, or `project_slug` and `project_api_key` beside this.",
)
.or_server()];

static ALL: &[Attr] = &[objects("schemas", "The schemas.", &LISTED_KIND).read_only()];

static LISTED_KIND: Kind = Kind::Object(&LISTED);

static LISTED: Nested = Nested {
    name: "ListedIdentitySchema",
    table: Table::new(&[&[
        string("id", "The schema's id."),
        // A schema without any requirement.
        string("schema", "The JSON Schema, as JSON.").json().absent_is(text("{}")),
    ]]),
};

static RULES: &[Rule] = &[WHOLE_TARGET];

fn not_empty(id: &str) -> Result<(), String> {
    // With an empty id, the path would be that of the list.
    (!id.is_empty()).then_some(()).ok_or_else(|| "Must not be empty.".into())
}

/// The id of the project that is asked, where that is known.
fn project(cx: &Cx<Client>, asked: Object<'_>) -> Value {
    // The id of a project that is given by its slug is unknown.
    let own = cx.client.project_id().filter(|_| asked.get("project_slug").is_null());
    asked.str("project_id").or(own).map(Value::text).unwrap_or_default()
}

/// The server of the schemas. They are public, so with a key of the workspace, no key of the project is needed: the console has
/// the project's slug.
async fn host(cx: &Cx<Client>, asked: Object<'_>) -> Result<Endpoint, Failure> {
    let direct = match cx.client.endpoint(&KRATOS_PUBLIC, asked).await {
        Ok(endpoint) => return Ok(endpoint),
        Err(why) => why,
    };
    let is_named = asked.str("project_id").is_some() || cx.client.project_id().is_some();
    if !is_named || !asked.get("project_slug").is_null() || !cx.client.is_meant(&CONSOLE) {
        return Err(direct.into());
    }
    let version = PROJECT.open(cx, asked).await?.look("its identity schemas").await?;
    let slug = version.as_ref().and_then(|version| version.json.at("slug").as_str());
    Ok(cx.client.public_of_console(slug.ok_or_else(|| PROJECT.missing())?)?)
}

/// One schema.
pub struct IdentitySchema;

#[async_trait]
impl QueryBackend<Client> for IdentitySchema {
    async fn answer(&self, cx: &Cx<Client>, query: &'static Query, asked: &Value) -> Result<Value, Failure> {
        let asked = Object::new(&query.table, asked);
        let project = project(cx, asked);
        let id = asked.str("id").unwrap_or_default();
        let at = host(cx, asked).await?;
        let reply = at.send(cx, &KRATOS_PUBLIC, of_id(id)).await?;
        if KRATOS_PUBLIC.says_missing(&reply) {
            let there = LISTING.answer(cx, &LIST, &LIST.table.holding(TARGET_NAMES.map(|name| (name, asked.get(name).clone())))).await;
            return Err(unknown(there.ok()).into());
        }
        if !reply.is_success() {
            return Err(KRATOS_PUBLIC.refuse(&reply).into());
        }
        match reply.json().filter(|schema| schema.is_object()) {
            Some(schema) => Ok(query.table.holding([("schema", Value::text(schema.to_string())), ("project_id", project)])),
            None => Err(KRATOS_PUBLIC.unreadable(&reply, "expected a JSON Schema").into()),
        }
    }
}

const TARGET_NAMES: [&str; 2] = ["project_slug", "project_api_key"];

/// The request for the schema with this id.
pub(super) fn of_id(id: &str) -> Request {
    Request::new(Method::GET, PATH).id(&segment(id))
}

/// An id in a path. Proxies and routers treat encoded slashes in many ways; Kratos also accepts the ids of schemas in
/// Base64, as in the `schema_url` of an identity.
fn segment(id: &str) -> String {
    let plain = !matches!(id, "" | "." | "..") && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if plain { id.to_owned() } else { BASE64_URL_SAFE_NO_PAD.encode(id) }
}

fn unknown(there: Option<Value>) -> Diagnostic {
    const SHOWN: usize = 5;
    let there = there.unwrap_or_default();
    let schemas = Object::new(&LIST.table, &there).get("schemas").as_list().unwrap_or_default();
    let ids: Vec<_> =
        schemas.iter().filter_map(|schema| Object::new(&LISTED.table, schema).str("id")).map(|id| format!("`{}`", one_line(id))).collect();
    let known = match ids.len() {
        0 => String::new(),
        count if count > SHOWN => format!(" There are {} and {} more.", ids[..SHOWN].join(", "), count - SHOWN),
        _ => format!(" There are {}.", ids.join(", ")),
    };
    let detail = format!("There is no identity schema whose `id` is as given.{known} `ory_identity_schemas` lists all of them.");
    Diagnostic::error("No identity schema found", detail).at(Path::attr("id"))
}

/// All schemas. The API cannot make or delete a single one, so there is no list resource.
pub struct IdentitySchemas;

#[async_trait]
impl QueryBackend<Client> for IdentitySchemas {
    async fn answer(&self, cx: &Cx<Client>, query: &'static Query, asked: &Value) -> Result<Value, Failure> {
        let asked = Object::new(&query.table, asked);
        let project = project(cx, asked);
        let at = host(cx, asked).await?;
        let mut pages = Pages::new(cx, &at, &KRATOS_PUBLIC, Paging::LINKS, Request::new(Method::GET, PATH));
        let mut schemas = Vec::new();
        while let Some(page) = pages.next().await? {
            let listed = page.items.iter().map(|schema| mapping::observe(&LISTED.table, schema)).collect::<Result<Vec<_>, _>>();
            schemas.extend(listed.map_err(|misfit| KRATOS_PUBLIC.unreadable(&page.reply, &misfit.to_string()))?);
            pages.keep(page.items.len() * LISTED.table.len(), &page.reply)?;
        }
        Ok(query.table.holding([("schemas", Value::List(schemas)), ("project_id", project)]))
    }
}
