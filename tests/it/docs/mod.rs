//! What people read, held to what exists. The blocks that need the tools are run by `e2e/pages.rs`; everything else that
//! a page says is checked here.

mod blocks;
mod links;
mod messages;
mod names;
mod pictures;
