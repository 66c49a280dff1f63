//! What no server lists, and what of it is found all the same.

use crate::crossing::discover::LeftOut;

/// Kinds that no server lists, and the kinds as which their objects are listed: one of the two manages an object.
pub(super) static TWINS: &[(&str, &str)] = &[("oidc_dynamic_client", "oauth2_client")];

/// Says as what objects of a kind that no server lists are found.
pub(super) fn explain(left: &mut LeftOut) {
    let also = match left.kind {
        "oidc_dynamic_client" => "Servers do not tell them from other clients: they are found as ory_oauth2_client.",
        "permission_namespaces" => "They are one for each project, which its id names.",
        "project_raw_config" => "What a project sets is found as ory_project_config, as far as that has an attribute for it.",
        "relationships" => "What they are made of is found, as ory_relationship each.",
        _ => return,
    };
    if left.is_unlisted {
        left.why = format!("{also} {}", left.why);
    }
}
