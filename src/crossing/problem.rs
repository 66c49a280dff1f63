//! Why a way across ends: the one error of all of them.
//!
//! Owns that a message is one line which gives a terminal no orders: addresses and names come from files and servers, and may
//! hold anything. Commands print it.

use crate::engine::one_line;
use std::{fmt, io};

/// What is wrong, with which resource or file and why, and what to do next. Never a value of a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub what: String,
    /// What to do next.
    pub hint: String,
}

impl Problem {
    /// This is wrong; do that.
    pub fn new(what: impl fmt::Display, hint: impl fmt::Display) -> Problem {
        Problem { what: one_line(&what.to_string()).into_owned(), hint: hint.to_string() }
    }

    /// The same of something in this file.
    #[must_use]
    pub fn in_file(self, file: impl fmt::Display) -> Problem {
        Problem::new(format_args!("{file}: {}", self.what), self.hint)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what, self.hint)
    }
}

impl std::error::Error for Problem {}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Problem {
        Problem::new(format_args!("a file cannot be written: {error}"), "Check that the disk has space and that this user may write there.")
    }
}
