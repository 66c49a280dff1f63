//! The flows: signing in, registering, recovering, verifying, changing settings. One line per attribute.

use super::rows::{ASSURANCE, count, duration, flag, text, texts};
use crate::schema::{Attr, only, string, under};

pub(super) static FLOWS: &[Attr] = &under(
    "services/identity/config/selfservice/flows",
    [
        text("selfservice_flows_login_ui_url", "URL of the page for signing in.").at("login/ui_url"),
        text("selfservice_flows_registration_ui_url", "URL of the page for registering.").at("registration/ui_url"),
        text("selfservice_flows_recovery_ui_url", "URL of the page for recovering an account.").at("recovery/ui_url"),
        text("selfservice_flows_verification_ui_url", "URL of the page for verifying an address.").at("verification/ui_url"),
        text("selfservice_flows_settings_ui_url", "URL of the page for changing settings.").at("settings/ui_url"),
        text("selfservice_flows_error_ui_url", "URL of the page that shows errors.").at("error/ui_url"),
        text("selfservice_flows_login_style", "Whether the sign-in page asks for everything at once, or for the identifier first.")
            .at("login/style")
            .check(only(&["unified", "identifier_first"])),
        duration("selfservice_flows_login_lifespan", "How long signing in may take.").at("login/lifespan"),
        duration("selfservice_flows_registration_lifespan", "How long registering may take.").at("registration/lifespan"),
        duration("selfservice_flows_recovery_lifespan", "How long recovering an account may take.").at("recovery/lifespan"),
        text("selfservice_flows_recovery_use", "Whether people get a link or a code to recover an account.").at("recovery/use").check(only(&["link", "code"])),
        duration("selfservice_flows_settings_lifespan", "How long changing settings may take.").at("settings/lifespan"),
        duration(
            "selfservice_flows_settings_privileged_session_max_age",
            "How long after signing in people may change their credentials.",
        )
        .at("settings/privileged_session_max_age"),
        text("selfservice_flows_settings_required_aal", "The assurance level that a session needs to change settings.")
            .at("settings/required_aal")
            .means(ASSURANCE)
            .check(only(&["aal1", "highest_available"])),
        text("selfservice_flows_verification_use", "Whether people get a link or a code to verify an address.")
            .at("verification/use")
            .check(only(&["link", "code"])),
        duration("selfservice_flows_verification_lifespan", "How long verifying an address may take.").at("verification/lifespan"),
        flag("selfservice_flows_recovery_enabled", "Whether accounts can be recovered.").at("recovery/enabled"),
        flag("selfservice_flows_verification_enabled", "Whether addresses can be verified.").at("verification/enabled"),
        flag("selfservice_flows_registration_enabled", "Whether people can register.").at("registration/enabled"),
        flag(
            "selfservice_flows_verification_notify_unknown_recipients",
            "Whether a message is sent when somebody asks to verify an unknown address.",
        )
        .at("verification/notify_unknown_recipients"),
        flag(
            "selfservice_flows_recovery_notify_unknown_recipients",
            "Whether a message is sent when somebody asks to recover an account by an unknown address.",
        )
        .at("recovery/notify_unknown_recipients"),
        flag("selfservice_flows_registration_enable_legacy_one_step", "Whether people register in one step (the older form).")
            .at("registration/enable_legacy_one_step"),
        flag("selfservice_flows_registration_login_hints", "Whether the page shows how to sign in to somebody who registers again.")
            .at("registration/login_hints"),
        text("selfservice_flows_login_after_code_default_browser_return_url", "URL to which people return after signing in by `code`.")
            .at("login/after/code/default_browser_return_url"),
        text(
            "selfservice_flows_login_after_lookup_secret_default_browser_return_url",
            "URL to which people return after signing in by `lookup_secret`.",
        )
        .at("login/after/lookup_secret/default_browser_return_url"),
        text("selfservice_flows_login_after_oidc_default_browser_return_url", "URL to which people return after signing in by `oidc`.")
            .at("login/after/oidc/default_browser_return_url"),
        text("selfservice_flows_login_after_passkey_default_browser_return_url", "URL to which people return after signing in by `passkey`.")
            .at("login/after/passkey/default_browser_return_url"),
        text("selfservice_flows_login_after_password_default_browser_return_url", "URL to which people return after signing in by `password`.")
            .at("login/after/password/default_browser_return_url"),
        text("selfservice_flows_login_after_totp_default_browser_return_url", "URL to which people return after signing in by `totp`.")
            .at("login/after/totp/default_browser_return_url"),
        text("selfservice_flows_login_after_webauthn_default_browser_return_url", "URL to which people return after signing in by `webauthn`.")
            .at("login/after/webauthn/default_browser_return_url"),
        text("selfservice_flows_registration_after_code_default_browser_return_url", "URL to which people return after registering by `code`.")
            .at("registration/after/code/default_browser_return_url"),
        text("selfservice_flows_registration_after_oidc_default_browser_return_url", "URL to which people return after registering by `oidc`.")
            .at("registration/after/oidc/default_browser_return_url"),
        text("selfservice_flows_registration_after_passkey_default_browser_return_url", "URL to which people return after registering by `passkey`.")
            .at("registration/after/passkey/default_browser_return_url"),
        text(
            "selfservice_flows_registration_after_password_default_browser_return_url",
            "URL to which people return after registering by `password`.",
        )
        .at("registration/after/password/default_browser_return_url"),
        text(
            "selfservice_flows_registration_after_webauthn_default_browser_return_url",
            "URL to which people return after registering by `webauthn`.",
        )
        .at("registration/after/webauthn/default_browser_return_url"),
        text(
            "selfservice_flows_settings_after_lookup_secret_default_browser_return_url",
            "URL to which people return after changing settings by `lookup_secret`.",
        )
        .at("settings/after/lookup_secret/default_browser_return_url"),
        text("selfservice_flows_settings_after_oidc_default_browser_return_url", "URL to which people return after changing settings by `oidc`.")
            .at("settings/after/oidc/default_browser_return_url"),
        text(
            "selfservice_flows_settings_after_passkey_default_browser_return_url",
            "URL to which people return after changing settings by `passkey`.",
        )
        .at("settings/after/passkey/default_browser_return_url"),
        text(
            "selfservice_flows_settings_after_password_default_browser_return_url",
            "URL to which people return after changing settings by `password`.",
        )
        .at("settings/after/password/default_browser_return_url"),
        text(
            "selfservice_flows_settings_after_profile_default_browser_return_url",
            "URL to which people return after changing settings by `profile`.",
        )
        .at("settings/after/profile/default_browser_return_url"),
        text("selfservice_flows_settings_after_totp_default_browser_return_url", "URL to which people return after changing settings by `totp`.")
            .at("settings/after/totp/default_browser_return_url"),
        text(
            "selfservice_flows_settings_after_webauthn_default_browser_return_url",
            "URL to which people return after changing settings by `webauthn`.",
        )
        .at("settings/after/webauthn/default_browser_return_url"),
        text("selfservice_flows_login_after_default_browser_return_url", "URL to which people return after signing in.")
            .at("login/after/default_browser_return_url"),
        text("selfservice_flows_logout_after_default_browser_return_url", "URL to which people return after signing out.")
            .at("logout/after/default_browser_return_url"),
        text("selfservice_flows_recovery_after_default_browser_return_url", "URL to which people return after recovering an account.")
            .at("recovery/after/default_browser_return_url"),
        text("selfservice_flows_registration_after_default_browser_return_url", "URL to which people return after registering.")
            .at("registration/after/default_browser_return_url"),
        text("selfservice_flows_settings_after_default_browser_return_url", "URL to which people return after changing settings.")
            .at("settings/after/default_browser_return_url"),
        text("selfservice_flows_verification_after_default_browser_return_url", "URL to which people return after verifying an address.")
            .at("verification/after/default_browser_return_url"),
        string(
            "mfa_enforcement",
            "The same with other values: `none` is `aal1`, `optional` is `highest_available`, and `required` is `aal2`, which Ory may refuse.",
        )
        .alias_of("selfservice_flows_settings_required_aal")
        .means(ASSURANCE)
        .check(only(&["none", "optional", "required"])),
    ],
);

pub(super) static RETURNS: &[Attr] = &under(
    "services/identity/config/selfservice",
    [
        text("selfservice_default_browser_return_url", "URL to which people return after a flow that has no URL of its own.")
            .at("default_browser_return_url"),
        string("default_return_url", "An older name of `selfservice_default_browser_return_url`.")
            .alias_of("selfservice_default_browser_return_url"),
        texts("allowed_return_urls", "URLs to which people may be sent after a flow. Ory adds its own URLs, which are not shown.")
            .unordered()
            .grows(),
    ],
);

pub(super) static BRUTE_FORCE: &[Attr] = &under(
    "services/identity/config/selfservice/flows/login/brute_force_protection",
    [
        flag(
            "selfservice_flows_login_brute_force_protection_enabled",
            "Whether sign-ins are delayed after failures. Needs the Enterprise plan. The thresholds stay when it is switched off.",
        )
        .at("enabled"),
        duration(
            "selfservice_flows_login_brute_force_protection_identifier_exponential_backoff_initial",
            "The first delay of one identifier; it doubles with each failure.",
        )
        .at("identifier/exponential_backoff/initial"),
        duration(
            "selfservice_flows_login_brute_force_protection_identifier_exponential_backoff_max",
            "The longest delay of one identifier, at most `8760h`.",
        )
        .at("identifier/exponential_backoff/max"),
        count(
            "selfservice_flows_login_brute_force_protection_identifier_max_failures",
            "How many failures of one identifier are allowed before it is delayed.",
        )
        .at("identifier/max_failures"),
        duration(
            "selfservice_flows_login_brute_force_protection_identifier_window",
            "How long failures of one identifier are counted, beginning with the first.",
        )
        .at("identifier/window"),
        duration(
            "selfservice_flows_login_brute_force_protection_ip_exponential_backoff_initial",
            "The first delay of one IP address; it doubles with each failure.",
        )
        .at("ip/exponential_backoff/initial"),
        duration(
            "selfservice_flows_login_brute_force_protection_ip_exponential_backoff_max",
            "The longest delay of one IP address, at most `8760h`.",
        )
        .at("ip/exponential_backoff/max"),
        count(
            "selfservice_flows_login_brute_force_protection_ip_max_failures",
            "How many failures of one IP address are allowed before it is delayed.",
        )
        .at("ip/max_failures"),
        duration(
            "selfservice_flows_login_brute_force_protection_ip_window",
            "How long failures of one IP address are counted, beginning with the first.",
        )
        .at("ip/window"),
    ],
);

pub(super) static HOOKS: &[Attr] = &[
    flag(
        "selfservice_flows_registration_after_password_hook_show_verification_ui",
        "Whether people are shown the page to verify their address after registering by `password` (the hook `show_verification_ui`).",
    ),
    flag(
        "selfservice_flows_registration_after_password_hook_session",
        "Whether people are signed in after registering by `password` (the hook `session`).",
    ),
    flag(
        "selfservice_flows_registration_after_oidc_hook_show_verification_ui",
        "Whether people are shown the page to verify their address after registering by `oidc` (the hook `show_verification_ui`).",
    ),
    flag(
        "selfservice_flows_settings_after_profile_hook_show_verification_ui",
        "Whether people are shown the page to verify their address after changing settings by `profile` (the hook `show_verification_ui`).",
    ),
    flag(
        "selfservice_flows_settings_after_profile_hook_verify_new_address",
        "Whether a new address has to be verified after changing settings by `profile` (the hook `verify_new_address`).",
    ),
    flag(
        "selfservice_flows_settings_after_profile_hook_notify_previous_addresses",
        "Whether the previous addresses are notified after changing settings by `profile` (the hook `notify_previous_addresses`).",
    ),
    flag(
        "selfservice_flows_login_after_password_hook_require_verified_address",
        "Whether only people with a verified address can sign in by `password` (the hook `require_verified_address`).",
    ),
    flag(
        "selfservice_flows_login_after_oidc_hook_require_verified_address",
        "Whether only people with a verified address can sign in by `oidc` (the hook `require_verified_address`).",
    ),
    text(
        "selfservice_flows_settings_after_profile_hook_notify_previous_addresses_recipients",
        "Which addresses are notified: the `removed` ones, `all_verified` ones, or `all`.",
    )
    .check(only(&["removed", "all_verified", "all"])),
];
