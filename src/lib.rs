//! One resource engine for infrastructure tools, with two faces: Terraform's tfplugin6 and Pulumi's resource
//! provider protocol. A resource is declared once, as a table; both wire schemas, both behaviours, the
//! documentation, the exported schemas, the mapping to the API and most tests follow from it.
//!
//! ```text
//!    terraform / tofu                                pulumi
//!         │ tfplugin6 over go-plugin, mTLS              │ pulumirpc
//!   frontends::terraform                          frontends::pulumi       translate wire ⇄ Value; nothing else
//!         └──────────────────┬──────────────────────────┘
//!                         engine                                          validate · plan · keep_spelling · apply · read · lookup · upgrade
//!                            │  reads                │ calls
//!                         schema                  Backend<C>  ◄── rest    pure description │ how it is reached; rest: JSON over HTTP
//!                            └──────────┬────────────┘
//!                                      ory                                tables, services, credentials
//!    around it:  export (schemas, docs)   emulator (a local Ory)   cli
//! ```
//!
//! Calls go down only.
//!
//! # A provider
//!
//! is data: tables of its objects, a backend for each kind of object, and one list of all that it offers. This one
//! offers a single kind, whose backend stores nothing; for objects that are JSON behind HTTP, the backend is a [`rest::Rest`].
//!
//! ```
//! use async_trait::async_trait;
//! use janiform::{
//!     engine::{Backend, Cx, Diagnostic, Engine, Failure, Observed, Offer, Provider, State, Write, provider},
//!     export::{Format, export},
//!     schema::{Attr, Resource, resource, string},
//! };
//!
//! static NOTES: Provider<()> = provider("notes", "Manage notes.", |_| Ok(()))
//!     .namespace("example")
//!     .version("0.1.0")
//!     .offers(&[&[Offer::resource(&NOTE, &Nowhere)]])
//!     .checked();
//!
//! static NOTE: Resource = resource("note", "A note.").import("note_id").sections(&[ATTRIBUTES]).checked();
//!
//! static ATTRIBUTES: &[Attr] =
//!     &[string("note_id", "Identifies the note.").read_only(), string("text", "What it says.").required()];
//!
//! struct Nowhere;
//!
//! #[async_trait]
//! impl Backend<()> for Nowhere {
//!     async fn create(&self, _: &Cx<()>, write: &Write) -> Result<Observed, Failure> {
//!         Err(Diagnostic::error("Nothing is kept", format!("There is no place for a {}.", write.resource.name)).into())
//!     }
//!     async fn read(&self, _: &Cx<()>, _: &'static Resource, _: &State) -> Result<Option<Observed>, Failure> {
//!         Ok(None)
//!     }
//!     async fn update(&self, cx: &Cx<()>, write: &Write) -> Result<Observed, Failure> {
//!         self.create(cx, write).await
//!     }
//!     async fn delete(&self, _: &Cx<()>, _: &'static Resource, _: &State) -> Result<(), Failure> {
//!         Ok(())
//!     }
//! }
//!
//! // `fn main() -> ExitCode { frontends::run(&NOTES, …) }` serves it to both tools. The schema for Pulumi:
//! let pulumi = export(&Engine::new(&NOTES), Format::Pulumi);
//! assert!(pulumi[0].content.contains("notes:index/note:Note"));
//! ```
//!
//! For tests of a provider there is a separate crate, `janiform-testing`: it plays Terraform core and Pulumi's engine, and
//! takes every attribute through its lifecycles from the table alone.
//!
//! # Invariants
//!
//! A test checks each of them, if a test can (`tests/it/house.rs`, the checkers of both faces).
//!
//! 1. **Only `frontends::terraform` names tfplugin6 types; only `frontends::pulumi` names pulumirpc types; only
//!    `ory`, `opl`, `emulator`, `export` and `cli` name Ory.** The library builds without the `ory` feature.
//! 2. **`validate`, `plan` and `keep_spelling` do no I/O and are deterministic.**
//! 3. **A second plan after any apply is empty**, in both tools, for every resource and example, unless somebody else
//!    changed the object after the plan was made. An update writes only the changes of its plan, so that
//!    the next plan shows the changes of others.
//! 4. **A value is never logged; a secret is never in a log, an error or a plan output**; a write-only one is never
//!    in Terraform's state, and in Pulumi only an encrypted input. `Debug` of a [`value::Value`] shows its shape.
//! 5. **stdout belongs to the protocols**: one function in each face writes to it.
//! 6. **Nothing is kept in memory between calls** except the configured client with its caches, which have a stated end
//!    and are used for no write except one that the server checks against the revision that was read. After the process, only the record of
//!    intended creates remains ([`engine::Journal`]), which holds no secret, and the answers that a command that only reads keeps beside
//!    its plan ([`rest::Answers`]).
//! 7. **The provider never deletes, replaces, adopts or overwrites an object that the user did not name.**
//! 8. **Everything shown in `docs/`, `sdk-schema/`, `--help` and the README is generated or run by a test.**
//! 9. **Every write runs to its end in a separate task.**

pub mod engine;
pub mod export;
pub mod frontends;
pub mod rest;
pub mod schema;
pub mod value;

#[cfg(feature = "ory")]
pub mod cli;
#[cfg(feature = "ory")]
pub mod crossing;
#[cfg(feature = "ory")]
pub mod emulator;
#[cfg(feature = "ory")]
pub mod opl;
#[cfg(feature = "ory")]
pub mod ory;
#[cfg(feature = "ory")]
pub mod regexp;

/// The pages with Rust on them, compiled and run with the documentation's own examples.
#[cfg(doctest)]
#[doc = include_str!("../docs/guides/provider-authors.md")]
struct Pages;
