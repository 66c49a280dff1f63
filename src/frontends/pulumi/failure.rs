//! What the engine says, as Pulumi's failures, statuses and messages.
//!
//! Owns texts and codes. User mistakes are failures of a check, not statuses; a status never has a code
//! that means "unimplemented", nor one that marks the state as possibly corrupt.

use super::{
    names,
    property::{Problem, Secrets, Struct},
};
use crate::{
    engine::{Diagnostic, Failure, Unapplied},
    schema::{Attr, Table},
};
use janiform_proto::{
    google_rpc,
    pulumirpc::{CheckFailure, ErrorResourceInitFailed},
};
use prost::{Message, Name};
use tonic::{Code, Status};

/// The tables whose names a text may have: that of the object, and the provider's settings.
pub(super) type Tables<'a> = [&'a Table; 2];

/// One diagnostic in one text, with the names of the tables' attributes as Pulumi has them.
pub(super) fn tell(tables: Tables<'_>, diagnostic: &Diagnostic) -> String {
    let text = match diagnostic.detail.is_empty() {
        true => diagnostic.summary.clone(),
        false => format!("{}: {}", diagnostic.summary, diagnostic.detail),
    };
    names::speak(&tables, &text)
}

/// The same, led by the property that it is about: for messages that have no other place for that.
pub(super) fn tell_where(tables: Tables<'_>, diagnostic: &Diagnostic) -> String {
    let (property, text) = (names::path(&diagnostic.path), tell(tables, diagnostic));
    if text.contains(&property) { text } else { format!("{property}: {text}") }
}

/// What could not be read and what is wrong, as failures of a check.
///
/// Engines before 3.276 print the value of the property that a failure names, secrets too. So the property is named
/// where it neither is nor holds one, as declared or as marked; else, and where nobody knows what it is, the reason
/// begins with its name.
pub(super) fn check_failures(
    tables: Tables<'_>,
    secrets: &Secrets,
    problems: Vec<Problem>,
    diagnostics: &[Diagnostic],
) -> Vec<CheckFailure> {
    let table = tables[0];
    let shown = |property: &str| {
        let root = names::root(property).0;
        let attr = table.attrs().find(|attr| names::camel(attr.name) == root || attr.formerly == Some(root.as_str()));
        let marked = |attr: &Attr| secrets.iter().any(|path| path.root() == Some(attr.name));
        attr.is_some_and(|attr| !attr.holds_secret() && !marked(attr))
    };
    let unreadable = problems.into_iter().map(|problem| (problem.property, problem.reason));
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
    let failures = unreadable.chain(errors.map(|error| (names::path(&error.path), tell(tables, error))));
    let failures = failures.map(|(property, reason)| match (shown(&property), reason.starts_with(&property)) {
        (true, _) => CheckFailure { property, reason },
        (false, true) => CheckFailure { property: String::new(), reason },
        (false, false) => CheckFailure { property: String::new(), reason: format!("{property}: {reason}") },
    });
    failures.collect()
}

/// What could not be read, where a check should have found it.
pub(super) fn refused(problems: &[Problem]) -> Status {
    let texts: Vec<_> = problems.iter().map(|problem| format!("{}: {}", problem.property, problem.reason)).collect();
    Status::invalid_argument(texts.join("\n"))
}

/// A failure that left nothing behind.
pub(super) fn failed(tables: Tables<'_>, failure: &Failure) -> Status {
    Status::failed_precondition(errors(tables, &failure.diagnostics).join("\n"))
}

/// A write that failed and left nothing new behind.
pub(super) fn unapplied(tables: Tables<'_>, unapplied: &Unapplied) -> Status {
    Status::failed_precondition(errors(tables, &unapplied.diagnostics).join("\n"))
}

/// A write that failed, and the object that it left behind: Pulumi keeps its state.
pub(super) fn half_done(tables: Tables<'_>, diagnostics: &[Diagnostic], id: String, properties: Struct, inputs: Struct) -> Status {
    let reasons = errors(tables, diagnostics);
    let message = reasons.join("\n");
    let detail = ErrorResourceInitFailed { id, properties: Some(properties), reasons, inputs: Some(inputs), refresh_before_update: false };
    with_detail(Code::Unknown, message, &detail)
}

/// A status with a detail that travels in the trailer.
pub(super) fn with_detail<M: Message + Name>(code: Code, message: String, detail: &M) -> Status {
    let any = prost_types::Any { type_url: M::type_url(), value: detail.encode_to_vec() };
    let status = google_rpc::Status { code: code as i32, message: message.clone(), details: vec![any] };
    Status::with_details(code, message, status.encode_to_vec().into())
}

/// The errors among the diagnostics, each in one text.
pub(super) fn errors(tables: Tables<'_>, diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).map(|error| tell_where(tables, error)).collect()
}
