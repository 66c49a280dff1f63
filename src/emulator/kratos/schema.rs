//! Validates a document by a JSON schema, with the messages of Kratos' validator.
//!
//! Owns the keywords of draft 7 that contain others. Does not know Ory's own keywords: the caller can inspect every part of the
//! schema together with the value that it applies to.
//!
//! Not covered: `$ref` to another document.

use super::complaint::{Complaint, Place};
use super::formats;
use super::keywords::{in_quotes, length, names, number, same, shown, text, wrong_type};
use crate::emulator::go::form::path_escape;
use crate::emulator::go::json::Json;
use crate::emulator::go::url::quote;
use crate::regexp;

/// Inspects a place; may return a complaint.
pub type Look<'l> = &'l mut dyn FnMut(Place<'_>) -> Result<(), Complaint>;

/// Validates a document by a schema.
///
/// # Errors
/// What does not fit.
pub fn validate(schema: &Json, document: &Json, look: Look<'_>) -> Result<(), Complaint> {
    let place = Place { schema, value: document, instance: "#", pointer: "#", depth: 0 };
    Validator { root: schema }.check(place, look)
}

/// Whether every pattern in a schema can be read.
///
/// # Errors
/// Which one cannot, and why.
pub fn check_patterns(schema: &Json) -> Result<(), String> {
    let check = |text: &str| regexp::compile(text).map(drop).map_err(|why| format!("the pattern {} cannot be read: {why}", quote(text)));
    match schema {
        Json::Object(members) => members.iter().try_for_each(|(name, inner)| match (name.as_str(), inner) {
            ("pattern", Json::Text(_)) => check(&inner.as_text().unwrap_or_default()),
            ("patternProperties", Json::Object(patterns)) => {
                patterns.iter().try_for_each(|(text, inner)| check(text).and_then(|()| check_patterns(inner)))
            }
            // These contain data, not schemas.
            ("const" | "enum" | "default" | "examples", _) => Ok(()),
            _ => check_patterns(inner),
        }),
        Json::Array(items) => items.iter().try_for_each(check_patterns),
        _ => Ok(()),
    }
}

struct Validator<'r> {
    root: &'r Json,
}

/// The maximum depth, more than useful schemas have. It ends schemas that refer to themselves.
const DEEPEST: usize = 100;

impl Validator<'_> {
    fn below(
        &self,
        place: Place<'_>,
        schema: &Json,
        pointer: &str,
        value: &Json,
        step: Option<&str>,
        look: Look<'_>,
    ) -> Result<(), Complaint> {
        let instance = match step {
            Some(step) => format!("{}/{}", place.instance, escape(step)),
            None => place.instance.to_owned(),
        };
        let pointer = format!("{}/{pointer}", place.pointer);
        self.check(Place { schema, value, instance: &instance, pointer: &pointer, depth: place.depth + 1 }, look)
    }

    fn check(&self, place: Place<'_>, look: Look<'_>) -> Result<(), Complaint> {
        let schema = place.schema;
        if let Json::Bool(always) = schema {
            return if *always { Ok(()) } else { Err(place.complain("", "always fail")) };
        }
        if place.depth > DEEPEST {
            return Err(place.complain("", "nested too deeply"));
        }
        if let Some(reference) = schema.member("$ref").and_then(Json::as_text) {
            let target = reference.strip_prefix('#').and_then(|path| find(self.root, path));
            let Some(target) = target else { return Err(place.complain("$ref", format!("cannot resolve {}", quote(&reference)))) };
            let there = Place { schema: target, value: place.value, instance: place.instance, pointer: &reference, depth: place.depth + 1 };
            return self.check(there, look).map_err(|cause| {
                let mut complaint = place.complain("$ref", format!("doesn't validate with {}", quote(&reference)));
                complaint.causes.push(cause);
                complaint
            });
        }
        if let Some(complaint) = wrong_type(place) {
            return Err(complaint);
        }
        let mut found = Vec::new();
        self.any_value(place, look, &mut found);
        match place.value {
            Json::Object(members) => self.object(place, members, look, &mut found),
            Json::Array(items) => self.array(place, items, look, &mut found),
            Json::Text(_) => text(place, &mut found),
            Json::Number(raw) => number(place, raw, &mut found),
            Json::Null | Json::Bool(_) => {}
        }
        if let Err(complaint) = look(place) {
            found.push(complaint);
        }
        match found.len() {
            0 => Ok(()),
            1 => found.pop().map_or(Ok(()), Err),
            _ => Err(Complaint { causes: found, ..place.complain("", "validation failed") }),
        }
    }

    fn any_value(&self, place: Place<'_>, look: Look<'_>, found: &mut Vec<Complaint>) {
        let (schema, value) = (place.schema, place.value);
        if let Some(constant) = schema.member("const").filter(|constant| !same(value, constant)) {
            let message = match constant {
                Json::Object(_) | Json::Array(_) => "const failed".to_owned(),
                other => format!("value must be {}", shown(other)),
            };
            found.push(place.complain("const", message));
        }
        if let Some(Json::Array(allowed)) = schema.member("enum")
            && !allowed.iter().any(|one| same(value, one))
        {
            let message = match allowed.as_slice() {
                all if all.iter().any(|one| matches!(one, Json::Object(_) | Json::Array(_))) => "enum failed".to_owned(),
                [only] => format!("value must be {}", shown(only)),
                all => format!("value must be one of {}", all.iter().map(shown).collect::<Vec<_>>().join(", ")),
            };
            found.push(place.complain("enum", message));
        }
        if let Some(format) = schema.member("format").and_then(Json::as_text)
            && !formats::fits(&format, value)
        {
            found.push(place.complain("format", format!("{} is not valid {}", in_quotes(value), quote(&format))));
        }
        let fits = |inner: &Json, keyword: &str, look: Look<'_>| self.below(place, inner, keyword, value, None, look);
        if let Some(not) = schema.member("not")
            && fits(not, "not", look).is_ok()
        {
            found.push(place.complain("not", "not failed"));
        }
        let list = |name: &str| match schema.member(name) {
            Some(Json::Array(list)) => list.as_slice(),
            _ => &[],
        };
        for (at, inner) in list("allOf").iter().enumerate() {
            if let Err(cause) = fits(inner, &format!("allOf/{at}"), look) {
                found.push(Complaint { causes: vec![cause], ..place.complain(&format!("allOf/{at}"), "allOf failed") });
            }
        }
        let (mut causes, mut matched) = (Vec::new(), list("anyOf").is_empty());
        for (at, inner) in list("anyOf").iter().enumerate() {
            match fits(inner, &format!("anyOf/{at}"), look) {
                Ok(()) => {
                    matched = true;
                    break;
                }
                Err(cause) => causes.push(cause),
            }
        }
        if !matched {
            found.push(Complaint { causes, ..place.complain("anyOf", "anyOf failed") });
        }
        let (mut causes, mut matched) = (Vec::new(), None);
        for (at, inner) in list("oneOf").iter().enumerate() {
            match (fits(inner, &format!("oneOf/{at}"), look), matched) {
                (Ok(()), None) => matched = Some(at),
                (Ok(()), Some(first)) => {
                    found.push(place.complain("oneOf", format!("valid against schemas at indexes {first} and {at}")));
                    break;
                }
                (Err(cause), _) => causes.push(cause),
            }
        }
        if matched.is_none() && !list("oneOf").is_empty() {
            found.push(Complaint { causes, ..place.complain("oneOf", "oneOf failed") });
        }
        if let Some(condition) = schema.member("if") {
            let (branch, message) = match fits(condition, "if", look) {
                Ok(()) => ("then", "if-then failed"),
                Err(_) => ("else", "if-else failed"),
            };
            if let Some(inner) = schema.member(branch)
                && let Err(cause) = fits(inner, branch, look)
            {
                found.push(Complaint { causes: vec![cause], ..place.complain(branch, message) });
            }
        }
    }

    fn object(&self, place: Place<'_>, members: &[(String, Json)], look: Look<'_>, found: &mut Vec<Complaint>) {
        let schema = place.schema;
        let has = |name: &str| members.iter().any(|member| member.0 == name);
        let count = members.len();
        if let Some(least) = length(schema, "minProperties").filter(|least| count < *least) {
            found.push(place.complain("minProperties", format!("minimum {least} properties allowed, but found {count} properties")));
        }
        if let Some(most) = length(schema, "maxProperties").filter(|most| count > *most) {
            found.push(place.complain("maxProperties", format!("maximum {most} properties allowed, but found {count} properties")));
        }
        let missing: Vec<String> =
            names(schema.member("required")).into_iter().filter(|name| !has(name)).map(|name| quote(&name)).collect();
        if !missing.is_empty() {
            found.push(place.complain("required", format!("missing properties: {}", missing.join(", "))));
        }
        let known: &[(String, Json)] = match schema.member("properties") {
            Some(Json::Object(known)) => known,
            _ => &[],
        };
        for (name, inner) in known {
            if let Some(value) = place.value.member(name) {
                let pointer = format!("properties/{}", escape(name));
                found.extend(self.below(place, inner, &pointer, value, Some(name), look).err());
            }
        }
        if let Some(inner) = schema.member("propertyNames") {
            for (name, _) in members {
                found.extend(self.below(place, inner, "propertyNames", &Json::text(name), Some(name), look).err());
            }
        }
        let mut fitting = Vec::new();
        if let Some(Json::Object(patterns)) = schema.member("patternProperties") {
            for (text, inner) in patterns {
                let Ok(compiled) = regexp::compile(text) else { continue };
                for (name, value) in members.iter().filter(|member| compiled.is_match(&member.0)) {
                    fitting.push(name);
                    let pointer = format!("patternProperties/{}", escape(text));
                    found.extend(self.below(place, inner, &pointer, value, Some(name), look).err());
                }
            }
        }
        let others = members.iter().filter(|member| known.iter().all(|known| known.0 != member.0) && !fitting.contains(&&member.0));
        match schema.member("additionalProperties") {
            Some(Json::Bool(false)) => {
                let others: Vec<String> = others.map(|member| quote(&member.0)).collect();
                if !others.is_empty() {
                    let message = format!("additionalProperties {} not allowed", others.join(", "));
                    found.push(place.complain("additionalProperties", message));
                }
            }
            Some(inner @ Json::Object(_)) => {
                for (name, value) in others {
                    found.extend(self.below(place, inner, "additionalProperties", value, Some(name), look).err());
                }
            }
            _ => {}
        }
        if let Some(Json::Object(dependencies)) = schema.member("dependencies") {
            for (name, needed) in dependencies.iter().filter(|dependency| has(&dependency.0)) {
                let pointer = format!("dependencies/{}", escape(name));
                if let Json::Array(_) = needed {
                    for (at, other) in names(Some(needed)).into_iter().enumerate().filter(|(_, other)| !has(other)) {
                        let message = format!("property {} is required, if {} property exists", quote(&other), quote(name));
                        found.push(place.complain(&format!("{pointer}/{at}"), message));
                    }
                } else {
                    found.extend(self.below(place, needed, &pointer, place.value, None, look).err());
                }
            }
        }
    }

    fn array(&self, place: Place<'_>, items: &[Json], look: Look<'_>, found: &mut Vec<Complaint>) {
        let schema = place.schema;
        let count = items.len();
        if let Some(least) = length(schema, "minItems").filter(|least| count < *least) {
            found.push(place.complain("minItems", format!("minimum {least} items allowed, but found {count} items")));
        }
        if let Some(most) = length(schema, "maxItems").filter(|most| count > *most) {
            found.push(place.complain("maxItems", format!("maximum {most} items allowed, but found {count} items")));
        }
        if schema.member("uniqueItems") == Some(&Json::Bool(true)) {
            for (at, item) in items.iter().enumerate() {
                for (before, _) in items[..at].iter().enumerate().filter(|(_, other)| same(item, other)) {
                    found.push(place.complain("uniqueItems", format!("items at index {before} and {at} are equal")));
                }
            }
        }
        let further = schema.member("additionalItems");
        match schema.member("items") {
            Some(Json::Array(each)) => {
                if further == Some(&Json::Bool(false)) && count > each.len() {
                    let message = format!("only {} items are allowed, but found {count} items", each.len());
                    found.push(place.complain("additionalItems", message));
                }
                for (at, item) in items.iter().enumerate() {
                    let (inner, pointer) = match (each.get(at), further) {
                        (Some(inner), _) => (inner, format!("items/{at}")),
                        (None, Some(inner @ Json::Object(_))) => (inner, "additionalItems".to_owned()),
                        (None, _) => break,
                    };
                    found.extend(self.below(place, inner, &pointer, item, Some(&at.to_string()), look).err());
                }
            }
            Some(inner) => {
                for (at, item) in items.iter().enumerate() {
                    found.extend(self.below(place, inner, "items", item, Some(&at.to_string()), look).err());
                }
            }
            None => {}
        }
        if let Some(inner) = schema.member("contains") {
            let mut causes = Vec::new();
            for (at, item) in items.iter().enumerate() {
                match self.below(place, inner, "contains", item, Some(&at.to_string()), look) {
                    Ok(()) => return,
                    Err(cause) => causes.push(cause),
                }
            }
            found.push(Complaint { causes, ..place.complain("contains", "contains failed") });
        }
    }
}

fn find<'a>(root: &'a Json, path: &str) -> Option<&'a Json> {
    let mut steps = path.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
    steps.try_fold(root, |at, step| match at {
        Json::Array(items) => items.get(step.parse::<usize>().ok()?),
        _ => at.member(&step),
    })
}

fn escape(step: &str) -> String {
    path_escape(&step.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::emulator::go::json::parse_whole;

    fn complaint(schema: &str, document: &str) -> String {
        let (schema, document) = (parse_whole(schema.as_bytes()).unwrap(), parse_whole(document.as_bytes()).unwrap());
        validate(&schema, &document, &mut |_| Ok(())).err().map(|complaint| complaint.to_string()).unwrap_or_default()
    }

    #[test]
    fn keywords_complain() {
        for (schema, good, bad, text) in [
            (r#"{"type":"integer"}"#, "1", "1.0", "I[#] S[#/type] expected integer, but got number"),
            (r#"{"type":["string","null"]}"#, "null", "true", "I[#] S[#/type] expected string or null, but got boolean"),
            (r#"{"enum":["a",1]}"#, "1.0", "2", r#"I[#] S[#/enum] value must be one of "a", "1""#),
            (r#"{"const":{"a":1,"b":2}}"#, r#"{"b":2,"a":1}"#, "{}", "I[#] S[#/const] const failed"),
            (r#"{"minLength":2}"#, r#""éé""#, r#""é""#, "I[#] S[#/minLength] length must be >= 2, but got 1"),
            (r#"{"pattern":"^[A-Z]\\d$"}"#, r#""A1""#, r#""a1""#, r#"I[#] S[#/pattern] does not match pattern "^[A-Z]\\d$""#),
            (r#"{"pattern":"b"}"#, "1", r#""a""#, r#"I[#] S[#/pattern] does not match pattern "b""#),
            (
                r#"{"patternProperties":{"^x-":{"type":"string"}},"additionalProperties":false}"#,
                r#"{"x-a":"b"}"#,
                r#"{"y":1}"#,
                r#"I[#] S[#/additionalProperties] additionalProperties "y" not allowed"#,
            ),
            (
                r#"{"patternProperties":{"^x/":{"type":"string"}}}"#,
                r#"{"y":1}"#,
                r#"{"x/a":1}"#,
                "I[#/x~1a] S[#/patternProperties/%5Ex~1/type] expected string, but got number",
            ),
            (r#"{"format":"regex"}"#, r#""[a]""#, r#""[a""#, r#"I[#] S[#/format] "[a" is not valid "regex""#),
            (r#"{"multipleOf":0.5}"#, "1.5", "1.25", "I[#] S[#/multipleOf] 1.25 not multipleOf 0.5"),
            (r#"{"multipleOf":0.01}"#, "0.16", "0.15", "I[#] S[#/multipleOf] 0.15 not multipleOf 0.01"),
            (r#"{"contentEncoding":"base64"}"#, r#""aGk=""#, r#""???""#, r#"I[#] S[#/contentEncoding] "???" is not base64 encoded"#),
            (
                r#"{"contentMediaType":"application/json"}"#,
                r#""{} more""#,
                r#""{""#,
                r#"I[#] S[#/contentMediaType] value is not of mediatype "application/json""#,
            ),
            (r#"{"not":{"type":"string"}}"#, "1", r#""x""#, "I[#] S[#/not] not failed"),
            (r#"{"uniqueItems":true}"#, "[1,2]", "[1,1.0]", "I[#] S[#/uniqueItems] items at index 0 and 1 are equal"),
            (r#"{"items":{"maximum":3}}"#, "[3]", "[1,4]", "I[#/1] S[#/items/maximum] must be <= 3 but found 4"),
            (r#"{"properties":{"a/b":false}}"#, "{}", r#"{"a/b":1}"#, "I[#/a~1b] S[#/properties/a~1b] always fail"),
            (
                r#"{"dependencies":{"a":["b"]}}"#,
                r#"{"a":1,"b":2}"#,
                r#"{"a":1}"#,
                r#"I[#] S[#/dependencies/a/0] property "b" is required, if "a" property exists"#,
            ),
            (
                r#"{"if":{"const":1},"then":{"const":2}}"#,
                "3",
                "1",
                "I[#] S[#/then] if-then failed\n  I[#] S[#/then/const] value must be \"2\"",
            ),
            (
                r##"{"$ref":"#/definitions/x","definitions":{"x":{"type":"null"}}}"##,
                "null",
                "1",
                "I[#] S[#/$ref] doesn't validate with \"#/definitions/x\"\n  I[#] S[#/definitions/x/type] expected null, but got number",
            ),
        ] {
            assert_eq!(complaint(schema, good), "", "{schema}");
            assert_eq!(complaint(schema, bad), text, "{schema}");
        }
    }

    #[test]
    fn a_schema_that_only_refers_to_itself_ends() {
        assert!(complaint(r##"{"$ref":"#"}"##, "1").contains("nested too deeply"));
    }
}
