//! How messages are sent. One line per attribute.

use super::nested::{CHANNELS, REQUEST, REQUEST_PARTS};
use super::rows::{address, http, mail_server, text};
use crate::ory::resources::content::WRITTEN;
use crate::schema::{Attr, known, map, object, objects, only, refuse, string, under};

pub(super) static COURIER: &[Attr] = &under(
    "services/identity/config/courier",
    [
        text("courier_delivery_strategy", "How messages are sent: by `smtp`, or by `http` requests.")
            .at("delivery_strategy")
            .check(only(&["smtp", "http"])),
        text("courier_smtp_from_address", "The sender's address. Shown only while `smtp_connection_uri` is set.")
            .at("smtp/from_address")
            .may_be_untold()
            .check(refuse(address)),
        text("courier_smtp_from_name", "The sender's name. Shown only while `smtp_connection_uri` is set.")
            .at("smtp/from_name")
            .may_be_untold(),
        text(
            "courier_smtp_local_name",
            "The host name in the greeting to the mail server (HELO). Shown only while `smtp_connection_uri` is set.",
        )
        .at("smtp/local_name")
        .may_be_untold(),
        text("smtp_connection_uri", "URL of the mail server with its user and password.")
            .at("smtp/connection_uri")
            .check(refuse(mail_server))
            .secret()
            .once(),
        string("smtp_connection_uri_wo", "The same, but not kept in the state. Change `smtp_connection_uri_wo_version` to send it again.")
            .write_only()
            .at("smtp/connection_uri")
            .check(refuse(mail_server)),
        string("smtp_connection_uri_wo_version", "Change it to send `smtp_connection_uri_wo` again.").local(),
        map("smtp_headers", "Headers of mails.").while_set().at("smtp/headers").secret(),
        text(
            "courier_http_request_config_url",
            "URL to which messages are sent. These attributes are shown only while `courier_delivery_strategy` is `http`.",
        )
        .at("http/request_config/url")
        .check(refuse(http))
        .may_be_untold(),
        text("courier_http_request_config_method", "The HTTP method of the request.")
            .at("http/request_config/method")
            .check(known(&["POST", "PUT", "PATCH", "GET"]))
            .may_be_untold(),
        text("courier_http_request_config_body", "Jsonnet that makes the body of the request: the text itself or `base64://…`.")
            .at("http/request_config/body")
            .may_be_untold()
            .means(WRITTEN),
        text("courier_http_request_config_auth_type", "How the request is authenticated.")
            .at("http/request_config/auth/type")
            .check(only(&["basic_auth", "api_key"]))
            .may_be_untold(),
        text("courier_http_request_config_auth_api_key_in", "Whether the key is sent in a header or a cookie.")
            .at("http/request_config/auth/config/in")
            .check(only(&["header", "cookie", "query"]))
            .may_be_untold(),
        text("courier_http_request_config_auth_api_key_name", "The name of the header or cookie with the key.")
            .at("http/request_config/auth/config/name")
            .may_be_untold(),
        text("courier_http_request_config_auth_api_key_value", "The key.").at("http/request_config/auth/config/value").secret().once(),
        text("courier_http_request_config_auth_basic_auth_user", "The user.").at("http/request_config/auth/config/user").may_be_untold(),
        text("courier_http_request_config_auth_basic_auth_password", "The password.")
            .at("http/request_config/auth/config/password")
            .secret()
            .once(),
        object("courier_http_request_config", "The whole request, in place of the single attributes.", &REQUEST)
            .while_set()
            .at("http/request_config")
            .may_be_untold()
            .instead_of(REQUEST_PARTS),
        objects("courier_channels", "Further channels for messages, such as `sms`.", &CHANNELS).while_set().at("channels").keyed("id"),
        map("courier_http_request_config_headers", "Headers of the request.")
            .while_set()
            .at("http/request_config/headers")
            .may_be_untold()
            .secret(),
    ],
);
