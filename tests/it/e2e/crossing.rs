//! The way across with the real tools.

mod adopt;
mod migrate;
