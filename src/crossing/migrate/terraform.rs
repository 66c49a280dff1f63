//! Migrates to Terraform: writes a state with the objects, and the program.

use super::{
    Outcome, Wanted,
    program::{self, Written},
    release,
    report::{Report, lost_options},
    stack::{Moved, Stack},
};
use crate::{
    crossing::{
        Problem,
        program::{Package, Printer},
        state::{
            self, State,
            terraform::{New, add, marks},
        },
    },
    engine::Engine,
    export::File,
    frontends::terraform::state_file,
    value::Json,
};
use std::collections::HashMap;

/// The state to which the objects are added.
pub struct Target<'a> {
    /// The output of `terraform state pull`; empty for a new state.
    pub pulled: &'a str,
    /// The lineage of a new state.
    pub lineage: &'a str,
}

/// Converts a Pulumi stack to a Terraform state and its program.
///
/// # Errors
/// If an address is already in use, or an object cannot be written. The error names the resource, and never shows a value.
pub fn to_terraform<C: Send + Sync + 'static>(
    engine: &Engine<C>,
    state: &State,
    into: &Target<'_>,
    wanted: &Wanted,
) -> Result<Outcome, Problem> {
    let stack = Stack::of(engine, state, None, wanted)?;
    let provider = engine.provider();
    let kind = |moved: &Moved<'_>| format!("{}_{}", provider.name, moved.of().name);
    let address = |moved: &Moved<'_>| {
        let module = stack.group_of(moved).map(|group| format!("module.{group}.")).unwrap_or_default();
        format!("{module}{}.{}", kind(moved), moved.name)
    };
    let source = source(into.pulled, provider.namespace, provider.name);
    let written = program::of(engine, &stack, wanted);
    let blocks = written.program.resources.iter().map(|block| ((block.of.name, block.name.as_str()), block));
    let blocks: HashMap<_, _> = blocks.collect();
    let new = stack.moved.iter().map(|moved| {
        let object = &moved.object;
        let mut secrets = marks::declared(&moved.of().table, &object.state.value);
        secrets.extend(blocks.get(&(moved.of().name, moved.name.as_str())).into_iter().flat_map(|block| block.secrets()));
        New {
            kind: kind(moved),
            name: moved.name.clone(),
            source: source.clone(),
            module: stack.group_of(moved).map(str::to_owned),
            alias: stack.provider_of(moved).map(str::to_owned),
            schema_version: object.block.version(),
            attributes: state_file::write(object.block, &object.state),
            secrets,
            private: object.state.private.to_bytes(),
            dependencies: moved.depends_on.iter().map(|of| address(&stack.moved[*of])).collect(),
        }
    });
    let added = add(into.pulled, into.lineage, new)?;
    let mut files = vec![File { path: "terraform.tfstate".to_owned(), content: added.text }];
    files.extend(written.program.files(Printer { language: wanted.language, package: Package::of(provider) }));
    let has_secrets = !written.values.is_empty();
    if has_secrets {
        files.push(File { path: "secrets.auto.tfvars.json".to_owned(), content: variables(&written) });
    }
    files.extend(release::files(&stack));
    let mut next = vec![match into.pulled.trim().is_empty() {
        true => "The new directory contains the program and its state: run `terraform init`. For another backend, add its block and `terraform init -migrate-state`.".to_owned(),
        false => format!("In Terraform's directory: push the new terraform.tfstate (serial {}) with `terraform state push`, and add the new program.", added.serial),
    }];
    if has_secrets {
        next.push(
            "secrets.auto.tfvars.json has the values of the program's variables: keep it secret, or set them in another way.".to_owned(),
        );
    }
    next.extend([
        "`terraform plan` shows no changes.".to_owned(),
        "In Pulumi's directory: `sh release.sh`, and remove the resources from the program.".to_owned(),
    ]);
    Ok(Outcome { files, report: Report::of(&stack, address, lost_options).then(next) })
}

/// The source address of the provider in the state; if the state does not have it, that of Terraform's registry, which OpenTofu
/// reads as its own.
fn source(pulled: &str, namespace: &str, name: &str) -> String {
    let there = state::terraform::read(pulled.as_bytes()).ok();
    let mut sources =
        there.iter().flat_map(|state| &state.objects).map(|held| &held.provider).filter(|provider| provider.is(namespace, name));
    sources.next().map_or_else(|| format!("registry.terraform.io/{namespace}/{name}"), |provider| provider.source.clone())
}

fn variables(written: &Written) -> String {
    let values = written.program.variables.iter().zip(&written.values);
    format!("{}\n", Json::object(values.map(|(variable, value)| (variable.name.clone(), Json::String(value.clone())))))
}
