//! What a request is about, read from its path: a kind of object and which one.
//!
//! Owns the words. Knows no bodies: what a request creates, its answer names.

use crate::emulator::go::form::{Form, percent_decode};

/// What a request is about. The kind is one of the store's, or `schema`, `token` or `server`.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// What it is.
    pub kind: &'static str,
    /// Which one, if the path says.
    pub id: Option<String>,
}

impl Subject {
    /// What this path and query are about.
    #[must_use]
    pub fn of(path: &str, query: &str) -> Self {
        let segments: Vec<String> = path.split('/').skip(1).map(|part| percent_decode(part).unwrap_or_default()).collect();
        let mut names: Vec<&str> = segments.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        // Each service does without the prefix, in one place or another.
        names = names.strip_prefix(&["admin"]).map_or(names.clone(), <[&str]>::to_vec);
        let (kind, id) = match names[..] {
            ["clients", ref rest @ ..] | ["oauth2", "register", ref rest @ ..] => ("client", rest.first()),
            ["keys", ref rest @ ..] => ("key_set", rest.first()),
            ["trust", "grants", "jwt-bearer", "issuers", ref rest @ ..] => ("trust", rest.first()),
            ["identities", ref rest @ ..] => ("identity", rest.first()),
            ["schemas", ref rest @ ..] => ("schema", rest.first()),
            ["relation-tuples", ..] => return Self { kind: "tuple", id: tuple(&Form::parse(query)) },
            ["oauth2", "token" | "tokens" | "revoke" | "introspect"] | ["oauth2", "device", "auth"] => ("token", None),
            _ => ("server", None),
        };
        Self { kind, id: id.map(|id| (*id).to_owned()) }
    }

    /// With the id that the answer to a write tells, where the path has none.
    #[must_use]
    pub fn told(mut self, answer: &[u8]) -> Self {
        if self.id.is_none() && matches!(self.kind, "client" | "trust" | "identity" | "tuple") {
            let answer: serde_json::Value = serde_json::from_slice(answer).unwrap_or_default();
            let text = |name: &str| answer.pointer(name).and_then(|value| value.as_str());
            self.id = match self.kind {
                "client" => text("/client_id").map(str::to_owned),
                "tuple" => name_tuple(|name| text(&format!("/{}", name.replace('.', "/")))),
                _ => text("/id").map(str::to_owned),
            };
        }
        self
    }
}

fn tuple(query: &Form) -> Option<String> {
    name_tuple(|name| Some(query.get(name)).filter(|text| !text.is_empty()))
}

/// A relationship as people write it, if all of it is known.
fn name_tuple<'a>(part: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    let subject = match part("subject_id") {
        Some(id) => id.to_owned(),
        None => {
            format!("{}:{}#{}", part("subject_set.namespace")?, part("subject_set.object")?, part("subject_set.relation").unwrap_or(""))
        }
    };
    Some(format!("{}:{}#{}@{subject}", part("namespace")?, part("object")?, part("relation")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_answers_say_what_it_is_about() {
        let of = |path: &str, query: &str, answer: &str| {
            let Subject { kind, id } = Subject::of(path, query).told(answer.as_bytes());
            format!("{kind} {}", id.unwrap_or_default())
        };
        assert_eq!(of("/admin/clients/a%2Fb/lifespans", "", ""), "client a/b");
        assert_eq!(of("/clients/a", "", ""), "client a");
        assert_eq!(of("/admin/clients", "", r#"{"client_id":"new","client_secret":"s"}"#), "client new");
        assert_eq!(of("/oauth2/register", "", r#"{"client_id":"new"}"#), "client new");
        assert_eq!(of("/admin/keys/set/kid", "", ""), "key_set set");
        assert_eq!(of("/admin/trust/grants/jwt-bearer/issuers", "", r#"{"id":"i"}"#), "trust i");
        assert_eq!(of("/admin/identities", "credentials_identifier=a@example.com", "[]"), "identity ");
        assert_eq!(of("/admin/relation-tuples", "namespace=n&object=o&relation=r&subject_id=s", ""), "tuple n:o#r@s");
        let set = r#"{"namespace":"n","object":"o","relation":"r","subject_set":{"namespace":"m","object":"p","relation":""}}"#;
        assert_eq!(of("/admin/relation-tuples", "", set), "tuple n:o#r@m:p#");
        assert_eq!(of("/relation-tuples", "namespace=n", ""), "tuple ");
        assert_eq!(of("/oauth2/token", "", r#"{"access_token":"t"}"#), "token ");
        assert_eq!(of("/health/ready", "", ""), "server ");
    }
}
