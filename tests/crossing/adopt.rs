//! The way across: adopt.
