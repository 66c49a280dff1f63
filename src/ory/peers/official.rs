//! Ory's own provider, `ory/ory`, whose names and types are those of ours.

use crate::engine::{Peer, peer};

pub(super) static PEER: Peer = peer(&["ory/ory"]).alike();
