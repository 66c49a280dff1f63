//! The Pulumi face.

pub mod log;
pub mod serve;
