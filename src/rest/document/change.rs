//! The wanted value of a part of a document, and the operations of a JSON Patch (RFC 6902) that produce it.
//!
//! Owns the kinds of parts: a member, one that follows from another change, an item of a list that is identified by a likeness,
//! and the presence of an element in a list. Pure: knows no server and no revision. Places in lists may be
//! numbers, since a patch is only carried out on the document that it was made for.

use crate::{
    rest::patch::{difference, operation, pointer},
    value::{Json, Steps},
};
use std::fmt;

/// The wanted value of one part.
#[derive(Clone, PartialEq)]
pub enum Change {
    /// A member has this value; without a value it does not exist.
    Member {
        /// Its place: names of members, each in the one before.
        at: Vec<String>,
        /// Its value. A value on the way to it that is not an object is left alone.
        value: Option<Json>,
    },
    /// A member gets this value because something else changes, unless another writer of this run sets it: nobody
    /// has a claim on it.
    Follows {
        /// Its place.
        at: Vec<String>,
        /// Its value.
        value: Json,
    },
    /// An element of a list.
    Element {
        /// The place of the list.
        list: Vec<String>,
        /// The likeness that identifies it: an object contains these members, at any depth; anything else equals it.
        like: Json,
        /// The wanted value.
        wanted: Wanted,
    },
}

/// The wanted value of an element of a list.
#[derive(Clone, PartialEq)]
pub enum Wanted {
    /// No such element exists.
    Absent,
    /// It has this value.
    Is(Json, Position),
    /// Such an element exists; if not, it is created with this value.
    Present(Json, Position),
}

/// The position of a new element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Position {
    /// Before all others.
    First,
    /// After all others.
    Last,
}

/// A value of another kind is in the place of an object or a list.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{at}` is not {expected}")]
pub struct Obstacle {
    /// The expected kind.
    pub expected: &'static str,
    /// The place.
    pub at: String,
}

impl Change {
    /// Whether this document has the wanted value. A null member counts as absent.
    pub fn holds(&self, document: &Json) -> bool {
        match self {
            Change::Member { at, value } => document.at(at) == value.as_ref().unwrap_or(&Json::Null),
            Change::Follows { at, value } => document.at(at) == value,
            Change::Element { list, like, wanted } => {
                let found = element(document, list, like);
                match wanted {
                    Wanted::Absent => found.is_none(),
                    Wanted::Is(value, _) => found == Some(value),
                    Wanted::Present(..) => found.is_some(),
                }
            }
        }
    }

    /// Changes this document, and adds the operations that do so.
    ///
    /// # Errors
    /// If a value of another kind is in the way; it is left as it is.
    pub fn apply(&self, document: &mut Json, patch: &mut Vec<Json>) -> Result<(), Obstacle> {
        match self {
            _ if self.holds(document) => Ok(()),
            Change::Member { at, value: Some(value) } | Change::Follows { at, value } => put(document, at, value, patch),
            Change::Member { at, value: None } => {
                if document.remove(at).is_some() {
                    patch.push(operation("remove", at, None));
                }
                Ok(())
            }
            Change::Element { list, like, wanted } => change_list(document, list, like, wanted, patch),
        }
    }

    /// Turns a change of the part at this place into a change of the whole.
    pub(super) fn enter(&mut self, place: &[String]) {
        self.way_mut().splice(..0, place.iter().cloned());
    }

    /// Turns a change of the whole into one of the part at this place.
    pub(super) fn leave(&mut self, place: &str) {
        self.way_mut().drain(..place.steps().count());
    }

    /// Whether the part is within this place.
    pub(super) fn is_in(&self, place: &[String]) -> bool {
        self.way().starts_with(place)
    }

    /// Whether nobody has a claim on it.
    pub(super) fn follows(&self) -> bool {
        matches!(self, Change::Follows { .. })
    }

    fn way(&self) -> &[String] {
        let (Change::Member { at: way, .. } | Change::Follows { at: way, .. } | Change::Element { list: way, .. }) = self;
        way
    }

    fn way_mut(&mut self) -> &mut Vec<String> {
        let (Change::Member { at: way, .. } | Change::Follows { at: way, .. } | Change::Element { list: way, .. }) = self;
        way
    }

    /// Whether both are about the same part and exclude each other.
    pub(super) fn contradicts(&self, other: &Change, alike: fn(&Json, &Json) -> bool) -> bool {
        match (self, other) {
            (Change::Member { at, value: Some(value) }, Change::Member { at: other_at, value: Some(other) }) => {
                at == other_at && value != other && !alike(value, other)
            }
            (Change::Member { at, value }, Change::Member { at: other_at, value: other }) => at == other_at && value != other,
            (Change::Element { list, like, wanted }, Change::Element { list: other_list, like: other_like, wanted: other }) => {
                list == other_list
                    && like == other_like
                    && match (wanted, other) {
                        (Wanted::Absent, Wanted::Absent) | (Wanted::Present(..), Wanted::Present(..)) => false,
                        (Wanted::Is(value, _), Wanted::Is(other, _)) => value != other,
                        (Wanted::Absent, _) | (_, Wanted::Absent) => true,
                        // `Present` accepts any value.
                        (Wanted::Is(..), Wanted::Present(..)) | (Wanted::Present(..), Wanted::Is(..)) => false,
                    }
            }
            _ => false,
        }
    }

    /// Whether both are about the same part.
    pub(super) fn is_about_the_same(&self, other: &Change) -> bool {
        match (self, other) {
            (Change::Member { at, .. } | Change::Follows { at, .. }, Change::Member { at: other, .. }) => at == other,
            (Change::Element { list, like, .. }, Change::Element { list: other_list, like: other_like, .. }) => {
                list == other_list && like == other_like
            }
            _ => false,
        }
    }

    /// Whether it removes something.
    pub(super) fn removes(&self) -> bool {
        matches!(self, Change::Member { value: None, .. } | Change::Element { wanted: Wanted::Absent, .. })
    }
}

/// The part, in the form for messages: its place, never its value.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Member { at, .. } | Change::Follows { at, .. } => f.write_str(&pointer(at)),
            Change::Element { list, .. } => write!(f, "{}/…", pointer(list)),
        }
    }
}

/// The first element of the list with this likeness.
pub fn element<'a>(document: &'a Json, list: &[String], like: &Json) -> Option<&'a Json> {
    document.at(list).as_array()?.iter().find(|element| is_like(element, like))
}

/// Whether an element has this likeness.
pub(super) fn is_like(element: &Json, like: &Json) -> bool {
    match (element, like) {
        (Json::Object(_), Json::Object(members)) => {
            members.iter().all(|(name, like)| element.get(name).is_some_and(|member| is_like(member, like)))
        }
        (element, like) => element == like,
    }
}

fn change_list(document: &mut Json, list: &[String], like: &Json, wanted: &Wanted, patch: &mut Vec<Json>) -> Result<(), Obstacle> {
    match document.at(list) {
        Json::Array(_) => {}
        Json::Null => {
            return match wanted {
                Wanted::Absent => Ok(()),
                Wanted::Is(value, _) | Wanted::Present(value, _) => put(document, list, &Json::Array(vec![value.clone()]), patch),
            };
        }
        _ => return Err(Obstacle { expected: "a list", at: pointer(list) }),
    }
    let Some(Json::Array(items)) = document.at_mut(list) else { return Ok(()) };
    let numbered = |place: &str| [list, &[place.to_owned()]].concat();
    let found = items.iter().position(|item| is_like(item, like));
    match (wanted, found) {
        (Wanted::Absent, _) => {
            // Each replaces the one before it.
            while let Some(place) = items.iter().position(|item| is_like(item, like)) {
                items.remove(place);
                patch.push(operation("remove", &numbered(&place.to_string()), None));
            }
        }
        (Wanted::Present(..), Some(_)) => {}
        (Wanted::Is(value, _), Some(place)) => {
            difference(&numbered(&place.to_string()), &items[place], value, patch);
            items[place] = value.clone();
        }
        (Wanted::Is(value, Position::Last) | Wanted::Present(value, Position::Last), None) => {
            items.push(value.clone());
            patch.push(operation("add", &numbered("-"), Some(value.clone())));
        }
        (Wanted::Is(value, Position::First) | Wanted::Present(value, Position::First), None) => {
            items.insert(0, value.clone());
            patch.push(operation("add", &numbered("0"), Some(value.clone())));
        }
    }
    Ok(())
}

/// Sets a value at its place. An `add` creates one member, so that the first missing object on the way is
/// added with everything in it.
fn put(document: &mut Json, at: &[String], value: &Json, patch: &mut Vec<Json>) -> Result<(), Obstacle> {
    for end in 1..=at.len() {
        let (way, rest) = at.split_at(end);
        match member(document, way) {
            Some(there) if rest.is_empty() => difference(way, there, value, patch),
            Some(Json::Object(_)) => continue,
            there @ (None | Some(Json::Null)) => {
                let mut nested = Json::Null;
                let whole = if rest.is_empty() || !nested.put(rest, value.clone()) { value.clone() } else { nested };
                let name = if there.is_some() { "replace" } else { "add" };
                patch.push(operation(name, way, Some(whole)));
            }
            Some(_) => return Err(Obstacle { expected: "an object", at: pointer(way) }),
        }
        break;
    }
    document.put(at, value.clone());
    Ok(())
}

/// The member at this place, even if it is null.
pub(super) fn member<'a>(document: &'a Json, at: &[String]) -> Option<&'a Json> {
    at.iter().try_fold(document, |document, name| document.get(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text).unwrap()
    }

    fn at(path: &str) -> Vec<String> {
        path.split('/').map(str::to_owned).collect()
    }

    fn set(path: &str, value: &str) -> Change {
        Change::Member { at: at(path), value: Some(json(value)) }
    }

    fn item(like: &str, wanted: Wanted) -> Change {
        Change::Element { list: at("list"), like: json(like), wanted }
    }

    /// The operations, and that they are all that it takes.
    fn patch(document: &str, change: &Change) -> String {
        let (mut changed, mut patch) = (json(document), Vec::new());
        change.apply(&mut changed, &mut patch).unwrap();
        assert!(change.holds(&changed));
        assert_eq!(change.holds(&json(document)), patch.is_empty(), "{document}");
        let mut again = Vec::new();
        change.apply(&mut changed, &mut again).unwrap();
        assert!(again.is_empty(), "it is not harmless to repeat it");
        Json::Array(patch).to_string()
    }

    #[test]
    fn a_member_is_added_with_what_is_missing_on_its_way() {
        assert_eq!(patch("{}", &set("a/b/c", "1")), r#"[{"op":"add","path":"/a","value":{"b":{"c":1}}}]"#);
        assert_eq!(patch(r#"{"a":{}}"#, &set("a/b/c", "1")), r#"[{"op":"add","path":"/a/b","value":{"c":1}}]"#);
        assert_eq!(patch(r#"{"a":{"b":null}}"#, &set("a/b/c", "1")), r#"[{"op":"replace","path":"/a/b","value":{"c":1}}]"#);
        assert_eq!(patch(r#"{"a":{"b":{"c":2}}}"#, &set("a/b/c", "1")), r#"[{"op":"replace","path":"/a/b/c","value":1}]"#);
        assert_eq!(patch(r#"{"a":{"b":{"c":1.0}}}"#, &set("a/b/c", "1")), "[]");
        let odd = Change::Member { at: vec!["a/b".into(), "~".into()], value: Some(json("1")) };
        assert_eq!(patch(r#"{"a/b":{}}"#, &odd), r#"[{"op":"add","path":"/a~1b/~0","value":1}]"#);
    }

    #[test]
    fn what_follows_is_written_like_any_member_and_claims_nothing() {
        let follows = Change::Follows { at: at("a/on"), value: true.into() };
        assert_eq!(patch(r#"{"a":{"on":false}}"#, &follows), r#"[{"op":"replace","path":"/a/on","value":true}]"#);
        let alike = |left: &Json, right: &Json| left == right;
        let said = set("a/on", "false");
        assert!(follows.is_about_the_same(&said) && !follows.contradicts(&said, alike) && !said.contradicts(&follows, alike));
        let mut moved = set("view/b", "1");
        assert!(moved.is_in(&at("view")) && !moved.is_in(&at("vie")));
        moved.leave("view");
        moved.enter(&at("a/c"));
        assert!(moved == set("a/c/b", "1"));
    }

    #[test]
    fn what_is_not_there_is_not_taken_away() {
        let gone = Change::Member { at: at("a/b"), value: None };
        assert_eq!(patch(r#"{"a":{"b":1,"c":2}}"#, &gone), r#"[{"op":"remove","path":"/a/b"}]"#);
        for document in ["{}", r#"{"a":{}}"#, r#"{"a":"text"}"#] {
            assert_eq!(patch(document, &gone), "[]");
        }
    }

    #[test]
    fn only_what_differs_is_sent() {
        let change = set("a", r#"{"kept":[1],"new":1,"other":2}"#);
        let document = r#"{"a":{"kept":[1],"old":1,"other":1}}"#;
        let wanted =
            r#"[{"op":"remove","path":"/a/old"},{"op":"add","path":"/a/new","value":1},{"op":"replace","path":"/a/other","value":2}]"#;
        assert_eq!(patch(document, &change), wanted);
    }

    #[test]
    fn an_item_is_found_by_what_it_is_like() {
        let is = |value: &str| Wanted::Is(json(value), Position::Last);
        assert_eq!(
            patch("{}", &item(r#"{"id":"b"}"#, is(r#"{"id":"b","n":1}"#))),
            r#"[{"op":"add","path":"/list","value":[{"id":"b","n":1}]}]"#
        );
        let two = r#"{"list":[{"id":"a","n":0},{"id":"b","n":0,"secret":"masked"}]}"#;
        let change = item(r#"{"id":"b"}"#, is(r#"{"id":"b","n":1,"secret":"masked"}"#));
        assert_eq!(patch(two, &change), r#"[{"op":"replace","path":"/list/1/n","value":1}]"#);
        assert_eq!(patch(two, &item(r#"{"id":"c"}"#, is(r#"{"id":"c"}"#))), r#"[{"op":"add","path":"/list/-","value":{"id":"c"}}]"#);
        assert_eq!(patch(two, &item(r#"{"id":"a"}"#, Wanted::Absent)), r#"[{"op":"remove","path":"/list/0"}]"#);
        assert_eq!(patch(two, &item(r#"{"id":"c"}"#, Wanted::Absent)), "[]");
        let twins = r#"{"list":[{"id":"a"},{"id":"b"},{"id":"a"}]}"#;
        let wanted = r#"[{"op":"remove","path":"/list/0"},{"op":"remove","path":"/list/1"}]"#;
        assert_eq!(patch(twins, &item(r#"{"id":"a"}"#, Wanted::Absent)), wanted);
    }

    #[test]
    fn an_element_that_is_there_stays_as_it_is() {
        let present =
            |place| item(r#"{"hook":"x","config":{"to":"y"}}"#, Wanted::Present(json(r#"{"hook":"x","config":{"to":"y"}}"#), place));
        assert_eq!(patch(r#"{"list":[{"hook":"x","config":{"to":"y","more":1}}]}"#, &present(Position::First)), "[]");
        let other = r#"{"list":[{"hook":"x","config":{"to":"z"}}]}"#;
        assert!(patch(other, &present(Position::First)).contains(r#""path":"/list/0""#));
        assert!(patch(other, &present(Position::Last)).contains(r#""path":"/list/-""#));
        let scalar = item(r#""a""#, Wanted::Present(json(r#""a""#), Position::Last));
        assert_eq!(patch(r#"{"list":["b","a"]}"#, &scalar), "[]");
        assert_eq!(patch(r#"{"list":["b"]}"#, &scalar), r#"[{"op":"add","path":"/list/-","value":"a"}]"#);
    }

    #[test]
    fn what_is_in_the_way_is_left_alone() {
        for (document, change) in [
            (r#"{"a":"kept"}"#, set("a/b", "1")),
            (r#"{"a":["kept"]}"#, set("a/b", "1")),
            (r#"{"list":"kept"}"#, item(r#""a""#, Wanted::Present(json(r#""a""#), Position::Last))),
        ] {
            let (mut changed, mut patch) = (json(document), Vec::new());
            let error = change.apply(&mut changed, &mut patch).unwrap_err().to_string();
            assert!(changed == json(document) && patch.is_empty() && !error.contains("kept"), "{error}");
        }
    }
}
