//! Members of a document whose JSON a table cannot describe: a text or an object, or a list in two forms.
//!
//! Owns that a table sees them in its own form, and that the server gets them in its form. Pure.

use super::change::{Change, member};
use crate::value::{Json, Steps};
use std::borrow::Cow;

/// A member in the form of a table and in the form of the server.
pub struct Shape {
    /// Its place: names of members with slashes in between.
    pub at: &'static str,
    /// The form of the table, from the form of the server.
    pub read: fn(&Json) -> Json,
    /// The form of the server, from the new value in the form of the table and the current one of the server. `None` if the forms are
    /// the same, so that the changes inside are sent as they are.
    pub write: fn(&Json, &Json) -> Option<Json>,
}

/// The document in the form for tables. It may be large, so it is copied only if a shape changes it.
pub(super) fn seen<'a>(shapes: &[Shape], document: Cow<'a, Json>) -> Cow<'a, Json> {
    let read = |shape: &Shape| Some((shape.at, (shape.read)(member(&document, &steps(shape.at))?)));
    let read: Vec<_> = shapes.iter().filter_map(read).collect();
    let mut seen = document;
    for (at, value) in read {
        seen.to_mut().put(at, value);
    }
    seen
}

/// The changes of a table in the form of the server.
pub(super) fn sent(shapes: &[Shape], document: &Json, mut changes: Vec<Change>) -> Vec<Change> {
    for shape in shapes {
        let at = steps(shape.at);
        let is_inside = |change: &Change| matches!(change, Change::Member { at: inside, .. } if inside.starts_with(&at));
        let there = document.at(shape.at);
        let before = (shape.read)(there);
        let mut after = Json::Null;
        after.put(shape.at, before.clone());
        for change in changes.iter().filter(|change| is_inside(change)) {
            if let Change::Member { at, value } = change {
                match value {
                    Some(value) => drop(after.put(at, value.clone())),
                    None => drop(after.remove(at)),
                }
            }
        }
        let after = after.at(shape.at);
        // A member that does not change keeps the server's form.
        let whole = if *after == before { Some(there.clone()) } else { (shape.write)(after, there) };
        if let Some(whole) = whole.filter(|_| changes.iter().any(is_inside)) {
            changes.retain(|change| !is_inside(change));
            changes.push(Change::Member { at, value: Some(whole).filter(|whole| !whole.is_null()) });
        }
    }
    changes
}

fn steps(at: &str) -> Vec<String> {
    at.steps().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text, or an object with a name; a table sees the object.
    static NAMED: [Shape; 1] = [Shape {
        at: "a/named",
        read: |there| if there.is_string() { Json::object([("name", there.clone())]) } else { there.clone() },
        write: |after, there| match (after.get("more"), after.get("name")) {
            (None, name) => Some(name.cloned().unwrap_or_default()),
            (Some(_), _) if there.is_string() => Some(after.clone()),
            _ => None,
        },
    }];

    fn json(text: &str) -> Json {
        Json::parse(text).unwrap()
    }

    fn set(name: &str, value: Option<&str>) -> Change {
        Change::Member { at: vec!["a".into(), "named".into(), name.into()], value: value.map(Json::from) }
    }

    fn changed(document: &str, changes: Vec<Change>) -> String {
        let mut document = json(document);
        let mut patch = Vec::new();
        for change in sent(&NAMED, &document.clone(), changes) {
            change.apply(&mut document, &mut patch).unwrap();
        }
        document.to_string()
    }

    #[test]
    fn a_table_sees_what_it_declares_and_the_server_is_sent_what_it_takes() {
        let seen = |text: &str| seen(&NAMED, Cow::Owned(json(text))).into_owned();
        assert_eq!(seen(r#"{"a":{"named":"x","b":1}}"#), json(r#"{"a":{"named":{"name":"x"},"b":1}}"#));
        assert_eq!(seen(r#"{"a":{"b":1}}"#), json(r#"{"a":{"b":1}}"#));
        assert_eq!(changed("{}", vec![set("name", Some("x"))]), r#"{"a":{"named":"x"}}"#);
        assert_eq!(changed(r#"{"a":{"named":"x"}}"#, vec![set("more", Some("y"))]), r#"{"a":{"named":{"more":"y","name":"x"}}}"#);
        let whole = r#"{"a":{"named":{"kept":1,"more":"y","name":"x"}}}"#;
        assert_eq!(changed(whole, vec![set("name", Some("z"))]), whole.replace(r#""x""#, r#""z""#), "what is not known stays");
        assert_eq!(changed(whole, vec![set("more", None)]), r#"{"a":{"named":"x"}}"#);
        assert_eq!(changed(r#"{"a":{"named":"x"}}"#, vec![set("name", None)]), r#"{"a":{}}"#);
        let there = r#"{"a":{"named":"x"}}"#;
        assert_eq!(changed(there, vec![set("name", Some("x"))]), there);
        assert_eq!(changed(there, vec![set("more", None)]), there, "what is so already stays in its shape");
        assert!(sent(&NAMED, &json(there), Vec::new()).is_empty());
    }
}
