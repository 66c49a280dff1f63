//! A configured provider at run time: its configuration, its running operations, and the schemas of its offers. Other files contain
//! the operations.

use super::{
    ActionEntry, Configuration, DataSource, Entry, EphemeralEntry, Journal, ListEntry, Offer, Provider, claims::Claims, shared::Shared,
};
use crate::{
    schema::{BlockSchema, Function, Resource},
    value::Value,
};
use std::sync::{Arc, OnceLock, RwLock};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// A configured provider at run time.
pub struct Engine<C: 'static> {
    provider: &'static Provider<C>,
    pub(super) configuration: RwLock<Configuration<C>>,
    pub(super) cancel: RwLock<CancellationToken>,
    /// Cancelled when the process ends.
    pub(super) ending: CancellationToken,
    pub(super) writes: TaskTracker,
    pub(super) journal: Arc<Journal>,
    pub(super) claims: Claims,
    pub(super) shared: Shared,
    shown: OnceLock<Shown<C>>,
}

/// The schemas of the declarations.
struct Shown<C: 'static> {
    config: BlockSchema,
    offers: Vec<(&'static Offer<C>, BlockSchema)>,
}

impl<C: Send + Sync + 'static> Engine<C> {
    /// The provider, not yet configured.
    pub fn new(provider: &'static Provider<C>) -> Engine<C> {
        Engine {
            provider,
            configuration: RwLock::new(Configuration::None),
            cancel: RwLock::default(),
            ending: CancellationToken::new(),
            writes: TaskTracker::new(),
            journal: Arc::default(),
            claims: Claims::default(),
            shared: Shared::default(),
            shown: OnceLock::new(),
        }
    }

    /// The same with a journal of creates, so that the next run completes interrupted ones.
    pub fn recording(self, journal: Journal) -> Engine<C> {
        Engine { journal: Arc::new(journal), ..self }
    }

    /// A state contains this object, so its entries in the journal are no longer needed.
    pub fn seen(&self, resource: &'static Resource, id: Option<&str>, object: &Value, imported: bool) {
        let names = || id.map(str::to_owned).into_iter().chain(resource.shows(object)).collect();
        self.journal.seen(resource.name, names, imported);
    }

    /// The tool's run has ended normally: its state contains every answer that it got.
    pub fn run_ended(&self) {
        self.journal.ended();
    }

    /// The provider's declaration.
    pub fn provider(&self) -> &'static Provider<C> {
        self.provider
    }

    fn shown(&self) -> &Shown<C> {
        self.shown.get_or_init(|| Shown {
            config: BlockSchema::of(self.provider.name, self.provider.doc, self.provider.config),
            offers: self.provider.each_grouped().map(|(subcategory, offer)| (offer, shown(offer).under(subcategory))).collect(),
        })
    }

    /// The configuration as users see it.
    pub fn config(&self) -> &BlockSchema {
        &self.shown().config
    }

    /// All offers as users see them.
    pub fn each_offer(&self) -> impl Iterator<Item = (&'static Offer<C>, &BlockSchema)> {
        self.shown().offers.iter().map(|(offer, block)| (*offer, block))
    }

    fn offers<T>(&self, pick: impl Fn(&'static Offer<C>) -> Option<T>) -> impl Iterator<Item = (T, &BlockSchema)> {
        self.each_offer().filter_map(move |(offer, block)| Some((pick(offer)?, block)))
    }

    /// The resources as users see them.
    pub fn resources(&self) -> impl Iterator<Item = (&'static Entry<C>, &BlockSchema)> {
        self.offers(|offer| if let Offer::Resource(entry) = offer { Some(entry) } else { None })
    }

    /// The data sources as users see them.
    pub fn data_sources(&self) -> impl Iterator<Item = (&'static DataSource<C>, &BlockSchema)> {
        self.offers(|offer| if let Offer::DataSource(source) = offer { Some(source) } else { None })
    }

    /// The lists of objects, each with its filter.
    pub fn list_resources(&self) -> impl Iterator<Item = (&'static ListEntry<C>, &BlockSchema)> {
        self.offers(|offer| if let Offer::ListResource(entry) = offer { Some(entry) } else { None })
    }

    /// The ephemeral resources as users see them.
    pub fn ephemerals(&self) -> impl Iterator<Item = (&'static EphemeralEntry<C>, &BlockSchema)> {
        self.offers(|offer| if let Offer::Ephemeral(entry) = offer { Some(entry) } else { None })
    }

    /// The functions, each with its parameters.
    pub fn functions(&self) -> impl Iterator<Item = (&'static Function, &BlockSchema)> {
        self.offers(|offer| if let Offer::Function(function) = offer { Some(*function) } else { None })
    }

    /// The actions as users see them.
    pub fn actions(&self) -> impl Iterator<Item = (&'static ActionEntry<C>, &BlockSchema)> {
        self.offers(|offer| if let Offer::Action(entry) = offer { Some(entry) } else { None })
    }

    /// The resource with this name (without the provider's prefix).
    pub fn resource(&self, name: &str) -> Option<(&'static Entry<C>, &BlockSchema)> {
        named(self.resources(), name)
    }

    /// The data source with this name (without the provider's prefix).
    pub fn data_source(&self, name: &str) -> Option<(&'static DataSource<C>, &BlockSchema)> {
        named(self.data_sources(), name)
    }

    /// Ends waits, retries and requests that are not sent yet; requests in progress run to their end.
    pub fn cancel(&self) {
        if let Ok(cancel) = self.cancel.read() {
            cancel.cancel();
        }
    }
}

/// The offer with this name, without any prefix.
pub fn named<'a, T>(mut offers: impl Iterator<Item = (T, &'a BlockSchema)>, name: &str) -> Option<(T, &'a BlockSchema)> {
    offers.find(|(_, block)| block.name == name)
}

fn shown<C>(offer: &Offer<C>) -> BlockSchema {
    let table = match offer {
        Offer::Resource(entry) => return BlockSchema::resource(entry.resource),
        Offer::DataSource(DataSource::Lookup { lookup, .. }) => return BlockSchema::lookup(lookup),
        Offer::DataSource(DataSource::Query { query, .. }) => &query.table,
        Offer::ListResource(entry) => &entry.list.table,
        Offer::Ephemeral(entry) => &entry.ephemeral.table,
        Offer::Function(function) => &function.params,
        Offer::Action(entry) => &entry.action.table,
    };
    BlockSchema::of(offer.name(), offer.doc(), table)
}
