//! The engine: what a provider does, without saying over which wire or to which server.
//!
//! One file a verb. `validate`, `plan` and `settle` are pure; the others reach the server through a
//! [`Backend`], each write in a task of its own, and each failure says whether the write happened.
//! Knows nothing of tfplugin6, pulumirpc, HTTP or Ory.

mod apply;
mod attempt;
mod canonical;
mod claims;
mod configure;
mod context;
mod diagnostic;
mod follow;
mod guard;
mod journal;
mod lookup;
mod plan;
mod provider;
mod read;
mod settle;
mod state;
mod upgrade;
mod validate;
mod write_only;

pub use apply::{Applied, Change, Unapplied};
pub use attempt::{Attempt, Begun, Makes, is_as_planned};
use canonical::canonical;
pub use configure::{Configuration, parse};
pub use context::{Call, Cx, Done, Failure, Observed, Progress, Write};
pub use diagnostic::{Diagnostic, Severity, has_errors, one_line};
pub use follow::{following, without};
pub use guard::guard_deletion;
pub use journal::{Account, Intent, Journal, Looked, Name, Sought, Stage};
pub use lookup::Found;
pub use plan::{Plan, Prior, defaults, plan};
pub use provider::{Backend, Engine, Entry, Program, Provider, QueryEntry, Respond, Source, ViewEntry};
pub use read::Reread;
pub use settle::{same, settle, settle_attr};
pub use state::{Private, State, Takes};
pub use upgrade::upgrade;
pub use validate::{validate, validate_block};
pub use write_only::{used_by, validate_use};
