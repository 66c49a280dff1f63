//! `janiform diff`: compares two targets, object by object.

use super::{
    Error,
    kinds::KINDS,
    targets::{self, Counts, Target},
};
use crate::{
    crossing::diff::{Colors, compare, not_compared, text},
    ory::ORY,
    schema::Resource,
};
use std::{
    env,
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

/// The two sides to compare.
#[derive(clap::Args)]
#[command(after_help = targets::HELP.to_owned() + "

Objects are matched by their ids or, if these differ, by their names: a client's name, an organization's label, the address with \
which an identity signs in. Values are compared by meaning: `90m` equals `1h30m0s`. Attributes that a state or a configuration \
file does not set are not compared. Secrets are compared if both sides have them, and never shown.

Kinds that were not compared are listed with the reason.\n\nEnds with 0 if nothing that was compared differs, with 1 if something does, and with 2 if a target cannot be read.")]
pub struct Args {
    /// One side.
    left: String,
    /// The other side.
    right: String,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    /// Compares only this kind, such as ory_oauth2_client; may be repeated.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    only: Vec<&'static str>,
    /// Leaves this kind out; may be repeated.
    #[arg(long, value_name = "KIND", value_parser = excluded)]
    exclude: Vec<&'static str>,
}

fn kind(text: &str) -> Result<&'static str, String> {
    let name = text.strip_prefix("ory_").unwrap_or(text);
    let mut names = KINDS.iter().map(|inside| inside.kind.resource.name);
    names.clone().find(|known| *known == name).ok_or_else(|| {
        let all = names.by_ref().map(|name| format!("ory_{name}")).collect::<Vec<_>>().join(", ");
        format!("this kind cannot be compared; use one of {all}")
    })
}

/// Kinds that cannot be compared can be excluded, too: then the report does not name them.
fn excluded(text: &str) -> Result<&'static str, String> {
    let name = text.strip_prefix("ory_").unwrap_or(text);
    ORY.resources().map(|entry| entry.resource.name).find(|known| *known == name).map_or_else(|| kind(text), Ok)
}

/// Runs the command, and returns its exit code: 0 if nothing differs, 1 if something does, 2 for an error.
pub async fn run(args: Args) -> ExitCode {
    match compared(args).await {
        Ok(is_same) => ExitCode::from(u8::from(!is_same)),
        Err(Error { what, hint }) => {
            // A failure cannot be reported anywhere.
            let _ = writeln!(io::stderr(), "Error: {what}\nHint: {hint}");
            ExitCode::from(2)
        }
    }
}

async fn compared(args: Args) -> Result<bool, Error> {
    let side = |word: &str| {
        word.parse::<Target>()
            .map_err(|why| Error::new(format_args!("`{word}`: {why}"), "`janiform diff --help` shows how targets are written."))
    };
    let (left, right) = (side(&args.left)?, side(&args.right)?);
    let (left, right) = (targets::open(&args.left, &left, Counts::Own).await?, targets::open(&args.right, &right, Counts::Own).await?);
    let is_wanted = |of: &Resource| (args.only.is_empty() || args.only.contains(&of.name)) && !args.exclude.contains(&of.name);
    let kinds: Vec<_> = KINDS.iter().map(|inside| inside.kind).filter(|kind| is_wanted(kind.resource)).collect();
    let others =
        ORY.resources().map(|entry| entry.resource).filter(|of| !KINDS.iter().any(|inside| std::ptr::eq(inside.kind.resource, *of)));
    let others: Vec<_> = others.filter(|of| is_wanted(of)).collect();
    let report = compare(&*left, &*right, &kinds, &others).await.map_err(|error| targets::told(&error))?;
    if report.sections.is_empty() {
        return Err(Error::new(
            format_args!(
                "the two sides have no kind of objects in common that could be compared: {}",
                not_compared(&report, ORY.name).join("; ")
            ),
            "`janiform diff --help` shows which credentials a target needs.",
        ));
    }
    let shown = match args.json {
        true => format!("{}\n", report.json(ORY.name)),
        false => text(&report, ORY.name, colors()),
    };
    io::stdout()
        .write_all(shown.as_bytes())
        .map_err(|error| Error::new(format_args!("cannot write: {error}"), "Check that standard output is open."))?;
    Ok(report.is_same())
}

/// Colours are used only on terminals, and not if the user has switched them off (<https://no-color.org>).
fn colors() -> Colors {
    let is_unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if io::stdout().is_terminal() && !is_unwanted { Colors::Terminal } else { Colors::None }
}
