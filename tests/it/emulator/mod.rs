//! The emulator against what real servers answered, and against a real server.

mod behaviour;
mod checks;
mod corpus;
mod corpus_keys;
mod differential;
mod replay;
mod trace;
mod values;
mod wire;
