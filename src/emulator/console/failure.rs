//! Errors of the console.
//!
//! Owns both shapes: most operations put the error into an envelope, a few do not. The members are those that have been seen
//! in practice; Ory's description has fewer, and allows any.

use crate::emulator::go::json::quote;
use crate::emulator::reply::Reply;
use crate::emulator::secret::NoRandomness;
use crate::emulator::store::StoreError;

/// A failed request.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    status: u16,
    id: &'static str,
    reason: String,
    feature: Option<String>,
    flat: bool,
}

impl Failure {
    fn new(status: u16, reason: impl Into<String>) -> Self {
        Self { status, id: "", reason: reason.into(), feature: None, flat: false }
    }

    /// 400: the request is not valid.
    #[must_use]
    pub fn bad_request(reason: impl Into<String>) -> Self {
        Self::new(400, reason)
    }

    /// 401: no key, or a key of the wrong kind.
    #[must_use]
    pub fn unauthorized(reason: impl Into<String>) -> Self {
        Self::new(401, reason)
    }

    /// 402: the plan allows no more of these.
    #[must_use]
    pub fn payment_required(reason: impl Into<String>) -> Self {
        Self { id: "quota_exceeded", ..Self::new(402, reason) }
    }

    /// 403: the key has no access, or the object does not exist; the answer does not show which.
    #[must_use]
    pub fn forbidden(reason: impl Into<String>) -> Self {
        Self::new(403, reason)
    }

    /// 403: the plan has no such feature.
    #[must_use]
    pub fn feature_not_available(feature: &str) -> Self {
        let reason = format!("The feature {feature} is not part of this project's plan. Upgrade the plan to use it.");
        Self { id: "feature_not_available", feature: Some(feature.to_owned()), ..Self::new(403, reason) }
    }

    /// 404.
    #[must_use]
    pub fn not_found(reason: impl Into<String>) -> Self {
        Self::new(404, reason)
    }

    /// 409: the revision is no longer the current one.
    #[must_use]
    pub fn conflict(reason: impl Into<String>) -> Self {
        Self::new(409, reason)
    }

    /// 409: identities use the object.
    #[must_use]
    pub fn in_use_by_identity(reason: impl Into<String>) -> Self {
        Self { id: "in_use_by_identity", ..Self::new(409, reason) }
    }

    /// 500.
    #[must_use]
    pub fn internal() -> Self {
        Self::broken("")
    }

    /// 500, with the message of the database.
    #[must_use]
    pub fn broken(reason: impl Into<String>) -> Self {
        Self::new(500, reason)
    }

    /// Without the envelope.
    #[must_use]
    pub fn flat(mut self) -> Self {
        self.flat = true;
        self
    }

    /// The answer.
    #[must_use]
    pub fn reply(&self) -> Reply {
        let (phrase, message) = match self.status {
            400 => ("Bad Request", "The request was malformed or contained invalid parameters"),
            401 => ("Unauthorized", "The request could not be authorized"),
            402 => ("Payment Required", "The quota of the plan is used up"),
            403 => ("Forbidden", "The requested action was forbidden"),
            404 => ("Not Found", "The requested resource could not be found"),
            409 => ("Conflict", "The resource could not be updated due to a conflict"),
            _ => ("Internal Server Error", "An internal server error occurred, please contact the system administrator"),
        };
        let id = if self.id.is_empty() { String::new() } else { format!(r#""id":{},"#, quote(self.id)) };
        let details = self.feature.as_ref().map(|feature| format!(r#""details":{{"feature":{}}},"#, quote(feature))).unwrap_or_default();
        let error = format!(
            r#"{{{id}"code":{},"status":{},"request":"{}","reason":{},{details}"message":{}}}"#,
            self.status,
            quote(phrase),
            uuid::Uuid::new_v4(),
            quote(&self.reason),
            quote(message)
        );
        Reply::json(self.status, "application/json", &if self.flat { error } else { format!(r#"{{"error":{error}}}"#) })
    }
}

impl From<Failure> for Reply {
    fn from(failure: Failure) -> Self {
        failure.reply()
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Absent => Self::not_found("There is no such object."),
            other => {
                tracing::error!(cause = %other, "emulator: the store failed");
                Self::internal()
            }
        }
    }
}

impl From<NoRandomness> for Failure {
    fn from(_: NoRandomness) -> Self {
        Self::internal()
    }
}
