//! Ory's tables and how they are reached: plans without a server, and writes against the emulator with
//! the network's faults in between.

mod client_plan;
mod faults;
mod identities;
pub mod lifecycle;
mod peers;
mod provider_block;
mod pulumi;
mod queries;
mod relationships;
mod sharing;
