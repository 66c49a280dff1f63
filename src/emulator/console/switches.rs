//! What users see on Ory Network but not on a self-hosted server: features that the plan lacks, quotas, reads that lag behind
//! writes, settings that are dropped silently, keys that work only after a while.
//!
//! Owns the switches, which may change while the emulator runs, and which settings belong to which feature. All are off at first.
//! Rate limits are in [`crate::emulator::limit`], all other faults in [`crate::emulator::faults`].

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::column::Field;
use super::fields::FIELDS;
use super::settings::Settings;
use super::tree;
use crate::emulator::go::json::Json;

/// The switches; by default, all are off.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Switches {
    /// Features that the plan lacks: their settings are refused with 403.
    pub without: BTreeSet<&'static str>,
    /// The maximum number of projects; another one is refused with 402.
    pub most_projects: Option<usize>,
    /// How many reads after a write still show the state before it.
    pub stale_reads: u32,
    /// Settings that writes silently ignore: by the name of the column, or by the path in the document.
    pub dropped: Vec<String>,
    /// After how long a new key opens its project.
    pub key_delay: Duration,
    /// How long a patch of a project takes.
    pub patch_time: Duration,
    /// How many reads of the list of custom domains show a new one as not verified; `u32::MAX` means all.
    pub unverified_looks: u32,
    /// Whether the keys of workspaces are restricted as at Ory, where only people may make workspaces and manage workspace keys. A
    /// person's token begins with `ory_st_`.
    pub mere_keys: bool,
}

/// The switches of a server.
#[derive(Debug, Default)]
pub struct Board(Mutex<Switches>);

impl Board {
    /// With these switches at first.
    #[must_use]
    pub fn new(switches: Switches) -> Self {
        Self(Mutex::new(switches))
    }

    /// The current switches.
    #[must_use]
    pub fn get(&self) -> Switches {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets the switches from now on.
    pub fn set(&self, switches: Switches) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = switches;
    }
}

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

impl Switches {
    /// The feature that the plan lacks for these settings, if any. Only settings that change need their feature, and switching
    /// one off does not.
    #[must_use]
    pub fn lacking(&self, before: &Settings, after: &Settings) -> Option<&'static str> {
        let lacking = FEATURES.iter().filter(|(feature, _)| self.without.contains(feature));
        lacking.filter(|(_, columns)| columns.iter().any(|column| asks_for(column, before, after))).map(|feature| feature.0).next()
    }

    /// Restores the settings that are silently dropped.
    pub fn drop_from(&self, before: &Settings, after: &mut Settings) {
        for field in FIELDS.iter().filter(|field| self.dropped.iter().any(|name| is_called(field, name))) {
            after.keep(&field.name, before);
        }
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
