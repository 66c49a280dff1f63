//! Requests about identities and schemas, for comparing two servers.
//!
//! The schemas are those of `scripts/tools/kratos-serve`.

use super::corpus::{Corpus, Step};
use super::wire::{bare, json};
use janiform::emulator::Profile;

pub(super) const ALL: &str = "/admin/identities";

/// Everything that servers of this release are asked.
pub fn steps(profile: Profile) -> Vec<Step> {
    let mut corpus = Corpus::default();
    corpus.identity_bodies();
    corpus.identity_traits();
    corpus.identity_changes();
    corpus.identity_patches();
    corpus.identity_credentials();
    corpus.identity_batches();
    corpus.identity_lists();
    corpus.identity_routes();
    corpus.more_identities(profile);
    corpus.0
}

impl Corpus {
    fn more_identities(&mut self, profile: Profile) {
        // With which schemas all of it was answered.
        ["default", "customer"].iter().for_each(|id| self.push("", true, bare("GET", &format!("/schemas/{id}"))));
        self.patterns();
        self.ids_of_others();
        self.recoveries();
        self.sessions();
        if profile == Profile::V26_2 {
            self.unclean();
        }
        self.second_factors();
    }

    /// What releases make of second factors and passkeys that are to be imported, of which they know nothing.
    fn second_factors(&mut self) {
        for (kind, config) in [
            ("totp", r#"{"totp_url":"otpauth://totp/Acme:ann?secret=JBSWY3DPEHPK3PXP&issuer=Acme"}"#),
            ("lookup_secret", r#"{"recovery_codes":[{"code":"abcd1234"},{"code":"efgh5678","used_at":"2026-01-01T00:00:00Z"}]}"#),
            ("webauthn", r#"{"credentials":[{"id":"AQID","public_key":"AQID","display_name":"Key"}],"user_handle":"AQID"}"#),
            ("passkey", r#"{"credentials":[{"id":"AQID","public_key":"AQID"}],"user_handle":"AQID"}"#),
            ("code", r#"{"addresses":[{"channel":"email","address":"code@ex.com"}]}"#),
        ] {
            self.made("", &format!(r#"{{"traits":{{}},"credentials":{{"{kind}":{{"config":{config}}}}}}}"#));
        }
        for wrong in
            [r#""totp":1"#, r#""totp":{"config":1}"#, r#""totp":{"config":{}}"#, r#""lookup_secret":{"config":{"recovery_codes":1}}"#]
        {
            self.made("", &format!(r#"{{"credentials":{{{wrong}}}}}"#));
        }
    }

    pub(super) fn made(&mut self, label: &'static str, body: &str) {
        self.push(label, false, json("POST", ALL, body));
    }

    fn read(&mut self, label: &str, query: &str) {
        self.admin(bare("GET", &format!("{ALL}/{{{{{label}/id}}}}{query}")));
    }

    fn identity_bodies(&mut self) {
        for body in [
            "",
            "null",
            "[]",
            "1",
            "{",
            "{}",
            "{} trailing",
            r#"{"traits":null}"#,
            r#"{"traits":1}"#,
            r#"{"traits":{"email":"A@Ex.com ","more":[1.50,"<&>",{"b":1,"a":null}]}}"#,
            r#"{"schema_id":1}"#,
            r#"{"schema_id":"nope"}"#,
            r#"{"schema_id":"default","state":"active"}"#,
            r#"{"SCHEMA_ID":"default","State":"inactive"}"#,
            r#"{"state":"Active"}"#,
            r#"{"state":5}"#,
            r#"{"id":"x"}"#,
            r#"{"external_id":"x"}"#,
            r#"{"zz":1,"state":5}"#,
            r#"{"metadata_public":null,"metadata_admin":null}"#,
            r#"{"metadata_public":{"z":1.50,"a":"<"},"metadata_admin":[1,{"x":null}]}"#,
            r#"{"metadata_public":"text","metadata_admin":{"n":5}}"#,
            r#"{"credentials":null}"#,
            r#"{"credentials":{}}"#,
            r#"{"credentials":{"zz":{}}}"#,
            r#"{"credentials":{"password":null}}"#,
            r#"{"credentials":{"password":{}}}"#,
            r#"{"credentials":{"password":{"config":{"password":"x","zz":1}}}}"#,
            r#"{"credentials":{"password":{"config":{"hashed_password":"$2a$08$2eDf1kKZlGB5oGd7/8q8.u7S6f5s1W2s2QXyKcBpFb3rUZ6vIu1Ny"}}}}"#,
            r#"{"credentials":{"password":{"config":{"use_password_migration_hook":true}}}}"#,
            r#"{"credentials":{"oidc":{"config":{"providers":[]}}}}"#,
            r#"{"credentials":{"oidc":{"config":{"providers":[{"provider":"p","subject":"unnamed","zz":1}]}}}}"#,
            r#"{"credentials":{"totp":{}}}"#,
            r#"{"verifiable_addresses":null,"recovery_addresses":[]}"#,
            r#"{"verifiable_addresses":[{"value":"nobody@ex.com","via":"email","verified":true,"status":"completed"}]}"#,
            r#"{"verifiable_addresses":[{"zz":1}]}"#,
            r#"{"verifiable_addresses":{}}"#,
            r#"{"recovery_addresses":[{"value":"nobody@ex.com","via":"email"}]}"#,
        ] {
            self.made("", body);
        }
        for hash in [
            "$2b$10$x",
            "$2z$x",
            "$2c$x",
            "$argon2id$v=19$m=1$x",
            "$argon2d$x",
            "$pbkdf2-sha256$x",
            "$pbkdf2-sha$x",
            "$pbkdf2-sha2560$x",
            "$scrypt$x",
            "{SSHA}x",
            "{SSHA512}x",
            "{SSHA1}x",
            "{sha}x",
            "$sha1$x",
            "$sha384$x",
            "$md5$x",
            "$md5-crypt$x",
            "$firescrypt$x",
            "$hmac-sha256$x",
            "$hmac-sha3$x",
            "plain",
            "",
        ] {
            self.made("", &format!(r#"{{"credentials":{{"password":{{"config":{{"hashed_password":"{hash}"}}}}}}}}"#));
        }
    }

    fn identity_traits(&mut self) {
        for traits in [
            "null",
            "{}",
            "[]",
            r#"{"email":null}"#,
            r#"{"email":1}"#,
            r#"{"email":""}"#,
            r#"{"email":"x"}"#,
            r#"{"email":"a@"}"#,
            r#"{"email":"@b.c"}"#,
            r#"{"email":"a@b"}"#,
            r#"{"email":"a..b@c.d"}"#,
            r#"{"email":"a b@c.d"}"#,
            r#"{"email":"\"a b\"@c.d"}"#,
            r#"{"email":"a@b@c.d"}"#,
            r#"{"email":"é@c.d"}"#,
            r#"{"email":"a@é.d"}"#,
            r#"{"email":"a@-c.d"}"#,
            r#"{"email":"a@c-.d"}"#,
            r#"{"email":"a@c_d.e"}"#,
            r#"{"email":"a@c.d."}"#,
            r#"{"email":"<a@c.d>"}"#,
            r#"{"email":"A <a@c.d"}"#,
            r#"{"email":"this-one-is-longer-than-sixty-characters-with-its-domain@ex.com"}"#,
            r#"{"email":"t1@ex.com","more":1}"#,
            r#"{"email":"t2@ex.com","username":"Mixed Case"}"#,
            r#"{"email":"t3@ex.com","username":""}"#,
            r#"{"email":"t3@ex.com","username":" "}"#,
            r#"{"email":"t4@ex.com","username":"T4@ex.com"}"#,
            r#"{"email":"t5@ex.com","kind":"person"}"#,
            r#"{"email":"t6@ex.com","kind":"robot"}"#,
            r#"{"email":"t6@ex.com","kind":null}"#,
            r#"{"email":"t6@ex.com","age":1.5}"#,
            r#"{"email":"t6@ex.com","age":-1}"#,
            r#"{"email":"t6@ex.com","age":200}"#,
            r#"{"email":"t6@ex.com","age":199}"#,
            r#"{"email":"t7@ex.com","age":1.0}"#,
            r#"{"email":"t7@ex.com","age":1e2}"#,
            r#"{"email":"t8@ex.com","name":{"first":"a"}}"#,
            r#"{"email":"t8@ex.com","name":{"first":"a","last":"b"}}"#,
            r#"{"email":"t9@ex.com","name":{"first":"a","last":"b","x":"y"}}"#,
            r#"{"email":"t9@ex.com","name":{"first":"a","last":"b","x":1}}"#,
            r#"{"email":"t10@ex.com","tags":[]}"#,
            r#"{"email":"t10@ex.com","tags":["a","b","c","d"]}"#,
            r#"{"email":"t10@ex.com","tags":["a","a"]}"#,
            r#"{"email":"t10@ex.com","tags":["",1]}"#,
            r#"{"email":"t10@ex.com","tags":["a"]}"#,
            r#"{"email":"t11@ex.com","site":"/relative"}"#,
            r#"{"email":"t11@ex.com","site":"urn:x"}"#,
            r#"{"email":"t12@ex.com","born":"2000-02-30"}"#,
            r#"{"email":"t12@ex.com","born":"2000-02-29"}"#,
            r#"{"email":"t13@ex.com","flag":false}"#,
            r#"{"email":"t13@ex.com","flag":true}"#,
            r#"{"email":"t14@ex.com","flag":1,"zz":1}"#,
        ] {
            self.made("", &format!(r#"{{"schema_id":"customer","traits":{traits}}}"#));
        }
    }

    fn identity_changes(&mut self) {
        self.made("put", r#"{"schema_id":"customer","traits":{"email":"put@ex.com"},"metadata_public":{"a":1},"metadata_admin":{"b":1},"verifiable_addresses":[{"value":"PUT@ex.com","verified":true,"via":"email","status":"completed"}]}"#);
        self.made("", r#"{"schema_id":"customer","traits":{"email":"taken@ex.com"}}"#);
        self.made("", r#"{"schema_id":"customer","traits":{"email":"Taken@Ex.com"}}"#);
        self.made("", r#"{"schema_id":"customer","traits":{"email":"taken2@ex.com","username":"taken@ex.com"}}"#);
        let path = format!("{ALL}/{{{{put/id}}}}");
        for body in [
            "",
            "null",
            "[]",
            "{",
            "{}",
            r#"{"traits":{"email":"put@ex.com"}}"#,
            r#"{"traits":{"email":"put@ex.com"},"metadata_public":{"x":1.50},"metadata_admin":null}"#,
            r#"{"traits":{"email":"put2@ex.com","username":"u"},"state":"inactive"}"#,
            r#"{"traits":{"email":"put2@ex.com"},"state":"foo"}"#,
            r#"{"traits":{"email":"put2@ex.com"},"state":1}"#,
            r#"{"traits":{"email":"put2@ex.com"},"schema_id":"nope"}"#,
            r#"{"traits":{"email":"put2@ex.com"},"schema_id":"default"}"#,
            r#"{"traits":{"email":"taken@ex.com"}}"#,
            r#"{"traits":{},"schema_id":"default"}"#,
            r#"{"traits":{"email":"put3@ex.com"},"schema_id":"customer","zz":1,"id":"x"}"#,
            r#"{"traits":{"email":"put3@ex.com"},"credentials":{"password":{"config":{"password":"another-Pw-7712"}}}}"#,
            r#"{"traits":{"email":"put3@ex.com"},"credentials":{"password":{"config":{"hashed_password":"nope"}}}}"#,
            r#"{"traits":{"email":"put3@ex.com"},"credentials":{"oidc":{"config":{"providers":[{"provider":"github","subject":"1"}]}}}}"#,
            r#"{"traits":{"email":"put3@ex.com"},"credentials":{"oidc":{"config":{"providers":[{"provider":"google","subject":"2"}]}}}}"#,
            r#"{"traits":{"email":"x"}}"#,
        ] {
            self.admin(json("PUT", &path, body));
            self.read("put", "");
        }
        let mut untyped = json("PUT", &path, r#"{"traits":{"email":"put4@ex.com"}}"#);
        untyped.headers[0].1 = "text/plain".to_owned();
        self.admin(untyped);
        self.admin(json("PUT", &format!("{ALL}/1c4b0b8e-2ee7-4f10-9a51-0a2f0f0c1a11"), r#"{"traits":{}}"#));
        self.admin(json("PUT", &format!("{ALL}/abc"), r#"{"traits":{}}"#));
    }

    fn identity_patches(&mut self) {
        self.made("patch", r#"{"schema_id":"customer","traits":{"email":"patch@ex.com","name":{"first":"a","last":"b"}},"metadata_public":{"z":1.50,"a":[1,2]}}"#);
        let path = format!("{ALL}/{{{{patch/id}}}}");
        for patch in [
            "",
            "[]",
            "null",
            "{}",
            "1",
            "[1]",
            "[{}]",
            "[] x",
            r#"[{"op":"test","path":"/state","value":"active"}]"#,
            r#"[{"op":"move","from":"/state","path":"/x"}]"#,
            r#"[{"op":"replace"}]"#,
            r#"[{"op":"replace","path":5}]"#,
            r#"[{"op":"replace","path":"/id","value":"x"}]"#,
            r#"[{"op":"replace","path":"/credentials","value":{}}]"#,
            r#"[{"op":"add","path":"/credentials/password","value":{"type":"password"}}]"#,
            r#"[{"op":"replace","path":"/stateChangedAt","value":"x"}]"#,
            r#"[{"op":"replace","path":"/state","value":"inactive"}]"#,
            r#"[{"op":"replace","path":"/state","value":"zz"}]"#,
            r#"[{"op":"remove","path":"/state"}]"#,
            r#"[{"op":"replace","path":"/traits/email","value":"patched@ex.com"}]"#,
            r#"[{"op":"replace","path":"/traits/email","value":"taken@ex.com"}]"#,
            r#"[{"op":"replace","path":"/traits/email","value":"x"}]"#,
            r#"[{"op":"remove","path":"/traits/email"}]"#,
            r#"[{"op":"add","path":"/traits/tags","value":["b","a"]}]"#,
            r#"[{"op":"add","path":"/traits/tags/-","value":"c"}]"#,
            r#"[{"op":"remove","path":"/traits/tags/0"}]"#,
            r#"[{"op":"remove","path":"/traits/tags"}]"#,
            r#"[{"op":"remove","path":"/traits/name/first"}]"#,
            r#"[{"op":"remove","path":"/traits/name"}]"#,
            r#"[{"op":"remove","path":"/traits/nope"}]"#,
            r#"[{"op":"replace","path":"/traits/username","value":"U"}]"#,
            r#"[{"op":"replace","path":"/metadata_public/a/0","value":9}]"#,
            r#"[{"op":"add","path":"/metadata_public/deep/er","value":"<&>"}]"#,
            r#"[{"op":"remove","path":"/metadata_public/z"}]"#,
            r#"[{"op":"replace","path":"/metadata_admin","value":{"k":"v"}}]"#,
            r#"[{"op":"remove","path":"/metadata_admin"}]"#,
            r#"[{"op":"replace","path":"/metadata_admin","value":null}]"#,
            r#"[{"op":"replace","path":"/metadata_public","value":null}]"#,
            r#"[{"op":"replace","path":"/schema_id","value":"nope"}]"#,
            r#"[{"op":"replace","path":"/schema_id","value":"default"}]"#,
            r#"[{"op":"replace","path":"/traits","value":{"email":"patched@ex.com","more":1}}]"#,
            r#"[{"op":"replace","path":"/verifiable_addresses/0/verified","value":true}]"#,
            r#"[{"op":"replace","path":"/verifiable_addresses/0/status","value":"completed"}]"#,
            r#"[{"op":"replace","path":"/recovery_addresses/0/value","value":"other@ex.com"}]"#,
            r#"[{"op":"replace","path":"/external_id","value":"x"}]"#,
            r#"[{"op":"replace","path":"/nope","value":1}]"#,
            r#"[{"op":"remove","path":"/nope"}]"#,
            r#"[{"op":"replace","path":"","value":{}}]"#,
            r#"[{"op":"replace","path":"traits","value":{}}]"#,
        ] {
            self.admin(json("PATCH", &path, patch));
            self.read("patch", "");
        }
        self.admin(json("PATCH", &format!("{ALL}/1c4b0b8e-2ee7-4f10-9a51-0a2f0f0c1a11"), "["));
    }

    fn identity_credentials(&mut self) {
        self.made("keys", r#"{"schema_id":"customer","traits":{"email":"keys@ex.com"},"credentials":{"password":{"config":{"password":"plain-Text-pw-9911"}},"oidc":{"config":{"providers":[{"provider":"github","subject":"42"},{"provider":"google","subject":"77"}]}}}}"#);
        self.made("", r#"{"traits":{},"credentials":{"oidc":{"config":{"providers":[{"provider":"github","subject":"42"}]}}}}"#);
        self.made("bare", r#"{"traits":{}}"#);
        for query in [
            "",
            "?include_credential=password",
            "?include_credential=oidc",
            "?include_credential=password&include_credential=oidc",
            "?include_credential=password&include_credential=nope",
            "?include_credential=totp",
            "?include_credential=",
        ] {
            self.read("keys", query);
            self.read("bare", query);
        }
        let path = format!("{ALL}/{{{{keys/id}}}}/credentials");
        for kind in ["nope", "totp", "password", "oidc", "oidc?identifier=nope", "oidc?identifier=github:42", "oidc?identifier=google:77"] {
            self.admin(bare("DELETE", &format!("{path}/{kind}")));
            self.read("keys", "?include_credential=oidc");
        }
        self.admin(bare("DELETE", &format!("{ALL}/1c4b0b8e-2ee7-4f10-9a51-0a2f0f0c1a11/credentials/oidc")));
        self.admin(bare("DELETE", &format!("{ALL}/{{{{bare/id}}}}")));
        self.admin(bare("DELETE", &format!("{ALL}/{{{{bare/id}}}}")));
        self.admin(bare("DELETE", &format!("{ALL}/abc")));
    }

    fn identity_batches(&mut self) {
        let id = "3f1b0b8e-2ee7-4f10-9a51-0a2f0f0c1a11";
        for body in [
            "".to_owned(),
            "{}".to_owned(),
            "[]".to_owned(),
            r#"{"identities":[]}"#.to_owned(),
            r#"{"identities":null}"#.to_owned(),
            r#"{"identities":[{}]}"#.to_owned(),
            r#"{"identities":[],"zz":1}"#.to_owned(),
            r#"{"identities":[{"create":{"zz":1}}]}"#.to_owned(),
            format!(
                r#"{{"identities":[{{"create":{{"traits":{{"email":"b1@ex.com"}}}},"patch_id":"{id}"}},{{"create":{{"traits":{{"email":"b2@ex.com"}}}}}}]}}"#
            ),
            r#"{"identities":[{"create":{"traits":{"email":"b1@ex.com"}}}]}"#.to_owned(),
            r#"{"identities":[{"create":{"traits":{"email":"x"}}},{"create":{"traits":{"email":"b4@ex.com"}}}]}"#.to_owned(),
            r#"{"identities":[{"create":{"state":"foo"}},{"create":{"traits":{"email":"b5@ex.com"}}}]}"#.to_owned(),
            r#"{"identities":[{"create":{"schema_id":"nope"}},{"create":{"traits":{"email":"b6@ex.com"}}}]}"#.to_owned(),
        ] {
            self.admin(json("PATCH", ALL, &body));
        }
        let many = vec!["{}"; 2001].join(",");
        self.admin(json("PATCH", ALL, &format!(r#"{{"identities":[{many}]}}"#)));
    }

    fn identity_lists(&mut self) {
        for query in [
            "",
            "?page_size=1",
            "?page_size=3",
            "?page_size=abc",
            "?page_size=1000",
            "?page_token=zz",
            "?page_token=ffffffff-ffff-ffff-ffff-ffffffffffff",
            "?per_page=2",
            "?page=0",
            "?page=1&per_page=2",
            "?page=1&per_page=2&page_size=4",
            "?page=x&per_page=x",
            "?page=99&per_page=2",
            "?page=600&per_page=2",
            "?b=2&a=1&page_size=2",
            "?ids={{put/id}}",
            "?ids={{put/id}}&ids={{patch/id}}",
            "?ids=abc",
            "?ids=1c4b0b8e-2ee7-4f10-9a51-0a2f0f0c1a11",
            "?credentials_identifier=KEYS@ex.com",
            "?credentials_identifier=google:77",
            "?credentials_identifier=nobody",
            "?preview_credentials_identifier_similar=keys",
            "?preview_credentials_identifier_similar=k_ys",
            "?preview_credentials_identifier_similar=keys&credentials_identifier=keys",
            "?include_credential=password&ids={{keys/id}}",
            "?include_credential=nope",
        ] {
            self.admin(bare("GET", &format!("{ALL}{query}")));
        }
    }

    fn identity_routes(&mut self) {
        // Comes last, because that server then has not got the second one although it says that it made it.
        let conflict = r#"{"create":{"traits":{"email":"b1@ex.com"}},"patch_id":"3f1b0b8e-2ee7-4f10-9a51-0a2f0f0c1a11"}"#;
        self.admin(json("PATCH", ALL, &format!(r#"{{"identities":[{conflict},{{"create":{{"traits":{{"email":"b3@ex.com"}}}}}}]}}"#)));
        for path in [
            "/admin/identities",
            "/admin/identities/",
            "/admin/identities/{{put/id}}",
            "/admin/identities/{{put/id}}/",
            "/admin/identities/abc",
            "/admin/identities/{{put/id}}/credentials",
            "/admin/identities/{{put/id}}/credentials/nope",
            "/identities",
            "/identities/{{put/id}}?a=1",
        ] {
            for method in ["HEAD", "OPTIONS", "PUT"] {
                self.admin(bare(method, path));
            }
        }
        for path in [
            "/schemas",
            "/schemas?page=1&per_page=1",
            "/schemas?page_size=1",
            "/schemas?page_size=1&page_token=eyJvZmZzZXQiOiIxIiwidiI6Mn0",
            "/schemas?page=5",
            "/schemas/default",
            "/schemas/customer",
            "/schemas/Y3VzdG9tZXI",
            "/schemas/nope!",
            "/schemas/bm9wZQ",
            "/admin/schemas",
            "/admin/schemas/default",
        ] {
            self.push("", true, bare("GET", path));
        }
    }
}
