//! More requests for comparing two servers: keys that sign, ids that cannot be addressed, bodies of other types,
//! device authorization.

use super::corpus::Corpus;
use super::values::EC_KEY;
use super::wire::{Request, bare, form, json};
use janiform::emulator::Profile;

const SIGNING: &str = "/admin/keys/hydra.jwt.access-token";
const CLIENT: &str = "client_id=corpus-signed&client_secret=corpus-secret";

/// Ids that somebody may choose.
const IDS: [&str; 27] = [
    "fresh/", "/lead", "a/b", "a/b/", "a//b", "a/./b", "a/../b", ".", "..", "...", "a/.", "a/..", "./a", "../a", "/", "//", "a?b", "a#b",
    "a%2Fb", "%2e", "%2e%2e", "tab\t", "line\n", "return\r", "a;b", "\u{7f}", "a b+é",
];

fn escaped(id: &str) -> String {
    janiform::emulator::go::form::escape(id, |byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
}

impl Corpus {
    /// Secrets beside each other, which no release has: to each of these, there is no such path.
    pub(super) fn rotations(&mut self) {
        self.admin(json("POST", "/admin/clients", r#"{"client_id":"corpus-rotated","client_secret":"corpus-secret"}"#));
        for id in ["corpus-rotated", "corpus-nobody"] {
            let path = format!("/admin/clients/{id}/secrets/rotate");
            for body in ["", "{}", r#"{"client_secret":"corpus-other"}"#, r#"{"client_secret":"x"}"#] {
                self.admin(json("POST", &path, body));
            }
            ["GET", "PUT", "DELETE"].iter().for_each(|method| self.admin(bare(method, &path)));
        }
        self.admin(bare("GET", "/admin/clients/corpus-rotated"));
    }

    /// Whichever private key of the set is the newest signs, and tokens of the others are good no more.
    pub(super) fn signing(&mut self) {
        self.admin(json(
            "POST",
            "/admin/clients",
            r#"{"client_id":"corpus-signed","client_secret":"corpus-secret","grant_types":["client_credentials"],"token_endpoint_auth_method":"client_secret_post","access_token_strategy":"jwt"}"#,
        ));
        let issue = || form("/oauth2/token", &format!("grant_type=client_credentials&{CLIENT}"));
        let introspect = |label: &str| form("/admin/oauth2/introspect", &format!("token={{{{{label}/access_token}}}}"));
        self.admin(bare("DELETE", SIGNING));
        self.push("first", true, issue());
        self.admin(introspect("first"));
        for (algorithm, usage) in
            [("RS384", "sig"), ("ES256", "sig"), ("ES384", "sig"), ("ES512", "enc"), ("PS256", "sig"), ("PS512", "bogus"), ("EdDSA", "sig")]
        {
            self.admin(json("POST", SIGNING, &format!(r#"{{"alg":"{algorithm}","use":"{usage}","kid":"corpus-{algorithm}"}}"#)));
            self.push("second", true, issue());
            self.admin(introspect("first"));
            self.admin(introspect("second"));
            self.admin(bare("DELETE", &format!("{SIGNING}/corpus-{algorithm}")));
            self.admin(introspect("first"));
            self.admin(introspect("second"));
        }
        // A public key does not sign; one that is not for what it says signs nothing, and keeps others from it.
        let key = |more: &str| format!(r#"{{"kid":"corpus-odd",{more},{}"#, &EC_KEY[1..]);
        for odd in [
            key(r#""use":"sig","alg":"ES256""#),
            key(r#""use":"sig","alg":"ES256","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI""#),
            key(r#""use":"sig","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI""#),
            key(r#""use":"sig","alg":"RS256","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI""#),
            r#"{"kty":"oct","kid":"corpus-odd","use":"sig","alg":"HS256","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}"#.to_owned(),
        ] {
            self.admin(json("PUT", &format!("{SIGNING}/x"), &odd));
            self.push("", true, issue());
            self.admin(introspect("first"));
            self.admin(bare("DELETE", &format!("{SIGNING}/corpus-odd")));
        }
        // Looking at a token of the server's own makes the set anew; nothing else does.
        for token in ["x", "a.b.c", "{{first/access_token}}"] {
            self.admin(bare("DELETE", SIGNING));
            self.admin(form("/admin/oauth2/introspect", &format!("token={token}")));
            self.admin(bare("GET", SIGNING));
        }
        self.admin(bare("DELETE", SIGNING));
        self.push("", true, form("/oauth2/revoke", &format!("token={{{{first/access_token}}}}&{CLIENT}")));
        self.admin(bare("GET", SIGNING));
        self.push("", true, issue());
    }

    /// Ids of keys, since a set can be removed whole whatever is in it; and of clients that are not there.
    pub(super) fn ids(&mut self, profile: Profile) {
        let newer = profile == Profile::V26_2;
        // Where the older router sends those who ask for these is another place each time.
        for id in IDS.into_iter().filter(|id| newer || !["/", "//", "a/."].contains(id)) {
            let id_json = serde_json::Value::from(id);
            let (key, client, set) = (
                format!("/admin/keys/corpus-ids/{}", escaped(id)),
                format!("/admin/clients/{}", escaped(id)),
                format!("/admin/keys/{}", escaped(&format!("corpus-ids{id}"))),
            );
            self.admin(json("POST", "/admin/keys/corpus-ids", &format!(r#"{{"alg":"ES256","kid":{id_json}}}"#)));
            for method in ["GET", "HEAD", "PUT", "DELETE"] {
                self.admin(bare(method, &key));
                self.admin(bare(method, &client));
            }
            if newer {
                self.admin(bare("GET", &format!("{client}/?a=%20b")));
            }
            self.admin(bare("PUT", &format!("{client}/lifespans")));
            self.admin(json("POST", &set, r#"{"alg":"EdDSA","kid":"k"}"#));
            self.admin(bare("GET", &set));
            self.admin(bare("DELETE", &set));
            self.admin(bare("GET", "/admin/keys/corpus-ids"));
            self.admin(bare("DELETE", "/admin/keys/corpus-ids"));
        }
    }

    /// The same bodies as another type or none.
    pub(super) fn types(&mut self) {
        let typed = |kind: &str, request: Request| {
            let mut request = request;
            request.headers.retain(|header| header.0 != "Content-Type");
            if kind.is_empty() { request } else { request.with("Content-Type", kind) }
        };
        for kind in
            ["", "text/plain", "application/x-www-form-urlencoded", "application/octet-stream", "multipart/form-data; boundary=b", "x"]
        {
            for (method, path, body) in [
                ("POST", "/admin/clients", r#"{"client_id":"corpus-typed"}"#),
                ("PUT", "/admin/clients/corpus-typed", "{}"),
                ("PATCH", "/admin/clients/corpus-typed", "[]"),
                ("PUT", "/admin/clients/corpus-typed/lifespans", "{}"),
                ("DELETE", "/admin/clients/corpus-typed", ""),
                ("POST", "/admin/keys/corpus-typed", r#"{"alg":"EdDSA"}"#),
                ("PUT", "/admin/keys/corpus-typed", r#"{"keys":[]}"#),
                ("POST", "/admin/trust/grants/jwt-bearer/issuers", "{}"),
            ] {
                self.admin(typed(kind, json(method, path, body)));
            }
        }
        for kind in [
            "",
            "text/plain",
            "APPLICATION/X-WWW-FORM-URLENCODED",
            "application/x-www-form-urlencoded; charset=utf-8",
            "application/json",
            "x; y",
        ] {
            let fields = format!("grant_type=client_credentials&token=x&{CLIENT}");
            self.push("", true, typed(kind, form("/oauth2/token", &fields)));
            self.push("", true, typed(kind, form("/oauth2/revoke", &fields)));
            self.admin(typed(kind, form("/admin/oauth2/introspect", &fields)));
        }
    }

    /// What only the newer release has.
    pub(super) fn devices(&mut self) {
        let grant = "urn:ietf:params:oauth:grant-type:device_code";
        for (id, more) in [
            ("corpus-no-device", r#""token_endpoint_auth_method":"none""#.to_owned()),
            ("corpus-device", format!(r#""token_endpoint_auth_method":"none","grant_types":["{grant}"],"scope":"openid a.*""#)),
            (
                "corpus-device-post",
                format!(
                    r#""token_endpoint_auth_method":"client_secret_post","client_secret":"corpus-secret","grant_types":["{grant}"],"audience":["https://x"]"#
                ),
            ),
            ("corpus-device-basic", format!(r#""client_secret":"corpus-secret","grant_types":["{grant}"]"#)),
        ] {
            self.admin(json("POST", "/admin/clients", &format!(r#"{{"client_id":"{id}",{more}}}"#)));
        }
        let ask = |fields: &str| form("/oauth2/device/auth", fields);
        // corpus-device-basic:corpus-secret
        let basic = "Basic Y29ycHVzLWRldmljZS1iYXNpYzpjb3JwdXMtc2VjcmV0";
        for fields in [
            "",
            "scope=a",
            "client_id=nobody",
            "client_id=corpus-no-device",
            "client_id=corpus-device",
            "client_id=corpus-device&scope=openid+a.b",
            "client_id=corpus-device&scope=b",
            "client_id=corpus-device&client_secret=x",
            "client_id=corpus-device-post",
            "client_id=corpus-device-post&client_secret=no",
            "client_id=corpus-device-post&client_secret=corpus-secret&audience=https://x",
            "client_id=corpus-device-post&client_secret=corpus-secret&audience=https://y",
            "client_id=corpus-device-basic&client_secret=corpus-secret",
        ] {
            self.push("", true, ask(fields));
        }
        for fields in ["", "client_id=corpus-device-basic", "scope=openid"] {
            self.push("", true, ask(fields).with("Authorization", basic));
        }
        self.push("", true, json("POST", "/oauth2/device/auth", r#"{"client_id":"corpus-device"}"#));
        for method in ["GET", "HEAD", "OPTIONS", "PUT"] {
            self.push("", true, bare(method, "/oauth2/device/auth"));
        }
        self.push("codes", true, ask("client_id=corpus-device"));
        let code = "device_code={{codes/device_code}}";
        for fields in [
            format!("client_id=corpus-device&{code}"),
            format!("client_id=corpus-device&{code}"),
            format!("client_id=corpus-device-post&client_secret=corpus-secret&{code}"),
            format!("client_id=corpus-device-post&{code}"),
            format!("client_id=corpus-no-device&{code}"),
            "client_id=corpus-device".to_owned(),
            "client_id=corpus-device&device_code=x".to_owned(),
            "client_id=corpus-device&device_code=ory_dc_a.b".to_owned(),
            "client_id=corpus-device&device_code={{codes/user_code}}".to_owned(),
        ] {
            self.push("", true, form("/oauth2/token", &format!("grant_type={grant}&{fields}")));
        }
        self.admin(form("/admin/oauth2/introspect", "token={{codes/device_code}}"));
        self.admin(bare("DELETE", "/admin/clients/corpus-device"));
        self.push(
            "",
            true,
            form("/oauth2/token", &format!("grant_type={grant}&client_id=corpus-device-post&client_secret=corpus-secret&{code}")),
        );
    }
}
