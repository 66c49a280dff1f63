//! The way across with the real tools.

mod diff;
#[path = "../../crossing/everything.rs"]
mod everything;
mod program;
mod settings;
