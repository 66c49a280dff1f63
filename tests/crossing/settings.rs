//! The way across: settings.
