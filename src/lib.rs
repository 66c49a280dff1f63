//! One resource engine, two faces.

pub mod engine;
#[cfg(feature = "ory")]
pub mod ory;
pub mod rest;
pub mod schema;
pub mod value;
