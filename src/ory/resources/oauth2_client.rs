//! `ory_oauth2_client`: an OAuth 2.0 / OpenID Connect client.
//!
//! Names and types are those of the official provider, and so is the schema version, so that a state can move
//! from one to the other and back. Attributes that the official provider lacks have no default, so adopting a state changes
//! nothing. Rules and forms of the server: Hydra's `client/validator.go` as of 2.3 and 26.2.

use super::{
    super::services::HYDRA_ADMIN,
    client_secret::{self, is_public, new_secret},
    guards::{self, ADVISED, PROTECTION},
    jose, origin,
    secret_rotation::{self, Clients},
    target::{TARGET, TARGET_OF_CALL, WHOLE_TARGET},
};
use crate::{
    engine::{Offer, Plural, plural},
    ory::Client,
    rest::{Chosen, Rest, address},
    schema::{
        Attr, DURATION, EXACT, Equality, INSTANT, Kind, Lookup, Nested, Object, PlanDraft, Problem, Query, Resource, Rule, Table, WORDS,
        boolean, conflicts, flag, known, list, lookup, objects, only, query, refuse, resource, rule, string, text, warn,
    },
    value::{Json, duration},
};

/// What this file offers.
pub static OFFERS: &[Offer<Client>] =
    &[Offer::resource(&RESOURCE, &BACKEND), Offer::lookup(&LOOKUP, &BACKEND), Offer::query(&LIST, &LISTING)];

/// The resource.
pub static RESOURCE: Resource = resource("oauth2_client", include_str!("oauth2_client.md").trim_ascii_end())
    .import("client_id")
    .created_at("created_at")
    .sections(&[
        IDENTITY,
        secret_rotation::ATTRIBUTES,
        OWNERS,
        FLOWS,
        AUTHENTICATION,
        ADMINISTRATION,
        PAGES,
        LOGOUT,
        KEYS,
        LIFESPANS,
        TARGET,
        PROTECTION,
        ADVISED,
        TIMES,
    ])
    .rules(RULES)
    .advice(guards::CLIENT)
    .on_adopt(&[guards::hydra_maester])
    .on_change(&[guards::secret_in_use, secret_rotation::ends_old])
    .modify_plan(plan_secret)
    .checked();

/// How it is reached.
pub static BACKEND: Clients = Clients(
    Rest::new(&HYDRA_ADMIN, "/admin/clients")
        .chosen(&[
            Chosen { attr: "client_id", choose: || uuid::Uuid::new_v4().to_string(), when: |_| true },
            Chosen { attr: "client_secret", choose: new_secret, when: |client| !is_public(client) },
        ])
        .filters(&[("client_name", "client_name"), ("owner", "owner")]),
);

/// The data source.
static LOOKUP: Lookup = lookup(&RESOURCE, "An OAuth 2.0 or OpenID Connect client that is managed elsewhere, by its id or its name.")
    .or_by("client_name")
    .without(secret_rotation::NOT_SHOWN);

/// The plural data source.
static LIST: Query =
    query("oauth2_clients", "The OAuth 2.0 and OpenID Connect clients of a project or server, by id.", &[FILTERS, CLIENTS, TARGET_OF_CALL]);

/// How it is answered.
static LISTING: Plural<Client> = plural(&LIST, "clients", &RESOURCE, &BACKEND);

/// The filters of a list of clients.
pub static FILTERS: &[Attr] = &[
    string("client_name", "Only clients of exactly this name.").empty_counts(),
    string("owner", "Only clients of exactly this owner.").empty_counts(),
];

static CLIENTS: &[Attr] = &[objects("clients", "The clients.", &Kind::Object(&LISTED)).read_only()];

static LISTED: Nested = Nested {
    name: "ListedOauth2Client",
    table: Table::new(&[&[
        string("client_id", "Identifies the client."),
        string("client_name", "The name shown to people."),
        string("owner", "The owner of the client."),
        list("contacts", "Contacts of the people who are responsible."),
        string("metadata", "The client's metadata, as JSON.").json(),
        list("grant_types", "Grants that the client may use."),
        list("response_types", "Response types that the client may use."),
        string("scope", "Space-separated scopes that the client may ask for."),
        list("audience", "Audiences that the client may ask for."),
        list("redirect_uris", "URLs to which users may be sent after they logged in."),
        string("token_endpoint_auth_method", "How the client authenticates; `none` for a public client."),
        string("created_at", "When the client was created (RFC 3339)."),
        string("updated_at", "When the client was last changed (RFC 3339)."),
    ]]),
};

static IDENTITY: &[Attr] = &[
    string("client_id", "Identifies the client. Chosen when unset; a change makes a new client.").or_server().replaces().check(refuse(address::id)),
    string("client_name", "The name shown to people, on consent pages for one.").required(),
    string("client_secret", "The secret of a confidential client. Chosen when unset. The server does not show it, so an imported client has none in the state. At least 6 characters.")
        .or_server()
        .secret()
        .once()
        .check(refuse(long_enough)),
    string("client_secret_wo", "The secret of a confidential client, kept out of the state. At least 6 characters.").write_only().at("client_secret").check(refuse(long_enough)),
    string("client_secret_wo_version", "Any text; a change sends `client_secret_wo` again.").local(),
];

/// The owner and the contacts.
pub(super) static OWNERS: &[Attr] = &[
    string("owner", "The owner of the client: free text, which is also a filter of lists."),
    list("contacts", "Contacts of the people who are responsible, usually mail addresses."),
];

pub(super) static FLOWS: &[Attr] = &[
    list("grant_types", "Grants that the client may use. Without any, the server uses `authorization_code`.").unordered().each(known(&[
        "authorization_code",
        "client_credentials",
        "implicit",
        "refresh_token",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:device_code",
    ])),
    list("response_types", "Response types that the client may use. Without any, the server uses `code`.")
        .unordered()
        .means(WORDS)
        .each(warn(response_type)),
    string("scope", "Space-separated scopes that the client may ask for. The server's default when unset.")
        .or_server()
        .means(WORDS)
        .check(refuse(some_scope)),
    list("audience", "Audiences that the client may ask for.").unordered().formerly("audiences"),
    list("redirect_uris", "URLs to which users may be sent after they logged in.").each(refuse(redirect_uri)),
    list("request_uris", "URLs from which the server may fetch request objects."),
    string(
        "token_endpoint_auth_signing_alg",
        "Algorithm with which the client signs when it authenticates with `private_key_jwt`; when unset, the server uses `RS256`.",
    ),
    list(
        "allowed_cors_origins",
        "Origins from which browsers may call the token endpoint. They are sent in the form in which browsers send them: in lower case, without a slash at the end, and with a host such as `bücher.example` in Punycode.",
    )
        .unordered()
        .means(origin::ORIGIN)
        .each(refuse(origin::allowed)),
    string("subject_type", "`public`, or `pairwise` where the server is set up for it. The server's default when unset.")
        .or_server()
        .check(only(&["public", "pairwise"])),
    string(
        "sector_identifier_uri",
        "https URL of a JSON array of redirect URIs, fetched by the server; groups clients that share pairwise subjects.",
    )
    .check(refuse(https_url)),
];

/// How the client authenticates. With dynamic registration, the server decides that.
static AUTHENTICATION: &[Attr] =
    &[string("token_endpoint_auth_method", "How the client authenticates at the token endpoint; `none` makes it a public client.")
        .check(known(&["client_secret_post", "client_secret_basic", "private_key_jwt", "none"]))
        .default(text("client_secret_post"))];

/// Attributes that only an administrator may set.
static ADMINISTRATION: &[Attr] = &[
    string("access_token_strategy", "Form of access tokens: `jwt` or `opaque`. The project's default when unset.")
        .means(CASELESS)
        .check(refuse(token_strategy)),
    boolean("skip_consent", "Whether the consent page is skipped. Use it only for a client that you run yourself.")
        .default(flag(false))
        .absent_is(flag(false)),
    boolean("skip_logout_consent", "Whether the logout page is skipped.").default(flag(false)).absent_is(flag(false)),
    string("metadata", "A JSON object of your own. Compared by meaning; large numbers keep their digits.")
        .json()
        .check(refuse(json_object)),
];

pub(super) static PAGES: &[Attr] = &[
    string("client_uri", "The client's home page.").check(refuse(page_url)),
    string("logo_uri", "The client's logo.").check(refuse(page_url)),
    string("policy_uri", "The client's privacy policy.").check(refuse(page_url)),
    string("tos_uri", "The client's terms of service.").check(refuse(page_url)),
];

pub(super) static LOGOUT: &[Attr] = &[
    list(
        "post_logout_redirect_uris",
        "URLs to which users may be sent after they logged out. Each has to share scheme, host and port with one of `redirect_uris`.",
    )
    .each(refuse(absolute_uri)),
    string("frontchannel_logout_uri", "URL that is loaded in a frame when a user logs out."),
    boolean("frontchannel_logout_session_required", "Whether the front-channel logout includes the issuer and the session.")
        .default(flag(false))
        .absent_is(flag(false)),
    string("backchannel_logout_uri", "URL that the server calls when a user logs out."),
    boolean("backchannel_logout_session_required", "Whether the back-channel logout token includes the session.")
        .default(flag(false))
        .absent_is(flag(false)),
];

pub(super) static KEYS: &[Attr] = &[
    string("jwks", "The client's public keys, as JSON (`{\"keys\": […]}`).")
        .secret()
        .json()
        .means(jose::KEY_SET)
        .check(refuse(jose::public_keys))
        .unless("jwks_wo"),
    string("jwks_wo", "The client's public keys, as JSON, kept out of the state.")
        .write_only()
        .at("jwks")
        .json()
        .means(jose::KEY_SET)
        .check(refuse(jose::public_keys)),
    string("jwks_wo_version", "Any text; a change sends `jwks_wo` again.").local(),
    string("jwks_uri", "URL from which the server fetches the client's public keys."),
    string("userinfo_signed_response_alg", "Algorithm with which userinfo answers are signed: `RS256`, or `none` for plain JSON.")
        .check(only(&["none", "RS256"]))
        .unset_as(text("none")),
    string("request_object_signing_alg", "Algorithm with which request objects must be signed.").unset_as(text("none")),
];

pub(super) static LIFESPANS: &[Attr] = &[
    lifespan("authorization_code_grant_access_token_lifespan", "How long access tokens of the authorization code grant live."),
    lifespan("authorization_code_grant_id_token_lifespan", "How long id tokens of the authorization code grant live."),
    lifespan("authorization_code_grant_refresh_token_lifespan", "How long refresh tokens of the authorization code grant live."),
    lifespan("client_credentials_grant_access_token_lifespan", "How long access tokens of the client credentials grant live."),
    lifespan("device_authorization_grant_access_token_lifespan", "How long access tokens of the device grant live; not on Hydra 2.3."),
    lifespan("device_authorization_grant_id_token_lifespan", "How long id tokens of the device grant live; not on Hydra 2.3."),
    lifespan("device_authorization_grant_refresh_token_lifespan", "How long refresh tokens of the device grant live; not on Hydra 2.3."),
    lifespan("implicit_grant_access_token_lifespan", "How long access tokens of the implicit grant live."),
    lifespan("implicit_grant_id_token_lifespan", "How long id tokens of the implicit grant live."),
    lifespan("jwt_bearer_grant_access_token_lifespan", "How long access tokens of the JWT bearer grant live."),
    lifespan("refresh_token_grant_access_token_lifespan", "How long access tokens of the refresh token grant live."),
    lifespan("refresh_token_grant_id_token_lifespan", "How long id tokens of the refresh token grant live."),
    lifespan("refresh_token_grant_refresh_token_lifespan", "How long refresh tokens of the refresh token grant live."),
];

pub(super) static TIMES: &[Attr] = &[
    string("created_at", "When the client was created (RFC 3339).").read_only().means(INSTANT),
    string("updated_at", "When the client was last changed (RFC 3339).").read_only().means(INSTANT).changes(),
];

static RULES: &[Rule] = &[
    ONE_KEY_SOURCE,
    KEYS_TO_AUTHENTICATE,
    SIGNING_ALG,
    LOGOUT_URIS,
    WHOLE_TARGET,
    conflicts(&["client_secret", "client_secret_wo"]),
    secret_rotation::RULES[0],
    secret_rotation::RULES[1],
];

pub(super) const ONE_KEY_SOURCE: Rule = conflicts(&["jwks", "jwks_wo", "jwks_uri"]);
pub(super) const KEYS_TO_AUTHENTICATE: Rule = rule(&["token_endpoint_auth_method", "jwks", "jwks_wo", "jwks_uri"], keys_to_authenticate);
pub(super) const SIGNING_ALG: Rule = rule(&["token_endpoint_auth_method", "token_endpoint_auth_signing_alg"], signing_alg);
pub(super) const LOGOUT_URIS: Rule = rule(&["redirect_uris", "post_logout_redirect_uris"], logout_uri_matches_redirect);

const fn lifespan(name: &'static str, doc: &'static str) -> Attr {
    string(name, doc).means(DURATION).check(warn(lasting))
}

/// Checks that a lifespan is positive. Hydra accepts others, and then issues tokens that have expired already: seen with 2.3.0.
fn lasting(text: &str) -> Result<(), String> {
    match duration::parse(text) {
        Ok(nanoseconds) if nanoseconds <= 0 => {
            Err("Tokens with this lifespan have expired before the client gets them: set more than `0s`, such as `1h`.".into())
        }
        _ => Ok(()),
    }
}

/// The server turns it into lower case.
const CASELESS: &Equality = &Equality {
    name: "word in any case",
    same: |left, right| left.eq_ignore_ascii_case(right),
    form: None,
    sent: None,
    redacted: None,
    valid: EXACT.valid,
};

fn plan_secret(draft: &mut PlanDraft<'_>) {
    client_secret::plan(draft);
    secret_rotation::plan(draft);
}

fn keys_to_authenticate(client: Object<'_>) -> Option<Problem> {
    let keyless = ["jwks", "jwks_wo", "jwks_uri"].iter().all(|name| client.get(name).is_empty());
    (client.str("token_endpoint_auth_method") == Some("private_key_jwt") && keyless).then(|| {
        Problem::refused(
            "token_endpoint_auth_method",
            "private_key_jwt needs keys",
            "A client that authenticates with `private_key_jwt` needs its public keys: set one of `jwks`, `jwks_wo` or `jwks_uri`.",
        )
    })
}

fn signing_alg(client: Object<'_>) -> Option<Problem> {
    const ALGS: [&str; 9] = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];
    let alg = client.str("token_endpoint_auth_signing_alg").filter(|alg| !alg.is_empty())?;
    let used = client.str("token_endpoint_auth_method") == Some("private_key_jwt");
    let at = "token_endpoint_auth_signing_alg";
    let known = format!("Use one of {}.", ALGS.join(", "));
    match (ALGS.contains(&alg), used) {
        (true, _) => None,
        (false, true) => Some(Problem::refused(at, "Not a signing algorithm of private_key_jwt", known)),
        (false, false) => Some(Problem::doubtful(at, "Not a signing algorithm of private_key_jwt", known)),
    }
}

fn logout_uri_matches_redirect(client: Object<'_>) -> Option<Problem> {
    let origin = |uri: &str| {
        url::Url::parse(uri).ok().map(|url| (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port_or_known_default()))
    };
    let redirects: Vec<_> = client.strs("redirect_uris").into_iter().filter_map(origin).collect();
    let stray =
        client.strs("post_logout_redirect_uris").into_iter().any(|uri| origin(uri).is_some_and(|origin| !redirects.contains(&origin)));
    stray.then(|| {
        Problem::refused(
            "post_logout_redirect_uris",
            "A logout redirect has no matching redirect URI",
            "Each of `post_logout_redirect_uris` has to share scheme, host and port with one of `redirect_uris`. Add that redirect URI, or remove the logout redirect.",
        )
    })
}

fn long_enough(secret: &str) -> Result<(), String> {
    (secret.len() >= 6).then_some(()).ok_or_else(|| "Must have at least 6 characters.".into())
}

fn some_scope(scope: &str) -> Result<(), String> {
    let empty = scope.trim().is_empty();
    (!empty).then_some(()).ok_or_else(|| "Cannot be empty: the server replaces an empty scope with its own default. Leave it out to take that default, or name the scopes.".into())
}

fn json_object(text: &str) -> Result<(), String> {
    match Json::parse(text) {
        // For the server, null means no metadata.
        Ok(Json::Object(_) | Json::Null) => Ok(()),
        Ok(_) => Err("Must be a JSON object, such as `jsonencode({ team = \"payments\" })`.".into()),
        // Text that is not JSON is refused by the attribute's meaning.
        Err(_) => Ok(()),
    }
}

/// The words of a response type may be in any order.
fn response_type(text: &str) -> Result<(), String> {
    let mut words: Vec<_> = text.split_whitespace().collect();
    words.sort_unstable();
    match words.as_slice() {
        ["code"]
        | ["token"]
        | ["id_token"]
        | ["id_token", "token"]
        | ["code", "token"]
        | ["code", "id_token"]
        | ["code", "id_token", "token"] => Ok(()),
        _ => Err("The server accepts other values but may not use them. Known values combine `code`, `token` and `id_token`.".into()),
    }
}

fn token_strategy(text: &str) -> Result<(), String> {
    let fine = ["jwt", "opaque"].iter().any(|strategy| text.eq_ignore_ascii_case(strategy));
    fine.then_some(()).ok_or_else(|| "Must be one of `jwt`, `opaque`.".into())
}

fn redirect_uri(uri: &str) -> Result<(), String> {
    match uri.contains('#') {
        true => Err("Must not have a fragment (`#`).".into()),
        false => absolute_uri(uri),
    }
}

/// Checks what Go's `url.ParseRequestURI` accepts: an absolute URI, or a path.
fn absolute_uri(uri: &str) -> Result<(), String> {
    let schemed = uri.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    match schemed || uri.starts_with('/') {
        true => Ok(()),
        false => Err("Must be an absolute URI, such as `https://app.example.com/callback`.".into()),
    }
}

fn page_url(uri: &str) -> Result<(), String> {
    match url::Url::parse(uri) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(()),
        _ => Err("Must be an http or https URL.".into()),
    }
}

fn https_url(uri: &str) -> Result<(), String> {
    match url::Url::parse(uri) {
        Ok(url) if url.scheme() == "https" => Ok(()),
        _ => Err("Must be an https URL.".into()),
    }
}
