//! JSON as Go's `encoding/json` reads and writes it.
//!
//! Owns a parser that keeps the order of members and the spelling of every scalar, stops after the first value, and reports errors
//! in Go's words; and the writer's escaping. Does not know the meaning of documents.

use std::{borrow::Cow, fmt::Write as _};

/// How deep a document may nest. Go allows 10,000; a tighter limit keeps the stack small.
pub const MAX_DEPTH: usize = 500;

/// A JSON value. Scalars keep their text, objects the order and the duplicates of their members.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number in its original spelling.
    Number(String),
    /// A string: its raw text with quotes and escapes.
    Text(String),
    /// An array.
    Array(Vec<Json>),
    /// An object.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// A string value.
    #[must_use]
    pub fn text(value: &str) -> Self {
        Self::Text(quote(value))
    }

    /// Go's name of this kind of value in its type errors.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Number(_) => "number",
            Self::Text(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// The decoded text of a string value.
    #[must_use]
    pub fn as_text(&self) -> Option<String> {
        match self {
            Self::Text(raw) => Some(unquote(raw)),
            _ => None,
        }
    }

    /// The last member with exactly this name, as Go's maps keep it.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Json> {
        match self {
            Self::Object(members) => members.iter().rev().find(|m| m.0 == name).map(|m| &m.1),
            _ => None,
        }
    }

    /// The number of levels of arrays and objects.
    #[must_use]
    pub fn depth(&self) -> usize {
        match self {
            Self::Array(items) => 1 + items.iter().map(Json::depth).max().unwrap_or_default(),
            Self::Object(members) => 1 + members.iter().map(|member| member.1.depth()).max().unwrap_or_default(),
            _ => 0,
        }
    }

    /// The value without white space, with scalars in their original spelling.
    #[must_use]
    pub fn compact(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(raw) | Self::Text(raw) => out.push_str(raw),
            Self::Array(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    push_quoted(out, name);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

/// Reads the first value and ignores what follows it, as Go's stream decoder does.
///
/// # Errors
/// Go's text, such as `EOF` or `unexpected EOF`.
pub fn parse_first(body: &[u8]) -> Result<Json, String> {
    let text = text_of(body);
    let mut reader = Reader { text: &text, at: 0 };
    reader.space();
    if reader.peek().is_none() {
        return Err("EOF".to_owned());
    }
    reader.value(0)
}

/// Reads exactly one value: after it, only white space is allowed.
///
/// # Errors
/// Go's text.
pub fn parse_whole(body: &[u8]) -> Result<Json, String> {
    let text = text_of(body);
    let mut reader = Reader { text: &text, at: 0 };
    reader.space();
    let value = reader.value(0)?;
    reader.space();
    match reader.peek() {
        None => Ok(value),
        Some(_) => reader.unexpected("after top-level value"),
    }
}

/// Go replaces bytes that are not UTF-8.
fn text_of(body: &[u8]) -> Cow<'_, str> {
    // Nearly every body is UTF-8, which this finds out faster.
    str::from_utf8(body).map_or_else(|_| String::from_utf8_lossy(body), Cow::Borrowed)
}

/// Escapes characters that are special in HTML in a text that is JSON already, as Go does.
#[must_use]
pub fn html_safe(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    push_html_safe(&mut out, json);
    out
}

/// The same, appended to `out`.
pub fn push_html_safe(out: &mut String, json: &str) {
    if json.bytes().any(is_escaped_for_html) {
        json.chars().for_each(|c| push_html(out, c));
    } else {
        out.push_str(json);
    }
}

/// A JSON string with this text, with Go's escapes.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    push_quoted(&mut out, text);
    out
}

/// Appends a JSON string with this text, with Go's escapes.
pub fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    // Most texts need no escapes.
    if text.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\') || is_escaped_for_html(byte)) {
        text.chars().for_each(|c| push_escaped(out, c));
    } else {
        out.push_str(text);
    }
    out.push('"');
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        c if c < ' ' => {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        }
        c => push_html(out, c),
    }
}

/// Whether a character that Go escapes for HTML may begin with this byte: two of them are not ASCII.
fn is_escaped_for_html(byte: u8) -> bool {
    matches!(byte, b'<' | b'>' | b'&' | 0xE2)
}

fn push_html(out: &mut String, c: char) {
    if matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}') {
        let _ = write!(out, "\\u{:04x}", u32::from(c));
    } else {
        out.push(c);
    }
}

fn unquote(raw: &str) -> String {
    let inner = raw.strip_prefix('"').unwrap_or(raw);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (c, used) = unescape(&rest[at..]);
        out.push(c);
        rest = &rest[at + used..];
    }
    out.push_str(rest);
    out
}

/// Reads one escape at the start of `text`: the character, and the number of bytes. Half a surrogate pair becomes U+FFFD, as in Go.
fn unescape(text: &str) -> (char, usize) {
    let bytes = text.as_bytes();
    match bytes.get(1) {
        Some(b'n') => ('\n', 2),
        Some(b'r') => ('\r', 2),
        Some(b't') => ('\t', 2),
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(b'u') => {
            let unit = |from: usize| {
                (text.get(from..from + 2) == Some("\\u"))
                    .then(|| text.get(from + 2..from + 6))
                    .flatten()
                    .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            };
            let high = unit(0).unwrap_or(0xfffd);
            if (0xd800..0xdc00).contains(&high)
                && let Some(low) = unit(6).filter(|low| (0xdc00..0xe000).contains(low))
            {
                let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                return (char::from_u32(code).unwrap_or('\u{fffd}'), 12);
            }
            (char::from_u32(high).unwrap_or('\u{fffd}'), 6)
        }
        Some(other) => (char::from(*other), 2),
        None => ('\\', 1),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    /// The next byte. All characters with a meaning in JSON are ASCII, so that reading never stops within a character.
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn unexpected<T>(&self, context: &str) -> Result<T, String> {
        match self.peek() {
            None => Err("unexpected EOF".to_owned()),
            Some(byte) => {
                let shown = match byte {
                    b'\'' => "\\'".to_owned(),
                    b'\n' => "\\n".to_owned(),
                    b'\r' => "\\r".to_owned(),
                    b'\t' => "\\t".to_owned(),
                    byte if byte < b' ' || byte == 0x7f => format!("\\x{byte:02x}"),
                    // Go reads single bytes here.
                    byte => char::from(byte).to_string(),
                };
                Err(format!("invalid character '{shown}' {context}"))
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Json, String> {
        if depth > MAX_DEPTH {
            return Err("exceeded max depth".to_owned());
        }
        self.space();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => Ok(Json::Text(self.string()?.to_owned())),
            Some(b't') => self.literal("true").map(|()| Json::Bool(true)),
            Some(b'f') => self.literal("false").map(|()| Json::Bool(false)),
            Some(b'n') => self.literal("null").map(|()| Json::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.unexpected("looking for beginning of value"),
        }
    }

    fn literal(&mut self, word: &'static str) -> Result<(), String> {
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                return self.unexpected(&format!("in literal {word} (expecting '{}')", char::from(expected)));
            }
            self.at += 1;
        }
        Ok(())
    }

    fn object(&mut self, depth: usize) -> Result<Json, String> {
        self.at += 1;
        let mut members = Vec::new();
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Json::Object(members));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return self.unexpected("looking for beginning of object key string");
            }
            let name = unquote(self.string()?);
            self.space();
            if self.peek() != Some(b':') {
                return self.unexpected("after object key");
            }
            self.at += 1;
            members.push((name, self.value(depth + 1)?));
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Json::Object(members));
                }
                _ => return self.unexpected("after object key:value pair"),
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json, String> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Json::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Json::Array(items));
                }
                _ => return self.unexpected("after array element"),
            }
        }
    }

    /// The raw text of a string with its quotes.
    fn string(&mut self) -> Result<&'a str, String> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(&self.text[start..self.at]);
                }
                Some(b'\\') => {
                    self.at += 1;
                    match self.peek() {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
                        Some(b'u') => {
                            self.at += 1;
                            for _ in 0..4 {
                                if !self.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) {
                                    return self.unexpected("in \\u hexadecimal character escape");
                                }
                                self.at += 1;
                            }
                        }
                        _ => return self.unexpected("in string escape code"),
                    }
                }
                Some(byte) if byte >= b' ' => self.at += 1,
                _ => return self.unexpected("in string literal"),
            }
        }
    }

    fn number(&mut self) -> Result<Json, String> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return self.unexpected("in numeric literal"),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                return self.unexpected("after decimal point in numeric literal");
            }
            self.digits();
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                return self.unexpected("in exponent of numeric literal");
            }
            self.digits();
        }
        Ok(Json::Number(self.text[start..self.at].to_owned()))
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keeps_order_and_spelling() {
        let raw = r#"{"z":1.50,"a":"\u00e9<","big":12345678901234567890,"z":[null,true]}"#;
        assert_eq!(parse_first(raw.as_bytes()).unwrap().compact(), raw);
    }

    #[test]
    fn only_the_first_value_counts() {
        assert_eq!(parse_first(b" {} xyz").unwrap(), Json::Object(Vec::new()));
        assert_eq!(parse_whole(b"{} x").unwrap_err(), "invalid character 'x' after top-level value");
    }

    #[test]
    fn complains_in_gos_words() {
        for (body, message) in [
            ("", "EOF"),
            ("  ", "EOF"),
            ("{", "unexpected EOF"),
            ("{not", "invalid character 'n' looking for beginning of object key string"),
            ("x", "invalid character 'x' looking for beginning of value"),
            ("{\"a\" 1}", "invalid character '1' after object key"),
            ("{\"a\":1 2}", "invalid character '2' after object key:value pair"),
            ("[1 2]", "invalid character '2' after array element"),
            ("tru!", "invalid character '!' in literal true (expecting 'e')"),
            ("\"\n\"", "invalid character '\\n' in string literal"),
            ("1.x", "invalid character 'x' after decimal point in numeric literal"),
        ] {
            assert_eq!(parse_first(body.as_bytes()).unwrap_err(), message, "{body}");
        }
    }

    #[test]
    fn deep_nesting_is_refused() {
        assert!(parse_first("[".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn text_decodes_and_encodes() {
        let json = parse_first(br#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud83d""#).unwrap();
        let text = json.as_text().unwrap();
        assert_eq!(text, "a\"\\/\u{8}\u{c}\n\r\té😀\u{fffd}");
        assert_eq!(quote("<&>\u{2028}\u{1}"), r#""\u003c\u0026\u003e\u2028\u0001""#);
    }

    proptest! {
        #[test]
        fn any_text_survives(text: String) {
            prop_assert_eq!(Json::text(&text).as_text(), Some(text));
        }

        #[test]
        fn any_bytes_are_safe(bytes: Vec<u8>) {
            let _ = parse_first(&bytes);
        }
    }
}
