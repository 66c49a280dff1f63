//! What is there becomes code: a project, a workspace or servers, as programs with what imports their objects.
//!
//! Owns the way from lists to files. Each object is read once, and kept on disk until its name is known; in memory are ids and
//! names. Only reads. Where it is asked from is the provider's own configuration.

mod kinds;
mod objects;
mod page;
mod plan;
mod select;
mod spool;
mod survey;
mod write;

pub use kinds::{Choice, Kind, choose};
pub use plan::Plan;
pub use survey::{Around, Found, LeftOut, Survey, Surveyed, survey};
pub use write::{Files, Style, free, write};

use crate::engine::{Diagnostic, Failure};
use std::{fmt, io};

/// Why nothing was written, and what to do next.
#[derive(Debug)]
pub struct Problem {
    /// What failed.
    pub what: String,
    /// What to do next.
    pub hint: String,
}

impl Problem {
    /// This failed; do that.
    pub fn new(what: impl fmt::Display, hint: impl fmt::Display) -> Problem {
        Problem { what: what.to_string(), hint: hint.to_string() }
    }

    /// A kind could not be read.
    fn of(kind: &str, failure: Failure) -> Problem {
        let error = failure.into_errors().into_iter().find(Diagnostic::is_error).map(Diagnostic::harmless);
        match error {
            Some(error) => Problem::new(format_args!("{kind} cannot be listed: {}", error.summary), error.detail),
            None => Problem::new(format_args!("{kind} cannot be listed"), "The server gave no reason."),
        }
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Problem {
        Problem::new(format_args!("a file cannot be written: {error}"), "Check that the disk has space and that this user may write there.")
    }
}
