//! A provider for Meilisearch: its API keys and its webhooks, in Terraform, OpenTofu and Pulumi from one binary.
//!
//! Written after Meilisearch's own description of its API (OpenAPI, of Meilisearch 1.41). Two tables, the connection to the API, and
//! nothing else: `tests/provider.rs` shows that this is enough.

use async_trait::async_trait;
use janiform::{
    engine::{Diagnostic, Offer, Provider, provider},
    rest::{self, Chosen, Endpoint, Http, HttpOptions, Rest, Service, Update, http},
    schema::{
        Attr, Cleared, INSTANT, Lookup, Object, Resource, Table, UUID, boolean, integer, known, list, lookup, refuse, resource, string,
        text,
    },
    value::Value,
};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use std::sync::Arc;
use url::Url;
use uuid::Uuid;

/// The provider.
pub static MEILISEARCH: Provider<Client> = provider("meilisearch", "Manage the API keys and webhooks of a Meilisearch.", Client::new)
    .namespace("example")
    .display("Meilisearch")
    .version("0.1.0")
    .repository("https://github.com/janiform/janiform")
    .license("Apache-2.0")
    .config(&CONFIG, &[])
    .offers(&[&[Offer::resource(&KEY, &KEYS), Offer::lookup(&KEY_LOOKUP, &KEYS), Offer::resource(&WEBHOOK, &WEBHOOKS)]])
    .checked();

// The arguments of the provider's block.
static CONFIG: Table = Table::new(&[&[
    string("url", "The URL of the server.").check(refuse(web_url)).default(text("http://127.0.0.1:7700")).env("MEILISEARCH_URL"),
    string("master_key", "The server's master key, or a key that may manage keys and webhooks.").secret().env("MEILISEARCH_MASTER_KEY"),
]]);

static KEY: Resource = resource("key", "A key with which a program can use some actions on some indexes, until it expires.")
    .import("uid")
    .sections(&[OF_A_KEY])
    .checked();

// The API changes only the name and the description of a key.
static OF_A_KEY: &[Attr] = &[
    string("uid", "Identifies the key: a UUID; the server chooses one if it is unset.").or_server().replaces().means(UUID),
    string("name", "The name of the key.").cleared_by(Cleared::Null),
    string("description", "The purpose of the key.").cleared_by(Cleared::Null),
    list("actions", "The allowed actions. `*` is everything, `documents.*` everything with documents.")
        .required()
        .unordered()
        .replaces()
        .each(known(ACTIONS)),
    list("indexes", "The names of the indexes that it applies to; a `*` at the end stands for any text.")
        .required()
        .unordered()
        .replaces()
        .each(refuse(index)),
    string("expires_at", "The time when it expires. It must be in the future when the key is created.")
        .required()
        .replaces()
        .means(INSTANT)
        .at("expiresAt"),
    string("key", "The key that the program sends. The server derives it from its master key and `uid`.").read_only().secret(),
    string("created_at", "The time of its creation.").read_only().at("createdAt"),
    string("updated_at", "The time of its last change.").read_only().changes().at("updatedAt"),
];

const ACTIONS: &[&str] = &[
    "search",
    "documents.add",
    "documents.get",
    "documents.delete",
    "documents.*",
    "indexes.create",
    "indexes.get",
    "indexes.update",
    "indexes.delete",
    "indexes.swap",
    "indexes.*",
    "tasks.get",
    "tasks.cancel",
    "tasks.delete",
    "tasks.*",
    "settings.get",
    "settings.update",
    "settings.*",
    "stats.get",
    "stats.*",
    "metrics.get",
    "metrics.*",
    "dumps.create",
    "dumps.*",
    "snapshots.create",
    "snapshots.*",
    "version",
    "keys.create",
    "keys.get",
    "keys.update",
    "keys.delete",
    "webhooks.create",
    "webhooks.get",
    "webhooks.update",
    "webhooks.delete",
    "webhooks.*",
    "*",
];

static KEY_LOOKUP: Lookup = lookup(&KEY, "A key that is managed elsewhere.");

// The client chooses a key's id, so that a create whose answer was lost is finished and not repeated.
static KEYS: Rest = Rest::new(&API, "/keys").updates(Update::Merge).chosen(&[Chosen {
    attr: "uid",
    choose: || Uuid::new_v4().to_string(),
    when: |_| true,
}]);

static WEBHOOK: Resource =
    resource("webhook", "A URL that the server calls when tasks are finished.").import("uuid").sections(&[OF_A_WEBHOOK]).checked();

// No answer shows the header `Authorization` unchanged: it is sent, and never read.
static OF_A_WEBHOOK: &[Attr] = &[
    string("uuid", "Identifies the webhook; the server chooses it.").read_only(),
    string("url", "The URL that is called.").required().check(refuse(web_url)),
    string("authorization_wo", "The header `Authorization` of the calls, such as `Bearer …`.").write_only().at("headers/Authorization"),
    integer("authorization_wo_version", "Change it to send `authorization_wo` again.").local(),
    boolean("editable", "Whether the API can change it; it cannot change a webhook that the server's command line sets.")
        .read_only()
        .at("isEditable"),
];

static WEBHOOKS: Rest = Rest::new(&API, "/webhooks").updates(Update::Merge);

static API: Service = Service {
    reason: |body| (body.at("message").as_str().map(str::to_owned), None),
    hint: |_, body| match body.at("code").as_str() {
        Some("missing_authorization_header" | "invalid_api_key") => Some("Set `master_key`, or MEILISEARCH_MASTER_KEY.".to_owned()),
        Some("missing_master_key") => Some("Start the server with a master key: without one, it has no keys.".to_owned()),
        _ => None,
    },
    ..Service::new("Meilisearch", |body| matches!(body.at("code").as_str(), Some("api_key_not_found" | "webhook_not_found")))
};

/// The configured provider.
pub struct Client {
    endpoint: Endpoint,
}

impl Client {
    fn new(config: &Value) -> Result<Client, Vec<Diagnostic>> {
        let config = Object::new(&CONFIG, config);
        let invalid = |name: &str| {
            vec![Diagnostic::error(
                format!("`{name}` cannot be used"),
                "It contains characters that cannot be sent in a request. Remove them.",
            )]
        };
        let base = Url::parse(config.str("url").unwrap_or_default()).map_err(|_| invalid("url"))?;
        let mut headers = HeaderMap::new();
        if let Some(key) = config.str("master_key") {
            headers.insert(AUTHORIZATION, http::sensitive(&format!("Bearer {key}")).ok_or_else(|| invalid("master_key"))?);
        }
        let options = HttpOptions { user_agent: "meilisearch-provider/0.1.0".to_owned(), max_retries: 3, ..HttpOptions::default() };
        Ok(Client { endpoint: Endpoint { http: Arc::new(Http::new(options)), base, headers, tokens: None } })
    }
}

#[async_trait]
impl rest::Client for Client {
    async fn endpoint(&self, _: &'static Service, _: Object<'_>) -> Result<Endpoint, Diagnostic> {
        Ok(self.endpoint.clone())
    }
}

fn web_url(text: &str) -> Result<(), String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(()),
        _ => Err("Must be an http or https URL, such as `https://example.com/search`.".to_owned()),
    }
}

fn index(text: &str) -> Result<(), String> {
    let name = text.strip_suffix('*').unwrap_or(text);
    match !text.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) {
        true => Ok(()),
        false => Err("Must be the name of an index (letters, digits, `-` and `_`), perhaps with `*` at its end.".to_owned()),
    }
}
