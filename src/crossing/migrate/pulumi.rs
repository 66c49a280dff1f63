//! Migrates to Pulumi: writes an import file with inputs and outputs, which the CLI encrypts, and the program.

use super::{
    Config, Outcome, Wanted, inputs,
    program::{self, Written},
    release,
    report::{Report, lost_digits, lost_options},
    stack::{Moved, Stack},
};
use crate::{
    crossing::{
        Problem,
        program::{Package, Printer},
        state::{
            State,
            pulumi::{self, Import, Imported},
        },
    },
    engine::{self, Engine},
    export::File,
    frontends::pulumi::{
        names::{camel, resource_token},
        stack_file,
    },
};
use std::collections::HashMap;

/// Converts a Terraform state to the files of a Pulumi stack.
///
/// # Errors
/// With the name of the resource, and never with a value.
pub fn to_pulumi<C: Send + Sync + 'static>(
    engine: &Engine<C>,
    state: &State,
    config: Option<&Config>,
    wanted: &Wanted,
) -> Result<Outcome, Problem> {
    let stack = Stack::of(engine, state, config, wanted)?;
    let provider = engine.provider();
    let mut rounded = HashMap::new();
    let explicit = stack.providers.iter().filter_map(|of| {
        let inputs = stack_file::write_settings(engine.config(), &of.settings, &of.secrets);
        let kind = format!("pulumi:providers:{}", provider.name);
        Some(Import { kind, name: of.name.clone()?, parent: None, of: Imported::Provider { inputs } })
    });
    let components = stack.groups.iter().map(|group| Import {
        kind: group.token(),
        name: group.name.clone(),
        parent: group.within.clone(),
        of: Imported::Component,
    });
    let objects = stack.moved.iter().map(|moved| {
        // With the defaults that the check of the inputs adds.
        let inputs = engine::defaults(&moved.of().table, &moved.inputs);
        let written = stack_file::write(moved.object.block, &moved.object.state, &inputs, &moved.object.secrets);
        rounded.insert(moved.object.held.address.as_str(), lost_digits(&written.rounded));
        Import {
            kind: resource_token(provider.name, moved.of().name),
            name: moved.name.clone(),
            parent: stack.group_of(moved).map(str::to_owned),
            of: Imported::Object {
                id: moved.id().to_owned(),
                provider: stack.provider_of(moved).map(str::to_owned),
                inputs: written.inputs,
                outputs: written.outputs,
            },
        }
    });
    let imports = explicit.chain(components).chain(objects);
    let mut files = vec![File { path: "import.json".to_owned(), content: pulumi::import_file(imports) }];
    let written = program::of(engine, &stack, wanted);
    files.extend(written.program.files(Printer { language: wanted.language, package: Package::of(provider) }));
    let has_secrets = !written.values.is_empty() || !written.settings.is_empty();
    if has_secrets {
        files.push(File { path: "secrets.sh".to_owned(), content: config_set(provider.name, &written) });
    }
    files.extend(release::files(&stack));
    let lost = |moved: &Moved<'_>| {
        let mut lost = write_only(moved);
        lost.extend(lost_options(moved));
        lost.extend(rounded.get(moved.object.held.address.as_str()).into_iter().flatten().cloned());
        lost
    };
    let becomes = |moved: &Moved<'_>| format!("{} {}", resource_token(provider.name, moved.of().name), moved.name);
    let mut next = vec!["In the new directory: `pulumi stack init NAME`.".to_owned()];
    if has_secrets {
        next.push("`sh secrets.sh` puts the program's secrets and the provider's settings into the stack's configuration, encrypted. Then delete the file.".to_owned());
    }
    next.extend([
        "`pulumi import --file import.json --generate-code=false --protect=false` (Pulumi 3.255 or newer). Then delete the file: it contains secrets.".to_owned(),
        "`pulumi preview` shows no changes. `pulumi up` records dependencies and protection in the stack.".to_owned(),
        "In Terraform's directory: `sh release.sh`, or apply with `removed.tf` there; and remove the resources from the program.".to_owned(),
    ]);
    Ok(Outcome { files, report: Report::of(&stack, becomes, lost).then(next) })
}

/// The write-only arguments, which no Terraform state contains.
fn write_only(moved: &Moved<'_>) -> Vec<String> {
    let used = inputs::write_only_in_use(moved.of(), &moved.object.state);
    let lost = used.into_iter().map(|attr| {
        let version = moved.of().table.version_of(attr).map(|version| version.name);
        match version.filter(|name| !crate::schema::Object::new(&moved.of().table, &moved.inputs).get(name).is_null()) {
            Some(version) => {
                format!("`{}`: no Terraform state has it. It stays as it is on the server as long as `{version}` stays the same", attr.name)
            }
            None => format!("`{}`: no Terraform state has it. Set it again if the program should manage it", attr.name),
        }
    });
    lost.collect()
}

/// Commands that put the program's secrets and the default provider's settings into the stack's configuration. The values are passed
/// on standard input, since a list of processes shows arguments.
fn config_set(package: &str, written: &Written) -> String {
    let mut out = "#!/bin/sh\n# Puts the program's secrets and the provider's settings into the configuration of the selected stack, encrypted. Then delete this file.\nset -eu\n".to_owned();
    let mut set = |name: &str, value: &str, is_secret: bool| {
        let mut end = "END".to_owned();
        while value.lines().any(|line| line == end) {
            end.push('_');
        }
        let secret = if is_secret { "--secret " } else { "" };
        out += &format!("pulumi config set {secret}{name} <<'{end}'\n{value}\n{end}\n");
    };
    written.settings.iter().for_each(|(name, value, is_secret)| set(&format!("{package}:{}", camel(name)), value, *is_secret));
    written.program.variables.iter().zip(&written.values).for_each(|(variable, value)| set(&camel(&variable.name), value, true));
    out
}
