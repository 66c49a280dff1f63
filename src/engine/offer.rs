//! The offers of a provider: each declaration with its backend, in one list.
//!
//! Owns that no two offers have the same name. The other files hold the operations.

use super::{ActionBackend, Backend, EphemeralBackend, Provider, QueryBackend};
use crate::schema::{Action, Ephemeral, Function, ListResource, Lookup, Query, Resource};

/// One thing that a provider offers. The file that declares it exports it:
/// `pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND)];`
pub enum Offer<C: 'static> {
    /// Objects that the provider manages.
    Resource(Entry<C>),
    /// Objects or answers that it reads and does not manage.
    DataSource(DataSource<C>),
    /// The objects of a resource, whoever made them.
    ListResource(ListEntry<C>),
    /// An object that exists for a while and is never stored.
    Ephemeral(EphemeralEntry<C>),
    /// A result that depends only on its arguments.
    Function(&'static Function),
    /// An operation that runs on request.
    Action(ActionEntry<C>),
}

/// A resource and its backend.
pub struct Entry<C: 'static> {
    /// The resource.
    pub resource: &'static Resource,
    /// Its backend.
    pub backend: &'static dyn Backend<C>,
}

/// A data source and its backend.
pub enum DataSource<C: 'static> {
    /// An object of a resource, read without managing it.
    Lookup {
        /// The look-up.
        lookup: &'static Lookup,
        /// The backend of the resource.
        backend: &'static dyn Backend<C>,
    },
    /// A query.
    Query {
        /// The query.
        query: &'static Query,
        /// Its backend.
        backend: &'static dyn QueryBackend<C>,
    },
}

/// A list of objects and its backend.
pub struct ListEntry<C: 'static> {
    /// The list.
    pub list: &'static ListResource,
    /// Its backend.
    pub backend: &'static dyn Backend<C>,
}

/// An ephemeral resource and its backend.
pub struct EphemeralEntry<C: 'static> {
    /// The ephemeral resource.
    pub ephemeral: &'static Ephemeral,
    /// Its backend.
    pub backend: &'static dyn EphemeralBackend<C>,
}

/// An action and its backend.
pub struct ActionEntry<C: 'static> {
    /// The action.
    pub action: &'static Action,
    /// Its backend.
    pub backend: &'static dyn ActionBackend<C>,
}

impl<C: 'static> Offer<C> {
    /// Objects that the provider manages.
    pub const fn resource(resource: &'static Resource, backend: &'static dyn Backend<C>) -> Offer<C> {
        Offer::Resource(Entry { resource, backend })
    }

    /// A data source that shows an object of a resource.
    pub const fn lookup(lookup: &'static Lookup, backend: &'static dyn Backend<C>) -> Offer<C> {
        Offer::DataSource(DataSource::Lookup { lookup, backend })
    }

    /// A data source that answers a query.
    pub const fn query(query: &'static Query, backend: &'static dyn QueryBackend<C>) -> Offer<C> {
        Offer::DataSource(DataSource::Query { query, backend })
    }

    /// A list of the objects of a resource.
    pub const fn list(list: &'static ListResource, backend: &'static dyn Backend<C>) -> Offer<C> {
        Offer::ListResource(ListEntry { list, backend })
    }

    /// An ephemeral resource.
    pub const fn ephemeral(ephemeral: &'static Ephemeral, backend: &'static dyn EphemeralBackend<C>) -> Offer<C> {
        Offer::Ephemeral(EphemeralEntry { ephemeral, backend })
    }

    /// A function.
    pub const fn function(function: &'static Function) -> Offer<C> {
        Offer::Function(function)
    }

    /// An action.
    pub const fn action(action: &'static Action, backend: &'static dyn ActionBackend<C>) -> Offer<C> {
        Offer::Action(ActionEntry { action, backend })
    }

    /// Its name without the provider's prefix.
    pub const fn name(&self) -> &'static str {
        match self {
            Offer::Resource(Entry { resource, .. }) => resource.name,
            Offer::DataSource(DataSource::Lookup { lookup, .. }) => lookup.name,
            Offer::DataSource(DataSource::Query { query, .. }) => query.name,
            Offer::ListResource(ListEntry { list, .. }) => list.of.name,
            Offer::Ephemeral(EphemeralEntry { ephemeral, .. }) => ephemeral.name,
            Offer::Function(function) => function.name,
            Offer::Action(ActionEntry { action, .. }) => action.name,
        }
    }

    /// Its description, in Markdown.
    pub const fn doc(&self) -> &'static str {
        match self {
            Offer::Resource(Entry { resource, .. }) => resource.doc,
            Offer::DataSource(DataSource::Lookup { lookup, .. }) => lookup.doc,
            Offer::DataSource(DataSource::Query { query, .. }) => query.doc,
            Offer::ListResource(ListEntry { list, .. }) => list.doc,
            Offer::Ephemeral(EphemeralEntry { ephemeral, .. }) => ephemeral.doc,
            Offer::Function(function) => function.doc,
            Offer::Action(ActionEntry { action, .. }) => action.doc,
        }
    }

    /// The verb before the name if all calls share one namespace, as in Pulumi: `get_thing`, `open_token`. `None`
    /// for an offer that is not a call.
    pub const fn verb(&self) -> Option<&'static str> {
        match self {
            Offer::Resource(_) | Offer::ListResource(_) | Offer::Action(_) => None,
            // Previews make calls too.
            Offer::Ephemeral(EphemeralEntry { ephemeral, .. }) if ephemeral.leaves => None,
            Offer::DataSource(_) => Some("get_"),
            Offer::Ephemeral(_) => Some("open_"),
            Offer::Function(_) => Some(""),
        }
    }
}

/// Offers whose pages are in the same section.
pub struct Group<C: 'static> {
    /// The heading of the section.
    pub subcategory: &'static str,
    /// The offers, by the files that declare them.
    pub offers: &'static [&'static [Offer<C>]],
}

/// Offers under this subcategory: one slice for each file that declares offers.
pub const fn group<C: 'static>(subcategory: &'static str, offers: &'static [&'static [Offer<C>]]) -> Group<C> {
    Group { subcategory, offers }
}

/// A mistake in the list of offers is a build error that names the offer.
pub(super) const fn check<C: 'static>(provider: &Provider<C>) {
    let mut at = FIRST;
    while let Some((offer, next)) = at.offer(provider) {
        // It has no name or no description.
        if offer.name().is_empty() || offer.doc().is_empty() {
            panic!("{}", offer.name());
        }
        // Nobody could import the listed objects if no resource manages them.
        let mut managed = !matches!(offer, Offer::ListResource(_));
        let mut other_at = FIRST;
        while let Some((other, other_next)) = other_at.offer(provider) {
            // Two offers of one kind, or two calls, have the same name.
            if other_at.is_before(at) && collide(offer, other) {
                panic!("{}", offer.name());
            }
            managed = managed || (matches!(other, Offer::Resource(_)) && is_same("", offer.name(), "", other.name()));
            other_at = other_next;
        }
        if !managed {
            panic!("{}", offer.name());
        }
        at = next;
    }
}

/// A place among the offers: first those in groups, then the others.
#[derive(Clone, Copy)]
struct At {
    group: usize,
    file: usize,
    offer: usize,
}

const FIRST: At = At { group: 0, file: 0, offer: 0 };

impl At {
    /// The offer here, or the first one after it, and the place that follows.
    const fn offer<C: 'static>(mut self, provider: &Provider<C>) -> Option<(&'static Offer<C>, At)> {
        while self.group <= provider.groups.len() {
            let files = if self.group < provider.groups.len() { provider.groups[self.group].offers } else { provider.offers };
            if self.file == files.len() {
                self = At { group: self.group + 1, ..FIRST };
            } else if self.offer == files[self.file].len() {
                self = At { group: self.group, file: self.file + 1, offer: 0 };
            } else {
                return Some((&files[self.file][self.offer], At { offer: self.offer + 1, ..self }));
            }
        }
        None
    }

    const fn is_before(self, other: At) -> bool {
        self.group < other.group
            || (self.group == other.group && (self.file < other.file || (self.file == other.file && self.offer < other.offer)))
    }
}

const fn collide<C: 'static>(offer: &Offer<C>, other: &Offer<C>) -> bool {
    match (offer, other) {
        // In a tool without actions, they are resources.
        (Offer::Resource(_) | Offer::Action(_), Offer::Resource(_) | Offer::Action(_))
        | (Offer::ListResource(_), Offer::ListResource(_))
        | (Offer::Ephemeral(_), Offer::Ephemeral(_)) => is_same("", offer.name(), "", other.name()),
        _ => match (offer.verb(), other.verb()) {
            (Some(verb), Some(other_verb)) => is_same(verb, offer.name(), other_verb, other.name()),
            _ => false,
        },
    }
}

/// Whether two texts, each in two parts, are the same.
const fn is_same(left: &str, left_rest: &str, right: &str, right_rest: &str) -> bool {
    const fn at(first: &[u8], rest: &[u8], index: usize) -> u8 {
        if index < first.len() { first[index] } else { rest[index - first.len()] }
    }
    let (left, left_rest, right, right_rest) = (left.as_bytes(), left_rest.as_bytes(), right.as_bytes(), right_rest.as_bytes());
    let len = left.len() + left_rest.len();
    if len != right.len() + right_rest.len() {
        return false;
    }
    let mut index = 0;
    while index < len {
        if at(left, left_rest, index) != at(right, right_rest, index) {
            return false;
        }
        index += 1;
    }
    true
}
