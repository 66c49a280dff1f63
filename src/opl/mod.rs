//! The Ory Permission Language: checks documents, and finds the namespaces that they declare.
//!
//! Owns the grammar, the type checks and Ory Keto's messages: a document is accepted exactly if Keto 26.2 accepts it, and every
//! error has Keto's text and position. The answers of Keto's own parser to many documents are recorded in `tests/fixtures/opl`.
//! Does not know servers and resources: the provider warns by it, and the emulator refuses by it.

mod lexer;
mod parser;

pub use parser::{Document, Fault, Namespace, Position, Trap, parse};
