//! The way across with the real tools.

mod migrate;
