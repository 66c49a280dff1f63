//! The hooks that Ory provides. Each attribute says whether one hook is in the list of a flow. `ory_action` shares these lists.

use crate::{
    rest::document::{Setting, Toggle},
    value::Json,
};

/// The hooks with their lists, in the order in which they are put at the beginning of a list.
pub(super) static TOGGLES: &[Toggle] = &[
    Toggle::of("selfservice_flows_registration_after_password_hook_show_verification_ui", AFTER_REGISTRATION_BY_PASSWORD, || {
        hook("show_verification_ui")
    }),
    Toggle::of("selfservice_flows_registration_after_password_hook_session", AFTER_REGISTRATION_BY_PASSWORD, || hook("session")),
    Toggle::of("selfservice_flows_registration_after_oidc_hook_show_verification_ui", AFTER_REGISTRATION_BY_OIDC, || {
        hook("show_verification_ui")
    }),
    Toggle::of("selfservice_flows_settings_after_profile_hook_show_verification_ui", AFTER_PROFILE, || hook("show_verification_ui")),
    Toggle::of("selfservice_flows_settings_after_profile_hook_verify_new_address", AFTER_PROFILE, || hook("verify_new_address")),
    Toggle {
        setting: Some(Setting {
            attr: "selfservice_flows_settings_after_profile_hook_notify_previous_addresses_recipients",
            at: "config/recipients",
            otherwise: "removed",
        }),
        ..Toggle::of("selfservice_flows_settings_after_profile_hook_notify_previous_addresses", AFTER_PROFILE, || {
            hook("notify_previous_addresses")
        })
    },
    Toggle::of("selfservice_flows_login_after_password_hook_require_verified_address", AFTER_LOGIN_BY_PASSWORD, || {
        hook("require_verified_address")
    }),
    Toggle::of("selfservice_flows_login_after_oidc_hook_require_verified_address", AFTER_LOGIN_BY_OIDC, || {
        hook("require_verified_address")
    }),
];

const AFTER_REGISTRATION_BY_PASSWORD: &str = "services/identity/config/selfservice/flows/registration/after/password/hooks";
const AFTER_REGISTRATION_BY_OIDC: &str = "services/identity/config/selfservice/flows/registration/after/oidc/hooks";
const AFTER_PROFILE: &str = "services/identity/config/selfservice/flows/settings/after/profile/hooks";
const AFTER_LOGIN_BY_PASSWORD: &str = "services/identity/config/selfservice/flows/login/after/password/hooks";
const AFTER_LOGIN_BY_OIDC: &str = "services/identity/config/selfservice/flows/login/after/oidc/hooks";

fn hook(name: &str) -> Json {
    Json::object([("hook", name.into())])
}
