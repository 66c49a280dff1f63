//! `nitra/hydra` (1.0.0) and `nitra/ory` (1.2.0), which is the same with another name, and adds users of an API of its own.

use super::convert::{unless_false, unless_none};
use crate::{
    engine::{Peer, carry, drops, moves, peer},
    ory::resources::{identity, oauth2_client, trusted_issuer},
};

pub(super) static PEER: Peer = peer(&["nitra/hydra", "nitra/ory"]).moves(&[
    moves("hydra_oauth2_client", &oauth2_client::RESOURCE)
        .carrying(&[carry("userinfo_signed_response_alg").by(unless_none), carry("request_object_signing_alg").by(unless_none)]),
    moves("hydra_trusted_jwt_grant_issuer", &trusted_issuer::RESOURCE)
        .carrying(&[carry("kid").to("key_id"), carry("allow_any_subject").by(unless_false)]),
    // Its API shows little of an identity: which schema it follows, and its traits, are read from Kratos.
    moves("ory_external_user", &identity::RESOURCE)
        .carrying(&[drops("organization_id"), drops("email"), drops("name"), drops("create_request_id"), drops("deletion_reason")])
        .stub(),
]);
