//! Which settings belong to which feature of a plan, and what a missing feature and a dropped setting do to a write.

use super::column::Field;
use super::fields::FIELDS;
use super::settings::Settings;
use super::tree;
use crate::emulator::go::json::Json;
use crate::emulator::switches::Switches;

/// A feature and its columns; for rows, it may be a single member.
type Feature = (&'static str, &'static [&'static str]);

/// Features by their names in Ory's description, except for `use_auto_link`, which was seen in an answer. The description says of
/// these columns that a plan has to include them, or their names say so. A feature without columns has no settings.
static FEATURES: &[Feature] = &[
    ("native_saml_engine", &["kratos_preview_enable_native_saml_engine"]),
    ("kratos_brute_force_protection", &["kratos_selfservice_flows_login_brute_force_protection_enabled"]),
    ("use_auto_link", &["kratos_selfservice_methods_oidc_enable_auto_link_policy"]),
    ("kratos_oidc_front_channel_logout", &["kratos_selfservice_methods_oidc_config_providers/front_channel_logout"]),
    ("hydra_token_prefix", &["hydra_oauth2_token_prefix"]),
    (
        "hydra_device_authorization",
        &[
            "hydra_oauth2_device_authorization_token_polling_interval",
            "hydra_oauth2_device_authorization_user_code_entropy_preset",
            "hydra_ttl_device_user_code",
            "hydra_urls_device_success",
            "hydra_urls_device_verification",
            "hydra_webfinger_oidc_discovery_device_authorization_url",
        ],
    ),
    ("graceful_refresh_token_count", &["hydra_oauth2_grant_refresh_token_rotation_grace_reuse_count"]),
    ("custom_domains", &[]),
    ("event_streams", &[]),
    ("onboarding_portal", &[]),
    ("captcha", &["kratos_selfservice_methods_captcha_enabled"]),
    ("captcha_byo", &["kratos_selfservice_methods_captcha_config_byo"]),
    ("deviceauthn", &["kratos_selfservice_methods_deviceauthn_enabled"]),
    ("hide_ory_branding", &["account_experience_hide_ory_branding"]),
    ("organizations", &["organizations"]),
    ("saml_sp", &["kratos_selfservice_methods_saml_config_providers"]),
    ("scim_clients", &["scim_clients"]),
    ("talos_cache", &["talos_cache_enabled"]),
    ("talos_rate_limit", &["talos_rate_limit_enabled"]),
];

/// The features that a plan may lack.
pub fn features() -> impl Iterator<Item = &'static str> {
    FEATURES.iter().map(|feature| feature.0)
}

/// The feature that the plan lacks for these settings, if any. Only settings that change need their feature, and switching
/// one off does not.
#[must_use]
pub fn lacking(switches: &Switches, before: &Settings, after: &Settings) -> Option<&'static str> {
    let lacking = FEATURES.iter().filter(|(feature, _)| switches.without.contains(feature));
    lacking.filter(|(_, columns)| columns.iter().any(|column| asks_for(column, before, after))).map(|feature| feature.0).next()
}

/// Restores the settings that are silently dropped.
pub fn restore_dropped(switches: &Switches, before: &Settings, after: &mut Settings) {
    for field in FIELDS.iter().filter(|field| switches.dropped.iter().any(|name| is_called(field, name))) {
        after.keep(&field.name, before);
    }
}

/// Whether the field has this name: its own, or its path with any separator.
#[must_use]
pub fn is_called(field: &Field, name: &str) -> bool {
    let steps = name.split(['/', '.']).filter(|step| !step.is_empty());
    field.name == name || !field.path.is_empty() && field.path.iter().copied().eq(steps)
}

fn asks_for(column: &str, before: &Settings, after: &Settings) -> bool {
    let of = |settings: &Settings| match column.split_once('/') {
        None => settings.of(column),
        Some((column, member)) => match settings.of(column) {
            Some(Json::Array(rows)) => rows.iter().filter_map(|row| row.member(member).cloned()).find(|value| *value == Json::Bool(true)),
            _ => None,
        },
    };
    let (before, after) = (of(before), of(after));
    after.as_ref().is_some_and(|value| !tree::is_empty(value) && *value != Json::Bool(false)) && before != after
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::console::fields::field;

    #[test]
    fn features_are_of_columns_that_there_are() {
        for column in FEATURES.iter().flat_map(|feature| feature.1) {
            assert!(field(column.split('/').next().unwrap_or_default()).is_some(), "{column}");
        }
    }
}
