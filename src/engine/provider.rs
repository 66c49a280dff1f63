//! A provider: its tables, and how each of them is reached.

use super::{Configuration, Cx, Diagnostic, Failure, Journal, Observed, State, Write, claims::Claims};
use crate::{
    schema::{Query, Resource, Rule, Surface, Table, View},
    value::Value,
};
use async_trait::async_trait;
use std::sync::{Arc, OnceLock, RwLock};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Everything that makes a provider, as data; `C` is its configured client.
pub struct Provider<C: 'static> {
    /// Its short name: the prefix of Terraform types and Pulumi's package name.
    pub name: &'static str,
    /// Who publishes it.
    pub namespace: &'static str,
    /// Its name for people.
    pub display: &'static str,
    /// What it is, in Markdown.
    pub doc: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Where its source is.
    pub repository: &'static str,
    /// Its license, as an SPDX expression.
    pub license: &'static str,
    /// Providers whose states of the same types it takes over as they are, as `namespace/name`.
    pub adopts: &'static [&'static str],
    /// The table of its configuration.
    pub config: &'static Table,
    /// Rules over the configuration.
    pub rules: &'static [Rule],
    /// Makes a client of the resolved configuration; does no I/O.
    pub configure: fn(&Value) -> Result<C, Vec<Diagnostic>>,
    /// Its resources.
    pub resources: &'static [Entry<C>],
    /// Its data sources that show a resource.
    pub views: &'static [ViewEntry<C>],
    /// Its other data sources.
    pub queries: &'static [QueryEntry<C>],
    /// Programs that the documentation of its Pulumi package shows.
    pub programs: &'static [Program],
}

/// A program that documentation shows, in several languages.
pub struct Program {
    /// What it shows, as Pulumi names it: `resources/<name>` or `functions/<name>`.
    pub of: &'static str,
    /// Its text by language, each ending in a line break.
    pub texts: &'static [(&'static str, &'static str)],
}

/// A resource and how it is reached.
pub struct Entry<C: 'static> {
    /// The resource.
    pub resource: &'static Resource,
    /// How it is reached.
    pub backend: &'static dyn Backend<C>,
}

/// A data source and how it is reached.
pub struct ViewEntry<C: 'static> {
    /// The view.
    pub view: &'static View,
    /// How the resource behind it is reached.
    pub backend: &'static dyn Backend<C>,
}

/// A question and who answers it.
pub struct QueryEntry<C: 'static> {
    /// The question.
    pub query: &'static Query,
    /// Who answers it.
    pub respond: &'static dyn Respond<C>,
}

/// A data source.
pub enum Source<C: 'static> {
    /// A resource seen without managing it.
    View(&'static ViewEntry<C>),
    /// A question.
    Query(&'static QueryEntry<C>),
}

impl<C> Clone for Source<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Source<C> {}

/// Who answers a question.
#[async_trait]
pub trait Respond<C: 'static>: Send + Sync {
    /// The answers, as an object of the query's table; what was asked need not be repeated in it.
    async fn respond(&self, cx: &Cx<C>, query: &'static Query, asked: &Value) -> Result<Value, Failure>;
}

/// How the objects of a resource are reached. Every verb that a kind of object does not have has a
/// default that says so.
#[async_trait]
pub trait Backend<C: 'static>: Send + Sync {
    /// Makes the object.
    async fn create(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure>;

    /// The object, or `None` if the server says that it is gone.
    async fn read(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure>;

    /// Changes the object.
    async fn update(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure>;

    /// Takes the object away; one that is gone already is a success.
    async fn delete(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<(), Failure>;

    /// The objects whose attribute has this value; `config` steers where to look.
    async fn find(
        &self,
        _cx: &Cx<C>,
        resource: &'static Resource,
        _attr: &'static str,
        _value: &str,
        _config: &Value,
    ) -> Result<Vec<Observed>, Failure> {
        Err(Diagnostic::error(format!("{} cannot be searched", resource.name), "Look it up by its id.").into())
    }
}

/// A provider at work.
pub struct Engine<C: 'static> {
    provider: &'static Provider<C>,
    pub(super) configuration: RwLock<Configuration<C>>,
    pub(super) cancel: RwLock<CancellationToken>,
    pub(super) writes: TaskTracker,
    pub(super) journal: Arc<Journal>,
    pub(super) claims: Claims,
    surfaces: OnceLock<Surfaces>,
}

struct Surfaces {
    config: Surface,
    resources: Vec<Surface>,
    sources: Vec<Surface>,
}

impl<C: Send + Sync + 'static> Engine<C> {
    /// The provider, not yet configured.
    pub fn new(provider: &'static Provider<C>) -> Engine<C> {
        Engine {
            provider,
            configuration: RwLock::new(Configuration::None),
            cancel: RwLock::default(),
            writes: TaskTracker::new(),
            journal: Arc::default(),
            claims: Claims::default(),
            surfaces: OnceLock::new(),
        }
    }

    /// The same with a record of what is made, so that what dies half-way is finished later.
    pub fn recording(self, journal: Journal) -> Engine<C> {
        Engine { journal: Arc::new(journal), ..self }
    }

    /// A state shows this object, so that nothing of it needs a record any more.
    pub fn seen(&self, resource: &'static Resource, id: Option<&str>, object: &Value, imported: bool) {
        let names = || id.map(str::to_owned).into_iter().chain(resource.shows(object)).collect();
        self.journal.seen(resource.name, names, imported);
    }

    /// The tool's run has ended as it should: its state shows all that it was answered.
    pub fn run_ended(&self) {
        self.journal.ended();
    }

    /// The provider's data.
    pub fn provider(&self) -> &'static Provider<C> {
        self.provider
    }

    fn surfaces(&self) -> &Surfaces {
        self.surfaces.get_or_init(|| Surfaces {
            config: Surface::block(self.provider.name, self.provider.doc, self.provider.config),
            resources: self.provider.resources.iter().map(|entry| Surface::resource(entry.resource)).collect(),
            sources: self
                .sources_alone()
                .map(|source| match source {
                    Source::View(entry) => Surface::view(entry.view),
                    Source::Query(entry) => Surface::block(entry.query.name, entry.query.doc, &entry.query.table),
                })
                .collect(),
        })
    }

    /// What users see of the configuration.
    pub fn config(&self) -> &Surface {
        &self.surfaces().config
    }

    /// The resources, with what users see of them.
    pub fn resources(&self) -> impl Iterator<Item = (&'static Entry<C>, &Surface)> {
        self.provider.resources.iter().zip(&self.surfaces().resources)
    }

    fn sources_alone(&self) -> impl Iterator<Item = Source<C>> + use<C> {
        let queries = self.provider.queries.iter().map(Source::Query);
        self.provider.views.iter().map(Source::View).chain(queries)
    }

    /// The data sources, with what users see of them.
    pub fn sources(&self) -> impl Iterator<Item = (Source<C>, &Surface)> {
        self.sources_alone().zip(&self.surfaces().sources)
    }

    /// The resource of this name (without the provider's prefix).
    pub fn resource(&self, name: &str) -> Option<(&'static Entry<C>, &Surface)> {
        self.resources().find(|(entry, _)| entry.resource.name == name)
    }

    /// The data source of this name (without the provider's prefix).
    pub fn source(&self, name: &str) -> Option<(Source<C>, &Surface)> {
        self.sources().find(|(_, surface)| surface.name == name)
    }

    /// Ends waits, retries and what has not been sent; what has been goes on to its end.
    pub fn cancel(&self) {
        if let Ok(cancel) = self.cancel.read() {
            cancel.cancel();
        }
    }
}
