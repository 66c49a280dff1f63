//! One request with its whole body, before it is known which service it is for.
//!
//! Owns only the parts. The services know what headers and body mean.

use super::go::form::Form;
use super::reply::Reply;

/// One request with its whole body. `Debug` is not derived, since it contains secrets.
#[derive(Clone)]
pub struct Call {
    /// The method, in capitals.
    pub method: String,
    /// The path as it was sent, still encoded.
    pub path: String,
    /// The query.
    pub query: Form,
    /// The query as it was sent.
    pub raw_query: String,
    /// The `Host` header.
    pub host: String,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// The `X-Session-Token` header.
    pub session_token: Option<String>,
    /// The `User-Agent` header.
    pub agent: String,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The `Cache-Control` header.
    pub cache_control: Option<String>,
    /// The `Pragma` header.
    pub pragma: Option<String>,
    /// The `Accept` header.
    pub accept: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Call {
    /// Redirects the caller to another path, with the same query.
    #[must_use]
    pub fn redirect(&self, status: u16, path: &str) -> Reply {
        let mark = if self.raw_query.is_empty() { "" } else { "?" };
        Reply::redirect(&self.method, status, &format!("{path}{mark}{}", self.raw_query))
    }
}
