//! The way across: program.
