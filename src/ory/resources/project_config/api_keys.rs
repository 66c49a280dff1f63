//! API keys (Ory Talos). Their places in the document are from the configuration schema of Ory Talos, since no documentation
//! has them. One line per attribute.

use super::nested::{RETIRED, RETIRED_SECRETS};
use super::rows::{duration, flag, hmac_secret, prefix_8, prefix_16, text, texts};
use crate::schema::{Attr, objects, refuse, under};

pub(super) static API_KEYS: &[Attr] = &under(
    "services/talos/config",
    [
        flag("talos_cache_enabled", "Whether verified API keys are cached: a revoked key may be accepted while it is cached.").at("cache/enabled"),
        duration("talos_cache_ttl", "How long verified API keys are cached.").at("cache/ttl"),
        duration("talos_credentials_api_keys_default_ttl", "How long API keys are valid if a request does not set it. If this is longer than `talos_credentials_api_keys_max_ttl`, each request has to set it.").at("credentials/api_keys/default_ttl"),
        duration("talos_credentials_api_keys_max_ttl", "How long API keys may be valid at most. It also applies to existing keys.").at("credentials/api_keys/max_ttl"),
        text("talos_credentials_api_keys_prefix_current", "The prefix of secret API keys. When you change it, add the old one to `talos_credentials_api_keys_prefix_retired`.").at("credentials/api_keys/prefix/current").check(refuse(prefix_16)),
        text("talos_credentials_api_keys_prefix_public_current", "The prefix of public API keys. Without it, no public key can be issued.").at("credentials/api_keys/prefix/public_current").check(refuse(prefix_16)),
        texts("talos_credentials_api_keys_prefix_public_retired", "Older prefixes of public API keys that are still accepted, the newest first.").at("credentials/api_keys/prefix/public_retired"),
        texts("talos_credentials_api_keys_prefix_retired", "Older prefixes of secret API keys that are still accepted, the newest first.").at("credentials/api_keys/prefix/retired"),
        duration("talos_credentials_derived_tokens_default_ttl", "How long tokens derived from API keys are valid if a request does not set it.").at("credentials/derived_tokens/default_ttl"),
        text("talos_credentials_derived_tokens_jwt_signing_key_id", "Id of the key that signs derived tokens. One of the sets in `talos_credentials_derived_tokens_jwt_signing_keys_urls` has to contain it.").at("credentials/derived_tokens/jwt/signing_key_id"),
        texts("talos_credentials_derived_tokens_jwt_signing_keys_urls", "Sets of private keys that sign derived tokens: `base64://…`.").at("credentials/derived_tokens/jwt/signing_keys/urls").secret().once(),
        text("talos_credentials_derived_tokens_macaroon_prefix_current", "The prefix of macaroons.").at("credentials/derived_tokens/macaroon/prefix/current").check(refuse(prefix_8)),
        texts("talos_credentials_derived_tokens_macaroon_prefix_retired", "Older prefixes of macaroons that are still accepted, the newest first.").at("credentials/derived_tokens/macaroon/prefix/retired"),
        text("talos_credentials_issuer", "The issuer of API keys and of tokens derived from them.").at("credentials/issuer"),
        objects("talos_credentials_issuer_retired", "Older issuers that are still accepted.", &RETIRED).while_set().at("credentials/issuer_retired"),
        flag("talos_rate_limit_enabled", "Whether the rate limits of API keys are enforced when they are verified.").at("rate_limit/enabled"),
        text("talos_secrets_hmac_current", "The secret that signs API keys, at least 32 characters. When you change it, add the old one to `talos_secrets_hmac_retired`: otherwise every existing key becomes invalid.").at("secrets/hmac/current").check(refuse(hmac_secret)).secret().once(),
        objects("talos_secrets_hmac_retired", "Older secrets that are still accepted.", &RETIRED_SECRETS).while_set().at("secrets/hmac/retired").once(),
    ],
);
