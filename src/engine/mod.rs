//! The engine: the operations of a provider, independent of the protocol and of the server.
//!
//! One file for each operation. `validate`, `plan` and `keep_spelling` are pure; the others reach the server through a [`Backend`],
//! each write in its own task, and each failure says whether the write was carried out. Knows nothing of tfplugin6, pulumirpc, HTTP
//! or Ory.

mod apply;
mod attempt;
mod backend;
mod beside;
mod call;
mod canonical;
mod claims;
mod configure;
mod context;
mod diagnostic;
#[allow(clippy::module_inception, reason = "it is what this folder is about")]
mod engine;
mod follow;
mod guard;
mod import;
mod inputs;
mod invoke;
mod journal;
mod list;
mod lookup;
mod moves;
mod offer;
mod open;
mod plan;
mod provider;
mod read;
mod shared;
mod spelling;
mod state;
mod upgrade;
mod validate;
mod write_only;

pub use apply::{Applied, Change, Unapplied};
pub use attempt::{Attempt, Begun, Makes, is_as_planned};
pub use backend::{ActionBackend, Backend, EphemeralBackend, Objects, Opened, QueryBackend, Renewed, Wanted};
pub use beside::Told;
pub use call::call;
pub(crate) use canonical::canonical;
pub use configure::{Configuration, parse};
pub use context::{Call, Cx, Done, Failure, Observed, Progress, Write};
pub use diagnostic::{Diagnostic, Severity, has_errors, one_line};
pub use engine::{Engine, named};
pub use follow::{following, without};
pub use guard::guard_deletion;
pub use inputs::{inputs_and_errors, inputs_by_now, inputs_of, unrepeatable};
pub use journal::{Account, Intent, Journal, Looked, Name, Sought, Stage};
pub use list::{Asked, Listed, ObjectStream, Plural, objects, plural};
pub use lookup::Found;
pub use moves::{Carry, Move, Moved, Peer, Source, carry, drops, moves, peer, with_defaults};
pub use offer::{ActionEntry, DataSource, Entry, EphemeralEntry, Group, ListEntry, Offer, group};
pub use open::Open;
pub use plan::{Plan, Prior, defaults, plan};
pub use provider::{Example, Provider, provider};
pub use read::Reread;
pub use shared::{Part, Says};
pub use spelling::{keep_spelling, keep_spelling_of, semantically_equal, sent_along};
pub use state::{Private, State, Takes, without_unasked};
pub use upgrade::{steps, upgrade};
pub use validate::{validate, validate_block};
pub use write_only::{has_write_only, used_by, validate_use, without_write_only};
