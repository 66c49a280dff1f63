//! Existing objects become code: the objects of a project, a workspace or servers, as programs with imports.
//!
//! Owns the way from lists to files. Each object is read once, and kept on disk until its name is known; only ids and names are in
//! memory. It only reads, from the services that the provider's configuration names.

mod kinds;
mod objects;
mod page;
mod plan;
mod select;
mod spool;
mod survey;
mod write;

pub use kinds::{Choice, Kind, Reach, choose};
pub use plan::Plan;
pub use survey::{Around, Found, LeftOut, Survey, Surveyed, survey};
pub use write::{Files, Needed, Style, secrets_file, write};

use super::Problem;
use crate::engine::{Diagnostic, Failure};

/// A kind could not be read.
fn unlisted(kind: &str, failure: Failure) -> Problem {
    let error = failure.into_errors().into_iter().find(Diagnostic::is_error).map(Diagnostic::harmless);
    match error {
        Some(error) => Problem::new(format_args!("{kind} cannot be listed: {}", error.summary), error.detail),
        None => Problem::new(format_args!("{kind} cannot be listed"), "The server gave no reason."),
    }
}
