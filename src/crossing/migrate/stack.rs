//! The objects that move: each with its name, its inputs, what it depends on and refers to.
//!
//! Pure. Knows both tools' states as one model, and neither's files.

use super::{Config, Refused, Wanted, inputs};
use crate::{
    crossing::{
        program::{Named, named},
        state::{self, Held, Object, Tool},
    },
    engine::Engine,
    schema::{self, ID},
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
    /// What the provider is configured with, where the state has that: names of settings.
    pub settings: Vec<String>,
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
    ) -> Result<Stack<'a>, Refused> {
        let provider = engine.provider();
        let (ours, others) = state::objects(engine, state)?;
        let mut left: Vec<_> = others.into_iter().map(|held| Left { address: held.address.clone(), why: why_left(held) }).collect();
        let (ours, elsewhere): (Vec<_>, Vec<_>) = ours.into_iter().partition(|object| object.held.provider.alias == wanted.provider);
        left.extend(elsewhere.into_iter().map(|object| Left { address: object.held.address.clone(), why: why_elsewhere(object.held) }));
        let names = names(&ours);
        let depends_on = dependencies(state.tool, &ours);
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
            Moved { object, name, inputs, protect, depends_on, options }
        });
        let configured =
            state.providers.iter().filter(|of| of.provider.is(provider.namespace, provider.name) && of.provider.alias == wanted.provider);
        let settings = configured.filter_map(|of| of.settings.as_object()).flat_map(|settings| settings.keys());
        // What begins so, and the version, is Pulumi's own.
        let settings = settings.filter(|name| !name.starts_with("__") && *name != "version").cloned().collect();
        Ok(Stack { tool: state.tool, moved: moved.collect(), left, others: state.others, settings })
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

fn why_elsewhere(held: &Held) -> String {
    match &held.provider.alias {
        Some(alias) => format!(
            "the provider's configuration `{alias}` manages it: move it into a stack of that configuration with `--provider {alias}`"
        ),
        None => "the provider's default configuration manages it: move it without `--provider`".to_owned(),
    }
}

/// Names in programs of every language, the same in every run.
fn names(objects: &[Object<'_>]) -> Vec<String> {
    let mut kinds: BTreeMap<&'static str, Vec<usize>> = BTreeMap::new();
    for (place, object) in objects.iter().enumerate() {
        kinds.entry(object.resource.name).or_default().push(place);
    }
    let modules: Vec<_> = kinds.keys().copied().collect();
    let shown: Vec<_> = objects.iter().map(|object| shown(object.held)).collect();
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
fn shown(held: &Held) -> String {
    let parts = held.within.iter().map(String::as_str).chain([held.name.as_str()]).chain(held.instance.as_deref());
    parts.map(parted).collect::<Vec<_>>().join("_")
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
