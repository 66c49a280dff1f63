//! `janiform discover --from-config`: writes a program with the settings in the files of self-hosted servers.

use super::{
    Error,
    config::{place, tell},
    say, server_files,
    targets::told,
};
use crate::{
    crossing::program::{AtHand, Language, Package, Printer, Secret, said_by},
    export::File,
    frontends::pulumi::names::camel,
    ory::{ORY, settings},
    value::Json,
};
use std::path::{Path, PathBuf};

/// The default name of the program.
const PROJECT: &str = "ory";

/// Writes the program into the directory: completely, or not at all.
pub async fn write(files: &[PathBuf], language: Language, out: &Path, force: bool) -> Result<(), Error> {
    let read = server_files::read(files).await?;
    let (mut made, left) = settings::objects(&read).map_err(|error| told(&error))?;
    // Every project has the schemas that Ory provides.
    made.retain(|made| !made.is_preset());
    if made.is_empty() {
        return Err(Error::new(
            "the files have no settings that a project has",
            "Nothing was written. Check that these are the right files.",
        ));
    }
    let objects: Vec<_> = made.iter().map(|made| AtHand { of: made.resource, shown: made.shown(), value: &made.value }).collect();
    let (program, secrets) = said_by(&objects, PROJECT, language);
    let mut texts = program.files(Printer { language, package: Package::of(&ORY) });
    let (known, needed): (Vec<_>, Vec<_>) = secrets.iter().partition(|secret| secret.value.is_some());
    if !known.is_empty() {
        texts.push(given(language, &known));
    }
    place(out, &texts, force)?;
    if !known.is_empty() {
        say(format_args!(
            "\n{} secrets are variables of the program. Their values are in the last file, which only you can read.",
            known.len()
        ))?;
        if language.is_pulumi() {
            say(format_args!("Run `pulumi config set-all --json \"$(cat {SECRETS_FOR_PULUMI})\"`, then delete the file."))?;
        }
    }
    for Secret { variable, .. } in needed {
        let name = if language.is_pulumi() { camel(&variable.name) } else { variable.name.clone() };
        say(format_args!("Give the variable `{name}` a value: the files do not have it."))?;
    }
    tell(&left, "Projects do not have these settings:");
    Ok(())
}

const SECRETS_FOR_TERRAFORM: &str = "secrets.auto.tfvars.json";
const SECRETS_FOR_PULUMI: &str = "secrets.json";

/// The file with the values of the variables. Terraform reads it automatically; for Pulumi, the output shows a command.
fn given(language: Language, secrets: &[&Secret]) -> File {
    let values = secrets.iter().filter_map(|secret| Some((secret.variable.name.as_str(), secret.value.as_deref()?)));
    let (path, values) = match language.is_pulumi() {
        false => (SECRETS_FOR_TERRAFORM, Json::object(values.map(|(name, value)| (name, value.into())))),
        true => {
            let value = |value: &str| Json::object([("value", value.into()), ("secret", true.into())]);
            let named = |name: &str| format!("{PROJECT}:{}", camel(name));
            (SECRETS_FOR_PULUMI, Json::object(values.map(|(name, text)| (named(name), value(text)))))
        }
    };
    File { path: path.to_owned(), content: format!("{values}\n") }
}
