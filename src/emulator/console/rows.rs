//! The tables of rows: the members of a provider, a hook, a schema and so on.
//!
//! Owns the facts, as [`super::columns`] does for single values. The path of a column is its place in the row's object in the
//! document, and its name is the property of the row in the revision. The other members of a row in the revision (its own id, the
//! revision's id, when it was made) are added when it is read. Secrets of rows are left out of every answer: the description says
//! that they do not come back, but not what is shown instead.

use super::column::{DURATION, Form, Kind, NUMBER, Rows, at};

const STATES: Kind = Kind::OneOf(&["enabled", "disabled"]);
const UPDATES: Kind = Kind::OneOf(&["never", "automatic"]);
/// The regions of projects.
pub const REGIONS: &[&str] = &["eu-central", "asia-northeast", "us-east", "us-west", "eu", "asia", "us", "global"];
const REGION: Kind = Kind::OneOf(REGIONS);

/// Social sign-in.
pub static PROVIDERS: Rows = Rows {
    form: Form::List,
    columns: &[
        at("id", Kind::Text).named("provider_id").required(),
        at("provider", Kind::Text).required(),
        at("label", Kind::Text),
        at("client_id", Kind::Text),
        at("client_secret", Kind::Text).secret(),
        at("issuer_url", Kind::Text),
        at("auth_url", Kind::Text),
        at("token_url", Kind::Text),
        at("mapper_url", Kind::Fetched("jsonnet")),
        at("scope", Kind::Texts),
        at("microsoft_tenant", Kind::Text).named("azure_tenant"),
        at("subject_source", Kind::Text),
        at("apple_team_id", Kind::Text),
        at("apple_private_key_id", Kind::Text),
        at("apple_private_key", Kind::Text).secret(),
        at("requested_claims", Kind::Headers),
        at("organization_id", Kind::Text),
        at("additional_id_token_audiences", Kind::Texts),
        at("claims_source", Kind::OneOf(&["id_token", "userinfo"])),
        at("pkce", Kind::OneOf(&["auto", "never", "force"])),
        at("fedcm_config_url", Kind::Text),
        at("net_id_token_origin_header", Kind::Text),
        at("account_linking_mode", Kind::OneOf(&["automatic", "confirm_with_existing_credential"])),
        at("update_identity_on_login", UPDATES),
        at("aal2_acr_values", Kind::Texts),
        at("aal2_amr_values", Kind::Texts),
        at("front_channel_logout", Kind::Flag),
        at("proxy_oidc_redirect_url", Kind::Text).fixed(),
        at("state", STATES),
        // The official provider sends it, and no answer has it.
        at("auto_link", Kind::Flag).secret().unlisted(),
    ],
};

/// SAML sign-in.
pub static SAML_PROVIDERS: Rows = Rows {
    form: Form::List,
    columns: &[
        at("id", Kind::Text).named("provider_id").required(),
        at("label", Kind::Text),
        at("organization_id", Kind::Text),
        at("mapper_url", Kind::Fetched("jsonnet")),
        at("raw_idp_metadata_xml", Kind::Fetched("xml")),
        at("state", STATES),
        at("update_identity_on_login", UPDATES),
        at("engine", Kind::OneOf(&["jackson", "native"])),
        at("acs_url", Kind::Text),
        at("additional_acs_urls", Kind::Texts),
        at("idp_metadata_url", Kind::Text),
        at("sp_entity_id", Kind::Text),
        at("audience_override_base_url", Kind::Text),
        at("proxy_acs_url", Kind::Text),
        at("proxy_saml_audience_override", Kind::Text),
        at("idp_initiated_login_enabled", Kind::Flag),
        at("binding", Kind::OneOf(&["http-post", "http-redirect"])),
        at("force_authn", Kind::Flag),
        at("sign_authn_requests", Kind::Flag),
        at("require_encrypted_assertion", Kind::Flag),
        at("allowed_digest_algorithms", Kind::Texts),
        at("allowed_signature_algorithms", Kind::Texts),
        at("allowed_name_id_formats", Kind::Texts),
        at("clock_skew_seconds", Kind::Number(0, 300)),
        at("valid_to", Kind::Texts).fixed(),
    ],
};

/// Channels for messages.
pub static CHANNELS: Rows = Rows {
    form: Form::List,
    columns: &[
        at("id", Kind::Text).named("channel_id").required(),
        at("request_config/url", Kind::Text).named("request_config_url"),
        at("request_config/method", Kind::Text).named("request_config_method").required(),
        at("request_config/headers", Kind::Headers).named("request_config_headers"),
        at("request_config/body", Kind::Content("jsonnet")).named("request_config_body").required(),
        at("request_config/auth/type", Kind::OneOf(&["basic_auth", "api_key"])).named("request_config_auth_type"),
        at("request_config/auth/config/user", Kind::Text).named("request_config_auth_config_basic_auth_user"),
        at("request_config/auth/config/password", Kind::Text).named("request_config_auth_config_basic_auth_password").secret(),
        at("request_config/auth/config/name", Kind::Text).named("request_config_auth_config_api_key_name"),
        at("request_config/auth/config/value", Kind::Text).named("request_config_auth_config_api_key_value").secret(),
        at("request_config/auth/config/in", Kind::OneOf(&["header", "cookie", "query"])).named("request_config_auth_config_api_key_in"),
    ],
};

/// Templates that turn sessions into tokens.
pub static TOKENIZERS: Rows = Rows {
    form: Form::Map,
    columns: &[
        at("key", Kind::Text).required(),
        at("ttl", DURATION).or("1m0s"),
        at("jwks_url", Kind::Content("json")).secret().kept(),
        at("claims_mapper_url", Kind::Content("jsonnet")),
        at("subject_source", Kind::OneOf(&["id", "external_id"])).or("id"),
    ],
};

/// Schemas of identities.
pub static SCHEMAS: Rows = Rows {
    form: Form::Schemas,
    columns: &[
        at("id", Kind::Text).named("import_id").required(),
        at("url", Kind::Content("json")).named("import_url").required(),
        at("selfservice_selectable", Kind::Flag),
        at("", Kind::Flag).named("is_default"),
    ],
};

/// The hooks of all triggers.
pub static HOOKS: Rows = Rows {
    form: Form::Hooks,
    columns: &[
        at("", Kind::Text).named("config_key").required(),
        at("hook", Kind::Text).required(),
        at("config/url", Kind::Text).named("web_hook_config_url"),
        at("config/method", Kind::Text).named("web_hook_config_method"),
        at("config/body", Kind::Content("jsonnet")).named("web_hook_config_body"),
        at("config/can_interrupt", Kind::Flag).named("web_hook_config_can_interrupt"),
        at("config/response/ignore", Kind::Flag).named("web_hook_config_response_ignore"),
        at("config/response/parse", Kind::Flag).named("web_hook_config_response_parse"),
        at("config/auth/type", Kind::OneOf(&["basic_auth", "api_key"])).named("web_hook_config_auth_type"),
        at("config/auth/config/user", Kind::Text).named("web_hook_config_auth_basic_auth_user"),
        at("config/auth/config/password", Kind::Text).named("web_hook_config_auth_basic_auth_password").secret(),
        at("config/auth/config/name", Kind::Text).named("web_hook_config_auth_api_key_name"),
        at("config/auth/config/value", Kind::Text).named("web_hook_config_auth_api_key_value").secret(),
        at("config/auth/config/in", Kind::OneOf(&["header", "cookie"])).named("web_hook_config_auth_api_key_in"),
        at("config/recipients", Kind::OneOf(&["all", "all_verified", "removed"])).named("notify_previous_addresses_config_recipients"),
    ],
};

/// Namespaces of relationships.
pub static NAMESPACES: Rows = Rows { form: Form::List, columns: &[at("name", Kind::Text).required(), at("id", NUMBER)] };

/// Older values that are still accepted.
pub static RETIRED: Rows = Rows { form: Form::Loose, columns: &[at("value", Kind::Text).required(), at("expires_at", Kind::Text)] };

/// The member of an organization's row with the time when it was made.
pub(super) const MADE: &str = "created_at";

/// Organizations.
pub static ORGANIZATIONS: Rows = Rows {
    form: Form::List,
    columns: &[
        at("id", Kind::Text).required(),
        at("label", Kind::Text).required(),
        at("domains", Kind::Texts).required(),
        at("default_region", REGION),
        at("session_lifespan", Kind::Plain),
        // Shown by the organization's own routes and by the revision.
        at("", Kind::Text).named(MADE).fixed().kept(),
    ],
};

/// SCIM clients, which provision identities.
pub static SCIM_CLIENTS: Rows = Rows {
    form: Form::List,
    columns: &[
        at("client_id", Kind::Text).required(),
        at("label", Kind::Text).required(),
        at("mapper_url", Kind::Fetched("jsonnet")).required(),
        at("organization_id", Kind::Text).required(),
        at("authorization_header_secret", Kind::Text).required().secret(),
        at("state", STATES),
        at("proxy_scim_server_url", Kind::Text),
    ],
};

/// Translations of the account experience.
pub static TRANSLATIONS: Rows =
    Rows { form: Form::List, columns: &[at("locale", Kind::Text).required(), at("translations", Kind::Content("json")).required()] };
