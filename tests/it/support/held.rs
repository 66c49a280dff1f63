//! Objects of every kind that the provider has, made past it: as requests, for whoever sends them.

use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// A request that makes something.
pub struct Making {
    /// The method.
    pub method: &'static str,
    /// The path, with `{NAME}` for what was remembered.
    path: String,
    /// The body, with `$NAME` for what was remembered.
    body: Json,
    /// What is remembered of the answer: names, and where it is.
    remembers: &'static [(&'static str, &'static str)],
}

/// What was remembered so far.
#[derive(Default)]
pub struct Remembered(BTreeMap<&'static str, String>);

impl Remembered {
    /// The request as it is sent: its path and body.
    pub fn fill(&self, making: &Making) -> (String, Json) {
        let fill = |text: &str| self.0.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value));
        let body = self.0.iter().fold(making.body.to_string(), |text, (name, value)| text.replace(&format!("${name}"), value));
        (fill(&making.path), serde_json::from_str(&body).unwrap())
    }

    /// Remembers what is to be remembered of an answer.
    pub fn take(&mut self, making: &Making, answer: &Json) {
        for (name, at) in making.remembers {
            let value = answer.pointer(at).and_then(Json::as_str);
            self.0.insert(name, value.unwrap_or_else(|| panic!("{} {}: no {at} in {answer}", making.method, making.path)).to_owned());
        }
    }

    /// What was remembered under this name.
    pub fn of(&self, name: &str) -> &str {
        &self.0[name]
    }
}

fn making(method: &'static str, path: impl Into<String>, body: Json) -> Making {
    Making { method, path: path.into(), body, remembers: &[] }
}

impl Making {
    fn remembering(self, remembers: &'static [(&'static str, &'static str)]) -> Making {
        Making { remembers, ..self }
    }
}

/// Names that are hard to write down.
const NAMES: [&str; 6] = ["Shop", "Büro ${x} %{y}", "2fa", "日本", "class", "several\nlines \"z\"\n"];

const MAPPER: &str = "base64://bG9jYWwgY2xhaW1zID0gc3RkLmV4dFZhcignY2xhaW1zJyk7IHt9";
const FLOWS: &str = "/services/identity/config/selfservice";

/// A project with everything that can be in one.
pub fn project() -> Vec<Making> {
    let hook = json!({ "hook": "web_hook", "config": {
        "url": "https://shop.example.com/registered", "method": "POST", "body": "base64://ZnVuY3Rpb24oY3R4KSB7fQ==",
    } });
    let google = json!({
        "id": "google", "provider": "google", "client_id": "1234.apps.example.com", "client_secret": "hidden-of-google", "mapper_url": MAPPER,
        "scope": ["email", "profile"],
    });
    let schema = "base64://eyJ0eXBlIjoib2JqZWN0IiwicHJvcGVydGllcyI6eyJ0cmFpdHMiOnsidHlwZSI6Im9iamVjdCJ9fX0=";
    let template = json!({ "email": { "subject": "base64://WW91ciB3YXk=", "body": { "html": "base64://PGI+SGk8L2I+", "plaintext": "base64://SGk=" } } });
    let saml = json!({ "id": "acme", "label": "Acme", "organization_id": "$organization", "raw_idp_metadata_xml": "https://idp.acme.example/metadata", "mapper_url": MAPPER });
    let scim = json!({ "client_id": "acme", "label": "Acme", "organization_id": "$organization", "authorization_header_secret": "hidden-of-acme", "mapper_url": MAPPER, "state": "enabled" });
    let replace = |path: String, value: Json| json!([{ "op": "add", "path": path, "value": value }]);
    let patch = |path: String, value: Json| making("PATCH", "/projects/{project}", replace(path, value));
    vec![
        making("POST", "/projects", json!({ "name": "Watched", "environment": "stage", "home_region": "eu-central" })).remembering(&[
            ("project", "/id"),
            ("workspace", "/workspace_id"),
            ("slug", "/slug"),
        ]),
        making("POST", "/workspaces/{workspace}/tokens", json!({ "name": "of the workspace" })),
        making("POST", "/projects/{project}/tokens", json!({ "name": "of the shop" })),
        making("POST", "/projects/{project}/organizations", json!({ "label": "Acme", "domains": ["acme.example"] }))
            .remembering(&[("organization", "/id")]),
        making(
            "POST",
            "/projects/{project}/organizations/{organization}/onboarding-portal-links",
            json!({ "enable_sso": true, "enable_scim": false }),
        ),
        making("POST", "/projects/{project}/cname", json!({ "hostname": "auth.example.com", "cookie_domain": "example.com" })),
        making(
            "POST",
            "/projects/{project}/eventstreams",
            json!({
                "type": "https", "https_endpoint": "https://hooks.example.com/ory", "event_types": ["Session*"],
            }),
        ),
        patch(format!("{FLOWS}/default_browser_return_url"), json!("https://shop.example.com/")),
        patch(format!("{FLOWS}/flows/registration/after/password"), json!({ "hooks": [hook] })),
        patch(format!("{FLOWS}/methods/oidc"), json!({ "enabled": true, "config": { "providers": [google] } })),
        patch(format!("{FLOWS}/methods/saml"), json!({ "enabled": true, "config": { "providers": [saml] } })),
        patch("/services/identity/config/courier/templates/recovery_code/valid".to_owned(), template),
        patch("/services/identity/config/identity/schemas/-".to_owned(), json!({ "id": "customer", "url": schema })),
        patch(
            "/services/permission/config/namespaces".to_owned(),
            json!({ "location": "base64://Y2xhc3MgVXNlciBpbXBsZW1lbnRzIE5hbWVzcGFjZSB7fQo=" }),
        ),
        making("GET", "/projects/{project}", Json::Null).remembering(&[("revision", "/revision_id")]),
        making("PATCH", "/normalized/projects/{project}/revision/{revision}", replace("/scim_clients/-".to_owned(), scim)),
    ]
}

/// What servers hold: `clients` of them clients, and of other kinds `each`.
pub fn servers(clients: usize, each: usize) -> Vec<Making> {
    let mut all = Vec::new();
    for number in 0..clients {
        let name = NAMES[number % NAMES.len()];
        let body = json!({
            "client_id": format!("client-{number}"), "client_name": name, "grant_types": ["client_credentials"],
            "audience": ["https://a.example.com"], "metadata": { "team": "${shop}\nfor `y`", "for": [1, 2.5, null], "number": number },
        });
        all.push(making("POST", "/admin/clients", body));
    }
    for number in 0..each {
        let name = NAMES[number % NAMES.len()];
        let body = json!({
            "schema_id": "default", "traits": { "email": format!("person-{number}@example.com") },
            "metadata_admin": { "note": format!("hidden-{number}"), "name": name },
        });
        all.push(making("POST", "/admin/identities", body));
        let object = format!("file {number} {}", name.replace('\n', " "));
        all.push(making(
            "PUT",
            "/admin/relation-tuples",
            json!({ "namespace": "files", "object": object, "relation": "view", "subject_id": "ann" }),
        ));
        let key = json!({ "name": name, "actor_id": format!("customer-{number}"), "scopes": ["orders:read"], "ttl": "720h" });
        all.push(making("POST", "/v2alpha1/admin/issuedApiKeys", key));
        let key = json!({ "name": name, "actor_id": format!("customer-{number}"), "raw_key": format!("hidden-key-{number}-5a2e8d1f6c3b"), "ttl": "720h" });
        all.push(making("POST", "/v2alpha1/admin/importedApiKeys", key));
    }
    let jwk = json!({
        "kty": "EC", "kid": "partner", "use": "sig", "alg": "ES256", "crv": "P-256",
        "x": "eK8_PhRavOnHjfr8Y-RuhmK5rOcU-5gWNuWKZaZsotw", "y": "aITNywu12tZt95bjjr6MWri5l81pBxzAl2nnII69ioI",
    });
    let issuer = json!({
        "issuer": "https://partner.example.com", "subject": "partner", "scope": ["orders:read"], "expires_at": "2035-01-01T00:00:00Z", "jwk": jwk,
    });
    all.push(making("POST", "/admin/trust/grants/jwt-bearer/issuers", issuer));
    all.push(making("POST", "/admin/keys/sessions", json!({ "alg": "ES256", "kid": "2026-01", "use": "sig" })));
    let wiki = json!({
        "client_name": "Wiki", "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
        "redirect_uris": ["https://wiki.example.com/callback"],
    });
    all.push(making("POST", "/oauth2/register", wiki).remembering(&[("dynamic", "/client_id")]));
    all
}

/// The kinds of these objects that servers list, in the order of their names.
pub const LISTED: [&str; 21] = [
    "action",
    "api_key",
    "custom_domain",
    "email_template",
    "event_stream",
    "identity",
    "identity_schema",
    "imported_api_key",
    "oauth2_client",
    "onboarding_portal_link",
    "organization",
    "project",
    "project_api_key",
    "project_config",
    "relationship",
    "saml_provider",
    "scim_client",
    "social_provider",
    "trusted_oauth2_jwt_grant_issuer",
    "workspace",
    "workspace_api_key",
];

/// The kinds that no server lists and that can be imported whole, each with what its object is imported by.
pub fn unlisted(held: &Remembered) -> [(&'static str, String); 3] {
    [
        ("json_web_key_set", "sessions".to_owned()),
        ("oidc_dynamic_client", held.of("dynamic").to_owned()),
        ("permission_namespaces", held.of("project").to_owned()),
    ]
}
