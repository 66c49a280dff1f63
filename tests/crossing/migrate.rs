//! The way across: migrate.
