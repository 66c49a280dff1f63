//! Decoding a JSON object into a struct, as Go's `encoding/json` does.
//!
//! Owns the matching of names, the effect of `null` and wrong types, and Go's messages. Does not know any
//! struct in particular.

use std::borrow::Cow;

use super::json::{Json, quote};

/// Go matches names without regard to case, including two letters outside ASCII.
#[must_use]
pub fn fold(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return name.into();
    }
    let folded = name.chars().map(|c| match c {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        c => c.to_ascii_lowercase(),
    });
    folded.collect::<String>().into()
}

/// The members of one object on their way into a struct.
pub struct Fields<'a> {
    owner: String,
    members: &'a [(String, Json)],
    /// Go continues after a wrong type, and reports the first one at the end.
    mismatch: Option<(usize, String)>,
}

impl<'a> Fields<'a> {
    /// Begins to decode into a struct with this name in this package; `null` decodes as an empty object.
    ///
    /// # Errors
    /// Go's text when it is not an object.
    pub fn read(json: &'a Json, package: &str, owner: &str) -> Result<Self, String> {
        let members: &[(String, Json)] = match json {
            Json::Null => &[],
            Json::Object(members) => members,
            other => return Err(format!("json: cannot unmarshal {} into Go value of type {package}.{owner}", other.kind())),
        };
        Ok(Self { owner: owner.to_owned(), members, mismatch: None })
    }

    /// Treats a name that is not one of these as an error.
    pub fn only(&mut self, known: &[&str]) {
        let other = self.members.iter().position(|member| !known.contains(&&*fold(&member.0)));
        if let Some(at) = other {
            self.mistake(at, format!("json: unknown field {}", quote(&self.members[at].0)));
        }
    }

    /// Records an error inside a member.
    pub fn inside(&mut self, name: &str, message: String) {
        let at = self.all(name).last().map_or(usize::MAX, |(at, _)| *at);
        self.mistake(at, message);
    }

    fn mistake(&mut self, at: usize, message: String) {
        if self.mismatch.as_ref().is_none_or(|(first, _)| at < *first) {
            self.mismatch = Some((at, message));
        }
    }

    /// Every value with this name: each is decoded over the result of the one before.
    fn all(&self, name: &str) -> Vec<(usize, &'a Json)> {
        self.members.iter().enumerate().filter(|(_, member)| fold(&member.0) == name).map(|(at, member)| (at, &member.1)).collect()
    }

    /// The last value with this name.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&'a Json> {
        self.all(name).last().map(|(_, value)| *value)
    }

    fn wrong(&mut self, at: usize, name: &str, found: &Json, wanted: &str) {
        let place = format!("{}.{name}", self.owner);
        self.mistake(at, format!("json: cannot unmarshal {} into Go struct field {place} of type {wanted}", found.kind()));
    }

    /// A string.
    pub fn text(&mut self, name: &str) -> String {
        self.optional_text(name).unwrap_or_default()
    }

    /// A whole number.
    pub fn integer(&mut self, name: &str) -> i64 {
        let mut number = 0;
        for (at, value) in self.all(name) {
            match value {
                Json::Null => {}
                Json::Number(raw) if raw.parse::<i64>().is_ok() => number = raw.parse().unwrap_or(0),
                other => self.wrong(at, name, other, "int"),
            }
        }
        number
    }

    /// A string that may be missing.
    pub fn optional_text(&mut self, name: &str) -> Option<String> {
        self.typed_text(name, "string")
    }

    /// A string with its own Go type that may be missing.
    pub fn typed_text(&mut self, name: &str, kind: &str) -> Option<String> {
        let mut text = None;
        for (at, value) in self.all(name) {
            match value {
                Json::Null => {}
                Json::Text(_) => text = value.as_text(),
                other => self.wrong(at, name, other, kind),
            }
        }
        text
    }

    /// A boolean.
    pub fn flag(&mut self, name: &str) -> bool {
        let mut flag = false;
        for (at, value) in self.all(name) {
            match value {
                Json::Null => {}
                Json::Bool(value) => flag = *value,
                other => self.wrong(at, name, other, "bool"),
            }
        }
        flag
    }

    /// A list of strings.
    pub fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        let mut texts = None;
        for (at, value) in self.all(name) {
            match value {
                Json::Null => texts = None,
                Json::Array(items) => {
                    let mut found = Vec::with_capacity(items.len());
                    for item in items {
                        match item {
                            Json::Null => found.push(String::new()),
                            Json::Text(_) => found.push(item.as_text().unwrap_or_default()),
                            other => self.wrong(at, name, other, "string"),
                        }
                    }
                    texts = Some(found);
                }
                other => self.wrong(at, name, other, "[]string"),
            }
        }
        texts
    }

    /// The elements of a list, which have this Go type.
    pub fn items(&mut self, name: &str, element: &str) -> Option<&'a [Json]> {
        let mut items = None;
        for (at, value) in self.all(name) {
            match value {
                Json::Null => items = None,
                Json::Array(found) => items = Some(found.as_slice()),
                other => self.wrong(at, name, other, &format!("[]{element}")),
            }
        }
        items
    }

    /// Ends decoding.
    ///
    /// # Errors
    /// Go's text for the first member of a wrong type.
    pub fn finish(self) -> Result<(), String> {
        self.mismatch.map_or(Ok(()), |(_, message)| Err(message))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::emulator::go::json::parse_whole;

    #[test]
    fn decodes_as_go_does() {
        let json = parse_whole(br#"{"Name":"a","name":null,"list":["x",null],"flag":true,"zz":1}"#).unwrap();
        let mut fields = Fields::read(&json, "p", "T").unwrap();
        assert_eq!(fields.text("name"), "a");
        assert_eq!(fields.texts("list"), Some(vec!["x".to_owned(), String::new()]));
        assert!(fields.flag("flag"));
        fields.only(&["name", "list", "flag", "zz"]);
        fields.only(&["name", "list", "flag"]);
        assert_eq!(fields.finish().unwrap_err(), "json: unknown field \"zz\"");
    }

    #[test]
    fn the_first_wrong_type_is_reported() {
        let json = parse_whole(br#"{"flag":1,"name":2}"#).unwrap();
        let mut fields = Fields::read(&json, "p", "T").unwrap();
        fields.text("name");
        fields.flag("flag");
        assert_eq!(fields.finish().unwrap_err(), "json: cannot unmarshal number into Go struct field T.flag of type bool");
        assert_eq!(
            Fields::read(&Json::Array(Vec::new()), "p", "T").err().unwrap(),
            "json: cannot unmarshal array into Go value of type p.T"
        );
    }
}
