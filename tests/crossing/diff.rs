//! The way across: diff.
