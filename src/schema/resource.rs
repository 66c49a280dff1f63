//! A resource.

use super::{Advice, Attr, Guards, Kind, Object, Presence, Problem, Rule, Table, checked::assert};
use crate::value::{Json, Value};

/// Attributes by name, each with its text.
pub type Texts = Vec<(&'static str, String)>;

/// What a write occupies: a name among those of one kind, which is that of a resource or another word.
pub type Occupied = (&'static str, String);

/// What is to be said of a new object, as configured: nothing of what is not known.
pub type OnCreate = fn(Object<'_>) -> Option<Problem>;

/// What is to be said of an object that somebody else made and that is taken over, by a move or an import.
pub type OnAdopt = fn(Object<'_>) -> Option<Problem>;

/// What is to be said of a change from one object to another, as planned.
pub type OnChange = fn(Object<'_>, Object<'_>) -> Option<Problem>;

/// Makes a stored object of one shape one of the next: a pure function over its JSON, whose members have the names that
/// attributes had.
pub type Upgrade = fn(&mut Json);

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
    /// What is allowed and unwise.
    pub advice: &'static [Advice],
    /// What a new object needs that one which is there can do without, such as a secret that no answer shows.
    pub on_create: &'static [OnCreate],
    /// What is to be said of an object that somebody else made and that is taken over.
    pub on_adopt: &'static [OnAdopt],
    /// What a change from one object to another would do that its author may not have in mind.
    pub on_change: &'static [OnChange],
    /// Why an object is guarded against deletion although nobody says so.
    pub protected: Option<fn(Object<'_>) -> Option<&'static str>>,
    /// The last word on a plan, for what the table cannot say; pure.
    pub modify_plan: Option<fn(&mut PlanDraft<'_>)>,
    /// The attributes that identify an object together with its key.
    pub identity: &'static [&'static str],
    /// What an id that is given to import says, where that is more than the key's value.
    pub imports: Option<fn(&str) -> Texts>,
    /// By what an object is found whose id the server chooses; at most one object has it.
    pub found_by: Option<fn(Object<'_>) -> Option<String>>,
    /// The attribute that says when the object was made, where the server tells (RFC 3339).
    pub created_at: Option<&'static str>,
    /// The names of what is in an object and made one by one.
    pub parts: Option<fn(Object<'_>) -> Vec<String>>,
    /// What no two writes may make or change at the same time, beside the object itself.
    pub occupies: Option<fn(Object<'_>) -> Vec<Occupied>>,
    /// Whether an update leaves alone what it occupies before and after.
    pub leaves_what_stays: bool,
    /// Whether an object and its replacement cannot exist at the same time, beside those of one key.
    pub excludes: Option<fn(Object<'_>, Object<'_>) -> bool>,
    /// What makes a stored object of each older shape one of the next; their number is the version of today's.
    pub upgrades: &'static [Upgrade],
}

/// The key of objects that no attribute identifies: only the engine's own id does.
pub const ID: &str = "id";

/// A resource of this name. Until [`import`](Resource::import) says otherwise, only its id identifies it.
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
        created_at: None,
        parts: None,
        occupies: None,
        leaves_what_stays: false,
        excludes: None,
        upgrades: &[],
    }
}

impl Resource {
    /// The attribute that identifies an object: its value is the object's id and what imports name.
    pub const fn import(mut self, key: &'static str) -> Self {
        self.key = key;
        self
    }

    /// Its attributes, by sections.
    pub const fn sections(mut self, sections: &'static [&'static [Attr]]) -> Self {
        self.table = Table::new(sections);
        self
    }

    /// Rules over several attributes.
    pub const fn rules(mut self, rules: &'static [Rule]) -> Self {
        self.rules = rules;
        self
    }

    /// What is allowed and unwise. One attribute has to be the one that turns it down.
    pub const fn advice(mut self, advice: &'static [Advice]) -> Self {
        self.advice = advice;
        self
    }

    /// What a new object needs that one which is there can do without: an import has no secrets.
    pub const fn on_create(mut self, says: &'static [OnCreate]) -> Self {
        self.on_create = says;
        self
    }

    /// What is to be said of an object that is taken over, by a move or an import, such as that somebody else manages it.
    pub const fn on_adopt(mut self, says: &'static [OnAdopt]) -> Self {
        self.on_adopt = says;
        self
    }

    /// What a change would do that its author may not have in mind.
    pub const fn on_change(mut self, says: &'static [OnChange]) -> Self {
        self.on_change = says;
        self
    }

    /// Why an object whose state does not say whether it is guarded against deletion is so all the same: the beginning of a
    /// sentence, such as "It holds the master data".
    pub const fn protected(mut self, why: fn(Object<'_>) -> Option<&'static str>) -> Self {
        self.protected = Some(why);
        self
    }

    /// The attribute that guards against this.
    pub fn guard(&self, against: Guards) -> Option<&'static Attr> {
        self.table.attrs().find(|attr| attr.guards == Some(against))
    }

    /// The last word on a plan.
    pub const fn modify_plan(mut self, modify_plan: fn(&mut PlanDraft<'_>)) -> Self {
        self.modify_plan = Some(modify_plan);
        self
    }

    /// True if no attribute identifies the object, so that its id stands in no table.
    pub const fn keyless(&self) -> bool {
        self.table.index(self.key).is_none()
    }

    /// How objects that were stored in older shapes are read, one step a shape, the oldest first. Each step stays for ever.
    pub const fn upgrades(mut self, steps: &'static [Upgrade]) -> Self {
        self.upgrades = steps;
        self
    }

    /// The attributes that identify an object together with its key: texts that never change.
    pub const fn identified_with(mut self, attrs: &'static [&'static str]) -> Self {
        self.identity = attrs;
        self
    }

    /// The names of all that identifies an object, the key last.
    pub fn identity(&self) -> impl Iterator<Item = &'static str> {
        self.identity.iter().copied().chain([self.key])
    }

    /// How an id that is given to import is taken apart: attributes with their values, the key among them.
    pub const fn imported_as(mut self, parts: fn(&str) -> Texts) -> Self {
        self.imports = Some(parts);
        self
    }

    /// By what a planned or stored object is found, where its key does not say that before it is made: at most one object
    /// on a server has this text. A create whose answer is lost is looked for by it.
    pub const fn found_by(mut self, name: fn(Object<'_>) -> Option<String>) -> Self {
        self.found_by = Some(name);
        self
    }

    /// What names the object on its server: its key or, where the plan does not know that, what it is found by.
    pub fn name_of(&self, object: Object<'_>) -> Option<String> {
        let key = if self.keyless() { None } else { object.str(self.key).map(str::to_owned) };
        key.or_else(|| self.found_by.and_then(|name| name(object)))
    }

    /// The attribute that says when the object was made (RFC 3339).
    pub const fn created_at(mut self, name: &'static str) -> Self {
        self.created_at = Some(name);
        self
    }

    /// What is in an object and made one by one, also by its updates, so that each is written down before it is made. Of
    /// a stored object, all the names that it shows.
    pub const fn parts(mut self, names: fn(Object<'_>) -> Vec<String>) -> Self {
        self.parts = Some(names);
        self
    }

    /// What two writes may not make or change at the same time, where more than the object's own name says that.
    pub const fn occupies(mut self, all: fn(Object<'_>) -> Vec<Occupied>) -> Self {
        self.occupies = Some(all);
        self
    }

    /// The same of parts that are made and taken away one by one: an update neither changes nor looks at those that stay.
    pub const fn occupies_parts(mut self, all: fn(Object<'_>) -> Vec<Occupied>) -> Self {
        self.leaves_what_stays = true;
        self.occupies(all)
    }

    /// The names under which a journal may know what this object shows, beside its id.
    pub fn shows(&self, object: &Value) -> Vec<String> {
        let object = Object::new(&self.table, object);
        self.name_of(object).into_iter().chain(self.parts.into_iter().flat_map(|names| names(object))).collect()
    }

    /// When an object and its replacement cannot exist at the same time: then the old one goes first, also in
    /// a tool that makes the new one first where it can. Both are planned or stored objects.
    pub const fn excludes(mut self, excludes: fn(Object<'_>, Object<'_>) -> bool) -> Self {
        self.excludes = Some(excludes);
        self
    }

    /// Checks the whole declaration while it compiles; a build error names the attribute.
    pub const fn checked(self) -> Self {
        let named = self.key.len() == ID.len() && self.key.as_bytes()[0] == ID.as_bytes()[0] && self.key.as_bytes()[1] == ID.as_bytes()[1];
        if self.doc.is_empty() || self.keyless() != named {
            panic!("{}", self.name);
        }
        let mut rule = 0;
        while rule < self.rules.len() {
            self.has_all(self.rules[rule].reads);
            rule += 1;
        }
        if let Some(name) = self.created_at {
            self.has_all(&[name]);
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
            self.has_all(self.advice[advice].reads);
            advice += 1;
        }
        let mut place = 0;
        while place < self.identity.len() {
            let Some(at) = self.table.index(self.identity[place]) else { panic!("{}", self.identity[place]) };
            let attr = self.table.attr(at);
            // It may change, or is no text that everybody may see.
            assert(attr.replaces || matches!(attr.presence, Presence::ReadOnly), attr);
            assert(matches!(attr.kind, Kind::String) && !attr.secret, attr);
            place += 1;
        }
        self
    }

    pub(super) const fn has_all(&self, names: &[&str]) {
        let mut position = 0;
        while position < names.len() {
            if self.table.index(names[position]).is_none() {
                panic!("{}", names[position]);
            }
            position += 1;
        }
    }
}

/// A plan in the making, as a resource's `modify_plan` sees it.
pub struct PlanDraft<'a> {
    /// The resource's table.
    pub table: &'static Table,
    /// What the configuration says.
    pub config: Object<'a>,
    /// What was there before; `None` when creating.
    pub prior: Option<Object<'a>>,
    /// What is planned so far, in table order.
    pub planned: &'a mut Vec<Value>,
    /// The write-only arguments in use, whether their values are there in this run or not.
    pub in_use: &'a mut Vec<&'static str>,
    /// The attributes whose change needs no new object this time, although the table says so.
    pub keeps: &'a mut Vec<&'static str>,
}

impl PlanDraft<'_> {
    /// What is planned for the attribute so far.
    pub fn get(&self, name: &str) -> &Value {
        self.table.index(name).and_then(|index| self.planned.get(index)).unwrap_or(&Value::Null)
    }

    /// Whether this write-only argument is in use.
    pub fn uses(&self, name: &str) -> bool {
        self.in_use.contains(&name)
    }

    /// Takes the write-only argument out of use, unless the configuration gives it a value.
    pub fn withdraw(&mut self, name: &str) {
        if self.config.get(name).is_null() {
            self.in_use.retain(|used| *used != name);
        }
    }

    /// A change of this attribute needs no new object this time, although the table says so.
    pub fn keep_object(&mut self, name: &'static str) {
        self.keeps.push(name);
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
