//! Requests for comparing two servers: every member with every kind of value, URIs of every
//! form, patches, pages, tokens, routes.
//!
//! A `{{label/member}}` in a request stands for that member of the answer to an earlier step.

use super::values::{DURATIONS, EC_KEY, KEY_SETS, LIST_VALUES, LISTS, PATCHES, SYNTAX, TEXTS, TIMES, URIS, VALUES};
use super::wire::{Request, bare, form, json};
use janiform::emulator::Profile;

/// One request.
pub struct Step {
    pub name: String,
    /// Remembers the answer under this name, unless empty.
    pub label: &'static str,
    pub public: bool,
    pub request: Request,
}

/// Everything that servers of this release are asked.
pub fn steps(profile: Profile) -> Vec<Step> {
    let mut corpus = Corpus::default();
    corpus.members();
    corpus.values();
    corpus.replacing();
    corpus.patching();
    corpus.registering();
    corpus.tokens();
    corpus.lists();
    if profile == Profile::V2_3 {
        corpus.offsets();
    }
    corpus.routes();
    corpus.keys();
    corpus.issuers();
    corpus.more(profile);
    corpus.rotations();
    corpus.0
}

#[derive(Default)]
pub(super) struct Corpus(pub(super) Vec<Step>);

impl Corpus {
    pub(super) fn push(&mut self, label: &'static str, public: bool, request: Request) {
        let body = String::from_utf8_lossy(&request.body).chars().take(200).collect::<String>();
        let name = format!("{:03} {} {} {body}", self.0.len(), request.method, request.path);
        let request = if request.headers.iter().any(|h| h.0 == "Accept") { request } else { request.with("Accept", "application/json") };
        self.0.push(Step { name, label, public, request });
    }

    pub(super) fn admin(&mut self, request: Request) {
        self.push("", false, request);
    }

    fn more(&mut self, profile: Profile) {
        self.signing();
        self.ids(profile);
        self.types();
        if profile == Profile::V26_2 {
            self.devices();
        }
    }

    fn create(&mut self, body: &str) {
        self.admin(json("POST", "/admin/clients", body));
    }

    fn members(&mut self) {
        for member in TEXTS {
            for value in VALUES {
                self.create(&format!("{{\"{member}\":{value}}}"));
            }
        }
        for member in LISTS {
            for value in LIST_VALUES {
                self.create(&format!("{{\"{member}\":{value}}}"));
            }
        }
        for body in SYNTAX {
            self.create(body);
        }
    }

    fn values(&mut self) {
        for uri in URIS {
            for member in ["redirect_uris", "allowed_cors_origins"] {
                self.create(&format!("{{\"{member}\":[\"{uri}\"]}}"));
            }
            self.create(&format!(r#"{{"redirect_uris":["https://a","http://a:80"],"post_logout_redirect_uris":["{uri}"]}}"#));
            self.create(&format!(r#"{{"tos_uri":"{uri}","sector_identifier_uri":""}}"#));
        }
        for duration in DURATIONS {
            self.create(&format!(r#"{{"refresh_token_grant_id_token_lifespan":"{duration}"}}"#));
        }
        for keys in KEY_SETS.into_iter().chain([format!(r#"{{"keys":[{EC_KEY}]}}"#).as_str()]) {
            self.create(&format!(r#"{{"jwks":{keys}}}"#));
            self.create(&format!(r#"{{"jwks":{keys},"jwks_uri":"https://a"}}"#));
            self.create(&format!(r#"{{"jwks":{keys},"token_endpoint_auth_method":"private_key_jwt"}}"#));
        }
        for time in TIMES {
            self.create(&format!(r#"{{"created_at":"{time}"}}"#));
        }
        for secret in ["12345", "123456", "éé", "ééé", "\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005"] {
            self.create(&format!(r#"{{"client_secret":"{secret}"}}"#));
        }
    }

    fn replacing(&mut self) {
        let path = "/admin/clients/corpus-put";
        self.create(r#"{"client_id":"corpus-put","client_secret":"corpus-secret","metadata":{"a":1}}"#);
        for body in [
            "{}",
            r#"{"metadata":null}"#,
            r#"{"client_id":"other","owner":"o","redirect_uris":["https://a"]}"#,
            r#"{"created_at":"2001-02-03T04:05:06Z","updated_at":"2001-02-03T04:05:06Z"}"#,
            r#"{"created_at":"2001-02-03T04:05:06.123456789+02:00"}"#,
            r#"{"client_secret":"another-secret"}"#,
            r#"{"client_secret":"x"}"#,
            r#"{"token_endpoint_auth_method":"none","client_secret":"yet-another"}"#,
            r#"{"jwks":{"keys":[]},"skip_logout_consent":false}"#,
            r#"{"jwks_uri":"https://a"}"#,
            r#"{"registration_access_token":"t","registration_client_uri":"u"}"#,
            "",
            "null",
            "[]",
        ] {
            self.admin(json("PUT", path, body));
            self.admin(bare("GET", path));
            self.admin(json("PUT", &format!("{path}/lifespans"), r#"{"implicit_grant_id_token_lifespan":"1h"}"#));
        }
        for body in [
            "",
            "null",
            "[]",
            "{",
            "{}",
            r#"{"implicit_grant_id_token_lifespan":5}"#,
            r#"{"Implicit_Grant_Id_Token_Lifespan":"5s"}"#,
            r#"{"x":1}"#,
        ] {
            self.admin(json("PUT", &format!("{path}/lifespans"), body));
            self.admin(json("PUT", "/admin/clients/corpus-nobody/lifespans", body));
            self.admin(json("PUT", "/admin/clients/corpus-nobody", body));
            self.admin(json("PATCH", "/admin/clients/corpus-nobody", body));
        }
    }

    fn patching(&mut self) {
        let path = "/admin/clients/corpus-patch";
        self.create(r#"{"client_id":"corpus-patch","client_secret":"corpus-secret","client_name":"n","redirect_uris":["https://a/1","https://a/2"],"metadata":{"z":1.50,"a":{"y":"<","b":null}},"jwks":{"keys":[]}}"#);
        for patch in PATCHES {
            self.admin(json("PATCH", path, patch));
            self.admin(bare("GET", path));
        }
        for secret in [r#""corpus-patched""#, r#""x""#, "null", r#""""#] {
            self.admin(json("PATCH", path, &format!(r#"[{{"op":"replace","path":"/client_secret","value":{secret}}}]"#)));
        }
    }

    fn registering(&mut self) {
        for body in
            ["", "{", "[]", "{}", r#"{"client_id":"x"}"#, r#"{"client_secret":"abcdef"}"#, r#"{"client_secret":""}"#, r#"{"metadata":{}}"#]
        {
            self.push("", true, json("POST", "/oauth2/register", body));
        }
        for body in [
            r#"{"skip_consent":true,"metadata":1}"#,
            r#"{"skip_consent":false}"#,
            r#"{"skip_logout_consent":true}"#,
            r#"{"access_token_strategy":"x"}"#,
        ] {
            self.push("", true, json("POST", "/oauth2/register", body));
        }
        self.push("registered", true, json("POST", "/oauth2/register", r#"{"client_name":"self"}"#));
        let path = "/oauth2/register/{{registered/client_id}}";
        let bearer = "Bearer {{registered/registration_access_token}}";
        for authorization in [bearer, "bearer {{registered/registration_access_token}}", "Basic eDp5", "Bearer", "Bearer x", "x"] {
            self.push("", true, bare("GET", path).with("Authorization", authorization));
            self.push("", true, bare("GET", "/oauth2/register/corpus-nobody").with("Authorization", authorization));
        }
        self.push("", true, bare("GET", &format!("{path}?access_token={{{{registered/registration_access_token}}}}")));
        for body in ["{", "[]", r#"{"client_secret":"abcdef"}"#, r#"{"metadata":null}"#, r#"{"redirect_uris":["bad"]}"#] {
            self.push("", true, json("PUT", path, body).with("Authorization", bearer));
        }
        self.push("", true, json("PUT", path, "{").with("Authorization", "Bearer x"));
        self.push("replaced", true, json("PUT", path, r#"{"client_name":"again","client_id":"x"}"#).with("Authorization", bearer));
        self.push("", true, bare("GET", path).with("Authorization", bearer));
        let rotated = "Bearer {{replaced/registration_access_token}}";
        self.push("", true, bare("GET", path).with("Authorization", rotated));
        self.admin(json("PATCH", "/admin/clients/{{registered/client_id}}", r#"[{"op":"replace","path":"/owner","value":"o"}]"#));
        self.push("", true, bare("GET", path).with("Authorization", rotated));
        self.push("", true, bare("DELETE", path).with("Authorization", bearer));
        self.push("", true, bare("DELETE", path).with("Authorization", rotated));
        self.push("", true, bare("DELETE", path).with("Authorization", rotated));
    }

    fn tokens(&mut self) {
        let basic = "Basic Y29ycHVzLXRva2VuOmNvcnB1cy1zZWNyZXQ=";
        self.create(r#"{"client_id":"corpus-token","client_secret":"corpus-secret","grant_types":["client_credentials"],"scope":"read write a.* b","audience":["https://api/v1","https://x"]}"#);
        self.create(r#"{"client_id":"corpus-post","client_secret":"corpus-secret","grant_types":["client_credentials"],"token_endpoint_auth_method":"client_secret_post","client_credentials_grant_access_token_lifespan":"90s"}"#);
        for fields in [
            "grant_type=client_credentials",
            "grant_type=client_credentials&scope=read",
            "grant_type=client_credentials&scope=write+read+write",
            "grant_type=client_credentials&scope=++read++",
            "grant_type=client_credentials&scope=a",
            "grant_type=client_credentials&scope=a.b",
            "grant_type=client_credentials&scope=a.b.c",
            "grant_type=client_credentials&scope=a.",
            "grant_type=client_credentials&scope=b.c",
            "grant_type=client_credentials&scope=read&scope=nope",
            "grant_type=client_credentials&audience=https://api/v1",
            "grant_type=client_credentials&audience=https://api/v1/deeper",
            "grant_type=client_credentials&audience=https://api/v12",
            "grant_type=client_credentials&audience=https://api",
            "grant_type=client_credentials&audience=https://x/",
            "grant_type=client_credentials&audience=https://x+https://api/v1",
            "grant_type=client_credentials&audience=https://x&audience=https://nope",
            "grant_type=client_credentials&audience=:",
            "grant_type=client_credentials&client_id=corpus-token&client_secret=corpus-secret",
            "grant_type=client_credentials&client_id=corpus-token",
            "grant_type=Client_Credentials",
            "grant_type=authorization_code",
            "grant_type=refresh_token&refresh_token=x",
            "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer",
            "grant_type=implicit",
            "grant_type=client_credentials&client_assertion_type=x",
            "grant_type=client_credentials&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "grant_type=client_credentials&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=x",
            "grant_type=client_credentials&client_assertion=x",
            "grant_type=",
            "scope=read",
            "grant_type=%zz",
            "grant_type=client_credentials;scope=read",
            "&",
            "",
        ] {
            self.push("", true, form("/oauth2/token", fields).with("Authorization", basic));
        }
        for authorization in [
            "Basic",
            "Basic !",
            "Basic Y29ycHVz",
            "Basic Y29ycHVzLXRva2VuOiV6eg==",
            "Basic JXp6Ong=",
            "Basic Om5v",
            "Bearer x",
            "basic Y29ycHVzLXRva2VuOmNvcnB1cy1zZWNyZXQ=",
        ] {
            self.push("", true, form("/oauth2/token", "grant_type=client_credentials").with("Authorization", authorization));
            self.push("", true, form("/oauth2/revoke", "token=x").with("Authorization", authorization));
        }
        for fields in [
            "client_id=corpus-post&client_secret=corpus-secret",
            "client_id=corpus-post&client_secret=no",
            "client_id=corpus-post",
            "client_secret=x",
        ] {
            self.push("", true, form("/oauth2/token", &format!("grant_type=client_credentials&{fields}")));
            self.push("", true, form("/oauth2/revoke", &format!("token=x&{fields}")));
        }
        self.push(
            "token",
            true,
            form("/oauth2/token", "grant_type=client_credentials&scope=read+a.b&audience=https://x").with("Authorization", basic),
        );
        let token = "token={{token/access_token}}";
        for fields in [token, "token=x", "token=", "", "scope=read", "token=%zz"] {
            self.admin(form("/admin/oauth2/introspect", fields));
        }
        for scope in ["read", "a.b", "a.c", "read+a.b", "nope"] {
            self.admin(form("/admin/oauth2/introspect", &format!("{token}&scope={scope}")));
        }
        for fields in ["", "x=y", "token=", "token=x"] {
            self.push("", true, form("/oauth2/revoke", fields).with("Authorization", basic));
        }
        self.push("", true, form("/oauth2/revoke", &format!("{token}&token_type_hint=refresh_token")).with("Authorization", basic));
        self.admin(form("/admin/oauth2/introspect", token));
        self.push("token", true, form("/oauth2/token", "grant_type=client_credentials").with("Authorization", basic));
        self.admin(bare("DELETE", "/admin/oauth2/tokens"));
        self.admin(bare("DELETE", "/admin/oauth2/tokens?client_id=corpus-nobody"));
        self.admin(bare("DELETE", "/admin/oauth2/tokens?client_id=corpus-token"));
        self.admin(form("/admin/oauth2/introspect", token));
        // Not a form at all.
        self.push("", true, json("POST", "/oauth2/token", "{}").with("Authorization", basic));
        self.admin(json("POST", "/admin/oauth2/introspect", "{}"));
        let mut untyped = form("/oauth2/token", "grant_type=client_credentials").with("Authorization", basic);
        untyped.headers.retain(|header| header.0 != "Content-Type");
        self.push("", true, untyped);
    }

    fn lists(&mut self) {
        for name in ["", "a", "b"] {
            for owner in ["", "c"] {
                self.create(&format!(r#"{{"client_name":"{name}","owner":"{owner}"}}"#));
            }
        }
        for query in [
            "",
            "?page_size=1",
            "?page_size=2",
            "?page_size=0",
            "?page_size=-5",
            "?page_size=x",
            "?page_size=99999999999999999999",
            "?page_size=1001",
            "?page_size=500&client_name=b",
            "?client_name=a",
            "?client_name=a&owner=c",
            "?owner=c&page_size=1",
            "?client_name=nobody",
            "?b=2&a=1&a=0&page_size=3",
            "?a=%20%C3%BC%26&page_size=3",
        ] {
            self.admin(bare("GET", &format!("/admin/clients{query}")));
        }
    }

    /// The older release's own page tokens.
    fn offsets(&mut self) {
        for query in [
            "?page_token=x",
            "?page_token=eyJvZmZzZXQiOiI0IiwidiI6Mn0&page_size=3",
            "?page_token=eyJvZmZzZXQiOiI0IiwidiI6Mn0&page_size=4",
            "?page_token=eyJvZmZzZXQiOjQsInYiOjJ9&page_size=4",
            "?page_token=eyJvZmZzZXQiOiI5OTk5OTkifQ&page_size=7",
            "?page_token=eyJvZmZzZXQiOiItMSJ9&page_size=7",
        ] {
            self.admin(bare("GET", &format!("/admin/clients{query}")));
        }
    }

    fn routes(&mut self) {
        self.create(r#"{"client_id":"corpus-route"}"#);
        for path in [
            "/admin/clients",
            "/admin/clients/",
            "/admin/clients/corpus-route",
            "/admin/clients/corpus-route/",
            "/admin/clients/corpus-route/lifespans",
            "/admin/clients/corpus-route/nope",
            "/admin/oauth2/introspect",
            "/admin/oauth2/tokens",
            "/admin/nope",
            "/admin",
            "/admin/",
            "/clients/corpus-route",
            "/clients?page_size=1",
            "//admin/clients",
            "/admin//clients",
            "/admin/../admin/clients/corpus-route",
            "/admin/clients/corpus%2Droute",
            "/admin/clients/corpus%2Froute",
            "/ADMIN/clients/corpus-route",
            "/health/alive",
            "/version",
        ] {
            for method in ["GET", "HEAD", "OPTIONS", "TRACE", "PATCH"] {
                self.admin(bare(method, path));
            }
        }
        for path in [
            "/oauth2/token",
            "/oauth2/revoke",
            "/oauth2/register",
            "/oauth2/register/x",
            "/oauth2/register/x/",
            "/.well-known/openid-configuration",
            "/nope",
            "/health/ready",
            "/health/alive/",
        ] {
            for method in ["GET", "HEAD", "OPTIONS", "PUT", "PATCH"] {
                self.push("", true, bare(method, path));
            }
        }
        for id in ["corpus é", "corpus<>", "corpus%", "corpus\\\"", "corpus+;", "corpus."] {
            self.create(&format!(r#"{{"client_id":"{id}"}}"#));
        }
        for accept in ["*/*", "text/html", "text/plain", "application/xml", "text/html;q=0.1, application/json"] {
            self.admin(bare("GET", "/admin/nope").with("Accept", accept));
        }
    }
}
