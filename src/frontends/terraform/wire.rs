//! An object in a message, and errors about bytes that contain none.

use crate::{engine::Diagnostic, value::Value};

/// An object with its id, in configurations, plans and states of messages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WireObject {
    /// The `id` attribute; null where the block has none.
    pub id: Value,
    /// The table's object; attributes that the block does not show are null.
    pub value: Value,
}

/// An error about bytes that do not match the schema: the place and the reason, never the content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireError {
    path: Vec<String>,
    what: String,
}

impl WireError {
    pub(super) fn new(what: impl Into<String>) -> WireError {
        WireError { path: Vec::new(), what: what.into() }
    }

    pub(super) fn mismatch(wanted: &'static str) -> WireError {
        WireError::new(format!("is not {wanted}"))
    }

    pub(super) fn within(mut self, step: String) -> WireError {
        self.path.push(step);
        self
    }
}

impl std::fmt::Display for WireError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.path.is_empty() {
            return write!(f, "the value {}", self.what);
        }
        for (position, step) in self.path.iter().rev().enumerate() {
            let dot = if position > 0 && !step.starts_with('[') { "." } else { "" };
            write!(f, "{dot}{step}")?;
        }
        write!(f, " {}", self.what)
    }
}

impl From<WireError> for Diagnostic {
    fn from(error: WireError) -> Self {
        Diagnostic::error(
            "The tool sent a value that does not fit the schema",
            format!("This is a bug in the tool or in the provider, or the provider was replaced during a run. The error: {error}."),
        )
    }
}
