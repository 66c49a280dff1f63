//! The rules that a client must fulfil before it is stored.
//!
//! Owns the rules, their order, their hints, and the defaults that they set. Reads no store and no network.

use super::client::{Client, Jwks, USUAL_AUTH_METHOD, USUAL_SUBJECT_TYPE, USUAL_USERINFO_ALG};
use super::error::Failure;
use crate::emulator::go::url;
use crate::emulator::profile::{Profile, Setup};

/// The default scope of a client.
pub const DEFAULT_SCOPE: &str = "offline_access offline openid";

const SIGNING_ALGORITHMS: [&str; 9] = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

/// The subject types that a server with this setting allows.
pub const fn subject_types(pairwise: bool) -> &'static [&'static str] {
    if pairwise { &["public", "pairwise"] } else { &["public"] }
}

/// Checks a client and sets its defaults.
///
/// # Errors
/// The first rule that it breaks.
pub fn client(client: &mut Client, setup: Setup) -> Result<(), Failure> {
    let Setup { profile, pairwise } = setup;
    let has_keys = match (&client.jwks, profile) {
        (Jwks::Nil, _) | (Jwks::Empty, Profile::V26_2) => false,
        // The older release accepts any object as a key set, also the stored form of an unset one.
        (Jwks::Empty, Profile::V2_3) | (Jwks::Keys { .. }, _) => true,
    };
    keys(client, has_keys)?;
    if profile == Profile::V26_2 {
        pages(client)?;
    }
    if (1..6).contains(&client.secret.len()) {
        return Err(Failure::metadata("Field client_secret must contain a secret that is at least 6 characters long."));
    }
    if client.scope.is_empty() {
        DEFAULT_SCOPE.clone_into(&mut client.scope);
    }
    for origin in client.allowed_cors_origins.iter_mut().flatten() {
        *origin = cors_origin(origin)?;
    }
    client.secret_expires_at = 0;
    if !client.sector_identifier_uri.is_empty() {
        return Err(sector_identifier(&client.sector_identifier_uri));
    }
    if client.userinfo_signed_response_alg.is_empty() {
        USUAL_USERINFO_ALG.clone_into(&mut client.userinfo_signed_response_alg);
    }
    if !["none", "RS256"].contains(&client.userinfo_signed_response_alg.as_str()) {
        return Err(Failure::metadata("Field userinfo_signed_response_alg can either be 'none' or 'RS256'."));
    }
    let redirects = redirect_uris(client, profile)?;
    if client.subject_type.is_empty() {
        USUAL_SUBJECT_TYPE.clone_into(&mut client.subject_type);
    }
    let subjects = subject_types(pairwise);
    if !subjects.contains(&client.subject_type.as_str()) {
        let (subject, known) = (&client.subject_type, subjects.join(" "));
        return Err(Failure::metadata(&format!("Subject type {subject} is not supported by server, only [{known}] are allowed.")));
    }
    logout_uris(client, &redirects, profile)?;
    let strategy = client.access_token_strategy.to_lowercase();
    match strategy.as_str() {
        "" | "jwt" | "opaque" => client.access_token_strategy = strategy,
        _ => {
            return Err(Failure::metadata(&format!(
                "invalid access token strategy: expected one of [jwt, opaque] but got {}",
                client.access_token_strategy
            )));
        }
    }
    Ok(())
}

/// Checks a client from dynamic registration, in which some members are not allowed.
///
/// # Errors
/// The first rule that it breaks.
pub fn registration(it: &mut Client, setup: Setup) -> Result<(), Failure> {
    if it.metadata.is_some() {
        return Err(Failure::metadata("'metadata' cannot be set for dynamic client registration"));
    }
    if !it.access_token_strategy.is_empty() {
        return Err(Failure::malformed("It is not allowed to choose your own access token strategy."));
    }
    for (name, set) in [("skip_consent", it.skip_consent), ("skip_logout_consent", it.skip_logout_consent == Some(true))] {
        if set {
            return Err(Failure::not_for_registration(&format!("'{name}' cannot be set for dynamic client registration")));
        }
    }
    client(it, setup)
}

fn keys(client: &mut Client, has_keys: bool) -> Result<(), Failure> {
    if client.auth_method.is_empty() {
        USUAL_AUTH_METHOD.clone_into(&mut client.auth_method);
    } else if client.auth_method == "private_key_jwt" {
        if client.jwks_uri.is_empty() && !has_keys {
            return Err(Failure::metadata("When token_endpoint_auth_method is 'private_key_jwt', either jwks or jwks_uri must be set."));
        }
        let algorithm = client.auth_signing_alg.as_str();
        if !algorithm.is_empty() && !SIGNING_ALGORITHMS.contains(&algorithm) {
            return Err(Failure::metadata(
                "Only RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and ES512 are supported as algorithms for private key authentication.",
            ));
        }
    }
    if !client.jwks_uri.is_empty() && has_keys {
        return Err(Failure::metadata("Fields jwks and jwks_uri can not both be set, you must choose one."));
    }
    match client.jwks {
        Jwks::Keys { valid: false, .. } => Err(Failure::metadata("Invalid JSON web key in set.")),
        _ => Ok(()),
    }
}

fn pages(client: &Client) -> Result<(), Failure> {
    // The server checks these in random order; a fixed order is one of those.
    for (name, uri) in [
        ("tos_uri", &client.tos_uri),
        ("policy_uri", &client.policy_uri),
        ("logo_uri", &client.logo_uri),
        ("client_uri", &client.client_uri),
    ] {
        if uri.is_empty() {
            continue;
        }
        let Ok(parsed) = url::parse_request_uri(uri) else {
            return Err(Failure::metadata(&format!("Field {name} must be a valid URI.")));
        };
        if !["http", "https"].contains(&parsed.scheme.as_str()) {
            return Err(Failure::metadata(&format!("{uri} must use https:// or http:// as HTTP scheme for field {name}.")));
        }
    }
    Ok(())
}

fn cors_origin(origin: &str) -> Result<String, Failure> {
    let refuse = |why: &str| Err(Failure::metadata(&format!("Origin URL {origin} {why}")));
    let mut url = match url::parse(origin) {
        Ok(url) => url,
        Err(cause) => {
            return refuse(&format!("from allowed_cors_origins could not be parsed: {cause}"));
        }
    };
    if !["http", "https"].contains(&url.scheme.as_str()) {
        return refuse("must use https:// or http:// as HTTP scheme.");
    }
    if url.user.as_ref().is_some_and(|user| !user.is_empty()) {
        return refuse("has HTTP user and/or password set which is not allowed.");
    }
    url.path.truncate(url.path.trim_end_matches('/').len());
    if !(url.path.is_empty() && url.query.is_empty() && url.fragment.is_empty()) {
        return refuse("must have an empty path, query, and fragment but one of the parts is not empty.");
    }
    Ok(url.print())
}

/// The server fetches the document at this URI. The emulator does not leave the loopback address, where there is no https server
/// that it could trust: every URI counts as one that could not be fetched, for which the server gives no reason.
fn sector_identifier(uri: &str) -> Failure {
    match url::parse(uri) {
        Err(cause) => Failure::metadata(&format!("Value of sector_identifier_uri could not be parsed because {cause}.")),
        Ok(_) => Failure::metadata(""),
    }
}

fn redirect_uris(client: &Client, profile: Profile) -> Result<Vec<url::GoUrl>, Failure> {
    let mut parsed = Vec::new();
    for uri in client.redirect_uris.iter().flatten() {
        let result = url::parse_request_uri(uri);
        // If both are wrong, the releases report different ones first.
        let unparsable = Failure::redirect_uri(&format!("Unable to parse redirect URL: {uri}"));
        if profile == Profile::V2_3 && result.is_err() {
            return Err(unparsable);
        }
        if uri.contains('#') {
            return Err(Failure::redirect_uri("Redirect URIs must not contain fragments (#)."));
        }
        parsed.push(result.map_err(|_| unparsable)?);
    }
    Ok(parsed)
}

fn logout_uris(client: &Client, redirects: &[url::GoUrl], profile: Profile) -> Result<(), Failure> {
    for uri in client.post_logout_redirect_uris.iter().flatten() {
        let Ok(parsed) = url::parse_request_uri(uri) else {
            return Err(Failure::metadata(&format!("Unable to parse post_logout_redirect_uri: {uri}")));
        };
        let matched = redirects.iter().any(|redirect| {
            redirect.scheme == parsed.scheme && redirect.hostname() == parsed.hostname() && redirect.port() == parsed.port()
        });
        if !matched {
            let stray_quote = if profile == Profile::V2_3 { "'" } else { "" };
            return Err(Failure::metadata(&format!(
                "post_logout_redirect_uri '{uri}' must match the domain, port, scheme of at least one of the registered redirect URIs but did not{stray_quote}"
            )));
        }
    }
    Ok(())
}
