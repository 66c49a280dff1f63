//! What is said to the user: what failed, where, why, and what to do next.

use crate::value::Path;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The operation cannot go on.
    Error,
    /// It can, but somebody should look.
    Warning,
}

/// One message to the user. It never holds a configured value: that may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What failed, in a few words without a full stop.
    pub summary: String,
    /// Why, and what to do next.
    pub detail: String,
    /// Where in the configuration; the root means the whole object.
    pub path: Path,
}

impl Diagnostic {
    /// An error about the object as a whole.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Error, summary: summary.into(), detail: detail.into(), path: Path::ROOT }
    }

    /// A warning about the object as a whole.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, summary: summary.into(), detail: detail.into(), path: Path::ROOT }
    }

    /// The same message, pointing here.
    pub fn at(mut self, path: Path) -> Diagnostic {
        self.path = path;
        self
    }

    /// True for errors.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// True if any of these is an error.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::is_error)
}
