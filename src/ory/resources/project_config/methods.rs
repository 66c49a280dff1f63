//! Sign-in methods. One line per attribute.

use super::rows::{SERVERS_OWN, count, duration, flag, text, texts};
use crate::schema::{Attr, Cleared, between, filled, int, integer, only, under};

pub(super) static METHODS: &[Attr] = &under(
    "services/identity/config/selfservice/methods",
    [
        flag("selfservice_methods_password_enabled", "Whether people can sign in with a password.").at("password/enabled"),
        flag("selfservice_methods_code_enabled", "Whether people can sign in with a code.").at("code/enabled"),
        flag("selfservice_methods_oidc_enabled", "Whether people can sign in with an account of another provider.").at("oidc/enabled"),
        flag("selfservice_methods_totp_enabled", "Whether people can sign in with an authenticator app.").at("totp/enabled"),
        flag("selfservice_methods_webauthn_enabled", "Whether people can sign in with a security key.").at("webauthn/enabled"),
        flag("selfservice_methods_passkey_enabled", "Whether people can sign in with a passkey.").at("passkey/enabled"),
        flag("selfservice_methods_lookup_secret_enabled", "Whether people can sign in with a recovery code.").at("lookup_secret/enabled"),
        flag("selfservice_methods_profile_enabled", "Whether people can change their profile.").at("profile/enabled"),
        flag("selfservice_methods_link_enabled", "Whether links in messages can recover accounts and verify addresses.").at("link/enabled"),
        flag("selfservice_methods_saml_enabled", "Whether people can sign in with SAML.").at("saml/enabled"),
        flag("selfservice_methods_captcha_enabled", "Whether a CAPTCHA is shown.").at("captcha/enabled"),
        flag("selfservice_methods_deviceauthn_enabled", "Whether people can sign in with a key on their device.").at("deviceauthn/enabled"),
        flag("selfservice_methods_code_mfa_enabled", "Whether codes can be a second factor.").at("code/mfa_enabled"),
        flag("selfservice_methods_code_passwordless_enabled", "Whether codes can be a first factor.").at("code/passwordless_enabled"),
        flag(
            "selfservice_methods_code_passwordless_login_fallback_enabled",
            "Whether people without a credential for codes can sign in with a code, too.",
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
            "Whether a code is sent to people without a credential for codes.",
        )
        .at("code/config/missing_credential_fallback_enabled"),
        flag(
            "selfservice_methods_oidc_enable_auto_link_policy",
            "Whether accounts may be linked automatically. Needs a plan with the feature `use_auto_link`.",
        )
        .at("oidc/enable_auto_link_policy"),
        text("selfservice_methods_oidc_config_base_redirect_uri", "The beginning of the callback URLs of social sign-in.")
            .at("oidc/config/base_redirect_uri"),
        integer("selfservice_methods_password_config_min_password_length", "The minimum length of a password.")
            .while_set()
            .check(between(6, i64::MAX))
            .at("password/config/min_password_length")
            .unasked(int(8)),
        integer("selfservice_methods_password_config_max_breaches", "In how many known breaches a password may have appeared.")
            .while_set()
            .check(between(0, 100))
            .at("password/config/max_breaches"),
        flag("selfservice_methods_password_config_haveibeenpwned_enabled", "Whether passwords are looked up in known breaches.")
            .at("password/config/haveibeenpwned_enabled"),
        flag(
            "selfservice_methods_password_config_identifier_similarity_check_enabled",
            "Whether passwords that are similar to the account's identifier are refused.",
        )
        .at("password/config/identifier_similarity_check_enabled"),
        flag(
            "selfservice_methods_password_config_ignore_network_errors",
            "Whether a password is accepted when breaches cannot be looked up.",
        )
        .at("password/config/ignore_network_errors"),
        text("selfservice_methods_link_config_base_url", "The beginning of links in messages.").at("link/config/base_url"),
        duration("selfservice_methods_link_config_lifespan", "How long a link in a message is valid.").at("link/config/lifespan"),
        text(
            "selfservice_methods_totp_config_issuer",
            "The name of the account in authenticator apps; the project's name when it is empty.",
        )
        .at("totp/config/issuer"),
        flag("selfservice_methods_webauthn_config_passwordless", "Whether security keys can be a first factor.")
            .at("webauthn/config/passwordless"),
        text(
            "selfservice_methods_webauthn_config_rp_display_name",
            "The name of the site that browsers show when it asks for a security key.",
        )
        .at("webauthn/config/rp/display_name"),
        text("selfservice_methods_webauthn_config_rp_id", "The domain that security keys are for.").at("webauthn/config/rp/id"),
        text("selfservice_methods_webauthn_config_rp_icon", "An icon. Ory no longer uses it, and no answer shows it.")
            .at("webauthn/config/rp/icon")
            .may_be_untold(),
        texts("webauthn_rp_origins", "Origins that may ask for security keys.")
            .at("webauthn/config/rp/origins")
            .unordered()
            .check(filled(SERVERS_OWN)),
        text("selfservice_methods_passkey_config_rp_display_name", "The name of the site that browsers show when it asks for a passkey.")
            .at("passkey/config/rp/display_name"),
        text("selfservice_methods_passkey_config_rp_id", "The domain that passkeys are for.").at("passkey/config/rp/id"),
        texts("selfservice_methods_passkey_config_rp_origins", "Origins that may ask for passkeys.")
            .at("passkey/config/rp/origins")
            .unordered()
            .check(filled(SERVERS_OWN)),
        flag("selfservice_methods_captcha_config_byo", "Whether you use your own Cloudflare Turnstile widget. No answer shows it.")
            .at("captcha/config/byo")
            .may_be_untold(),
        flag("selfservice_methods_captcha_config_legacy_inject_node", "Whether the CAPTCHA is added to forms in the older way.")
            .at("captcha/config/legacy_inject_node"),
        texts("selfservice_methods_captcha_config_allowed_domains", "Domains that show the CAPTCHA. Once set, it cannot be emptied.")
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
            "Whether devices with a weak attestation are accepted; only for development projects.",
        )
        .at("deviceauthn/config/insecure_allow_relaxed_attestation"),
        flag("selfservice_methods_deviceauthn_config_first_factor", "Whether a device's key can be a first factor.")
            .at("deviceauthn/config/first_factor"),
        flag(
            "selfservice_methods_deviceauthn_config_ios_biometric_first_factor",
            "Whether a key that iOS protects with Touch ID or Face ID can be a first factor.",
        )
        .at("deviceauthn/config/ios_biometric_first_factor"),
        flag(
            "selfservice_methods_deviceauthn_config_android_allow_expired_factory_certificates",
            "Whether expired certificates of Android manufacturers are accepted.",
        )
        .at("deviceauthn/config/android_allow_expired_factory_certificates"),
        integer("selfservice_methods_deviceauthn_config_pin_max_attempts", "How often a PIN may be entered.")
            .while_set()
            .at("deviceauthn/config/pin_max_attempts")
            .check(between(1, 10)),
        texts("selfservice_methods_deviceauthn_config_android_app_ids", "Ids of Android apps that may use device keys.")
            .at("deviceauthn/config/android_app_ids")
            .unordered(),
        texts("selfservice_methods_deviceauthn_config_ios_app_ids", "Ids of iOS apps that may use device keys.")
            .at("deviceauthn/config/ios_app_ids")
            .unordered(),
        text("selfservice_methods_code_config_alphabet", "The characters of codes.").at("code/config/alphabet"),
        count("selfservice_methods_code_config_length", "The length of codes.").at("code/config/length"),
        text(
            "selfservice_methods_passkey_config_attestation_preference",
            "Which attestation is requested from an authenticator when a passkey is made.",
        )
        .at("passkey/config/attestation/preference")
        .check(only(&["none", "indirect", "direct", "enterprise"])),
        text(
            "selfservice_methods_passkey_config_authenticator_selection_attachment",
            "Whether the authenticator is built into the device or separate; either one when unset.",
        )
        .at("passkey/config/authenticator_selection/attachment")
        .check(only(&["platform", "cross-platform"])),
        text(
            "selfservice_methods_passkey_config_authenticator_selection_resident_key",
            "Whether the authenticator has to store the passkey.",
        )
        .at("passkey/config/authenticator_selection/resident_key")
        .check(only(&["required", "preferred", "discouraged"])),
        text(
            "selfservice_methods_passkey_config_authenticator_selection_user_verification",
            "Whether the authenticator has to verify the person, such as by a PIN or a fingerprint.",
        )
        .at("passkey/config/authenticator_selection/user_verification")
        .check(only(&["required", "preferred", "discouraged"])),
        duration("selfservice_methods_passkey_config_timeouts_login", "How long a browser waits for a passkey at sign-in.")
            .at("passkey/config/timeouts/login"),
        duration("selfservice_methods_passkey_config_timeouts_registration", "How long a browser waits while a passkey is made.")
            .at("passkey/config/timeouts/registration"),
    ],
);
