//! The declaration language: what a resource is, as tables that are checked when they compile.
//!
//! Owns attributes, resources, views, checks, rules and meanings. Pure description: it does no I/O,
//! and knows no protocol and no server. Both frontends, the exports and the REST mapping read it.

mod attr;
mod check;
mod checked;
mod index;
pub mod json;
mod meaning;
mod resource;
mod rule;
mod surface;
mod table;

pub use attr::{Attr, Cleared, Codec, Default, EmptyText, Guards, Kind, Moves, Nested, Presence, Reads, Reference};
pub use attr::{boolean, flag, int, integer, list, map, number, object, objects, string, text, under};
pub use check::{Check, between, known, only, refuse, warn};
pub use index::Pointer;
pub use meaning::{DURATION, EXACT, INSTANT, JSON, Meaning, URL, WORDS};
pub use resource::{Draft, ID, Occupied, Query, Resource, Texts, View, query, resource, view};
pub use rule::{Advice, Demand, Problem, Rule, advice, conflicts, requires, rule};
pub use surface::{Field, Surface};
pub use table::{Object, Table};
