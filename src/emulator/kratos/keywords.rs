//! Keywords of JSON Schema that concern a single value.
//!
//! Owns types, lengths, limits and equality. Does not know nested schemas.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::complaint::{Complaint, Place};
use super::pattern;
use crate::emulator::go::float::quotient_is_whole;
use crate::emulator::go::json::{Json, parse_first};
use crate::emulator::go::url::quote;

type Comparison = fn(f64, f64) -> bool;

/// The complaint about the type of a value, if it is wrong.
#[must_use]
pub fn wrong_type(place: Place<'_>) -> Option<Complaint> {
    let wanted = match place.schema.member("type")? {
        Json::Array(_) => names(place.schema.member("type")),
        one => vec![one.as_text()?],
    };
    let kind = match place.value {
        Json::Bool(_) => "boolean",
        other => other.kind(),
    };
    let is_integer = matches!(place.value, Json::Number(raw) if raw.bytes().all(|b| b.is_ascii_digit() || b == b'-'));
    let fits = wanted.iter().any(|wanted| wanted == kind || wanted == "integer" && is_integer);
    (!fits).then(|| place.complain("type", format!("expected {}, but got {kind}", wanted.join(" or "))))
}

/// Checks text by the keywords for text.
pub fn text(place: Place<'_>, found: &mut Vec<Complaint>) {
    let text = place.value.as_text().unwrap_or_default();
    let count = text.chars().count();
    if let Some(least) = length(place.schema, "minLength").filter(|least| count < *least) {
        found.push(place.complain("minLength", format!("length must be >= {least}, but got {count}")));
    }
    if let Some(most) = length(place.schema, "maxLength").filter(|most| count > *most) {
        found.push(place.complain("maxLength", format!("length must be <= {most}, but got {count}")));
    }
    let wanted = place.schema.member("pattern").and_then(Json::as_text);
    if let Some(wanted) = wanted.filter(|wanted| pattern::compile(wanted).is_ok_and(|pattern| !pattern.is_match(&text))) {
        found.push(place.complain("pattern", format!("does not match pattern {}", quote(&wanted))));
    }
    content(place, &text, found);
}

/// Checks encoded content: draft 7 leaves that to the validator, and Kratos' validator does it.
fn content(place: Place<'_>, text: &str, found: &mut Vec<Complaint>) {
    let said = |keyword| place.schema.member(keyword).and_then(Json::as_text);
    let bytes = match said("contentEncoding").as_deref() {
        Some("base64") => match STANDARD.decode(text.replace(['\r', '\n'], "")) {
            Ok(bytes) => bytes,
            Err(_) => return found.push(place.complain("contentEncoding", format!("{} is not base64 encoded", quote(text)))),
        },
        _ => text.as_bytes().to_vec(),
    };
    if said("contentMediaType").as_deref() == Some("application/json") && parse_first(&bytes).is_err() {
        found.push(place.complain("contentMediaType", r#"value is not of mediatype "application/json""#.to_owned()));
    }
}

/// Checks a number by the keywords for numbers.
pub fn number(place: Place<'_>, raw: &str, found: &mut Vec<Complaint>) {
    let value: f64 = raw.parse().unwrap_or(0.0);
    let rules: [(&str, &str, Comparison); 4] = [
        ("minimum", ">=", |value, limit| value >= limit),
        ("exclusiveMinimum", ">", |value, limit| value > limit),
        ("maximum", "<=", |value, limit| value <= limit),
        ("exclusiveMaximum", "<", |value, limit| value < limit),
    ];
    for (keyword, sign, fits) in rules {
        if let Some(Json::Number(limit)) = place.schema.member(keyword)
            && !fits(value, limit.parse().unwrap_or(0.0))
        {
            found.push(place.complain(keyword, format!("must be {sign} {limit} but found {raw}")));
        }
    }
    if let Some(Json::Number(unit)) = place.schema.member("multipleOf")
        && !quotient_is_whole(raw, unit).unwrap_or_else(|| (value / unit.parse().unwrap_or(1.0)).fract() == 0.0)
    {
        found.push(place.complain("multipleOf", format!("{raw} not multipleOf {unit}")));
    }
}

/// The value of a keyword for a number of items.
#[must_use]
pub fn length(schema: &Json, keyword: &str) -> Option<usize> {
    match schema.member(keyword)? {
        Json::Number(raw) => raw.parse().ok(),
        _ => None,
    }
}

/// The texts in a list.
#[must_use]
pub fn names(json: Option<&Json>) -> Vec<String> {
    match json {
        Some(Json::Array(items)) => items.iter().filter_map(Json::as_text).collect(),
        _ => Vec::new(),
    }
}

/// Equal as JSON: numbers by their value, members in any order.
#[must_use]
pub fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => a.parse::<f64>() == b.parse::<f64>(),
        (Json::Text(_), Json::Text(_)) => a.as_text() == b.as_text(),
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(x), Json::Object(y)) => {
            x.len() == y.len() && x.iter().all(|(name, value)| b.member(name).is_some_and(|other| same(value, other)))
        }
        (a, b) => a == b,
    }
}

/// The expected value, in the form of complaints.
#[must_use]
pub fn shown(json: &Json) -> String {
    match json {
        Json::Text(_) | Json::Number(_) => in_quotes(json),
        Json::Null => "<nil>".to_owned(),
        other => other.compact(),
    }
}

/// The actual value, in the form of complaints.
#[must_use]
pub fn in_quotes(json: &Json) -> String {
    quote(&json.as_text().unwrap_or_else(|| json.compact()))
}
