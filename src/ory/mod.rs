//! Ory: the provider's tables, its services, and how they are reached.
//!
//! Everything that knows Ory is here (and in the emulator, the exports' data and the command line). Knows
//! neither tfplugin6 nor pulumirpc.

mod actions;
pub mod buckets;
mod client;
mod ephemeral;
mod functions;
mod keto;
mod peers;
pub mod project;
mod provider;
pub mod resources;
pub mod services;
pub mod settings;
pub mod talos;
pub mod unpublished;

pub use client::{Client, SELF_HOSTED, SelfHosted, http_url, is_public, works_for};
pub use provider::ORY;
pub use services::service_of;
