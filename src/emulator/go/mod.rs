//! The behaviour of Go's standard library that clients can observe: its JSON reader, its URL rules, its form decoding.
//!
//! Knows nothing of Hydra, clients or tokens.

pub mod decode;
pub mod float;
pub mod form;
pub mod json;
pub mod url;
pub mod uuid;
