//! Data sources, which read objects and do not manage them: one object of a resource, or the answer to a query.

use super::{Attr, ID, Presence, Reads, Recompute, Resource, Rule, Table, string};

/// A data source that shows one object of a resource, found by an attribute and not managed.
pub struct Lookup {
    /// Its name without the provider's prefix.
    pub name: &'static str,
    /// What it is, in Markdown.
    pub doc: &'static str,
    /// The resource that it shows.
    pub of: &'static Resource,
    /// The attribute to look it up by; `id` stands for it too.
    pub by: &'static str,
    /// Other attributes to look it up by, each of which must lead to one object.
    pub or_by: [Option<&'static str>; 2],
    /// Whether the backend knows the object if no attribute names it.
    pub own: bool,
    /// Attributes that say where to look, besides those that are not part of the object.
    pub within: &'static [&'static str],
    /// Attributes that it does not show.
    pub without: &'static [&'static str],
}

/// A look-up of the resource's objects by their key.
pub const fn lookup(of: &'static Resource, doc: &'static str) -> Lookup {
    Lookup { name: of.name, doc, of, by: of.key, or_by: [None; 2], own: false, within: &[], without: &[] }
}

impl Lookup {
    /// Another attribute to look it up by.
    pub const fn or_by(mut self, name: &'static str) -> Self {
        if self.of.table.index(name).is_none() {
            panic!("{}", name);
        }
        match self.or_by {
            [None, _] => self.or_by[0] = Some(name),
            [_, None] => self.or_by[1] = Some(name),
            _ => panic!("{}", name),
        }
        self
    }

    /// If no attribute names the object, it is the one that the provider is configured for: the backend is asked to
    /// read an object without an id.
    pub const fn or_own(mut self) -> Self {
        self.own = true;
        self
    }

    /// Attributes that say where to look, such as those in the path to the object.
    pub const fn within(mut self, names: &'static [&'static str]) -> Self {
        self.of.table.has_all(names);
        self.within = names;
        self
    }

    /// Whether the attribute says where to look.
    pub fn steers(&self, attr: &Attr) -> bool {
        !attr.remote() || self.within.contains(&attr.name)
    }

    /// The attributes by which an object can be looked up, its id first.
    pub fn ways(&self) -> Vec<&'static str> {
        let by = (self.by != ID).then_some(self.by);
        [Some(ID), by].into_iter().chain(self.or_by).flatten().collect()
    }

    /// Attributes that it does not show.
    pub const fn without(mut self, names: &'static [&'static str]) -> Self {
        self.of.table.has_all(names);
        self.without = names;
        self
    }

    /// Whether the attribute is part of the data source. Not part of it are attributes that no answer shows, aliases, guards
    /// and the triggers of write-only arguments; local attributes that control the provider are.
    pub fn shows(&self, attr: &Attr) -> bool {
        let left_out = attr.guards.is_some()
            || matches!(attr.recompute, Recompute::Due)
            || attr.alias_of.is_some()
            || self.without.contains(&attr.name);
        !left_out && !attr.write_only && !matches!(attr.reads, Reads::Once) && self.of.table.sent_by(attr).is_none()
    }

    /// Who sets the attribute in the data source.
    pub fn presence(&self, attr: &Attr) -> Presence {
        if attr.name == self.by || self.or_by.contains(&Some(attr.name)) {
            Presence::OrServer
        } else if self.within.contains(&attr.name) {
            attr.presence
        } else if !attr.remote() {
            Presence::Optional
        } else {
            Presence::ReadOnly
        }
    }
}

/// A query to a server: its arguments, and its results.
pub struct Query {
    /// Its name without the provider's prefix.
    pub name: &'static str,
    /// What it returns, in Markdown.
    pub doc: &'static str,
    /// The arguments (configurable attributes) and the results (read-only ones).
    pub table: Table,
    /// Rules over the arguments.
    pub rules: &'static [Rule],
}

/// A query with this name.
pub const fn query(name: &'static str, doc: &'static str, sections: &'static [&'static [Attr]]) -> Query {
    Query { name, doc, table: Table::new(sections), rules: &[] }
}

impl Query {
    /// Rules over the arguments.
    pub const fn rules(mut self, rules: &'static [Rule]) -> Self {
        self.rules = rules;
        self
    }
}

/// The number of attributes that a list shows of each object: those that answers show and that the arguments do not fix, and
/// the id of an object that no attribute identifies.
pub const fn count_listed(of: &Resource, asked: &Table) -> usize {
    let (mut place, mut count) = (0, of.keyless() as usize);
    while place < of.table.len() {
        count += is_listed(of.table.attr(place), asked) as usize;
        place += 1;
    }
    count
}

/// The attributes that a list shows of each object of a resource; [`count_listed`] is their number.
pub const fn listed<const N: usize>(of: &Resource, asked: &Table) -> [Attr; N] {
    let mut attrs = [string(ID, "Its id."); N];
    let (mut place, mut at) = (0, of.keyless() as usize);
    while place < of.table.len() {
        let attr = of.table.attr(place);
        if is_listed(attr, asked) {
            // Nobody sets attributes that are only shown.
            attrs[at] = Attr {
                presence: Presence::Optional,
                default: None,
                replaces: false,
                recompute: Recompute::Never,
                reads: Reads::Always,
                formerly: None,
                named: false,
                may_be_untold: false,
                grows: false,
                ..*attr
            };
            at += 1;
        }
        place += 1;
    }
    attrs
}

const fn is_listed(attr: &Attr, asked: &Table) -> bool {
    let is_said = match asked.index(attr.name) {
        Some(place) => matches!(asked.attr(place).presence, Presence::Required),
        None => false,
    };
    let is_told = attr.remote() && !attr.write_only && !matches!(attr.reads, Reads::Once) && !matches!(attr.recompute, Recompute::Due);
    is_told && !is_said
}
