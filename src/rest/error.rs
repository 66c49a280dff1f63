//! Errors between a request and its answer, and their messages.

use super::{Lists, Reply};
use crate::{
    engine::{Diagnostic, Done, Failure, one_line},
    value::Json,
};

/// The properties of a service.
pub struct Service {
    /// Its name for people, such as "the inventory API".
    pub name: &'static str,
    /// Whether a 404 with this body is the service's own answer that an object does not exist. Any other
    /// 404 comes from something else than the service.
    pub is_missing: fn(&Json) -> bool,
    /// Whether this is the service's answer that other requests were in the way: it did nothing, and may do it a moment
    /// later.
    pub is_busy: fn(u16, &Json) -> bool,
    /// The service's reason in an error body, and its id of the request.
    pub reason: fn(&Json) -> (Option<String>, Option<String>),
    /// What to do about an error with this status, if the service knows more about it: one paragraph.
    pub hint: fn(u16, &Json) -> Option<String>,
    /// How lists can answer many reads; `None` if they do not show objects as reads do.
    pub lists: Option<Lists>,
}

/// Why an answer cannot be read whose body is not JSON.
pub(super) const NOT_JSON: &str = "it is not JSON, or incomplete";

/// Why there is no usable answer.
#[derive(Clone, Debug)]
pub struct SendError {
    /// Whether the request may have been carried out.
    pub done: Done,
    /// The HTTP status, if there was one.
    pub status: Option<u16>,
    /// The message for the user.
    pub diagnostic: Diagnostic,
}

impl SendError {
    /// A reason why a request was not sent.
    pub fn unsent(diagnostic: Diagnostic) -> SendError {
        SendError { done: Done::No, status: None, diagnostic }
    }

    /// Whether the same request may succeed later: there was no answer, or a gateway said so.
    pub(super) fn may_be_tried_again(&self) -> bool {
        self.done == Done::Maybe && self.status.is_none_or(|status| (502..=504).contains(&status))
    }
}

impl From<SendError> for Failure {
    fn from(error: SendError) -> Self {
        Failure { done: error.done, left: None, diagnostics: vec![error.diagnostic] }
    }
}

/// The text that replaces an error's text.
pub(super) const WITHHELD: &str =
    "The rest of its message is not shown, since it may contain a secret that was sent: the service's own log has it";

/// The codes of RFC 6749 (4.1.2.1 and 5.2), RFC 6750 (3.1) and RFC 7591 (3.2.2).
const CODES: [&str; 17] = [
    "access_denied",
    "insufficient_scope",
    "invalid_client",
    "invalid_client_metadata",
    "invalid_grant",
    "invalid_redirect_uri",
    "invalid_request",
    "invalid_scope",
    "invalid_software_statement",
    "invalid_token",
    "server_error",
    "temporarily_unavailable",
    "unapproved_software_statement",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
    "unsupported_token_type",
];

/// The codes in an error's text, which may be shown whatever else the text contains.
pub(super) fn codes(text: &str) -> String {
    let words: Vec<_> = text.split(|c: char| c != '_' && !c.is_ascii_alphanumeric()).collect();
    CODES.iter().filter(|code| words.contains(code)).map(|code| format!(" {code}")).collect()
}

impl Service {
    /// A service with this name; the function recognises its answer that an object does not exist. It is never
    /// busy, explains nothing, and its lists are not read instead of objects.
    pub const fn new(name: &'static str, is_missing: fn(&Json) -> bool) -> Service {
        Service { name, is_missing, is_busy: |_, _| false, reason: |_| (None, None), hint: |_, _| None, lists: None }
    }

    /// True if this is the service's own word that the object does not exist.
    pub fn says_missing(&self, reply: &Reply) -> bool {
        reply.status == 404 && reply.json().is_some_and(|body| (self.is_missing)(&body))
    }

    /// True if the request was not carried out now, and may be a moment later.
    pub fn says_busy(&self, reply: &Reply) -> bool {
        (400..=599).contains(&reply.status) && reply.json().is_some_and(|body| (self.is_busy)(reply.status, &body))
    }

    /// A page that something else sent instead of the answer to a write.
    pub(super) fn foreign(&self, reply: &Reply) -> SendError {
        SendError { done: Done::Maybe, ..self.unreadable(reply, "it is not JSON, so another service sent it") }
    }

    /// The body of an answer that must have one.
    pub fn json(&self, reply: &Reply) -> Result<Json, SendError> {
        reply.json().ok_or_else(|| self.unreadable(reply, NOT_JSON))
    }

    /// An answer that cannot be used, and why: the request was nevertheless carried out.
    pub fn unreadable(&self, reply: &Reply, why: &str) -> SendError {
        let detail = format!(
            "{} at {} answered {}, but the answer cannot be used: {why}. Check that the URL is that of {}.",
            reply.asked, reply.base, reply.status, self.name
        );
        SendError {
            done: Done::Yes,
            status: Some(reply.status),
            diagnostic: Diagnostic::error(format!("{} was not understood", self.name), detail),
        }
    }

    /// An answer about another object than the requested one is an error: nothing may use it. Another spelling
    /// of a UUID is the same object.
    pub fn about(&self, reply: &Reply, asked: &str, answered: &str) -> Result<(), SendError> {
        let uuid = |text: &str| uuid::Uuid::try_parse(text).ok();
        if asked == answered || uuid(asked).is_some_and(|asked| uuid(answered) == Some(asked)) {
            return Ok(());
        }
        let why = format!("it is about `{}`, but `{}` was requested", one_line(answered), one_line(asked));
        Err(self.unreadable(reply, &why))
    }

    /// The answer as an error: the request, the answer, the reason, and what to do next.
    pub fn refuse(&self, reply: &Reply) -> SendError {
        let body = reply.json().unwrap_or_default();
        let (reason, request_id) = (self.reason)(&body);
        let request_id = request_id.or_else(|| reply.header("x-request-id")).and_then(|id| reply.scrub(&id));
        let status = reply.status;
        let mut detail = format!("{} answered {status}", reply.asked);
        match reason.as_deref().map(|reason| reply.scrub(reason).ok_or(reason)) {
            Some(Ok(reason)) => detail.push_str(&format!(": {reason}")),
            Some(Err(reason)) => detail.push_str(&format!("{}. {WITHHELD}", codes(reason))),
            None => detail.push('.'),
        }
        if let Some(id) = request_id {
            detail.push_str(&format!(" (request {id})"));
        }
        // The hint may repeat parts of the body.
        let hint = (self.hint)(status, &body).and_then(|hint| reply.scrub(&hint));
        detail.push_str("\n\n");
        detail.push_str(&hint.unwrap_or_else(|| self.next(reply, reason.is_some())));
        // The request may have been carried out earlier, when the answer was lost.
        let done = match status {
            500..=599 => Done::Maybe,
            _ => reply.earlier,
        };
        let withheld = matches!(status, 402 | 403);
        let diagnostic =
            Diagnostic { withheld, unauthorized: status == 401, ..Diagnostic::error(self.summary(reply, reason.is_some()), detail) };
        SendError { done, status: Some(status), diagnostic }
    }

    fn summary(&self, reply: &Reply, ours: bool) -> String {
        match reply.status {
            300..=399 => format!("{} was not reached", self.name),
            401 => format!("{} did not accept the credentials", self.name),
            403 => format!("{} refused the request", self.name),
            404 if !ours || !self.says_missing(reply) => format!("{} was not reached", self.name),
            404 => "The object does not exist".into(),
            409 => "The object exists already".into(),
            429 => format!("{} limits the rate of requests", self.name),
            500..=599 => format!("{} failed", self.name),
            _ => format!("{} refused the request", self.name),
        }
    }

    fn next(&self, reply: &Reply, ours: bool) -> String {
        match reply.status {
            300..=399 => format!(
                "The answer is a redirect to another host, which is not followed, since credentials would be sent with it. Another service than {} is at {}: check the URL in the provider's configuration.",
                self.name, reply.base
            ),
            401 => {
                "Check the key or credentials in the provider's configuration: they may be wrong, expired, or for another service.".into()
            }
            403 => "Check that the key has the permission for this, and that the plan includes the feature.".into(),
            404 if !ours || !self.says_missing(reply) => format!(
                "Another service than {} is at {}: check the URL, port, path or project slug in the provider's configuration. Nothing was removed from the state.",
                self.name, reply.base
            ),
            404 => "Refresh to bring the state up to date.".into(),
            429 => "The provider stays within the limits that the server reports, so other clients probably share them. Try again in a minute, or raise `max_retries`.".into(),
            500..=599 => "Try again; if it fails again, the service's own log has the reason.".into(),
            _ => "Correct the configuration and apply again.".into(),
        }
    }
}
