//! The objects that move: each with its name, its inputs, what it depends on and refers to.
//!
//! Pure. Knows both tools' states as one model, and neither's files.

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
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What moves, and what stays.
pub(super) struct Stack<'a> {
    pub tool: Tool,
    pub moved: Vec<Moved<'a>>,
    pub left: Vec<Left>,
    /// Data sources and components.
    pub others: usize,
    /// The provider's configurations that they are of.
    pub providers: Vec<Configuration>,
    /// The modules or components that they are in, each behind the one in which it is.
    pub groups: Vec<Group>,
}

/// One of the provider's configurations.
pub(super) struct Configuration {
    of: ProviderRef,
    /// What the new program calls it; nothing for the one which objects have that name none.
    pub name: Option<String>,
    /// What is set of it, as far as that is known.
    pub settings: Value,
    /// What of that is secret beside what the table says.
    pub secrets: BTreeSet<&'static str>,
    /// The settings that are made by expressions.
    pub unknown: Vec<String>,
    /// Whether anything was to be had that says what is set.
    pub is_known: bool,
}

/// An object that moves.
pub(super) struct Moved<'a> {
    pub object: Object<'a>,
    /// Its name in the new program.
    pub name: String,
    /// What the program says of it.
    pub inputs: Value,
    /// Whether it is protected against deletion; `None` where nothing says.
    pub protect: Option<bool>,
    /// What it depends on, by place.
    pub depends_on: Vec<usize>,
    /// The configuration that it is of, by its place.
    provider: usize,
    /// The group in which it is, by its place.
    group: Option<usize>,
    /// What the configuration says that no file carries.
    pub options: Vec<String>,
}

/// What the state holds and what does not move.
pub(super) struct Left {
    pub address: String,
    pub why: String,
}

impl<'a> Moved<'a> {
    /// Its kind.
    pub fn of(&self) -> &'static schema::Resource {
        self.object.resource
    }

    /// Its id, which every object that moves has.
    pub fn id(&self) -> &str {
        self.object.state.id.as_deref().unwrap_or_default()
    }
}

impl<'a> Stack<'a> {
    /// What of the state moves.
    pub fn of<C: Send + Sync + 'static>(
        engine: &'a Engine<C>,
        state: &'a state::State,
        config: Option<&Config>,
        wanted: &Wanted,
    ) -> Result<Stack<'a>, Problem> {
        let (ours, others) = state::objects(engine, state)?;
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
        Ok(Stack { tool: state.tool, moved, left, others: state.others, providers, groups })
    }

    /// The name of the explicit provider of an object.
    pub fn provider_of(&self, moved: &Moved<'_>) -> Option<&str> {
        self.providers.get(moved.provider)?.name.as_deref()
    }

    /// The name of the group in which an object is.
    pub fn group_of(&self, moved: &Moved<'_>) -> Option<&str> {
        Some(&self.groups.get(moved.group?)?.name)
    }

    /// Objects by what others may call them: kind, attribute and value. What several are called is no name.
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

/// The configurations that objects are of, each with its settings as far as the state or the program says them.
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
        let said = config.and_then(|config| config.provider(of, provider.namespace, provider.name));
        // Of several default providers, all are of one stack.
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
        if let Some(said) = said {
            found.is_known = true;
            found.secrets = block.table.attrs().map(|attr| attr.name).filter(|name| said.secrets.contains(*name)).collect();
            found.unknown = said.unknown.clone();
            let value = |attr: &schema::Attr| said.settings.get(attr.name).map(|value| json::kind_from_json(&attr.kind, value));
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
            // What is so anyway needs not be said.
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
    // In this order each is behind the one in which it is.
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

/// Names in programs of every language, the same in every run.
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

/// What an object is called where modules and keys have no rooms of their own.
fn shown(tool: Tool, held: &Held) -> String {
    joined(tool, held.within.iter().map(String::as_str).chain([held.name.as_str()]).chain(held.instance.as_deref()))
}

/// The steps of a path as one name. Names in Pulumi usually begin with that of what they are in.
fn joined<'a>(tool: Tool, steps: impl Iterator<Item = &'a str>) -> String {
    steps.fold(String::new(), |above, step| {
        let step = parted(step);
        let repeats = tool == Tool::Pulumi && identifier(&step).strip_prefix(&identifier(&above)).is_some_and(|rest| rest.starts_with('_'));
        if above.is_empty() || repeats { step } else { format!("{above}_{step}") }
    })
}

/// A name in camelCase with its words apart.
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

/// What each depends on, without what follows from that.
fn dependencies(tool: Tool, objects: &[Object<'_>]) -> Vec<Vec<usize>> {
    let addresses: Vec<_> = objects.iter().map(|object| bare(tool, object.held)).collect();
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, address) in addresses.iter().enumerate() {
        places.entry(address).or_default().push(place);
    }
    // Blocks, not instances: of those there may be very many.
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

/// The address as dependencies spell it: in Terraform without keys.
fn bare(tool: Tool, held: &Held) -> String {
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
