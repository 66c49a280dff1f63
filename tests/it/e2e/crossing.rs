//! The way across with the real tools.

#[path = "../../crossing/everything.rs"]
mod everything;
mod program;
