//! The way across with the real tools.

mod diff;
#[path = "../../crossing/everything.rs"]
mod everything;
mod migrate;
mod program;
mod settings;
