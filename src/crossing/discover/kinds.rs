//! Which kinds of objects are searched, and where.
//!
//! Owns what follows from the tables: if another object is part of the identity of a kind's objects, they are inside that object, and
//! are listed there.

use super::{LeftOut, Problem};
use crate::{
    engine::{Engine, Entry, ListEntry, named},
    frontends::pulumi::names::suggest,
    schema::{Attr, ID, Resource, Table},
    value::Steps,
};
use std::collections::BTreeSet;

/// The user's selection. Kinds are named with or without the provider's prefix.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Only these kinds; all kinds if empty.
    pub only: Vec<String>,
    /// Not these kinds.
    pub exclude: Vec<String>,
    /// Of these kinds, only objects that are connected to selected objects.
    pub follow: Vec<String>,
    /// Kinds with ids: objects that no server lists are read by their ids.
    pub known: Vec<(String, String)>,
}

/// A kind that is searched.
pub struct Kind<C: 'static> {
    /// The kind.
    pub resource: &'static Resource,
    /// How its objects are found.
    pub(super) how: How<C>,
    /// In which objects they are.
    pub(super) place: Option<Place>,
    /// Their import ids, if no server lists them.
    pub known: Vec<String>,
    /// Attributes that objects of other kinds have, too, and that the user wants there: the ids of the objects, and the names.
    pub(super) elsewhere: Vec<(String, &'static str)>,
    /// Whether only objects that are connected to others are selected.
    pub followed: bool,
}

impl<C: 'static> Kind<C> {
    /// Whether this is its name, with or without the provider's prefix.
    pub fn is(&self, name: &str) -> bool {
        name.strip_suffix(self.resource.name).is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('_'))
    }
}

/// How objects are found.
pub(super) enum How<C: 'static> {
    /// They are listed.
    Listed(&'static ListEntry<C>),
    /// Each outer object has exactly one, which is read by the id of the outer object.
    Read(&'static Entry<C>),
    /// No server lists them: they are read by ids that the user knows.
    Known(&'static Entry<C>),
}

/// Whether the objects of a kind can be read.
pub enum Reach {
    /// They can be.
    Reached,
    /// The provider is not configured for servers that may have such objects.
    Absent,
    /// There are such objects, but the provider is not configured for them, for this reason.
    Unreached(String),
}

impl<C> Clone for How<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for How<C> {}

/// The outer object of others.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The attribute with its id.
    pub(super) attr: &'static str,
    /// Its kind.
    pub(super) of: &'static Resource,
}

/// The kinds that are searched, and those that are left out. `setting` returns the provider's settings; `reach` tells whether the
/// provider is configured for a kind.
pub fn choose<C: Send + Sync + 'static>(
    engine: &Engine<C>,
    choice: &Choice,
    setting: &dyn Fn(&str) -> Option<String>,
    reach: &dyn Fn(&Resource) -> Reach,
) -> Result<(Vec<Kind<C>>, Vec<LeftOut>), Problem> {
    let provider = engine.provider().name;
    let known: Vec<_> = engine.resources().map(|(entry, _)| entry.resource).collect();
    let meant = |names: &[String]| names.iter().map(|name| meant(provider, &known, name)).collect::<Result<Vec<_>, _>>();
    let (only, exclude, follow) = (meant(&choice.only)?, meant(&choice.exclude)?, meant(&choice.follow)?);
    let known_by = meant(&choice.known.iter().map(|(kind, _)| kind.clone()).collect::<Vec<_>>())?;
    let has = |names: &[&str], resource: &Resource| names.contains(&resource.name);
    let above = above(&known, setting);
    let (mut kinds, mut left_out, mut unlisted): (Vec<Kind<C>>, _, _) = (Vec::new(), Vec::new(), Vec::new());
    for (entry, _) in engine.resources() {
        let resource = entry.resource;
        let is_named = has(&only, resource) || has(&follow, resource) || has(&known_by, resource);
        if has(&exclude, resource) || !is_named && (!only.is_empty() || has(&above, resource)) {
            continue;
        }
        let reached = reach(resource);
        if !matches!(reached, Reach::Reached) {
            if is_named {
                let hint =
                    "Set what the provider's configuration needs for them in the environment; `janiform doctor` shows what is missing.";
                return Err(Problem::new(
                    format_args!("the provider is not configured for the service of {provider}_{}", resource.name),
                    hint,
                ));
            }
            if let Reach::Unreached(why) = reached {
                left_out.push(LeftOut::of(resource, why));
            }
            continue;
        }
        let followed = has(&follow, resource);
        let ids = || choice.known.iter().zip(&known_by).filter(|(_, kind)| **kind == resource.name).map(|((_, id), _)| id.clone());
        match find(engine, entry) {
            Some((how, place)) => kinds.push(Kind { resource, how, place, known: Vec::new(), elsewhere: Vec::new(), followed }),
            None if has(&known_by, resource) => {
                let (known, how) = (ids().collect(), How::Known(entry));
                kinds.push(Kind { resource, how, place: None, known, elsewhere: Vec::new(), followed });
            }
            None => unlisted.push(resource),
        }
    }
    for resource in unlisted {
        let mut shared =
            kinds.iter().filter(|kind| matches!(kind.how, How::Read(_))).map(|kind| (kind.resource, common(kind.resource, resource)));
        let shared = shared.find(|(_, names)| !names.is_empty());
        left_out.push(LeftOut::unlisted(resource, provider, place_in(resource, resource.key).map(|place| place.of), shared));
    }
    let given: Vec<_> = kinds.iter().flat_map(|kind| kind.known.iter().map(|id| (kind.resource, id.clone()))).collect();
    for kind in kinds.iter_mut().filter(|kind| matches!(kind.how, How::Read(_))) {
        let names = given.iter().flat_map(|(other, id)| common(kind.resource, other).into_iter().map(|name| (id.clone(), name)));
        kind.elsewhere = names.collect();
    }
    Ok((kinds, left_out))
}

/// The attributes of the first kind that are settings of the second one, too: both are in the same outer object, at the same place.
fn common(of: &'static Resource, other: &'static Resource) -> Vec<&'static str> {
    let places = [of, other].map(|resource| place_in(resource, resource.key).map(|place| place.of.name));
    if places[0].is_none() || places[0] != places[1] {
        return Vec::new();
    }
    let settings = || other.table.attrs().filter(|attr| attr.remote() && attr.configurable());
    let is_common = |attr: &&Attr| attr.remote() && settings().any(|other| other.pointer().steps().eq(attr.pointer().steps()));
    of.table.attrs().filter(is_common).map(|attr| attr.name).filter(|name| *name != of.key).collect()
}

/// A kind by its name.
pub(super) fn find<C: Send + Sync + 'static>(engine: &Engine<C>, entry: &'static Entry<C>) -> Option<(How<C>, Option<Place>)> {
    let resource = entry.resource;
    if let Some((list, block)) = named(engine.list_resources(), resource.name) {
        return Some((How::Listed(list), place_of(resource, block.table)));
    }
    // A shared object exists in every outer object.
    let place = place_in(resource, resource.key).filter(|_| resource.table.has_shared())?;
    Some((How::Read(entry), Some(place)))
}

/// The outer object of a kind, if its list can be filtered by it.
fn place_of(resource: &'static Resource, filter: &Table) -> Option<Place> {
    let parts = resource.identity.iter().rev().filter(|name| filter.index(name).is_some());
    parts.copied().find_map(|name| place_in(resource, name))
}

fn place_in(resource: &'static Resource, name: &'static str) -> Option<Place> {
    let refers = resource.table.attr(resource.table.index(name)?).refers_to?;
    (refers.attr == ID).then_some(Place { attr: name, of: refers.resource })
}

/// The kinds above the objects that the settings name: someone who names a project does not mean its workspace.
fn above(known: &[&'static Resource], setting: &dyn Fn(&str) -> Option<String>) -> Vec<&'static str> {
    let places = known.iter().flat_map(|resource| resource.table.attrs().filter_map(|attr| Some((attr.name, attr.refers_to?.resource))));
    let named = places.filter(|(name, _)| setting(name).is_some()).map(|(_, resource)| resource);
    let above: BTreeSet<_> = named.flat_map(refers_to).collect();
    let is_within = |resource: &'static Resource| {
        let place = resource.identity.iter().rev().find_map(|name| place_in(resource, name));
        place.is_some_and(|place| above.contains(place.of.name))
    };
    let within: Vec<_> = known.iter().copied().filter(|resource| is_within(resource)).map(|resource| resource.name).collect();
    above.into_iter().chain(within).collect()
}

fn meant(provider: &str, known: &[&'static Resource], name: &str) -> Result<&'static str, Problem> {
    let plain = name.strip_prefix(provider).and_then(|rest| rest.strip_prefix('_')).unwrap_or(name);
    if let Some(resource) = known.iter().find(|resource| resource.name == plain) {
        return Ok(resource.name);
    }
    let hint = match suggest(plain, known.iter().map(|resource| resource.name)) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => format!("Use one of these kinds: {}.", known.iter().map(|resource| resource.name).collect::<Vec<_>>().join(", ")),
    };
    Err(Problem::new(format_args!("there is no kind `{}`", crate::engine::one_line(name)), hint))
}

/// The kinds to which a kind refers.
pub(super) fn refers_to(resource: &Resource) -> BTreeSet<&'static str> {
    resource.table.attrs().filter_map(|attr| Some(attr.refers_to?.resource.name)).collect()
}
