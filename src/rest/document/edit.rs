//! A change of a document, as a function of the current document.

use super::change::Change;
use crate::{engine::Diagnostic, value::Json};

/// The input of an edit.
pub struct Current<'a> {
    /// The current document.
    pub document: &'a Json,
    /// Whether an earlier attempt of the same edit may have been carried out.
    pub may_be_made: bool,
}

/// The changes of parts of the current document, or why the edit must not be carried out.
type Changes = Box<dyn Fn(Current<'_>) -> Result<Vec<Change>, Diagnostic> + Send + Sync>;

/// A change of a document.
pub struct Edit {
    /// The name of its writer, for messages: "the shelf `a`". Edits with the same name do not contradict each other, unless the later
    /// one makes its writer.
    pub who: String,
    /// Whether it makes its writer: then what this name has set before was set by another object.
    pub is_new: bool,
    /// Texts that must not be repeated in an error.
    pub secrets: Vec<String>,
    /// Whether it is carried out in spite of the document's [`guard`](super::Document::guard).
    pub insists: bool,
    /// Its changes. The function may run many times.
    pub changes: Changes,
}
