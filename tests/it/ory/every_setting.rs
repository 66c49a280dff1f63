//! Values for a project's whole configuration: one for each attribute, which are valid together.
//!
//! Knows no server. Tests and a benchmark use it.

use janiform::{engine::validate, ory::resources::project_config};
use janiform_testing::{json as stored, samples};
use serde_json::{Value as Json, json};

/// What the table cannot say.
pub fn known(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        // One for each test: the project.
        "project_id" | "on_remove" | "on_destroy" | "allow_lockout" => vec![],
        // On a new project it is locked; that has a test of its own.
        "keto_feature_flags_strict_mode" => vec![],
        "oauth2_token_prefix" => vec![json!("acme_%s_"), json!("%s")],
        "account_experience_favicon_light"
        | "account_experience_favicon_dark"
        | "account_experience_logo_light"
        | "account_experience_logo_dark" => {
            // The first bytes of a PNG.
            vec![json!("data:image/png;base64,YWJj"), json!("iVBORw0KGgo="), json!("https://a.example/logo.png")]
        }
        "smtp_connection_uri" | "smtp_connection_uri_wo" => {
            vec![json!("smtps://u:p@canary-5521.example:465/"), json!("smtp://b.example")]
        }
        "oauth2_secrets_cookie"
        | "oauth2_secrets_pagination"
        | "oauth2_secrets_system"
        | "identity_secrets_cipher"
        | "identity_secrets_cookie"
        | "identity_secrets_default"
        | "identity_secrets_pagination"
        | "keto_secrets_pagination"
        | "talos_credentials_derived_tokens_jwt_signing_keys_urls" => {
            vec![json!(["canary-of-a-secret-5521", "canary-of-before-5521"]), json!(["canary-of-a-secret-5522"])]
        }
        "talos_secrets_hmac_retired" => {
            vec![
                json!([{ "value": "canary-of-before-5521" }]),
                json!([{ "value": "canary-of-before-5522", "expires_at": "2031-02-03T04:05:06Z" }]),
            ]
        }
        "smtp_headers" | "oauth2_provider_headers" | "courier_http_request_config_headers" => {
            vec![json!({ "X-Key": "canary-of-a-header-5521" }), json!({ "X-Key": "canary-of-a-header-5522" })]
        }
        "session_tokenizer_templates" => vec![
            json!({ "a": { "jwks_url": "base64://YWJj", "ttl": "90s", "claims_mapper_url": "base64://YWJj", "subject_source": "external_id" } }),
            json!({ "a": { "jwks_url": "base64://YWJj" }, "b": { "jwks_url": "{\"keys\":[]}", "claims_mapper_url": "{}" } }),
        ],
        "courier_http_request_config_body" | "keto_namespace_configuration" => {
            vec![json!("base64://YWJj"), json!("class User implements Namespace {}")]
        }
        "talos_secrets_hmac_current" => vec![json!("0123456789abcdef0123456789abcdef"), json!("abcdef0123456789abcdef0123456789")],
        "feature_flags" => vec![json!({ "kratos.jsonnet_pool": true }), json!({ "kratos.jsonnet_pool": false })],
        _ => return None,
    })
}

/// The configuration with every attribute that goes with the others: the one of two names that is not `older`, and the
/// value that comes first or second.
pub fn all(id: &str, older: bool, turn: usize) -> Json {
    let resource = &project_config::RESOURCE;
    let mut config = json!({ "project_id": id, "allow_lockout": true });
    for attr in resource.table.attrs().filter(|attr| attr.configurable()) {
        let has_older = resource.table.attrs().any(|other| other.alias_of == Some(attr.name));
        if !attr.instead_of.is_empty() || (older && has_older) || (!older && attr.alias_of.is_some()) {
            continue;
        }
        let values = samples::values(attr, known);
        let Some(value) = values.get(turn % values.len().max(1)) else { continue };
        let mut more = config.clone();
        more[attr.name] = value.clone();
        let object = stored::from_json(&resource.table, &more).unwrap();
        // Two that exclude each other: the first stands.
        if !validate(resource, &object).iter().any(|said| said.is_error() && !said.summary.contains(" needs ")) {
            config = more;
        }
    }
    config
}
