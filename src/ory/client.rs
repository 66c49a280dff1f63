//! The address of each of Ory's services, and its credentials.
//!
//! Owns the rules for credentials, which no other file has: keys of Ory Network are never sent to a self-hosted URL, credentials
//! are sent over plain http only to a loopback address, and no project outside `allowed_project_ids` is accessed.

use super::{
    buckets::BUCKETS,
    keto::Writers,
    services::{CONSOLE, HYDRA_ADMIN, HYDRA_PUBLIC, KETO_READ, KETO_WRITE, KRATOS_ADMIN, KRATOS_PUBLIC, TALOS},
    talos::Importers,
};
use crate::{
    engine::{Diagnostic, one_line},
    rest::{
        self, Answers, Endpoint, Http, HttpOptions, Request, Service, Tokens,
        http::{self, Refuses, is_this_machine},
        pace::Pacing,
    },
    schema::Object,
    value::{Path, Value, duration},
};
use async_trait::async_trait;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::{
    Method,
    header::{AUTHORIZATION, HeaderMap},
};
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};
use url::Url;

/// The tool that this process works for, for the `User-Agent`; set once in a process.
static TOOL: OnceLock<&str> = OnceLock::new();

/// Sets the tool that this process works for. Only the first call has an effect.
pub fn works_for(tool: &'static str) {
    // A second call is ignored.
    let _ = TOOL.set(tool);
}

fn user_agent() -> String {
    let tool = TOOL.get().map(|tool| format!(" ({tool})")).unwrap_or_default();
    format!("janiform/{}{tool}", super::ORY.version)
}

/// A configured provider.
pub struct Client {
    /// Relationships that are being written.
    pub(super) relationships: Writers,
    /// API keys that are being imported.
    pub(super) importers: Importers,
    network: Network,
    console: Console,
    /// The URLs of [`SELF_HOSTED`], in its order.
    self_hosted: Vec<Option<Url>>,
    admin: Admin,
    insecure_http: bool,
    network_http: Arc<Http>,
    console_http: Arc<Http>,
    self_hosted_http: Arc<Http>,
}

/// A service that may be self-hosted.
pub struct SelfHosted {
    /// The service.
    pub service: &'static Service,
    /// The server that it is part of, for messages.
    pub of: &'static str,
    /// The attribute with its URL.
    pub attr: &'static str,
    /// The attribute's environment variable.
    pub variable: &'static str,
    /// The other API of the same server: if that is self-hosted, this one has to be, too. The service itself if there is no other.
    pub twin: &'static Service,
}

/// Every service that may be self-hosted.
pub static SELF_HOSTED: [SelfHosted; 7] = [
    SelfHosted { service: &HYDRA_ADMIN, of: "Ory Hydra", attr: "hydra_admin_url", variable: "ORY_HYDRA_ADMIN_URL", twin: &HYDRA_PUBLIC },
    SelfHosted { service: &HYDRA_PUBLIC, of: "Ory Hydra", attr: "hydra_public_url", variable: "ORY_HYDRA_PUBLIC_URL", twin: &HYDRA_ADMIN },
    SelfHosted { service: &KETO_READ, of: "Ory Keto", attr: "keto_read_url", variable: "ORY_KETO_READ_URL", twin: &KETO_WRITE },
    SelfHosted { service: &KETO_WRITE, of: "Ory Keto", attr: "keto_write_url", variable: "ORY_KETO_WRITE_URL", twin: &KETO_READ },
    SelfHosted {
        service: &KRATOS_ADMIN,
        of: "Ory Kratos",
        attr: "kratos_admin_url",
        variable: "ORY_KRATOS_ADMIN_URL",
        twin: &KRATOS_PUBLIC,
    },
    SelfHosted {
        service: &KRATOS_PUBLIC,
        of: "Ory Kratos",
        attr: "kratos_public_url",
        variable: "ORY_KRATOS_PUBLIC_URL",
        twin: &KRATOS_ADMIN,
    },
    SelfHosted { service: &TALOS, of: "Ory Talos", attr: "talos_url", variable: "ORY_TALOS_URL", twin: &TALOS },
];

/// Checks the slug of a project. It is one label of a host name (RFC 1123, 2.1): anything else could send the project's key to
/// another host.
pub fn slug(text: &str) -> Result<(), String> {
    let label = (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-');
    label.then_some(()).ok_or_else(|| {
        "Must be only the slug, such as `elegant-swirles-k2f5a8b3c1`: letters, digits and hyphens, at most 63, as in one label of a host name.".into()
    })
}

/// Replaces the slug while a template is checked.
const SOME_SLUG: &str = "the-slug-of-a-project";

/// Checks a template of a project's URL. Without `%s`, all projects have the same URL.
pub fn project_url(template: &str) -> Result<(), String> {
    let url = template.replace("%s", SOME_SLUG);
    http_url(&url)?;
    let url = Url::parse(&url).map_err(|_| "Must be a URL.".to_owned())?;
    let parts = url.host_str().unwrap_or_default().split('.').chain(url.path().split('/'));
    let whole = parts.filter(|part| *part == SOME_SLUG).count();
    (whole == template.matches("%s").count() && whole <= 1).then_some(()).ok_or_else(|| {
        "`%s` must occur once, as a whole label of the host name, as in `https://%s.projects.oryapis.com`, or as a whole segment of the path, as in `http://127.0.0.1:4000/p/%s`.".into()
    })
}

/// The URL of the project with this slug; `None` if the slug would change more than its place in the template.
fn project(template: &str, slug: &str) -> Option<Url> {
    let with = |slug: &str| Url::parse(&template.replacen("%s", slug, 1)).ok();
    let (url, example) = (with(slug)?, with(SOME_SLUG)?);
    let host = example.host_str()?.replacen(SOME_SLUG, &slug.to_ascii_lowercase(), 1);
    let path = example.path().replacen(SOME_SLUG, slug, 1);
    let mut back = url.clone();
    back.set_host(example.host_str()).ok()?;
    back.set_path(example.path());
    (url.host_str() == Some(&host) && url.path() == path && back == example).then_some(url)
}

/// Checks the URL of a service.
pub fn http_url(text: &str) -> Result<(), String> {
    match Url::parse(text) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => Err("Must be an http or https URL.".into()),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            Err("Must not have a user or password: set `admin_basic_auth` for them.".into())
        }
        Ok(url) if url.query().is_some() || url.fragment().is_some() => Err("Must not have a query or a fragment.".into()),
        Ok(_) => Ok(()),
        Err(_) => Err("Must be a URL, such as `https://ory.example.com`.".into()),
    }
}

/// Whether the service is public.
pub fn is_public(service: &'static Service) -> bool {
    [&HYDRA_PUBLIC, &KRATOS_PUBLIC].iter().any(|one| std::ptr::eq(*one, service))
}

/// Ory Network: one project, unless an object names its own.
struct Network {
    url: String,
    slug: Option<String>,
    key: Option<String>,
    project_id: Option<String>,
    allowed: Option<Vec<String>>,
    /// The provider's own project, after the first object in it.
    own: OnceLock<Endpoint>,
}

/// Ory Network's console: workspaces, projects and their configuration.
struct Console {
    url: Option<Url>,
    key: Option<String>,
    workspace_id: Option<String>,
}

/// The credentials for a self-hosted admin API behind a proxy.
struct Admin {
    headers: HeaderMap,
    tokens: Option<Arc<Tokens>>,
}

impl Client {
    /// A client of the resolved configuration; connects to nothing yet.
    pub fn new(config: &Value) -> Result<Client, Vec<Diagnostic>> {
        let config = Object::new(super::ORY.config, config);
        let text = |name: &str| config.str(name).filter(|text| !text.is_empty()).map(str::to_owned);
        let url = |name: &str| text(name).and_then(|text| Url::parse(&text).ok());

        let is_hosted = SELF_HOSTED.iter().any(|one| text(one.attr).is_some());
        if text("workspace_api_key").is_none() && text("project_api_key").is_none() && !is_hosted {
            return Err(vec![Diagnostic::error(
                "No credentials and no server",
                "Set at least one of `workspace_api_key` or `project_api_key` for Ory Network (or ORY_WORKSPACE_API_KEY, ORY_PROJECT_API_KEY), or the URL of a self-hosted service such as `hydra_admin_url` (or ORY_HYDRA_ADMIN_URL). To try it without either, `janiform emulator` runs a local Ory.",
            )
            .at(Path::attr("workspace_api_key"))]);
        }

        let timeout = text("request_timeout").and_then(|text| duration::parse(&text).ok()).filter(|nanos| *nanos > 0);
        let options = HttpOptions {
            user_agent: user_agent(),
            timeout: timeout.map(|nanos| Duration::from_nanos(nanos.unsigned_abs())),
            max_retries: config.get("max_retries").as_i64().and_then(|number| usize::try_from(number).ok()).unwrap_or(6),
            pacing: Pacing { buckets: BUCKETS, limited: true },
            ..HttpOptions::default()
        };
        let identity = text("client_cert_pem").zip(text("client_key_pem")).map(|(cert, key)| format!("{cert}\n{key}"));
        // A self-hosted gateway may limit the rate, but that is not expected.
        let pacing = Pacing { limited: false, ..options.pacing };
        let self_hosted = HttpOptions { ca_cert_pem: text("ca_cert_pem"), identity_pem: identity, pacing, ..options.clone() };

        let self_hosted_http = Arc::new(Http::new(self_hosted));
        let allowed = allowed(config);
        let console = HttpOptions { refuses: allowed.clone().map(only_these_projects), ..options.clone() };

        Ok(Client {
            relationships: Writers::default(),
            importers: Importers::default(),
            console: Console { url: url("console_api_url"), key: text("workspace_api_key"), workspace_id: text("workspace_id") },
            network: Network {
                url: text("project_api_url").unwrap_or_default(),
                slug: text("project_slug"),
                key: text("project_api_key"),
                project_id: text("project_id"),
                allowed,
                own: OnceLock::new(),
            },
            self_hosted: SELF_HOSTED.iter().map(|one| url(one.attr)).collect(),
            admin: Admin {
                headers: headers(config).map_err(|error| vec![error])?,
                tokens: tokens(config, &self_hosted_http).map_err(|error| vec![error])?,
            },
            insecure_http: config.bool("allow_insecure_http") == Some(true),
            network_http: Arc::new(Http::new(options)),
            console_http: Arc::new(Http::new(console)),
            self_hosted_http,
        })
    }

    /// From now on, reads use the kept answers, and new answers are kept.
    pub fn keep(&self, answers: &Arc<Answers>) {
        [&self.network_http, &self.console_http, &self.self_hosted_http].into_iter().for_each(|http| http.keep(answers.clone()));
    }

    /// The id of the Ory Network project that the provider is configured with, if it is known.
    pub fn project_id(&self) -> Option<&str> {
        self.network.project_id.as_deref()
    }

    /// The id of the Ory Network workspace that the provider is configured with, if it is known.
    pub fn workspace_id(&self) -> Option<&str> {
        self.console.workspace_id.as_deref()
    }

    /// The text that an object means if it does not set this attribute. A service that is self-hosted is in no project.
    pub fn meant(&self, attr: &str) -> Option<String> {
        let text = match attr {
            "project_id" => self.project_id(),
            "workspace_id" => self.workspace_id(),
            "project_slug" => self.network.slug.as_deref().filter(|_| self.self_hosted.iter().all(Option::is_none)),
            _ => None,
        };
        text.map(str::to_owned)
    }

    /// The console, with the workspace key. The path of each request has the project.
    fn console(&self) -> Result<Endpoint, Diagnostic> {
        let Some((url, key)) = self.console.url.as_ref().zip(self.console.key.as_ref()) else {
            return Err(Diagnostic::error(
                format!("{} is not configured", CONSOLE.name),
                "Projects, their configuration and their API keys are managed with a key of the workspace: set `workspace_api_key` in the provider's configuration (ORY_WORKSPACE_API_KEY). A project API key is not accepted there. Nothing was sent.",
            )
            .at(Path::attr("workspace_api_key")));
        };
        self.plain_http(url)?;
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, http::sensitive(&format!("Bearer {key}")).ok_or_else(|| unsendable("workspace_api_key"))?);
        Ok(Endpoint { http: self.console_http.clone(), base: url.clone(), headers, tokens: None })
    }

    fn network(&self, slug: &str, key: &str) -> Result<Endpoint, Diagnostic> {
        let unusable = |why: String| {
            let detail = format!("{why} It is the `project_slug` of this object or of the provider (ORY_PROJECT_SLUG). Nothing was sent.");
            Diagnostic::error("project_slug is not valid", detail).at(Path::attr("project_slug"))
        };
        self::slug(slug).map_err(unusable)?;
        let base = project(&self.network.url, slug)
            .ok_or_else(|| unusable("In place of `%s` in `project_api_url`, it does not give a host name.".to_owned()))?;
        self.guard(slug)?;
        self.let_in(base, key)
    }

    /// A project whose slug is from the console, so that its id has been checked.
    pub fn of_console(&self, slug: &str, key: &str) -> Result<Endpoint, Diagnostic> {
        self.let_in(self.project_url(slug)?, key)
    }

    /// The URL of that project.
    pub fn project_url(&self, slug: &str) -> Result<Url, Diagnostic> {
        let unusable = || {
            let detail = format!(
                "The console gives the slug `{}`, which does not give a host name in `project_api_url`. Check `project_api_url`.",
                one_line(slug)
            );
            Diagnostic::error("The project's slug is not valid", detail)
        };
        self::slug(slug).ok().and_then(|()| project(&self.network.url, slug)).ok_or_else(unusable)
    }

    /// The public APIs of a project whose slug is from the console.
    pub fn public_of_console(&self, slug: &str) -> Result<Endpoint, Diagnostic> {
        Ok(Endpoint { headers: HeaderMap::new(), ..self.of_console(slug, "")? })
    }

    fn let_in(&self, base: Url, key: &str) -> Result<Endpoint, Diagnostic> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, http::sensitive(&format!("Bearer {key}")).ok_or_else(|| unsendable("project_api_key"))?);
        self.plain_http(&base)?;
        Ok(Endpoint { http: self.network_http.clone(), base, headers, tokens: None })
    }

    /// Checks `allowed_project_ids` for a project that is given by its slug: its id has to be known, too.
    fn guard(&self, slug: &str) -> Result<(), Diagnostic> {
        let Some(allowed) = &self.network.allowed else { return Ok(()) };
        match &self.network.project_id {
            Some(id) if self.network.slug.as_deref() == Some(slug) => {
                not_among(allowed, id).map_or(Ok(()), |refused| Err(refused.at(Path::attr("project_id"))))
            }
            _ => {
                let way = match &self.network.slug {
                    Some(own) if own != slug => {
                        "Only the id of the provider's own project can be known: move the object to a provider configuration with the `project_slug`, the `project_api_key` and the `project_id` of its project (an aliased one in Terraform, an explicit provider in Pulumi), and leave out its own `project_slug` and `project_api_key`."
                    }
                    _ => "Set `project_id` beside `project_slug` in the provider's configuration.",
                };
                let detail = format!(
                    "`allowed_project_ids` ({}) is set, and the id of the project `{slug}` is not known, so nothing was sent. {way}",
                    sorted(allowed)
                );
                Err(Diagnostic::error("The project cannot be checked", detail).at(Path::attr("project_slug")))
            }
        }
    }

    /// The error for an object of a project that is not allowed, or whose id is not known.
    pub fn forbids(&self, object: Object<'_>) -> Option<Diagnostic> {
        let allowed = self.network.allowed.as_ref()?;
        let settles = |name: &str| object.table.index(name).is_some_and(|place| object.table.attr(place).configurable());
        let own = |name: &'static str, other: &'static str| match (object.get(name), object.get(other)) {
            (Value::String(text), other) if !other.is_null() => Some(text.clone()),
            (Value::Null, _) | (_, Value::Null) => self.meant(name),
            _ => None,
        };
        match settles("project_slug") {
            true => self.guard(&own("project_slug", "project_api_key")?).err(),
            false if settles("project_id") => {
                not_among(allowed, &own("project_id", "project_id")?).map(|refused| refused.at(Path::attr("project_id")))
            }
            false => None,
        }
    }

    /// Whether the configuration has any setting for this service, even if it is incomplete.
    pub fn is_meant(&self, service: &'static Service) -> bool {
        if std::ptr::eq(service, &CONSOLE) {
            return self.console.key.is_some();
        }
        let twin = SELF_HOSTED.iter().find(|one| std::ptr::eq(one.service, service)).map(|one| one.twin);
        let hosted = [Some(service), twin].into_iter().flatten().any(|one| self.hosted_at(one).is_some());
        hosted || self.network.slug.is_some() || self.network.key.is_some()
    }

    /// The URL of the self-hosted service, if it is self-hosted.
    pub fn hosted_at(&self, service: &'static Service) -> Option<&Url> {
        SELF_HOSTED.iter().zip(&self.self_hosted).find(|(one, _)| std::ptr::eq(one.service, service)).and_then(|(_, url)| url.as_ref())
    }

    fn self_hosted(&self, base: &Url) -> Result<Endpoint, Diagnostic> {
        let Admin { headers, tokens } = &self.admin;
        if let Some(tokens) = tokens {
            self.plain_http(tokens.url())?;
        }
        if tokens.is_some() || !headers.is_empty() {
            self.plain_http(base)?;
        }
        Ok(Endpoint { http: self.self_hosted_http.clone(), base: base.clone(), headers: headers.clone(), tokens: tokens.clone() })
    }

    /// The service for this object, with the credentials for a self-hosted admin API.
    fn locate(&self, service: &'static Service, object: Object<'_>) -> Result<Endpoint, Diagnostic> {
        if std::ptr::eq(service, &CONSOLE) {
            return self.console();
        }
        // An object with its own project uses that.
        if let (Some(slug), Some(key)) = (object.str("project_slug"), object.str("project_api_key")) {
            return self.network(slug, key);
        }
        if let Some(url) = self.hosted_at(service) {
            let open = || Endpoint { http: self.self_hosted_http.clone(), base: url.clone(), headers: HeaderMap::new(), tokens: None };
            return if is_public(service) { Ok(open()) } else { self.self_hosted(url) };
        }
        let hosted = SELF_HOSTED.iter().find(|one| std::ptr::eq(one.service, service));
        let own = hosted.map(|one| format!("`{}` for a self-hosted {} ({})", one.attr, one.of, one.variable));
        // With one API self-hosted and the other on Ory Network, reads would not see what was written.
        if let (Some(one), Some(own)) = (hosted, &own)
            && self.hosted_at(one.twin).is_some()
        {
            let detail = format!("The other API of {} is self-hosted, so this one has to be too: set {own}.", one.of);
            return Err(Diagnostic::error(format!("{} is not configured", service.name), detail).at(Path::attr(one.attr)));
        }
        self.own_project(object)?;
        match (&self.network.slug, &self.network.key) {
            (Some(slug), Some(key)) => match self.network.own.get() {
                Some(own) => Ok(own.clone()),
                None => {
                    let own = self.network(slug, key)?;
                    Ok(self.network.own.get_or_init(|| own).clone())
                }
            },
            _ => Err(Diagnostic::error(
                format!("{} is not configured", service.name),
                format!(
                    "Set `project_slug` and `project_api_key` for an Ory Network project (ORY_PROJECT_SLUG, ORY_PROJECT_API_KEY){}. An import reads with these, whatever project the configuration of its object names.",
                    own.map(|own| format!(", or {own}")).unwrap_or_default()
                ),
            )),
        }
    }

    /// An object may have only the id of a project if that is the provider's project.
    fn own_project(&self, object: Object<'_>) -> Result<(), Diagnostic> {
        match (object.str("project_id"), &self.network.project_id) {
            (Some(id), Some(own)) if !id.eq_ignore_ascii_case(own) => {}
            (Some(_), None) => {}
            _ => return Ok(()),
        }
        Err(Diagnostic::error(
            "The id of the project is not enough",
            "`project_id` differs from the project that the provider is configured with. The APIs of a project need its slug and a key of it: set `project_slug` and `project_api_key` beside `project_id`. If it is the same project, set `project_id` beside `project_slug` in the provider's configuration.",
        )
        .at(Path::attr("project_id")))
    }

    /// The endpoint for a caller with this token.
    pub fn with_token(&self, endpoint: Endpoint, token: &str) -> Result<Endpoint, Diagnostic> {
        self.plain_http(&endpoint.base)?;
        let mut headers = endpoint.headers;
        headers.insert(AUTHORIZATION, http::sensitive(&format!("Bearer {token}")).ok_or_else(|| unsendable("registration_access_token"))?);
        Ok(Endpoint { headers, ..endpoint })
    }

    /// The endpoint for a caller with its own credentials, which are in the request or, for HTTP Basic (RFC 6749, 2.3.1),
    /// beside it.
    pub fn for_client(&self, endpoint: Endpoint, basic: Option<(&str, &str)>) -> Result<Endpoint, Diagnostic> {
        self.plain_http(&endpoint.base)?;
        let mut headers = endpoint.headers;
        if let Some((id, secret)) = basic {
            let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let pair = BASE64_STANDARD.encode(format!("{}:{}", encode(id), encode(secret)));
            headers.insert(AUTHORIZATION, http::sensitive(&format!("Basic {pair}")).ok_or_else(|| unsendable("client_secret"))?);
        }
        Ok(Endpoint { headers, ..endpoint })
    }

    /// Refuses to send credentials over a connection that others can read.
    fn plain_http(&self, url: &Url) -> Result<(), Diagnostic> {
        if url.scheme() == "https" || is_this_machine(url) || self.insecure_http {
            return Ok(());
        }
        let host = url.host_str().unwrap_or_default();
        Err(Diagnostic::error(
            "Credentials would be sent without encryption",
            format!(
                "The URL of {host} is plain http, so the credentials were not sent. Use https, or set `allow_insecure_http = true` if the network in between is trusted."
            ),
        ))
    }
}

#[async_trait]
impl rest::Client for Client {
    async fn endpoint(&self, service: &'static Service, object: Object<'_>) -> Result<Endpoint, Diagnostic> {
        let mut endpoint = self.locate(service, object)?;
        // The credentials of the admin APIs are not sent to a public API, whose callers have their own.
        if is_public(service) {
            endpoint.headers.clear();
        }
        Ok(endpoint)
    }

    fn stands_in(&self, attr: &'static str) -> Result<Option<String>, Diagnostic> {
        let (id, what, variable) = match attr {
            "project_id" => (self.project_id(), "project", "ORY_PROJECT_ID"),
            "workspace_id" => (self.workspace_id(), "workspace", "ORY_WORKSPACE_ID"),
            _ => return Ok(None),
        };
        let unnamed = || {
            let detail = format!(
                "Set `{attr}` on the object or, as the default for all objects, in the provider's configuration ({variable}). Nothing was sent."
            );
            Diagnostic::error(format!("No {what} is set"), detail).at(Path::attr(attr))
        };
        id.map(|id| Some(id.to_owned())).ok_or_else(unnamed)
    }
}

/// Refuses every request to the console about a project that is not one of these.
fn only_these_projects(allowed: Vec<String>) -> Refuses {
    Arc::new(move |request: &Request| {
        let path: Vec<_> = request.path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["projects", id, ..] | ["normalized", "projects", id, ..] => not_among(&allowed, id),
            ["projects"] if request.method == Method::POST => Some(Diagnostic::error(
                "A new project is not allowed",
                format!(
                    "`allowed_project_ids` ({}) lists the only projects that may be changed, and a new project has no id yet. Nothing was sent. Make the project with a provider configuration that does not set `allowed_project_ids` (an aliased one in Terraform, an explicit provider in Pulumi), and add its id to the list here.",
                    sorted(&allowed)
                ),
            )),
            _ => None,
        }
    })
}

/// The error if this project is not allowed.
fn not_among(allowed: &[String], id: &str) -> Option<Diagnostic> {
    let detail =
        || format!("The project `{}` is not among `allowed_project_ids` ({}), so nothing was sent.", one_line(id), sorted(allowed));
    let is_allowed = allowed.iter().any(|one| one.eq_ignore_ascii_case(id));
    (!is_allowed).then(|| Diagnostic::error("The project is not allowed", detail()))
}

fn sorted(ids: &[String]) -> String {
    let mut ids = ids.to_vec();
    ids.sort();
    ids.join(", ")
}

fn allowed(config: Object<'_>) -> Option<Vec<String>> {
    let ids: Vec<_> = config.strs("allowed_project_ids").iter().map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect();
    (!ids.is_empty()).then_some(ids)
}

fn headers(config: Object<'_>) -> Result<HeaderMap, Diagnostic> {
    let mut headers = HeaderMap::new();
    if let Value::Map(map) = config.get("admin_headers") {
        for (name, value) in map {
            let which = |what: &str| format!("{what} of the header `{}` in `admin_headers`", one_line(name));
            let key = http::header_name(name).ok_or_else(|| unsendable_part("admin_headers", &which("The name")))?;
            let value = value.as_str().and_then(http::sensitive).ok_or_else(|| unsendable_part("admin_headers", &which("The value")))?;
            headers.insert(key, value);
        }
    }
    if let Some(basic) = nested(config, "admin_basic_auth") {
        let pair = format!("{}:{}", basic.str("username").unwrap_or_default(), basic.str("password").unwrap_or_default());
        let value = http::sensitive(&format!("Basic {}", BASE64_STANDARD.encode(pair)));
        headers.insert(AUTHORIZATION, value.ok_or_else(|| unsendable("admin_basic_auth"))?);
    }
    Ok(headers)
}

fn tokens(config: Object<'_>, connections: &Arc<Http>) -> Result<Option<Arc<Tokens>>, Diagnostic> {
    let Some(oauth2) = nested(config, "admin_oauth2") else { return Ok(None) };
    let text = |name: &str| oauth2.str(name).map(str::to_owned);
    let (Some(url), Some(id), Some(secret)) = (text("token_url"), text("client_id"), text("client_secret")) else { return Ok(None) };
    let url = Url::parse(&url).map_err(|_| unsendable("admin_oauth2"))?;
    let form = ["scope", "audience"].into_iter().filter_map(|name| Some((name, text(name)?))).collect();
    Ok(Some(Tokens::new(connections.clone(), url, (id, secret), form)))
}

fn nested<'a>(config: Object<'a>, name: &'static str) -> Option<Object<'a>> {
    let index = config.table.index(name)?;
    match (&config.table.attr(index).kind, config.get(name)) {
        (crate::schema::Kind::Object(nested), value @ Value::Object(_)) => Some(Object::new(&nested.table, value)),
        _ => None,
    }
}

fn unsendable(name: &'static str) -> Diagnostic {
    unsendable_part(name, &format!("`{name}`"))
}

/// The error for characters that no request can have. It shows names, never values.
fn unsendable_part(name: &'static str, which: &str) -> Diagnostic {
    let detail =
        format!("{which} contains characters that are not allowed in HTTP headers, such as line breaks. Remove them. Nothing was sent.");
    Diagnostic::error(format!("{name} cannot be sent"), detail).at(Path::attr(name))
}
