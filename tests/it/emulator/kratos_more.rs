//! More requests about identities, for comparing two servers: patterns, ids that others choose, account recovery,
//! sessions.

use super::corpus::Corpus;
use super::kratos_corpus::ALL;
use super::wire::{Request, bare, json};

const NOBODY: &str = "1c4b0b8e-2ee7-4f10-9a51-0a2f0f0c1a11";

fn typed(kind: &str, mut request: Request) -> Request {
    request.headers.retain(|header| header.0 != "Content-Type");
    if kind.is_empty() { request } else { request.with("Content-Type", kind) }
}

impl Corpus {
    pub(super) fn patterns(&mut self) {
        for (at, more) in [
            r#""plate":"AB-123""#,
            r#""plate":"AB-123 X""#,
            r#""plate":"AB-1234""#,
            r#""plate":"ab-123""#,
            r#""plate":"AB-१२३""#,
            r#""plate":"""#,
            r#""plate":1"#,
            r#""labels":{}"#,
            r#""labels":{"x-a":"b","en":1}"#,
            r#""labels":{"x-a":"b c"}"#,
            r#""labels":{"x-a":"b["}"#,
            r#""labels":{"x-a":1}"#,
            r#""labels":{"x-é":"b"}"#,
            r#""labels":{"en":"b"}"#,
            r#""labels":{"y":1}"#,
            r#""labels":{"x-n":"b"}"#,
        ]
        .iter()
        .enumerate()
        {
            self.made("", &format!(r#"{{"schema_id":"customer","traits":{{"email":"p{at}@ex.com",{more}}}}}"#));
        }
    }

    /// Ids that are not the server's own: of organizations, of patches, and those that owners choose.
    pub(super) fn ids_of_others(&mut self) {
        let id = "3f1b0b8e-2ee7-4f10-9a51-0a2f0f0c1a12";
        let spellings = [
            "null".to_owned(),
            "5".to_owned(),
            "{}".to_owned(),
            r#""""#.to_owned(),
            r#""acme""#.to_owned(),
            format!("\"{id}\""),
            format!("\"{}\"", id.to_uppercase()),
            format!("\"{{{id}}}\""),
            format!("\"{}\"", id.replace('-', "")),
            format!("\"urn:uuid:{id}\""),
            format!("\"z{}\"", &id[1..]),
            format!("\"{}\"", id.replace('-', "_")),
            r#""00000000-0000-0000-0000-000000000000""#.to_owned(),
        ];
        self.made("others", r#"{"traits":{}}"#);
        let path = format!("{ALL}/{{{{others/id}}}}");
        for spelling in spellings {
            self.made("", &format!(r#"{{"traits":{{}},"organization_id":{spelling}}}"#));
            self.admin(json("PUT", &path, &format!(r#"{{"traits":{{}},"organization_id":{spelling}}}"#)));
            self.admin(json("PATCH", &path, &format!(r#"[{{"op":"replace","path":"/organization_id","value":{spelling}}}]"#)));
            self.admin(bare("GET", &path));
            self.admin(json("PATCH", ALL, &format!(r#"{{"identities":[{{"create":{{"traits":{{}}}},"patch_id":{spelling}}}]}}"#)));
        }
        self.admin(json("PATCH", &path, r#"[{"op":"remove","path":"/organization_id"}]"#));
        self.admin(bare("GET", &path));
        self.made("", r#"{"traits":{"email":"alone@ex.com"}}"#);
        for rest in ["", ",{}", r#",{"create":null}"#] {
            self.admin(json("PATCH", ALL, &format!(r#"{{"identities":[{{"create":{{"traits":{{"email":"alone@ex.com"}}}}}}{rest}]}}"#)));
        }
    }

    pub(super) fn recoveries(&mut self) {
        self.made("lost", r#"{"traits":{"email":"lost@ex.com"}}"#);
        self.made("bare", r#"{"traits":{}}"#);
        for way in ["link", "code"] {
            let path = format!("/admin/recovery/{way}");
            for body in [
                r#"{"identity_id":"{{lost/id}}"}"#,
                r#"{"identity_id":"{{bare/id}}"}"#,
                &format!(r#"{{"identity_id":"{NOBODY}"}}"#),
                r#"{"identity_id":"abc"}"#,
                r#"{"identity_id":5}"#,
                r#"{"identity_id":null}"#,
                "{}",
                "null",
                "[]",
                "{",
                "",
                r#"{"identity_id":"{{lost/id}}"} x"#,
                r#"{"identity_id":"{{lost/id}}","expires_in":"1h30m"}"#,
                r#"{"identity_id":"{{lost/id}}","expires_in":""}"#,
                r#"{"identity_id":"{{lost/id}}","expires_in":"1d"}"#,
                r#"{"identity_id":"{{lost/id}}","expires_in":"0s"}"#,
                r#"{"identity_id":"{{lost/id}}","expires_in":"-90m"}"#,
                r#"{"identity_id":"{{lost/id}}","expires_in":5}"#,
                r#"{"identity_id":"{{lost/id}}","flow_type":"api"}"#,
                r#"{"identity_id":"{{lost/id}}","flow_type":"zz"}"#,
                r#"{"identity_id":"{{lost/id}}","zz":1}"#,
            ] {
                self.admin(json("POST", &path, body));
            }
            for kind in ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-8"] {
                self.admin(typed(kind, json("POST", &path, r#"{"identity_id":"{{lost/id}}"}"#)));
            }
            for method in ["GET", "HEAD", "OPTIONS", "PUT"] {
                self.admin(bare(method, &path));
            }
            self.admin(json("POST", &format!("/recovery/{way}"), r#"{"identity_id":"{{lost/id}}"}"#));
        }
        for kind in ["", "text/plain", "application/x-www-form-urlencoded"] {
            self.admin(typed(kind, json("POST", ALL, r#"{"traits":{}}"#)));
            self.admin(typed(kind, json("PATCH", ALL, r#"{"identities":[]}"#)));
            self.admin(typed(kind, json("PATCH", &format!("{ALL}/{{{{lost/id}}}}"), "[]")));
        }
    }

    pub(super) fn sessions(&mut self) {
        let password = r#""credentials":{"password":{"config":{"password":"a-long-Password-77"}}}"#;
        self.made(
            "here",
            &format!(r#"{{"schema_id":"customer","traits":{{"email":"here@ex.com"}},"metadata_admin":{{"a":1}},{password}}}"#),
        );
        self.made("", &format!(r#"{{"state":"inactive","traits":{{"email":"off@ex.com"}},{password}}}"#));
        self.made("", r#"{"traits":{"email":"without@ex.com"}}"#);
        let begin = || bare("GET", "/self-service/login/api");
        let log_in =
            |fields: &str| json("POST", "/self-service/login?flow={{login/id}}", &format!("{{{fields}}}")).with("User-Agent", "corpus/1");
        let known = r#""method":"password","identifier":"here@ex.com","password":"a-long-Password-77""#;
        self.push("login", true, begin());
        for fields in [
            r#""method":"password","identifier":"here@ex.com","password":"another""#,
            r#""method":"password","identifier":"nobody@ex.com","password":"a-long-Password-77""#,
            r#""method":"password","identifier":"without@ex.com","password":"a-long-Password-77""#,
            r#""method":"password","identifier":"off@ex.com","password":"a-long-Password-77""#,
            r#""method":"password","identifier":"here@ex.com""#,
            r#""method":"password","password":"a-long-Password-77""#,
            r#""method":"totp""#,
            "",
        ] {
            self.push("login", true, begin());
            self.push("", true, log_in(fields));
        }
        for (path, body, kind) in [
            ("/self-service/login", "{}", "application/json"),
            ("/self-service/login?flow=abc", "{}", "application/json"),
            (&*format!("/self-service/login?flow={NOBODY}"), "{}", "application/json"),
            ("/self-service/login?flow={{login/id}}", "", "application/json"),
            ("/self-service/login?flow={{login/id}}", "{}", "text/plain"),
        ] {
            self.push("login", true, begin());
            self.push("", true, typed(kind, json("POST", path, body)));
        }
        self.push("one", true, begin());
        self.push("login", true, begin());
        self.push("one", true, log_in(known));
        let (all, own, of) = ("/admin/sessions", "/admin/sessions/{{one/session/id}}", format!("{ALL}/{{{{here/id}}}}/sessions"));
        let who = |token: &str| bare("GET", "/sessions/whoami").with("X-Session-Token", token);
        for query in [
            "",
            "?active=true",
            "?active=false",
            "?active=x",
            "?expand=identity",
            "?expand=Devices&expand=identity",
            "?expand=x",
            "?page_size=x",
        ] {
            for path in [all, own, &of] {
                self.admin(bare("GET", &format!("{path}{query}")));
            }
        }
        self.admin(bare("GET", &format!("{all}?page_size=1&page_token=zz")));
        self.push("", true, who("{{one/session_token}}"));
        self.push("", true, bare("GET", "/sessions/whoami").with("Authorization", "Bearer {{one/session_token}}"));
        self.push("", true, who("ory_st_nobody"));
        self.push("", true, bare("GET", "/sessions/whoami"));
        self.admin(bare("PATCH", &format!("{own}/extend")));
        for (method, path) in [
            ("GET", "/admin/sessions/abc"),
            ("DELETE", "/admin/sessions/abc"),
            ("PATCH", "/admin/sessions/abc/extend"),
            ("GET", &*format!("/admin/sessions/{NOBODY}")),
            ("DELETE", &*format!("/admin/sessions/{NOBODY}")),
            ("PATCH", &*format!("/admin/sessions/{NOBODY}/extend")),
            ("GET", "/admin/identities/abc/sessions"),
            ("DELETE", "/admin/identities/abc/sessions"),
            ("GET", &*format!("/admin/identities/{NOBODY}/sessions")),
            ("DELETE", &*format!("/admin/identities/{NOBODY}/sessions")),
            ("POST", all),
            ("DELETE", all),
            ("OPTIONS", all),
            ("HEAD", all),
            ("PUT", own),
            ("POST", &of),
            ("GET", "/admin/sessions/whoami"),
        ] {
            self.admin(bare(method, path));
        }
        // Whoever is inactive is nobody, and somebody again.
        for state in ["inactive", "active"] {
            self.admin(json(
                "PATCH",
                &format!("{ALL}/{{{{here/id}}}}"),
                &format!(r#"[{{"op":"replace","path":"/state","value":"{state}"}}]"#),
            ));
            self.push("", true, who("{{one/session_token}}"));
            self.admin(bare("GET", own));
            self.admin(bare("GET", &of));
            self.admin(bare("GET", &format!("{all}?active=true&expand=identity")));
        }
        for _ in 0..2 {
            self.admin(bare("DELETE", own));
            self.admin(bare("GET", own));
            self.push("", true, who("{{one/session_token}}"));
        }
        self.admin(bare("PATCH", &format!("{own}/extend")));
        self.admin(bare("GET", &format!("{all}?active=false")));
        // A new password leaves them as they are; only deleting ends them for good.
        self.push("login", true, begin());
        self.push("two", true, log_in(known));
        self.admin(json(
            "PUT",
            &format!("{ALL}/{{{{here/id}}}}"),
            &format!(r#"{{"traits":{{"email":"here@ex.com"}},{password}}}"#).replace("-77", "-78"),
        ));
        self.push("", true, who("{{two/session_token}}"));
        self.push("login", true, begin());
        self.push("", true, log_in(known));
        self.admin(bare("DELETE", &of));
        self.admin(bare("DELETE", &of));
        self.admin(bare("GET", "/admin/sessions/{{two/session/id}}"));
        self.admin(bare("GET", all));
        self.push("", true, who("{{two/session_token}}"));
        self.admin(bare("DELETE", &format!("{ALL}/{{{{here/id}}}}")));
        self.admin(bare("GET", &of));
    }

    /// Paths that the newer release's router makes others of, and external ids that cannot be named therefore.
    pub(super) fn unclean(&mut self) {
        for (label, id) in ["a/b", "a/", "a//b", ".", "..", "a/..", "/", "//", "...", "a b+é%"].into_iter().map(|id| ("", id)) {
            self.made(label, &format!(r#"{{"traits":{{}},"external_id":"{id}"}}"#));
            let escaped = janiform::emulator::go::form::escape(id, |byte| byte.is_ascii_alphanumeric() || byte == b'.');
            self.admin(bare("GET", &format!("{ALL}/by/external/{escaped}")));
            self.admin(bare("GET", &format!("{ALL}/by/external/{escaped}/?a=%20b")));
        }
        for path in [
            "/admin//identities?page_size=1",
            "/admin/identities/",
            "/admin/identities/./x",
            "/admin/identities/x/..",
            "/admin/identities/abc%2F",
            "/identities/",
            "/identities//abc",
            "/identities/a%2Fb",
            "/admin/sessions/",
            "/admin/sessions//abc",
            "/admin/recovery/",
            "/admin/recovery/nope",
        ] {
            for method in ["GET", "HEAD", "PUT"] {
                self.admin(bare(method, path));
            }
        }
    }
}
