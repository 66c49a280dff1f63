//! Removes the objects that have moved from the source's state. Until then, two tools manage the same objects.
//!
//! Owns the commands and blocks, and the list with which a later run checks whether the source still has the objects. Knows only
//! addresses and ids.

use super::stack::{Moved, Stack, without_key};
use crate::{
    crossing::{
        Problem,
        state::{State, Tool},
    },
    export::File,
    value::Json,
};
use std::collections::BTreeSet;

/// The file with the addresses and ids of the objects that have moved.
pub const MOVED: &str = "moved.json";

/// The maximum number of addresses in one command.
const AT_ONCE: usize = 50;

/// The files that remove the objects from the source.
pub(super) fn files(stack: &Stack<'_>) -> Vec<File> {
    let file = |path: &str, content: String| File { path: path.to_owned(), content };
    let moved = file(MOVED, format!("{}\n", stack.moved.iter().map(entry).collect::<Json>()));
    match stack.tool {
        Tool::Terraform => vec![moved, file("release.sh", state_rm(stack)), file("removed.tf", removed(stack))],
        Tool::Pulumi => vec![moved, file("release.sh", state_delete(stack))],
    }
}

fn entry(moved: &Moved<'_>) -> Json {
    Json::object([("address", Json::from(moved.object.held.address.as_str())), ("id", Json::from(moved.id()))])
}

/// The addresses of moved objects that the source still manages.
///
/// # Errors
/// If the list was not written by `janiform migrate`.
pub fn unreleased(moved: &str, source: &State) -> Result<Vec<String>, Problem> {
    let read = || -> Option<BTreeSet<(String, String)>> {
        let list = Json::parse(moved).ok()?;
        list.as_array()?.iter().map(|one| Some((one.at("address").as_str()?.to_owned(), one.at("id").as_str()?.to_owned()))).collect()
    };
    let moved = read().ok_or_else(|| {
        Problem::new(
            format_args!("the list of moved objects, {MOVED}, cannot be read"),
            "Give the directory that `janiform migrate` wrote.",
        )
    })?;
    // Another object may have the address now: it has not moved.
    let held = source.objects.iter().filter_map(|held| Some((held.address.clone(), held.id.clone()?)));
    Ok(held.filter(|object| moved.contains(object)).map(|(address, _)| address).collect())
}

fn head(tool: Tool, other: Tool) -> String {
    format!(
        "#!/bin/sh\n# Makes {tool} forget the objects that {other} manages now; nothing changes on a server. Run it in the directory of {tool}'s program\n# as soon as {other} shows no changes, and remove the resources from {tool}'s program.\nset -eu\n"
    )
}

fn state_rm(stack: &Stack<'_>) -> String {
    let addresses: Vec<_> = stack.moved.iter().map(|moved| quoted(&moved.object.held.address)).collect();
    let lines = addresses.chunks(AT_ONCE).map(|some| format!("\"${{TERRAFORM:-terraform}}\" state rm {}\n", some.join(" ")));
    head(Tool::Terraform, Tool::Pulumi) + "# With OpenTofu: TERRAFORM=tofu sh release.sh\n" + &lines.collect::<String>()
}

/// The same as `removed` blocks, which take effect with the next apply. Their addresses must not have keys.
fn removed(stack: &Stack<'_>) -> String {
    let block = |moved: &Moved<'_>| {
        let held = moved.object.held;
        let modules: String = held.within.iter().map(|step| format!("module.{}.", without_key(step))).collect();
        format!("removed {{\n  from = {modules}{}.{}\n\n  lifecycle {{\n    destroy = false\n  }}\n}}\n", held.kind, held.name)
    };
    let blocks: BTreeSet<_> = stack.moved.iter().map(block).collect();
    blocks.into_iter().collect::<Vec<_>>().join("\n")
}

fn state_delete(stack: &Stack<'_>) -> String {
    // In a stack, an object comes after those that it depends on; it has to be deleted before them.
    let lines = stack.leaves.iter().rev().map(|held| {
        let force = if held.protect { " --force" } else { "" };
        format!("pulumi state delete --yes{force} {}\n", quoted(&held.address))
    });
    head(Tool::Pulumi, Tool::Terraform) + &lines.collect::<String>()
}

/// The text as one word of the shell.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
