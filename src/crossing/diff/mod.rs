//! Two targets side by side.
