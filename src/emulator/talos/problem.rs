//! Errors of Talos, in the form of AIP-193: an envelope with the name of a gRPC code and a reason among its details.

use super::{Json, Reply, document, object};

/// A failed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    code: u16,
    status: &'static str,
    reason: &'static str,
    message: String,
}

impl Problem {
    fn new(code: u16, status: &'static str, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, status, reason, message: message.into() }
    }

    /// 400.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "INVALID_ARGUMENT", "BAD_REQUEST", message)
    }

    /// 401.
    pub fn unauthorized(message: &str) -> Self {
        Self::new(401, "UNAUTHENTICATED", "UNAUTHORIZED", message)
    }

    /// 402, with the gRPC code for "permission denied".
    pub fn over_quota(message: String) -> Self {
        Self::new(402, "PERMISSION_DENIED", "API_KEY_QUOTA_EXCEEDED", message)
    }

    /// 403.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(403, "PERMISSION_DENIED", "FORBIDDEN", message)
    }

    /// 404: there is no such key.
    pub fn no_key(message: &str) -> Self {
        Self::new(404, "NOT_FOUND", "API_KEY_NOT_FOUND", message)
    }

    /// 409: the key exists already.
    pub fn exists(message: &str) -> Self {
        Self::new(409, "ALREADY_EXISTS", "API_KEY_EXISTS", message)
    }

    /// 409: a conflict.
    pub fn conflict(message: &str) -> Self {
        Self::new(409, "ALREADY_EXISTS", "CONFLICT", message)
    }

    /// 409: the key is in the wrong state.
    pub fn precondition(message: &str) -> Self {
        Self::new(409, "FAILED_PRECONDITION", "FAILED_PRECONDITION", message)
    }

    /// 500.
    pub fn internal(message: &str) -> Self {
        Self::new(500, "INTERNAL", "INTERNAL_SERVER_ERROR", message)
    }

    /// 501: no handler for the method.
    pub fn unimplemented() -> Self {
        Self::new(501, "UNIMPLEMENTED", "METHOD_NOT_ALLOWED", "Method Not Allowed")
    }

    /// Its status.
    pub fn code(&self) -> u16 {
        self.code
    }

    /// Its message.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl From<Problem> for Reply {
    fn from(problem: Problem) -> Self {
        let detail = object(vec![
            ("@type", Json::text("type.googleapis.com/google.rpc.ErrorInfo")),
            ("reason", Json::text(problem.reason)),
            ("domain", Json::text("www.ory.com/talos")),
            ("metadata", object(Vec::new())),
        ]);
        let error = object(vec![
            ("code", Json::Number(problem.code.to_string())),
            ("message", Json::text(&problem.message)),
            ("status", Json::text(problem.status)),
            ("details", Json::Array(vec![detail])),
        ]);
        document(problem.code, &object(vec![("error", error)]))
    }
}
