//! Documents that many resources are parts of: how few requests they take, and that no edit is lost, doubled or told
//! wrong, whatever others write at the same time and whichever answers get lost.

mod coordinator;
mod faces;
mod parts;
mod provider;
mod server;
