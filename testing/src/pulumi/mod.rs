//! Pulumi's engine, as far as a provider sees it.
//!
//! | module | what |
//! |---|---|
//! | [`engine`] | the order of calls in preview, up, refresh, import and destroy, over a real connection |
//! | [`rules`] | what the engine and its users rely on, as named rules over single answers |
//! | [`wire`] | properties as JSON |
//! | [`lifecycle`] | lifecycles of any resource, attribute by attribute |
//! | [`saboteur`] | a provider that breaks one rule at a time: proof that the checkers can fail |
//!
//! The order of calls is that of Pulumi 3.259 (`pkg/resource/deploy` in its source). Shares no code with the face but the
//! generated messages.

pub mod engine;
pub mod lifecycle;
mod recorder;
pub mod rules;
pub mod saboteur;
pub mod wire;

pub use self::{
    engine::{Done, Host, Stop, Stored, Up},
    lifecycle::{Lifecycle, spell},
    recorder::Recorder,
    rules::{Broken, Rule},
};
