//! `janiform schema export`: writes the provider's schema and documentation.

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

/// The subcommands.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Writes the schema in a format of other tools.
    Export(Args),
}

/// The format, and where to write.
#[derive(clap::Args)]
pub struct Args {
    /// The format.
    #[arg(long, value_enum)]
    format: Kind,
    /// The directory to write to; `-` for standard output.
    #[arg(long, default_value = "-", value_name = "DIR|-")]
    out: String,
    /// Writes nothing, and fails if the directory differs from what would be written.
    #[arg(long)]
    check: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Kind {
    /// The output of `terraform providers schema -json`.
    Terraform,
    /// Pulumi's package schema.
    Pulumi,
    /// JSON Schema (2020-12).
    JsonSchema,
    /// Pages for the Terraform Registry.
    Markdown,
}

/// Writes the files, or checks that existing ones are up to date.
pub fn run(Command::Export(args): Command) -> Result<(), Error> {
    let format = match args.format {
        Kind::Terraform => Format::Terraform,
        Kind::Pulumi => Format::Pulumi,
        Kind::JsonSchema => Format::JsonSchema,
        Kind::Markdown => Format::Markdown,
    };
    let files = export::export(&Engine::new(&ORY), format);
    match (args.out.as_str(), args.check) {
        ("-", true) => Err(Error::new("`--check` needs a directory", "Give it with `--out DIR`.")),
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
        .map_err(|error| Error::new(format_args!("cannot write: {error}"), "Check that standard output is open."))
}

fn write(dir: PathBuf, files: &[File]) -> Result<(), Error> {
    for file in files {
        let path = dir.join(&file.path);
        replace(&path, |place| place.write_all(file.content.as_bytes())).map_err(|error| {
            Error::new(
                format_args!("cannot write {}: {error}", path.display()),
                "Check that the disk has space and that this user may write there.",
            )
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
    Err(Error::new(format_args!("{} is out of date: {}", dir.display(), stale.join(", ")), "Run the same command without `--check`."))
}
