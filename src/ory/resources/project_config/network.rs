//! Who may call the project, and switches that belong to no single service. One line per attribute.

use super::rows::{duration, flag, text, texts};
use crate::schema::{Attr, Default, Kind, map_of, only, under};

/// The official provider's default of `cors_enabled`.
const OFF: Default = Default::Flag(false);

pub(super) static CORS_PUBLIC: &[Attr] = &under(
    "cors_public",
    [
        flag("cors_enabled", "Whether browsers may call the project's public APIs from other origins.").at("enabled").unasked(OFF),
        texts("cors_origins", "Origins that may call the public APIs: `https://…`, with `*` for a subdomain.").at("origins").unordered(),
    ],
);

pub(super) static CORS_ADMIN: &[Attr] = &under(
    "cors_admin",
    [
        flag("cors_admin_enabled", "Whether browsers may call the project's admin APIs from other origins.").at("enabled"),
        texts("cors_admin_origins", "Origins that may call the admin APIs.").at("origins").unordered(),
    ],
);

pub(super) static SECURITY: &[Attr] = &under(
    "services/identity/config",
    [
        text("preview_default_read_consistency_level", "The consistency of lists of identities if a request does not set it.").at("preview/default_read_consistency_level").check(only(&["strong", "eventual"])),
        flag("security_account_enumeration_mitigate", "Whether answers hide who has an account.").at("security/account_enumeration/mitigate"),
        flag("preview_enable_native_saml_engine", "Whether the engine `native` of SAML providers is available. Needs a plan with the feature `native_saml_engine`.").at("preview/enable_native_saml_engine"),
        texts("security_restricted_origins", "Origins that may only check a session, use FedCM and sign out. Add them to `cors_origins` as well if they have to read answers.").at("security/restricted_origins").unordered(),
    ],
);

pub(super) static FEATURES: &[Attr] = &under(
    "services/identity/config/feature_flags",
    [
        flag("feature_flags_cacheable_sessions", "Whether `/sessions/whoami` may be cached.").at("cacheable_sessions"),
        flag("feature_flags_choose_recovery_address", "The switch `choose_recovery_address` of the identity service.")
            .at("choose_recovery_address"),
        flag("feature_flags_faster_session_extend", "The switch `faster_session_extend` of the identity service.")
            .at("faster_session_extend"),
        flag(
            "feature_flags_legacy_continue_with_verification_ui",
            "The switch `legacy_continue_with_verification_ui` of the identity service.",
        )
        .at("legacy_continue_with_verification_ui"),
        flag(
            "feature_flags_legacy_oidc_registration_node_group",
            "The switch `legacy_oidc_registration_node_group` of the identity service.",
        )
        .at("legacy_oidc_registration_node_group"),
        flag(
            "feature_flags_legacy_require_verified_login_error",
            "The switch `legacy_require_verified_login_error` of the identity service.",
        )
        .at("legacy_require_verified_login_error"),
        flag("feature_flags_use_continue_with_transitions", "The switch `use_continue_with_transitions` of the identity service.")
            .at("use_continue_with_transitions"),
        flag("feature_flags_refresh_login_choose_address", "The switch `refresh_login_choose_address` of the identity service.")
            .at("refresh_login_choose_address"),
        flag("feature_flags_webhook_response_directives", "The switch `webhook_response_directives` of the identity service.")
            .at("webhook_response_directives"),
        flag("feature_flags_enforce_identity_schema_guards", "The switch `enforce_identity_schema_guards` of the identity service.")
            .at("enforce_identity_schema_guards"),
        duration("feature_flags_cacheable_sessions_max_age", "How long `/sessions/whoami` may be cached.").at("cacheable_sessions_max_age"),
        flag(
            "feature_flags_password_profile_registration_node_group",
            "Whether the fields of the profile are in the group `password` when people register, not in `default`.",
        )
        .at("password_profile_registration_node_group"),
    ],
);

pub(super) static REVISION: &[Attr] = &under(
    "normalized",
    [
        flag("strict_security", "Whether stricter security measures apply; recommended for production."),
        map_of("feature_flags", "Switches of the services by their keys, `<service>.<switch>`. Those that are not set here are left alone. Set a switch that has its own attribute by that attribute.", &Kind::Bool).while_set().grows(),
    ],
);
