//! What is there, as code with its imports.
