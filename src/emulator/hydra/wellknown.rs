//! Health, version and the discovery document.
//!
//! Owns documents that depend only on the profile and the address.

use serde::Serialize;

use super::{Hydra, validate};
use crate::emulator::Profile;
use crate::emulator::reply::Reply;

/// The discovery document, with members in the order of the JSON.
#[derive(Serialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_authorization_endpoint: Option<String>,
    token_endpoint: String,
    jwks_uri: String,
    subject_types_supported: &'static [&'static str],
    response_types_supported: &'static [&'static str],
    claims_supported: &'static [&'static str],
    grant_types_supported: Vec<&'static str>,
    response_modes_supported: &'static [&'static str],
    userinfo_endpoint: String,
    scopes_supported: &'static [&'static str],
    token_endpoint_auth_methods_supported: &'static [&'static str],
    userinfo_signing_alg_values_supported: &'static [&'static str],
    id_token_signing_alg_values_supported: &'static [&'static str],
    id_token_signed_response_alg: &'static [&'static str],
    userinfo_signed_response_alg: &'static [&'static str],
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
    require_request_uri_registration: bool,
    claims_parameter_supported: bool,
    revocation_endpoint: String,
    backchannel_logout_supported: bool,
    backchannel_logout_session_supported: bool,
    frontchannel_logout_supported: bool,
    frontchannel_logout_session_supported: bool,
    end_session_endpoint: String,
    request_object_signing_alg_values_supported: &'static [&'static str],
    code_challenge_methods_supported: &'static [&'static str],
    credentials_endpoint_draft_00: String,
    credentials_supported_draft_00: [Credential; 1],
}

#[derive(Serialize)]
struct Credential {
    format: &'static str,
    types: &'static [&'static str],
    cryptographic_binding_methods_supported: &'static [&'static str],
    cryptographic_suites_supported: &'static [&'static str],
}

impl Hydra {
    /// `GET /health/alive` and `GET /health/ready`.
    #[must_use]
    pub fn health(&self) -> Reply {
        Reply::document(200, r#"{"status":"ok"}"#)
    }

    /// `GET /version`.
    #[must_use]
    pub fn version(&self) -> Reply {
        Reply::document(200, format!(r#"{{"version":"{}"}}"#, self.profile.version()))
    }

    /// `GET /.well-known/openid-configuration`, and the same for OAuth.
    #[must_use]
    pub fn discovery(&self) -> Reply {
        let at = |path: &str| format!("{}{path}", self.issuer.trim_end_matches('/'));
        let device = self.profile == Profile::V26_2;
        let mut grants = vec!["authorization_code", "implicit", "client_credentials", "refresh_token"];
        if device {
            grants.push("urn:ietf:params:oauth:grant-type:device_code");
        }
        let document = Discovery {
            issuer: self.issuer.clone(),
            authorization_endpoint: at("/oauth2/auth"),
            device_authorization_endpoint: device.then(|| at("/oauth2/device/auth")),
            token_endpoint: at("/oauth2/token"),
            jwks_uri: at("/.well-known/jwks.json"),
            subject_types_supported: validate::subject_types(self.pairwise),
            response_types_supported: &["code", "code id_token", "id_token", "token id_token", "token", "token id_token code"],
            claims_supported: &["sub"],
            grant_types_supported: grants,
            response_modes_supported: &["query", "fragment", "form_post"],
            userinfo_endpoint: at("/userinfo"),
            scopes_supported: &["offline_access", "offline", "openid"],
            token_endpoint_auth_methods_supported: &["client_secret_post", "client_secret_basic", "private_key_jwt", "none"],
            userinfo_signing_alg_values_supported: &["none", "RS256"],
            id_token_signing_alg_values_supported: &["RS256"],
            id_token_signed_response_alg: &["RS256"],
            userinfo_signed_response_alg: &["RS256"],
            request_parameter_supported: true,
            request_uri_parameter_supported: true,
            require_request_uri_registration: true,
            claims_parameter_supported: false,
            revocation_endpoint: at("/oauth2/revoke"),
            backchannel_logout_supported: true,
            backchannel_logout_session_supported: true,
            frontchannel_logout_supported: true,
            frontchannel_logout_session_supported: true,
            end_session_endpoint: at("/oauth2/sessions/logout"),
            request_object_signing_alg_values_supported: &["none", "RS256", "ES256"],
            code_challenge_methods_supported: &["plain", "S256"],
            credentials_endpoint_draft_00: at("/credentials"),
            credentials_supported_draft_00: [Credential {
                format: "jwt_vc_json",
                types: &["VerifiableCredential", "UserInfoCredential"],
                cryptographic_binding_methods_supported: &["jwk"],
                cryptographic_suites_supported: &["PS256", "RS256", "ES256", "PS384", "RS384", "ES384", "PS512", "RS512", "ES512", "EdDSA"],
            }],
        };
        match serde_json::to_string(&document) {
            Ok(text) => Reply::document(200, &text),
            Err(_) => super::error::Failure::unrecognizable().reply(),
        }
    }
}
