//! Calls: offers that do not manage objects. Functions, ephemeral resources, actions and lists, each declared by its arguments and
//! its results.
//!
//! Owns the declarations. The engine runs them, except for functions, which are pure.

use super::{Attr, Kind, Object, Presence, Reads, Resource, Rule, Table, attr::Recompute};
use crate::value::{Path, Step, Value};

/// A function: the same arguments always have the same result. It is called without a configured provider, and does no
/// I/O.
pub struct Function {
    /// Its name, without any prefix.
    pub name: &'static str,
    /// What it does, in Markdown; the first sentence has to make sense by itself.
    pub doc: &'static str,
    /// Its parameters, in the order in which arguments are given. An optional one accepts null.
    pub params: Table,
    /// Whether the last parameter, a list, is all further arguments.
    pub variadic: bool,
    /// Its result, which is never null.
    pub returns: Attr,
    /// What it does. Arguments are known, checked, and have their defaults.
    pub run: fn(Object<'_>) -> Result<Value, Refused>,
}

/// A function of this name, with this result: `function("upper", "…", string("result", "The text in capitals."), upper)`.
pub const fn function(name: &'static str, doc: &'static str, returns: Attr, run: fn(Object<'_>) -> Result<Value, Refused>) -> Function {
    open(&returns);
    Function { name, doc, params: Table::new(&[]), variadic: false, returns, run }
}

impl Function {
    /// Its parameters, in order. A mistake in them is a build error that names the parameter.
    pub const fn params(mut self, sections: &'static [&'static [Attr]]) -> Self {
        self.params = taken(sections, false);
        let (mut index, mut optional) = (0, false);
        while index < self.params.len() {
            let attr = self.params.attr(index);
            open(attr);
            // Arguments have positions: a required one cannot come after an optional one.
            if optional && matches!(attr.presence, Presence::Required) {
                panic!("{}", attr.name);
            }
            optional = !matches!(attr.presence, Presence::Required);
            index += 1;
        }
        self
    }

    /// The last parameter, a list, is all further arguments: any number of them.
    pub const fn variadic(mut self) -> Self {
        let last = self.params.attr(self.params.len() - 1);
        if !matches!(last.kind, Kind::List(_)) || matches!(last.presence, Presence::Required) {
            panic!("{}", last.name);
        }
        self.variadic = true;
        self
    }

    /// How many arguments there are before the variadic ones.
    pub const fn fixed(&self) -> usize {
        self.params.len() - self.variadic as usize
    }

    /// The parameter that takes all further arguments, and what each of them is.
    pub fn further(&self) -> Option<(&'static Attr, &'static Kind)> {
        let attr = self.variadic.then(|| self.params.attr(self.fixed()))?;
        if let Kind::List(of) = attr.kind { Some((attr, of)) } else { None }
    }
}

/// Tools do not hide arguments and results of functions, and show only what is described.
const fn open(attr: &Attr) {
    if attr.secret || attr.doc.is_empty() {
        panic!("{}", attr.name);
    }
}

/// The error of a function call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The argument with the error; the root if it is not a single one.
    pub at: Path,
    /// What is wrong and what to do; never repeats a value.
    pub why: String,
}

impl Refused {
    /// An error that is not about a single argument.
    pub fn because(why: impl Into<String>) -> Refused {
        Refused { at: Path::ROOT, why: why.into() }
    }

    /// An error about the argument of this parameter.
    pub fn argument(name: &'static str, why: impl Into<String>) -> Refused {
        Refused { at: Path::attr(name), why: why.into() }
    }

    /// An error about one of the further arguments of this parameter.
    pub fn element(name: &'static str, index: usize, why: impl Into<String>) -> Refused {
        Refused { at: Path::attr(name).then(Step::Index(index)), why: why.into() }
    }
}

/// An object that exists for a while and is never stored: a token, a lease, a tunnel. It is opened, kept alive, and closed.
pub struct Ephemeral {
    /// Its name without the provider's prefix.
    pub name: &'static str,
    /// What it is, in Markdown.
    pub doc: &'static str,
    /// Its arguments (configurable attributes) and its results (read-only ones).
    pub table: Table,
    /// Rules for its arguments.
    pub rules: &'static [Rule],
    /// Whether opening it makes something on a server that may stay if it is not closed.
    pub leaves: bool,
}

/// An ephemeral resource of this name.
pub const fn ephemeral(name: &'static str, doc: &'static str, sections: &'static [&'static [Attr]]) -> Ephemeral {
    let table = Table::new(sections);
    let mut index = 0;
    while index < table.len() {
        takes(table.attr(index), false);
        index += 1;
    }
    Ephemeral { name, doc, table, rules: &[], leaves: false }
}

impl Ephemeral {
    /// Rules for its arguments.
    pub const fn rules(mut self, rules: &'static [Rule]) -> Self {
        self.rules = rules;
        self
    }

    /// Opening it makes something that may stay. A tool that also opens it in previews does not get it: a preview must not make
    /// anything.
    pub const fn leaves_something(mut self) -> Self {
        self.leaves = true;
        self
    }
}

/// An operation that runs once, on request, and leaves nothing in a state.
pub struct Action {
    /// Its name without the provider's prefix.
    pub name: &'static str,
    /// What it does, in Markdown.
    pub doc: &'static str,
    /// Its arguments.
    pub table: Table,
    /// Rules for its arguments.
    pub rules: &'static [Rule],
}

/// An action of this name. It has no result: it reports its progress while it runs, and its end by diagnostics.
pub const fn action(name: &'static str, doc: &'static str, sections: &'static [&'static [Attr]]) -> Action {
    Action { name, doc, table: taken(sections, true), rules: &[] }
}

impl Action {
    /// Rules for its arguments.
    pub const fn rules(mut self, rules: &'static [Rule]) -> Self {
        self.rules = rules;
        self
    }
}

/// A list of the objects of a resource, whoever made them.
pub struct ListResource {
    /// The resource, which has the same name.
    pub of: &'static Resource,
    /// What it lists, in Markdown.
    pub doc: &'static str,
    /// The attributes of the filter.
    pub table: Table,
    /// Rules for the filter.
    pub rules: &'static [Rule],
    /// The attribute with an object's name for people; its id if that is not set.
    pub shown_by: Option<&'static str>,
}

/// A list of the resource's objects.
pub const fn list_resource(of: &'static Resource, doc: &'static str) -> ListResource {
    ListResource { of, doc, table: Table::new(&[]), rules: &[], shown_by: None }
}

impl ListResource {
    /// The attributes of the filter.
    pub const fn filters(mut self, sections: &'static [&'static [Attr]]) -> Self {
        self.table = taken(sections, false);
        self
    }

    /// Rules for the filter.
    pub const fn rules(mut self, rules: &'static [Rule]) -> Self {
        self.rules = rules;
        self
    }

    /// The attribute with an object's name for people.
    pub const fn shown_by(mut self, name: &'static str) -> Self {
        if self.of.table.index(name).is_none() {
            panic!("{}", name);
        }
        self.shown_by = Some(name);
        self
    }

    /// The object's name for people.
    pub fn shown(&self, id: &str, object: &Value) -> String {
        let shown = self.shown_by.and_then(|name| Object::new(&self.of.table, object).str(name)).filter(|text| !text.is_empty());
        shown.unwrap_or(id).to_owned()
    }
}

/// A table of arguments only: the server fills in none of them.
const fn taken(sections: &'static [&'static [Attr]], write_only: bool) -> Table {
    let table = Table::new(sections);
    let mut index = 0;
    while index < table.len() {
        let attr = table.attr(index);
        takes(attr, write_only);
        if !matches!(attr.presence, Presence::Required | Presence::Optional) {
            panic!("{}", attr.name);
        }
        index += 1;
    }
    table
}

/// There is no object and no state: features that need one are refused.
const fn takes(attr: &Attr, write_only: bool) {
    let of_an_object = attr.replaces || attr.guards.is_some() || attr.env.is_some() || attr.formerly.is_some() || attr.named;
    let of_a_state = !matches!(attr.recompute, Recompute::Never) || !matches!(attr.reads, Reads::Always | Reads::Never);
    let shared = matches!(attr.presence, Presence::WhileSet) || attr.alias_of.is_some();
    if of_an_object || of_a_state || shared || (attr.write_only && !write_only) {
        panic!("{}", attr.name);
    }
}
