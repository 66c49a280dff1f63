//! Attributes in order, and an object with the names of its table.

use super::{
    Attr, Presence, Rule, checked,
    index::{By, Index, Sections, WideIndex, attr_at, count, hash},
};
use crate::value::Value;
use std::slice;

static NULL: Value = Value::Null;

/// An ordered set of attributes, spliced from sections that tables may share.
pub struct Table {
    /// The sections, in order.
    pub sections: Sections,
    /// Rules over several of its attributes, for a nested object; a resource declares its own.
    pub rules: &'static [Rule],
    index: Index,
    has_aliases: bool,
    has_shared: bool,
    is_flat: bool,
}

impl Table {
    /// A table without attributes.
    pub(super) const EMPTY: Table =
        Table { sections: &[], rules: &[], index: Index::EMPTY, has_aliases: false, has_shared: false, is_flat: true };

    /// A table of these sections. A mistake in them is a build error that names the attribute.
    pub const fn new(sections: Sections) -> Table {
        Table::indexed(sections, Index::of(sections))
    }

    /// A table of very many attributes: the index of the same sections is beside it.
    pub const fn wide(sections: Sections, index: &'static WideIndex) -> Table {
        Table::indexed(sections, Index::beside(index))
    }

    /// Adds rules over several attributes of a nested object. A name that the table does not have is a build error.
    pub const fn rules(mut self, rules: &'static [Rule]) -> Table {
        self.rules = rules;
        let mut rule = 0;
        while rule < rules.len() {
            self.has_all(rules[rule].reads);
            rule += 1;
        }
        self
    }

    /// A build error with the first of these names that the table does not have.
    pub(super) const fn has_all(&self, names: &[&str]) {
        let mut position = 0;
        while position < names.len() {
            if self.index(names[position]).is_none() {
                panic!("{}", names[position]);
            }
            position += 1;
        }
    }

    const fn indexed(sections: Sections, index: Index) -> Table {
        let mut table = Table { sections, index, ..Table::EMPTY };
        let len = table.len();
        let mut place = 0;
        while place < len {
            let attr = table.attr(place);
            table.is_first(By::Name, attr, place);
            table.has_shared |= matches!(attr.presence, Presence::WhileSet);
            table.has_aliases |= attr.alias_of.is_some();
            table.is_flat &= !attr.remote() || attr.write_only || (attr.instead_of.is_empty() && !attr.pointer().is_deep());
            if let Some(by) = attr.placed_by() {
                table.is_first(by, attr, place);
            }
            place += 1;
        }
        let mut place = 0;
        while place < len {
            checked::attr(&table, table.attr(place));
            place += 1;
        }
        table
    }

    /// Of two attributes with the same name or the same place in the API's object, the second is a mistake; one that is read and
    /// one that is written may share a place.
    const fn is_first(&self, by: By, attr: &'static Attr, place: usize) {
        checked::assert(matches!(self.find(by, attr.hash_of(by)), Some(first) if first == place), attr);
    }

    const fn find(&self, by: By, hash: u64) -> Option<usize> {
        self.index.get(by, hash, self.sections)
    }

    /// The number of attributes.
    pub const fn len(&self) -> usize {
        count(self.sections)
    }

    /// True for a table without attributes.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The attribute at this place.
    pub const fn attr(&self, place: usize) -> &'static Attr {
        attr_at(self.sections, place)
    }

    /// The place of the attribute with this name.
    pub const fn index(&self, name: &str) -> Option<usize> {
        self.find(By::Name, hash(By::Name, name))
    }

    /// An attribute whose place in the API's object is the same, or around this one's.
    pub(super) const fn around(&self, attr: &Attr) -> Option<usize> {
        match attr.pointer().on_the_way(By::Place, &self.index, self.sections) {
            None => attr.pointer().on_the_way(By::WritePlace, &self.index, self.sections),
            around => around,
        }
    }

    /// The attribute that is read at this place of the API's object: names of members with slashes in between.
    pub fn placed(&self, path: &str) -> Option<&'static Attr> {
        self.of_member(path).map(|place| self.attr(place))
    }

    /// The place of the attribute that is read from this member of the API's object.
    pub(crate) fn of_member(&self, name: &str) -> Option<usize> {
        self.find(By::Place, hash(By::Place, name))
    }

    /// Whether each attribute that is read is a member of the API's object, and no two share one.
    pub(crate) const fn is_flat(&self) -> bool {
        self.is_flat
    }

    /// The attributes in order.
    pub fn attrs(&self) -> Attrs {
        Attrs { section: <&[Attr]>::default().iter(), sections: self.sections.iter(), left: self.len() }
    }

    /// The attribute whose change sends this write-only one again, if there is one: `<name>_version`.
    pub fn version_of(&self, attr: &Attr) -> Option<&'static Attr> {
        let index = if attr.write_only { self.index(&format!("{}_version", attr.name)) } else { None };
        index.map(|index| self.attr(index))
    }

    /// The write-only attribute that is sent again when this one changes.
    pub fn sent_by(&self, version: &Attr) -> Option<&'static Attr> {
        let index = self.index(version.name.strip_suffix("_version")?)?;
        Some(self.attr(index)).filter(|attr| attr.write_only)
    }

    /// The places of aliases, each with the place of the attribute that it is an alias of.
    pub fn aliases(&self) -> impl Iterator<Item = (usize, usize)> {
        let attrs = self.attrs().enumerate().filter(|_| self.has_aliases);
        attrs.filter_map(|(place, attr)| Some((place, self.index(attr.alias_of?)?)))
    }

    /// Whether some of its attributes are managed only while they are set.
    pub const fn has_shared(&self) -> bool {
        self.has_shared
    }

    /// An object of this table with nothing set.
    pub fn nulls(&self) -> Value {
        Value::Object(self.unset())
    }

    /// A null for each attribute.
    pub fn unset(&self) -> Vec<Value> {
        // Quicker than copies of one null.
        (0..self.len()).map(|_| Value::Null).collect()
    }

    /// An object of this table with only these attributes set.
    pub fn holding<const N: usize>(&self, set: [(&str, Value); N]) -> Value {
        let mut fields = self.unset();
        for (name, value) in set {
            if let Some(index) = self.index(name) {
                fields[index] = value;
            }
        }
        Value::Object(fields)
    }
}

/// An iterator over the attributes of a table, in order. Its length is known, so that collections made from it are allocated once.
#[derive(Clone)]
pub struct Attrs {
    section: slice::Iter<'static, Attr>,
    sections: slice::Iter<'static, &'static [Attr]>,
    left: usize,
}

impl Iterator for Attrs {
    type Item = &'static Attr;

    #[inline]
    fn next(&mut self) -> Option<&'static Attr> {
        loop {
            if let Some(attr) = self.section.next() {
                self.left -= 1;
                return Some(attr);
            }
            self.section = self.sections.next()?.iter();
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Attrs {}

/// An object read by attribute name.
#[derive(Clone, Copy)]
pub struct Object<'a> {
    /// Its table.
    pub table: &'a Table,
    fields: &'a [Value],
}

impl<'a> Object<'a> {
    /// The value, read through the table; a value that is not an object reads as an object with nothing set.
    pub fn new(table: &'a Table, value: &'a Value) -> Object<'a> {
        Object { table, fields: value.fields() }
    }

    /// The attribute's value; null if there is no such attribute.
    pub fn get(&self, name: &str) -> &'a Value {
        self.table.index(name).and_then(|index| self.fields.get(index)).unwrap_or(&NULL)
    }

    /// The value of the attribute at this place of the table, for loops over all of them.
    #[inline]
    pub fn at(&self, place: usize) -> &'a Value {
        self.fields.get(place).unwrap_or(&NULL)
    }

    /// Whether the configuration uses this attribute: it has a value, or its version has one. Not every run has the value of a
    /// write-only attribute.
    pub fn uses(&self, attr: &Attr) -> bool {
        let version = || self.table.version_of(attr).map(|version| self.get(version.name));
        !self.get(attr.name).is_null() || version().is_some_and(|version| !version.is_null())
    }

    /// The attribute's text, if it is set and known.
    pub fn str(&self, name: &str) -> Option<&'a str> {
        self.get(name).as_str()
    }

    /// The attribute's truth value, if it is set and known.
    pub fn bool(&self, name: &str) -> Option<bool> {
        self.get(name).as_bool()
    }

    /// The attribute's texts, if it is set and known.
    pub fn strs(&self, name: &str) -> Vec<&'a str> {
        self.get(name).as_list().unwrap_or_default().iter().filter_map(Value::as_str).collect()
    }

    /// The attributes with their values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Attr, &'a Value)> + use<'a> {
        let fields = self.fields;
        self.table.attrs().enumerate().map(move |(index, attr)| (attr, fields.get(index).unwrap_or(&NULL)))
    }
}
