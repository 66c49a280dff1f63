//! Compares pages with the program. `e2e/pages.rs` runs the blocks that need the tools; everything else on
//! a page is checked here.

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
