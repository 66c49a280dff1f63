//! One request, read whole, before anybody knows which service it is for.
//!
//! Owns nothing but the parts. What its headers and body mean is for the services.

use super::go::form::Form;

/// One request, read whole. `Debug` is not derived: it carries secrets.
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
    /// The `Accept` header.
    pub accept: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}
