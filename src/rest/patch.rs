//! What makes one JSON object of another, in the two forms that APIs take: a merge patch (RFC 7396) and operations
//! (RFC 6902). Of objects only the members that differ are named; lists are replaced as a whole.

use crate::value::Json;
use std::collections::BTreeMap;

/// The merge patch that makes `after` of `before`: the members that differ, null for those that are no more.
pub fn merge(before: &Json, after: &Json) -> Json {
    let (Json::Object(old), Json::Object(new)) = (before, after) else { return after.clone() };
    let gone = old.keys().filter(|name| !new.contains_key(*name)).map(|name| (name.clone(), Json::Null));
    let differs = new.iter().filter(|(name, value)| old.get(*name) != Some(*value));
    // What is not there yet is merged into nothing: a null in it would be left out.
    let changed = differs.map(|(name, value)| (name.clone(), merge(old.get(name).unwrap_or(&Json::Null), value)));
    Json::Object(gone.chain(changed).collect::<BTreeMap<_, _>>())
}

/// The operations that make `after` of `before`.
pub fn operations(before: &Json, after: &Json) -> Json {
    let mut patch = Vec::new();
    difference(&[], before, after, &mut patch);
    Json::Array(patch)
}

/// The operations that make `after` of the `before` there: as few of its parts as can be, so that what an answer masks in
/// the rest is not sent back.
pub(super) fn difference(at: &[String], before: &Json, after: &Json, patch: &mut Vec<Json>) {
    let (Json::Object(old), Json::Object(new)) = (before, after) else {
        if before != after {
            patch.push(operation("replace", at, Some(after.clone())));
        }
        return;
    };
    let inside = |name: &String| [at, std::slice::from_ref(name)].concat();
    patch.extend(old.keys().filter(|name| !new.contains_key(*name)).map(|name| operation("remove", &inside(name), None)));
    for (name, after) in new {
        match old.get(name) {
            Some(before) => difference(&inside(name), before, after, patch),
            None => patch.push(operation("add", &inside(name), Some(after.clone()))),
        }
    }
}

/// An operation as it is sent.
pub(super) fn operation(name: &str, at: &[String], value: Option<Json>) -> Json {
    let value = value.map(|value| ("value", value));
    Json::object([("op", name.into()), ("path", pointer(at).into())].into_iter().chain(value))
}

/// A pointer as RFC 6901 writes it.
pub(super) fn pointer(at: &[String]) -> String {
    at.iter().map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text).unwrap()
    }

    /// The examples of RFC 7396 (appendix A), where the outcome is an object without nulls: what makes it of the original.
    #[test]
    fn merge_patches_name_what_differs() {
        for (before, after, patch) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"a":"b","b":"c"}"#, r#"{"b":"c"}"#),
            (r#"{"a":"b"}"#, "{}", r#"{"a":null}"#),
            (r#"{"a":"b","b":"c"}"#, r#"{"b":"c"}"#, r#"{"a":null}"#),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
            (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d"}}"#, r#"{"a":{"b":"d"}}"#),
            (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
            (r#"{"e":null}"#, r#"{"e":null,"a":1}"#, r#"{"a":1}"#),
            ("{}", r#"{"a":{"bb":{}}}"#, r#"{"a":{"bb":{}}}"#),
            (r#"{"a":1}"#, r#"{"a":1}"#, "{}"),
        ] {
            assert_eq!(merge(&json(before), &json(after)), json(patch), "{before} -> {after}");
        }
    }

    /// Pointers and operations as RFC 6902 (4 and appendix A) and RFC 6901 (5) have them.
    #[test]
    fn operations_name_what_differs() {
        for (before, after, patch) in [
            (r#"{"foo":"bar"}"#, r#"{"foo":"bar","baz":"qux"}"#, r#"[{"op":"add","path":"/baz","value":"qux"}]"#),
            (r#"{"baz":"qux","foo":"bar"}"#, r#"{"foo":"bar"}"#, r#"[{"op":"remove","path":"/baz"}]"#),
            (r#"{"baz":"qux"}"#, r#"{"baz":"boo"}"#, r#"[{"op":"replace","path":"/baz","value":"boo"}]"#),
            (r#"{"a":{"b":1,"c":2}}"#, r#"{"a":{"b":1,"c":[3]}}"#, r#"[{"op":"replace","path":"/a/c","value":[3]}]"#),
            (
                r#"{"a/b":1,"m~n":1}"#,
                r#"{"a/b":2,"m~n":2}"#,
                r#"[{"op":"replace","path":"/a~1b","value":2},{"op":"replace","path":"/m~0n","value":2}]"#,
            ),
            (r#"{"a":null}"#, r#"{"a":{"b":1}}"#, r#"[{"op":"replace","path":"/a","value":{"b":1}}]"#),
            (r#"{"a":1}"#, r#"{"a":1}"#, "[]"),
        ] {
            assert_eq!(operations(&json(before), &json(after)), json(patch), "{before} -> {after}");
        }
    }
}
