//! The secret of an OAuth 2.0 client: which clients have one, and how a new one is chosen.

use crate::{
    schema::{Object, PlanDraft},
    value::Value,
};

/// Whether the client has no secret.
pub(super) fn is_public(client: Object<'_>) -> bool {
    client.str("token_endpoint_auth_method") == Some("none")
}

/// 64 hexadecimal digits, 244 bits of them random; they need no escaping anywhere.
pub(super) fn new_secret() -> String {
    [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()].map(|random| random.simple().to_string()).concat()
}

/// Chooses a new secret for a client that becomes confidential: the one that the server made while the client was
/// public was never shown. A client that becomes public has none any more. A write-only secret stays out of the state.
pub(super) fn plan(draft: &mut PlanDraft<'_>) {
    if draft.uses("client_secret_wo") {
        draft.set("client_secret", Value::Null);
        return;
    }
    let is_public_now = draft.get("token_endpoint_auth_method").as_str() == Some("none");
    match draft.prior.map(is_public) {
        Some(false) if is_public_now => draft.set("client_secret", Value::Null),
        Some(true) if !is_public_now => draft.set("client_secret", Value::Unknown),
        _ => {}
    }
}
