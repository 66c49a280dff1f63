//! A resource, and the views (data sources) on it.

use super::{Attr, Object, Presence, Reads, Rule, Table};
use crate::value::Value;

/// A kind of object that the provider manages.
pub struct Resource {
    /// Its name without the provider's prefix.
    pub name: &'static str,
    /// What it is, in Markdown; the first sentence stands alone.
    pub doc: &'static str,
    /// Its attributes. The id is the engine's and never among them.
    pub table: Table,
    /// The attribute that identifies the object and equals its id; [`ID`] where the id alone does.
    pub key: &'static str,
    /// Rules over several attributes.
    pub rules: &'static [Rule],
    /// A new object would be in the way of the old one, or the other way round: that has to go first.
    pub delete_first: bool,
    /// The last word on a plan, for what the table cannot say; pure.
    pub adjust: Option<fn(&mut Draft<'_>)>,
    /// The version of the state's shape.
    pub version: i64,
}

/// The key of objects that no attribute identifies: only the engine's own id does.
pub const ID: &str = "id";

/// A resource of this name. Until [`import`](Resource::import) says otherwise, only its id identifies it.
pub const fn resource(name: &'static str, doc: &'static str) -> Resource {
    Resource { name, doc, table: Table { sections: &[] }, key: ID, rules: &[], delete_first: false, adjust: None, version: 0 }
}

impl Resource {
    /// The attribute that identifies an object: its value is the object's id and what imports name.
    pub const fn import(mut self, key: &'static str) -> Self {
        self.key = key;
        self
    }

    /// Its attributes, by sections.
    pub const fn sections(mut self, sections: &'static [&'static [Attr]]) -> Self {
        self.table = Table { sections };
        self
    }

    /// Rules over several attributes.
    pub const fn rules(mut self, rules: &'static [Rule]) -> Self {
        self.rules = rules;
        self
    }

    /// Where a change needs a new object, the old one has to go first.
    pub const fn delete_first(mut self) -> Self {
        self.delete_first = true;
        self
    }

    /// The last word on a plan.
    pub const fn adjust(mut self, adjust: fn(&mut Draft<'_>)) -> Self {
        self.adjust = Some(adjust);
        self
    }

    /// True if no attribute identifies the object, so that its id stands in no table.
    pub const fn keyless(&self) -> bool {
        self.table.index(self.key).is_none()
    }

    /// Checks the whole declaration while it compiles; a build error names the attribute.
    pub const fn checked(mut self) -> Self {
        self.table = Table::new(self.table.sections);
        let named = self.key.len() == ID.len() && self.key.as_bytes()[0] == ID.as_bytes()[0] && self.key.as_bytes()[1] == ID.as_bytes()[1];
        if self.doc.is_empty() || self.keyless() != named {
            panic!("{}", self.name);
        }
        let mut rule = 0;
        while rule < self.rules.len() {
            let reads = self.rules[rule].reads;
            let mut position = 0;
            while position < reads.len() {
                if self.table.index(reads[position]).is_none() {
                    panic!("{}", reads[position]);
                }
                position += 1;
            }
            rule += 1;
        }
        self
    }
}

/// A data source: a resource seen without managing it.
pub struct View {
    /// Its name without the provider's prefix.
    pub name: &'static str,
    /// What it is, in Markdown.
    pub doc: &'static str,
    /// The resource that it shows.
    pub of: &'static Resource,
    /// The attribute to look it up by; `id` stands for it too.
    pub by: &'static str,
    /// Another attribute to look it up by, which must lead to one object.
    pub or_by: Option<&'static str>,
}

/// A view of the resource, looked up by its key.
pub const fn view(of: &'static Resource, doc: &'static str) -> View {
    View { name: of.name, doc, of, by: of.key, or_by: None }
}

impl View {
    /// Another attribute to look it up by.
    pub const fn or_by(mut self, name: &'static str) -> Self {
        if self.of.table.index(name).is_none() {
            panic!("{}", name);
        }
        self.or_by = Some(name);
        self
    }

    /// What an object may be looked up by, its id first.
    pub fn ways(&self) -> Vec<&'static str> {
        let by = (self.by != ID).then_some(self.by);
        [Some(ID), by, self.or_by].into_iter().flatten().collect()
    }

    /// Whether the attribute is part of the view: what no answer shows is not, nor are the triggers of
    /// write-only arguments; local ones that steer the provider are.
    pub fn shows(&self, attr: &Attr) -> bool {
        let triggers = |name: &str| self.of.table.index(name).is_some_and(|index| self.of.table.attr(index).write_only);
        !attr.write_only && !matches!(attr.reads, Reads::Once) && !attr.name.strip_suffix("_version").is_some_and(triggers)
    }

    /// Who decides the attribute in the view.
    pub fn presence(&self, attr: &Attr) -> Presence {
        if attr.name == self.by || self.or_by == Some(attr.name) {
            Presence::OrServer
        } else if !attr.remote() {
            Presence::Optional
        } else {
            Presence::ReadOnly
        }
    }
}

/// A question to a server: what may be asked, and what the answer holds.
pub struct Query {
    /// Its name without the provider's prefix.
    pub name: &'static str,
    /// What it tells, in Markdown.
    pub doc: &'static str,
    /// What may be asked (configurable attributes) and what is answered (read-only ones).
    pub table: Table,
    /// Rules over what is asked.
    pub rules: &'static [Rule],
}

/// A query of this name.
pub const fn query(name: &'static str, doc: &'static str, sections: &'static [&'static [Attr]]) -> Query {
    Query { name, doc, table: Table::new(sections), rules: &[] }
}

impl Query {
    /// Rules over what is asked.
    pub const fn rules(mut self, rules: &'static [Rule]) -> Self {
        self.rules = rules;
        self
    }
}

/// A plan in the making, as a resource's `adjust` sees it.
pub struct Draft<'a> {
    /// The resource's table.
    pub table: &'static Table,
    /// What the configuration says.
    pub config: Object<'a>,
    /// What was there before; `None` when creating.
    pub prior: Option<Object<'a>>,
    /// What is planned so far, in table order.
    pub planned: &'a mut Vec<Value>,
}

impl Draft<'_> {
    /// What is planned for the attribute so far.
    pub fn get(&self, name: &str) -> &Value {
        self.table.index(name).and_then(|index| self.planned.get(index)).unwrap_or(&Value::Null)
    }

    /// Plans this value for the attribute; the configuration's own word cannot be overruled, so it
    /// does nothing where that has spoken.
    pub fn set(&mut self, name: &str, value: Value) {
        if let Some(index) = self.table.index(name)
            && self.config.get(name).is_null()
        {
            self.planned[index] = value;
        }
    }
}
