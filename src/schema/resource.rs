//! A resource.

use super::{Advice, Attr, Guards, Kind, Object, Presence, Problem, Rule, Table, WideIndex, checked::assert};
use crate::value::{Json, Value};

/// Attributes by name, each with its text.
pub type Texts = Vec<(&'static str, String)>;

/// What a write occupies: a kind (the name of a resource, or another word), and a name of that kind.
pub type Occupied = (&'static str, String);

/// A problem of a new object, as configured; unknown values count as not set.
pub type OnCreate = fn(Object<'_>) -> Option<Problem>;

/// A problem of an object that somebody else made, when a move or an import adopts it.
pub type OnAdopt = fn(Object<'_>) -> Option<Problem>;

/// A problem of a planned change from one object to another.
pub type OnChange = fn(Object<'_>, Object<'_>) -> Option<Problem>;

/// Turns a stored object of one shape into the next: a pure function over its JSON, whose members have the names that
/// the attributes had.
pub type Upgrade = fn(&mut Json);

/// A kind of object that the provider manages.
pub struct Resource {
    /// Its name without the provider's prefix.
    pub name: &'static str,
    /// A description in Markdown; its first sentence is also used alone.
    pub doc: &'static str,
    /// Its attributes. The engine owns the id, which is never among them.
    pub table: Table,
    /// The attribute that identifies the object and equals its id; [`ID`] if only the id identifies it.
    pub key: &'static str,
    /// Rules over several attributes.
    pub rules: &'static [Rule],
    /// Warnings about valid but unwise configurations.
    pub advice: &'static [Advice],
    /// Checks of new objects only, such as for a secret that no answer shows.
    pub on_create: &'static [OnCreate],
    /// Checks of an object that somebody else made, when it is adopted.
    pub on_adopt: &'static [OnAdopt],
    /// Checks of changes whose effect the author may not expect.
    pub on_change: &'static [OnChange],
    /// Why an object is guarded against deletion if its guard is not set.
    pub protected: Option<fn(Object<'_>) -> Option<&'static str>>,
    /// A last change to a plan, for rules that the table cannot express; pure.
    pub modify_plan: Option<fn(&mut PlanDraft<'_>)>,
    /// The attributes that identify an object together with its key.
    pub identity: &'static [&'static str],
    /// Splits an id for import into attributes, if it is more than the key's value.
    pub imports: Option<fn(&str) -> Texts>,
    /// The text that finds an object whose id the server chooses; at most one object has it.
    pub found_by: Option<fn(Object<'_>) -> Option<String>>,
    /// The resource as which servers list its objects.
    pub listed_as: Option<&'static Resource>,
    /// Why its objects cannot be discovered.
    pub undiscoverable: Option<&'static str>,
    /// The attribute with the time of creation, if the server shows it (RFC 3339).
    pub created_at: Option<&'static str>,
    /// The names of the parts of an object that are created one by one.
    pub parts: Option<fn(Object<'_>) -> Vec<String>>,
    /// What no two writes may create or change at the same time, besides the object itself.
    pub occupies: Option<fn(Object<'_>) -> Vec<Occupied>>,
    /// The same where a write touches only the parts that it creates or deletes, of the object before and after it.
    pub occupies_parts: Option<fn(Object<'_>, Object<'_>) -> Vec<Occupied>>,
    /// Whether an object and its replacement cannot exist at the same time, besides those with the same key.
    pub excludes: Option<fn(Object<'_>, Object<'_>) -> bool>,
    /// Functions that turn a stored object of each older shape into the next; their number is the current version.
    pub upgrades: &'static [Upgrade],
}

/// The key of objects that no attribute identifies: only the engine's id does.
pub const ID: &str = "id";

/// A resource with this name. Without [`import`](Resource::import), only its id identifies it.
pub const fn resource(name: &'static str, doc: &'static str) -> Resource {
    Resource {
        name,
        doc,
        table: Table::EMPTY,
        key: ID,
        rules: &[],
        advice: &[],
        on_create: &[],
        on_adopt: &[],
        on_change: &[],
        protected: None,
        modify_plan: None,
        identity: &[],
        imports: None,
        found_by: None,
        listed_as: None,
        undiscoverable: None,
        created_at: None,
        parts: None,
        occupies: None,
        occupies_parts: None,
        excludes: None,
        upgrades: &[],
    }
}

impl Resource {
    /// The attribute that identifies an object: its value is the object's id and the id for imports.
    pub const fn import(mut self, key: &'static str) -> Self {
        self.key = key;
        self
    }

    /// Its attributes, by sections.
    pub const fn sections(mut self, sections: &'static [&'static [Attr]]) -> Self {
        self.table = Table::new(sections);
        self
    }

    /// Its attributes, which are so many that their index is beside the table.
    pub const fn wide_sections(mut self, sections: &'static [&'static [Attr]], index: &'static WideIndex) -> Self {
        self.table = Table::wide(sections, index);
        self
    }

    /// Rules over several attributes.
    pub const fn rules(mut self, rules: &'static [Rule]) -> Self {
        self.rules = rules;
        self
    }

    /// Warnings about valid but unwise configurations. One attribute must be able to turn them off.
    pub const fn advice(mut self, advice: &'static [Advice]) -> Self {
        self.advice = advice;
        self
    }

    /// Checks of new objects only: an imported object has no secrets, for example.
    pub const fn on_create(mut self, says: &'static [OnCreate]) -> Self {
        self.on_create = says;
        self
    }

    /// Checks of an object that a move or an import adopts, for example whether somebody else manages it.
    pub const fn on_adopt(mut self, says: &'static [OnAdopt]) -> Self {
        self.on_adopt = says;
        self
    }

    /// Checks of changes whose effect the author may not expect.
    pub const fn on_change(mut self, says: &'static [OnChange]) -> Self {
        self.on_change = says;
        self
    }

    /// Why an object is guarded against deletion if its state does not set its guard: the beginning of a
    /// sentence, such as "It holds the master data".
    pub const fn protected(mut self, why: fn(Object<'_>) -> Option<&'static str>) -> Self {
        self.protected = Some(why);
        self
    }

    /// The attribute that is this guard.
    pub fn guard(&self, against: Guards) -> Option<&'static Attr> {
        self.table.attrs().find(|attr| attr.guards == Some(against))
    }

    /// A last change to a plan.
    pub const fn modify_plan(mut self, modify_plan: fn(&mut PlanDraft<'_>)) -> Self {
        self.modify_plan = Some(modify_plan);
        self
    }

    /// True if no attribute identifies the object, so that its id is in no table.
    pub const fn keyless(&self) -> bool {
        self.table.index(self.key).is_none()
    }

    /// Functions that read objects of older shapes, one step for each shape, the oldest first. Each step stays forever.
    pub const fn upgrades(mut self, steps: &'static [Upgrade]) -> Self {
        self.upgrades = steps;
        self
    }

    /// The attributes that identify an object together with its key: texts that never change.
    pub const fn identified_with(mut self, attrs: &'static [&'static str]) -> Self {
        self.identity = attrs;
        self
    }

    /// The names of all attributes that identify an object, the key last.
    pub fn identity(&self) -> impl Iterator<Item = &'static str> {
        self.identity.iter().copied().chain([self.key])
    }

    /// Splits an id for import: attributes with their values, the key among them.
    pub const fn imported_as(mut self, parts: fn(&str) -> Texts) -> Self {
        self.imports = Some(parts);
        self
    }

    /// The text that finds a planned or stored object, if its key is not known before it is created: at most one object
    /// on a server has this text. It is used to look for a create whose answer is lost.
    pub const fn found_by(mut self, name: fn(Object<'_>) -> Option<String>) -> Self {
        self.found_by = Some(name);
        self
    }

    /// The name of the object on its server: its key or, if the plan does not know the key, the text that finds it.
    pub fn name_of(&self, object: Object<'_>) -> Option<String> {
        let key = if self.keyless() { None } else { object.str(self.key).map(str::to_owned) };
        key.or_else(|| self.found_by.and_then(|name| name(object)))
    }

    /// Servers do not list its objects, or list them as objects of this resource.
    pub const fn listed_as(mut self, resource: &'static Resource) -> Self {
        self.listed_as = Some(resource);
        self
    }

    /// No server lists its objects, and an import does not show all that a program needs. The text says what to do.
    pub const fn undiscoverable(mut self, why: &'static str) -> Self {
        self.undiscoverable = Some(why);
        self
    }

    /// The attribute with the time of creation (RFC 3339).
    pub const fn created_at(mut self, name: &'static str) -> Self {
        self.created_at = Some(name);
        self
    }

    /// The parts of an object that are created one by one, also by its updates, so that the journal notes each before its
    /// creation. For a stored object, all names that it shows.
    pub const fn parts(mut self, names: fn(Object<'_>) -> Vec<String>) -> Self {
        self.parts = Some(names);
        self
    }

    /// What two writes may not create or change at the same time, if that is more than the object's own name.
    pub const fn occupies(mut self, all: fn(Object<'_>) -> Vec<Occupied>) -> Self {
        self.occupies = Some(all);
        self
    }

    /// The same for parts that are created and deleted one by one: those that only one of the two objects has, before or after the
    /// write.
    pub const fn occupies_parts(mut self, parts: fn(Object<'_>, Object<'_>) -> Vec<Occupied>) -> Self {
        self.occupies_parts = Some(parts);
        self
    }

    /// The names under which a journal may know parts of this object, besides its id.
    pub fn shows(&self, object: &Value) -> Vec<String> {
        let object = Object::new(&self.table, object);
        self.name_of(object).into_iter().chain(self.parts.into_iter().flat_map(|names| names(object))).collect()
    }

    /// When an object and its replacement cannot exist at the same time: then the old one is deleted first, also in
    /// a tool that creates the new one first if possible. Both are planned or stored objects.
    pub const fn excludes(mut self, excludes: fn(Object<'_>, Object<'_>) -> bool) -> Self {
        self.excludes = Some(excludes);
        self
    }

    /// Checks the whole declaration at compile time; a build error names the attribute.
    pub const fn checked(self) -> Self {
        let named = self.key.len() == ID.len() && self.key.as_bytes()[0] == ID.as_bytes()[0] && self.key.as_bytes()[1] == ID.as_bytes()[1];
        // It has no description.
        if self.doc.is_empty() {
            panic!("{}", self.name);
        }
        // An attribute is called `id`, which belongs to the engine; or none has the name given to `import`.
        if self.keyless() != named {
            panic!("{}", self.name);
        }
        let mut rule = 0;
        while rule < self.rules.len() {
            self.table.has_all(self.rules[rule].reads);
            rule += 1;
        }
        if let Some(name) = self.created_at {
            self.table.has_all(&[name]);
        }
        let (mut attr, mut turned_down) = (0, self.advice.is_empty());
        while attr < self.table.len() {
            turned_down = turned_down || matches!(self.table.attr(attr).guards, Some(Guards::Advice));
            attr += 1;
        }
        if !turned_down {
            panic!("{}", self.name);
        }
        let mut advice = 0;
        while advice < self.advice.len() {
            self.table.has_all(self.advice[advice].reads);
            advice += 1;
        }
        let mut place = 0;
        while place < self.identity.len() {
            let Some(at) = self.table.index(self.identity[place]) else { panic!("{}", self.identity[place]) };
            let attr = self.table.attr(at);
            // It may change, or is not a text that everybody may see.
            assert(attr.replaces || matches!(attr.presence, Presence::ReadOnly), attr);
            assert(matches!(attr.kind, Kind::String) && !attr.secret, attr);
            place += 1;
        }
        self
    }
}

/// A plan under construction, for a resource's `modify_plan`.
pub struct PlanDraft<'a> {
    /// The resource's table.
    pub table: &'static Table,
    /// The configuration.
    pub config: Object<'a>,
    /// The object before; `None` when creating.
    pub prior: Option<Object<'a>>,
    /// The planned values so far, in table order.
    pub planned: &'a mut Vec<Value>,
    /// The write-only arguments in use, whether this run has their values or not.
    pub in_use: &'a mut Vec<&'static str>,
    /// The attributes whose change needs no new object this time, although the table declares it.
    pub keeps: &'a mut Vec<&'static str>,
}

impl PlanDraft<'_> {
    /// The planned value of the attribute so far.
    pub fn get(&self, name: &str) -> &Value {
        self.table.index(name).and_then(|index| self.planned.get(index)).unwrap_or(&Value::Null)
    }

    /// Whether this write-only argument is in use.
    pub fn uses(&self, name: &str) -> bool {
        self.in_use.contains(&name)
    }

    /// Marks the write-only argument as not in use, unless the configuration gives it a value.
    pub fn withdraw(&mut self, name: &str) {
        if self.config.get(name).is_null() {
            self.in_use.retain(|used| *used != name);
        }
    }

    /// A change of this attribute needs no new object this time, although the table declares it.
    pub fn keep_object(&mut self, name: &'static str) {
        self.keeps.push(name);
    }

    /// Plans this value for the attribute. A plan cannot overrule the configuration, so that this
    /// does nothing if the attribute is configured.
    pub fn set(&mut self, name: &str, value: Value) {
        if let Some(index) = self.table.index(name)
            && self.config.get(name).is_null()
        {
            self.planned[index] = value;
        }
    }
}
