//! Errors in the envelope that Keto and Kratos put them in.
//!
//! Owns the shape and the standard messages.

use axum::http::StatusCode;

use super::go::json::quote;
use super::guard::Refusal;
use super::reply::Reply;
use super::store::StoreError;

/// A failed request.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The HTTP status, which may differ from the code in the body.
    answered: u16,
    id: &'static str,
    code: u16,
    status: &'static str,
    reason: String,
    /// The details, as printed JSON.
    details: String,
    message: String,
}

impl Problem {
    fn new(code: u16, status: &'static str, message: &str) -> Self {
        Self { answered: code, id: "", code, status, reason: String::new(), details: String::new(), message: message.to_owned() }
    }

    /// 400.
    #[must_use]
    pub fn bad_request() -> Self {
        Self::new(400, "Bad Request", "The request was malformed or contained invalid parameters")
    }

    /// 403.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(403, "Forbidden", "The requested action was forbidden")
    }

    /// 404.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(404, "Not Found", "The requested resource could not be found")
    }

    /// 404: no such row.
    #[must_use]
    pub fn absent() -> Self {
        Self::new(404, "Not Found", "Unable to locate the resource")
    }

    /// 409.
    #[must_use]
    pub fn conflict() -> Self {
        Self::new(409, "Conflict", "The resource could not be created due to a conflict")
    }

    /// 409: the row exists already.
    #[must_use]
    pub fn exists() -> Self {
        Self::new(409, "Conflict", "Unable to insert or update resource because a resource with that value exists already")
    }

    /// A request that is refused before it reaches a service.
    #[must_use]
    pub fn refused(refusal: &Refusal) -> Self {
        let problem = match refusal.status {
            StatusCode::MISDIRECTED_REQUEST => Self::new(421, "Misdirected Request", "The request is for another host"),
            _ => Self::forbidden(),
        };
        problem.because(refusal.why.as_str())
    }

    /// 429.
    #[must_use]
    pub fn too_many_requests() -> Self {
        Self::new(429, "Too Many Requests", "The rate limit of the project was reached")
    }

    /// 500.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(500, "Internal Server Error", "An internal server error occurred, please contact the system administrator")
    }

    /// 500: a schema or the configuration asks for something impossible.
    #[must_use]
    pub fn misconfigured() -> Self {
        Self { id: "invalid_configuration", ..Self::new(500, "Internal Server Error", "Invalid configuration") }
    }

    /// 401.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(401, "Unauthorized", "The request could not be authorized")
    }

    /// 503.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::new(503, "Service Unavailable", "The service is currently not available")
    }

    /// 401: the identity may not be used.
    #[must_use]
    pub fn disabled(identity: &str) -> Self {
        let details = format!(r#""details":{{"identity_id":{}}},"#, quote(identity));
        Self { details, ..Self::new(401, "Unauthorized", "identity is disabled").because("This account was disabled.") }
    }

    /// With a reason beside the message.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }

    /// With another message.
    #[must_use]
    pub fn saying(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// With this HTTP status, whatever code the body has.
    #[must_use]
    pub fn answered(mut self, status: u16) -> Self {
        self.answered = status;
        self
    }

    /// The message.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether it is about something that exists already.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.code == 409
    }

    /// The error itself, out of its envelope.
    #[must_use]
    pub fn document(&self) -> String {
        let reason = if self.reason.is_empty() { String::new() } else { format!(r#""reason":{},"#, quote(&self.reason)) };
        let id = if self.id.is_empty() { String::new() } else { format!(r#""id":{},"#, quote(self.id)) };
        format!(
            r#"{{{id}"code":{},"status":{},{reason}{}"message":{}}}"#,
            self.code,
            quote(self.status),
            self.details,
            quote(&self.message)
        )
    }

    /// The answer.
    #[must_use]
    pub fn reply(&self) -> Reply {
        Reply::json(self.answered, "application/json", format!(r#"{{"error":{}}}"#, self.document())).with("ory-error-id", self.id)
    }
}

impl From<Problem> for Reply {
    fn from(problem: Problem) -> Self {
        problem.reply()
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Exists => Self::exists(),
            StoreError::Absent => Self::absent(),
            StoreError::Broken(cause) => {
                tracing::error!(%cause, "emulator: the store failed");
                Self::internal()
            }
        }
    }
}
