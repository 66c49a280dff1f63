//! The operations on objects behind a REST API: create with an id that we choose, read, update without changing what the table does
//! not know, delete, list.
//!
//! [`Rest`] describes a collection of objects; each operation is a file. They own the order of the requests, and what a 409 to a
//! create means. They send through `endpoint`, and know no API.

mod create;
mod delete;
mod read;
mod rest;
mod seen;
mod update;

pub(super) use create::ways_out;
pub use create::{REPLACING, maybe_left};
pub use rest::{Chosen, Envelope, Rest, Update};
pub use seen::{id_of, stored_unaddressable};
