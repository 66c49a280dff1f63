//! OAuth 2.0 and OpenID Connect. One line per attribute.

use super::nested::HOOK_AUTH;
use super::rows::{LIFETIME, count, duration, flag, text, texts, token_prefix};
use crate::schema::{Attr, map, object, only, refuse, under};

pub(super) static OAUTH2: &[Attr] = &under(
    "services/oauth2/config",
    [
        duration("oauth2_ttl_access_token", "How long access tokens are valid.").at("ttl/access_token"),
        text("oauth2_ttl_refresh_token", "How long refresh tokens are valid; `-1` means without limit.").means(LIFETIME).at("ttl/refresh_token"),
        duration("oauth2_ttl_auth_code", "How long authorization codes are valid.").at("ttl/auth_code"),
        duration("oauth2_ttl_id_token", "How long ID tokens are valid.").at("ttl/id_token"),
        duration("oauth2_ttl_login_consent_request", "How long a login or consent request may take.").at("ttl/login_consent_request"),
        duration("oauth2_ttl_device_user_code", "How long device and user codes are valid.").at("ttl/device_user_code"),
        text("oauth2_strategies_access_token", "The format of access tokens.")
            .at("strategies/access_token")
            .check(only(&["opaque", "jwt"])),
        text("oauth2_strategies_jwt_scope_claim", "How scopes are written into access tokens that are JSON Web Tokens.")
            .at("strategies/jwt/scope_claim")
            .check(only(&["list", "string", "both"])),
        text("oauth2_strategies_scope", "How a requested scope is compared with those that a client may have.")
            .at("strategies/scope")
            .check(only(&["exact", "wildcard"])),
        text("oauth2_urls_consent", "URL of the consent page.").at("urls/consent"),
        text("oauth2_urls_login", "URL of the sign-in page.").at("urls/login"),
        text("oauth2_urls_logout", "URL of the sign-out page.").at("urls/logout"),
        text("oauth2_urls_error", "URL of the error page.").at("urls/error"),
        text("oauth2_urls_self_issuer", "The issuer in tokens and in OpenID Connect discovery.").at("urls/self/issuer"),
        text("oauth2_urls_post_logout_redirect", "URL to which people are sent after signing out, unless the client sets one.")
            .at("urls/post_logout_redirect"),
        text("oauth2_urls_registration", "URL of the registration page (`prompt=registration`).").at("urls/registration"),
        text("oauth2_urls_device_success", "URL to which people are sent after they accepted a device.").at("urls/device/success"),
        text("oauth2_urls_device_verification", "URL of the page for the code of a device.").at("urls/device/verification"),
        text("oauth2_serve_cookies_same_site_mode", "The SameSite attribute of the OAuth 2.0 service's cookies.")
            .at("serve/cookies/same_site_mode")
            .check(only(&["Strict", "Lax", "None"])),
        flag(
            "oauth2_serve_cookies_same_site_legacy_workaround",
            "Whether a second cookie is set for browsers that misread `SameSite=None`.",
        )
        .at("serve/cookies/same_site_legacy_workaround"),
        flag("oauth2_mirror_top_level_claims", "Whether custom claims are in tokens both at the top and under `ext`.")
            .at("oauth2/mirror_top_level_claims"),
        texts("oauth2_allowed_top_level_claims", "Custom claims that may be at the top of tokens.")
            .at("oauth2/allowed_top_level_claims")
            .unordered(),
        flag("oauth2_preserve_ext_claims", "Whether claims stay under `ext` as well.").at("oauth2/preserve_ext_claims"),
        flag("oauth2_pkce_enforced", "Whether all clients have to use PKCE.").at("oauth2/pkce/enforced"),
        flag("oauth2_pkce_enforced_for_public_clients", "Whether public clients have to use PKCE.")
            .at("oauth2/pkce/enforced_for_public_clients"),
        flag(
            "oauth2_client_credentials_default_grant_allowed_scope",
            "Whether a client that requests no scope in the client credentials grant gets all of its scopes.",
        )
        .at("oauth2/client_credentials/default_grant_allowed_scope"),
        flag("oauth2_exclude_not_before_claim", "Whether tokens are made without `nbf`.").at("oauth2/exclude_not_before_claim"),
        flag("oauth2_grant_jwt_iat_optional", "Whether an assertion of the JWT bearer grant may lack `iat`.")
            .at("oauth2/grant/jwt/iat_optional"),
        flag("oauth2_grant_jwt_jti_optional", "Whether an assertion of the JWT bearer grant may lack `jti`.")
            .at("oauth2/grant/jwt/jti_optional"),
        flag("oauth2_grant_jwt_omit_assertion_audience", "Whether the audience of an assertion is kept out of the token.")
            .at("oauth2/grant/jwt/omit_assertion_audience"),
        duration("oauth2_grant_jwt_max_ttl", "How long an assertion of the JWT bearer grant may be valid.").at("oauth2/grant/jwt/max_ttl"),
        duration("oauth2_grant_refresh_token_rotation_grace_period", "How long a refresh token may be used again after it was rotated.")
            .at("oauth2/grant/refresh_token/rotation_grace_period"),
        count("oauth2_grant_refresh_token_rotation_grace_reuse_count", "How often a refresh token may be used again in that time.")
            .at("oauth2/grant/refresh_token/rotation_grace_reuse_count"),
        text("oauth2_refresh_token_hook", "URL that is called when a token is refreshed (the older kind of hook).")
            .at("oauth2/refresh_token_hook"),
        text("oauth2_token_hook", "URL that is called when a token is issued.").at("oauth2/token_hook/url"),
        object("oauth2_token_hook_auth", "Credentials for calls of the token hook.", &HOOK_AUTH).while_set().at("oauth2/token_hook/auth"),
        text(
            "oauth2_token_prefix",
            "The prefix of opaque tokens: letters, digits and `_`, with exactly one `%s`. Needs the Enterprise plan.",
        )
        .at("oauth2/token_prefix")
        .check(refuse(token_prefix)),
        duration("oauth2_device_authorization_token_polling_interval", "How often a device may ask for its token.")
            .at("oauth2/device_authorization/token_polling_interval"),
        text("oauth2_device_authorization_user_code_entropy_preset", "How hard it is to guess the codes that people enter.")
            .at("oauth2/device_authorization/user_code/entropy_preset")
            .check(only(&["high", "medium", "low"])),
        text("oauth2_webfinger_oidc_discovery_auth_url", "The `auth_url` in the discovery document.").at("webfinger/oidc_discovery/auth_url"),
        text("oauth2_webfinger_oidc_discovery_client_registration_url", "The `client_registration_url` in the discovery document.")
            .at("webfinger/oidc_discovery/client_registration_url"),
        text("oauth2_webfinger_oidc_discovery_jwks_url", "The `jwks_url` in the discovery document.").at("webfinger/oidc_discovery/jwks_url"),
        text("oauth2_webfinger_oidc_discovery_token_url", "The `token_url` in the discovery document.").at("webfinger/oidc_discovery/token_url"),
        text("oauth2_webfinger_oidc_discovery_userinfo_url", "The `userinfo_url` in the discovery document.")
            .at("webfinger/oidc_discovery/userinfo_url"),
        text("oauth2_webfinger_oidc_discovery_device_authorization_url", "The `device_authorization_url` in the discovery document.")
            .at("webfinger/oidc_discovery/device_authorization_url"),
        texts("oauth2_webfinger_oidc_discovery_supported_claims", "Claims in the discovery document.")
            .at("webfinger/oidc_discovery/supported_claims")
            .unordered(),
        texts("oauth2_webfinger_oidc_discovery_supported_scope", "Scopes in the discovery document.")
            .at("webfinger/oidc_discovery/supported_scope")
            .unordered(),
        texts("oauth2_webfinger_jwks_broadcast_keys", "Sets of keys that are published at `/.well-known/jwks.json`.")
            .at("webfinger/jwks/broadcast_keys")
            .unordered(),
        texts("oauth2_secrets_cookie", "Secrets that sign cookies of the OAuth 2.0 service. The first one is in use.")
            .at("secrets/cookie")
            .secret()
            .once(),
        texts("oauth2_secrets_pagination", "Secrets that encrypt page tokens of the OAuth 2.0 service. The first one is in use.")
            .at("secrets/pagination")
            .secret()
            .once(),
        texts("oauth2_secrets_system", "Secrets with which the OAuth 2.0 service encrypts its data. The first one is in use.")
            .at("secrets/system")
            .secret()
            .once(),
        flag("oidc_dynamic_client_registration_enabled", "Whether clients may register themselves.")
            .at("oidc/dynamic_client_registration/enabled"),
        texts("oidc_dynamic_client_registration_default_scope", "Scopes of clients that register themselves without any.")
            .at("oidc/dynamic_client_registration/default_scope")
            .unordered(),
        texts("oidc_subject_identifiers_supported_types", "Types of subject identifiers that clients may get. While access tokens are JSON Web Tokens (`oauth2_strategies_access_token`), Hydra only supports `public`, and refuses clients that are `pairwise`.")
            .at("oidc/subject_identifiers/supported_types")
            .each(only(&["public", "pairwise"]))
            .unordered(),
        text("oidc_subject_identifiers_pairwise_salt", "The salt of pairwise subjects. Changing it changes all of them.")
            .at("oidc/subject_identifiers/pairwise_salt")
            .secret()
            .once(),
        texts("oidc_dynamic_client_registration_default_audience", "Audiences of clients that register themselves without any.")
            .at("oidc/dynamic_client_registration/default_audience")
            .unordered(),
    ],
);

pub(super) static PROVIDER: &[Attr] = &under(
    "services/identity/config/oauth2_provider",
    [
        text("oauth2_provider_url", "URL of the OAuth 2.0 service that the identity service uses.").at("url"),
        flag("oauth2_provider_override_return_to", "Whether `return_to` is replaced in a login for OAuth 2.0.").at("override_return_to"),
        map("oauth2_provider_headers", "Headers that are sent to that service.").while_set().at("headers").secret(),
    ],
);
