//! Converts the objects of a state to objects of the engine. Only here do the attributes of a file get their meaning.

use super::{Held, Problem, State, Tool, malformed};
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

/// The objects of a state that belong to this provider, and all others.
///
/// # Errors
/// With the name of the resource, and never with a value.
pub fn objects<'a, C: Send + Sync + 'static>(engine: &'a Engine<C>, state: &'a State) -> Result<(Vec<Object<'a>>, Vec<&'a Held>), Problem> {
    let provider = engine.provider();
    let (mut ours, mut others) = (Vec::new(), Vec::new());
    for held in &state.objects {
        match held.provider.is(provider.namespace, provider.name) && held.unfinished.is_none() {
            true => ours.push(object(engine, state.tool, held)?),
            false => others.push(held),
        }
    }
    Ok((ours, others))
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
    let (marks, spelled): (_, fn(&str) -> String) = match tool {
        Tool::Terraform => (&held.secrets, str::to_owned),
        // Secrets that are only in the outputs follow from inputs, and are found again.
        Tool::Pulumi => (&held.secret_inputs, names::camel),
    };
    let is_marked = |name: &&'static str| marks.contains(&spelled(name));
    let secrets = resource.table.attrs().map(|attr| attr.name).filter(is_marked).collect();
    Ok(Object { held, resource, block, state, inputs, secrets })
}
