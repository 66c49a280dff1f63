//! Permissions. One line per attribute.

use super::rows::{flag, text, texts};
use crate::ory::resources::content::WRITTEN;
use crate::schema::{Attr, boolean, under};

pub(super) static PERMISSIONS: &[Attr] = &under(
    "services/permission/config",
    [
        texts("keto_namespaces", "Names of namespaces without rules in the Ory Permission Language.").at("namespaces/list"),
        text("keto_namespace_configuration", "Namespaces in the Ory Permission Language: the text itself, `base64://…` or a URL.")
            .at("namespaces/location")
            .means(WRITTEN),
        texts("keto_secrets_pagination", "Secrets that encrypt page tokens of the permission service. The first one is in use.")
            .at("secrets/pagination")
            .secret()
            .once(),
        flag("keto_feature_flags_strict_mode", "Whether permissions are checked in strict mode.").at("feature_flags/strict_mode"),
    ],
);

pub(super) static LOCK: &[Attr] = &under(
    "normalized",
    [
        boolean("keto_strict_mode_readonly", "Whether the strict mode is locked. It is shown while `keto_feature_flags_strict_mode` or another attribute of the normalised revision is set.").read_only()
        .changes(),
    ],
);
