//! Lifecycles of any resource, attribute by attribute, from its table alone.
//!
//! A new resource is tested by naming it. What is specific to a server is behind [`Backdoor`].

use super::{
    core::{Action, Core, Outcome, Planned, Stop, Thing, unknown},
    rules::Rule,
    val::Val,
};
pub use crate::Backdoor;
use crate::{
    json as stored,
    samples::{self, Known, Way},
};
use janiform::{
    engine::{Entry, semantically_equal},
    schema::{Attr, Guards, Kind, Object, Presence, Reads, Recompute, Resource},
    value::Value,
};
use serde_json::Value as Json;

/// One resource in its lifecycles.
pub struct Lifecycle<'a> {
    core: &'a mut Core,
    backdoor: &'a dyn Backdoor,
    resource: &'static Resource,
    type_name: String,
    known: Known,
    base: Json,
    wanted: fn(&Attr) -> bool,
    as_a_whole: bool,
    failures: Vec<String>,
    /// The number of lifecycles that ran.
    pub runs: usize,
}

/// A failed lifecycle and the reason. Failures are collected, so that one run shows all of them.
type Step = Outcome<()>;

fn wrong(what: impl std::fmt::Display) -> Step {
    Err(Stop::Broken(vec![Rule::NoChurn.broken(what)]))
}

fn expect(what: &str, wanted: Action, found: Action) -> Step {
    if wanted == found { Ok(()) } else { wrong(format!("{what} was to be {wanted:?} and is {found:?}")) }
}

impl<'a> Lifecycle<'a> {
    /// The lifecycles of this resource of the provider with this name, with objects as its table requires.
    pub fn new<C>(core: &'a mut Core, backdoor: &'a dyn Backdoor, provider: &str, entry: &'static Entry<C>, known: Known) -> Lifecycle<'a> {
        Lifecycle::on(core, backdoor, provider, entry.resource, &Way::only(entry.resource, known))
    }

    /// The lifecycles of objects that are made in this way.
    pub fn on(core: &'a mut Core, backdoor: &'a dyn Backdoor, provider: &str, resource: &'static Resource, way: &Way) -> Lifecycle<'a> {
        let type_name = format!("{provider}_{}", resource.name);
        let (known, base) = (way.known, way.base.clone());
        Lifecycle { core, backdoor, resource, type_name, known, base, wanted: |_| true, as_a_whole: true, failures: Vec::new(), runs: 0 }
    }

    /// Only for these attributes (and the whole object): shares a large table among several tests.
    pub fn only(mut self, wanted: fn(&Attr) -> bool) -> Self {
        self.wanted = wanted;
        self
    }

    /// Only the attributes, not the object as a whole: for an object with required values that an import cannot read.
    pub fn without_the_whole(mut self) -> Self {
        self.as_a_whole = false;
        self
    }

    /// Runs every lifecycle of the resource and of each of its attributes; returns their number and the failures.
    pub async fn run(mut self) -> (usize, Vec<String>) {
        if self.as_a_whole {
            self.object().await;
        }
        let wanted = self.wanted;
        for attr in self.resource.table.attrs().filter(|attr| wanted(attr)) {
            self.one(attr).await;
        }
        (self.runs, self.failures)
    }

    /// Runs every lifecycle of this attribute; returns their number and the failures.
    pub async fn of(mut self, attr: &'static Attr) -> (usize, Vec<String>) {
        self.one(attr).await;
        (self.runs, self.failures)
    }

    async fn one(&mut self, attr: &'static Attr) {
        if attr.configurable() {
            self.attribute(attr).await;
        } else {
            let outcome = self.moved(attr).await;
            self.note(&format!("{}: change of a computed attribute", attr.name), outcome);
        }
    }

    async fn object(&mut self) {
        let whole = self.whole().await;
        self.note("the whole object", whole);
        let gone = self.gone().await;
        self.note("removal behind the back", gone);
        let imported = self.imported().await;
        self.note("import", imported);
        if let Some(guard) = self.resource.guard(Guards::Deletion) {
            let outcome = self.guarded(guard).await;
            self.note(guard.name, outcome);
        }
    }

    fn note(&mut self, what: &str, outcome: Step) {
        self.runs += 1;
        if let Err(why) = outcome {
            self.failures.push(format!("{} {what}: {why:?}", self.type_name));
        }
    }

    async fn attribute(&mut self, attr: &'static Attr) {
        // Configurations that differ only in this attribute.
        let values = samples::values(attr, self.known);
        if values.is_empty() && (self.known)(attr.name).is_some() {
            return;
        }
        let configs: Vec<(Json, Json)> = values
            .iter()
            .filter_map(|value| Some((value.clone(), samples::with(self.resource, &self.base, attr, value, self.known)?)))
            .collect();
        let Some((value, config)) = configs.first().cloned() else {
            let outcome = wrong("no valid value is known for it");
            return self.note(attr.name, outcome);
        };
        if let Some((_, other)) = configs.get(1) {
            let outcome = self.updated(attr, &config, other).await;
            self.note(&format!("{}: update", attr.name), outcome);
            let outcome = self.unknown(attr, &config, &config, other).await;
            self.note(&format!("{}: unknown", attr.name), outcome);
        }
        for (form, hole) in holes(&attr.kind, &value) {
            let mut with_hole = config.clone();
            with_hole[attr.name] = hole;
            let outcome = self.filled(attr, &with_hole, &config).await;
            self.note(&format!("{}: unknown {form}", attr.name), outcome);
        }
        if self.is_optional(attr) {
            let outcome = self.added(attr, &config).await;
            self.note(&format!("{}: addition", attr.name), outcome);
            let outcome = self.removed(attr, &config).await;
            self.note(&format!("{}: removal", attr.name), outcome);
        }
        if let Some(other) = samples::respelled(attr, &value) {
            let mut respelled = config.clone();
            respelled[attr.name] = other;
            let outcome = self.respelled(attr, &config, &respelled).await;
            self.note(&format!("{}: respelling", attr.name), outcome);
        }
        // An object with another identity would be another object.
        if readable(attr) && !self.resource.identity.contains(&attr.name) {
            let other = values.iter().rfind(|other| **other != value).cloned().unwrap_or(value);
            let outcome = self.drifted(attr, &config, Some(&other)).await;
            self.note(&format!("{}: drift", attr.name), outcome);
            if self.is_optional(attr) && attr.absent_is.is_none() && attr.name != self.resource.key {
                let outcome = self.drifted(attr, &config, None).await;
                self.note(&format!("{}: drift to nothing", attr.name), outcome);
            }
            let outcome = self.drifted_unconfigured(attr, &other).await;
            self.note(&format!("{}: drift of what is not configured", attr.name), outcome);
        }
    }

    /// Whether an object made this way can be without the attribute.
    fn is_optional(&self, attr: &Attr) -> bool {
        attr.presence != Presence::Required && self.base.get(attr.name).is_none()
    }

    async fn create(&mut self, config: &Json) -> Outcome<Thing> {
        let mut thing = self.core.thing(&self.type_name);
        let action = self.core.apply(&mut thing, config).await?;
        expect("the first apply", Action::Create, action)?;
        self.core.settled(&thing, config).await?;
        Ok(thing)
    }

    async fn end(&mut self, mut thing: Thing) -> Step {
        let id = id(&thing);
        self.core.destroy(&mut thing).await?;
        match self.backdoor.exists(self.resource, &id).await {
            true => wrong("it is still there after destroy"),
            false => Ok(()),
        }
    }

    /// The object with all its attributes, with another process for every step, and deleted twice.
    async fn whole(&mut self) -> Step {
        let config = samples::full(self.resource, &self.base, self.known, |_| true);
        let mut thing = self.core.thing(&self.type_name);
        let planned = self.core.plan(&thing, &config).await?;
        self.core.restart().await?;
        self.core.carry_out(&mut thing, planned, &config).await?;
        self.core.restart().await?;
        self.core.settled(&thing, &config).await?;
        self.core.restart().await?;
        let before = thing.clone();
        self.core.destroy(&mut thing).await?;
        // Somebody else deleted it first: that is a success too.
        self.core.destroy_unrefreshed(&mut before.clone()).await?;
        self.core.destroy(&mut before.clone()).await
    }

    async fn gone(&mut self) -> Step {
        let config = self.base.clone();
        let mut thing = self.create(&config).await?;
        self.backdoor.remove(self.resource, &id(&thing)).await;
        let planned = self.core.plan(&thing, &config).await?;
        expect("what was removed", Action::Create, planned.action)?;
        self.core.apply(&mut thing, &config).await?;
        self.core.settled(&thing, &config).await?;
        self.end(thing).await
    }

    async fn imported(&mut self) -> Step {
        let wanted = |attr: &Attr| attr.reads != Reads::Never && !attr.write_only && attr.reads != Reads::Once && !attr.may_be_untold;
        let config = samples::full(self.resource, &self.base, self.known, wanted);
        let thing = self.create(&config).await?;
        let id = id(&thing);
        // Attributes that are managed only while they are set are imported only if the id asks for them.
        let selects = if self.resource.table.has_shared() { ":*" } else { "" };
        let mut imported = self.core.import(&self.type_name, &format!("{}{selects}", self.backdoor.import_id(self.resource, &id))).await?;
        // If no answer shows an argument, nobody can tell whether the server has it: it is sent once.
        let is_hidden = |attr: &Attr| attr.write_only || attr.configurable() && attr.reads == Reads::Once;
        if self.resource.table.attrs().any(|attr| is_hidden(attr) && config.get(attr.name).is_some()) {
            let action = self.core.apply(&mut imported, &config).await?;
            expect("the first apply after an import", Action::Update, action)?;
            self.core.settled(&imported, &config).await?;
            return self.end(imported).await;
        }
        self.core.settled(&imported, &config).await?;
        let identity = thing.state.as_ref().and_then(|state| state.identity.as_ref()).expect("an identity").to_json();
        if identity[self.resource.key] != id {
            return wrong(format!("the identity of {id} is {identity}"));
        }
        let mut imported = self.core.import_identity(&self.type_name, &identity).await?;
        if self.resource.table.has_shared() {
            expect("the first apply after an import that takes nothing", Action::Update, self.core.apply(&mut imported, &config).await?)?;
        }
        self.core.settled(&imported, &config).await?;
        match self.core.import(&self.type_name, "00000000-0000-4000-8000-00000000dead").await {
            Err(stop) if stop.breaks(Rule::ImportedExists) || matches!(stop, Stop::Errors(_)) => {}
            other => return wrong(format!("an import of nothing gives {other:?}")),
        }
        self.end(thing).await
    }

    /// An object that its state protects stays until the state allows its destruction.
    async fn guarded(&mut self, guard: &'static Attr) -> Step {
        let mut config = self.base.clone();
        config[guard.name] = Json::Bool(true);
        let mut thing = self.create(&config).await?;
        match self.core.destroy(&mut thing).await {
            Err(stop) if stop.says("is protected") => {}
            other => return wrong(format!("the destruction of what is protected gives {other:?}")),
        }
        if !self.backdoor.exists(self.resource, &id(&thing)).await {
            return wrong("it is gone although it is protected");
        }
        config[guard.name] = Json::Bool(false);
        expect("the end of the protection", Action::Update, self.core.apply(&mut thing, &config).await?)?;
        self.core.settled(&thing, &config).await?;
        self.end(thing).await
    }

    async fn updated(&mut self, attr: &'static Attr, config: &Json, other: &Json) -> Step {
        let mut thing = self.create(config).await?;
        let action = self.core.apply(&mut thing, other).await?;
        // A write-only value is sent again when its version changes; here the version stays.
        let wanted = if attr.write_only { Action::NoOp } else { changed(attr) };
        expect("the update", wanted, action)?;
        self.core.settled(&thing, other).await?;
        if !attr.write_only {
            self.holds(attr, &thing, &other[attr.name])?;
        }
        self.end(thing).await
    }

    async fn added(&mut self, attr: &'static Attr, config: &Json) -> Step {
        let base = self.base.clone();
        let mut thing = self.create(&base).await?;
        let already = self.means(attr, &thing, &config[attr.name]);
        let action = self.core.apply(&mut thing, config).await?;
        if !already {
            expect("the addition", changed(attr), action)?;
        }
        self.core.settled(&thing, config).await?;
        self.end(thing).await
    }

    async fn removed(&mut self, attr: &'static Attr, config: &Json) -> Step {
        let mut thing = self.create(config).await?;
        let base = self.base.clone();
        let action = self.core.apply(&mut thing, &base).await?;
        match (attr.presence, attr.default) {
            // Attributes that were added together with it may have to go too, so that the removal may change the whole object.
            (Presence::OrServer, _) => self.holds(attr, &thing, &config[attr.name])?,
            (_, default) => {
                expect("the removal", changed(attr), action)?;
                let left = default.map(|default| stored::kind_to_json(&attr.kind, &default.value())).unwrap_or_default();
                self.holds(attr, &thing, &left)?;
            }
        }
        self.core.settled(&thing, &base).await?;
        self.end(thing).await
    }

    async fn respelled(&mut self, attr: &'static Attr, config: &Json, respelled: &Json) -> Step {
        let thing = self.create(config).await?;
        let plan = self.core.plan(&thing, respelled).await?;
        expect(&format!("another spelling of {}", attr.name), Action::NoOp, plan.action)?;
        self.end(thing).await
    }

    /// Unknown values in a create, in an update whose result changes something, and in one whose result does not.
    async fn unknown(&mut self, attr: &'static Attr, config: &Json, same: &Json, other: &Json) -> Step {
        let mut open = config.clone();
        open[attr.name] = unknown();
        let mut thing = self.core.thing(&self.type_name);
        let planned = self.core.plan(&thing, &open).await?;
        self.stays_open(attr, &planned)?;
        self.core.carry_out(&mut thing, planned, config).await?;
        self.core.settled(&thing, config).await?;
        let planned = self.core.plan(&thing, &open).await?;
        self.core.carry_out(&mut thing, planned, same).await?;
        self.core.settled(&thing, same).await?;
        let planned = self.core.plan(&thing, &open).await?;
        if !attr.write_only {
            expect("the update to something unknown", changed(attr), planned.action)?;
            self.stays_open(attr, &planned)?;
        }
        self.core.carry_out(&mut thing, planned, other).await?;
        self.core.settled(&thing, other).await?;
        self.end(thing).await
    }

    fn stays_open(&self, attr: &Attr, planned: &Planned) -> Step {
        match planned.value.get(attr.name) {
            Val::Unknown => Ok(()),
            Val::Null if attr.write_only => Ok(()),
            other => wrong(format!("unknown was planned as {other:?}")),
        }
    }

    async fn filled(&mut self, attr: &'static Attr, open: &Json, config: &Json) -> Step {
        let mut thing = self.core.thing(&self.type_name);
        let planned = self.core.plan(&thing, open).await?;
        if planned.value.get(attr.name).known() && !attr.write_only {
            return wrong("what is unknown inside was planned as known");
        }
        self.core.carry_out(&mut thing, planned, config).await?;
        self.core.settled(&thing, config).await?;
        self.end(thing).await
    }

    async fn drifted(&mut self, attr: &'static Attr, config: &Json, to: Option<&Json>) -> Step {
        let mut thing = self.create(config).await?;
        let before = id(&thing);
        let to = to.map(|to| stored::kind_from_json(&attr.kind, to).expect("a sample"));
        if !self.backdoor.change(self.resource, &before, attr, to.as_ref()).await {
            return self.end(thing).await;
        }
        let planned = self.core.plan(&thing, config).await?;
        expect("the repair", changed(attr), planned.action)?;
        self.core.apply(&mut thing, config).await?;
        self.core.settled(&thing, config).await?;
        self.end(thing).await
    }

    /// Drift of a value that the server owns is accepted; drift of a value that nobody set is undone.
    async fn drifted_unconfigured(&mut self, attr: &'static Attr, to: &Json) -> Step {
        if self.base.get(attr.name).is_some() || attr.name == self.resource.key {
            return Ok(());
        }
        let config = self.base.clone();
        let mut thing = self.create(&config).await?;
        let value = stored::kind_from_json(&attr.kind, to).expect("a sample");
        let already = self.means(attr, &thing, to);
        // As long as a state does not say whether the write-only twin is in use, nothing is read; this state says it.
        if already || !self.backdoor.change(self.resource, &id(&thing), attr, Some(&value)).await {
            return self.end(thing).await;
        }
        let action = self.core.apply(&mut thing, &config).await?;
        let of = attr.alias_of.and_then(|name| self.resource.table.index(name)).map_or(attr, |at| self.resource.table.attr(at));
        // Values that others own are theirs to change.
        let wanted = if matches!(of.presence, Presence::OrServer | Presence::WhileSet) { Action::NoOp } else { changed(attr) };
        expect("the drift", wanted, action)?;
        self.core.settled(&thing, &config).await?;
        self.end(thing).await
    }

    /// A value that only the server decides is always as on the server, and never a reason for a change.
    async fn moved(&mut self, attr: &'static Attr) -> Step {
        let config = self.base.clone();
        let mut thing = self.create(&config).await?;
        let derived = matches!(attr.recompute, Recompute::Derived(_)) || self.resource.modify_plan.is_some();
        let value = janiform_value(attr);
        if attr.name == self.resource.key || derived || !readable(attr) {
            return self.end(thing).await;
        }
        if self.backdoor.change(self.resource, &id(&thing), attr, Some(&value)).await {
            let action = self.core.apply(&mut thing, &config).await?;
            expect("a computed change", Action::NoOp, action)?;
            self.holds(attr, &thing, &stored::kind_to_json(&attr.kind, &value))?;
        }
        self.end(thing).await
    }

    fn state<'t>(&self, thing: &'t Thing, attr: &Attr) -> &'t Val {
        thing.state.as_ref().expect("a state").value.get(attr.name)
    }

    fn means(&self, attr: &Attr, thing: &Thing, value: &Json) -> bool {
        let parse = |json: &Json| stored::kind_from_json(&attr.kind, json).expect("a value");
        semantically_equal(attr, &parse(&self.state(thing, attr).to_json()), &parse(value))
    }

    fn holds(&self, attr: &Attr, thing: &Thing, value: &Json) -> Step {
        match self.means(attr, thing, value) {
            true => Ok(()),
            false => wrong(format!("{} is {:?} in the state, not {value}", attr.name, self.state(thing, attr))),
        }
    }
}

fn id(thing: &Thing) -> String {
    thing.state.as_ref().and_then(|state| state.value.get("id").text()).expect("an id").to_owned()
}

fn changed(attr: &Attr) -> Action {
    if attr.replaces { Action::Replace } else { Action::Update }
}

fn readable(attr: &Attr) -> bool {
    attr.remote() && !attr.write_only && matches!(attr.reads, Reads::Always | Reads::Unless(_))
}

/// A value that the server may have chosen itself.
fn janiform_value(attr: &Attr) -> Value {
    let values = samples::values(attr, samples::none);
    stored::kind_from_json(&attr.kind, values.last().expect("a value")).expect("a value")
}

/// The value, with one part unknown.
fn holes(kind: &Kind, value: &Json) -> Vec<(&'static str, Json)> {
    let mut found = Vec::new();
    match (kind, value) {
        (Kind::List(of), Json::Array(items)) => {
            for (at, item) in items.iter().enumerate().take(1) {
                let put = |hole: Json| {
                    let mut items = items.clone();
                    items[at] = hole;
                    Json::Array(items)
                };
                found.push(("element", put(unknown())));
                found.extend(holes(of, item).into_iter().map(|(_, hole)| ("part of an element", put(hole))));
            }
        }
        (Kind::Map(_), Json::Object(members)) => {
            let put = |(key, _): (&String, &Json)| {
                let mut members = members.clone();
                members.insert(key.clone(), unknown());
                ("member", Json::Object(members))
            };
            found.extend(members.iter().map(put));
        }
        (Kind::Object(nested), Json::Object(members)) => {
            for (attr, _) in Object::new(&nested.table, &nested.table.nulls()).iter() {
                let Some(member) = members.get(attr.name).filter(|member| !member.is_null()) else { continue };
                let put = |hole: Json| {
                    let mut members = members.clone();
                    members.insert(attr.name.to_owned(), hole);
                    Json::Object(members)
                };
                found.push(("field", put(unknown())));
                found.extend(holes(&attr.kind, member).into_iter().map(|(_, hole)| ("part of a field", put(hole))));
            }
        }
        _ => {}
    }
    found
}
