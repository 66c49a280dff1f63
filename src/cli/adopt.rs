//! `janiform adopt`: converts the state of another provider to a state of this one.

use super::{Error, say};
use crate::{
    crossing::{
        adopt::{Adopted, Became, Blocks, adopt},
        input,
        staged::place_all,
    },
    engine::{Engine, one_line},
    export::File,
    ory::ORY,
};
use std::path::{Path, PathBuf};

/// The state to read, and where to write the new one.
#[derive(clap::Args)]
pub struct Args {
    /// The output of `terraform state pull`, `tofu state pull` or `pulumi stack export --show-secrets`; `-` for standard input.
    #[arg(value_name = "STATE")]
    state: PathBuf,

    /// Writes the new state to this file, which only you can read. Without it, the command only shows what would change.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Writes the program of the adopted objects into this directory: a resource block for each, in Terraform's language.
    #[arg(long, value_name = "DIR")]
    program: Option<PathBuf>,

    /// Replaces existing files.
    #[arg(long)]
    force: bool,
}

/// Shows what each object becomes, and writes the state and the program if the options say so.
pub fn run(args: Args) -> Result<(), Error> {
    let text = read(&args.state)?;
    let engine = Engine::new(&ORY);
    let mut adopted = adopt(&engine, &text)?;
    if adopted.moved.is_empty() {
        tell(&adopted)?;
        return say("No object in this state belongs to a provider whose objects can be adopted.");
    }
    if let Some(out) = args.out.as_deref().filter(|out| !args.force && out.symlink_metadata().is_ok()) {
        // Checked before the program is written.
        return Err(exists(out));
    }
    let blocks = match &args.program {
        Some(_) if is_stack(&text) => {
            return Err(Error::new("the programs of a Pulumi stack need no change", "Leave out `--program`. Nothing was written."));
        }
        Some(_) => Some(adopted.program(&engine)?),
        None => None,
    };
    if let Some((dir, blocks)) = args.program.as_deref().zip(blocks.as_ref()) {
        program(dir, &blocks.files, args.force)?;
    }
    if let Some(out) = &args.out {
        write(out, std::mem::take(&mut adopted.text), args.force)?;
    }
    tell(&adopted)?;
    if let Some((dir, blocks)) = args.program.as_deref().zip(blocks.as_ref()) {
        tell_program(dir, blocks)?;
    }
    match &args.out {
        None if args.program.is_some() => say("\nThe state was not written. Use `--out FILE` to write it."),
        None => say("\nNothing was written. Use `--out FILE` to write the new state, and `--program DIR` to write the program."),
        Some(out) => say(next(is_stack(&text), out)),
    }
}

fn exists(out: &Path) -> Error {
    Error::new(format_args!("{} exists already", out.display()), "Name another file with `--out`, or replace it with `--force`.")
}

/// Writes the program: all files, or none.
fn program(dir: &Path, files: &[File], may_replace: bool) -> Result<(), Error> {
    Ok(place_all(dir, files, may_replace)?)
}

fn tell_program(dir: &Path, Blocks { count, secrets, by_hand, .. }: &Blocks) -> Result<(), Error> {
    let dir = dir.display();
    say(format_args!(
        "\n{count} blocks are in {dir}: replace the old ones with them, replace the old provider in `required_providers` with {}/{}, and copy `lifecycle` and other meta-arguments.",
        ORY.namespace, ORY.name
    ))?;
    if *secrets > 0 {
        say(format_args!("{secrets} secrets are variables. Their values are in secrets.auto.tfvars.json in {dir}."))?;
    }
    by_hand.iter().try_for_each(|todo| say(format_args!("By hand: {}", one_line(todo))))
}

fn is_stack(text: &[u8]) -> bool {
    String::from_utf8_lossy(text).contains("\"deployment\"")
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    input::read_or_stdin(path)
        .map_err(|why| Error::new(format_args!("cannot read {}: {why}", path.display()), "Give the file with the state."))
}

fn write(out: &Path, text: String, may_replace: bool) -> Result<(), Error> {
    let Some(name) = out.file_name().and_then(|name| name.to_str()) else {
        return Err(Error::new(format_args!("{} is not a file", out.display()), "Give `--out` the name of a file."));
    };
    let file = File { path: name.to_owned(), content: text };
    Ok(place_all(out.parent().unwrap_or(Path::new("")), &[file], may_replace)?)
}

fn tell(Adopted { moved, stays, data_sources, .. }: &Adopted) -> Result<(), Error> {
    for Became { was, is, notes, warnings } in moved {
        say(format_args!("{} becomes {}", one_line(was), one_line(is)))?;
        notes.iter().try_for_each(|note| say(format_args!("  {note}")))?;
        for warning in warnings {
            say(format_args!("  Warning: {}: {}", one_line(&warning.summary), one_line(&warning.detail)))?;
        }
    }
    for address in data_sources {
        say(format_args!("{} is removed: the next plan reads a data source again", one_line(address)))?;
    }
    stays.iter().try_for_each(|why| say(format_args!("Stays: {}", one_line(why))))
}

/// The next steps for the user.
fn next(is_stack: bool, out: &Path) -> String {
    let out = out.display();
    match is_stack {
        true => format!("\nWritten: {out}, which contains secrets. Run `pulumi stack import --file {out}`, then delete the file."),
        false => format!(
            "\nWritten: {out}, which contains secrets. Change the types of the resources in the program to the new ones, run `terraform state push {out}`, `terraform init` and `terraform plan`, then delete the file."
        ),
    }
}
