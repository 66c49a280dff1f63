//! Older names of attributes: they work, warn with the current name, and cannot be set beside it.

use super::rows::{ASSURANCE, LIFETIME};
use crate::schema::{Attr, DURATION, boolean, int, integer, string};

/// An older name: its type, itself, and the current name.
macro_rules! former {
    ($type:ident, $name:literal, $of:literal) => {
        $type($name, concat!("An older name of `", $of, "`.")).alias_of($of).deprecated(concat!("Use `", $of, "`."))
    };
}

pub(super) static FORMER: &[Attr] = &[
    former!(string, "oauth2_access_token_lifespan", "oauth2_ttl_access_token").means(DURATION),
    former!(string, "oauth2_refresh_token_lifespan", "oauth2_ttl_refresh_token").means(LIFETIME),
    former!(string, "oauth2_auth_code_lifespan", "oauth2_ttl_auth_code").means(DURATION),
    former!(string, "oauth2_id_token_lifespan", "oauth2_ttl_id_token").means(DURATION),
    former!(string, "oauth2_login_consent_request_lifespan", "oauth2_ttl_login_consent_request").means(DURATION),
    former!(string, "oauth2_access_token_strategy", "oauth2_strategies_access_token"),
    former!(string, "oauth2_jwt_scope_claim", "oauth2_strategies_jwt_scope_claim"),
    former!(string, "oauth2_scope_strategy", "oauth2_strategies_scope"),
    former!(string, "oauth2_consent_url", "oauth2_urls_consent"),
    former!(string, "oauth2_login_url", "oauth2_urls_login"),
    former!(string, "oauth2_logout_url", "oauth2_urls_logout"),
    former!(string, "oauth2_error_url", "oauth2_urls_error"),
    former!(string, "oauth2_issuer_url", "oauth2_urls_self_issuer"),
    former!(string, "oauth2_cookies_same_site_mode", "oauth2_serve_cookies_same_site_mode"),
    former!(boolean, "oauth2_cookies_same_site_legacy_workaround", "oauth2_serve_cookies_same_site_legacy_workaround"),
    former!(string, "login_ui_url", "selfservice_flows_login_ui_url"),
    former!(string, "registration_ui_url", "selfservice_flows_registration_ui_url"),
    former!(string, "recovery_ui_url", "selfservice_flows_recovery_ui_url"),
    former!(string, "verification_ui_url", "selfservice_flows_verification_ui_url"),
    former!(string, "settings_ui_url", "selfservice_flows_settings_ui_url"),
    former!(string, "error_ui_url", "selfservice_flows_error_ui_url"),
    former!(string, "login_style", "selfservice_flows_login_style"),
    former!(string, "settings_lifespan", "selfservice_flows_settings_lifespan").means(DURATION),
    former!(string, "settings_privileged_session_max_age", "selfservice_flows_settings_privileged_session_max_age").means(DURATION),
    former!(string, "required_aal", "selfservice_flows_settings_required_aal").means(ASSURANCE),
    former!(string, "verification_use", "selfservice_flows_verification_use"),
    former!(string, "verification_lifespan", "selfservice_flows_verification_lifespan").means(DURATION),
    former!(boolean, "enable_recovery", "selfservice_flows_recovery_enabled"),
    former!(boolean, "enable_verification", "selfservice_flows_verification_enabled"),
    former!(boolean, "enable_registration", "selfservice_flows_registration_enabled"),
    former!(boolean, "verification_notify_unknown_recipients", "selfservice_flows_verification_notify_unknown_recipients"),
    former!(boolean, "enable_password", "selfservice_methods_password_enabled"),
    former!(boolean, "enable_code", "selfservice_methods_code_enabled"),
    former!(boolean, "enable_oidc", "selfservice_methods_oidc_enabled"),
    former!(boolean, "enable_totp", "selfservice_methods_totp_enabled"),
    former!(boolean, "enable_webauthn", "selfservice_methods_webauthn_enabled"),
    former!(boolean, "enable_passkey", "selfservice_methods_passkey_enabled"),
    former!(boolean, "enable_lookup_secret", "selfservice_methods_lookup_secret_enabled"),
    former!(boolean, "enable_profile", "selfservice_methods_profile_enabled"),
    former!(boolean, "code_mfa_enabled", "selfservice_methods_code_mfa_enabled"),
    former!(string, "code_lifespan", "selfservice_methods_code_config_lifespan").means(DURATION),
    former!(boolean, "code_missing_credential_fallback_enabled", "selfservice_methods_code_config_missing_credential_fallback_enabled"),
    former!(boolean, "enable_oidc_auto_link_policy", "selfservice_methods_oidc_enable_auto_link_policy"),
    former!(integer, "password_min_length", "selfservice_methods_password_config_min_password_length").unasked(int(8)),
    former!(integer, "password_max_breaches", "selfservice_methods_password_config_max_breaches"),
    former!(boolean, "password_check_haveibeenpwned", "selfservice_methods_password_config_haveibeenpwned_enabled"),
    former!(boolean, "password_identifier_similarity", "selfservice_methods_password_config_identifier_similarity_check_enabled"),
    former!(string, "totp_issuer", "selfservice_methods_totp_config_issuer"),
    former!(boolean, "webauthn_passwordless", "selfservice_methods_webauthn_config_passwordless"),
    former!(string, "webauthn_rp_display_name", "selfservice_methods_webauthn_config_rp_display_name"),
    former!(string, "webauthn_rp_id", "selfservice_methods_webauthn_config_rp_id"),
    former!(string, "smtp_from_address", "courier_smtp_from_address"),
    former!(string, "smtp_from_name", "courier_smtp_from_name"),
];
