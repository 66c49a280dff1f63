//! Tuples and scopes, and the ids of both.

use super::Query;
use crate::value::Json;
use std::{
    borrow::Cow,
    collections::{BTreeSet, HashSet},
    fmt,
};

/// The separators between the parts of an id, and their encoding inside of a part.
const SEPARATORS: [(char, &str); 4] = [('%', "%25"), (':', "%3A"), ('#', "%23"), ('@', "%40")];
/// An id that starts like this has its parts encoded.
const ENCODED: &str = "%";
/// Up to this many objects are read one by one, instead of their whole namespace.
const FEW: usize = 8;
/// The number of tuples on a page.
const PAGE: usize = 500;

/// One relationship, with texts of its own, or with those of an object that lists thousands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tuple<T = String> {
    /// The namespace of the object.
    pub namespace: T,
    /// The object.
    pub object: T,
    /// The relation of the subject to the object.
    pub relation: T,
    /// The subject.
    pub subject: Subject<T>,
}

/// The subject of a relationship.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject<T = String> {
    /// A single subject.
    Id(T),
    /// A subject set: everybody with that relation to that object.
    Set {
        /// The object's namespace.
        namespace: T,
        /// The object.
        object: T,
        /// The relation; may be empty.
        relation: T,
    },
}

/// A namespace, or one object in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scope {
    /// The namespace.
    pub namespace: String,
    /// The object, if the scope is a single one.
    pub object: Option<String>,
}

impl<T: AsRef<str>> Tuple<T> {
    /// The same with other texts.
    fn map<'a, U>(&'a self, text: impl Fn(&'a str) -> U) -> Tuple<U> {
        let text = |part: &'a T| text(part.as_ref());
        let subject = match &self.subject {
            Subject::Id(id) => Subject::Id(text(id)),
            Subject::Set { namespace, object, relation } => {
                Subject::Set { namespace: text(namespace), object: text(object), relation: text(relation) }
            }
        };
        Tuple { namespace: text(&self.namespace), object: text(&self.object), relation: text(&self.relation), subject }
    }

    /// The same with texts of its own.
    pub fn own(&self) -> Tuple {
        self.map(str::to_owned)
    }

    /// The same with these texts.
    pub fn of_texts(&self) -> Tuple<&str> {
        self.map(|text| text)
    }

    /// The tuple's id, in the spelling of the official provider if that can be read back.
    pub fn id(&self) -> String {
        let tuple = self.of_texts();
        let plain = tuple.written(as_is);
        // Most ids have plain parts. This check is much faster than parsing, which matters for thousands of tuples.
        let is_plain = || tuple.has_plain_parts() || Tuple::parse(&plain).is_some_and(|read| read.of_texts() == tuple);
        if is_plain() { plain } else { tuple.encoded_id() }
    }
}

impl Tuple<&str> {
    /// Whether no part contains a separator, the mark of encoded ids, or a parenthesis.
    fn has_plain_parts(&self) -> bool {
        let is_plain = |part: &str| !part.bytes().any(|byte| b"%:#@()".contains(&byte));
        let rest = match self.subject {
            Subject::Id(id) => is_plain(id),
            Subject::Set { namespace, object, relation } => [namespace, object, relation].into_iter().all(is_plain),
        };
        rest && [self.namespace, self.object, self.relation].into_iter().all(is_plain)
    }

    /// The encoded id, which has one meaning whatever the parts contain.
    pub fn encoded_id(&self) -> String {
        format!("{ENCODED}{}", self.written(encode))
    }

    fn written(&self, part: fn(&str) -> Cow<'_, str>) -> String {
        let parts = [self.namespace, ":", self.object, "#", self.relation, "@"];
        let subject = match self.subject {
            Subject::Id(id) => [id, "", "", "", ""],
            Subject::Set { namespace, object, relation } => [namespace, ":", object, "#", relation],
        };
        let mut id = String::with_capacity(parts.iter().chain(&subject).map(|part| part.len()).sum());
        for (place, text) in parts.into_iter().chain(subject).enumerate() {
            // Every second one is a separator.
            id.push_str(&if place % 2 == 0 { part(text) } else { Cow::Borrowed(text) });
        }
        id
    }
}

impl Tuple {
    /// Parses an id: `namespace:object#relation@subject`, with a subject set as `namespace:object#relation`, with or without
    /// parentheses. Each part ends at the next separator. If a part contains one itself, the id starts with `%` and the parts are
    /// percent-encoded; then a subject set needs no `#`.
    pub fn parse(id: &str) -> Option<Tuple> {
        let (encoded, text) = unmarked(id);
        let part = |text: &str| if encoded { decode(text) } else { Some(text.to_owned()) };
        let (namespace, rest) = text.split_once(':')?;
        let (object, rest) = rest.split_once('#')?;
        let (relation, subject) = rest.split_once('@')?;
        let set = |text: &str| {
            let (namespace, rest) = text.split_once(':')?;
            let (object, relation) = rest.split_once('#').or(encoded.then_some((rest, "")))?;
            // In `a#b:c`, `a#b` is not a namespace.
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

    /// The second meaning that an id may have: in Keto's own spelling, the subject `User:Tom`, with or without parentheses, is a
    /// subject set without a relation. An encoded id has one meaning.
    pub fn parse_set(id: &str) -> Option<Tuple> {
        let tuple = Tuple::parse(id).filter(|_| !unmarked(id).0)?;
        let Subject::Id(subject) = &tuple.subject else { return None };
        let bare = subject.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(subject);
        let (namespace, object) = bare.split_once(':').filter(|_| !bare.contains('#'))?;
        let subject = Subject::Set { namespace: namespace.to_owned(), object: object.to_owned(), relation: String::new() };
        Some(Tuple { subject, ..tuple })
    }

    /// The tuple in Keto's JSON.
    pub(super) fn json(&self) -> Json {
        let object = |namespace: &str, object: &str, relation: &str| {
            Json::object([("namespace", namespace.into()), ("object", object.into()), ("relation", relation.into())])
        };
        let mut tuple = object(&self.namespace, &self.object, &self.relation);
        match &self.subject {
            Subject::Id(id) => tuple.put("subject_id", id.as_str().into()),
            Subject::Set { namespace, object: of, relation } => tuple.put("subject_set", object(namespace, of, relation)),
        };
        tuple
    }

    /// Reads Keto's JSON; `None` if it is not a tuple.
    pub(super) fn from_json(tuple: &Json) -> Option<Tuple> {
        let text = |path: &str| tuple.at(path).as_str().map(str::to_owned);
        let subject = match text("subject_id") {
            Some(id) => Subject::Id(id),
            None => Subject::Set {
                namespace: text("subject_set/namespace")?,
                object: text("subject_set/object")?,
                relation: text("subject_set/relation")?,
            },
        };
        Some(Tuple { namespace: text("namespace")?, object: text("object")?, relation: text("relation")?, subject })
    }

    /// Whether the query finds the tuple.
    pub(super) fn answers(&self, query: &Query) -> bool {
        let own = |name: &str| match (name, &self.subject) {
            ("namespace", _) => Some(&self.namespace),
            ("object", _) => Some(&self.object),
            ("relation", _) => Some(&self.relation),
            ("subject_id", Subject::Id(id)) => Some(id),
            ("subject_set.namespace", Subject::Set { namespace, .. }) => Some(namespace),
            ("subject_set.object", Subject::Set { object, .. }) => Some(object),
            ("subject_set.relation", Subject::Set { relation, .. }) => Some(relation),
            _ => None,
        };
        query.iter().all(|(name, value)| own(name) == Some(value))
    }

    /// The query that finds only this tuple and its duplicates.
    pub fn query(&self) -> Query {
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
    /// Parses an id: `namespace` or `namespace:object`, encoded like those of tuples.
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
        let plain = self.written(as_is);
        match Scope::parse(&plain).as_ref() == Some(self) {
            true => plain,
            false => format!("{ENCODED}{}", self.written(encode)),
        }
    }

    fn written(&self, part: fn(&str) -> Cow<'_, str>) -> String {
        match &self.object {
            Some(object) => format!("{}:{}", part(&self.namespace), part(object)),
            None => part(&self.namespace).into_owned(),
        }
    }

    /// The query that finds the tuples of the scope.
    pub(super) fn query(&self) -> Query {
        let object = self.object.iter().map(|object| ("object".to_owned(), object.clone()));
        std::iter::once(("namespace".to_owned(), self.namespace.clone())).chain(object).collect()
    }

    /// The queries that find these tuples with few requests, where the scope has at least `beside` other tuples: one for each
    /// tuple, one for each object if these are few, or one for the whole scope.
    pub(super) fn around(&self, wanted: &HashSet<Tuple>, beside: usize) -> Vec<Query> {
        let objects: BTreeSet<&String> = wanted.iter().map(|tuple| &tuple.object).collect();
        let few = self.object.is_none() && objects.len() <= FEW;
        let pages = 1 + (wanted.len() + beside) / PAGE;
        if wanted.len() <= if few { objects.len() } else { pages } {
            return wanted.iter().map(Tuple::query).collect();
        }
        if !few {
            return vec![self.query()];
        }
        let one = |object: &String| Scope { namespace: self.namespace.clone(), object: Some(object.clone()) }.query();
        objects.into_iter().map(one).collect()
    }
}

fn unmarked(id: &str) -> (bool, &str) {
    match id.strip_prefix(ENCODED) {
        Some(rest) => (true, rest),
        None => (false, id),
    }
}

fn as_is(part: &str) -> Cow<'_, str> {
    part.into()
}

fn encode(part: &str) -> Cow<'_, str> {
    SEPARATORS.iter().fold(part.to_owned(), |text, (separator, code)| text.replace(*separator, code)).into()
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
            ("%files:a#view@User:Tom", tuple(["files", "a", "view"], &["User", "Tom", ""]), Some("files:a#view@User:Tom#")),
            ("%files:a#view@User%3ATom", tuple(["files", "a", "view"], &["User:Tom"]), Some("files:a#view@User:Tom")),
        ] {
            assert_eq!(Tuple::parse(id), Some(expected.clone()), "{id}");
            assert_eq!(expected.id(), own.unwrap_or(id));
        }
        // Keto's own notation.
        let tom = tuple(["Document", "secret", "reader"], &["User", "Tom", ""]);
        for id in ["Document:secret#reader@User:Tom", "Document:secret#reader@(User:Tom)"] {
            assert_eq!(Tuple::parse_set(id), Some(tom.clone()), "{id}");
        }
        for id in ["files:a#view@ann", "files:a#view@User:Tom#", "%files:a#view@User%3ATom", "files:a#view@a#b:c"] {
            assert_eq!(Tuple::parse_set(id), None, "{id}");
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
