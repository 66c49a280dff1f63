//! What people sign in with. One line an attribute.

use super::rows::{SERVERS_OWN, count, duration, flag, text, texts};
use crate::schema::{Attr, Cleared, between, filled, int, integer, only, under};

pub(super) static METHODS: &[Attr] = &under(
    "services/identity/config/selfservice/methods",
    [
        flag("selfservice_methods_password_enabled", "Whether people can sign in with a password.").at("password/enabled"),
        flag("selfservice_methods_code_enabled", "Whether people can sign in with a code.").at("code/enabled"),
        flag("selfservice_methods_oidc_enabled", "Whether people can sign in with another provider.").at("oidc/enabled"),
        flag("selfservice_methods_totp_enabled", "Whether people can sign in with an authenticator app.").at("totp/enabled"),
        flag("selfservice_methods_webauthn_enabled", "Whether people can sign in with a security key.").at("webauthn/enabled"),
        flag("selfservice_methods_passkey_enabled", "Whether people can sign in with a passkey.").at("passkey/enabled"),
        flag("selfservice_methods_lookup_secret_enabled", "Whether people can sign in with a recovery code.").at("lookup_secret/enabled"),
        flag("selfservice_methods_profile_enabled", "Whether people can change their profile.").at("profile/enabled"),
        flag("selfservice_methods_link_enabled", "Whether links in messages recover accounts and verify addresses.").at("link/enabled"),
        flag("selfservice_methods_saml_enabled", "Whether people can sign in with SAML.").at("saml/enabled"),
        flag("selfservice_methods_captcha_enabled", "Whether a captcha is shown.").at("captcha/enabled"),
        flag("selfservice_methods_deviceauthn_enabled", "Whether people can sign in with a key of their device.").at("deviceauthn/enabled"),
        flag("selfservice_methods_code_mfa_enabled", "Whether codes are a second factor.").at("code/mfa_enabled"),
        flag("selfservice_methods_code_passwordless_enabled", "Whether codes are a first factor.").at("code/passwordless_enabled"),
        flag(
            "selfservice_methods_code_passwordless_login_fallback_enabled",
            "Whether people without a credential of this kind can sign in with a code too.",
        )
        .at("code/passwordless_login_fallback_enabled"),
        duration("selfservice_methods_code_config_lifespan", "How long a code is valid.").at("code/config/lifespan"),
        integer("selfservice_methods_code_config_max_submissions", "How often a code may be entered.")
            .while_set()
            .at("code/max_submissions")
            .check(between(1, 255))
            .cleared_by(Cleared::To(int(5))),
        flag(
            "selfservice_methods_code_config_missing_credential_fallback_enabled",
            "Whether a code is sent to people who have no credential of this kind.",
        )
        .at("code/config/missing_credential_fallback_enabled"),
        flag(
            "selfservice_methods_oidc_enable_auto_link_policy",
            "Whether accounts may be linked by themselves. Needs a plan with the feature `use_auto_link`.",
        )
        .at("oidc/enable_auto_link_policy"),
        text("selfservice_methods_oidc_config_base_redirect_uri", "What the callback URLs of social sign-in begin with.")
            .at("oidc/config/base_redirect_uri"),
        integer("selfservice_methods_password_config_min_password_length", "How long a password has to be.")
            .while_set()
            .check(between(6, i64::MAX))
            .at("password/config/min_password_length")
            .unasked(int(8)),
        integer("selfservice_methods_password_config_max_breaches", "In how many breaches a password may have been seen.")
            .while_set()
            .check(between(0, 100))
            .at("password/config/max_breaches"),
        flag("selfservice_methods_password_config_haveibeenpwned_enabled", "Whether passwords are looked up in known breaches.")
            .at("password/config/haveibeenpwned_enabled"),
        flag(
            "selfservice_methods_password_config_identifier_similarity_check_enabled",
            "Whether a password may not be like what identifies the account.",
        )
        .at("password/config/identifier_similarity_check_enabled"),
        flag("selfservice_methods_password_config_ignore_network_errors", "Whether a password is taken when breaches cannot be looked up.")
            .at("password/config/ignore_network_errors"),
        text("selfservice_methods_link_config_base_url", "What links in messages begin with.").at("link/config/base_url"),
        duration("selfservice_methods_link_config_lifespan", "How long a link in a message is valid.").at("link/config/lifespan"),
        text("selfservice_methods_totp_config_issuer", "What authenticator apps call the account; the project's name where it is empty.")
            .at("totp/config/issuer"),
        flag("selfservice_methods_webauthn_config_passwordless", "Whether security keys are a first factor.")
            .at("webauthn/config/passwordless"),
        text("selfservice_methods_webauthn_config_rp_display_name", "What browsers call the site that asks for a security key.")
            .at("webauthn/config/rp/display_name"),
        text("selfservice_methods_webauthn_config_rp_id", "The domain that security keys are for.").at("webauthn/config/rp/id"),
        text("selfservice_methods_webauthn_config_rp_icon", "An icon, which Ory ignores by now. No answer shows it.")
            .at("webauthn/config/rp/icon")
            .may_be_untold(),
        texts("webauthn_rp_origins", "Origins that may ask for security keys.")
            .at("webauthn/config/rp/origins")
            .unordered()
            .check(filled(SERVERS_OWN)),
        text("selfservice_methods_passkey_config_rp_display_name", "What browsers call the site that asks for a passkey.")
            .at("passkey/config/rp/display_name"),
        text("selfservice_methods_passkey_config_rp_id", "The domain that passkeys are for.").at("passkey/config/rp/id"),
        texts("selfservice_methods_passkey_config_rp_origins", "Origins that may ask for passkeys.")
            .at("passkey/config/rp/origins")
            .unordered()
            .check(filled(SERVERS_OWN)),
        flag("selfservice_methods_captcha_config_byo", "Whether the widget of Cloudflare Turnstile is your own. No answer shows it.")
            .at("captcha/config/byo")
            .may_be_untold(),
        flag("selfservice_methods_captcha_config_legacy_inject_node", "Whether the captcha's node is put into forms the old way.")
            .at("captcha/config/legacy_inject_node"),
        texts("selfservice_methods_captcha_config_allowed_domains", "Domains that show the captcha. Once set, it cannot be emptied.")
            .at("captcha/config/allowed_domains")
            .unordered()
            .check(filled(SERVERS_OWN))
            .cleared_by(Cleared::Never),
        text("selfservice_methods_captcha_config_cf_turnstile_sitekey", "Site key of Cloudflare Turnstile.")
            .at("captcha/config/cf_turnstile/sitekey"),
        text("selfservice_methods_captcha_config_cf_turnstile_secret", "Secret of Cloudflare Turnstile.")
            .at("captcha/config/cf_turnstile/secret")
            .secret()
            .once(),
        flag(
            "selfservice_methods_deviceauthn_config_insecure_allow_relaxed_attestation",
            "Whether devices are taken whose attestation is weak; on projects for development only.",
        )
        .at("deviceauthn/config/insecure_allow_relaxed_attestation"),
        flag("selfservice_methods_deviceauthn_config_first_factor", "Whether a device's key is a first factor.")
            .at("deviceauthn/config/first_factor"),
        flag(
            "selfservice_methods_deviceauthn_config_ios_biometric_first_factor",
            "Whether a key that iOS guards by a finger or a face is a first factor.",
        )
        .at("deviceauthn/config/ios_biometric_first_factor"),
        flag(
            "selfservice_methods_deviceauthn_config_android_allow_expired_factory_certificates",
            "Whether expired certificates of Android's makers are taken.",
        )
        .at("deviceauthn/config/android_allow_expired_factory_certificates"),
        integer("selfservice_methods_deviceauthn_config_pin_max_attempts", "How often a PIN may be entered.")
            .while_set()
            .at("deviceauthn/config/pin_max_attempts")
            .check(between(1, 10)),
        texts("selfservice_methods_deviceauthn_config_android_app_ids", "Android apps that may use it.")
            .at("deviceauthn/config/android_app_ids")
            .unordered(),
        texts("selfservice_methods_deviceauthn_config_ios_app_ids", "iOS apps that may use it.")
            .at("deviceauthn/config/ios_app_ids")
            .unordered(),
        text("selfservice_methods_code_config_alphabet", "What codes are made of.").at("code/config/alphabet"),
        count("selfservice_methods_code_config_length", "How long codes are.").at("code/config/length"),
        text(
            "selfservice_methods_passkey_config_attestation_preference",
            "What is asked of an authenticator about itself when a passkey is made.",
        )
        .at("passkey/config/attestation/preference")
        .check(only(&["none", "indirect", "direct", "enterprise"])),
        text(
            "selfservice_methods_passkey_config_authenticator_selection_attachment",
            "Where the authenticator is; either where it is not set.",
        )
        .at("passkey/config/authenticator_selection/attachment")
        .check(only(&["platform", "cross-platform"])),
        text(
            "selfservice_methods_passkey_config_authenticator_selection_resident_key",
            "Whether the authenticator has to keep the passkey.",
        )
        .at("passkey/config/authenticator_selection/resident_key")
        .check(only(&["required", "preferred", "discouraged"])),
        text(
            "selfservice_methods_passkey_config_authenticator_selection_user_verification",
            "Whether the authenticator has to ask for a PIN, a finger or a face.",
        )
        .at("passkey/config/authenticator_selection/user_verification")
        .check(only(&["required", "preferred", "discouraged"])),
        duration("selfservice_methods_passkey_config_timeouts_login", "How long a browser waits for a passkey at sign-in.")
            .at("passkey/config/timeouts/login"),
        duration("selfservice_methods_passkey_config_timeouts_registration", "How long a browser waits while a passkey is made.")
            .at("passkey/config/timeouts/registration"),
    ],
);
