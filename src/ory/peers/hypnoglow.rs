//! `hypnoglow/oryhydra` (0.6.0 and before), which writes everything that the server answers into its state.

use super::convert::{json, words};
use crate::{
    engine::{Peer, carry, moves, peer},
    ory::resources::oauth2_client,
};

pub(super) static PEER: Peer = peer(&["hypnoglow/oryhydra"]).moves(&[moves("oryhydra_oauth2_client", &oauth2_client::RESOURCE)
    .carrying(&[carry("scopes").to("scope").by(words), carry("client_metadata").to("metadata").by(json)])]);
