//! Settings that Ory Network has, and that all or older releases of the self-hosted servers lack.
//!
//! A server does not start with a setting that it does not know. The settings of older releases are in their configuration schemas
//! (`embedx/config.schema.json` of Ory Kratos 1.3.1, `.schema/config.schema.json` of Ory Hydra 2.3.0). The settings that only Ory
//! Network has, and those of Ory Keto, are from Ory's description of a project.

use super::{Left, Server, left::named};
use crate::value::Json;

/// Which releases a file is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Servers {
    /// Ory Kratos, Hydra and Keto 26.2.
    #[default]
    V26_2,
    /// Ory Hydra 2.3 and Kratos 1.3.
    V2_3,
}

const NETWORK_ALONE: &[(Server, &str)] = &[
    (Server::Kratos, "feature_flags/enforce_identity_schema_guards"),
    (Server::Kratos, "feature_flags/webhook_response_directives"),
    (Server::Kratos, "preview/enable_native_saml_engine"),
    (Server::Kratos, "security/restricted_origins"),
    (Server::Kratos, "selfservice/flows/login/brute_force_protection"),
    (Server::Kratos, "selfservice/methods/captcha"),
    (Server::Kratos, "selfservice/methods/code/config/alphabet"),
    (Server::Kratos, "selfservice/methods/code/config/length"),
    (Server::Kratos, "selfservice/methods/code/config/max_submissions"),
    (Server::Kratos, "selfservice/methods/code/max_submissions"),
    (Server::Kratos, "selfservice/methods/code/passwordless_login_fallback_enabled"),
    (Server::Kratos, "selfservice/methods/deviceauthn"),
    (Server::Kratos, "selfservice/methods/oidc/enable_auto_link_policy"),
    (Server::Kratos, "selfservice/methods/saml"),
    (Server::Hydra, "oauth2/token_prefix"),
    (Server::Hydra, "oidc/dynamic_client_registration/default_audience"),
    (Server::Keto, "feature_flags"),
    (Server::Keto, "secrets"),
];

const SINCE_26_2: &[(Server, &str)] = &[
    (Server::Kratos, "feature_flags/choose_recovery_address"),
    (Server::Kratos, "feature_flags/legacy_continue_with_verification_ui"),
    (Server::Kratos, "feature_flags/legacy_oidc_registration_node_group"),
    (Server::Kratos, "feature_flags/legacy_require_verified_login_error"),
    (Server::Kratos, "feature_flags/password_profile_registration_node_group"),
    (Server::Kratos, "feature_flags/refresh_login_choose_address"),
    (Server::Kratos, "secrets/pagination"),
    (Server::Kratos, "selfservice/methods/passkey/config/attestation"),
    (Server::Kratos, "selfservice/methods/passkey/config/authenticator_selection"),
    (Server::Kratos, "selfservice/methods/passkey/config/timeouts"),
    (Server::Hydra, "oauth2/device_authorization"),
    (Server::Hydra, "oauth2/grant/jwt/omit_assertion_audience"),
    (Server::Hydra, "oauth2/grant/refresh_token/rotation_grace_reuse_count"),
    (Server::Hydra, "oauth2/preserve_ext_claims"),
    (Server::Hydra, "secrets/pagination"),
    (Server::Hydra, "ttl/device_user_code"),
    (Server::Hydra, "urls/device"),
    (Server::Hydra, "webfinger/oidc_discovery/device_authorization_url"),
];

impl Servers {
    /// Removes the settings that the server does not know from its configuration, and returns them.
    pub(super) fn drop_unknown(self, server: Server, config: &mut Json) -> Vec<Left> {
        let newer = if self == Servers::V2_3 { SINCE_26_2 } else { &[] };
        let alone = NETWORK_ALONE.iter().map(|place| (place, "only Ory Network has it"));
        let all = alone.chain(newer.iter().map(|place| (place, "only newer releases of the server have it")));
        let mut left = Vec::new();
        for ((of, place), why) in all {
            if *of == server && config.remove(*place).is_some() {
                left.push(Left::new(named(server, place), why));
            }
        }
        left
    }
}
