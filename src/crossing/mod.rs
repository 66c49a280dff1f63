//! The way across: what is there becomes code, a stack of one tool becomes a stack of the other, and two targets are compared.
//!
//! Owns states of both tools as files, programs in their languages, and the walks between them. Must not know Ory: what it
//! needs of a provider it asks the engine's tables, and what other providers called their types comes from `ory::peers`.

pub mod adopt;
pub mod diff;
pub mod discover;
pub mod input;
pub mod migrate;
mod problem;
pub mod program;
pub mod staged;
pub mod state;

pub use problem::Problem;
