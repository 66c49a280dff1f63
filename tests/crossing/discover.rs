//! The way across: discover.
