//! The way across with the real tools.

#[path = "../../crossing/everything.rs"]
mod everything;
mod diff;
mod program;
mod settings;
