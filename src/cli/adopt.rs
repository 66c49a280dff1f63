//! `janiform adopt`: the state of another provider as one of this one.

use super::{Error, say};
use crate::{
    crossing::{
        adopt::{Adopted, Became, adopt},
        staged::place_all,
    },
    engine::{Engine, one_line},
    export::File,
    ory::ORY,
};
use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// Which state, and where to.
#[derive(clap::Args)]
pub struct Args {
    /// What `terraform state pull`, `tofu state pull` or `pulumi stack export --show-secrets` printed; `-` for standard input.
    #[arg(value_name = "STATE")]
    state: PathBuf,

    /// Writes the state to this file, which only you can read. Without it, only what would become of what is said.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Replaces the file if it is there.
    #[arg(long, requires = "out")]
    force: bool,
}

/// Says what becomes of what, and writes the state where that was asked for.
pub fn run(args: Args) -> Result<(), Error> {
    let text = read(&args.state)?;
    let mut adopted = adopt(&Engine::new(&ORY), &text)?;
    if adopted.moved.is_empty() {
        tell(&adopted)?;
        return say("Nothing in this state belongs to a provider whose objects can become this one's.");
    }
    if let Some(out) = &args.out {
        write(out, std::mem::take(&mut adopted.text), args.force)?;
    }
    tell(&adopted)?;
    match &args.out {
        None => say("\nNothing was written. Give `--out FILE` for the new state."),
        Some(out) => say(next(&text, out)),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let mut text = Vec::new();
    let read = match path.as_os_str() == "-" {
        true => io::stdin().lock().read_to_end(&mut text).map(|_| text),
        false => fs::read(path),
    };
    read.map_err(|why| Error::new(format_args!("cannot read {}: {why}", path.display()), "Give the file that holds the state."))
}

fn write(out: &Path, text: String, may_replace: bool) -> Result<(), Error> {
    let Some(name) = out.file_name().and_then(|name| name.to_str()) else {
        return Err(Error::new(format_args!("{} is no file", out.display()), "Give `--out` the name of a file."));
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
        say(format_args!("{} is taken out: a data source is read anew", one_line(address)))?;
    }
    stays.iter().try_for_each(|why| say(format_args!("Stays: {}", one_line(why))))
}

/// What to do with what was written.
fn next(text: &[u8], out: &Path) -> String {
    let out = out.display();
    let is_stack = String::from_utf8_lossy(text).contains("\"deployment\"");
    match is_stack {
        true => format!("\nWritten: {out}, which holds secrets. Take it in with `pulumi stack import --file {out}`, and delete it."),
        false => format!(
            "\nWritten: {out}, which holds secrets. Give the resources of the program the new types, take the state in with `terraform state push {out}`, run `terraform init` and `terraform plan`, and delete the file."
        ),
    }
}
