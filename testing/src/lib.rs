//! Tests for providers that are built on janiform: Terraform core and Pulumi's engine as a provider sees them, in the process
//! of the test, with the checks that the real ones make and in a fraction of their time.
//!
//! | | |
//! |---|---|
//! | [`lifecycles`] | every attribute of every resource through its lifecycles on both faces, from the tables alone |
//! | [`Backdoor`] | how a test reaches the server without the provider; the only thing that an author has to write |
//! | [`samples`] | values for any attribute, from its table |
//! | [`terraform::Core`] | `plan`, `apply`, refresh, `import`, `destroy` and calls, step by step, with core's rules |
//! | [`pulumi::Host`] | `preview`, `up`, `refresh`, `import` and `destroy`, step by step, with the rules of Pulumi's engine |
//! | [`terraform::saboteur`], [`pulumi::saboteur`] | providers that break one rule: proof that these tests can fail |
//! | [`json`] | values as the JSON that tests are written in |
//!
//! It shares only the generated messages with the faces: values have a separate codec, so that a mistake in a face does not cancel
//! out. An error in the test itself, such as a configuration without a required attribute, is a panic.
//!
//! Use it from `tests/`, never from the provider's own unit tests. The guide for it is `docs/guides/testing-a-provider.md`, and
//! `examples/meilisearch-provider` is a provider whose tests use nothing else.
//!
//! # One step at a time
//!
//! ```
//! # use async_trait::async_trait;
//! # use janiform::{
//! #     engine::{Backend, Cx, Failure, Observed, Offer, Provider, State, Write, provider},
//! #     schema::{Attr, Object, Resource, resource, string},
//! #     value::Value,
//! # };
//! # use std::sync::Mutex;
//! # static NOTES: Provider<()> = provider("notes", "Manage notes.", |_| Ok(()))
//! #     .namespace("example").version("0.1.0").offers(&[&[Offer::resource(&NOTE, &Memory)]]).checked();
//! # static NOTE: Resource = resource("note", "A note.").import("note_id").sections(&[ATTRIBUTES]).checked();
//! # static ATTRIBUTES: &[Attr] =
//! #     &[string("note_id", "Identifies the note.").required().replaces(), string("text", "What it says.").required()];
//! # static KEPT: Mutex<Option<Value>> = Mutex::new(None);
//! # struct Memory;
//! # fn keep(write: &Write) -> Result<Observed, Failure> {
//! #     *KEPT.lock().unwrap() = Some(write.planned.clone());
//! #     let id = Object::new(&NOTE.table, &write.planned).str("note_id").unwrap_or_default().to_owned();
//! #     Ok(Observed { id, value: write.planned.clone(), warnings: Vec::new() })
//! # }
//! # #[async_trait]
//! # impl Backend<()> for Memory {
//! #     async fn create(&self, _: &Cx<()>, write: &Write) -> Result<Observed, Failure> { keep(write) }
//! #     async fn read(&self, _: &Cx<()>, _: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
//! #         let id = state.id.clone().unwrap_or_default();
//! #         Ok(KEPT.lock().unwrap().clone().map(|value| Observed { id, value, warnings: Vec::new() }))
//! #     }
//! #     async fn update(&self, _: &Cx<()>, write: &Write) -> Result<Observed, Failure> { keep(write) }
//! #     async fn delete(&self, _: &Cx<()>, _: &'static Resource, _: &State) -> Result<(), Failure> {
//! #         *KEPT.lock().unwrap() = None;
//! #         Ok(())
//! #     }
//! # }
//! use janiform_testing::terraform::{Action, Core};
//! use serde_json::json;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let mut core = Core::new(&NOTES, json!({})).await.unwrap();
//! let mut note = core.thing("notes_note");
//! let config = json!({ "note_id": "a", "text": "Buy milk." });
//! assert_eq!(core.apply(&mut note, &config).await.unwrap(), Action::Create);
//! // The plan after an apply is empty, or this is an error that names the attribute.
//! core.settled(&note, &config).await.unwrap();
//! core.destroy(&mut note).await.unwrap();
//! # });
//! ```
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "what is wrong with a test ends it")]

mod backdoor;
pub mod json;
pub mod pulumi;
pub mod samples;
pub mod terraform;

pub use backdoor::Backdoor;

use janiform::engine::Provider;
use samples::Known;
use serde_json::Value as Json;

/// Runs every lifecycle of every resource of the provider and of each of its attributes, under Terraform core and Pulumi's
/// engine, with this provider configuration, whose members are named as in Terraform. Returns how many ran. Values that the
/// tables cannot know come from `known`, see [`samples`].
///
/// # Panics
/// When any lifecycle failed, with all failures.
pub async fn lifecycles<C: Send + Sync + 'static>(
    provider: &'static Provider<C>,
    config: Json,
    backdoor: &dyn Backdoor,
    known: Known,
) -> usize {
    let (mut runs, mut failures) = (0, Vec::new());
    let mut core = terraform::Core::direct(provider, config.clone()).await.expect("a provider block that the provider takes");
    let mut host = pulumi::Host::of(provider).await;
    host.configure(pulumi::spell(provider.config, &config)).await.expect("a configuration that the provider takes");
    for entry in provider.resources() {
        let (terraform, failed) = terraform::Lifecycle::new(&mut core, backdoor, provider.name, entry, known).run().await;
        failures.extend(failed.into_iter().map(|failure| format!("Terraform: {failure}")));
        let (pulumi, failed) = pulumi::Lifecycle::new(&mut host, backdoor, provider.name, entry, known).run().await;
        failures.extend(failed.into_iter().map(|failure| format!("Pulumi: {failure}")));
        runs += terraform + pulumi;
    }
    assert!(failures.is_empty(), "{} of {runs} failed:\n{}", failures.len(), failures.join("\n"));
    runs
}
