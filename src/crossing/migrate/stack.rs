//! The objects that move, each with its name, inputs, dependencies and references.
//!
//! Pure. Knows the common model of both tools' states, but not their file formats.

use super::{Config, Wanted, inputs};
use crate::{
    crossing::{
        Problem,
        program::{Group, MODULES, Named, identifier, named},
        state::{self, Held, Object, ProviderRef, Tool},
    },
    engine::Engine,
    frontends::pulumi::{names::camel, stack_file},
    schema::{self, ID, json},
    value::Value,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The objects that move, and those that stay.
pub(super) struct Stack<'a> {
    pub tool: Tool,
    pub moved: Vec<Moved<'a>>,
    /// Actions: the new files do not contain them.
    pub actions: Vec<&'a Held>,
    pub left: Vec<Left>,
    /// What the source no longer contains afterwards, in its order: the objects that move, and the actions.
    pub leaves: Vec<&'a Held>,
    /// The number of data sources and components.
    pub others: usize,
    /// The provider configurations of the objects.
    pub providers: Vec<Configuration>,
    /// The modules or components of the objects; each comes after the one that contains it.
    pub groups: Vec<Group>,
}

/// A configuration of the provider.
pub(super) struct Configuration {
    of: ProviderRef,
    /// Its name in the new program; `None` for the default configuration.
    pub name: Option<String>,
    /// Its settings, as far as they are known.
    pub settings: Value,
    /// Settings that are secret although the table does not declare it.
    pub secrets: BTreeSet<&'static str>,
    /// The settings whose values are expressions.
    pub unknown: Vec<String>,
    /// Whether the state or the program shows its settings.
    pub is_known: bool,
}

/// An object that moves.
pub(super) struct Moved<'a> {
    pub object: Object<'a>,
    /// Its name in the new program.
    pub name: String,
    /// The attributes that the program sets.
    pub inputs: Value,
    /// Whether it is protected against deletion; `None` if that is unknown.
    pub protect: Option<bool>,
    /// The places of the objects that it depends on.
    pub depends_on: Vec<usize>,
    /// The place of its provider configuration.
    provider: usize,
    /// The place of its group.
    group: Option<usize>,
    /// Options of the source program that the new files do not contain.
    pub options: Vec<String>,
}

/// An object of the state that does not move.
pub(super) struct Left {
    pub address: String,
    pub why: String,
}

impl<'a> Moved<'a> {
    /// Its resource.
    pub fn of(&self) -> &'static schema::Resource {
        self.object.resource
    }

    /// Its id. Every object that moves has one.
    pub fn id(&self) -> &str {
        self.object.state.id.as_deref().unwrap_or_default()
    }
}

impl<'a> Stack<'a> {
    /// Divides the objects of the state into those that move and those that stay.
    pub fn of<C: Send + Sync + 'static>(
        engine: &'a Engine<C>,
        state: &'a state::State,
        config: Option<&Config>,
        wanted: &Wanted,
    ) -> Result<Stack<'a>, Problem> {
        let state::Objects { ours, actions, others } = state::objects(engine, state)?;
        let stays: HashSet<_> = others.iter().map(|held| std::ptr::from_ref(*held)).collect();
        let leaves = state.objects.iter().filter(|held| !stays.contains(&std::ptr::from_ref(*held))).collect();
        let left = others.into_iter().map(|held| Left { address: held.address.clone(), why: why_left(held) }).collect();
        let names = names(state.tool, &ours);
        let depends_on = dependencies(state.tool, &ours);
        let providers = configurations(engine, state, config, &ours);
        let (groups, paths) = if wanted.language.has_groups() { groups(state.tool, &ours) } else { Default::default() };
        let moved = ours.into_iter().zip(names).zip(depends_on).map(|((mut object, name), depends_on)| {
            let block = config.and_then(|config| config.block(object.held));
            let inputs = match object.inputs.take() {
                Some(inputs) => inputs,
                None => inputs::of(object.resource, &object.state, block.map(|block| &block.set)),
            };
            let protect = match state.tool {
                Tool::Pulumi => Some(object.held.protect),
                Tool::Terraform => block.map(|block| block.prevent_destroy),
            };
            let mut options = object.held.options.clone();
            options.extend(block.into_iter().flat_map(|block| block.others.iter().cloned()));
            let provider = providers.iter().position(|of| of.of == object.held.provider).unwrap_or_default();
            let group = paths.get(object.held.within.as_slice()).copied();
            Moved { object, name, inputs, protect, depends_on, provider, group, options }
        });
        let moved = moved.collect();
        Ok(Stack { tool: state.tool, moved, actions, left, leaves, others: state.others, providers, groups })
    }

    /// The name of the explicit provider of an object.
    pub fn provider_of(&self, moved: &Moved<'_>) -> Option<&str> {
        self.providers.get(moved.provider)?.name.as_deref()
    }

    /// The name of an object's group.
    pub fn group_of(&self, moved: &Moved<'_>) -> Option<&str> {
        Some(&self.groups.get(moved.group?)?.name)
    }

    /// The places of objects by the values with which others may refer to them: resource, attribute and value. `None` if several
    /// objects have the value.
    pub fn called(&self) -> HashMap<(&'static str, &'static str, &str), Option<usize>> {
        let attrs: BTreeSet<_> = self
            .moved
            .iter()
            .flat_map(|moved| moved.of().table.attrs())
            .filter_map(|attr| attr.refers_to)
            .map(|of| (of.resource.name, of.attr))
            .collect();
        let mut called = HashMap::new();
        for (place, moved) in self.moved.iter().enumerate() {
            let here = attrs.iter().filter(|(kind, _)| *kind == moved.of().name);
            for (kind, attr) in here {
                let object = schema::Object::new(&moved.of().table, &moved.object.state.value);
                let value = if *attr == ID { Some(moved.id()) } else { object.str(attr) };
                if let Some(value) = value {
                    called.entry((*kind, *attr, value)).and_modify(|at| *at = None).or_insert(Some(place));
                }
            }
        }
        called
    }
}

fn why_left(held: &Held) -> String {
    match &held.unfinished {
        Some(why) => format!("{why}: apply the source once more before you migrate"),
        None => format!("another provider manages it ({})", held.provider.source),
    }
}

/// The provider configurations of the objects, with the settings that the state or the program shows.
fn configurations<C: Send + Sync + 'static>(
    engine: &Engine<C>,
    state: &state::State,
    config: Option<&Config>,
    objects: &[Object<'_>],
) -> Vec<Configuration> {
    let (provider, block) = (engine.provider(), engine.config());
    let used: BTreeSet<&ProviderRef> = objects.iter().map(|object| &object.held.provider).collect();
    let used: Vec<_> = used.into_iter().collect();
    let shown: Vec<_> = used.iter().map(|of| joined(state.tool, of.within.iter().map(String::as_str).chain(of.alias.as_deref()))).collect();
    let names = named("provider", &MODULES, |at| Named { id: &shown[at], shown: &shown[at] }, used.len());
    let one = |(of, name): (&ProviderRef, String)| {
        let mut found = Configuration {
            of: of.clone(),
            name: (!of.is_default()).then_some(name),
            settings: block.table.nulls(),
            secrets: BTreeSet::new(),
            unknown: Vec::new(),
            is_known: false,
        };
        let configured = config.and_then(|config| config.provider(of, provider.namespace, provider.name));
        // A stack may have several default providers: the one with the most settings is used.
        let held = state
            .providers
            .iter()
            .filter(|held| held.provider == *of)
            .max_by_key(|held| held.settings.as_object().map_or(0, std::collections::BTreeMap::len));
        if let Some(held) = held {
            found.is_known = true;
            found.settings = stack_file::read_settings(block, &held.settings);
            found.secrets = block.table.attrs().map(|attr| attr.name).filter(|name| held.secrets.contains(&camel(name))).collect();
        }
        if let Some(configured) = configured {
            found.is_known = true;
            found.secrets = block.table.attrs().map(|attr| attr.name).filter(|name| configured.secrets.contains(*name)).collect();
            found.unknown = configured.unknown.clone();
            let value = |attr: &schema::Attr| configured.settings.get(attr.name).map(|value| json::kind_from_json(&attr.kind, value));
            let values = block.table.attrs().map(|attr| match value(attr) {
                Some(Ok(value)) => value,
                Some(Err(_)) => {
                    found.unknown.push(attr.name.to_owned());
                    Value::Null
                }
                None => Value::Null,
            });
            found.settings = Value::Object(values.collect());
        }
        if let Value::Object(settings) = &mut found.settings {
            // Defaults need not be written.
            let usual = |(attr, value): &(&schema::Attr, &mut Value)| attr.default.is_some_and(|default| default.value() == **value);
            block.table.attrs().zip(settings).filter(usual).for_each(|(_, value)| *value = Value::Null);
        }
        found
    };
    used.into_iter().zip(names).map(one).collect()
}

/// The groups of the objects, and the place of each by its path.
fn groups<'a>(tool: Tool, objects: &[Object<'a>]) -> (Vec<Group>, HashMap<&'a [String], usize>) {
    let all = objects.iter().map(|object| object.held.within.as_slice());
    // In this order, each group comes after the one that contains it.
    let paths: BTreeSet<&[String]> = all.flat_map(|path| (1..=path.len()).map(move |end| &path[..end])).collect();
    let paths: Vec<_> = paths.into_iter().collect();
    let shown: Vec<_> = paths.iter().map(|path| joined(tool, path.iter().map(String::as_str))).collect();
    let ids: Vec<_> = paths.iter().map(|path| path.join("/")).collect();
    let names = named("module", &MODULES, |at| Named { id: &ids[at], shown: &shown[at] }, paths.len());
    let places: HashMap<_, _> = paths.iter().enumerate().map(|(at, path)| (*path, at)).collect();
    let one = |(path, name): (&&[String], &String)| {
        let [above @ .., last] = path else { return Group { name: name.clone(), kind: name.clone(), within: None } };
        let kind = identifier(&parted(without_key(last)));
        let is_word = kind.starts_with(|c: char| c.is_ascii_alphabetic());
        let within = places.get(above).map(|at| names[*at].clone());
        Group { name: name.clone(), kind: if is_word { kind } else { "module".to_owned() }, within }
    };
    (paths.iter().zip(&names).map(one).collect(), places)
}

/// Names that are valid in programs of every language, the same in every run.
fn names(tool: Tool, objects: &[Object<'_>]) -> Vec<String> {
    let mut kinds: BTreeMap<&'static str, Vec<usize>> = BTreeMap::new();
    for (place, object) in objects.iter().enumerate() {
        kinds.entry(object.resource.name).or_default().push(place);
    }
    let modules: Vec<_> = kinds.keys().copied().chain(MODULES).collect();
    let shown: Vec<_> = objects.iter().map(|object| shown(tool, object.held)).collect();
    let mut names = vec![String::new(); objects.len()];
    for (kind, places) in kinds {
        let called = |at: usize| Named { id: &objects[places[at]].held.address, shown: &shown[places[at]] };
        for (at, name) in named(kind, &modules, called, places.len()).into_iter().enumerate() {
            names[places[at]] = name;
        }
    }
    names
}

/// The name of an object in a program without modules and keys, which are part of the name.
fn shown(tool: Tool, held: &Held) -> String {
    joined(tool, held.within.iter().map(String::as_str).chain([held.name.as_str()]).chain(held.instance.as_deref()))
}

/// The steps of a path as one name. In Pulumi, the name of an object usually begins with that of its component.
fn joined<'a>(tool: Tool, steps: impl Iterator<Item = &'a str>) -> String {
    steps.fold(String::new(), |above, step| {
        let step = parted(step);
        let repeats = tool == Tool::Pulumi && identifier(&step).strip_prefix(&identifier(&above)).is_some_and(|rest| rest.starts_with('_'));
        if above.is_empty() || repeats { step } else { format!("{above}_{step}") }
    })
}

/// A name in camelCase with `_` between its words.
fn parted(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut last = ' ';
    for c in name.chars() {
        if c.is_uppercase() && (last.is_lowercase() || last.is_ascii_digit()) {
            out.push('_');
        }
        out.push(c);
        last = c;
    }
    out
}

/// The direct dependencies of each object, without those that follow from others.
fn dependencies(tool: Tool, objects: &[Object<'_>]) -> Vec<Vec<usize>> {
    let addresses: Vec<_> = objects.iter().map(|object| bare(tool, object.held)).collect();
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, address) in addresses.iter().enumerate() {
        places.entry(address).or_default().push(place);
    }
    // For blocks, not for instances, since a block may have very many instances.
    let direct: HashMap<&str, BTreeSet<&str>> = addresses
        .iter()
        .zip(objects)
        .map(|(address, object)| {
            (address.as_str(), object.held.dependencies.iter().map(String::as_str).filter(|of| places.contains_key(of)).collect())
        })
        .collect();
    let of_block = |address: &str| {
        let all = &direct[address];
        let follows = |of: &&&str| {
            all.iter().any(|other| other != *of && *other != address && direct.get(other).is_some_and(|more| more.contains(**of)))
        };
        all.iter().filter(|of| **of != address && !follows(of)).copied().collect::<Vec<_>>()
    };
    let blocks: HashMap<&str, Vec<&str>> = direct.keys().map(|address| (*address, of_block(address))).collect();
    addresses.iter().map(|address| blocks[address.as_str()].iter().flat_map(|of| places[of].iter().copied()).collect()).collect()
}

/// The address in the form that dependencies use: in Terraform without keys.
pub(super) fn bare(tool: Tool, held: &Held) -> String {
    match tool {
        Tool::Pulumi => held.address.clone(),
        Tool::Terraform => {
            let modules = held.within.iter().map(|step| format!("module.{}.", without_key(step)));
            format!("{}{}.{}", modules.collect::<String>(), held.kind, held.name)
        }
    }
}

/// A step such as `team["a"]` without its key.
pub(super) fn without_key(step: &str) -> &str {
    step.split('[').next().unwrap_or(step)
}
