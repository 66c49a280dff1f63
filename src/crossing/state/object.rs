//! Converts the objects of a state to objects of the engine. Only here do the attributes of a file get their meaning.

use super::{Held, Problem, State, Tool, malformed, terraform::marks};
use crate::{
    engine::{self, Engine},
    frontends::{
        pulumi::{names, stack_file},
        terraform::state_file,
    },
    schema::{BlockSchema, Resource},
    value::Value,
};
use std::collections::BTreeSet;

/// An object of the provider in a state.
pub struct Object<'a> {
    /// The object in the state's spelling.
    pub held: &'a Held,
    /// Its resource.
    pub resource: &'static Resource,
    /// The schema of the resource.
    pub block: &'a BlockSchema,
    /// The object.
    pub state: engine::State,
    /// Its inputs, if the state has them.
    pub inputs: Option<Value>,
    /// Attributes that are secret although the table does not declare it.
    pub secrets: BTreeSet<&'static str>,
}

/// What is in a state.
pub struct Objects<'a> {
    /// The objects of this provider.
    pub ours: Vec<Object<'a>>,
    /// The provider's actions, which Pulumi has as resources. They manage no objects.
    pub actions: Vec<&'a Held>,
    /// All others.
    pub others: Vec<&'a Held>,
}

/// The objects of a state.
///
/// # Errors
/// With the name of the resource, and never with a value.
pub fn objects<'a, C: Send + Sync + 'static>(engine: &'a Engine<C>, state: &'a State) -> Result<Objects<'a>, Problem> {
    let provider = engine.provider();
    let action = |name: &str| names::resource_token(provider.name, name);
    let actions: BTreeSet<_> = engine.actions().map(|(entry, _)| action(entry.action.name)).collect();
    let mut all = Objects { ours: Vec::new(), actions: Vec::new(), others: Vec::new() };
    for held in &state.objects {
        match held.provider.is(provider.namespace, provider.name) {
            true if state.tool == Tool::Pulumi && actions.contains(&held.kind) => all.actions.push(held),
            true if held.unfinished.is_none() => all.ours.push(object(engine, state.tool, held)?),
            _ => all.others.push(held),
        }
    }
    Ok(all)
}

fn object<'a, C: Send + Sync + 'static>(engine: &'a Engine<C>, tool: Tool, held: &'a Held) -> Result<Object<'a>, Problem> {
    let provider = engine.provider();
    let named = |name: &str| match tool {
        Tool::Terraform => format!("{}_{name}", provider.name),
        Tool::Pulumi => names::resource_token(provider.name, name),
    };
    let unknown = || {
        Problem::new(
            format!("{}: this version of the provider has no type `{}`.", held.address, engine::one_line(&held.kind)),
            "Use the version that wrote the state, or a newer one.",
        )
    };
    let (entry, block) = engine.resources().find(|(entry, _)| named(entry.resource.name) == held.kind).ok_or_else(unknown)?;
    let resource = entry.resource;
    let without_id = || malformed(&held.address, "it has no id.");
    let (state, inputs) = match tool {
        Tool::Terraform => {
            let read = state_file::read(resource, block, held.schema_version, held.attributes.as_str(), &held.private);
            let state = read.map_err(|why| Problem::new(format!("{}: {}.", held.address, why.summary), why.detail))?;
            (state, None)
        }
        Tool::Pulumi => {
            let id = held.id.as_deref().ok_or_else(without_id)?;
            let mut read = stack_file::read(resource, block, id, &held.attributes.json(), &held.inputs.json());
            if let Value::Object(fields) = &mut read.state.value {
                let hidden = resource.table.attrs().zip(fields).filter(|(attr, _)| held.hidden.contains(&names::camel(attr.name)));
                hidden.for_each(|(_, value)| *value = Value::Unknown);
            }
            (read.state, Some(read.inputs))
        }
    };
    if state.id.is_none() {
        return Err(without_id());
    }
    let marks = held.marks.json();
    // A mark inside of what the schema declares adds nothing.
    let (_, marks) = marks::divided(&marks, &marks::declared(&resource.table, &state.value));
    let is_marked = |name: &&'static str| match tool {
        Tool::Terraform => marks.iter().any(|mark| marks::root(mark) == Some(name)),
        // Secrets that are only in the outputs follow from inputs, and are found again.
        Tool::Pulumi => held.secret_inputs.contains(&names::camel(name)),
    };
    let secrets = resource.table.attrs().map(|attr| attr.name).filter(is_marked).collect();
    Ok(Object { held, resource, block, state, inputs, secrets })
}
