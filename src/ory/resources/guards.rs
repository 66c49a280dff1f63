//! Guards against mistakes: protection from deletion, and advice on security that can be switched off one by one. The advice is
//! that of RFC 9700 (OAuth 2.0 Security Best Current Practice) and of the RFCs that it builds on; each message names its
//! source.

use super::jose;
use crate::{
    rest::http::is_this_machine,
    schema::{Advice, Attr, Guards, Object, Problem, advice, boolean, list},
    value::duration,
};

/// Protection, on every resource.
pub static PROTECTION: &[Attr] = &[boolean(
    "deletion_protection",
    "While this is `true` in the state, the object is neither deleted nor replaced. To delete it, apply `false` first.",
)
.guards(Guards::Deletion)];

/// Which advice is switched off.
pub static ADVISED: &[Attr] =
    &[list("ignore_advice", "Names of security advice to switch off for this object. Each warning says its name.")
        .unordered()
        .guards(Guards::Advice)];

/// Advice on clients.
pub static CLIENT: &[Advice] = &[
    advice("implicit_grant", &["grant_types", "response_types"], implicit_grant),
    advice("password_grant", &["grant_types"], password_grant),
    advice("plain_http_redirect", &["redirect_uris"], plain_http_redirect),
    advice("wildcard_origin", &["allowed_cors_origins"], wildcard_origin),
    advice("public_client_credentials", &["grant_types", "token_endpoint_auth_method"], public_client_credentials),
    advice("long_lifespan", LIFESPANS, long_lifespan),
    advice("comma_scope", &["scope"], comma_scope),
    SMALL_KEY,
];

/// Advice on keys that the user brings.
pub static KEYS: &[Advice] = &[SMALL_KEY];

const SMALL_KEY: Advice = advice("small_key", &["jwks"], small_key);

const LIFESPANS: &[&str] = &[
    "authorization_code_grant_access_token_lifespan",
    "client_credentials_grant_access_token_lifespan",
    "implicit_grant_access_token_lifespan",
    "jwt_bearer_grant_access_token_lifespan",
    "refresh_token_grant_access_token_lifespan",
];

const DAY: i128 = 24 * 3600 * 1_000_000_000;

fn has(client: Object<'_>, name: &str, word: &str) -> bool {
    client.strs(name).iter().any(|text| text.split_whitespace().any(|part| part == word))
}

fn implicit_grant(client: Object<'_>) -> Option<Problem> {
    let at = if has(client, "grant_types", "implicit") { "grant_types" } else { "response_types" };
    (at == "grant_types" || has(client, "response_types", "token")).then(|| {
        Problem::doubtful(
            at,
            "Access tokens in redirects",
            "With the implicit grant, access tokens travel in URLs, where they leak and can be replayed (RFC 9700, 2.1.2). Use the authorization code grant with PKCE, also for applications in a browser.",
        )
    })
}

fn password_grant(client: Object<'_>) -> Option<Problem> {
    has(client, "grant_types", "password").then(|| {
        Problem::doubtful(
            "grant_types",
            "Passwords shown to a client",
            "The password grant hands people's passwords to the client and must not be used (RFC 9700, 2.4). Use the authorization code grant.",
        )
    })
}

fn plain_http_redirect(client: Object<'_>) -> Option<Problem> {
    let in_the_clear = |uri: &str| url::Url::parse(uri).is_ok_and(|url| url.scheme() == "http" && !is_this_machine(&url));
    client.strs("redirect_uris").into_iter().any(in_the_clear).then(|| {
        Problem::doubtful(
            "redirect_uris",
            "A redirect without encryption",
            "Authorization codes sent to an `http` URL can be read on the way: only redirects to the local machine may do without TLS (RFC 9700, 2.6). Use `https`.",
        )
    })
}

fn wildcard_origin(client: Object<'_>) -> Option<Problem> {
    client.strs("allowed_cors_origins").iter().any(|origin| origin.contains('*')).then(|| {
        Problem::doubtful(
            "allowed_cors_origins",
            "Origins with a wildcard",
            "Every site under a wildcard may call the token endpoint from its users' browsers, including a site that somebody else puts there; RFC 9700 (2.1, 4.17) asks for exact values. Name each origin.",
        )
    })
}

fn public_client_credentials(client: Object<'_>) -> Option<Problem> {
    let public = client.str("token_endpoint_auth_method") == Some("none");
    (public && has(client, "grant_types", "client_credentials")).then(|| {
        Problem::doubtful(
            "grant_types",
            "Client credentials without a credential",
            "A public client has no credential for the client credentials grant, which is for confidential clients only (RFC 6749, 4.4; RFC 9700, 2.5): the server will refuse it. Remove the grant, or choose another `token_endpoint_auth_method`.",
        )
    })
}

fn long_lifespan(client: Object<'_>) -> Option<Problem> {
    let long = |name: &&&str| client.str(name).and_then(|text| duration::parse(text).ok()).is_some_and(|nanos| i128::from(nanos) > DAY);
    LIFESPANS.iter().find(long).map(|name| {
        Problem::doubtful(
            name,
            "Access tokens that live for days",
            "A stolen access token works until it expires, so its lifespan should be short (RFC 9700, 2.2, 4.10). Set hours at most, with a refresh token where a session has to last longer.",
        )
    })
}

fn comma_scope(client: Object<'_>) -> Option<Problem> {
    client.str("scope")?.contains(',').then(|| {
        Problem::doubtful(
            "scope",
            "A comma in a scope",
            "Scopes are separated by spaces (RFC 6749, 3.3): `read,write` is one scope of that name, and applications that ask for `read` will not get it. Write `read write`.",
        )
    })
}

/// RFC 7518 (3.3) demands 2048 bits of an RSA key.
fn small_key(keys: Object<'_>) -> Option<Problem> {
    let small = |key: &crate::value::Json| jose::rsa_bits(key).is_some_and(|bits| bits < 2048);
    let keys = jose::keys(keys.str("jwks")?)?;
    keys.iter().any(small).then(|| {
        Problem::doubtful(
            "jwks",
            "A key that is too small",
            "An RSA key needs at least 2048 bits (RFC 7518, 3.3): signatures of a smaller one can be forged. Make a larger key, or one on an elliptic curve.",
        )
    })
}

/// Warns about a client that a Kubernetes controller may manage: two managers would undo each other's changes without end.
pub fn hydra_maester(client: Object<'_>) -> Option<Problem> {
    let is_label = |part: &str| !part.is_empty() && part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'));
    let (name, namespace) = client.str("owner")?.split_once('/')?;
    (is_label(name) && is_label(namespace)).then(|| {
        Problem::doubtful(
            "owner",
            format!("The client {} may be managed by hydra-maester", client.str("client_id").unwrap_or_default()),
            "Its `owner` is written as hydra-maester, the Kubernetes controller for Ory Hydra, writes it: a name and a namespace. If hydra-maester manages the client, it and this provider undo each other's changes. Take the client out of Kubernetes first, with `deletionPolicy: orphan` so that it stays on the server, or leave it to hydra-maester. If it is not in Kubernetes, nothing has to be done.",
        )
    })
}

/// Warns about a change that makes a confidential client public, which locks applications out.
pub fn secret_in_use(before: Object<'_>, planned: Object<'_>) -> Option<Problem> {
    let method = "token_endpoint_auth_method";
    let confidential = before.str(method).is_some_and(|method| method != "none");
    (confidential && planned.str(method) == Some("none")).then(|| {
        Problem::doubtful(
            method,
            "A confidential client becomes public",
            "Applications that authenticate with this client's secret or key will be refused, and anybody who knows its id can act as the client. Deploy applications that do not authenticate first.",
        )
    })
}
