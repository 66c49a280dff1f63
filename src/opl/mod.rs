//! The Ory Permission Language: whether a document is one, and which namespaces it declares.
//!
//! Owns the grammar, the checks of types and the words in which Ory Keto says what is wrong: a document is taken exactly where
//! Keto 26.2 takes it, and every fault is told as Keto tells it, with its position. What Keto's own parser says of many
//! documents is recorded in `tests/fixtures/opl`. Knows no server and no resource: the provider warns by it, and the emulator
//! refuses by it.

mod lexer;
mod parser;

pub use parser::{Fault, Namespace, Position, parse};
