//! `76creates/oryketo` (0.1.1 and before).

use crate::{
    engine::{Peer, moves, peer},
    ory::resources::relationship,
};

pub(super) static PEER: Peer =
    peer(&["76creates/oryketo"]).moves(&[moves("oryketo_relationship", &relationship::RESOURCE).id(relationship::id)]);
