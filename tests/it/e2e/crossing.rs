//! The commands for moving between tools, with the real tools.

mod adopt;
mod diff;
mod discover;
#[path = "../../crossing/everything.rs"]
mod everything;
mod groups;
mod migrate;
mod program;
mod settings;
