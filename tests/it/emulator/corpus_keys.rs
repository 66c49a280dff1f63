//! Requests about key sets and trusted issuers, for comparing two servers.

use super::corpus::Corpus;
use super::values::{EC_KEY, KEY_SETS, TIMES};
use super::wire::{bare, json};

const TRUST: &str = "/admin/trust/grants/jwt-bearer/issuers";

/// The key with an id.
fn named(kid: &str) -> String {
    format!(r#"{{"kid":"{kid}",{}"#, &EC_KEY[1..])
}

fn issuer(fields: &str) -> String {
    format!(r#"{{"issuer":"corpus-issuer","expires_at":"2099-01-01T00:00:00Z"{fields}}}"#)
}

impl Corpus {
    pub(super) fn keys(&mut self) {
        for body in [
            "",
            "null",
            "[]",
            "1",
            "{",
            "{}",
            r#"{"alg":1}"#,
            r#"{"alg":"es256"}"#,
            r#"{"ALG":"ES256","Kid":"folded"}"#,
            r#"{"alg":"ES256","use":null,"kid":null}"#,
            r#"{"alg":"ES256","kid":"<&>\u00e9"}"#,
            r#"{"alg":"EdDSA","use":"enc","kid":"x"} trailing"#,
            r#"{"alg":"PS256","kid":"p","more":1}"#,
            r#"{"alg":"HS256"}"#,
            r#"{"alg":"ES256","kid":5,"use":7}"#,
        ] {
            self.admin(json("POST", "/admin/keys/corpus-made", body));
        }
        for kid in ["folded", "%3C%26%3E%C3%A9", "FOLDED", "nope"] {
            self.admin(bare("GET", &format!("/admin/keys/corpus-made/{kid}")));
        }
        self.admin(bare("GET", "/admin/keys/corpus-made"));
        for keys in KEY_SETS {
            self.admin(json("PUT", "/admin/keys/corpus-put", keys));
            self.admin(bare("GET", "/admin/keys/corpus-put"));
        }
        for body in ["", "null", "[]", "{", "1", r#"{"keys":[{"kty":"RSA","n":"AAEC","e":"AQAB"}],"keys":null}"#] {
            self.admin(json("PUT", "/admin/keys/corpus-put", body));
            self.admin(json("PUT", "/admin/keys/corpus-put/a", body));
        }
        for kid in ["a", "b", "a", "<", ""] {
            self.admin(json("PUT", "/admin/keys/corpus-one/ignored", &named(kid)));
            self.admin(bare("GET", "/admin/keys/corpus-one"));
        }
        self.admin(json("PUT", "/admin/keys/corpus-one", &format!(r#"{{"keys":[{},{},{}]}}"#, named("c"), named("d"), named("e"))));
        self.admin(json("PUT", "/admin/keys/corpus-one", &format!(r#"{{"keys":[{},{}]}}"#, named("f"), named("f"))));
        self.admin(bare("GET", "/admin/keys/corpus-one"));
        self.admin(bare("DELETE", "/admin/keys/corpus-one/d"));
        self.admin(bare("DELETE", "/admin/keys/corpus-one/nope"));
        self.admin(bare("GET", "/admin/keys/corpus-one"));
        for set in ["corpus é", "corpus<>", "corpus%25", "corpus+;", "corpus.", "corpus%2Fx", "corpus:x", "CORPUS-ONE"] {
            let path = format!("/admin/keys/{}", set.replace(' ', "%20").replace('é', "%C3%A9").replace('<', "%3C").replace('>', "%3E"));
            self.admin(json("POST", &path, r#"{"alg":"EdDSA","kid":"k"}"#));
            self.admin(bare("GET", &path));
            self.admin(bare("DELETE", &path));
        }
        for path in [
            "/admin/keys",
            "/admin/keys/",
            "/admin/keys/corpus-one/",
            "/admin/keys/corpus-one/c/",
            "/admin/keys/corpus-one/c/d",
            "/keys/corpus-one",
            "/keys/corpus-one/c",
            "/Admin/Keys/corpus-one/c",
            "/admin/keys//corpus-one",
        ] {
            for method in ["GET", "HEAD", "OPTIONS", "PATCH"] {
                self.admin(bare(method, path));
            }
        }
        self.push("", true, bare("GET", "/.well-known/jwks.json"));
    }

    pub(super) fn issuers(&mut self) {
        for fields in [
            "",
            r#","subject":"s""#,
            r#","allow_any_subject":true"#,
            r#","subject":"s","allow_any_subject":true"#,
            r#","subject":"s","jwk":null"#,
            r#","subject":"s","jwk":{}"#,
            r#","subject":"s","jwk":1"#,
            r#","subject":1"#,
            r#","allow_any_subject":"x""#,
            r#","subject":"s","scope":"x""#,
            r#","subject":"s","scope":[1]"#,
            r#","issuer":"""#,
            r#","issuer":null"#,
            r#","expires_at":null"#,
            r#","expires_at":5"#,
        ] {
            self.admin(json("POST", TRUST, &issuer(fields)));
        }
        for body in ["", "null", "[]", "{", "{}", "1", r#""x""#] {
            self.admin(json("POST", TRUST, body));
        }
        let with = |kid: &str, more: &str| issuer(&format!(r#","jwk":{}{more}"#, named(kid)));
        for scope in ["null", "[]", r#"[""]"#, r#"["a"]"#, r#"["a b","c|d"]"#, r#"[null]"#, r#"["<&>"]"#] {
            self.push("scoped", false, json("POST", TRUST, &with("k", &format!(r#","subject":"s","scope":{scope}"#))));
            self.admin(bare("GET", &format!("{TRUST}/{{{{scoped/id}}}}")));
            self.admin(bare("DELETE", &format!("{TRUST}/{{{{scoped/id}}}}")));
        }
        for time in TIMES {
            self.admin(json("POST", TRUST, &with("t", &format!(r#","subject":"{time}","expires_at":"{time}""#))));
        }
        self.admin(bare("DELETE", "/admin/keys/corpus-issuer"));
        // The same key for several: what is sent the second time is ignored, and all go together.
        for subject in ["a", "b", "a", "c"] {
            self.push("shared", false, json("POST", TRUST, &with("shared", &format!(r#","subject":"{subject}","scope":["x"]"#))));
            if subject == "b" {
                self.admin(json("POST", TRUST, &with("own", r#","subject":"b""#)));
                self.admin(json("POST", TRUST, &with("own", r#","allow_any_subject":true"#)));
            }
        }
        self.admin(json(
            "POST",
            TRUST,
            &issuer(
                r#","subject":"d","jwk":{"kty":"OKP","kid":"shared","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
            ),
        ));
        self.admin(bare("GET", "/admin/keys/corpus-issuer"));
        self.admin(json("PUT", "/admin/keys/corpus-issuer/x", &named("unrelated")));
        self.admin(bare("GET", TRUST));
        self.admin(json("PUT", "/admin/keys/corpus-issuer/x", &named("own")));
        for query in ["", "?issuer=corpus-issuer", "?issuer=nope", "?page_size=1", "?page_size=2&issuer=corpus-issuer", "?page_size=0"] {
            self.admin(bare("GET", &format!("{TRUST}{query}")));
        }
        self.push("last", false, json("POST", TRUST, &with("shared", r#","subject":"e""#)));
        self.admin(bare("DELETE", &format!("{TRUST}/{{{{last/id}}}}")));
        self.admin(bare("GET", TRUST));
        self.admin(bare("GET", "/admin/keys/corpus-issuer"));
        self.push("last", false, json("POST", TRUST, &with("shared", r#","subject":"e""#)));
        self.admin(bare("DELETE", "/admin/keys/corpus-issuer/shared"));
        self.admin(bare("GET", &format!("{TRUST}/{{{{last/id}}}}")));
        for path in ["", "/", "/abc", "/1c4b0b8e-2ee7-4f10-9a51-0a2f0f0c1a11", "/{{last/id}}", "/{{last/id}}/"] {
            for method in ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"] {
                self.admin(bare(method, &format!("{TRUST}{path}")));
            }
        }
        self.admin(bare("GET", "/trust/grants/jwt-bearer/issuers"));
    }
}
