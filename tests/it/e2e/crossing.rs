//! The way across with the real tools.

mod diff;
mod discover;
#[path = "../../crossing/everything.rs"]
mod everything;
mod migrate;
mod program;
mod settings;
