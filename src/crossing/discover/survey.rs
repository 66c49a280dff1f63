//! Reads every object of the selected kinds once.
//!
//! Owns what is kept of each object: ids, names and references in memory, configurations on disk.

use super::{
    Kind, Problem,
    kinds::{How, find, refers_to},
    objects::{self, Scope},
    select,
    spool::{Span, Spool},
};
use crate::{
    crossing::program::{Named, in_order, named},
    engine::Engine,
    schema::{Attr, Resource},
    value::Value,
};
use std::collections::HashMap;

/// Something that is not in the program, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The kind.
    pub kind: &'static str,
    /// Why.
    pub why: String,
}

impl LeftOut {
    pub(super) fn of(kind: &Resource, why: impl Into<String>) -> LeftOut {
        LeftOut { kind: kind.name, why: why.into() }
    }

    /// A kind that no server lists. `place` is the outer object, if each has one of the kind; `shared` is the kind that has its
    /// settings, too, with their names there.
    pub(super) fn unlisted(kind: &Resource, provider: &str, place: Option<&Resource>, shared: Option<(&Resource, Vec<&str>)>) -> LeftOut {
        if let Some(why) = kind.undiscoverable {
            return LeftOut::of(kind, why);
        }
        if let Some((other, names)) = shared {
            let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
            let why = format!(
                "No server lists them, so that they cannot be found as this kind. If there are such settings, the program has them in {provider}_{}, as {}. To have them as this kind instead, add `--id {}=ID`.",
                other.name,
                names.join(" or "),
                kind.name
            );
            return LeftOut::of(kind, why);
        }
        let why = match (kind.listed_as, place) {
            (Some(other), _) => format!("Servers list them as {provider}_{}, so that they cannot be found as this kind.", other.name),
            (None, Some(place)) => {
                format!("Each {} has one, with its id, but no server can list them, so that they cannot be found.", place.name)
            }
            (None, None) => "No server can list them, so that they cannot be found.".to_owned(),
        };
        LeftOut::of(kind, format!("{why} Add those that you know with `--id {}=ID`.", kind.name))
    }
}

/// An object that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its id.
    pub id: Box<str>,
    /// Its name for people.
    pub shown: Box<str>,
    /// Its import id, if that differs from its id.
    pub import: Option<Box<str>>,
    /// The id of its outer object.
    pub place: Option<Box<str>>,
    /// The objects to which it refers: kinds and ids.
    pub(super) refers: Vec<(&'static str, Box<str>)>,
    /// Its name in the program.
    pub name: String,
    pub(super) said: Span,
}

impl Found {
    /// Its import id.
    pub fn import_id(&self) -> &str {
        self.import.as_deref().unwrap_or(&self.id)
    }
}

/// The objects of a kind.
pub struct Surveyed {
    /// The kind.
    pub resource: &'static Resource,
    /// The objects, by name.
    pub objects: Vec<Found>,
    /// Whether only objects that are connected to others are selected.
    pub(super) followed: bool,
}

/// The result: the objects that exist.
pub struct Survey {
    /// The kinds that have objects, each after the kinds to which it refers.
    pub kinds: Vec<Surveyed>,
    /// Kinds and objects that are left out.
    pub left_out: Vec<LeftOut>,
    /// Warnings for the user.
    pub warnings: Vec<String>,
    pub(super) spool: Spool,
}

/// The environment of a survey.
pub struct Around<'a, C: 'static> {
    /// The provider's settings by name.
    pub setting: &'a dyn Fn(&str) -> Option<String>,
    /// Whether an object is selected, by its kind, its id and its name.
    pub is_wanted: &'a dyn Fn(&Kind<C>, &str, &str) -> bool,
    /// Whether this value of a shared attribute is the default.
    pub is_usual: &'a dyn Fn(&Attr, &Value) -> bool,
}

/// Reads the objects. `tell` is called with the progress.
///
/// # Errors
/// When a kind cannot be read. Kinds that the key or the plan does not include are left out instead.
pub async fn survey<C: Send + Sync + 'static>(
    engine: &Engine<C>,
    kinds: &[Kind<C>],
    around: &Around<'_, C>,
    tell: &mut dyn FnMut(&str, usize),
) -> Result<Survey, Problem> {
    let mut survey = Survey { kinds: Vec::new(), left_out: Vec::new(), warnings: Vec::new(), spool: Spool::new()? };
    let mut places: HashMap<&'static str, Vec<Scope>> = HashMap::new();
    let order = in_order(kinds.iter().map(|kind| kind.resource).collect(), refers_to);
    let mut reached = 0;
    for resource in order {
        let Some(kind) = kinds.iter().find(|kind| std::ptr::eq(kind.resource, resource)) else { continue };
        let scopes = match kind.place {
            Some(place) => scopes(engine, place.attr, place.of, around.setting, &survey, &mut places).await,
            None => Ok(vec![Scope::default()]),
        };
        let mut objects = Vec::new();
        let found = match scopes {
            Ok(scopes) => objects::read(engine, kind, &scopes, around, tell, &mut survey, &mut objects).await,
            Err(failure) => Err(failure),
        };
        match found {
            Ok(()) => reached += 1,
            Err(objects::Stopped::Withheld(why)) => {
                survey.left_out.push(LeftOut::of(resource, why));
                continue;
            }
            Err(objects::Stopped::Failed(problem)) => return Err(problem),
        }
        if !objects.is_empty() {
            survey.kinds.push(Surveyed { resource, objects, followed: kind.followed });
        }
    }
    if let (0, Some(LeftOut { kind, why, .. })) = (reached, survey.left_out.first().filter(|_| !kinds.is_empty())) {
        return Err(Problem::new(format_args!("nothing can be listed; the first error is for {kind}"), why));
    }
    select::followed(&mut survey.kinds);
    name(engine.provider().name, &mut survey.kinds);
    Ok(survey)
}

/// The outer objects in which a kind is listed: those that the settings name, that were found already, or that exist.
async fn scopes<C: Send + Sync + 'static>(
    engine: &Engine<C>,
    attr: &'static str,
    of: &'static Resource,
    setting: &dyn Fn(&str) -> Option<String>,
    survey: &Survey,
    known: &mut HashMap<&'static str, Vec<Scope>>,
) -> Result<Vec<Scope>, objects::Stopped> {
    let shown = |id: &str| {
        let kind = survey.kinds.iter().find(|kind| std::ptr::eq(kind.resource, of))?;
        kind.objects.iter().find(|found| *found.id == *id).map(|found| found.shown.to_string())
    };
    if let Some(id) = setting(attr) {
        return Ok(vec![Scope { set: vec![(attr, id.clone())], shown: shown(&id) }]);
    }
    if let Some(kind) = survey.kinds.iter().find(|kind| std::ptr::eq(kind.resource, of)) {
        return Ok(kind.objects.iter().map(|found| Scope::within(attr, of, &found.id, found.place.as_deref(), &found.shown)).collect());
    }
    if let Some(scopes) = known.get(of.name) {
        return Ok(scopes.clone());
    }
    let entry = engine.resource(of.name).map(|(entry, _)| entry);
    let Some((how @ How::Listed(_), place)) = entry.and_then(|entry| find(engine, entry)) else { return Ok(Vec::new()) };
    let outer = match place {
        Some(place) => Box::pin(scopes(engine, place.attr, place.of, setting, survey, known)).await?,
        None => vec![Scope::default()],
    };
    let kind = Kind { resource: of, how, place, known: Vec::new(), elsewhere: Vec::new(), followed: false };
    let found = objects::ids(engine, &kind, &outer, setting, attr).await?;
    known.insert(of.name, found.clone());
    Ok(found)
}

/// Gives every object its name, and orders them by that.
fn name(provider: &'static str, kinds: &mut [Surveyed]) {
    // Names of the package and of other files in a program.
    let modules: Vec<_> = kinds.iter().map(|kind| kind.resource.name).chain([provider]).collect();
    for kind in kinds {
        let objects = &kind.objects;
        let of = |at: usize| Named { id: &objects[at].id, shown: &objects[at].shown };
        let names = named(kind.resource.name, &modules, of, objects.len());
        kind.objects.iter_mut().zip(names).for_each(|(found, name)| found.name = name);
        kind.objects.sort_by(|one, other| one.name.cmp(&other.name));
    }
}
