//! `janiform adopt`: turns the state of another provider into a state of this one.

use super::{Error, files::place_all, say};
use crate::{
    crossing::adopt::{Adopted, Became, adopt},
    engine::{Engine, one_line},
    export::File,
    ory::ORY,
};
use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// The state to read, and where to write the new one.
#[derive(clap::Args)]
pub struct Args {
    /// What `terraform state pull`, `tofu state pull` or `pulumi stack export --show-secrets` printed; `-` for standard input.
    #[arg(value_name = "STATE")]
    state: PathBuf,

    /// Writes the new state to this file, which only you can read. Without it, the command only shows what would change.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Replaces the file if it exists.
    #[arg(long, requires = "out")]
    force: bool,
}

/// Shows what each object becomes, and writes the state if asked to.
pub fn run(args: Args) -> Result<(), Error> {
    let text = read(&args.state)?;
    let mut adopted = adopt(&Engine::new(&ORY), &text)?;
    if adopted.moved.is_empty() {
        tell(&adopted)?;
        return say("No object in this state belongs to a provider whose objects can be adopted.");
    }
    if let Some(out) = &args.out {
        write(out, std::mem::take(&mut adopted.text), args.force)?;
    }
    tell(&adopted)?;
    match &args.out {
        None => say("\nNothing was written. Use `--out FILE` to write the new state."),
        Some(out) => say(next(&text, out)),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let mut text = Vec::new();
    let read = match path.as_os_str() == "-" {
        true => io::stdin().lock().read_to_end(&mut text).map(|_| text),
        false => fs::read(path),
    };
    read.map_err(|why| Error::new(format_args!("cannot read {}: {why}", path.display()), "Give the file with the state."))
}

fn write(out: &Path, text: String, may_replace: bool) -> Result<(), Error> {
    let Some(name) = out.file_name().and_then(|name| name.to_str()) else {
        return Err(Error::new(format_args!("{} is not a file", out.display()), "Give `--out` the name of a file."));
    };
    let file = File { path: name.to_owned(), content: text };
    place_all(out.parent().unwrap_or(Path::new("")), &[file], may_replace).map_err(|why| {
        let hint = match why.kind() {
            io::ErrorKind::AlreadyExists => "Choose another file with `--out`, or replace this one with `--force`.",
            _ => "Check that the disk has space and that this user may write there. Nothing was changed.",
        };
        Error::new(format_args!("cannot write {}: {why}", out.display()), hint)
    })
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

/// What to do with what was written.
fn next(text: &[u8], out: &Path) -> String {
    let out = out.display();
    let is_stack = String::from_utf8_lossy(text).contains("\"deployment\"");
    match is_stack {
        true => format!("\nWritten: {out}, which contains secrets. Run `pulumi stack import --file {out}`, then delete the file."),
        false => format!(
            "\nWritten: {out}, which contains secrets. Change the types of the resources in the program to the new ones, run `terraform state push {out}`, `terraform init` and `terraform plan`, then delete the file."
        ),
    }
}
