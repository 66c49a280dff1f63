//! The subject of a request: a kind of object and its id, from the path or, for a new object, from the answer.
//!
//! Owns the reading; the kinds have their paths. Does not know the bodies of requests.

use crate::{
    emulator::{
        go::form::{Form, percent_decode},
        kind::{Kind, Named, SERVER},
    },
    value::Json,
};

/// The subject of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// The kind's name.
    pub kind: &'static str,
    /// The id, if it is known.
    pub id: Option<String>,
}

impl Subject {
    /// The subject of this path and query; if they have no id, it is taken from the answer to a write.
    #[must_use]
    pub fn of(kinds: &[&'static Kind], path: &str, query: &str, answer: &[u8]) -> Self {
        let segments: Vec<String> = path.split('/').skip(1).map(|part| percent_decode(part).unwrap_or_default()).collect();
        let mut names: Vec<&str> = segments.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        // The prefix is optional in some places of every service.
        names = names.strip_prefix(&["admin"]).map_or(names.clone(), <[&str]>::to_vec);
        let (kind, rest) = kinds.iter().find_map(|kind| Some((*kind, below(kind, &names)?))).unwrap_or((&SERVER, &[]));
        let next = rest.first().map(|id| (*id).to_owned());
        let told = |name: &str| Json::parse(answer).ok()?.at(&name.replace('.', "/")).as_str().map(str::to_owned);
        let id = match kind.named {
            Named::Next => next,
            Named::NextOr(member) => next.or_else(|| told(member)),
            Named::Members(name) => {
                let query = Form::parse(query);
                name(&|member| Some(query.get(member)).filter(|text| !text.is_empty()).map(str::to_owned)).or_else(|| name(&told))
            }
            Named::Never => None,
        };
        Self { kind: kind.name, id }
    }
}

/// The rest after one of the kind's paths, if the path begins with one.
fn below<'a, 'b>(kind: &Kind, names: &'a [&'b str]) -> Option<&'a [&'b str]> {
    let rest = kind.paths.iter().find_map(|path| {
        let own: Vec<&str> = path.split('/').skip(1).collect();
        names.strip_prefix(own.as_slice())
    })?;
    (rest.is_empty() || !matches!(kind.named, Named::Never)).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::services;

    #[test]
    fn paths_and_answers_say_what_it_is_about() {
        let of = |path: &str, query: &str, answer: &str| {
            let Subject { kind, id } = Subject::of(&services::kinds(), path, query, answer.as_bytes());
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
