//! The two faces: each translates between its protocol and [`crate::engine`], and does nothing else.

pub mod pulumi;
pub mod terraform;
