//! JSON Patch with the liberties Hydra takes.
//!
//! Owns applying a patch document: only `add`, `remove` and `replace`, `replace` of what is absent
//! counts as `add`, and `add` makes missing parents. Works on any document and knows no clients.

use crate::emulator::go::json::Json;

/// The patch cannot be read or does not apply. The server gives no details, so neither does this.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BadPatch;

/// No honest patch leaves a longer gap; a dishonest one would fill the memory.
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
    value: Option<&'a Json>,
}

/// Applies all operations or none.
///
/// # Errors
/// When the patch is no list of supported operations, names `denied`, or does not apply.
pub fn apply(patch: &Json, document: &Json, denied: &str) -> Result<Json, BadPatch> {
    let operations = match patch {
        Json::Null => Vec::new(),
        Json::Array(items) => items.iter().map(|item| read(item, denied)).collect::<Result<_, _>>()?,
        _ => return Err(BadPatch),
    };
    let mut document = document.clone();
    for operation in &operations {
        // The whole document cannot be the target.
        let (last, parents) = operation.path.split_last().ok_or(BadPatch)?;
        let make = operation.kind == Kind::Add;
        let parent = walk(&mut document, parents, last, make)?;
        change(parent, last, operation)?;
    }
    Ok(document)
}

fn read<'a>(item: &'a Json, denied: &str) -> Result<Operation<'a>, BadPatch> {
    let text = |name: &str| item.member(name).and_then(Json::as_text).ok_or(BadPatch);
    let path = text("path")?;
    let kind = match text("op")?.as_str() {
        "add" => Kind::Add,
        "remove" => Kind::Remove,
        "replace" if is_element(&path) => Kind::Replace,
        "replace" => Kind::Add,
        _ => return Err(BadPatch),
    };
    if path == denied {
        return Err(BadPatch);
    }
    let path = match path.strip_prefix('/') {
        Some(tail) => tail.split('/').map(|token| token.replace("~1", "/").replace("~0", "~")).collect(),
        None if path.is_empty() => Vec::new(),
        None => return Err(BadPatch),
    };
    Ok(Operation { kind, path, value: item.member("value") })
}

/// Whether the last step looks like an element of a list.
fn is_element(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|last| last == "-" || last.parse::<i64>().is_ok())
}

fn walk<'a>(at: &'a mut Json, parents: &[String], last: &str, make: bool) -> Result<&'a mut Json, BadPatch> {
    let Some((step, deeper)) = parents.split_first() else {
        return Ok(at);
    };
    let next = deeper.first().map_or(last, String::as_str);
    let fresh = container_for(next)?;
    let child = match at {
        Json::Object(members) => {
            let found = members.iter().rposition(|member| member.0 == *step);
            let at = match found {
                Some(at) => at,
                None if make => {
                    members.push((step.clone(), fresh.clone()));
                    members.len() - 1
                }
                None => return Err(BadPatch),
            };
            &mut members[at].1
        }
        Json::Array(items) => {
            if make && step == "-" {
                items.push(fresh.clone());
                items.last_mut().ok_or(BadPatch)?
            } else {
                let at = index(step, items.len()).ok_or(BadPatch)?;
                if make && at == items.len() {
                    items.push(fresh.clone());
                }
                items.get_mut(at).ok_or(BadPatch)?
            }
        }
        _ => return Err(BadPatch),
    };
    if make && *child == Json::Null {
        *child = fresh;
    }
    walk(child, deeper, last, make)
}

/// What a missing parent becomes: a list, filled up to the index asked for, if the next step looks like one.
fn container_for(next: &str) -> Result<Json, BadPatch> {
    if !is_element(next) {
        return Ok(Json::Object(Vec::new()));
    }
    let nulls = match next.parse::<usize>() {
        Ok(at) if at > LONGEST_FILL => return Err(BadPatch),
        Ok(at) => at,
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
                (Kind::Remove | Kind::Replace, None) => return Err(BadPatch),
            }
        }
        Json::Array(items) => {
            if operation.kind == Kind::Add && last == "-" {
                items.push(value());
                return Ok(());
            }
            let at = index(last, items.len()).ok_or(BadPatch)?;
            match operation.kind {
                Kind::Add => items.insert(at, value()),
                Kind::Replace => *items.get_mut(at).ok_or(BadPatch)? = value(),
                Kind::Remove if at < items.len() => {
                    items.remove(at);
                }
                Kind::Remove => return Err(BadPatch),
            }
        }
        _ => return Err(BadPatch),
    }
    Ok(())
}

/// An index into a list of that length, or its end. Negative ones count from the end.
fn index(step: &str, length: usize) -> Option<usize> {
    let at: i64 = step.parse().ok()?;
    let at = if at < 0 { at.checked_add(i64::try_from(length).ok()?)? } else { at };
    usize::try_from(at).ok().filter(|at| *at <= length)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::emulator::go::json::parse_whole;

    fn patched(document: &str, patch: &str) -> Option<String> {
        let (document, patch) = (parse_whole(document.as_bytes()).unwrap(), parse_whole(patch.as_bytes()).unwrap());
        apply(&patch, &document, "/id").ok().map(|json| json.compact())
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
