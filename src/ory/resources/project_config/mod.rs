//! The configuration of an Ory Network project, as one resource. Each attribute is managed only while it is set.
//!
//! Owns which attributes there are, and their places in the project's document; the rows are in the files beside this one, grouped
//! by topic. Does not know how a document is read and written: that is in [`rest::document`](crate::rest::document).

mod api_keys;
mod courier;
mod experience;
mod flows;
mod former;
mod hooks;
mod methods;
mod nested;
mod network;
mod oauth2;
mod permissions;
mod rows;
mod sessions;
pub(super) mod shapes;
mod strict_mode;

use super::project_id::PROJECT as PROJECT_ID;
use crate::{
    engine::Offer,
    ory::{
        Client,
        project::{PROJECT, REVISION},
    },
    rest::document::{Deletion, Members, Removal, View},
    schema::{Attr, Lookup, Object, Problem, Resource, WideIndex, boolean, conflicts, lookup, only, requires, resource, rule, string},
    value::Value,
};

/// What the provider offers from here.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &strict_mode::Guarded), Offer::lookup(&LOOKUP, &BACKEND)];

/// The configuration of a project.
pub static RESOURCE: Resource = resource(
    "project_config",
    "The configuration of an Ory Network project. Each attribute is managed only while it is set: a setting that is not set here is neither read nor changed, so others may manage it.\n\n\
     It needs a key of the workspace (`workspace_api_key`). Removing an attribute restores Ory's default, unless \
     `on_remove = \"keep\"` was applied before. Destroying the resource keeps all settings as they are, unless `on_destroy = \"reset\"` \
     was applied before. An import takes over only the id; with `ID:*` it takes over all settings that can be read, and with \
     `ID:first,second` these attributes. A setting that an import took over and no apply wrote is left alone, not reset, if the \
     configuration does not set it.",
)
.import("project_id")
.wide_sections(SECTIONS, &INDEX)
.rules(&[
    conflicts(&["smtp_connection_uri", "smtp_connection_uri_wo"]),
    conflicts(&["keto_namespaces", "keto_namespace_configuration"]),
    requires(&["smtp_connection_uri_wo_version", "smtp_connection_uri_wo"]),
    rule(&[RECIPIENTS, NOTIFIES], who_is_told),
    requires(&["oauth2_token_hook_auth", "oauth2_token_hook"]),
    rule(&["selfservice_methods_code_mfa_enabled", "selfservice_methods_code_passwordless_enabled"], codes_are_one_factor),
    rule(&["feature_flags"], switches_with_attributes),
])
.on_change(&[last_way_in, last_origin])
.checked();

static SECTIONS: &[&[Attr]] = &[
    PROJECT_ID,
    STEERING,
    network::CORS_PUBLIC,
    network::CORS_ADMIN,
    network::SECURITY,
    network::FEATURES,
    network::REVISION,
    sessions::SESSIONS,
    sessions::SECRETS,
    flows::FLOWS,
    flows::RETURNS,
    flows::BRUTE_FORCE,
    flows::HOOKS,
    methods::METHODS,
    courier::COURIER,
    oauth2::OAUTH2,
    oauth2::PROVIDER,
    permissions::PERMISSIONS,
    permissions::LOCK,
    experience::EXPERIENCE,
    experience::REVISION,
    api_keys::API_KEYS,
    former::FORMER,
];

static INDEX: WideIndex = WideIndex::of(SECTIONS);

/// The current settings, by attribute.
static LOOKUP: Lookup = lookup(&RESOURCE, "The current settings of an Ory Network project, by attribute.")
    .without(&["on_remove", "on_destroy", "allow_lockout"])
    .or_own();

const STEERING: &[Attr] = &[
    string(
        "on_remove",
        "What happens to a setting that is no longer set here: `reset` (the default: it gets Ory's default value) or `keep`. The value in the state decides: apply it first.",
    )
    .check(only(&["reset", "keep"]))
    .local(),
    string(
        "on_destroy",
        "What happens to the settings when this resource is destroyed: `keep` (the default: they stay as they are) or `reset` (all settings that were applied here get Ory's default values). The value in the state decides: apply it first.",
    )
    .check(only(&["keep", "reset"]))
    .local(),
    boolean("allow_lockout", "Whether a change is made even if it locks people out: nobody could sign in, or no browser could call the project.").local(),
];

/// How it is reached.
pub static BACKEND: Members = Members {
    view: Some(View { document: &REVISION, under: "normalized" }),
    toggles: hooks::TOGGLES,
    shapes: shapes::SHAPES,
    removal: Some(Removal { attr: "on_remove", keeps: "keep" }),
    deletion: Deletion::Said(
        "on_destroy",
        "reset",
        "The project keeps its settings; they are no longer managed. To restore Ory's defaults, apply `on_destroy = \"reset\"` before you destroy the resource.",
    ),
    insists: Some("allow_lockout"),
    ..Members::of(&PROJECT)
};

fn codes_are_one_factor(config: Object<'_>) -> Option<Problem> {
    let is_on = |name: &str| config.bool(name) == Some(true);
    let both = is_on("selfservice_methods_code_mfa_enabled") && is_on("selfservice_methods_code_passwordless_enabled");
    both.then(|| {
        Problem::doubtful(
            "selfservice_methods_code_mfa_enabled",
            "Codes are both the first and the second factor",
            "The configuration schema of Ory Kratos forbids both at once: Ory may refuse it. Set one of the two.",
        )
    })
}

/// A switch that has its own attribute can only be set by that attribute.
fn switches_with_attributes(config: Object<'_>) -> Option<Problem> {
    let Value::Map(switches) = config.get("feature_flags") else { return None };
    let name = switches.keys().find_map(|key| attribute_of_switch(key))?;
    Some(Problem::refused(
        "feature_flags",
        "This switch has its own attribute",
        format!("This switch can only be set by the attribute `{name}`: set that, and remove the switch from `feature_flags`."),
    ))
}

const NOTIFIES: &str = "selfservice_flows_settings_after_profile_hook_notify_previous_addresses";
const RECIPIENTS: &str = "selfservice_flows_settings_after_profile_hook_notify_previous_addresses_recipients";

/// Warns that without the hook nobody is notified.
fn who_is_told(config: Object<'_>) -> Option<Problem> {
    (!config.get(RECIPIENTS).is_null() && config.bool(NOTIFIES) != Some(true)).then(|| {
        Problem::refused(
            RECIPIENTS,
            "Nobody is notified without the hook",
            format!("`{RECIPIENTS}` has no effect unless `{NOTIFIES}` is `true`: set both, or remove `{RECIPIENTS}`."),
        )
    })
}

/// The attribute of a switch, by the switch's key.
fn attribute_of_switch(key: &str) -> Option<&'static str> {
    let name = match key.split_once('.')? {
        ("kratos", switch) => format!("feature_flags_{switch}"),
        ("keto", switch) => format!("keto_feature_flags_{switch}"),
        _ => return None,
    };
    RESOURCE.table.index(&name).map(|place| RESOURCE.table.attr(place).name)
}

/// The attributes that switch sign-in methods on.
const WAYS_IN: &[&str] = &[
    "selfservice_methods_password_enabled",
    "selfservice_methods_code_passwordless_enabled",
    "selfservice_methods_passkey_enabled",
    "selfservice_methods_webauthn_config_passwordless",
    "selfservice_methods_oidc_enabled",
    "selfservice_methods_saml_enabled",
    "selfservice_methods_deviceauthn_config_first_factor",
];

/// Warns about a lockout, as far as the state shows it. The apply sees the whole document, and refuses a change that locks people
/// out.
fn last_way_in(before: Object<'_>, planned: Object<'_>) -> Option<Problem> {
    let switched_off = WAYS_IN.iter().copied().find(|name| planned.bool(name) == Some(false) && before.bool(name) != Some(false))?;
    let is_left = WAYS_IN.iter().any(|name| planned.bool(name) == Some(true) || planned.get(name).is_unknown());
    (!is_left && planned.bool("allow_lockout") != Some(true)).then(|| {
        Problem::doubtful(
            switched_off,
            "This may be the last way to sign in",
            "No other sign-in method is switched on here. If the project has none either, the apply refuses the change, unless `allow_lockout` is set.",
        )
    })
}

fn last_origin(before: Object<'_>, planned: Object<'_>) -> Option<Problem> {
    let is_gone =
        !before.strs("cors_origins").is_empty() && !planned.get("cors_origins").has_unknown() && planned.strs("cors_origins").is_empty();
    let is_on = planned.bool("cors_enabled") != Some(false) && planned.bool("allow_lockout") != Some(true);
    (is_gone && is_on).then(|| {
        Problem::doubtful(
            "cors_origins",
            "No browser can call the project from another origin any more",
            "The last origin is removed. If CORS stays on, the apply refuses the change, unless `allow_lockout` is set.",
        )
    })
}
