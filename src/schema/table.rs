//! Attributes in order, and an object seen through them.

use super::{
    Attr, Codec, Kind, Nested, Presence,
    attr::{Moves, Reads, hash},
};
use crate::value::Value;

static NULL: Value = Value::Null;

/// An ordered set of attributes, spliced from sections that tables may share.
#[derive(Clone, Copy)]
pub struct Table {
    /// The sections, in order.
    pub sections: &'static [&'static [Attr]],
}

impl Table {
    /// A table of these sections. A mistake in it is a build error that names the attribute.
    pub const fn new(sections: &'static [&'static [Attr]]) -> Table {
        let table = Table { sections };
        let len = table.len();
        let mut index = 0;
        while index < len {
            check(&table, table.attr(index), index);
            index += 1;
        }
        table
    }

    /// How many attributes there are.
    pub const fn len(&self) -> usize {
        let (mut section, mut len) = (0, 0);
        while section < self.sections.len() {
            len += self.sections[section].len();
            section += 1;
        }
        len
    }

    /// True for a table without attributes.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The attribute at this place.
    pub const fn attr(&self, index: usize) -> &'static Attr {
        let (mut section, mut rest) = (0, index);
        while rest >= self.sections[section].len() {
            rest -= self.sections[section].len();
            section += 1;
        }
        &self.sections[section][rest]
    }

    /// Where the attribute of this name stands.
    pub const fn index(&self, name: &str) -> Option<usize> {
        let hash = hash(name);
        let (mut section, mut before) = (0, 0);
        while section < self.sections.len() {
            let attrs = self.sections[section];
            let mut index = 0;
            while index < attrs.len() {
                if attrs[index].hash == hash {
                    return Some(before + index);
                }
                index += 1;
            }
            before += attrs.len();
            section += 1;
        }
        None
    }

    /// The attributes in order.
    pub fn attrs(&self) -> impl Iterator<Item = &'static Attr> + use<> {
        self.sections.iter().flat_map(|section| section.iter())
    }

    /// An object of this table with nothing set.
    pub fn nulls(&self) -> Value {
        Value::Object(vec![Value::Null; self.len()])
    }

    /// An object of this table with nothing but these attributes set.
    pub fn holding<const N: usize>(&self, set: [(&str, Value); N]) -> Value {
        let mut fields = vec![Value::Null; self.len()];
        for (name, value) in set {
            if let Some(index) = self.index(name) {
                fields[index] = value;
            }
        }
        Value::Object(fields)
    }
}

/// Each message is an attribute's name; the line it comes from says what is wrong.
const fn check(table: &Table, attr: &'static Attr, index: usize) {
    // The doc is missing.
    assert_attr(!attr.doc.is_empty(), attr);
    // The name stands in the table twice.
    assert_attr(matches!(table.index(attr.name), Some(first) if first == index), attr);
    // A default is for what the configuration may leave open and nobody else decides.
    assert_attr(attr.default.is_none() || matches!(attr.presence, Presence::Optional), attr);
    // Two attributes at one place in the API's object: one of them has to be write-only.
    let mut other = 0;
    while other < index {
        let twin = table.attr(other);
        assert_attr(!attr.remote() || !twin.remote() || attr.write_only != twin.write_only || !same(attr.pointer(), twin.pointer()), attr);
        other += 1;
    }
    // Write-only values are the configuration's alone.
    assert_attr(!attr.write_only || (!attr.computed() && attr.configurable()), attr);
    // The server's alone, and yet its change is said to need a new object.
    assert_attr(!attr.replaces || attr.configurable(), attr);
    // Order and elements are a list's or a map's.
    assert_attr(!attr.unordered || matches!(attr.kind, Kind::List(_)), attr);
    assert_attr(!attr.unordered || attr.meaning.form.is_some(), attr);
    // What is written in the form of its meaning needs one.
    assert_attr(!matches!(attr.codec, Codec::Form) || attr.meaning.form.is_some(), attr);
    assert_attr(attr.each[0].is_none() || matches!(attr.kind, Kind::List(_) | Kind::Map(_)), attr);
    // Plans and reads take nested objects as a whole: who decides, and what moves or stays out of the
    // state, can only be said of the attribute that holds them.
    if let Some(nested) = nested(&attr.kind) {
        let mut inner = 0;
        while inner < nested.table.len() {
            let field = nested.table.attr(inner);
            assert_attr(matches!(field.presence, Presence::Required | Presence::Optional) && field.default.is_none(), field);
            assert_attr(!field.write_only && !field.replaces && matches!(field.moves, Moves::Keeps), field);
            assert_attr(matches!(field.reads, Reads::Always), field);
            inner += 1;
        }
    }
    // It names an attribute that is not there.
    if let Moves::With(names) = attr.moves {
        let mut position = 0;
        while position < names.len() {
            assert_attr(table.index(names[position]).is_some(), attr);
            position += 1;
        }
    }
    if let Reads::Unless(twin) = attr.reads {
        assert_attr(matches!(table.index(twin), Some(at) if table.attr(at).write_only), attr);
    }
}

/// The attributes inside, if it is an object or holds objects.
const fn nested(kind: &Kind) -> Option<&'static Nested> {
    match kind {
        Kind::Object(nested) => Some(*nested),
        Kind::List(of) | Kind::Map(of) => nested(of),
        _ => None,
    }
}

const fn same(left: &str, right: &str) -> bool {
    hash(left) == hash(right)
}

const fn assert_attr(fine: bool, attr: &'static Attr) {
    if !fine {
        panic!("{}", attr.name);
    }
}

/// An object read by attribute name.
#[derive(Clone, Copy)]
pub struct Object<'a> {
    /// Its table.
    pub table: &'a Table,
    fields: &'a [Value],
}

impl<'a> Object<'a> {
    /// The value seen through the table; a value that is no object reads as one with nothing set.
    pub fn new(table: &'a Table, value: &'a Value) -> Object<'a> {
        Object { table, fields: value.fields() }
    }

    /// The attribute's value; null if there is no such attribute.
    pub fn get(&self, name: &str) -> &'a Value {
        self.table.index(name).and_then(|index| self.fields.get(index)).unwrap_or(&NULL)
    }

    /// The value of the attribute at this place of the table: for whoever goes through all of them.
    pub fn at(&self, place: usize) -> &'a Value {
        self.fields.get(place).unwrap_or(&NULL)
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
