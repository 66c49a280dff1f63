//! The nested objects of a project's configuration.

use super::rows::http;
use crate::{
    ory::resources::content::{WRITTEN, uploaded},
    schema::{DURATION, INSTANT, Kind, Nested, Table, map, object, only, only_with, refuse, string, text},
};

/// The templates for converting sessions to JSON Web Tokens.
pub(super) static TEMPLATES: Kind = Kind::Object(&TEMPLATE);
static TEMPLATE: Nested = Nested {
    name: "ProjectConfigSessionTokenizerTemplate",
    table: Table::new(&[&[
        string("jwks_url", "The keys that sign the tokens, as a JSON Web Key Set: the text itself or `base64://…`. No answer shows them.")
            .required()
            .means(WRITTEN)
            .check(refuse(uploaded))
            .secret()
            .once(),
        string("ttl", "How long the tokens are valid; `1m` when unset.").means(DURATION).unset_as(text("1m0s")),
        string("claims_mapper_url", "Jsonnet that makes the claims: the text itself, `base64://…` or `https://…`.").means(WRITTEN),
        string("subject_source", "The source of the subject; `id` when unset.").check(only(&["id", "external_id"])).unset_as(text("id")),
    ]]),
};

/// The credentials of a token hook.
pub(super) static HOOK_AUTH: Nested = Nested {
    name: "ProjectConfigOauth2TokenHookAuth",
    table: Table::new(&[&[
        string("type", "The kind of credentials.").required().check(only(&["api_key"])),
        string("name", "The name of the header, cookie or parameter with the key.").required().at("config/name"),
        string("value", "The key. No answer shows it.").required().at("config/value").secret().once(),
        string("in", "Where the key is sent.").check(only(&["header", "cookie", "query"])).at("config/in"),
    ]]),
};

/// A request that sends a message.
pub(super) static REQUEST: Nested = Nested {
    name: "ProjectConfigCourierRequest",
    table: Table::new(&[&[
        string("url", "URL to which messages are sent.").required().check(refuse(http)),
        string("method", "The method.").required().check(only(&["POST", "PUT", "PATCH", "GET"])),
        map("headers", "Headers; they may hold credentials.").secret(),
        string("body", "Jsonnet that makes the body: the text itself or `base64://…`.").means(WRITTEN),
        object("auth", "How the request is authenticated.", &AUTH),
    ]]),
};

/// Its credentials. Ory Kratos demands all parts of a kind, and refuses those of another (`webHookAuthBasicAuthProperties` and
/// `webHookAuthApiKeyProperties` in `embedx/config.schema.json` of Ory Kratos 1.3.1).
static AUTH: Nested = Nested {
    name: "ProjectConfigCourierRequestAuth",
    table: Table::new(&[&[
        string("type", "The kind of credentials.").required().check(only(&["basic_auth", "api_key"])),
        string("user", "The user, for `basic_auth`.").at("config/user"),
        string("password", "The password, for `basic_auth`. No answer shows it.").at("config/password").secret().once(),
        string("name", "The name of the header, cookie or parameter with the key, for `api_key`.").at("config/name"),
        string("value", "The key, for `api_key`. No answer shows it.").at("config/value").secret().once(),
        string("in", "Where the key is sent, for `api_key`.").check(only(&["header", "cookie", "query"])).at("config/in"),
    ]])
    .rules(&[only_with("basic_auth", &["type", "user", "password"]), only_with("api_key", &["type", "name", "value", "in"])]),
};

/// The single attributes of a request.
pub(super) const REQUEST_PARTS: &[&str] = &[
    "courier_http_request_config_url",
    "courier_http_request_config_method",
    "courier_http_request_config_body",
    "courier_http_request_config_headers",
    "courier_http_request_config_auth_type",
    "courier_http_request_config_auth_api_key_in",
    "courier_http_request_config_auth_api_key_name",
    "courier_http_request_config_auth_api_key_value",
    "courier_http_request_config_auth_basic_auth_user",
    "courier_http_request_config_auth_basic_auth_password",
];

/// Channels for messages.
pub(super) static CHANNELS: Kind = Kind::Object(&CHANNEL);
static CHANNEL: Nested = Nested {
    name: "ProjectConfigCourierChannel",
    table: Table::new(&[&[
        string("id", "Id of the channel, such as `sms`.").required(),
        object("request_config", "The request that sends a message.", &CHANNEL_REQUEST).required(),
    ]]),
};

/// The request of a channel. It needs a body.
static CHANNEL_REQUEST: Nested = Nested {
    name: "ProjectConfigCourierChannelRequest",
    table: Table::new(&[&[
        string("url", "URL to which messages are sent.").required().check(refuse(http)),
        string("method", "The method.").required().check(only(&["POST", "PUT", "PATCH", "GET"])),
        map("headers", "Headers; they may hold credentials.").secret(),
        string("body", "Jsonnet that makes the body: the text itself or `base64://…`.").required().means(WRITTEN),
        object("auth", "How the request is authenticated.", &AUTH),
    ]]),
};

/// Older issuers.
pub(super) static RETIRED: Kind = Kind::Object(&RETIRED_VALUE);
static RETIRED_VALUE: Nested = Nested {
    name: "ProjectConfigTalosRetired",
    table: Table::new(&[&[
        string("value", "The value that is still accepted.").required(),
        string("expires_at", "Until when it is accepted; without limit when unset.").means(INSTANT),
    ]]),
};

/// Older secrets.
pub(super) static RETIRED_SECRETS: Kind = Kind::Object(&RETIRED_SECRET);
static RETIRED_SECRET: Nested = Nested {
    name: "ProjectConfigTalosRetiredSecret",
    table: Table::new(&[&[
        string("value", "The value that is still accepted.").required().secret(),
        string("expires_at", "Until when it is accepted; without limit when unset.").means(INSTANT),
    ]]),
};

/// Texts by language.
pub(super) static TRANSLATIONS: Kind = Kind::Object(&TRANSLATION);
static TRANSLATION: Nested = Nested {
    name: "ProjectConfigTranslation",
    table: Table::new(&[&[
        string("locale", "The language.").required(),
        string("translations", "The texts, as JSON: the text itself or `base64://…`.").required().means(WRITTEN),
    ]]),
};
