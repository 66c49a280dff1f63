//! Tokens: issuing by client credentials, introspection, revocation.
//!
//! Owns client authentication at these endpoints, and the rules for scope and audience. Signing is in `keys`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Hydra;
use super::client::{CLIENT_CREDENTIALS, Client};
use super::error::{CHECK_PARAMETERS, Failure};
use crate::emulator::call::Call;
use crate::emulator::go::form::{Form, query_unescape};
use crate::emulator::go::json::quote;
use crate::emulator::go::url;
use crate::emulator::reply::Reply;
use crate::emulator::store::clients::TokenRow;
use crate::emulator::{Profile, clock, secret};

pub(super) const JSON: &str = "application/json;charset=UTF-8";
/// The grant for devices.
pub const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const CLIENT_CREDENTIALS_GRANT: &str = "client_credentials";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const HOUR: i64 = 3_600_000_000_000;

impl Hydra {
    /// `POST /oauth2/token`.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn issue(&self, call: &Call) -> Result<Reply, Failure> {
        self.try_issue(call).map_err(Failure::at_token_endpoint)
    }

    fn try_issue(&self, call: &Call) -> Result<Reply, Failure> {
        let form = posted(call)?;
        let grant = form.get("grant_type");
        if grant.is_empty() {
            return Err(Failure::invalid_request("Request parameter 'grant_type' is missing"));
        }
        let client = self.authenticate(call, &form)?;
        if grant != CLIENT_CREDENTIALS_GRANT {
            return self.other_grant(&client, grant, &form);
        }
        let (scopes, audience) = granted(&client, &form)?;
        if client.is_public() {
            return Err(Failure::invalid_grant(
                "The OAuth 2.0 Client is marked as public and is thus not allowed to use authorization grant 'client_credentials'.",
            ));
        }
        if !may_use(&client, grant) {
            return Err(not_allowed(grant));
        }
        let now = clock::nanoseconds();
        let lifespan = client.lifespans[CLIENT_CREDENTIALS].unwrap_or(HOUR);
        let expires = now.saturating_add(i128::from(lifespan));
        let seconds = |nanoseconds: i128| i64::try_from(nanoseconds.div_euclid(1_000_000_000)).unwrap_or(i64::MAX);
        // The end is rounded, and the start is truncated, as on the server.
        let (issued, ends) = (seconds(now), seconds(expires.saturating_add(500_000_000)));
        let (token, signature) = if client.access_token_strategy == "jwt" {
            let claims = json!({
                "aud": audience, "client_id": client.id, "exp": ends, "ext": {}, "iat": issued, "iss": self.issuer,
                "jti": Uuid::new_v4().to_string(), "nbf": issued, "scp": scopes, "sub": client.id,
            });
            let token = self.sign_jwt(&claims)?;
            let signature = secret::fingerprint(&token);
            (token, signature)
        } else {
            secret::token(secret::ACCESS, &self.system_secret)?
        };
        let scope = scopes.join(" ");
        self.store.add_token(&TokenRow {
            signature,
            client_id: client.id,
            scope: scope.clone(),
            audience: Value::from(audience).to_string(),
            issued,
            expires: ends,
        })?;
        // Some time has passed since `now`, so that one second less is left.
        let left = (lifespan - 1) / 1_000_000_000;
        let document =
            format!(r#"{{"access_token":{},"expires_in":{left},"scope":{},"token_type":"bearer"}}"#, quote(&token), quote(&scope));
        Ok(uncached(Reply::json(200, JSON, &document).without_newline()))
    }

    /// The other grants need something from a user or from a trusted issuer. There are no users here, and assertions are not
    /// verified, so that every value is invalid.
    fn other_grant(&self, client: &Client, grant: &str, form: &Form) -> Result<Reply, Failure> {
        match grant {
            DEVICE_GRANT if self.profile == Profile::V2_3 => Err(Failure::invalid_request(CHECK_PARAMETERS)),
            "authorization_code" | "refresh_token" | "urn:ietf:params:oauth:grant-type:jwt-bearer" | DEVICE_GRANT
                if !may_use(client, grant) =>
            {
                Err(not_allowed(grant))
            }
            "authorization_code" | "refresh_token" | "urn:ietf:params:oauth:grant-type:jwt-bearer" => Err(Failure::invalid_grant("")),
            DEVICE_GRANT => self.poll_device(form),
            _ => Err(Failure::invalid_request(CHECK_PARAMETERS)),
        }
    }

    /// `POST /admin/oauth2/introspect`.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn introspect(&self, call: &Call) -> Result<Reply, Failure> {
        let form = posted(call).map_err(Failure::at_token_endpoint)?;
        let token = form.get("token");
        let mut row = self.token_row(token)?;
        // A signed token is found by its fingerprint.
        if row.as_ref().is_some_and(|row| row.signature == secret::fingerprint(token)) && !self.is_current_jwt(token)? {
            row = None;
        }
        let active = row.filter(|row| {
            let granted: Vec<&str> = row.scope.split_whitespace().collect();
            row.expires > clock::seconds() && form.get("scope").split_whitespace().all(|scope| scope_matches(&granted, scope))
        });
        let Some(row) = active else {
            return Ok(uncached(Reply::json(200, JSON, r#"{"active":false}"#)));
        };
        let (id, iss) = (quote(&row.client_id), quote(&self.issuer));
        let scope = if row.scope.is_empty() { String::new() } else { format!("\"scope\":{},", quote(&row.scope)) };
        let document = format!(
            r#"{{"active":true,{scope}"client_id":{id},"sub":{id},"exp":{},"iat":{},"nbf":{},"aud":{},"iss":{iss},"token_type":"Bearer","token_use":"access_token"}}"#,
            row.expires, row.issued, row.issued, row.audience,
        );
        Ok(Reply::json(200, JSON, &document))
    }

    /// `POST /oauth2/revoke`. Unknown tokens, and those of other clients, are no error.
    ///
    /// # Errors
    /// If the caller does not authenticate.
    pub fn revoke(&self, call: &Call) -> Result<Reply, Failure> {
        let authenticated = posted(call).and_then(|form| Ok((self.authenticate(call, &form)?, form)));
        let (client, form) = authenticated.map_err(|failure| {
            // This endpoint gives no reasons.
            let failure =
                if failure.is_invalid_client() { Failure::invalid_client("") } else { Failure::invalid_request(CHECK_PARAMETERS) };
            failure.at_token_endpoint()
        })?;
        if let Some(row) = self.token_row(form.get("token"))? {
            self.store.remove_token(&row.signature, &client.id)?;
        }
        Ok(uncached(Reply::empty(200)))
    }

    /// `DELETE /admin/oauth2/tokens`.
    ///
    /// # Errors
    /// If the query names no client.
    pub fn delete_tokens(&self, query: &Form) -> Result<Reply, Failure> {
        match query.get("client_id") {
            "" => Err(Failure::invalid_request("Query parameter 'client_id' is not defined but it should have been.")),
            id => {
                self.store.remove_tokens(id)?;
                Ok(Reply::empty(204))
            }
        }
    }

    fn token_row(&self, token: &str) -> Result<Option<TokenRow>, Failure> {
        let signature = secret::token_signature(&self.system_secret, token).unwrap_or_else(|| secret::fingerprint(token));
        Ok(self.store.token(&signature)?)
    }

    /// The client that sends the request.
    ///
    /// # Errors
    /// If the request does not identify it, or its authentication fails.
    pub(super) fn authenticate(&self, call: &Call, form: &Form) -> Result<Client, Failure> {
        match (form.get("client_assertion_type"), form.get("client_assertion")) {
            ("", _) => {}
            (JWT_BEARER, "") => {
                return Err(Failure::invalid_request(&format!(
                    "The client_assertion request parameter must be set when using client_assertion_type of '{JWT_BEARER}'."
                )));
            }
            // Assertions are not verified here, so that none is valid.
            (JWT_BEARER, _) => {
                return Err(Failure::invalid_client("Unable to verify the integrity of the 'client_assertion' value."));
            }
            (other, _) => {
                return Err(Failure::invalid_request(&format!("Unknown client_assertion_type '{other}'.")));
            }
        }
        let basic = call.basic();
        let (id, given) = match &basic {
            Some((id, given)) => {
                let decode = |text: &str, what: &str| {
                    query_unescape(text).ok_or_else(|| {
                        Failure::invalid_request(&format!(
                            "The client {what} in the HTTP authorization header could not be decoded from 'application/x-www-form-urlencoded'."
                        ))
                    })
                };
                (decode(id, "id")?, decode(given, "secret")?)
            }
            None if form.get("client_id").is_empty() => {
                return Err(Failure::invalid_request(
                    "Client credentials missing or malformed in both HTTP Authorization header and HTTP POST body.",
                ));
            }
            None => (form.get("client_id").to_owned(), form.get("client_secret").to_owned()),
        };
        let client = self.load(&id).map_err(|_| Failure::invalid_client(""))?.0;
        let method = client.auth_method.as_str();
        let in_body = !form.get("client_id").is_empty() && !form.get("client_secret").is_empty();
        let in_header = basic.is_some_and(|(_, given)| !given.is_empty());
        let used = [(in_body, "client_secret_post"), (in_header, "client_secret_basic")];
        if let Some((_, used)) = used.into_iter().find(|(used, name)| *used && *name != method) {
            return Err(Failure::invalid_client(&format!(
                "The OAuth 2.0 Client supports client authentication method '{method}', but method '{used}' was requested. You must configure the OAuth 2.0 client's 'token_endpoint_auth_method' value to accept '{used}'."
            )));
        }
        if client.is_public() || self.has_secret(&id, &given)? {
            return Ok(client);
        }
        Err(Failure::invalid_client(""))
    }
}

/// Without grant types, a client may use the authorization code grant.
pub(super) fn may_use(client: &Client, grant: &str) -> bool {
    match client.grant_types.as_deref() {
        None | Some([]) => grant == "authorization_code",
        Some(grants) => grants.iter().any(|allowed| allowed == grant),
    }
}

fn not_allowed(grant: &str) -> Failure {
    Failure::unauthorized_client(&format!("The OAuth 2.0 Client is not allowed to use authorization grant '{grant}'."))
}

pub(super) fn uncached(reply: Reply) -> Reply {
    reply.with("cache-control", "no-store").with("pragma", "no-cache")
}

/// The posted form. Malformed parts are ignored; an empty form is an error.
pub(super) fn posted(call: &Call) -> Result<Form, Failure> {
    let form = call.form();
    if form.is_empty() {
        return Err(Failure::invalid_request("The POST body can not be empty."));
    }
    Ok(form)
}

/// The requested scopes and audiences, if the client may have them.
pub(super) fn granted(client: &Client, form: &Form) -> Result<(Vec<String>, Vec<String>), Failure> {
    let allowed: Vec<&str> = client.scope.split_whitespace().collect();
    let mut scopes = Vec::new();
    for scope in form.get("scope").split(' ').filter(|scope| !scope.is_empty()) {
        if !scope_matches(&allowed, scope) {
            return Err(Failure::invalid_scope(&format!("The OAuth 2.0 Client is not allowed to request scope '{scope}'.")));
        }
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    let mut asked: Vec<&str> = form.all("audience").collect();
    if let [only] = asked[..] {
        asked = only.split(' ').collect();
    }
    let mut audience = Vec::new();
    for wanted in asked.into_iter().filter(|wanted| !wanted.is_empty()) {
        let parsed =
            url::parse(wanted).map_err(|_| Failure::invalid_request(&format!("Unable to parse requested audience '{wanted}'.")))?;
        let unreadable = |text| Failure::invalid_request(&format!("Unable to parse whitelisted audience '{text}'."));
        let allowed = client.audience.iter().flatten().map(|text| url::parse(text).map_err(|_| unreadable(text)));
        if !allowed.collect::<Result<Vec<_>, _>>()?.iter().any(|allowed| audience_matches(allowed, &parsed)) {
            return Err(Failure::invalid_request(&format!(
                "Requested audience '{wanted}' has not been whitelisted by the OAuth 2.0 Client."
            )));
        }
        audience.push(wanted.to_owned());
    }
    Ok((scopes, audience))
}

/// Whether one of the patterns matches the scope: parts are separated by dots, and a `*` matches one part, at the end one or more.
fn scope_matches(patterns: &[&str], scope: &str) -> bool {
    let parts: Vec<&str> = scope.split('.').collect();
    patterns.iter().any(|pattern| {
        let pattern: Vec<&str> = pattern.split('.').collect();
        let covers = pattern.len() == parts.len() || pattern.last() == Some(&"*") && pattern.len() < parts.len();
        covers && pattern.iter().zip(&parts).all(|(wanted, part)| wanted == part || *wanted == "*" && !part.is_empty())
    })
}

/// Whether the audience is the allowed URL or is below it.
fn audience_matches(allowed: &url::GoUrl, wanted: &url::GoUrl) -> bool {
    let base = allowed.path.trim_end_matches('/');
    allowed.scheme == wanted.scheme
        && allowed.host == wanted.host
        && allowed.opaque == wanted.opaque
        && (wanted.path == allowed.path || wanted.path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

impl Call {
    /// User and password in the `Authorization` header.
    #[must_use]
    pub fn basic(&self) -> Option<(String, String)> {
        let (scheme, encoded) = self.authorization.as_deref()?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (user, password) = text.split_once(':')?;
        Some((user.to_owned(), password.to_owned()))
    }

    /// The bearer token in the `Authorization` header, otherwise the one in the query.
    #[must_use]
    pub fn bearer(&self) -> String {
        let header = self.authorization.as_deref().and_then(|header| header.split_once(' '));
        match header {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.to_owned(),
            _ => self.query.get("access_token").to_owned(),
        }
    }

    /// The form in the body; empty if the content type is not that of a form.
    #[must_use]
    pub fn form(&self) -> Form {
        let kind = self.content_type.as_deref().unwrap_or("").split(';').next().unwrap_or("");
        if !kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Form::default();
        }
        Form::parse(&String::from_utf8_lossy(&self.body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_match_by_parts() {
        for (patterns, scope, matches) in [
            (&["a.*", "b"][..], "a.x", true),
            (&["a.*", "b"], "a.x.y", true),
            (&["a.*", "b"], "a", false),
            (&["a.*", "b"], "b", true),
            (&["a.*", "b"], "b.c", false),
            (&["*"], "anything", true),
            (&["a.*.c"], "a.b.c", true),
            (&["a.*.c"], "a.b.d", false),
            (&["a.*"], "a.", false),
        ] {
            assert_eq!(scope_matches(patterns, scope), matches, "{patterns:?} {scope}");
        }
    }

    /// Expected values are those of Hydra 2.3.0.
    #[test]
    fn an_audience_lies_below_an_allowed_one() {
        for (allowed, wanted, matches) in [
            ("https://api/v1/", "https://api/v1", true),
            ("https://api/v1/", "https://api/v1//", true),
            ("https://api", "https://api//x", true),
            ("https://api/v1", "https://api/v12", false),
            ("https://api", "http://api", false),
        ] {
            let [allowed, wanted] = [allowed, wanted].map(|text| url::parse(text).unwrap_or_default());
            assert_eq!(audience_matches(&allowed, &wanted), matches, "{allowed:?} {wanted:?}");
        }
    }
}
