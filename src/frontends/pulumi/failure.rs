//! The engine's diagnostics as Pulumi's failures, statuses and messages.
//!
//! Owns texts and codes. A user's mistake is a failure of a check, not a status. No status has the code "unimplemented", or a code
//! that marks the state as possibly corrupt.

use super::{
    names,
    property::{Problem, Secrets, Struct},
};
use crate::{
    engine::{Diagnostic, Failure, Unapplied},
    schema::{Attr, Resource, Table},
};
use janiform_proto::{
    google_rpc,
    pulumirpc::{CheckFailure, ErrorResourceInitFailed},
};
use prost::{Message, Name};
use std::sync::Arc;
use tonic::{Code, Status};

/// The names that may be in a text.
#[derive(Clone)]
pub(super) struct Names {
    /// The table of the object.
    pub table: &'static Table,
    /// The table of the provider's settings.
    pub settings: &'static Table,
    /// The package, and its resources.
    pub package: &'static str,
    pub resources: Arc<[&'static Resource]>,
}

/// A diagnostic as one text, with the names in Pulumi's spelling. A text that names another resource may also name its attributes.
pub(super) fn tell(names: &Names, diagnostic: &Diagnostic) -> String {
    let Diagnostic { summary, detail, .. } = diagnostic.clone().harmless();
    let text = if detail.is_empty() { summary } else { format!("{summary}: {detail}") };
    if !text.contains('_') {
        return text;
    }
    let typed = |resource: &Resource| format!("{}_{}", names.package, resource.name);
    let named: Vec<_> = names.resources.iter().filter(|resource| names::has_word(&text, &typed(resource))).collect();
    let tables: Vec<_> = [names.table, names.settings].into_iter().chain(named.iter().map(|resource| &resource.table)).collect();
    let text = named.iter().fold(text, |text, resource| names::with_word(&text, &typed(resource), &names::pascal(resource.name)));
    // The object is called by the name of its resource, which may be a value of another attribute elsewhere.
    let own = names.resources.iter().find(|resource| std::ptr::eq(&resource.table, names.table)).filter(|own| own.name.contains('_'));
    let called = |article: &str, name: &str| format!("{article} {name}");
    let text = own
        .into_iter()
        .flat_map(|own| ["The", "the"].map(|article| (article, own.name)))
        .fold(text, |text, (article, name)| names::with_word(&text, &called(article, name), &called(article, &names::pascal(name))));
    names::speak(&tables, &text)
}

/// The same, with the property in front: for messages without a separate field for it.
pub(super) fn tell_where(names: &Names, diagnostic: &Diagnostic) -> String {
    let (property, text) = (names::path(&diagnostic.path), tell(names, diagnostic));
    if text.contains(&property) { text } else { format!("{property}: {text}") }
}

/// Properties that could not be read, as failures of a check.
///
/// Engines before 3.276 print the value of the property that a failure names, also a secret one. So a failure names the property
/// only if it is declared and neither is nor contains a secret. Otherwise the reason begins with its name.
pub(super) fn check_failures(names: &Names, secrets: &Secrets, problems: Vec<Problem>, diagnostics: &[Diagnostic]) -> Vec<CheckFailure> {
    let table = names.table;
    let shown = |property: &str| {
        let root = names::root(property).0;
        let attr = table.attrs().find(|attr| names::camel(attr.name) == root || attr.formerly == Some(root.as_str()));
        let marked = |attr: &Attr| secrets.iter().any(|path| path.root() == Some(attr.name));
        attr.is_some_and(|attr| !attr.holds_secret() && !marked(attr))
    };
    let unreadable = problems.into_iter().map(|problem| (problem.property, problem.reason));
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
    let failures = unreadable.chain(errors.map(|error| (names::path(&error.path), tell(names, error))));
    let failures = failures.map(|(property, reason)| match (shown(&property), reason.starts_with(&property)) {
        (true, _) => CheckFailure { property, reason },
        (false, true) => CheckFailure { property: String::new(), reason },
        (false, false) => CheckFailure { property: String::new(), reason: format!("{property}: {reason}") },
    });
    failures.collect()
}

/// The status for properties that could not be read although a check has accepted them.
pub(super) fn refused(problems: &[Problem]) -> Status {
    let texts: Vec<_> = problems.iter().map(|problem| format!("{}: {}", problem.property, problem.reason)).collect();
    Status::invalid_argument(texts.join("\n"))
}

/// The status for a failure that changed nothing.
pub(super) fn failed(names: &Names, failure: &Failure) -> Status {
    Status::failed_precondition(errors(names, &failure.diagnostics).join("\n"))
}

/// The status for a failed write that left nothing new.
pub(super) fn unapplied(names: &Names, unapplied: &Unapplied) -> Status {
    Status::failed_precondition(errors(names, &unapplied.diagnostics).join("\n"))
}

/// The status for a failed write that left an object: Pulumi stores its state.
pub(super) fn half_done(names: &Names, diagnostics: &[Diagnostic], id: String, properties: Struct, inputs: Struct) -> Status {
    let reasons = errors(names, diagnostics);
    let message = reasons.join("\n");
    let detail = ErrorResourceInitFailed { id, properties: Some(properties), reasons, inputs: Some(inputs), refresh_before_update: false };
    with_detail(Code::Unknown, message, &detail)
}

/// A status with a detail, which is sent in the trailer.
pub(super) fn with_detail<M: Message + Name>(code: Code, message: String, detail: &M) -> Status {
    let any = prost_types::Any { type_url: M::type_url(), value: detail.encode_to_vec() };
    let status = google_rpc::Status { code: code as i32, message: message.clone(), details: vec![any] };
    Status::with_details(code, message, status.encode_to_vec().into())
}

/// The errors among the diagnostics, each as one text.
pub(super) fn errors(names: &Names, diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).map(|error| tell_where(names, error)).collect()
}
