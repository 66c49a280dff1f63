//! Kinds that no server can list, and what of them is found anyway.

use crate::crossing::discover::LeftOut;

/// Kinds that no server can list, and the kinds as which their objects are listed. Only one of the two may manage an object.
pub(super) static TWINS: &[(&str, &str)] = &[("oidc_dynamic_client", "oauth2_client")];

/// Adds as what such objects are found.
pub(super) fn explain(left: &mut LeftOut) {
    if left.is_unlisted && left.kind == "project_raw_config" {
        left.why =
            "The settings of a project are found as ory_project_config, if it has an attribute for them. Which members an overlay is \
                    about is only in its program: write its block yourself."
                .to_owned();
        return;
    }
    let also = match left.kind {
        "oidc_dynamic_client" => "Servers list them like all other clients: they are found as ory_oauth2_client.",
        "permission_namespaces" => "Each project has one, with the project's id.",
        "relationships" => "Each relationship is found as ory_relationship.",
        _ => return,
    };
    if left.is_unlisted {
        left.why = format!("{also} {}", left.why);
    }
}
