//! The provider's block: names, environment variables, defaults, checks.

use super::{
    client::{Client, http_url, project_url, slug},
    peers::PEERS,
    resources,
};
use crate::value::Value;
use crate::{
    engine::{Example, Provider, provider},
    schema::{
        Attr, DURATION, Nested, Object, Problem, Rule, Table, between, boolean, int, integer, list, map, object, refuse, requires, rule,
        string, text,
    },
};

/// Ory, in both tools.
pub static ORY: Provider<Client> = provider(
    "ory",
    "Manage [Ory](https://www.ory.sh) as code: Ory Network projects and self-hosted Ory Hydra, Kratos, Keto and Talos.",
    Client::new,
)
.namespace("janiform")
.display("Ory")
.version(env!("CARGO_PKG_VERSION"))
.repository("https://github.com/janiform/janiform")
.license(env!("CARGO_PKG_LICENSE"))
.peers(PEERS)
.config(&CONFIG, RULES)
.stands_in(Client::meant)
.forbids(Client::forbids)
.groups(resources::OFFERS)
.examples(EXAMPLES)
.checked();

/// The files that its documentation shows: those below `examples/` at build time.
static EXAMPLES: &[Example] = include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// An empty text means "not set" here, too, and overrides the environment variable.
static CONFIG: Table = Table::new(&[NETWORK, SELF_HOSTED, CONNECTION]);

static NETWORK: &[Attr] = &[
    string("workspace_api_key", "Key of an Ory Network workspace (`ory_wak_…`), for projects and their configuration.")
        .secret()
        .env("ORY_WORKSPACE_API_KEY"),
    string("project_api_key", "Key of an Ory Network project (`ory_pat_…`), for what is in the project: identities, clients, permissions.")
        .secret()
        .env("ORY_PROJECT_API_KEY"),
    string("project_id", "Id (UUID) of the Ory Network project.").env("ORY_PROJECT_ID"),
    string("project_slug", "Slug of the Ory Network project, the first part of its host name.").check(refuse(slug)).env("ORY_PROJECT_SLUG"),
    string("workspace_id", "Id (UUID) of the Ory Network workspace.").env("ORY_WORKSPACE_ID"),
    list(
        "allowed_project_ids",
        "Ids of the only projects that may be changed: a guard against credentials of the wrong project. Any project when unset.",
    )
    .unordered()
    .env("ORY_ALLOWED_PROJECT_IDS"),
    string("console_api_url", "URL of Ory Network's console API.")
        .check(refuse(http_url))
        .default(text("https://api.console.ory.sh"))
        .env("ORY_CONSOLE_API_URL"),
    string(
        "project_api_url",
        "URL of an Ory Network project, with `%s` in place of its slug, as a whole label of the host name or a whole segment of the path.",
    )
    .check(refuse(project_url))
    .default(text("https://%s.projects.oryapis.com"))
    .env("ORY_PROJECT_API_URL"),
];

static SELF_HOSTED: &[Attr] = &[
    string("hydra_admin_url", "Admin URL of a self-hosted Ory Hydra, such as `http://127.0.0.1:4445`. It is used instead of Ory Network for OAuth 2.0 clients, keys and trusted issuers.").check(refuse(http_url)).env("ORY_HYDRA_ADMIN_URL"),
    string("hydra_public_url", "Public URL of a self-hosted Ory Hydra, such as `http://127.0.0.1:4444`, for clients that register themselves.").check(refuse(http_url)).env("ORY_HYDRA_PUBLIC_URL"),
    string("kratos_admin_url", "Admin URL of a self-hosted Ory Kratos.").check(refuse(http_url)).env("ORY_KRATOS_ADMIN_URL"),
    string("kratos_public_url", "Public URL of a self-hosted Ory Kratos.").check(refuse(http_url)).env("ORY_KRATOS_PUBLIC_URL"),
    string("keto_read_url", "Read URL of a self-hosted Ory Keto.").check(refuse(http_url)).env("ORY_KETO_READ_URL"),
    string("keto_write_url", "Write URL of a self-hosted Ory Keto.").check(refuse(http_url)).env("ORY_KETO_WRITE_URL"),
    string("talos_url", "URL of a self-hosted Ory Talos, such as `http://127.0.0.1:4420`, for API keys. Its admin paths do not authenticate callers, so a gateway has to protect them.").check(refuse(http_url)).env("ORY_TALOS_URL"),
    map("admin_headers", "Headers sent with every request to a self-hosted service, for a proxy in front of it.").secret().env("ORY_ADMIN_HEADERS"),
    object("admin_basic_auth", "User and password sent to self-hosted services (HTTP Basic).", &BASIC_AUTH).env("ORY_ADMIN_BASIC_AUTH"),
    object("admin_oauth2", "Client credentials: the provider fetches an access token with them and sends it to self-hosted services.", &OAUTH2).env("ORY_ADMIN_OAUTH2"),
    string("ca_cert_pem", "Certificate authorities to trust for self-hosted services, in addition to those of the system, as PEM.").env("ORY_CA_CERT_PEM"),
    string("client_cert_pem", "Client certificate for self-hosted services (mutual TLS), as PEM.").env("ORY_CLIENT_CERT_PEM"),
    string("client_key_pem", "Private key of `client_cert_pem`, as PEM.").secret().env("ORY_CLIENT_KEY_PEM"),
    boolean("allow_insecure_http", "Whether credentials may be sent over plain http to hosts other than the local machine.").env("ORY_ALLOW_INSECURE_HTTP"),
];

static CONNECTION: &[Attr] = &[
    integer("max_retries", "How often a request is sent again after a rate limit refused it.")
        .check(between(0, 20))
        .default(int(6))
        .env("ORY_MAX_RETRIES"),
    string("request_timeout", "Time limit for each request, as a duration such as `30s`; two minutes when unset.")
        .means(DURATION)
        .env("ORY_REQUEST_TIMEOUT"),
];

static BASIC_AUTH: Nested = Nested {
    name: "AdminBasicAuth",
    table: Table::new(&[&[string("username", "The user.").required(), string("password", "The password.").required().secret()]]),
};

static OAUTH2: Nested = Nested {
    name: "AdminOauth2",
    table: Table::new(&[&[
        string("token_url", "URL of the token endpoint.").required().check(refuse(http_url)),
        string("client_id", "Id of the client.").required(),
        string("client_secret", "Secret of the client.").required().secret(),
        string("scope", "Space-separated scopes to request."),
        string("audience", "Audience to request."),
    ]]),
};

static RULES: &[Rule] = &[
    requires(&["client_cert_pem", "client_key_pem"]),
    requires(&["client_key_pem", "client_cert_pem"]),
    rule(&["admin_headers", "admin_basic_auth", "admin_oauth2"], one_authorization),
];

fn one_authorization(config: Object<'_>) -> Option<Problem> {
    let header =
        matches!(config.get("admin_headers"), Value::Map(map) if map.keys().any(|name| name.eq_ignore_ascii_case("authorization")));
    let used = [header, !config.get("admin_basic_auth").is_null(), !config.get("admin_oauth2").is_null()];
    (used.into_iter().filter(|used| *used).count() > 1).then(|| {
        Problem::refused(
            "admin_headers",
            "More than one way to authorize",
            "`admin_basic_auth`, `admin_oauth2` and an `Authorization` header in `admin_headers` all set the same header: keep one.",
        )
    })
}
