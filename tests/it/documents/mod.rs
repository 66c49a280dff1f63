//! Documents that many resources are parts of: the number of requests, and that no edit is lost, repeated or reported
//! wrongly, whatever others write at the same time and whichever answers are lost.

mod coordinator;
mod faces;
mod parts;
mod provider;
mod server;
