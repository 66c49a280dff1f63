//! The Terraform face, tested by the core of `janiform-testing`.
//!
//! | module | what |
//! |---|---|
//! | [`saboteur`] | the toy provider with one rule broken at a time: proof that the checkers can fail |
//! | [`toys`] | the lifecycles and the special cases on the toy provider |
//! | [`failures`] | messages and state after failures |
//! | [`states`] | states, secrets, other providers' states, data sources |
//! | [`moves`] | moves from other providers' types |
//! | [`calls`] | functions, ephemeral resources, lists and actions |
//! | [`codec`] | the encoding of values: golden vectors, round trips, hostile bytes |
//!
//! Shares no code with the face but the generated messages.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, dead_code, missing_docs)]

mod calls;
mod codec;
mod failures;
mod moves;
mod saboteur;
mod shared;
mod states;
pub mod toys;

pub use janiform_testing::{
    samples,
    terraform::{core, lifecycle, rules, val},
};
