//! Requests to compare two servers by: every member with every kind of value, URIs of every
//! shape, patches, pages, tokens, routes.
//!
//! A `{{label/member}}` in a request stands for that member of the answer to an earlier step.

use super::wire::{Request, bare, form, json};

/// One request.
pub struct Step {
    pub name: String,
    /// Remembers the answer under this name, unless empty.
    pub label: &'static str,
    pub public: bool,
    pub request: Request,
}

const TEXTS: [&str; 28] = [
    "client_name",
    "scope",
    "owner",
    "policy_uri",
    "tos_uri",
    "client_uri",
    "logo_uri",
    "subject_type",
    "sector_identifier_uri",
    "jwks_uri",
    "token_endpoint_auth_method",
    "token_endpoint_auth_signing_alg",
    "request_object_signing_alg",
    "userinfo_signed_response_alg",
    "created_at",
    "updated_at",
    "frontchannel_logout_uri",
    "backchannel_logout_uri",
    "registration_access_token",
    "registration_client_uri",
    "access_token_strategy",
    "client_secret_expires_at",
    "frontchannel_logout_session_required",
    "backchannel_logout_session_required",
    "skip_consent",
    "skip_logout_consent",
    "metadata",
    "jwt_bearer_grant_access_token_lifespan",
];
const LISTS: [&str; 8] = [
    "redirect_uris",
    "grant_types",
    "response_types",
    "audience",
    "allowed_cors_origins",
    "contacts",
    "request_uris",
    "post_logout_redirect_uris",
];
const VALUES: [&str; 16] = [
    "null",
    r#""""#,
    r#""x""#,
    r#""https://a/b""#,
    r#""<&>\"\u2028\u00e9\ud83d\ude00\u007f""#,
    "true",
    "false",
    "0",
    "5",
    "-1",
    "1.5",
    "1e3",
    "[]",
    "{}",
    r#"["x"]"#,
    r#"{"b":1.50,"a":[null,"<>"]}"#,
];
const LIST_VALUES: [&str; 10] = [
    "null",
    "[]",
    r#"["https://a"]"#,
    r#"["https://a","https://a","b"]"#,
    r#"[""]"#,
    "[null]",
    "[1]",
    r#"[["x"]]"#,
    r#"["<&>"]"#,
    r#""x""#,
];
const URIS: [&str; 50] = [
    "https://a",
    "https://a/",
    "https://a/b?c=d",
    "https://a?",
    "https://a#f",
    "https://a/#",
    "http://a",
    "http://",
    "https://",
    "https:",
    "https:a",
    "https:/a",
    "https:///a",
    "HTTPS://A",
    "//a/b",
    "///a",
    "/a",
    "/a:b",
    "a",
    "a:b",
    "a:",
    ":a",
    "1a://b",
    "a+b-c.d://e",
    "a_b://c",
    "*",
    "?",
    "https://a b",
    "https://a/b c",
    "https://a/%20",
    "https://a/%2",
    "https://a/%zz",
    "https://%41",
    "https://%C3%BC",
    "https://u@a",
    "https://u:p@a",
    "https://@a",
    "https://u:p:q@a",
    "https://u[@a",
    "https://a:80",
    "https://a:",
    "https://a:b",
    "https://[::1]",
    "https://[::1]:8",
    "https://[::1",
    "https://a\\\\b",
    "https://a|b",
    "https://ü.example/é",
    "https://a\\tb",
    "https://*.a",
];
const DURATIONS: [&str; 26] = [
    "1h",
    "1h30m",
    "90m",
    "1.5h",
    "5m",
    "720h",
    "0",
    "0s",
    "-1h",
    "+1h",
    "1ms",
    "1us",
    "1µs",
    "1μs",
    "1ns",
    "1.000000001s",
    ".5s",
    "5.s",
    "1d",
    "60",
    "h",
    "",
    " 1h",
    "1h ",
    "9223372036854775807ns",
    "9223372036854775808ns",
];
const SYNTAX: [&str; 44] = [
    "",
    " ",
    "{",
    "}",
    "[",
    "]",
    "[]",
    "[1]",
    "1",
    "-",
    "01",
    "1.",
    "1e",
    "true",
    "tru",
    "nul",
    "falsy",
    "\"x",
    "\"x\"",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\n\"",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{\"a\":1 \"b\"}",
    "{a:1}",
    "{'a':1}",
    "{\"a\":1}}",
    "{\"a\":1}]",
    "{} {",
    "null null",
    "{\"a\":[1,]}",
    "{\"a\":[1 2]}",
    "{\"a\":+1}",
    "{\"client_name\":\"\\ud800\"}",
    "{\"client_name\":\"\u{7f}\"}",
    "{\"Client_Name\":\"a\",\"client_name\":\"b\",\"CLIENT_NAME\":\"c\"}",
    "{\"\\u0063lient_name\":\"a\"}",
    "{\"\u{212a}lient_name\":\"a\"}",
    "{\"client_name\":1,\"owner\":2}",
    "{\"client_name\":1,\"created_at\":\"x\"}",
    "{\"client_name\":\"a\",\"client_name\":null}",
    "{\"redirect_uris\":[\"https://a\"],\"redirect_uris\":null}",
];
const PATCHES: [&str; 62] = [
    "[]",
    "null",
    "{}",
    "1",
    "[1]",
    "[{}]",
    "[] x",
    r#"[{"op":"add"}]"#,
    r#"[{"op":"add","path":"/client_name"}]"#,
    r#"[{"op":"replace","path":"/client_name"}]"#,
    r#"[{"op":"replace","path":"","value":{}}]"#,
    r#"[{"op":"replace","path":"/","value":1}]"#,
    r#"[{"op":"replace","path":"client_name","value":"x"}]"#,
    r#"[{"op":"replace","path":1,"value":"x"}]"#,
    r#"[{"op":1,"path":"/client_name","value":"x"}]"#,
    r#"[{"op":"Replace","path":"/client_name","value":"x"}]"#,
    r#"[{"op":"replace","path":"/client_name","value":"x"},{"op":"replace","path":"/owner","value":"y"}]"#,
    r#"[{"op":"replace","path":"/client_name","value":"z"},{"op":"remove","path":"/nope"}]"#,
    r#"[{"op":"replace","path":"/Client_Name","value":"folded"}]"#,
    r#"[{"op":"replace","path":"/client_name","value":1}]"#,
    r#"[{"op":"replace","path":"/client_name","value":null}]"#,
    r#"[{"op":"remove","path":"/client_name"}]"#,
    r#"[{"op":"remove","path":"/client_id"}]"#,
    r#"[{"op":"replace","path":"/client_id","value":"corpus-nobody"}]"#,
    r#"[{"op":"replace","path":"/client_id","value":""}]"#,
    r#"[{"op":"replace","path":"/id","value":"x"}]"#,
    r#"[{"op":"replace","path":"/redirect_uris/0","value":"https://a/0"}]"#,
    r#"[{"op":"add","path":"/redirect_uris/0","value":"https://a/first"}]"#,
    r#"[{"op":"add","path":"/redirect_uris/-","value":"https://a/last"}]"#,
    r#"[{"op":"add","path":"/redirect_uris/99","value":"https://a/far"}]"#,
    r#"[{"op":"replace","path":"/redirect_uris/99","value":"https://a/far"}]"#,
    r#"[{"op":"replace","path":"/redirect_uris/-","value":"https://a/dash"}]"#,
    r#"[{"op":"remove","path":"/redirect_uris/-"}]"#,
    r#"[{"op":"remove","path":"/redirect_uris/-1"}]"#,
    r#"[{"op":"remove","path":"/redirect_uris/x"}]"#,
    r#"[{"op":"add","path":"/redirect_uris/x","value":1}]"#,
    r#"[{"op":"remove","path":"/redirect_uris"}]"#,
    r#"[{"op":"replace","path":"/redirect_uris","value":null}]"#,
    r#"[{"op":"replace","path":"/redirect_uris","value":[]}]"#,
    r#"[{"op":"replace","path":"/redirect_uris","value":["bad"]}]"#,
    r#"[{"op":"replace","path":"/redirect_uris","value":["https://a/back"]}]"#,
    r#"[{"op":"add","path":"/metadata/new","value":1.50}]"#,
    r#"[{"op":"add","path":"/metadata/z~1y~0x","value":"<&>"}]"#,
    r#"[{"op":"add","path":"/metadata/deep/er/est","value":{"b":1,"a":2}}]"#,
    r#"[{"op":"add","path":"/metadata/list/0","value":1}]"#,
    r#"[{"op":"add","path":"/metadata/list2/-","value":1}]"#,
    r#"[{"op":"add","path":"/metadata/list3/2","value":1}]"#,
    r#"[{"op":"add","path":"/metadata/new/x","value":1}]"#,
    r#"[{"op":"remove","path":"/metadata/new"}]"#,
    r#"[{"op":"replace","path":"/metadata","value":null}]"#,
    r#"[{"op":"add","path":"/metadata/a","value":1}]"#,
    r#"[{"op":"replace","path":"/metadata","value":{"b":1,"a":[1.0,"é"]}}]"#,
    r#"[{"op":"replace","path":"/scope","value":""}]"#,
    r#"[{"op":"replace","path":"/jwks","value":{}}]"#,
    r#"[{"op":"replace","path":"/jwks","value":{"keys":[]}}]"#,
    r#"[{"op":"replace","path":"/jwks","value":null}]"#,
    r#"[{"op":"replace","path":"/skip_logout_consent","value":true}]"#,
    r#"[{"op":"replace","path":"/skip_logout_consent","value":null}]"#,
    r#"[{"op":"replace","path":"/implicit_grant_id_token_lifespan","value":"90s"}]"#,
    r#"[{"op":"replace","path":"/implicit_grant_id_token_lifespan","value":null}]"#,
    r#"[{"op":"replace","path":"/registration_access_token","value":"tok"}]"#,
    r#"[{"op":"replace","path":"/updated_at","value":"2001-01-01T00:00:00Z"}]"#,
];
const EC_KEY: &str =
    r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
const KEY_SETS: [&str; 34] = [
    "{}",
    r#"{"keys":null}"#,
    r#"{"keys":[]}"#,
    r#"{"Keys":[]}"#,
    r#"{"foo":1}"#,
    r#"{"keys":[{}]}"#,
    r#"{"keys":[null]}"#,
    r#"{"keys":"x"}"#,
    r#"{"keys":["x"]}"#,
    r#"{"keys":[{"kty":"foo"}]}"#,
    r#"{"keys":[{"kty":"RSA"}]}"#,
    r#"{"keys":[{"kty":"RSA","n":"AAEC","e":"AQAB"}]}"#,
    r#"{"keys":[{"kty":"RSA","n":"!","e":"AQAB"}]}"#,
    r#"{"keys":[{"kty":"RSA","n":"AAEC","e":"AAEAAQ","alg":"RS256","kid":"k","use":"sig","foo":1}]}"#,
    r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#,
    r#"{"keys":[{"kty":"oct"}]}"#,
    r#"{"keys":[{"kty":"EC","crv":"P-256"}]}"#,
    r#"{"keys":[{"kty":"EC","crv":"P-1","x":"AA","y":"AA"}]}"#,
    r#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#,
    r#"{"keys":[{"kty":"EC","crv":"P-256","x":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}]}"#,
    r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
    r#"{"keys":[{"kty":"OKP","crv":"X","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
    r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}"#,
    r#"{"keys":[{"kty":"OKP","crv":"Ed25519","d":"AA"}]}"#,
    r#"{"keys":[{"kty":1}]}"#,
    r#"{"keys":[{"kty":"RSA","n":1,"e":"AQAB"}]}"#,
    r#"{"keys":[{"kty":"RSA","n":"AA!A","e":"AQAB"}]}"#,
    r#"{"keys":[{"kty":"RSA","n":"AAEC","e":"AQAB","d":"AA"}]}"#,
    r#"{"keys":[{"kty":"RSA","n":"","e":""}]}"#,
    r#"{"keys":[{"KTY":"RSA","n":"AAEC","e":"AQAB"}]}"#,
    r#"{"keys":[{"kty":"RSA","n":"AAEC","e":"AQAB","x5c":["AA"]}]}"#,
    r#"{"keys":[{"kty":"RSA","n":"AAEC","e":"AQAB","x5t":"AA"}]}"#,
    r#"{"keys":[{"kty":"RSA","n":"AAEC","e":"AQAB","x5u":"%zz"}]}"#,
    r#"{"keys":[{"kty":"RSA","n":"AAEC=","e":"AQAB","use":"","kid":"","alg":""}]}"#,
];

/// Everything.
pub fn steps() -> Vec<Step> {
    let mut corpus = Corpus::default();
    corpus.members();
    corpus.values();
    corpus.replacing();
    corpus.patching();
    corpus.registering();
    corpus.tokens();
    corpus.lists();
    corpus.routes();
    corpus.0
}

#[derive(Default)]
struct Corpus(Vec<Step>);

impl Corpus {
    fn push(&mut self, label: &'static str, public: bool, request: Request) {
        let body = String::from_utf8_lossy(&request.body).chars().take(200).collect::<String>();
        let name = format!("{:03} {} {} {body}", self.0.len(), request.method, request.path);
        let request = if request.headers.iter().any(|h| h.0 == "Accept") { request } else { request.with("Accept", "application/json") };
        self.0.push(Step { name, label, public, request });
    }

    fn admin(&mut self, request: Request) {
        self.push("", false, request);
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
        for time in [
            "2001-02-30T04:05:06Z",
            "2001-02-03T24:05:06Z",
            "2001-02-03T04:60:06Z",
            "2001-02-03T04:05:60Z",
            "2001-02-00T04:05:06Z",
            "2001-02-03T04:05:06,5Z",
            "2001-02-03T04:05:06+25:00",
            "2001-02-03T04:05:06.1234567891Z",
            "2001-02-03T04:05:06Zx",
            "2001-02-03T4:05:06Z",
            "2001-2-03T04:05:06Z",
            "2001-02-03T04:05:06.Z",
            "2001-02-03T04:05:06",
            "é",
            "2001-02-03T04:05:06Z",
            "2001-02-03T04:05:06.5+01:00",
            "2001-13-03T04:05:06Z",
            "2001-02-03",
            "0001-01-01T00:00:00Z",
        ] {
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
