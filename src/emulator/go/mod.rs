//! What a server written in Go does to bytes: its JSON reader, its URL rules, its form decoding.
//!
//! Owns behaviour of Go's standard library as far as it shows on the wire. Knows nothing of
//! Hydra, clients or tokens.

pub mod decode;
pub mod float;
pub mod form;
pub mod json;
pub mod url;
pub mod uuid;
