//! The provider's declarations in the formats of other tools.
//!
//! Everything is made from the same [`crate::schema::BlockSchema`]s that the two faces serve, so it cannot differ from them.
//! Pure: it makes text in memory, which the command line writes to disk. Does not know any protocol; the two wire schemas are
//! in the frontends.

mod json_schema;
mod markdown;
mod wording;

use crate::{engine::Engine, frontends};
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The output of `terraform providers schema -json`.
    Terraform,
    /// Pulumi's package schema.
    Pulumi,
    /// JSON Schema (2020-12).
    JsonSchema,
    /// Pages in the layout of the Terraform Registry.
    Markdown,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 4] = [Format::Terraform, Format::Pulumi, Format::JsonSchema, Format::Markdown];
}

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path below the directory of the export, with `/` between the parts.
    pub path: String,
    /// Its content, ending in a line break.
    pub content: String,
}

/// The provider in this format; the same files with the same content every time.
pub fn export<C: Send + Sync + 'static>(engine: &Engine<C>, format: Format) -> Vec<File> {
    match format {
        Format::Terraform => document("terraform.json", &frontends::terraform::schema_json(engine)),
        Format::Pulumi => document("pulumi.json", &frontends::pulumi::schema::schema(engine)),
        Format::JsonSchema => vec![json_schema::document(engine)],
        Format::Markdown => markdown::pages(engine),
    }
}

fn document(path: &str, json: &serde_json::Value) -> Vec<File> {
    vec![File { path: path.to_owned(), content: format!("{json:#}\n") }]
}

/// The differences between an export and a directory: files that are missing, that differ, or that an earlier export left behind.
/// Files that were written by hand beside them are ignored.
pub fn check(dir: &Path, files: &[File]) -> Vec<String> {
    let wrong = files.iter().filter_map(|file| match fs::read_to_string(dir.join(&file.path)) {
        Ok(content) if content == file.content => None,
        Ok(_) => Some(format!("{} differs", file.path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some(format!("{} is missing", file.path)),
        Err(error) => Some(format!("{} cannot be read ({error})", file.path)),
    });
    let mut wrong: Vec<_> = wrong.collect();
    let expected: BTreeSet<PathBuf> = files.iter().map(|file| dir.join(&file.path)).collect();
    let stale = pages_below(dir).into_iter().filter(|path| !expected.contains(path) && generated(path));
    wrong.extend(stale.map(|path| format!("{} is stale", path.strip_prefix(dir).unwrap_or(&path).display())));
    wrong
}

/// Only the number of pages changes; the layout has one level of directories.
fn pages_below(dir: &Path) -> BTreeSet<PathBuf> {
    let entries = |dir: &Path| fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).collect::<Vec<_>>();
    let (dirs, mut files): (Vec<_>, Vec<_>) = entries(dir).into_iter().partition(|path| path.is_dir());
    files.extend(dirs.iter().flat_map(|dir| entries(dir)));
    files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

fn generated(page: &Path) -> bool {
    fs::read_to_string(page).is_ok_and(|text| text.lines().take(3).any(|line| line == markdown::MARK))
}
