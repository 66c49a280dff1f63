//! Calls: what a provider does beside managing objects. Functions, ephemeral resources, actions and lists, each declared
//! by the attributes that it takes and answers.
//!
//! Owns the declarations; who carries them out is the engine's word, but for functions, which are pure and need nobody.

use super::{Attr, Kind, Object, Presence, Reads, Resource, Rule, Table, attr::Recompute};
use crate::value::{Path, Step, Value};

/// A function: the same arguments always have the same result. It is called without a configured provider, and does no
/// I/O.
pub struct Function {
    /// Its name, without any prefix.
    pub name: &'static str,
    /// What it does, in Markdown; the first sentence stands alone.
    pub doc: &'static str,
    /// Its parameters, in the order in which arguments are given. One that is optional takes null.
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
            // Arguments have places: one that is needed cannot come after one that may be left out.
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

/// Tools hide neither what a function takes nor what it gives, nor show what nobody describes.
const fn open(attr: &Attr) {
    if attr.secret || attr.doc.is_empty() {
        panic!("{}", attr.name);
    }
}

/// Why a function has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The argument at fault; the root where it is not one alone.
    pub at: Path,
    /// What is wrong and what to do; never repeats a value.
    pub why: String,
}

impl Refused {
    /// Refused for a reason that is not one argument's alone.
    pub fn because(why: impl Into<String>) -> Refused {
        Refused { at: Path::ROOT, why: why.into() }
    }

    /// Refused for the argument of this parameter.
    pub fn argument(name: &'static str, why: impl Into<String>) -> Refused {
        Refused { at: Path::attr(name), why: why.into() }
    }

    /// Refused for one of the further arguments, which this parameter takes.
    pub fn element(name: &'static str, index: usize, why: impl Into<String>) -> Refused {
        Refused { at: Path::attr(name).then(Step::Index(index)), why: why.into() }
    }
}

/// Something that is made for a while and never stored: a token, a lease, a tunnel. It is opened, kept alive, and closed.
pub struct Ephemeral {
    /// Its name without the provider's prefix.
    pub name: &'static str,
    /// What it is, in Markdown.
    pub doc: &'static str,
    /// What it takes (configurable attributes) and what it gives (read-only ones).
    pub table: Table,
    /// Rules over what it takes.
    pub rules: &'static [Rule],
    /// Whether opening it makes something on a server that may stay when it is not closed.
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
    /// Rules over what it takes.
    pub const fn rules(mut self, rules: &'static [Rule]) -> Self {
        self.rules = rules;
        self
    }

    /// Opening it makes something that may stay. Where a tool opens it in previews as well, it is not offered: there it would
    /// be made by those who only look.
    pub const fn leaves_something(mut self) -> Self {
        self.leaves = true;
        self
    }
}

/// Something that is done once, when it is asked for, and leaves nothing in a state.
pub struct Action {
    /// Its name without the provider's prefix.
    pub name: &'static str,
    /// What it does, in Markdown.
    pub doc: &'static str,
    /// What it takes.
    pub table: Table,
    /// Rules over what it takes.
    pub rules: &'static [Rule],
}

/// An action of this name. It answers nothing: how it goes on is told while it runs, and how it ended by its diagnostics.
pub const fn action(name: &'static str, doc: &'static str, sections: &'static [&'static [Attr]]) -> Action {
    Action { name, doc, table: taken(sections, true), rules: &[] }
}

impl Action {
    /// Rules over what it takes.
    pub const fn rules(mut self, rules: &'static [Rule]) -> Self {
        self.rules = rules;
        self
    }
}

/// A list of the objects of a resource, whoever made them.
pub struct ListResource {
    /// The resource, whose name it has.
    pub of: &'static Resource,
    /// What it lists, in Markdown.
    pub doc: &'static str,
    /// Which of them: the attributes of the filter.
    pub table: Table,
    /// Rules over the filter.
    pub rules: &'static [Rule],
    /// The attribute of an object that people know it by; its id where that is not set.
    pub shown_by: Option<&'static str>,
}

/// A list of the resource's objects.
pub const fn list_resource(of: &'static Resource, doc: &'static str) -> ListResource {
    ListResource { of, doc, table: Table::new(&[]), rules: &[], shown_by: None }
}

impl ListResource {
    /// Which of them: the attributes of the filter.
    pub const fn filters(mut self, sections: &'static [&'static [Attr]]) -> Self {
        self.table = taken(sections, false);
        self
    }

    /// Rules over the filter.
    pub const fn rules(mut self, rules: &'static [Rule]) -> Self {
        self.rules = rules;
        self
    }

    /// The attribute of an object that people know it by.
    pub const fn shown_by(mut self, name: &'static str) -> Self {
        if self.of.table.index(name).is_none() {
            panic!("{}", name);
        }
        self.shown_by = Some(name);
        self
    }

    /// What people call the object.
    pub fn shown(&self, id: &str, object: &Value) -> String {
        let shown = self.shown_by.and_then(|name| Object::new(&self.of.table, object).str(name)).filter(|text| !text.is_empty());
        shown.unwrap_or(id).to_owned()
    }
}

/// A table of what is only taken: nothing in it is the server's to fill in.
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

/// There is no object and no state: what speaks of one does not fit.
const fn takes(attr: &Attr, write_only: bool) {
    let of_an_object = attr.replaces || attr.guards.is_some() || attr.env.is_some() || attr.formerly.is_some() || attr.named;
    let of_a_state = !matches!(attr.recompute, Recompute::Never) || !matches!(attr.reads, Reads::Always | Reads::Never);
    let shared = matches!(attr.presence, Presence::WhileSet) || attr.alias_of.is_some();
    if of_an_object || of_a_state || shared || (attr.write_only && !write_only) {
        panic!("{}", attr.name);
    }
}
