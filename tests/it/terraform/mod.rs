//! The Terraform face, tested by a core of our own.
//!
//! | module | what |
//! |---|---|
//! | [`val`] | values and types as core has them, with an encoding of their own (rmpv) |
//! | [`rules`] | core's rules, pure; each with a name and core's words |
//! | [`core`] | the order of calls in plan, apply, refresh, import and destroy, over a real connection |
//! | [`samples`] | values for any attribute, from its table |
//! | [`lifecycle`] | lifecycles of any resource, attribute by attribute |
//! | [`saboteur`] | a provider that breaks one rule at a time: proof that the checkers can fail |
//! | [`toys`] | the lifecycles and the special cases on the toy provider |
//! | [`failures`] | what is told and kept when things go wrong |
//! | [`states`] | states, secrets, other providers' states, data sources |
//! | [`calls`] | functions, ephemeral resources, lists and actions |
//! | [`codec`] | the encoding of values: golden vectors, round trips, hostile bytes |
//!
//! Shares no code with the face but the generated messages.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, dead_code, missing_docs)]

mod calls;
mod codec;
pub mod core;
mod failures;
pub mod lifecycle;
pub mod rules;
mod saboteur;
pub mod samples;
mod shared;
mod states;
pub mod toys;
pub mod val;
