//! The page beside a program: how it is used, which secrets it takes, and what it lacks.

use super::LeftOut;
use crate::{
    crossing::program::{Printer, Variable},
    frontends::pulumi::names::camel,
    schema::{Attr, Reads, Resource},
};

/// The page.
pub(super) fn page(printer: Printer, kinds: &[&'static Resource], variables: &[Variable], secrets: &str, left_out: &[LeftOut]) -> String {
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
    if !variables.is_empty() {
        out += &format!("\n## Secrets\n\n`{secrets}` has their values. Only you can read it. Do not put it into version control.\n");
        out += match printer.language.is_pulumi() {
            false => "",
            true => {
                "Before the import, each becomes a setting of the stack: `pulumi config set --secret NAME`, with the value on standard input.\n"
            }
        };
        out.push('\n');
        let name = |name: &str| if printer.language.is_pulumi() { camel(name) } else { name.to_owned() };
        variables.iter().for_each(|variable| out += &format!("* `{}`: {}\n", name(&variable.name), variable.doc));
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

/// The secrets of a kind that no answer tells.
fn untold(kind: &Resource) -> Vec<&'static str> {
    let is_untold = |attr: &&Attr| attr.holds_secret() && attr.configurable() && matches!(attr.reads, Reads::Once);
    kind.table.attrs().filter(is_untold).map(|attr| attr.name).collect()
}
