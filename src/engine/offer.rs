//! What a provider offers: each declaration with whoever carries it out, in one list.
//!
//! Owns that no two offers can be taken for each other. The verbs are the other files'.

use super::{ActionBackend, Backend, EphemeralBackend, QueryBackend};
use crate::schema::{Action, Ephemeral, Function, ListResource, Lookup, Query, Resource};

/// One thing that a provider offers. The file that declares it exports it:
/// `pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND)];`
pub enum Offer<C: 'static> {
    /// Objects that the provider manages.
    Resource(Entry<C>),
    /// What it reads and does not manage.
    DataSource(DataSource<C>),
    /// The objects of a resource, whoever made them.
    ListResource(ListEntry<C>),
    /// What is made for a while and never stored.
    Ephemeral(EphemeralEntry<C>),
    /// What follows from its arguments alone.
    Function(&'static Function),
    /// What is done when it is asked for.
    Action(ActionEntry<C>),
}

/// A resource and how it is reached.
pub struct Entry<C: 'static> {
    /// The resource.
    pub resource: &'static Resource,
    /// How it is reached.
    pub backend: &'static dyn Backend<C>,
}

/// A data source and how it is reached.
pub enum DataSource<C: 'static> {
    /// An object of a resource, seen without managing it.
    Lookup {
        /// The look-up.
        lookup: &'static Lookup,
        /// How the resource behind it is reached.
        backend: &'static dyn Backend<C>,
    },
    /// A question.
    Query {
        /// The question.
        query: &'static Query,
        /// Who answers it.
        backend: &'static dyn QueryBackend<C>,
    },
}

/// A list of objects and how it is reached.
pub struct ListEntry<C: 'static> {
    /// The list.
    pub list: &'static ListResource,
    /// How it is reached.
    pub backend: &'static dyn Backend<C>,
}

/// An ephemeral resource and how it is reached.
pub struct EphemeralEntry<C: 'static> {
    /// The ephemeral resource.
    pub ephemeral: &'static Ephemeral,
    /// How it is reached.
    pub backend: &'static dyn EphemeralBackend<C>,
}

/// An action and how it is done.
pub struct ActionEntry<C: 'static> {
    /// The action.
    pub action: &'static Action,
    /// How it is done.
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

    /// A data source that answers a question.
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

    /// What it is, in Markdown.
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

    /// The verb before the name where all calls share one room, as they do in Pulumi: `get_thing`, `open_token`. `None`
    /// for what is no call.
    pub const fn verb(&self) -> Option<&'static str> {
        match self {
            Offer::Resource(_) | Offer::ListResource(_) | Offer::Action(_) => None,
            // Calls are made by previews too.
            Offer::Ephemeral(EphemeralEntry { ephemeral, .. }) if ephemeral.leaves => None,
            Offer::DataSource(_) => Some("get_"),
            Offer::Ephemeral(_) => Some("open_"),
            Offer::Function(_) => Some(""),
        }
    }
}

/// What makes a list of offers wrong is a build error that names the offer.
pub(super) const fn check<C: 'static>(sections: &[&[Offer<C>]]) {
    let (mut section, mut at) = (0, 0);
    while section < sections.len() {
        if at == sections[section].len() {
            (section, at) = (section + 1, 0);
            continue;
        }
        let offer = &sections[section][at];
        // Nothing is said of it, or it has no name.
        if offer.name().is_empty() || offer.doc().is_empty() {
            panic!("{}", offer.name());
        }
        // A list of objects that nobody manages cannot be imported by anybody.
        let mut managed = !matches!(offer, Offer::ListResource(_));
        let (mut other_section, mut other_at) = (0, 0);
        while other_section < sections.len() {
            if other_at == sections[other_section].len() {
                (other_section, other_at) = (other_section + 1, 0);
                continue;
            }
            let other = &sections[other_section][other_at];
            let is_before = other_section < section || (other_section == section && other_at < at);
            // Two of one kind have one name, or two calls do.
            if is_before && collide(offer, other) {
                panic!("{}", offer.name());
            }
            managed = managed || (matches!(other, Offer::Resource(_)) && is_same("", offer.name(), "", other.name()));
            other_at += 1;
        }
        if !managed {
            panic!("{}", offer.name());
        }
        at += 1;
    }
}

const fn collide<C: 'static>(offer: &Offer<C>, other: &Offer<C>) -> bool {
    match (offer, other) {
        // Where a tool has no actions, they are resources.
        (Offer::Resource(_) | Offer::Action(_), Offer::Resource(_) | Offer::Action(_))
        | (Offer::ListResource(_), Offer::ListResource(_))
        | (Offer::Ephemeral(_), Offer::Ephemeral(_)) => is_same("", offer.name(), "", other.name()),
        _ => match (offer.verb(), other.verb()) {
            (Some(verb), Some(other_verb)) => is_same(verb, offer.name(), other_verb, other.name()),
            _ => false,
        },
    }
}

/// Whether two texts, each of two parts, are the same.
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
