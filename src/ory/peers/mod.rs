//! Other providers for Ory whose stored objects become ours: one file each, one line here.
//!
//! How they write their states is recorded in `tests/fixtures/peers`.

mod convert;
mod hypnoglow;
mod nitra;
mod official;
mod oryketo;
mod svrakitin;

use crate::engine::Peer;

/// All of them.
pub static PEERS: &[&Peer] = &[&official::PEER, &svrakitin::PEER, &nitra::PEER, &hypnoglow::PEER, &oryketo::PEER];
