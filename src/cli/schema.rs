//! `janiform schema export`.

use super::{Error, files::replace, say};
use crate::{
    engine::Engine,
    export::{self, File, Format},
    ory::ORY,
};
use std::{
    io::{self, Write},
    path::PathBuf,
};

/// What to do with the schema.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Writes the schema in a format that others read.
    Export(Args),
}

/// Where to, and as what.
#[derive(clap::Args)]
pub struct Args {
    /// The format.
    #[arg(long, value_enum)]
    format: Kind,
    /// The directory to write to; `-` prints.
    #[arg(long, default_value = "-", value_name = "DIR|-")]
    out: String,
    /// Writes nothing; fails if the directory holds anything else than what would be written.
    #[arg(long)]
    check: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Kind {
    /// What `terraform providers schema -json` prints.
    Terraform,
    /// Pulumi's package schema.
    Pulumi,
    /// JSON Schema (2020-12).
    JsonSchema,
    /// Pages as the Terraform Registry shows them.
    Markdown,
}

/// Exports, or checks what was exported.
pub fn run(Command::Export(args): Command) -> Result<(), Error> {
    let format = match args.format {
        Kind::Terraform => Format::Terraform,
        Kind::Pulumi => Format::Pulumi,
        Kind::JsonSchema => Format::JsonSchema,
        Kind::Markdown => Format::Markdown,
    };
    let files = export::export(&Engine::new(&ORY), format);
    match (args.out.as_str(), args.check) {
        ("-", true) => Err(Error::new("nothing to check against", "Name the directory with `--out DIR`.")),
        ("-", false) => print(&files),
        (dir, true) => check(PathBuf::from(dir), &files),
        (dir, false) => write(PathBuf::from(dir), &files),
    }
}

fn print(files: &[File]) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    files
        .iter()
        .try_for_each(|file| out.write_all(file.content.as_bytes()))
        .map_err(|error| Error::new(format_args!("cannot write: {error}"), "Is standard output closed?"))
}

fn write(dir: PathBuf, files: &[File]) -> Result<(), Error> {
    for file in files {
        let path = dir.join(&file.path);
        replace(&path, |place| place.write_all(file.content.as_bytes())).map_err(|error| {
            Error::new(format_args!("cannot write {}: {error}", path.display()), "Is there room, and may this user write there?")
        })?;
        say(path.display())?;
    }
    Ok(())
}

fn check(dir: PathBuf, files: &[File]) -> Result<(), Error> {
    let stale = export::check(&dir, files);
    if stale.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        format_args!("{} is not what the tables say: {}", dir.display(), stale.join(", ")),
        "Run the same command without `--check`.",
    ))
}
