//! A change of a document, as a function over the document as it is.

use super::change::Change;
use crate::{engine::Diagnostic, value::Json};

/// What an edit sees.
pub struct Current<'a> {
    /// The document as it is.
    pub document: &'a Json,
    /// Whether an earlier try of this very edit may have been carried out.
    pub may_be_made: bool,
}

/// What is to be true of parts of a document as it is, or why the edit must not be carried out.
type Changes = Box<dyn Fn(Current<'_>) -> Result<Vec<Change>, Diagnostic> + Send + Sync>;

/// A change of a document.
pub struct Edit {
    /// Whose it is, for messages: "the shelf `a`". Edits of one name do not contradict each other.
    pub who: String,
    /// Texts that must not be repeated in an error.
    pub secrets: Vec<String>,
    /// Whether it is carried out although the document's [`guard`](super::Document::guard) says why not.
    pub insists: bool,
    /// What it makes of the document. It may run many times.
    pub changes: Changes,
}
