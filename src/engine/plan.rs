//! The plan: the one decision about changes, from which both tools' plans, diffs and previews are made. Pure.
//!
//! Owns what changes, and whether that needs a new object. `spelling` decides whether two values mean the same.

use super::{
    Diagnostic, Engine, Private,
    canonical::{by_name_in, by_place, name_in},
    guard, one_line, semantically_equal, write_only,
};
use crate::{
    schema::{Attr, Object, PlanDraft, Presence, Recompute, Resource, Table},
    value::{Path, Value},
};

/// The object before the change.
#[derive(Clone, Copy)]
pub struct Prior<'a> {
    /// The object's id.
    pub id: Option<&'a str>,
    /// The object.
    pub value: &'a Value,
    /// Its private data.
    pub private: &'a Private,
    /// The last configuration, if the tool keeps it: it shows changes of write-only values.
    pub config: Option<&'a Value>,
}

/// The planned change.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The object's id, if it is known.
    pub id: Option<String>,
    /// The planned object; values that only the apply decides are unknown.
    pub planned: Value,
    /// The attributes that differ from the prior state; if empty, there is nothing to do.
    pub changes: Vec<&'static str>,
    /// Those of them that need a new object.
    pub replace: Vec<&'static str>,
    /// The private data after the apply.
    pub private: Private,
    /// Errors that forbid the change, and warnings about it.
    pub diagnostics: Vec<Diagnostic>,
}

impl Plan {
    /// The changed attributes that need a new object, as paths.
    pub fn replace_paths(&self) -> impl Iterator<Item = Path> {
        self.replace.iter().map(|name| Path::attr(name))
    }
}

/// The configuration with the defaults that do not depend on the prior state.
pub fn defaults(table: &Table, config: &Value) -> Value {
    let fields = Object::new(table, config).iter().map(|(attr, value)| match (value, attr.default) {
        (Value::Null, Some(default)) => default.value(),
        _ => value.clone(),
    });
    Value::Object(fields.collect())
}

impl<C: Send + Sync + 'static> Engine<C> {
    /// Plans with what the provider's configuration says: an object that begins to name the provider's own project, for example, stays
    /// where it is.
    pub fn plan(&self, resource: &'static Resource, prior: Option<Prior<'_>>, config: &Value) -> Plan {
        let stands_in = |name: &str| self.client().and_then(|client| (self.provider().stands_in)(&client, name));
        let mut plan = plan_beside(resource, prior, config, &stands_in);
        if prior.is_none() || !plan.changes.is_empty() {
            let object = if prior.is_none() { config } else { &plan.planned };
            plan.diagnostics.extend(self.forbids(resource, object));
        }
        plan
    }

    /// The error if the configured provider does not write this object, as far as its configuration shows that.
    pub fn forbids(&self, resource: &'static Resource, object: &Value) -> Option<Diagnostic> {
        self.client().and_then(|client| (self.provider().forbids)(&client, Object::new(&resource.table, object)))
    }
}

/// The value that the provider's configuration has for an attribute that an object does not set.
type StandsIn<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Plans a create (`prior` is `None`) or an update.
///
/// If nothing differs and nothing is unknown, `planned` equals the prior state byte for byte.
pub fn plan(resource: &'static Resource, prior: Option<Prior<'_>>, config: &Value) -> Plan {
    plan_beside(resource, prior, config, &|_| None)
}

fn plan_beside(resource: &'static Resource, prior: Option<Prior<'_>>, config: &Value, stands_in: StandsIn<'_>) -> Plan {
    let table = &resource.table;
    let before = prior.map(|prior| (by_place(table, prior.value), prior.config.map(|config| by_place(table, config))));
    let by_own_names = prior.zip(before.as_ref()).map(|(prior, (value, config))| Prior { value, config: config.as_deref(), ..prior });
    let plan = plan_by_own_names(resource, by_own_names, &by_place(table, config), stands_in);
    // The state has the value under the name that the configuration uses.
    let mut planned = by_name_in(table, config, plan.planned);
    if let (Some(prior), Value::Object(planned)) = (prior, &mut planned) {
        spell_anew(table, prior.value, config, planned);
    }
    let mut changes: Vec<_> = plan.changes.into_iter().map(|name| name_in(table, config, name)).collect();
    if let Some(prior) = prior {
        changes.extend(differing(Object::new(table, prior.value), planned.fields()));
        changes.sort_unstable_by_key(|name| table.index(name));
        changes.dedup();
    }
    let replace = plan.replace.into_iter().map(|name| name_in(table, config, name)).collect();
    Plan { planned, changes, replace, ..plan }
}

fn plan_by_own_names(resource: &'static Resource, prior: Option<Prior<'_>>, config: &Value, stands_in: StandsIn<'_>) -> Plan {
    let table = &resource.table;
    let (whole_config, config) = (config, Object::new(table, config));
    let before = prior.map(|prior| Object::new(table, prior.value));

    let told = write_only::without_write_only(table, whole_config);
    let told = Object::new(table, &told).iter().enumerate();
    let mut planned: Vec<Value> =
        told.map(|(place, (attr, value))| first_word(attr, before.map(|before| before.at(place)), value)).collect();
    let mut in_use = write_only::in_use(resource, prior, config);
    let mut keeps = Vec::new();
    if let Some(modify_plan) = resource.modify_plan {
        let (planned, in_use, keeps) = (&mut planned, &mut in_use, &mut keeps);
        modify_plan(&mut PlanDraft { table, config, prior: before, planned, in_use, keeps });
    }

    let moved = prior.map(|prior| write_only::changed(resource, prior, config, &in_use)).unwrap_or_default();
    let mut changes = match before {
        Some(before) => differing(before, &planned).collect(),
        None => Vec::new(),
    };
    changes.extend(&moved);
    let mut refused = write_only::deferred(resource, whole_config, &in_use);
    let whole = Value::Object(planned);
    let sent: Vec<_> = write_only::sent(resource, prior, Object::new(table, &whole), config, &in_use).map(|attr| attr.name).collect();
    refused.extend(write_only::missing(resource, prior, Object::new(table, &whole), config, &in_use));
    let inside = write_only::inside(resource, prior, &whole, whole_config);
    refused.extend(inside.missing);
    if prior.is_some() {
        changes.extend(inside.sent.iter().filter_map(Path::root));
    }
    let mut planned = fields(whole);
    if let Some(before) = before
        && !changes.is_empty()
    {
        let sends = |attr: &Attr| sent.contains(&attr.name) || moved.contains(&attr.name);
        let ours = prior.map(|prior| prior.private.owned(table, prior.value)).unwrap_or_default();
        let writes =
            !inside.sent.is_empty() || changes.iter().any(|name| is_written(table, name, Object::new(table, &ours), &planned, &sends));
        move_computed(table, config, &mut planned, &changes, writes);
        changes.extend(differing(before, &planned));
        changes.sort_unstable_by_key(|name| table.index(name));
        changes.dedup();
    }
    derive(table, config, &mut planned);
    // A different spelling of "not set" changes the state, not the object.
    let replaces = |attr: &Attr, index: usize| {
        let meant =
            |value: &Value| if value.is_null() { stands_in(attr.name).map(Value::String).unwrap_or_default() } else { value.clone() };
        let differs =
            |before: Object<'_>| !semantically_equal(attr, &meant(before.at(index)), &meant(&planned[index])) || moved.contains(&attr.name);
        attr.replaces && !keeps.contains(&attr.name) && before.is_none_or(differs)
    };
    let replace: Vec<_> =
        changes.iter().copied().filter(|name| table.index(name).is_some_and(|index| replaces(table.attr(index), index))).collect();

    let planned = Value::Object(planned);
    let private = Private {
        write_only: Some(in_use.into_iter().map(str::to_owned).collect()),
        imported: None,
        looks: false,
        applied: config.iter().any(|(attr, value)| attr.presence == Presence::WhileSet && !value.is_null()),
    };
    let id = match prior {
        Some(prior) => prior.id.map(str::to_owned),
        None => Object::new(table, &planned).str(resource.key).map(str::to_owned),
    };
    let mut diagnostics = refused;
    if prior.is_none() {
        diagnostics.extend(resource.on_create.iter().filter_map(|says| says(config)).map(Diagnostic::from));
    }
    if let Some(prior) = prior {
        let ours = prior.private.owned(table, prior.value);
        let ours = Object::new(table, &ours).iter().zip(planned.fields());
        diagnostics.extend(ours.filter(|((attr, ours), planned)| is_released(attr, ours, planned)).map(|((attr, _), _)| stays(attr)));
        let planned = Object::new(table, &planned).iter().zip(config.iter());
        diagnostics.extend(planned.filter_map(|((attr, planned), (_, config))| elsewhere(attr, planned, config, stands_in)));
    }
    if let Some(before) = before.filter(|_| !changes.is_empty()) {
        diagnostics.extend(guard::change(resource, before, Object::new(table, &planned), !replace.is_empty()));
    }
    Plan { id, planned, changes, replace, private, diagnostics }
}

/// Whether the configuration no longer sets an attribute whose value cannot be reset on the server.
fn is_released(attr: &Attr, ours: &Value, planned: &Value) -> bool {
    attr.presence == Presence::WhileSet && attr.stays() && !ours.is_null() && planned.is_null()
}

fn stays(attr: &Attr) -> Diagnostic {
    let name = attr.name;
    Diagnostic::warning(
        format!("{name} stays as it is on the server"),
        format!(
            "The configuration no longer sets `{name}`, but its value cannot be reset: it is no longer managed, and the server keeps it. Set another value to change it."
        ),
    )
    .at(Path::attr(name))
}

/// Where the state has a value under another name, the plan has the configuration's spelling: tools accept that of the state only in
/// the attribute that has it there.
fn spell_anew(table: &Table, before: &Value, config: &Value, planned: &mut [Value]) {
    let is_new = |place: &usize| {
        let is_null = |object: &Value| object.fields().get(*place).is_none_or(Value::is_null);
        is_null(before) && !is_null(config) && !table.attr(*place).write_only
    };
    let mut places = table.aliases().flat_map(|(alias, of)| [alias, of]).filter(is_new).peekable();
    if places.peek().is_some() {
        let told = write_only::without_write_only(table, config);
        places.for_each(|place| planned[place] = told.fields()[place].clone());
    }
}

/// The warning about an object that stays where the state says, although the provider is now configured with another place, such as
/// another project.
fn elsewhere(attr: &Attr, planned: &Value, config: &Value, stands_in: StandsIn<'_>) -> Option<Diagnostic> {
    let own = planned.as_str().filter(|_| attr.replaces && attr.presence == Presence::OrServer && config.is_null())?;
    let now = stands_in(attr.name).filter(|now| !semantically_equal(attr, planned, &Value::text(now.as_str())))?;
    let (name, now, own) = (attr.name, one_line(&now), one_line(own));
    Some(
        Diagnostic::warning(
            format!("{name} is not that of the provider"),
            format!(
                "The object stays in `{own}`, as its state says, but the provider is configured with `{now}`. Set `{name} = \"{own}\"` if it belongs there; with `{name} = \"{now}\"`, a new object replaces it."
            ),
        )
        .at(Path::attr(name)),
    )
}

fn fields(object: Value) -> Vec<Value> {
    match object {
        Value::Object(fields) => fields,
        _ => Vec::new(),
    }
}

fn first_word(attr: &Attr, prior: Option<&Value>, config: &Value) -> Value {
    if attr.write_only {
        return Value::Null;
    }
    if matches!(attr.recompute, Recompute::Due) {
        return Value::Bool(false);
    }
    match (config, attr.presence) {
        (_, Presence::ReadOnly) | (Value::Null, Presence::OrServer) => prior.cloned().unwrap_or(Value::Unknown),
        (Value::Null, _) => match attr.default {
            Some(default) => stand_in(attr, prior, &default.value()),
            None => Value::Null,
        },
        (config, _) => stand_in(attr, prior, config),
    }
}

/// The prior value, if both are set and mean the same, otherwise the wanted one. Null and empty values always follow the
/// configuration, since tools require that.
fn stand_in(attr: &Attr, prior: Option<&Value>, wanted: &Value) -> Value {
    match prior {
        Some(prior) if !prior.is_null() && semantically_equal(attr, prior, wanted) => prior.clone(),
        _ => wanted.clone(),
    }
}

fn differing<'a>(before: Object<'a>, planned: &'a [Value]) -> impl Iterator<Item = &'static str> + use<'a> {
    before.iter().zip(planned).filter(|((_, before), planned)| planned != before).map(|((attr, _), _)| attr.name)
}

/// Whether the change of this attribute is sent to the server: not if the attribute only controls the provider, and not if only the
/// spelling differs.
fn is_written(table: &Table, name: &str, before: Object<'_>, planned: &[Value], sends: &dyn Fn(&Attr) -> bool) -> bool {
    let Some(index) = table.index(name) else { return false };
    let attr = table.attr(index);
    let triggers = table.sent_by(attr).is_some_and(sends);
    attr.write_only || triggers || (attr.remote() && !semantically_equal(attr, before.at(index), &planned[index]))
}

/// Makes unset attributes unknown which change with a changed attribute or with every write.
fn move_computed(table: &Table, config: Object<'_>, planned: &mut [Value], changes: &[&'static str], writes: bool) {
    for (index, attr) in table.attrs().enumerate() {
        let moves = match attr.recompute {
            Recompute::Always => writes,
            Recompute::With(names) => names.iter().any(|name| changes.contains(name)),
            Recompute::Never | Recompute::Derived(_) | Recompute::Due => false,
        };
        if moves && config.get(attr.name).is_null() {
            planned[index] = Value::Unknown;
        }
    }
}

fn derive(table: &Table, config: Object<'_>, planned: &mut Vec<Value>) {
    for (index, attr) in table.attrs().enumerate() {
        if let Recompute::Derived(from) = attr.recompute
            && config.get(attr.name).is_null()
        {
            let whole = Value::Object(std::mem::take(planned));
            let derived = from(Object::new(table, &whole));
            *planned = fields(whole);
            planned[index] = derived;
        }
    }
}
