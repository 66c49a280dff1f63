//! Stored objects of other providers, converted to this one's: the names of another provider (a peer), and the conversion of its
//! values. Pure.
//!
//! Owns the declaration of a peer and the reading of its stored objects. Tables say which peers there are.

use super::{Diagnostic, Engine, Entry, Private, State, Takes, upgrade};
use crate::{
    schema::{BlockSchema, Object, Presence, Resource, Table, json::Stored},
    value::{Json, Value},
};

/// Another provider whose stored objects can become this one's. Made by [`peer`], refined by its methods.
#[derive(Clone, Copy)]
pub struct Peer {
    /// Its address in registries, as `namespace/name`. The host differs between the tools and their mirrors, and does not show
    /// who wrote a state.
    pub sources: &'static [&'static str],
    /// Whether a type with the same name is the same here, with all of its attributes.
    pub alike: bool,
    /// The moves of its other types.
    pub moves: &'static [Move],
}

/// A peer with these names in registries, each `namespace/name`.
pub const fn peer(sources: &'static [&'static str]) -> Peer {
    Peer { sources, alike: false, moves: &[] }
}

impl Peer {
    /// Its types are those of this provider, by name and attributes.
    pub const fn alike(mut self) -> Self {
        self.alike = true;
        self
    }

    /// The moves of its types.
    pub const fn moves(mut self, moves: &'static [Move]) -> Self {
        self.moves = moves;
        self
    }

    /// Whether this is one of its addresses.
    pub fn is_at(&self, address: &str) -> bool {
        self.sources.iter().any(|source| is_at(address, source))
    }
}

fn is_at(address: &str, source: &str) -> bool {
    address.strip_suffix(source).is_some_and(|host| host.is_empty() || host.ends_with('/'))
}

/// The move of a peer's type. Members with the same name are taken unchanged, unless it says otherwise; an empty text, list or map
/// counts as unset.
#[derive(Clone, Copy)]
pub struct Move {
    /// The peer's name of the type.
    pub source: &'static str,
    /// The resource here.
    pub resource: &'static Resource,
    /// The members that have another name or form here.
    pub carries: &'static [Carry],
    /// The object's id here, if it differs from the peer's.
    pub id: Option<fn(Object<'_>) -> Option<String>>,
    /// Whether the peer stores too little of the object, so that the next read treats it as imported.
    pub is_stub: bool,
}

/// Objects of this type of a peer become objects of this resource.
pub const fn moves(source: &'static str, resource: &'static Resource) -> Move {
    Move { source, resource, carries: &[], id: None, is_stub: false }
}

impl Move {
    /// The members that have another name or form here. An attribute that the resource does not have is a
    /// build error that names it.
    pub const fn carrying(mut self, carries: &'static [Carry]) -> Self {
        let mut place = 0;
        while place < carries.len() {
            if let Some(name) = carries[place].to
                && self.resource.table.index(name).is_none()
            {
                panic!("{}", name);
            }
            place += 1;
        }
        self.carries = carries;
        self
    }

    /// How the id is computed from the object.
    pub const fn id(mut self, id: fn(Object<'_>) -> Option<String>) -> Self {
        self.id = Some(id);
        self
    }

    /// The peer stores too little of its objects: the next read takes all values from the server, as after an import.
    pub const fn stub(mut self) -> Self {
        self.is_stub = true;
        self
    }
}

/// The conversion of one member of a peer's object.
#[derive(Clone, Copy)]
pub struct Carry {
    /// The member.
    pub from: &'static str,
    /// The attribute here; `None` for a member that need not be kept.
    pub to: Option<&'static str>,
    /// The conversion of its value.
    pub by: fn(&Json) -> Json,
    /// It is taken only if this other member is empty.
    pub unless: Option<&'static str>,
}

/// A member with the same name and value, until its methods change that.
pub const fn carry(from: &'static str) -> Carry {
    Carry { from, to: Some(from), by: Json::clone, unless: None }
}

/// A member that is dropped.
pub const fn drops(from: &'static str) -> Carry {
    Carry { to: None, ..carry(from) }
}

impl Carry {
    /// The attribute here.
    pub const fn to(mut self, to: &'static str) -> Self {
        self.to = Some(to);
        self
    }

    /// The conversion of its value.
    pub const fn by(mut self, by: fn(&Json) -> Json) -> Self {
        self.by = by;
        self
    }

    /// It is taken only if this other member is empty.
    pub const fn unless(mut self, other: &'static str) -> Self {
        self.unless = Some(other);
        self
    }
}

/// An object as another provider stored it.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The provider's address, with or without a host.
    pub address: &'a str,
    /// The type, with the provider's prefix.
    pub type_name: &'a str,
    /// The version of its shape.
    pub version: i64,
    /// The object, as JSON.
    pub json: &'a [u8],
}

/// The result of a move.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Its state here.
    pub state: State,
    /// Members with a value that programs call by another name here: the peer's name, and the new one.
    pub renamed: Vec<(&'static str, &'static str)>,
    /// Warnings for the user.
    pub warnings: Vec<Diagnostic>,
}

impl<C: Send + Sync + 'static> Engine<C> {
    /// The target for objects of this type of this provider: without a move, a type of the same name.
    fn way(&self, address: &str, type_name: &str) -> Option<(&Entry<C>, &BlockSchema, Option<&'static Move>)> {
        let provider = self.provider();
        let peers = || provider.peers.iter().filter(|peer| peer.is_at(address));
        if let Some(found) = peers().flat_map(|peer| peer.moves).find(|found| found.source == type_name) {
            let (entry, block) = self.resource(found.resource.name)?;
            return Some((entry, block, Some(found)));
        }
        if !self.is_own(address) && !peers().any(|peer| peer.alike) {
            return None;
        }
        let (entry, block) = self.resource(type_name.strip_prefix(provider.name)?.strip_prefix('_')?)?;
        Some((entry, block, None))
    }

    /// Whether this is an address of this provider.
    pub fn is_own(&self, address: &str) -> bool {
        is_at(address, &format!("{}/{}", self.provider().namespace, self.provider().name))
    }

    /// Whether stored objects of the provider at this address can be read.
    pub fn knows(&self, address: &str) -> bool {
        self.is_own(address) || self.provider().peers.iter().any(|peer| peer.is_at(address))
    }

    /// The resource for objects of this type of this provider.
    pub fn target(&self, address: &str, type_name: &str) -> Option<(&Entry<C>, &BlockSchema)> {
        self.way(address, type_name).map(|(entry, block, _)| (entry, block))
    }

    /// The object as one of this resource.
    ///
    /// # Errors
    /// They name the source, and say why it cannot be moved.
    pub fn moved(&self, source: &Source<'_>, resource: &'static Resource) -> Result<Moved, Diagnostic> {
        let name = self.provider().name;
        let target = format!("{name}_{}", resource.name);
        let refused = |why: &str| {
            let Source { address, type_name, version, .. } = source;
            Diagnostic::error(
                format!("The state of {type_name} cannot become a {target}"),
                format!("It is a {type_name} of {address}, with schema version {version}. {why}"),
            )
        };
        let Some((entry, block, found)) = self.way(source.address, source.type_name) else {
            return Err(refused(match self.knows(source.address) {
                true => "This provider has no counterpart of this type.",
                false => "States of that provider cannot be read: import the object instead.",
            }));
        };
        if entry.resource.name != resource.name {
            let own = entry.resource.name;
            return Err(refused(&format!("Its counterpart is {name}_{own}: move it to an address of that type.")));
        }
        let unreadable = |why: Diagnostic| refused(&format!("{}: {}", why.summary, why.detail));
        // Other providers' objects are known only in their first shape, which is the current one here.
        let shape = match source.version {
            0 if !self.is_own(source.address) => block.version(),
            later if !self.is_own(source.address) => later.max(block.version() + 1),
            ours => ours,
        };
        let (mut warnings, mut renamed) = (Vec::new(), Vec::new());
        let (Stored { id, value }, private) = match found {
            None => (upgrade(block, shape, source.json).map_err(unreadable)?, Private::default()),
            Some(found) => {
                let theirs = Json::parse(source.json).map_err(|why| refused(&format!("It cannot be read: {why}.")))?;
                let (own, left) = carried(found, &theirs, &mut renamed);
                if !left.is_empty() {
                    warnings.push(without_place(source, &target, &left));
                }
                let Stored { mut value, .. } = upgrade(block, shape, own.to_string().as_bytes()).map_err(unreadable)?;
                let private = if found.is_stub { Private::to_import(resource) } else { Private::default() };
                if !found.is_stub {
                    with_defaults(&resource.table, &mut value);
                }
                let id = match found.id {
                    Some(id) => id(Object::new(&resource.table, &value)),
                    None => theirs.at("id").as_str().map(str::to_owned),
                };
                (Stored { id, value }, private)
            }
        };
        if value.is_null() {
            return Err(refused("The stored object is null."));
        }
        let value = keyed(resource, value, id.as_deref());
        let object = Object::new(&resource.table, &value);
        let Some(id) = id.or_else(|| object.str(resource.key).map(str::to_owned)) else {
            return Err(refused("It has no id: import the object instead."));
        };
        warnings.extend(resource.on_adopt.iter().filter_map(|says| says(object)).map(Diagnostic::from));
        Ok(Moved { state: State { id: Some(id), value, private }, renamed, warnings })
    }
}

/// The object with this resource's names, and the members with a value that have no attribute here.
fn carried<'a>(found: &Move, theirs: &'a Json, renamed: &mut Vec<(&'static str, &'static str)>) -> (Json, Vec<&'a str>) {
    let mut own = Json::object::<String>([]);
    let mut left = Vec::new();
    for (name, member) in theirs.as_object().into_iter().flatten().filter(|(_, member)| !is_empty(member)) {
        let mut said = found.carries.iter().filter(|carry| carry.from == name).peekable();
        let is_known = said.peek().is_some();
        for Carry { from, to, by, unless } in said {
            let value = by(member);
            if let Some(to) = to
                && !is_empty(&value)
                && unless.is_none_or(|other| is_empty(theirs.at(other)))
            {
                own.put(*to, value);
                let table = &found.resource.table;
                if from != to && table.index(to).is_some_and(|place| table.attr(place).configurable()) {
                    renamed.push((*from, *to));
                }
            }
        }
        match (is_known, found.resource.table.index(name)) {
            (true, _) => {}
            (false, Some(_)) => drop(own.put(name.as_str(), member.clone())),
            (false, None) if name == "id" => {}
            (false, None) => left.push(name.as_str()),
        }
    }
    (own, left)
}

fn is_empty(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(members) => members.is_empty(),
        Json::Bool(_) | Json::Number(_) => false,
    }
}

/// The object with its id in the attribute that identifies it.
fn keyed(resource: &Resource, mut value: Value, id: Option<&str>) -> Value {
    if let (Some(place), Some(id), Value::Object(fields)) = (resource.table.index(resource.key), id, &mut value)
        && fields[place].is_null()
    {
        fields[place] = Value::text(id);
    }
    value
}

/// Adds the defaults of attributes that another provider did not have: it never sent them, so that the server has the defaults.
pub fn with_defaults(table: &Table, value: &mut Value) {
    if let Value::Object(fields) = value {
        for (attr, field) in table.attrs().zip(fields) {
            if let Some(default) = attr.default
                && field.is_null()
                && attr.presence == Presence::Optional
            {
                *field = default.value();
            }
        }
    }
}

fn without_place(source: &Source<'_>, target: &str, left: &[&str]) -> Diagnostic {
    let names: Vec<_> = left.iter().map(|name| format!("`{name}`")).collect();
    Diagnostic::warning(
        format!("A {target} cannot keep all values of the {}", source.type_name),
        format!(
            "A {target} has no attribute for {}: the server keeps these values, and the provider does not change them.",
            names.join(", ")
        ),
    )
}

impl Private {
    /// The private data of an object whose next read takes all values, as after an import.
    fn to_import(resource: &Resource) -> Private {
        Private { imported: Some(Takes::unless_told(resource)), ..Private::default() }
    }
}
