//! Terraform core, as far as a provider sees it.
//!
//! | module | what |
//! |---|---|
//! | [`core`] | the order of calls in plan, apply, refresh, import and destroy, over a real connection |
//! | [`rules`] | core's rules, pure; each with a name and core's words |
//! | [`val`] | values and types as core has them, with an encoding of their own (rmpv) |
//! | [`lifecycle`] | lifecycles of any resource, attribute by attribute |
//! | [`saboteur`] | a provider that breaks one rule at a time: proof that the checkers can fail |
//!
//! The rules are those of Terraform 1.15, read in its source (`internal/terraform`, `internal/plans/objchange`); OpenTofu 1.12
//! has the same ones. Shares no code with the face but the generated messages.

pub mod core;
pub mod lifecycle;
pub mod rules;
pub mod saboteur;
pub mod val;

pub use self::{
    core::{Action, Core, Outcome, Planned, Stop, Stored, Thing, unknown},
    lifecycle::Lifecycle,
    rules::{Broken, Rule},
    val::Val,
};
