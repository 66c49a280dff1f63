//! Paths in JSON documents.
//!
//! Owns reading, setting and pruning at a path. Does not know any document.

use crate::emulator::go::json::Json;

/// The value at the path, if there is one.
#[must_use]
pub fn get<'a>(document: &'a Json, path: &[&str]) -> Option<&'a Json> {
    path.iter().try_fold(document, |at, step| at.member(step))
}

/// Sets the value at the path, and makes missing objects on the way.
pub fn put(document: &mut Json, path: &[&str], value: Json) {
    let Some((step, deeper)) = path.split_first() else {
        *document = value;
        return;
    };
    if !matches!(document, Json::Object(_)) {
        *document = Json::Object(Vec::new());
    }
    let Json::Object(members) = document else { return };
    let at = members.iter().rposition(|member| member.0 == *step).unwrap_or_else(|| {
        members.push(((*step).to_owned(), Json::Null));
        members.len() - 1
    });
    put(&mut members[at].1, deeper, value);
}

/// Whether the value is empty.
#[must_use]
pub fn is_empty(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::Text(_) => json.as_text().is_some_and(|text| text.is_empty()),
        Json::Array(items) => items.is_empty(),
        Json::Object(members) => members.is_empty(),
        Json::Bool(_) | Json::Number(_) => false,
    }
}

/// The same JSON with the members of objects sorted by name; of equal names, the last one is kept.
#[must_use]
pub fn sorted(json: Json) -> Json {
    match json {
        Json::Object(members) => {
            let members: std::collections::BTreeMap<String, Json> =
                members.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            Json::Object(members.into_iter().collect())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// An object with these members.
#[must_use]
pub fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
