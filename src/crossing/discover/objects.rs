//! Reads the objects of one kind, and keeps their configurations.

use super::{
    Around, Found, Kind, LeftOut, Problem, Survey,
    kinds::{How, Place},
};
use crate::{
    crossing::program::with_needed,
    engine::{Asked, Call, Diagnostic, Engine, Entry, Failure, Listed, State, inputs_and_errors, inputs_of, one_line, validate},
    schema::{Attr, Cleared, ID, Kind as Type, Object, Presence, Resource, Table, json},
    value::{Json, Value},
};
use tokio::sync::mpsc;

/// Where a kind is listed: attributes of its filter, and the name of that place for people.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    pub(super) set: Vec<(&'static str, String)>,
    pub(super) shown: Option<String>,
}

impl Scope {
    /// In an object of this kind, and in its outer object.
    pub(super) fn within(attr: &'static str, of: &'static Resource, id: &str, place: Option<&str>, shown: &str) -> Scope {
        let outer = of.identity.last().zip(place).map(|(name, place)| (*name, place.to_owned()));
        Scope { set: outer.into_iter().chain([(attr, id.to_owned())]).collect(), shown: Some(shown.to_owned()) }
    }

    /// Its name for people.
    fn called(&self) -> &str {
        self.shown.as_deref().unwrap_or(self.id())
    }

    fn id(&self) -> &str {
        self.set.last().map(|(_, id)| id.as_str()).unwrap_or_default()
    }

    /// As a filter, together with the provider's settings.
    fn filter(&self, table: &'static Table, setting: &dyn Fn(&str) -> Option<String>) -> Value {
        let said = |attr: &Attr| {
            let own = self.set.iter().find(|(name, _)| *name == attr.name).map(|(_, id)| id.clone());
            own.or_else(|| setting(attr.name).filter(|_| matches!(attr.kind, Type::String)))
        };
        Value::Object(table.attrs().map(|attr| said(attr).map(Value::from).unwrap_or_default()).collect())
    }
}

/// Why a kind was not read.
pub(super) enum Stopped {
    /// The plan or the key does not include it.
    Withheld(String),
    /// An error that ends the whole run.
    Failed(Problem),
}

impl Stopped {
    fn of(resource: &Resource, failure: Failure) -> Stopped {
        match failure.diagnostics.iter().find(|diagnostic| diagnostic.withheld) {
            Some(why) => Stopped::Withheld(on_one_line(why)),
            None => Stopped::Failed(super::unlisted(resource.name, failure)),
        }
    }
}

fn on_one_line(said: &Diagnostic) -> String {
    one_line(&format!("{}: {}", said.summary, said.detail).replace("\n\n", " ")).into_owned()
}

/// Reads the objects of a kind in these scopes.
pub(super) async fn read<C: Send + Sync + 'static>(
    engine: &Engine<C>,
    kind: &Kind<C>,
    scopes: &[Scope],
    around: &Around<'_, C>,
    tell: &mut dyn FnMut(&str, usize),
    survey: &mut Survey,
    objects: &mut Vec<Found>,
) -> Result<(), Stopped> {
    let (resource, Around { setting, is_wanted, is_usual }) = (kind.resource, around);
    let (mut failed, mut heard, mut unwritten) = (None, Vec::new(), Vec::new());
    let Survey { spool, warnings, left_out, .. } = survey;
    let mut keep = |kept: Kept| {
        if !kept.unshown.is_empty() {
            unwritten.push((kept.found.shown, kept.unshown));
            return;
        }
        warnings.extend(kept.warnings);
        // Attributes that are not set are not written.
        let set = Object::new(&resource.table, &kept.inputs).iter().filter(|(_, value)| !value.is_null());
        let said = Json::object(set.map(|(attr, value)| (attr.name, json::kind_to_json(&attr.kind, value))));
        match spool.add(&said.to_string()) {
            Ok(said) => objects.push(Found { said, ..kept.found }),
            Err(error) => failed = Some(Problem::from(error)),
        }
        tell(resource.name, objects.len());
    };
    for scope in scopes {
        let outcome = match kind.how {
            How::Listed(list) => {
                let asked = Asked { filter: scope.filter(&list.list.table, setting), limit: None, whole: true };
                // Each object is kept as it arrives; nothing is sent to the channel.
                let (to, _nobody) = mpsc::channel::<()>(1);
                let each = |listed: Listed| {
                    let is_meant = setting_of(engine, resource, setting).is_none_or(|id| id == listed.id);
                    if is_meant && is_wanted(kind, &listed.id, &listed.name) {
                        listed.state.iter().for_each(|state| keep(kept(resource, kind.place, &listed.id, &listed.name, state)));
                    }
                    None
                };
                engine.list(list, asked, Call::default(), &to, each).await.map_err(|failure| Stopped::of(resource, failure))
            }
            How::Known(entry) => {
                let mut read = Ok(Vec::new());
                for id in &kind.known {
                    match known(engine, entry, id).await {
                        Ok(Some(object)) if is_wanted(kind, &object.found.id, &object.found.shown) => keep(object),
                        Ok(Some(_)) => {}
                        Ok(None) => left_out.push(LeftOut::of(resource, format!("There is none with the id `{}`.", one_line(id)))),
                        Err(stopped) => {
                            read = Err(stopped);
                            break;
                        }
                    }
                }
                read
            }
            How::Read(entry) => {
                let shown = scope.called().to_owned();
                // What the user wants as objects of another kind is not here, too.
                let is_elsewhere = |attr: &Attr| kind.elsewhere.iter().any(|(id, name)| *name == attr.name && id == scope.id());
                let is_usual = |attr: &Attr, value: &Value| is_elsewhere(attr) || is_usual(attr, value);
                let found = shared(engine, entry, scope.id(), &shown, &is_usual).await;
                found.map(|found| {
                    found.into_iter().filter(|shared| is_wanted(kind, &shared.found.id, &shown)).for_each(&mut keep);
                    Vec::new()
                })
            }
        };
        match outcome {
            Ok(told) => heard.extend(told.iter().map(on_one_line)),
            // Another place may have such objects.
            Err(Stopped::Withheld(why)) if scopes.len() > 1 => {
                left_out.push(LeftOut::of(resource, format!("in {}: {why}", scope.called())))
            }
            Err(stopped) => return Err(stopped),
        }
    }
    survey.warnings.extend(heard);
    for (shown, names) in unwritten {
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        let why = format!(
            "{}: an import does not show {}, which it needs. Write its block yourself, and import it with the tool.",
            one_line(&shown),
            names.join(" and ")
        );
        survey.left_out.push(LeftOut::of(resource, why));
    }
    match failed {
        Some(problem) => Err(Stopped::Failed(problem)),
        None => Ok(()),
    }
}

/// The ids of the objects of a kind, as outer objects of others.
pub(super) async fn ids<C: Send + Sync + 'static>(
    engine: &Engine<C>,
    kind: &Kind<C>,
    scopes: &[Scope],
    setting: &dyn Fn(&str) -> Option<String>,
    attr: &'static str,
) -> Result<Vec<Scope>, Stopped> {
    let How::Listed(list) = kind.how else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for scope in scopes {
        let asked = Asked { filter: scope.filter(&list.list.table, setting), limit: None, whole: false };
        let (to, _nobody) = mpsc::channel::<()>(1);
        let each = |listed: Listed| {
            let object = Object::new(&kind.resource.table, &listed.value);
            let place = kind.place.and_then(|place| object.str(place.attr));
            found.push(Scope::within(attr, kind.resource, &listed.id, place, &listed.name));
            None
        };
        engine.list(list, asked, Call::default(), &to, each).await.map_err(|failure| Stopped::of(kind.resource, failure))?;
    }
    Ok(found)
}

/// The id of an outer object that the settings name.
fn setting_of<C: Send + Sync + 'static>(
    engine: &Engine<C>,
    resource: &Resource,
    setting: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    let config = engine.provider().config.attrs();
    let name = format!("{}_{ID}", resource.name);
    config.map(|attr| attr.name).find(|own| *own == name).and_then(setting)
}

/// An object and its configuration.
struct Kept {
    found: Found,
    inputs: Value,
    warnings: Vec<String>,
    /// Required attributes that no server shows and that are no secrets: the object cannot be written without them.
    unshown: Vec<&'static str>,
}

fn kept(resource: &'static Resource, place: Option<Place>, id: &str, shown: &str, state: &State) -> Kept {
    let (mut inputs, mut refused) = inputs_and_errors(resource, state);
    if let Value::Object(fields) = &mut inputs {
        // They belong to an object of another kind, which has them, too.
        let is_foreign = |attr: &Attr| attr.presence == Presence::WhileSet && attr.deprecated.is_some();
        resource.table.attrs().zip(fields).filter(|(attr, _)| is_foreign(attr)).for_each(|(_, value)| *value = Value::Null);
    }
    if !refused.is_empty() {
        refused = errors(resource, &inputs);
    }
    let object = Object::new(&resource.table, &state.value);
    let import = selecting(resource, import_id(resource, id, object), &inputs);
    let refers = Object::new(&resource.table, &inputs).iter();
    let refers = refers.filter_map(|(attr, value)| Some((attr.refers_to?.resource.name, value.as_str()?.into()))).collect();
    let warnings =
        refused.into_iter().map(|error| format!("{} `{}`: {}", resource.name, one_line(shown), error.harmless().summary)).collect();
    let found = Found {
        id: id.into(),
        shown: shown.into(),
        import: (import != id).then(|| import.into()),
        place: place.and_then(|place| object.str(place.attr)).map(Into::into),
        refers,
        name: String::new(),
        said: Default::default(),
    };
    let unshown = unshown(resource, &inputs);
    Kept { found, inputs, warnings, unshown }
}

fn unshown(resource: &'static Resource, inputs: &Value) -> Vec<&'static str> {
    let is_unshown = |(attr, value): &(&Attr, &Value)| attr.presence == Presence::Required && !attr.secret && value.is_null();
    Object::new(&resource.table, inputs).iter().filter(is_unshown).map(|(attr, _)| attr.name).collect()
}

/// What the kind refuses of a configuration in which the user will set the secrets that it needs.
fn errors(resource: &'static Resource, inputs: &Value) -> Vec<Diagnostic> {
    validate(resource, &with_needed(resource, inputs)).into_iter().filter(Diagnostic::is_error).collect()
}

/// The import id of an object: its id after the ids of its outer objects, if the kind accepts such ids.
fn import_id(resource: &'static Resource, id: &str, object: Object<'_>) -> String {
    let outer: Option<Vec<_>> = resource.identity.iter().map(|name| Some((*name, object.str(name)?))).collect();
    let (Some(parts), Some(outer)) = (resource.imports, outer.filter(|outer| !outer.is_empty())) else { return id.to_owned() };
    let said = |text: &str| {
        let parts = parts(text);
        outer.iter().all(|(name, value)| parts.iter().any(|(part, text)| part == name && text == value))
    };
    if said(id) {
        return id.to_owned();
    }
    let joined = |by: &str| outer.iter().map(|(_, value)| *value).chain([id]).collect::<Vec<_>>().join(by);
    ["/", ":"].into_iter().map(joined).find(|text| said(text)).unwrap_or_else(|| id.to_owned())
}

/// The import id with the attributes of the program that an import reads only if its id names them.
fn selecting(resource: &Resource, id: String, inputs: &Value) -> String {
    let named = Object::new(&resource.table, inputs).iter();
    let named = named.filter(|(attr, value)| attr.presence == Presence::WhileSet && !value.is_null());
    let names: Vec<_> = named.map(|(attr, _)| attr.name).collect();
    if names.is_empty() { id } else { format!("{id}:{}", names.join(",")) }
}

/// Reads an object by its import id.
async fn known<C: Send + Sync + 'static>(engine: &Engine<C>, entry: &'static Entry<C>, given: &str) -> Result<Option<Kept>, Stopped> {
    let resource = entry.resource;
    let failed = |failure: Failure| Stopped::of(resource, failure);
    let stub = State::to_import(resource, given).map_err(|wrong| failed(wrong.into()))?;
    let Some(state) = engine.read(entry, stub, Call::default()).await.map_err(failed)?.state else { return Ok(None) };
    let id = state.id.clone().unwrap_or_else(|| given.to_owned());
    let kept = kept(resource, None, &id, &id, &state);
    Ok(Some(Kept { found: Found { import: (given != id).then(|| given.into()), ..kept.found }, ..kept }))
}

/// Reads an object that others may share: only attributes that differ from their defaults are taken, by name.
async fn shared<C: Send + Sync + 'static>(
    engine: &Engine<C>,
    entry: &'static Entry<C>,
    id: &str,
    shown: &str,
    is_usual: &dyn Fn(&Attr, &Value) -> bool,
) -> Result<Option<Kept>, Stopped> {
    let resource = entry.resource;
    let failed = |failure: Failure| Stopped::of(resource, failure);
    let stub = State::to_import(resource, &format!("{id}:*")).map_err(|wrong| failed(wrong.into()))?;
    let Some(state) = engine.read(entry, stub, Call::default()).await.map_err(failed)?.state else { return Ok(None) };
    let inputs = inputs_of(resource, &state);
    let mut fields: Vec<_> = inputs.fields().to_vec();
    for (attr, value) in resource.table.attrs().zip(&mut fields) {
        if attr.presence == Presence::WhileSet && (is_cleared(attr, value) || is_usual(attr, value)) {
            *value = Value::Null;
        }
    }
    // The program also contains the id of the object.
    if let Some(place) = resource.table.index(resource.key) {
        fields[place] = Value::text(id);
    }
    // Values that the kind refuses are left to their owner.
    for error in errors(resource, &Value::Object(fields.clone())) {
        if let Some(place) = error.path.root().and_then(|name| resource.table.index(name)) {
            fields[place] = Value::Null;
        }
    }
    let inputs = Value::Object(fields);
    let is_taken = |(attr, value): (&Attr, &Value)| attr.presence == Presence::WhileSet && !value.is_null();
    if !Object::new(&resource.table, &inputs).iter().any(is_taken) || !errors(resource, &inputs).is_empty() {
        return Ok(None);
    }
    let place = Place { attr: resource.key, of: resource };
    let kept = kept(resource, Some(place), id, shown, &State { value: inputs.clone(), ..state });
    let import = selecting(resource, id.to_owned(), &inputs);
    Ok(Some(Kept { found: Found { import: Some(import.into()), ..kept.found }, inputs, unshown: Vec::new(), ..kept }))
}

/// Whether it is the value that remains after clearing.
fn is_cleared(attr: &Attr, value: &Value) -> bool {
    match attr.cleared {
        Cleared::To(default) => value.is_null() || crate::engine::semantically_equal(attr, &default.value(), value),
        _ => value.is_empty(),
    }
}
