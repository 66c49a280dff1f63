//! What a tool keeps of an object between runs.

use super::without_empty_texts;
use crate::{schema::Table, value::Value};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// An object as the tool's state has it.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The object's id; `None` where it is not known.
    pub id: Option<String>,
    /// Its attributes, in table order.
    pub value: Value,
    /// What the engine remembers beside them.
    pub private: Private,
}

impl State {
    /// As backends are told it: without the empty texts that say "not set".
    pub(super) fn without_empty_texts(&self, table: &Table) -> Cow<'_, State> {
        match without_empty_texts(table, &self.value) {
            Cow::Borrowed(_) => Cow::Borrowed(self),
            Cow::Owned(value) => Cow::Owned(State { id: self.id.clone(), value, private: self.private.clone() }),
        }
    }
}

/// What the engine remembers of an object that no attribute shows. Holds no secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Private {
    /// The write-only arguments in use; `None` in a state that another provider wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_only: Option<Vec<String>>,
    /// The object has just been imported: all that can be read is to be read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub imported: bool,
}

impl Private {
    /// Whether the write-only argument is known to be in use.
    pub fn uses(&self, write_only: &str) -> bool {
        self.write_only.iter().flatten().any(|name| name == write_only)
    }

    /// From the bytes that a tool stored; what another provider wrote reads as nothing remembered.
    pub fn from_bytes(bytes: &[u8]) -> Private {
        serde_json::from_slice(bytes).unwrap_or_default()
    }

    /// As bytes for a tool to store.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}
