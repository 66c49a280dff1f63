//! `svrakitin/hydra` (0.5.4 and before), which writes everything that the server answers into its state.

use super::convert::{first, json, key_set, unless_none, words};
use crate::{
    engine::{Peer, carry, drops, moves, peer},
    ory::resources::{json_web_key_set, oauth2_client},
};

pub(super) static PEER: Peer = peer(&["svrakitin/hydra"]).moves(&[
    moves("hydra_oauth2_client", &oauth2_client::RESOURCE).carrying(&[
        carry("scopes").to("scope").by(words),
        carry("jwk").to("jwks").by(key_set),
        carry("metadata").by(json),
        carry("metadata_json").to("metadata"),
        carry("userinfo_signed_response_alg").by(unless_none),
        carry("request_object_signing_alg").by(unless_none),
        // Hydra always says 0.
        drops("client_secret_expires_at"),
    ]),
    moves("hydra_jwks", &json_web_key_set::RESOURCE).carrying(&[
        carry("name").to("set_id"),
        carry("generator").to("algorithm").by(|made| first(made, "alg")),
        carry("generator").to("key_id").by(|made| first(made, "kid")),
        carry("generator").to("use").by(|made| first(made, "use")),
        carry("key").to("keys").by(key_set),
        carry("key").to("jwks").by(key_set).unless("generator"),
    ]),
]);
