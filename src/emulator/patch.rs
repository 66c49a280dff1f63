//! JSON Patch with the liberties Ory's servers take.
//!
//! Owns applying a patch document: only `add`, `remove` and `replace`; `replace` of an absent member is an `add`, and `add`
//! makes missing parents. Works on any document.

use super::Profile;
use super::go::json::{Json, MAX_DEPTH, parse_whole};

/// The patch cannot be read or does not apply, with the reason as the servers give it.
#[derive(Clone, Debug, PartialEq)]
pub struct BadPatch(pub String);

fn bad(why: impl Into<String>) -> BadPatch {
    BadPatch(why.into())
}

fn bad_index(step: &str) -> BadPatch {
    match step.parse::<i64>() {
        Ok(at) => bad(format!("Unable to access invalid index: {at}: invalid index referenced")),
        Err(_) => bad(format!("strconv.Atoi: parsing \"{step}\": invalid syntax")),
    }
}

/// The longest sum of gaps in lists. Useful patches have no longer ones, and others would fill the memory.
const LONGEST_FILL: usize = 10_000;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Add,
    Remove,
    Replace,
}

struct Operation<'a> {
    kind: Kind,
    path: Vec<String>,
    raw: String,
    value: Option<&'a Json>,
}

/// Applies all operations of a patch document, or none.
///
/// # Errors
/// When the patch is not a list of supported operations, has a denied path, or does not apply.
pub fn apply(patch: &[u8], document: &Json, profile: Profile, denied: impl Fn(&str) -> bool) -> Result<Json, BadPatch> {
    let newer = profile == Profile::V26_2;
    let patch = parse_whole(patch).map_err(|why| match why.as_str() {
        _ if newer => bad("invalid state detected"),
        "unexpected EOF" => bad("unexpected end of JSON input"),
        _ => bad(why),
    })?;
    if let (true, Json::Array(items)) = (newer, &patch) {
        items.iter().try_for_each(validate)?;
    }
    let operations = match &patch {
        Json::Null => Vec::new(),
        Json::Array(items) => items.iter().map(|item| read(item, &denied)).collect::<Result<_, _>>()?,
        other => return Err(bad(format!("json: cannot unmarshal {} into Go value of type jsonpatch.Patch", other.kind()))),
    };
    let mut document = document.clone();
    let mut fill = LONGEST_FILL;
    for operation in &operations {
        if newer && operation.raw.is_empty() && operation.kind != Kind::Remove {
            document = operation.value.cloned().unwrap_or(Json::Null);
            continue;
        }
        // Only then may the target be the whole document.
        let missing = || {
            bad(format!("{} operation does not apply: doc is missing path: \"{}\": missing value", operation.kind.name(), operation.raw))
        };
        let (last, parents) = operation.path.split_last().ok_or_else(missing)?;
        if parents.len() > MAX_DEPTH {
            return Err(too_deep());
        }
        let make = operation.kind == Kind::Add;
        let parent = walk(&mut document, parents, last, make, &mut fill)?.ok_or_else(missing)?;
        change(parent, last, operation)
            .map_err(|BadPatch(why)| bad(format!("error in {} for path: '{}': {why}", operation.kind.name(), operation.raw)))?;
    }
    // A document that cannot be read again must not be stored.
    if document.depth() > MAX_DEPTH { Err(too_deep()) } else { Ok(document) }
}

fn too_deep() -> BadPatch {
    bad("exceeded max depth")
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Replace => "replace",
        }
    }
}

/// Checks that the newer release makes before all others.
fn validate(item: &Json) -> Result<(), BadPatch> {
    if !matches!(item, Json::Object(_) | Json::Null) {
        return Ok(());
    }
    let text = |name: &str, missing: &str| match item.member(name) {
        Some(Json::Text(_)) => Ok(()),
        None | Some(Json::Null) => Err(format!("failed to decode '{name}': {missing}: missing value")),
        Some(other) => Err(format!("failed to decode '{name}': json: cannot unmarshal {} into Go value of type string", other.kind())),
    };
    let path = || text("path", "operation missing path field");
    let verdict = match item.member("op").and_then(Json::as_text).as_deref() {
        Some("add" | "replace") if item.member("value").is_none() => {
            Err("failed to decode 'value': operation, missing value field: missing value".to_owned())
        }
        Some("move" | "copy") => text("from", "operation, missing from field").and_then(|()| path()),
        Some("add" | "replace" | "remove" | "test") => path(),
        _ => Err("unsupported operation".to_owned()),
    };
    verdict.map_err(|why| {
        let mut shown = item.clone();
        if let Json::Object(members) = &mut shown {
            members.sort_by(|one, other| one.0.cmp(&other.0));
        }
        bad(format!("invalid operation {}: {why}", shown.compact()))
    })
}

fn read<'a>(item: &'a Json, denied: &impl Fn(&str) -> bool) -> Result<Operation<'a>, BadPatch> {
    if !matches!(item, Json::Object(_) | Json::Null) {
        return Err(bad(format!("json: cannot unmarshal {} into Go value of type jsonpatch.Operation", item.kind())));
    }
    let kind = item.member("op").and_then(Json::as_text).unwrap_or_else(|| "unknown".to_owned());
    if !matches!(kind.as_str(), "add" | "remove" | "replace") {
        return Err(bad(format!("unsupported operation: {kind}")));
    }
    let path = match item.member("path") {
        Some(path @ Json::Text(_)) => path.as_text().unwrap_or_default(),
        None | Some(Json::Null) => return Err(bad("error parsing patch operations: operation missing path field: missing value")),
        Some(other) => {
            let kind = other.kind();
            return Err(bad(format!("error parsing patch operations: json: cannot unmarshal {kind} into Go value of type string")));
        }
    };
    if denied(&path) {
        return Err(bad(format!("patch includes denied path: {path}")));
    }
    let kind = match kind.as_str() {
        "add" => Kind::Add,
        "remove" => Kind::Remove,
        _ if is_element(&path) => Kind::Replace,
        _ => Kind::Add,
    };
    let steps = match path.split_once('/') {
        Some(("", tail)) => tail.split('/').map(|token| token.replace("~1", "/").replace("~0", "~")).collect(),
        _ => Vec::new(),
    };
    Ok(Operation { kind, path: steps, raw: path, value: item.member("value") })
}

/// Whether the last step looks like an element of a list.
fn is_element(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|last| last == "-" || last.parse::<i64>().is_ok())
}

fn walk<'a>(at: &'a mut Json, parents: &[String], last: &str, make: bool, fill: &mut usize) -> Result<Option<&'a mut Json>, BadPatch> {
    let Some((step, deeper)) = parents.split_first() else {
        return Ok(Some(at));
    };
    let next = deeper.first().map_or(last, String::as_str);
    let child = match at {
        Json::Object(members) => {
            let found = members.iter().rposition(|member| member.0 == *step);
            let at = match found {
                Some(at) => at,
                None if make => {
                    members.push((step.clone(), container_for(next, fill)?));
                    members.len() - 1
                }
                None => return Ok(None),
            };
            &mut members[at].1
        }
        Json::Array(items) => {
            let at = if make && step == "-" { items.len() } else { index(step, items.len())? };
            if make && at == items.len() {
                items.push(container_for(next, fill)?);
            }
            match items.get_mut(at) {
                Some(child) => child,
                None => return Ok(None),
            }
        }
        _ => return Ok(None),
    };
    if make && *child == Json::Null {
        *child = container_for(next, fill)?;
    }
    walk(child, deeper, last, make, fill)
}

/// A missing parent: a list, filled up to the index, if the next step looks like an index, else an object.
fn container_for(next: &str, fill: &mut usize) -> Result<Json, BadPatch> {
    if !is_element(next) {
        return Ok(Json::Object(Vec::new()));
    }
    let nulls = match next.parse::<usize>() {
        Ok(at) => {
            *fill = fill.checked_sub(at).ok_or_else(|| bad_index(next))?;
            at
        }
        Err(_) => 0,
    };
    Ok(Json::Array(vec![Json::Null; nulls]))
}

fn change(parent: &mut Json, last: &str, operation: &Operation<'_>) -> Result<(), BadPatch> {
    let value = || operation.value.cloned().unwrap_or(Json::Null);
    match parent {
        Json::Object(members) => {
            let found = members.iter().rposition(|member| member.0 == last);
            match (operation.kind, found) {
                (Kind::Remove, Some(at)) => {
                    members.remove(at);
                }
                (Kind::Add | Kind::Replace, Some(at)) => members[at].1 = value(),
                (Kind::Add, None) => members.push((last.to_owned(), value())),
                (Kind::Remove | Kind::Replace, None) => {
                    return Err(bad(format!("unable to remove nonexistent key: {last}: missing value")));
                }
            }
        }
        Json::Array(items) => {
            if operation.kind == Kind::Add && last == "-" {
                items.push(value());
                return Ok(());
            }
            let at = index(last, items.len())?;
            match operation.kind {
                Kind::Add => items.insert(at, value()),
                Kind::Replace => *items.get_mut(at).ok_or_else(|| bad_index(last))? = value(),
                Kind::Remove if at < items.len() => {
                    items.remove(at);
                }
                Kind::Remove => return Err(bad_index(last)),
            }
        }
        _ => return Err(bad("missing value")),
    }
    Ok(())
}

/// An index into a list of that length, or its end. Negative indexes count from the end.
fn index(step: &str, length: usize) -> Result<usize, BadPatch> {
    let at: i64 = step.parse().map_err(|_| bad_index(step))?;
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let at = if at < 0 { at.saturating_add(length) } else { at };
    usize::try_from(at).ok().filter(|_| at <= length).ok_or_else(|| bad_index(step))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn patched(document: &str, patch: &str) -> Option<String> {
        let document = parse_whole(document.as_bytes()).unwrap();
        apply(patch.as_bytes(), &document, Profile::V2_3, |path| path == "/id").ok().map(|json| json.compact())
    }

    #[test]
    fn applies_what_is_supported() {
        for (document, patch, result) in [
            (r#"{"b":1,"a":2}"#, r#"[{"op":"replace","path":"/a","value":1.50}]"#, r#"{"b":1,"a":1.50}"#),
            (r#"{"b":1}"#, r#"[{"op":"replace","path":"/a","value":2}]"#, r#"{"b":1,"a":2}"#),
            (r#"{"b":1}"#, r#"[{"op":"remove","path":"/b"}]"#, "{}"),
            (r#"{}"#, r#"[{"op":"add","path":"/m/p/q","value":1}]"#, r#"{"m":{"p":{"q":1}}}"#),
            (r#"{"a":[1]}"#, r#"[{"op":"add","path":"/a/-","value":2}]"#, r#"{"a":[1,2]}"#),
            (r#"{"a":[1]}"#, r#"[{"op":"add","path":"/a/0","value":2}]"#, r#"{"a":[2,1]}"#),
            (r#"{"a":[1,2]}"#, r#"[{"op":"remove","path":"/a/-1"}]"#, r#"{"a":[1]}"#),
            (r#"{"a/b":1}"#, r#"[{"op":"remove","path":"/a~1b"}]"#, "{}"),
            ("{}", r#"[{"op":"add","path":"/l/2","value":1}]"#, r#"{"l":[null,null,1]}"#),
            ("{}", r#"[{"op":"add","path":"/l/0/1","value":1}]"#, r#"{"l":[[null,1]]}"#),
            (r#"{"a":1}"#, "[]", r#"{"a":1}"#),
        ] {
            assert_eq!(patched(document, patch).as_deref(), Some(result), "{patch}");
        }
    }

    /// As Kratos 26.2.0 answered.
    #[test]
    fn the_newer_release_looks_at_every_operation_first() {
        let why = |patch: &str| {
            let document = parse_whole(br#"{"a":1}"#).unwrap();
            apply(patch.as_bytes(), &document, Profile::V26_2, |_| false).map(|json| json.compact()).map_err(|BadPatch(why)| why)
        };
        for (patch, says) in [
            ("", "invalid state detected"),
            ("[] x", "invalid state detected"),
            ("[null]", "invalid operation null: unsupported operation"),
            (r#"[{"op":5}]"#, r#"invalid operation {"op":5}: unsupported operation"#),
            (
                r#"[{"op":"add","path":"/b"}]"#,
                r#"invalid operation {"op":"add","path":"/b"}: failed to decode 'value': operation, missing value field: missing value"#,
            ),
            (
                r#"[{"value":1,"op":"add"}]"#,
                r#"invalid operation {"op":"add","value":1}: failed to decode 'path': operation missing path field: missing value"#,
            ),
            (r#"[{"op":"test","path":"/a","value":1}]"#, "unsupported operation: test"),
        ] {
            assert_eq!(why(patch), Err(says.to_owned()), "{patch}");
        }
        assert_eq!(why(r#"[{"op":"replace","path":"","value":{"b":2}}]"#).as_deref(), Ok(r#"{"b":2}"#));
    }

    #[test]
    fn refuses_the_rest() {
        for patch in [
            "{}",
            r#"[1]"#,
            r#"[{"op":"test","path":"/a","value":1}]"#,
            r#"[{"op":"move","from":"/a","path":"/b"}]"#,
            r#"[{"path":"/a"}]"#,
            r#"[{"op":"add","value":1}]"#,
            r#"[{"op":"add","path":"a","value":1}]"#,
            r#"[{"op":"remove","path":"/nope"}]"#,
            r#"[{"op":"remove","path":"/l/9"}]"#,
            r#"[{"op":"replace","path":"/l/9","value":1}]"#,
            r#"[{"op":"replace","path":"/l/-","value":1}]"#,
            r#"[{"op":"replace","path":"/id","value":1}]"#,
            r#"[{"op":"add","path":"/a/b","value":1}]"#,
        ] {
            assert_eq!(patched(r#"{"a":1,"l":[1]}"#, patch), None, "{patch}");
        }
    }
}
