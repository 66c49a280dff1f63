//! What people read, held to what exists. The blocks that need the tools are run by `e2e/pages.rs`; everything else that
//! a page says is checked here.

mod blocks;
mod links;
mod messages;
mod names;
mod pictures;

use crate::support::pages::Page;
use std::{fs, path::Path};

/// The page at this path.
fn page(path: &str) -> Page {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    Page { path: path.to_owned(), text }
}
