//! Relationships as Keto has them: tuples without ids, which are found, and taken away, by their whole content.
//!
//! Owns tuples and scopes, how each is written as one id, and the requests. Two traps are its reason:
//! `DELETE` takes away whatever a query matches, so that tuples are deleted by `PATCH`, which takes nothing but
//! whole tuples; and inserting a tuple twice makes two of it, so that an insert is sent once and looked for
//! where no answer came. (A `PATCH` that deletes and inserts one tuple ends without it: Keto runs all inserts
//! of a request before all deletes, whatever their order.)

use super::{
    Client,
    services::{KETO_READ, KETO_WRITE},
};
use crate::{
    engine::{Cx, Diagnostic, Done, Failure},
    rest::{Client as _, Endpoint, Page, Reply, Request, SendError},
    schema::Object,
    value::Path,
};
use reqwest::Method;
use serde_json::{Value as Json, json, value::RawValue};
use std::{collections::HashSet, fmt};

/// How many changes go in one request: far from any limit on its size, and few requests for many tuples.
const BATCH: usize = 500;
/// Keto's own limit.
const PAGE_SIZE: &str = "500";
/// Where tuples are asked for.
const TUPLES: &str = "/relation-tuples";
/// How often a write whose answer was lost is finished.
const FINISHING_TRIES: usize = 4;
/// What is between the parts of an id, and what stands for these where they are inside of one.
const SEPARATORS: [(char, &str); 4] = [('%', "%25"), (':', "%3A"), ('#', "%23"), ('@', "%40")];
/// An id that starts like this has its parts encoded.
const ENCODED: &str = "%";

/// One relationship.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tuple {
    /// What kind of object it is about.
    pub namespace: String,
    /// The object.
    pub object: String,
    /// What the subject is to the object.
    pub relation: String,
    /// Who.
    pub subject: Subject,
}

/// Who has a relation.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// One subject.
    Id(String),
    /// Whoever has that relation to that object.
    Set {
        /// The object's namespace.
        namespace: String,
        /// The object.
        object: String,
        /// The relation; may be empty.
        relation: String,
    },
}

/// A namespace, or one object in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scope {
    /// The namespace.
    pub namespace: String,
    /// The object, if only one is meant.
    pub object: Option<String>,
}

impl Tuple {
    /// The tuple that an id names: `namespace:object#relation@subject`, with a subject set as
    /// `namespace:object#relation`, in parentheses or not. Each part ends at the first of its separators; where
    /// that is not what is meant, the id starts with `%` and the parts are percent-encoded.
    pub fn parse(id: &str) -> Option<Tuple> {
        let (encoded, text) = unmarked(id);
        let part = |text: &str| if encoded { decode(text) } else { Some(text.to_owned()) };
        let (namespace, rest) = text.split_once(':')?;
        let (object, rest) = rest.split_once('#')?;
        let (relation, subject) = rest.split_once('@')?;
        let set = |text: &str| {
            let (namespace, rest) = text.split_once(':')?;
            let (object, relation) = rest.split_once('#')?;
            // In `a#b:c` the first word ends elsewhere.
            (!namespace.contains('#'))
                .then(|| Some(Subject::Set { namespace: part(namespace)?, object: part(object)?, relation: part(relation)? }))?
        };
        let bare = subject.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).filter(|_| !encoded);
        let subject = match bare.and_then(set).or_else(|| set(subject)) {
            Some(set) => set,
            None => Subject::Id(part(subject)?),
        };
        Some(Tuple { namespace: part(namespace)?, object: part(object)?, relation: part(relation)?, subject })
    }

    /// The tuple's id, as the official provider writes it wherever that can be read back.
    pub fn id(&self) -> String {
        let plain = self.written(str::to_owned);
        match Tuple::parse(&plain).as_ref() == Some(self) {
            true => plain,
            false => format!("{ENCODED}{}", self.written(encode)),
        }
    }

    fn written(&self, part: fn(&str) -> String) -> String {
        let subject = match &self.subject {
            Subject::Id(id) => part(id),
            Subject::Set { namespace, object, relation } => format!("{}:{}#{}", part(namespace), part(object), part(relation)),
        };
        format!("{}:{}#{}@{subject}", part(&self.namespace), part(&self.object), part(&self.relation))
    }

    fn json(&self) -> Json {
        let mut tuple = json!({ "namespace": self.namespace, "object": self.object, "relation": self.relation });
        match &self.subject {
            Subject::Id(id) => tuple["subject_id"] = json!(id),
            Subject::Set { namespace, object, relation } => {
                tuple["subject_set"] = json!({ "namespace": namespace, "object": object, "relation": relation });
            }
        }
        tuple
    }

    fn from_json(tuple: &Json) -> Option<Tuple> {
        let text = |value: &Json| value.as_str().map(str::to_owned);
        let subject = match (text(&tuple["subject_id"]), &tuple["subject_set"]) {
            (Some(id), _) => Subject::Id(id),
            (None, set) => {
                Subject::Set { namespace: text(&set["namespace"])?, object: text(&set["object"])?, relation: text(&set["relation"])? }
            }
        };
        Some(Tuple { namespace: text(&tuple["namespace"])?, object: text(&tuple["object"])?, relation: text(&tuple["relation"])?, subject })
    }

    /// The query that finds it, and nothing else but its duplicates.
    fn query(&self) -> Query {
        let mut query = vec![("namespace", &self.namespace), ("object", &self.object), ("relation", &self.relation)];
        match &self.subject {
            Subject::Id(id) => query.push(("subject_id", id)),
            Subject::Set { namespace, object, relation } => {
                query.extend([("subject_set.namespace", namespace), ("subject_set.object", object), ("subject_set.relation", relation)]);
            }
        }
        query.into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }
}

impl fmt::Debug for Tuple {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id())
    }
}

impl Scope {
    /// The scope that an id names: `namespace` or `namespace:object`, encoded like those of tuples.
    pub fn parse(id: &str) -> Option<Scope> {
        let (encoded, text) = unmarked(id);
        let part = |text: &str| if encoded { decode(text) } else { Some(text.to_owned()) };
        match text.split_once(':') {
            Some((namespace, object)) => Some(Scope { namespace: part(namespace)?, object: Some(part(object)?) }),
            None => Some(Scope { namespace: part(text)?, object: None }),
        }
    }

    /// The scope's id.
    pub fn id(&self) -> String {
        let plain = self.written(str::to_owned);
        match Scope::parse(&plain).as_ref() == Some(self) {
            true => plain,
            false => format!("{ENCODED}{}", self.written(encode)),
        }
    }

    fn written(&self, part: fn(&str) -> String) -> String {
        match &self.object {
            Some(object) => format!("{}:{}", part(&self.namespace), part(object)),
            None => part(&self.namespace),
        }
    }

    fn query(&self) -> Query {
        let object = self.object.iter().map(|object| ("object".to_owned(), object.clone()));
        std::iter::once(("namespace".to_owned(), self.namespace.clone())).chain(object).collect()
    }
}

fn unmarked(id: &str) -> (bool, &str) {
    match id.strip_prefix(ENCODED) {
        Some(rest) => (true, rest),
        None => (false, id),
    }
}

fn encode(part: &str) -> String {
    SEPARATORS.iter().fold(part.to_owned(), |text, (separator, code)| text.replace(*separator, code))
}

/// `None` for a percent sign that encodes nothing.
fn decode(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?].map(|digit| char::from(digit).to_digit(16));
        let [Some(high), Some(low)] = digits else { return None };
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

/// A page of a namespace's tuples: of a tuple there is nothing to say but that it is there.
fn page(namespace: &str, reply: &Reply) -> Option<Page> {
    let body = reply.json()?;
    let tuples = body["relation_tuples"].as_array()?.iter().map(Tuple::from_json).collect::<Option<Vec<_>>>()?;
    let next = body["next_page_token"].as_str().filter(|token| !token.is_empty()).map(|token| {
        let query = [("namespace", namespace), ("page_size", PAGE_SIZE), ("page_token", token)];
        query.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    });
    Some(Page { items: tuples.iter().map(|tuple| (tuple.id(), RawValue::TRUE.to_owned())).collect(), next })
}

type Query = Vec<(String, String)>;

/// Both of Keto's APIs, as one object reaches them.
pub struct Keto<'a> {
    cx: &'a Cx<Client>,
    read: Endpoint,
    write: Endpoint,
}

impl<'a> Keto<'a> {
    /// As this object reaches it.
    pub async fn of(cx: &'a Cx<Client>, object: Object<'_>) -> Result<Keto<'a>, Diagnostic> {
        let (read, write) = (cx.client.endpoint(&KETO_READ, object).await?, cx.client.endpoint(&KETO_WRITE, object).await?);
        Ok(Keto { cx, read, write })
    }

    /// Whether the tuple is there; `None` if a namespace of it is not.
    pub async fn has(&self, tuple: &Tuple) -> Result<Option<bool>, Failure> {
        let found = self.list(&tuple.query(), |found| found == tuple).await?;
        Ok(found.map(|found| found.contains(tuple)))
    }

    /// Whether a list of its namespace, which other reads use too, shows the tuple. That it does not means nothing.
    pub async fn is_listed(&self, tuple: &Tuple) -> bool {
        let list = Request::new(Method::GET, TUPLES).query("namespace", &tuple.namespace).query("page_size", PAGE_SIZE);
        self.read.shared(self.cx, &KETO_READ, list, &tuple.id(), |reply| page(&tuple.namespace, reply)).await.is_some()
    }

    /// All tuples of the scope; `None` if its namespace is not there.
    pub async fn all(&self, scope: &Scope) -> Result<Option<Vec<Tuple>>, Failure> {
        Ok(self.list(&scope.query(), |_| false).await?)
    }

    /// Those of these tuples of the scope that are there; `None` if its namespace is not. Asks for few objects by
    /// name, and otherwise looks through the scope until all are found.
    pub async fn present(&self, scope: &Scope, wanted: &HashSet<Tuple>) -> Result<Option<HashSet<Tuple>>, Failure> {
        const FEW: usize = 8;
        let mut objects: Vec<_> = wanted.iter().map(|tuple| &tuple.object).collect();
        objects.sort_unstable();
        objects.dedup();
        let one = |object: &String| Scope { namespace: scope.namespace.clone(), object: Some(object.clone()) };
        let scopes =
            if scope.object.is_none() && objects.len() <= FEW { objects.into_iter().map(one).collect() } else { vec![scope.clone()] };
        let mut found = HashSet::new();
        for scope in scopes {
            let here: HashSet<_> =
                wanted.iter().filter(|tuple| scope.object.as_ref().is_none_or(|object| *object == tuple.object)).collect();
            let mut seen = HashSet::new();
            let all = |tuple: &Tuple| {
                seen.extend(here.get(tuple).copied());
                seen.len() == here.len()
            };
            let Some(tuples) = self.list(&scope.query(), all).await? else { return Ok(None) };
            found.extend(tuples.into_iter().filter(|tuple| here.contains(tuple)));
        }
        Ok(Some(found))
    }

    /// The tuples that the query finds, page by page, until `enough` says so of one.
    async fn list(&self, query: &Query, mut enough: impl FnMut(&Tuple) -> bool) -> Result<Option<Vec<Tuple>>, SendError> {
        let unreadable = |asked: &str| SendError {
            done: Done::No,
            status: None,
            diagnostic: Diagnostic::error(
                "Ory Keto's answer cannot be used",
                format!("{asked} did not answer with a list of relationships. Check that the URL is that of Ory Keto's read API."),
            ),
        };
        let (mut tuples, mut token) = (Vec::new(), String::new());
        loop {
            let mut request = Request::new(Method::GET, TUPLES);
            request.query = query.clone();
            request = request.query("page_size", PAGE_SIZE);
            if !token.is_empty() {
                request = request.query("page_token", &token);
            }
            let reply = self.read.send(self.cx, &KETO_READ, request).await?;
            if KETO_READ.says_missing(&reply) {
                return Ok(None);
            }
            if !reply.is_success() {
                return Err(KETO_READ.refuse(&reply));
            }
            let page = reply.json().unwrap_or_default();
            let found = page["relation_tuples"].as_array().map(|found| found.iter().map(Tuple::from_json).collect::<Option<Vec<_>>>());
            let Some(Some(found)) = found else { return Err(unreadable(&reply.asked)) };
            let done = found.iter().any(&mut enough);
            tuples.extend(found);
            match page["next_page_token"].as_str() {
                // A server that hands out the page that we are on would be asked for ever.
                Some(next) if !done && !next.is_empty() && next != token => token = next.to_owned(),
                _ => return Ok(Some(tuples)),
            }
        }
    }

    /// Makes the tuples, which were seen not to be there, and takes the others away: those that are made first.
    /// Says how many changes were made before it failed.
    pub async fn change(&self, make: &[Tuple], remove: &[Tuple]) -> Result<(), (usize, SendError)> {
        let changes: Vec<_> = make.iter().map(|tuple| (true, tuple)).chain(remove.iter().map(|tuple| (false, tuple))).collect();
        for (turn, batch) in changes.chunks(BATCH).enumerate() {
            self.batch(batch).await.map_err(|error| (turn * BATCH, error))?;
        }
        Ok(())
    }

    /// One request, which is carried out as a whole or not at all.
    async fn batch(&self, changes: &[(bool, &Tuple)]) -> Result<(), SendError> {
        let delta =
            |(make, tuple): &(bool, &Tuple)| json!({ "action": if *make { "insert" } else { "delete" }, "relation_tuple": tuple.json() });
        let mut patch = Request::new(Method::PATCH, "/admin/relation-tuples").body(changes.iter().map(delta).collect());
        let made = changes.iter().find(|(make, _)| *make).map(|(_, tuple)| *tuple);
        if made.is_some() {
            patch = patch.once();
        }
        let mut tries = 0;
        loop {
            let error = match self.write.send(self.cx, &KETO_WRITE, patch.clone()).await {
                Ok(reply) if reply.is_success() => return Ok(()),
                Ok(reply) if KETO_WRITE.says_missing(&reply) && made.is_none() => return Ok(()),
                Ok(reply) if KETO_WRITE.says_missing(&reply) => {
                    let diagnostic = no_namespace(reason(&reply.json().unwrap_or_default()));
                    return Err(SendError { done: Done::No, status: Some(404), diagnostic });
                }
                Ok(reply) => KETO_WRITE.refuse(&reply),
                Err(error) => error,
            };
            let (Some(made), Done::Maybe) = (made, error.done) else { return Err(error) };
            // One of what it makes tells whether it was carried out.
            match self.list(&made.query(), |found| found == made).await {
                Ok(Some(found)) if found.contains(made) => return Ok(()),
                Ok(Some(_)) => {}
                _ => return Err(error),
            }
            tries += 1;
            let again = error.status.is_none_or(|status| (502..=504).contains(&status));
            if !again || tries == FINISHING_TRIES || self.cx.cancel.is_cancelled() {
                return Err(error);
            }
        }
    }
}

fn reason(body: &Json) -> &str {
    body["error"]["reason"].as_str().unwrap_or_default()
}

/// Why nothing can be written: with Keto's own word on which namespace it misses.
pub fn no_namespace(reason: &str) -> Diagnostic {
    let said = if reason.is_empty() { String::new() } else { format!(" It says: {reason}") };
    Diagnostic::error(
        "The namespace does not exist",
        format!(
            "Ory Keto has no such namespace.{said}\n\nNamespaces are part of its configuration: of an Ory Network project's permissions, or of a self-hosted Keto's `namespaces`. Add the namespace there, and let what uses it depend on that; otherwise check the spelling."
        ),
    )
    .at(Path::attr("namespace"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tuple(parts: [&str; 3], subject: &[&str]) -> Tuple {
        let [namespace, object, relation] = parts.map(str::to_owned);
        let subject = match subject {
            [namespace, object, relation] => {
                Subject::Set { namespace: (*namespace).into(), object: (*object).into(), relation: (*relation).into() }
            }
            [id] => Subject::Id((*id).into()),
            _ => unreachable!(),
        };
        Tuple { namespace, object, relation, subject }
    }

    #[test]
    fn ids_name_what_they_say() {
        for (id, expected, own) in [
            ("files:report.pdf#view@alice", tuple(["files", "report.pdf", "view"], &["alice"]), None),
            ("files:report.pdf#view@groups:staff#member", tuple(["files", "report.pdf", "view"], &["groups", "staff", "member"]), None),
            (
                "files:report.pdf#view@(groups:staff#member)",
                tuple(["files", "report.pdf", "view"], &["groups", "staff", "member"]),
                Some("files:report.pdf#view@groups:staff#member"),
            ),
            ("files:a#view@ann@example.com", tuple(["files", "a", "view"], &["ann@example.com"]), None),
            ("files:v1@a:b#view@ann", tuple(["files", "v1@a:b", "view"], &["ann"]), None),
            ("files:a#view@User:bob", tuple(["files", "a", "view"], &["User:bob"]), None),
            ("files:a#view@User:bob#", tuple(["files", "a", "view"], &["User", "bob", ""]), None),
            ("files:#@", tuple(["files", "", ""], &[""]), None),
            ("%files:a%23b#view@ann", tuple(["files", "a#b", "view"], &["ann"]), None),
            ("%files:a#view@https%3A//x/y%23z", tuple(["files", "a", "view"], &["https://x/y#z"]), None),
            ("%files:a#view@(a%3Ab%23c)", tuple(["files", "a", "view"], &["(a:b#c)"]), None),
        ] {
            assert_eq!(Tuple::parse(id), Some(expected.clone()), "{id}");
            assert_eq!(expected.id(), own.unwrap_or(id));
        }
        for id in ["", "files", "files:a", "files:a#view", "%files:a%2#view@x", "00000000-0000-4000-8000-00000000dead"] {
            assert_eq!(Tuple::parse(id), None, "{id}");
        }
        for (id, namespace, object) in
            [("files", "files", None), ("files:a:b", "files", Some("a:b")), ("%a%3Ab", "a:b", None), ("%%25a:b", "%a", Some("b"))]
        {
            let scope = Scope { namespace: namespace.into(), object: object.map(str::to_owned) };
            assert_eq!(Scope::parse(id), Some(scope.clone()), "{id}");
            assert_eq!(scope.id(), id);
        }
    }

    proptest! {
        #[test]
        fn every_tuple_has_an_id_of_its_own(parts in prop::collection::vec("[a%:#@() ]{0,4}", 6), set in any::<bool>()) {
            let of = |from: usize| [from, from + 1, from + 2].map(|at| parts[at].as_str());
            let subject = of(3);
            let tuple = tuple(of(0), if set { &subject } else { &subject[..1] });
            prop_assert_eq!(Tuple::parse(&tuple.id()), Some(tuple));
            let scope = Scope { namespace: parts[0].clone(), object: set.then(|| parts[1].clone()) };
            prop_assert_eq!(Scope::parse(&scope.id()), Some(scope));
        }
    }
}
