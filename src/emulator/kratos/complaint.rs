//! Errors of a document against a JSON schema, and their places.
//!
//! Owns the tree of complaints and how it is printed. Does not know any keyword.

use crate::emulator::go::json::Json;

/// An error, and the errors that cause it.
#[derive(Clone, Debug, PartialEq)]
pub struct Complaint {
    /// Where in the document.
    pub instance: String,
    /// Where in the schema.
    pub schema: String,
    /// What is wrong.
    pub message: String,
    /// The errors that cause it.
    pub causes: Vec<Complaint>,
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "I[{}] S[{}] {}", self.instance, self.schema, self.message)?;
        for cause in &self.causes {
            for line in cause.to_string().split('\n') {
                write!(f, "\n  {line}")?;
            }
        }
        Ok(())
    }
}

/// A part of the schema, and the value that it applies to.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The part of the schema.
    pub schema: &'a Json,
    /// The value.
    pub value: &'a Json,
    /// Where the value is.
    pub instance: &'a str,
    /// Where the part of the schema is.
    pub pointer: &'a str,
    /// How deep the part is nested.
    pub depth: usize,
}

impl Place<'_> {
    /// A complaint about this place, and about this keyword if it is not empty.
    pub fn complain(&self, keyword: &str, message: impl Into<String>) -> Complaint {
        let schema = if keyword.is_empty() { self.pointer.to_owned() } else { format!("{}/{keyword}", self.pointer) };
        Complaint { instance: self.instance.to_owned(), schema, message: message.into(), causes: Vec::new() }
    }
}
