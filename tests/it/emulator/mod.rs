//! The emulator against what real servers answered, and against a real server.

mod behaviour;
mod checks;
pub mod console;
mod console_document;
mod console_models;
mod console_organizations;
mod console_switches;
mod corpus;
mod corpus_keys;
mod corpus_more;
mod differential;
mod guard;
mod keto;
mod kratos;
mod kratos_corpus;
pub mod kratos_differential;
mod kratos_more;
mod likeness;
mod limits;
mod mask;
mod opl;
mod player;
mod replay;
mod trace;
mod values;
mod window;
mod wire;
