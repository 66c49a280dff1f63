//! One resource engine, two faces.

pub mod engine;
pub mod schema;
pub mod value;
