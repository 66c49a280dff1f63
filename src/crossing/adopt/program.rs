//! Writes the program of the converted objects: a block for each one, with its address in the new state.
//!
//! Owns which blocks can be written from a state, and the list of manual steps. Pure.

use super::{Adopted, terraform};
use crate::{
    crossing::{
        Problem,
        migrate::inputs_of_state,
        program::{Called, Language, Package, Printer, Program, said},
        state::{self, Object, terraform::marks},
    },
    engine::Engine,
    export::File,
    schema::{self, Presence},
    value::{Json, Path},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The file with the values of secret variables.
const SECRETS: &str = "secrets.auto.tfvars.json";

/// The secrets of objects by their addresses.
type Marks = BTreeMap<String, BTreeSet<Path>>;

/// Blocks in Terraform's language.
#[derive(Default)]
pub struct Blocks {
    /// The files. Those of a module are in a directory of its name.
    pub files: Vec<File>,
    /// The number of blocks.
    pub count: usize,
    /// The number of secrets.
    pub secrets: usize,
    /// Manual steps, one per line.
    pub by_hand: Vec<String>,
}

impl Adopted {
    /// The program of the objects that were converted. In the state, exactly the secrets of this program are marked.
    ///
    /// # Errors
    /// If an object of the new state cannot be read. The error names the resource.
    pub fn program<C: Send + Sync + 'static>(&mut self, engine: &Engine<C>) -> Result<Blocks, Problem> {
        let state = state::terraform::read(self.text.as_bytes())?;
        let adopted =
            state::objects(engine, &state)?.ours.into_iter().filter(|object| self.moved.iter().any(|became| became.is == address(object)));
        let (mut modules, mut blocks): (BTreeMap<&[String], Vec<Object<'_>>>, _) = (BTreeMap::new(), Blocks::default());
        for object in adopted {
            let held = object.held;
            if let Some(alias) = &held.provider.alias {
                let (provider, module) = (engine.provider().name, module(&held.provider.within));
                // With a key where the provider's block has `for_each`.
                let alias = alias.split('[').next().unwrap_or(alias);
                let settings = "the settings that the old provider has there";
                blocks.by_hand.push(format!("{module}: add `provider \"{provider}\" {{ alias = \"{alias}\" }}`, with {settings}"));
                if held.provider.within != held.within {
                    let called = format!("`{provider}.{alias}` of {module} manages it");
                    let passed = "pass that to the module in `providers`, and name it in the block if the module has several";
                    blocks.by_hand.push(format!("{}: {called}: {passed}", address(&object)));
                }
            }
            // The block has several instances, and no state contains the expressions in which they differ.
            if held.instance.is_some() || held.within.iter().any(|step| step.contains('[')) {
                let several =
                    "it has several instances (`count` or `for_each`): change the type, the attributes and `provider` of its block";
                blocks.by_hand.push(format!("{}: {several}", address(&object)));
                continue;
            }
            modules.entry(&held.within).or_default().push(object);
        }
        let package = Package::of(engine.provider());
        let mut marks = BTreeMap::new();
        modules.into_iter().for_each(|(module, objects)| blocks.add(package, module, objects, &mut marks));
        self.text = terraform::marked(&self.text, &marks);
        blocks.by_hand.sort();
        blocks.by_hand.dedup();
        Ok(blocks)
    }
}

impl Blocks {
    fn add(&mut self, package: Package, module: &[String], mut objects: Vec<Object<'_>>, marks: &mut Marks) {
        let dir = module.iter().map(|step| format!("{step}/")).collect::<String>();
        objects.sort_by(|one, other| (one.resource.name, &one.held.name).cmp(&(other.resource.name, &other.held.name)));
        let named =
            objects.iter().filter_map(|object| Some(((object.resource.name, object.state.id.as_deref()?), object.held.name.as_str())));
        let names: HashMap<_, _> = named.collect();
        let name_of = |kind: &str, id: &str| names.get(&(kind, id)).map(|name| (*name).to_owned());
        let mut program = Program::new("");
        let mut values = Vec::new();
        for object in &objects {
            let Object { held, resource, state, .. } = object;
            let called = Called { name: &held.name, shown: &held.name };
            let inputs = inputs_of_state(resource, state);
            let (mut block, secrets) = said(resource, called, &inputs, Language::Terraform, &name_of);
            let open = schema::Object::new(&resource.table, &inputs).iter();
            let open = open.filter(|(attr, value)| attr.presence == Presence::Required && !attr.secret && value.is_null());
            let open = open.map(|(attr, _)| attr.name);
            let open: Vec<_> = open.map(|name| format!("`{name}`")).collect();
            if !open.is_empty() {
                self.by_hand.push(format!("{}: add {}, which the state does not have", held.address, open.join(" and ")));
            }
            // A provider that the root module passes to a module may have another name there.
            block.provider = held.provider.alias.clone().filter(|_| held.provider.within == held.within);
            let mut paths = marks::declared(&resource.table, &state.value);
            paths.extend(block.secrets());
            marks.insert(address(object), paths);
            program.resources.push(block);
            for secret in secrets {
                let name = &secret.variable.name;
                match &secret.value {
                    Some(value) => values.push((name.clone(), Json::from(value.as_str()))),
                    None => {
                        self.by_hand.push(format!("{}: give the variable `{name}` a value, which the state does not have", held.address))
                    }
                }
                program.variables.push(secret.variable);
            }
        }
        (self.count, self.secrets) = (self.count + objects.len(), self.secrets + values.len());
        if !values.is_empty() {
            self.files.push(File { path: format!("{dir}{SECRETS}"), content: format!("{}\n", Json::object(values)) });
            if !module.is_empty() {
                self.by_hand.push(format!("{}: pass its variables to it; their values are in {dir}{SECRETS}", self::module(module)));
            }
        }
        // The module already has a block for its providers.
        let files = program.files(Printer { language: Language::Terraform, package }).into_iter().filter(|file| file.path != "versions.tf");
        self.files.extend(files.map(|file| File { path: format!("{dir}{}", file.path), ..file }));
    }
}

/// The name of a module in messages.
fn module(within: &[String]) -> String {
    if within.is_empty() { "the root module".to_owned() } else { format!("module.{}", within.join(".module.")) }
}

/// The address of an object's block.
fn address(object: &Object<'_>) -> String {
    let modules: String = object.held.within.iter().map(|step| format!("module.{step}.")).collect();
    format!("{modules}{}.{}", object.held.kind, object.held.name)
}
