//! The changes from one JSON object to another, in the two forms of APIs: a merge patch (RFC 7396) and operations
//! (RFC 6902). Objects are compared member by member; lists are replaced as a whole.

use crate::value::Json;
use std::collections::BTreeMap;

/// The merge patch from `before` to `after`: the members that differ, and null for removed ones.
pub fn merge(before: &Json, after: &Json) -> Json {
    let (Json::Object(old), Json::Object(new)) = (before, after) else { return after.clone() };
    let gone = old.keys().filter(|name| !new.contains_key(*name)).map(|name| (name.clone(), Json::Null));
    let differs = new.iter().filter(|(name, value)| old.get(*name) != Some(*value));
    // A new object is merged into an empty one: a null in it would be left out.
    let changed = differs.map(|(name, value)| (name.clone(), merge(old.get(name).unwrap_or(&Json::Null), value)));
    Json::Object(gone.chain(changed).collect::<BTreeMap<_, _>>())
}

/// The operations from `before` to `after`.
pub fn operations(before: &Json, after: &Json) -> Json {
    let mut patch = Vec::new();
    difference(&[], before, after, &mut patch);
    Json::Array(patch)
}

/// The operations from `before` to `after`, with as few parts as possible, so that values that an answer masks in
/// the rest are not sent back.
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

/// An operation in the form in which it is sent.
pub(super) fn operation(name: &str, at: &[String], value: Option<Json>) -> Json {
    let value = value.map(|value| ("value", value));
    Json::object([("op", name.into()), ("path", pointer(at).into())].into_iter().chain(value))
}

/// A pointer in the form of RFC 6901.
pub(super) fn pointer(at: &[String]) -> String {
    at.iter().map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text).unwrap()
    }

    /// The examples of RFC 7396 (appendix A) whose result is an object without nulls: the patch from the original to the result.
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

    /// Pointers and operations in the form of RFC 6902 (4 and appendix A) and RFC 6901 (5).
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
