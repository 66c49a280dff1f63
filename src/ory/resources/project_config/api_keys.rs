//! API keys (Ory Talos). Where they are in the document is read from the configuration schema of Ory Talos, since no text says it. One line an attribute.

use super::nested::{RETIRED, RETIRED_SECRETS};
use super::rows::{duration, flag, hmac_secret, prefix_8, prefix_16, text, texts};
use crate::schema::{Attr, objects, refuse, under};

pub(super) static API_KEYS: &[Attr] = &under(
    "services/talos/config",
    [
        flag("talos_cache_enabled", "Whether verified API keys are cached: a revoked one may pass for that long.").at("cache/enabled"),
        duration("talos_cache_ttl", "How long verified API keys are cached.").at("cache/ttl"),
        duration("talos_credentials_api_keys_default_ttl", "How long API keys are valid where nobody says. Longer than the longest, and none can be issued without saying.").at("credentials/api_keys/default_ttl"),
        duration("talos_credentials_api_keys_max_ttl", "How long API keys may be valid at most. Older keys are held to it too.").at("credentials/api_keys/max_ttl"),
        text("talos_credentials_api_keys_prefix_current", "What secret API keys begin with. A change has to move the old one to `talos_credentials_api_keys_prefix_retired`.").at("credentials/api_keys/prefix/current").check(refuse(prefix_16)),
        text("talos_credentials_api_keys_prefix_public_current", "What public API keys begin with; without it none can be issued.").at("credentials/api_keys/prefix/public_current").check(refuse(prefix_16)),
        texts("talos_credentials_api_keys_prefix_public_retired", "Older beginnings of public API keys that are still accepted, the newest first.").at("credentials/api_keys/prefix/public_retired"),
        texts("talos_credentials_api_keys_prefix_retired", "Older beginnings of secret API keys that are still accepted, the newest first.").at("credentials/api_keys/prefix/retired"),
        duration("talos_credentials_derived_tokens_default_ttl", "How long tokens derived from API keys are valid where nobody says.").at("credentials/derived_tokens/default_ttl"),
        text("talos_credentials_derived_tokens_jwt_signing_key_id", "Which key signs them; one of the sets has to have it.").at("credentials/derived_tokens/jwt/signing_key_id"),
        texts("talos_credentials_derived_tokens_jwt_signing_keys_urls", "Sets of private keys that sign them: `base64://…`.").at("credentials/derived_tokens/jwt/signing_keys/urls").secret().once(),
        text("talos_credentials_derived_tokens_macaroon_prefix_current", "What macaroons begin with.").at("credentials/derived_tokens/macaroon/prefix/current").check(refuse(prefix_8)),
        texts("talos_credentials_derived_tokens_macaroon_prefix_retired", "Older beginnings of macaroons that are still accepted, the newest first.").at("credentials/derived_tokens/macaroon/prefix/retired"),
        text("talos_credentials_issuer", "The issuer of API keys and of tokens derived from them.").at("credentials/issuer"),
        objects("talos_credentials_issuer_retired", "Older issuers that are still accepted.", &RETIRED).while_set().at("credentials/issuer_retired"),
        flag("talos_rate_limit_enabled", "Whether the rate limits of API keys are enforced when they are verified.").at("rate_limit/enabled"),
        text("talos_secrets_hmac_current", "What API keys are signed with, at least 32 characters. Without the old one in `talos_secrets_hmac_retired`, a change ends every key.").at("secrets/hmac/current").check(refuse(hmac_secret)).secret().once(),
        objects("talos_secrets_hmac_retired", "Older secrets that are still accepted.", &RETIRED_SECRETS).while_set().at("secrets/hmac/retired").secret().once(),
    ],
);
