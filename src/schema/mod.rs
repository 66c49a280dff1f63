//! The declaration language: resources as tables that are checked at compile time.
//!
//! Owns attributes, resources, data sources, calls, checks, rules and meanings. Pure description: it does no I/O,
//! and knows no protocol and no server. Both frontends, the exports and the REST mapping read it.

mod attr;
mod block;
mod call;
mod check;
mod checked;
mod data_source;
mod equality;
mod index;
pub mod json;
mod resource;
mod rule;
mod table;

pub use attr::{Attr, Cleared, Codec, Default, EmptyText, Guards, Kind, Nested, Presence, Reads, Recompute, Reference};
pub use attr::{boolean, flag, int, integer, list, map, map_of, number, object, objects, string, text, under};
pub use block::{BlockSchema, Field};
pub use call::{Action, Ephemeral, Function, ListResource, Refused, action, ephemeral, function, list_resource};
pub use check::{Check, between, filled, known, only, refuse, warn};
pub use data_source::{Lookup, Query, count_listed, listed, lookup, query};
pub use equality::{DURATION, EXACT, Equality, INSTANT, JSON, URL, UUID, WORDS};
pub use index::{Pointer, WideIndex};
pub use resource::{ID, Occupied, OnAdopt, PlanDraft, Resource, Texts, Upgrade, resource};
pub use rule::{Advice, Demand, Problem, Rule, advice, conflicts, only_with, requires, rule};
pub use table::{Attrs, Object, Table};
