//! Reads requests as protojson does: fields by their names in either case, null as unset, and unknown fields are silently ignored.

use super::{Json, problem::Problem};

/// The member, unless it is null.
pub fn member<'a>(body: &'a Json, name: &str) -> Option<&'a Json> {
    let found = body.member(name).or_else(|| body.member(&camel(name)));
    found.filter(|value| **value != Json::Null)
}

fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |done, part| done + &part[..1].to_uppercase() + &part[1..])
}

fn wrong(name: &str) -> Problem {
    Problem::bad_request(format!("proto: invalid value for field {name}"))
}

/// A text; `None` if it is not set.
pub fn text(body: &Json, name: &str) -> Result<Option<String>, Problem> {
    member(body, name).map(|value| value.as_text().ok_or_else(|| wrong(name))).transpose()
}

/// A text of at least one character.
pub fn needed(body: &Json, name: &str) -> Result<String, Problem> {
    let found = text(body, name)?.unwrap_or_default();
    if found.is_empty() { Err(Problem::bad_request(format!("{name}: value length must be at least 1 characters"))) } else { Ok(found) }
}

/// A text of at least one and at most this many bytes.
pub fn bounded(body: &Json, name: &str, most: usize) -> Result<String, Problem> {
    let found = needed(body, name)?;
    match found.len() > most {
        true => Err(Problem::bad_request(format!("{name}: value length must be at most {most} bytes"))),
        false => Ok(found),
    }
}

/// A list of texts.
pub fn texts(body: &Json, name: &str) -> Result<Option<Vec<String>>, Problem> {
    let Some(value) = member(body, name) else { return Ok(None) };
    let Json::Array(items) = value else { return Err(wrong(name)) };
    items.iter().map(|item| item.as_text().ok_or_else(|| wrong(name))).collect::<Result<_, _>>().map(Some)
}

/// One of these words; the first one if it is not set.
pub fn word(body: &Json, name: &str, words: &[&'static str]) -> Result<&'static str, Problem> {
    let Some(value) = member(body, name) else { return Ok(words[0]) };
    let text = value.as_text().unwrap_or_default();
    words.iter().find(|word| **word == text).copied().ok_or_else(|| wrong(name))
}

/// The id by which a repeated request is recognized.
pub fn request_id(body: &Json) -> Result<String, Problem> {
    let id = text(body, "request_id")?.unwrap_or_default();
    match id.chars().count() > 36 {
        true => Err(Problem::bad_request("request_id: value length must be at most 36 characters")),
        false => Ok(id),
    }
}
