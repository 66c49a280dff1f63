//! Errors, in Hydra's words.
//!
//! Owns the table of errors, and their two forms in JSON. Decides nothing.

use aws_lc_rs::error::Unspecified;

use crate::emulator::go::json::quote;
use crate::emulator::reply::Reply;
use crate::emulator::secret::NoRandomness;
use crate::emulator::store::StoreError;

/// A failed request.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    status: u16,
    error: String,
    description: String,
    oauth: bool,
}

const INVALID_METADATA: &str = "The value of one of the Client Metadata fields is invalid and the server has rejected this request. Note that an Authorization Server MAY choose to substitute a valid value for any requested parameter of a Client's Metadata.";
const INVALID_REQUEST: &str = "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed.";
const INVALID_CLIENT: &str =
    "Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method).";
const INVALID_GRANT: &str = "The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.";

/// The hint of an `invalid_request` without its own reason.
pub const CHECK_PARAMETERS: &str = "Make sure that the various parameters are correct, be aware of case sensitivity and trim your parameters. Make sure that the client you are using has exactly whitelisted the redirect_uri you specified.";

/// The only error about a registration token.
pub const NOT_YOUR_CLIENT: &str = "The requested OAuth 2.0 client does not exist or you provided incorrect credentials.";

impl Failure {
    fn new(status: u16, error: &str, description: impl Into<String>) -> Self {
        Self { status, error: error.to_owned(), description: description.into(), oauth: false }
    }

    fn hinted(status: u16, error: &str, description: &str, hint: &str) -> Self {
        let description = if hint.is_empty() { description.to_owned() } else { format!("{description} {hint}") };
        Self::new(status, error, description)
    }

    /// 400: the body could not be read.
    #[must_use]
    pub fn undecodable(reason: &str) -> Self {
        Self::malformed(&format!("Unable to decode the request body: {reason}"))
    }

    /// 400: the request is malformed.
    #[must_use]
    pub fn malformed(reason: &str) -> Self {
        Self::new(400, "The request was malformed or contained invalid parameters", reason)
    }

    /// 400: the query's pagination is not valid.
    #[must_use]
    pub fn pagination(reason: &str) -> Self {
        Self::malformed(&format!("Unable to parse pagination parameters: {reason}"))
    }

    /// 400: a member of the client is not valid.
    #[must_use]
    pub fn metadata(hint: &str) -> Self {
        Self::hinted(400, "invalid_client_metadata", INVALID_METADATA, hint)
    }

    /// 400: a redirect URI is not valid.
    #[must_use]
    pub fn redirect_uri(hint: &str) -> Self {
        let description = "The value of one or more redirect_uris is invalid.";
        Self::hinted(400, "invalid_redirect_uri", description, hint)
    }

    /// 400: `invalid_request` with this whole description.
    #[must_use]
    pub fn not_for_registration(description: &str) -> Self {
        Self::new(400, "invalid_request", description)
    }

    /// 404: no such row.
    #[must_use]
    pub fn absent() -> Self {
        Self::new(404, "Unable to locate the resource", "")
    }

    /// 404: registration is off.
    #[must_use]
    pub fn registration_disabled() -> Self {
        let error = "The requested resource could not be found";
        Self::new(404, error, "Dynamic registration is not enabled.")
    }

    /// 404: no such key set.
    #[must_use]
    pub fn no_key_set() -> Self {
        Self::new(404, "Not Found", "Unable to locate the requested resource")
    }

    /// 400: keys with this algorithm cannot be generated.
    #[must_use]
    pub fn unsupported_algorithm() -> Self {
        Self::new(400, "Bad Request", "Unsupported key algorithm")
    }

    /// 400: an error without its own name.
    #[must_use]
    pub fn plain(reason: &str) -> Self {
        Self::new(400, "error", reason)
    }

    /// 400: a parameter is missing.
    #[must_use]
    pub fn missing_parameter(hint: &str) -> Self {
        let description = "One of the required parameters is missing. Check your request parameters.";
        Self::hinted(400, "missing_required_parameter", description, hint)
    }

    /// 409: the row exists already.
    #[must_use]
    pub fn conflict() -> Self {
        let error = "Unable to insert or update resource because a resource with that value exists already";
        Self::new(409, error, "")
    }

    /// 401: the registration token is not valid for this client.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(401, "The request could not be authorized", NOT_YOUR_CLIENT)
    }

    /// 403.
    #[must_use]
    pub fn forbidden(reason: &str) -> Self {
        Self::new(403, "The requested action was forbidden", reason)
    }

    /// 500: an error without its own type.
    #[must_use]
    pub fn unrecognizable() -> Self {
        Self::new(500, "error", "The error is unrecognizable")
    }

    /// 400 `invalid_request`.
    #[must_use]
    pub fn invalid_request(hint: &str) -> Self {
        Self::hinted(400, "invalid_request", INVALID_REQUEST, hint)
    }

    /// 401 `invalid_client`.
    #[must_use]
    pub fn invalid_client(hint: &str) -> Self {
        Self::hinted(401, "invalid_client", INVALID_CLIENT, hint)
    }

    /// 400 `invalid_grant`.
    #[must_use]
    pub fn invalid_grant(hint: &str) -> Self {
        Self::hinted(400, "invalid_grant", INVALID_GRANT, hint)
    }

    /// 400 `authorization_pending`.
    #[must_use]
    pub fn authorization_pending() -> Self {
        let description = "The authorization request is still pending as the end user hasn't yet completed the user-interaction steps.";
        Self::new(400, "authorization_pending", description)
    }

    /// 400 `unauthorized_client`.
    #[must_use]
    pub fn unauthorized_client(hint: &str) -> Self {
        let description = "The client is not authorized to request a token using this method.";
        Self::hinted(400, "unauthorized_client", description, hint)
    }

    /// 400 `invalid_scope`.
    #[must_use]
    pub fn invalid_scope(hint: &str) -> Self {
        let description = "The requested scope is invalid, unknown, or malformed.";
        Self::hinted(400, "invalid_scope", description, hint)
    }

    /// In the form of the token endpoints: another content type, and no caching.
    #[must_use]
    pub fn at_token_endpoint(mut self) -> Self {
        self.oauth = true;
        self
    }

    /// Whether the authentication failed, and not the request itself.
    #[must_use]
    pub fn is_invalid_client(&self) -> bool {
        self.error == "invalid_client"
    }

    /// The answer.
    #[must_use]
    pub fn reply(&self) -> Reply {
        // Hydra avoids escaped quotes.
        let description = self.description.replace('"', "'");
        let document = format!(r#"{{"error":{},"error_description":{}}}"#, quote(&self.error), quote(&description));
        if self.oauth {
            Reply::json(self.status, "application/json;charset=UTF-8", &document)
                .without_newline()
                .with("cache-control", "no-store")
                .with("pragma", "no-cache")
        } else {
            Reply::json(self.status, "application/json", &document)
        }
    }
}

impl From<Failure> for Reply {
    fn from(failure: Failure) -> Self {
        failure.reply()
    }
}

impl From<NoRandomness> for Failure {
    fn from(error: NoRandomness) -> Self {
        tracing::error!(cause = %error, "emulator: no secret can be made");
        Self::unrecognizable()
    }
}

impl From<Unspecified> for Failure {
    fn from(_: Unspecified) -> Self {
        tracing::error!("emulator: the cryptography failed");
        Self::unrecognizable()
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Exists => Self::conflict(),
            StoreError::Absent => Self::absent(),
            StoreError::Broken(cause) => {
                tracing::error!(%cause, "emulator: the store failed");
                Self::unrecognizable()
            }
        }
    }
}

const NO_ROUTE: &str = r#"{"error":{"code":404,"message":"Not Found","reason":"The requested route does not exist. Make sure you are using the right path, domain, and port."}}"#;
const NO_ROUTE_LINE: &str = "Error 404 - The requested route does not exist. Make sure you are using the right path, domain, and port.";
const NO_ROUTE_PAGE: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n  <head>\n    <meta charset=\"utf-8\">\n    <title>Not Found</title>\n  </head>\n  <body>\n    <h1>404</h1>\n    <p>There is no such page.</p>\n  </body>\n</html>\n";

/// 404 for an unknown route, in the form that the `Accept` header prefers; by default a page.
#[must_use]
pub fn no_route(accept: Option<&str>) -> Reply {
    let body = |content_type: &str, text: &str| {
        let mut reply = Reply::empty(404).with("content-type", content_type);
        reply.body = text.as_bytes().to_vec();
        reply
    };
    match preferred(accept.unwrap_or("")) {
        "application/json" => Reply::document(404, NO_ROUTE),
        "text/plain" => body("text/plain; charset=utf-8", NO_ROUTE_LINE),
        _ => body("text/html; charset=utf-8", NO_ROUTE_PAGE),
    }
}

/// The preferred one of the three forms: by weight, then by exactness, then in the server's order.
fn preferred(accept: &str) -> &'static str {
    let offers = ["text/html", "text/plain", "application/json"];
    let mut best = (offers[0], 0.0, 0);
    for offer in offers {
        for range in accept.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next().unwrap_or("");
            let weight: f64 = parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, |q| q.parse().unwrap_or(0.0));
            let exactness = match name.split_once('/') {
                Some(("*", "*")) => 1,
                Some((kind, "*")) if offer.starts_with(&format!("{kind}/")) => 2,
                _ if name == offer => 3,
                _ => continue,
            };
            if weight > best.1 || weight == best.1 && weight > 0.0 && exactness > best.2 {
                best = (offer, weight, exactness);
            }
        }
    }
    best.0
}
