//! Ory's tables and how they are reached: plans without a server, and writes against the emulator with
//! the network's faults in between.

mod addresses;
pub mod adoption;
mod answers;
mod attempts;
pub mod both_faces;
mod broken_servers;
mod certificates;
mod client_plan;
pub mod console;
mod dynamic;
mod empties;
mod faults;
mod guards;
mod identities;
pub mod identity_lives;
mod issuers;
mod journal;
mod key_spellings;
mod keys;
pub mod lifecycle;
mod member_names;
mod neighbours;
mod origins;
mod peers;
mod private_keys;
pub mod project_config;
mod provider_block;
mod pulumi;
pub mod queries;
mod relationships;
mod sharing;
mod silent;
mod together;
mod waits;
mod write_only;
mod writes;
