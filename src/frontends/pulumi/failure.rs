//! What the engine says, as Pulumi's failures, statuses and messages.
//!
//! Owns texts and codes. User mistakes are failures of a check, not statuses; a status never has a code
//! that means "unimplemented", nor one that marks the state as possibly corrupt.

use super::{names, property::Problem, property::Struct};
use crate::{
    engine::{Diagnostic, Failure, Unapplied},
    schema::Table,
};
use janiform_proto::{
    google_rpc,
    pulumirpc::{CheckFailure, ErrorResourceInitFailed},
};
use prost::{Message, Name};
use tonic::{Code, Status};

/// One diagnostic in one text, with the names of the table's attributes as Pulumi has them.
pub(super) fn tell(table: &Table, diagnostic: &Diagnostic) -> String {
    let Diagnostic { summary, detail, .. } = diagnostic.clone().harmless();
    let text = if detail.is_empty() { summary } else { format!("{summary}: {detail}") };
    names::speak(table, &text)
}

/// The same, led by the property that it is about: for messages that have no other place for that.
pub(super) fn tell_where(table: &Table, diagnostic: &Diagnostic) -> String {
    let (property, text) = (names::path(&diagnostic.path), tell(table, diagnostic));
    if text.contains(&property) { text } else { format!("{property}: {text}") }
}

/// Errors as failures of a check.
pub(super) fn check_failures(table: &Table, diagnostics: &[Diagnostic]) -> Vec<CheckFailure> {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
    errors.map(|error| CheckFailure { property: names::path(&error.path), reason: tell(table, error) }).collect()
}

/// What could not be read, as failures of a check.
pub(super) fn unreadable(problems: Vec<Problem>) -> Vec<CheckFailure> {
    problems.into_iter().map(|problem| CheckFailure { property: problem.property, reason: problem.reason }).collect()
}

/// What could not be read, where a check should have found it.
pub(super) fn refused(problems: &[Problem]) -> Status {
    let texts: Vec<_> = problems.iter().map(|problem| format!("{}: {}", problem.property, problem.reason)).collect();
    Status::invalid_argument(texts.join("\n"))
}

/// A failure that left nothing behind.
pub(super) fn failed(table: &Table, failure: &Failure) -> Status {
    Status::failed_precondition(errors(table, &failure.diagnostics).join("\n"))
}

/// A write that failed and left nothing new behind.
pub(super) fn unapplied(table: &Table, unapplied: &Unapplied) -> Status {
    Status::failed_precondition(errors(table, &unapplied.diagnostics).join("\n"))
}

/// A write that failed, and the object that it left behind: Pulumi keeps its state.
pub(super) fn half_done(table: &Table, diagnostics: &[Diagnostic], id: String, properties: Struct, inputs: Struct) -> Status {
    let reasons = errors(table, diagnostics);
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

fn errors(table: &Table, diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).map(|error| tell_where(table, error)).collect()
}
