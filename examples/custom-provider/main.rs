//! A whole provider for another API than Ory's: bookmarks behind a small JSON API, in Terraform,
//! OpenTofu and Pulumi from one binary. Two tables, the connection to the API, and `main`.

use async_trait::async_trait;
use janiform::{
    engine::{Diagnostic, Offer, Provider, provider},
    frontends,
    rest::{self, Endpoint, Http, HttpOptions, Rest, Service, http},
    schema::{Attr, Lookup, Object, Resource, Table, URL, boolean, flag, list, lookup, refuse, resource, string, text},
    value::Value,
};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use std::{
    io::{self, Write},
    process::ExitCode,
    sync::Arc,
};
use url::Url;

fn main() -> ExitCode {
    frontends::run(&BOOKMARKS, async {
        // If this fails, nobody can be told.
        let _ = writeln!(io::stderr(), "Terraform, OpenTofu and Pulumi start this; the README beside its source says how.");
        ExitCode::FAILURE
    })
}

static BOOKMARKS: Provider<Client> = provider("bookmarks", "Manage bookmarks as code.", Client::new)
    .namespace("example")
    .display("Bookmarks")
    .version("0.1.0")
    .repository("https://github.com/janiform/janiform")
    .license("Apache-2.0")
    .config(&CONFIG, &[])
    .offers(&[&[Offer::resource(&BOOKMARK, &BACKEND), Offer::lookup(&BOOKMARK_LOOKUP, &BACKEND)]])
    .checked();

// The arguments of the provider's block.
static CONFIG: Table = Table::new(&[&[
    string("endpoint", "The URL of the API.").check(refuse(web_url)).default(text("http://127.0.0.1:8089")).env("BOOKMARKS_ENDPOINT"),
    string("token", "The access token.").secret().env("BOOKMARKS_TOKEN"),
]]);

// The attributes of a bookmark. Everything that both tools show, check, plan and send follows from this table.
static BOOKMARK: Resource =
    resource("bookmark", "A bookmark: a page to come back to.").import("bookmark_id").sections(&[ATTRIBUTES]).checked();

static ATTRIBUTES: &[Attr] = &[
    string("bookmark_id", "Identifies the bookmark; the server chooses it.").read_only().at("id"),
    string("url", "The page. A slash at the end has no meaning.").required().means(URL).check(refuse(web_url)),
    string("title", "The name of the bookmark; the page's host if unset.").or_server(),
    list("tags", "Words for finding it.").unordered(),
    string("note", "Your own note.").at("details/note"),
    boolean("shared", "Whether others can see it.").default(flag(false)),
    string("created_at", "The time of its creation.").read_only(),
];

static BOOKMARK_LOOKUP: Lookup = lookup(&BOOKMARK, "A bookmark that is managed elsewhere.").or_by("url");

// The routes of bookmarks.
static BACKEND: Rest = Rest::new(&API, "/bookmarks").filters(&[("url", "url")]);

static API: Service = Service {
    reason: |body| (body.at("error").as_str().map(str::to_owned), None),
    hint: |status, _| (status == 401).then(|| "Set `token`, or BOOKMARKS_TOKEN.".to_owned()),
    ..Service::new("the bookmarks API", |body| *body.at("error") == "no such bookmark")
};

/// The configured provider.
struct Client {
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
        let base = Url::parse(config.str("endpoint").unwrap_or_default()).map_err(|_| invalid("endpoint"))?;
        let mut headers = HeaderMap::new();
        if let Some(token) = config.str("token") {
            headers.insert(AUTHORIZATION, http::sensitive(&format!("Bearer {token}")).ok_or_else(|| invalid("token"))?);
        }
        let options = HttpOptions { user_agent: "bookmarks/0.1.0".to_owned(), max_retries: 3, ..HttpOptions::default() };
        Ok(Client { endpoint: Endpoint { http: Arc::new(Http::new(options)), base, headers, tokens: None } })
    }
}

#[async_trait]
impl rest::Client for Client {
    async fn endpoint(&self, _service: &'static Service, _bookmark: Object<'_>) -> Result<Endpoint, Diagnostic> {
        Ok(self.endpoint.clone())
    }
}

fn web_url(text: &str) -> Result<(), String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(()),
        _ => Err("Must be an http or https URL, such as `https://example.com/page`.".to_owned()),
    }
}
