//! The page beside a program: how it is used, which secrets it takes, and what it lacks.

use super::{LeftOut, Needed, secrets_file};
use crate::{
    crossing::program::{Printer, Variable},
    frontends::pulumi::names::camel,
    schema::{Attr, Reads, Resource},
};

/// The page.
pub(super) fn page(
    printer: Printer,
    kinds: &[&'static Resource],
    variables: &[Variable],
    needed: &[Needed],
    left_out: &[LeftOut],
) -> String {
    let secrets = secrets_file(printer);
    let provider = printer.package.name;
    let mut out = "# What `janiform discover` found\n\n".to_owned();
    out += &match printer.language.is_pulumi() {
        false => format!(
            "```shell\nterraform init\nterraform plan\nterraform apply\n```\n\nThe plan only shows imports. Remove `{}` after they are applied.\n",
            printer.import_file()
        ),
        true => format!(
            "```shell\npulumi install\npulumi stack init dev\npulumi import --file {} --generate-code=false --protect=false\npulumi preview\n```\n\nWhen the objects are imported, the preview shows no changes, and you can remove `{0}`.\n",
            printer.import_file()
        ),
    };
    let name = |name: &str| if printer.language.is_pulumi() { camel(name) } else { name.to_owned() };
    let is_needed = |variable: &&Variable| needed.iter().any(|needed| needed.variable == name(&variable.name));
    let (open, known): (Vec<_>, Vec<_>) = variables.iter().partition(is_needed);
    if !known.is_empty() {
        out += &format!("\n## Secrets\n\n`{secrets}` has their values. Only you can read it. Do not put it into version control.\n");
        out += match printer.language.is_pulumi() {
            false => "",
            true => {
                "Before the import, each becomes a setting of the stack: `pulumi config set --secret NAME`, with the value on standard input.\n"
            }
        };
        out.push('\n');
        known.iter().for_each(|variable| out += &format!("* `{}`: {}\n", name(&variable.name), variable.doc));
    }
    if !open.is_empty() {
        out += "\n## Secrets that you have to set\n\nThe objects need these secrets, and the server does not show them. ";
        out += &match printer.language.is_pulumi() {
            false => format!("Add each to `{secrets}`, as a member of its JSON object: `terraform plan` fails without them."),
            true => "Set each with `pulumi config set --secret NAME`: `pulumi preview` fails without them.".to_owned(),
        };
        out += " The first apply sends them to the server, so use the values that are in use today, or new ones that you also change elsewhere.\n\n";
        open.iter().for_each(|variable| out += &format!("* `{}`: {}\n", name(&variable.name), variable.doc));
    }
    let untold: Vec<_> = kinds.iter().map(|kind| (kind.name, untold(kind))).filter(|(_, names)| !names.is_empty()).collect();
    if !untold.is_empty() {
        out += "\n## What the server does not show\n\nThese values stay as they are until the program sets them:\n\n";
        for (kind, names) in untold {
            out += &format!("* `{provider}_{kind}`: {}\n", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "));
        }
    }
    if !left_out.is_empty() {
        out += "\n## What is left out\n\n";
        left_out.iter().for_each(|left| out += &format!("* `{provider}_{}`: {}\n", left.kind, left.why));
    }
    out
}

/// The secrets of a kind that no answer of the server contains.
fn untold(kind: &Resource) -> Vec<&'static str> {
    let is_untold = |attr: &&Attr| attr.holds_secret() && attr.configurable() && matches!(attr.reads, Reads::Once);
    kind.table.attrs().filter(is_untold).map(|attr| attr.name).collect()
}
