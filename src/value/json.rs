//! JSON whose numbers keep all their digits and whose members may have any name.
//!
//! Owns the tree, how a text is read (into a tree, or piece by piece) and how a tree is written. Does not know the meaning of
//! documents.
//!
//! Why not `serde_json::Value`: serde passes a number in 64 bits. To keep more of it, or to leave a part of a text unread,
//! serde_json passes an object with a member of a reserved name, so a user's object with such a member is misread. Here hifijson
//! reads, for which a number is a text, and no name is reserved. Besides, this tree has no `[…]`, which panics if a server's
//! answer has another shape than expected: optional values have to be looked up.

use super::Number;
use hifijson::{
    SliceLexer,
    num::{Lex as _, LexWrite as _},
    str::{Lex as _, LexAlloc as _},
    token::Lex as _,
};
use std::{borrow::Cow, collections::BTreeMap, fmt};

/// The maximum number of values in a text, more than any state or page of a list has. A value takes many times more memory than
/// the two bytes in which it can be written, so a document within the size limits could still fill the memory.
pub const MOST_VALUES: usize = 2_000_000;

/// The maximum depth of nested arrays and objects.
const MOST_LEVELS: usize = 127;

/// A JSON value. Two are equal if they mean the same: numbers by their value, members in any order. `Debug` shows the
/// shape and never the content.
#[derive(Clone, Default, PartialEq)]
pub enum Json {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is spelled.
    Number(Number),
    /// A text.
    String(String),
    /// Values in order.
    Array(Vec<Json>),
    /// Values by name. Of several members of one name, the last one counts.
    Object(BTreeMap<String, Json>),
}

/// A path in a tree: names of members, each in the one before. A text is one with slashes in between.
pub trait Steps {
    /// The names.
    fn steps(&self) -> impl Iterator<Item = &str>;
}

impl Steps for str {
    fn steps(&self) -> impl Iterator<Item = &str> {
        self.split('/')
    }
}

impl Steps for String {
    fn steps(&self) -> impl Iterator<Item = &str> {
        self.as_str().steps()
    }
}

/// Names that may contain slashes.
impl Steps for [String] {
    fn steps(&self) -> impl Iterator<Item = &str> {
        self.iter().map(String::as_str)
    }
}

impl Steps for Vec<String> {
    fn steps(&self) -> impl Iterator<Item = &str> {
        self.as_slice().steps()
    }
}

/// Why a text is not read as JSON; never its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// It is not JSON, or is nested deeper than 127 levels.
    #[error("it is not valid JSON (at line {line}, column {column}, it ends early, is malformed or is nested too deeply)")]
    Malformed {
        /// The line up to which it could be read, from 1.
        line: usize,
        /// The column in that line, in bytes from 1.
        column: usize,
    },
    /// It has more than [`MOST_VALUES`] values.
    #[error("it has more than {MOST_VALUES} values")]
    TooMany,
}

impl ParseError {
    /// The bytes as a text.
    pub(super) fn unless_utf8(text: &[u8]) -> Result<&str, ParseError> {
        std::str::from_utf8(text).map_err(|error| ParseError::malformed(text, text.len() - error.valid_up_to()))
    }

    /// This text could be read up to where so many bytes are left.
    pub(super) fn malformed(text: &[u8], left: usize) -> ParseError {
        let read = &text[..text.len() - left];
        let line_start = read.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        ParseError::Malformed { line: 1 + read.iter().filter(|byte| **byte == b'\n').count(), column: 1 + read.len() - line_start }
    }
}

impl Json {
    /// The value in a text from outside: neither deep nesting nor a great many values exhaust this process.
    ///
    /// # Errors
    /// They have the place of the error, never the text there.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Json, ParseError> {
        let text = text.as_ref();
        let mut reader = Reader::new(text)?;
        let value = reader.value();
        value.filter(|_| reader.is_at_end()).ok_or_else(|| ParseError::malformed(text, reader.rest().len()))
    }

    /// An object with these members.
    pub fn object<N: Into<String>>(members: impl IntoIterator<Item = (N, Json)>) -> Json {
        Json::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// The member of this name, if this is an object that has one.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.as_object()?.get(name)
    }

    /// The value at a path; null if there is none.
    pub fn at(&self, path: &(impl Steps + ?Sized)) -> &Json {
        path.steps().try_fold(self, |at, name| at.get(name)).unwrap_or(&Json::Null)
    }

    /// The value at a path, for changes; `None` if there is none.
    pub fn at_mut(&mut self, path: &(impl Steps + ?Sized)) -> Option<&mut Json> {
        path.steps().try_fold(self, |at, name| at.as_object_mut()?.get_mut(name))
    }

    /// Sets the value at a path, and makes missing objects on the way. False if another value is in the way, which stays as it
    /// is.
    pub fn put(&mut self, path: &(impl Steps + ?Sized), value: Json) -> bool {
        let mut at = self;
        for name in path.steps() {
            if at.is_null() {
                *at = Json::Object(BTreeMap::new());
            }
            let Json::Object(members) = at else { return false };
            at = members.entry(name.to_owned()).or_default();
        }
        *at = value;
        true
    }

    /// Removes the value at a path, and returns it.
    pub fn remove(&mut self, path: &(impl Steps + ?Sized)) -> Option<Json> {
        let mut steps = path.steps().peekable();
        let mut at = self;
        while let Some(name) = steps.next() {
            let members = at.as_object_mut()?;
            if steps.peek().is_none() {
                return members.remove(name);
            }
            at = members.get_mut(name)?;
        }
        None
    }

    /// The value, with null left in its place.
    pub fn take(&mut self) -> Json {
        std::mem::take(self)
    }

    /// True for null.
    pub fn is_null(&self) -> bool {
        matches!(self, Json::Null)
    }

    /// True for a text.
    pub fn is_string(&self) -> bool {
        matches!(self, Json::String(_))
    }

    /// True for an array.
    pub fn is_array(&self) -> bool {
        matches!(self, Json::Array(_))
    }

    /// True for an object.
    pub fn is_object(&self) -> bool {
        matches!(self, Json::Object(_))
    }

    /// The text, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Json::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The integer, if this is one and fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Json::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// The elements of an array.
    pub fn as_array(&self) -> Option<&[Json]> {
        match self {
            Json::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members of an object.
    pub fn as_object(&self) -> Option<&BTreeMap<String, Json>> {
        match self {
            Json::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The members of an object, for changes.
    pub fn as_object_mut(&mut self) -> Option<&mut BTreeMap<String, Json>> {
        match self {
            Json::Object(members) => Some(members),
            _ => None,
        }
    }

    /// A text that is the same for all values that are equal, and for no others.
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        // Writing to a text does not fail.
        let _ = self.write(&mut text, Number::canonical);
        text
    }

    fn write(&self, out: &mut impl fmt::Write, number: fn(&Number) -> Cow<'_, str>) -> fmt::Result {
        let quoted = |out: &mut dyn fmt::Write, text: &str| {
            // Most texts have nothing in them that is escaped (RFC 8259, section 7).
            if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
                out.write_char('"')?;
                out.write_str(text)?;
                return out.write_char('"');
            }
            out.write_str(&serde_json::to_string(text).map_err(|_| fmt::Error)?)
        };
        match self {
            Json::Null => out.write_str("null"),
            Json::Bool(flag) => write!(out, "{flag}"),
            Json::Number(digits) => out.write_str(&number(digits)),
            Json::String(text) => quoted(out, text),
            Json::Array(items) => {
                out.write_char('[')?;
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.write_char(',')?;
                    }
                    item.write(out, number)?;
                }
                out.write_char(']')
            }
            Json::Object(members) => {
                out.write_char('{')?;
                for (at, (name, value)) in members.iter().enumerate() {
                    if at > 0 {
                        out.write_char(',')?;
                    }
                    quoted(out, name)?;
                    out.write_char(':')?;
                    value.write(out, number)?;
                }
                out.write_char('}')
            }
        }
    }
}

/// Reads a text piece by piece. A method that returns `None` found text that is not JSON, or another kind of value; then nothing
/// more must be read.
pub struct Reader<'a> {
    text: &'a str,
    /// What is left of the text.
    lexer: SliceLexer<'a>,
    /// How many more levels may be entered.
    levels: usize,
}

impl<'a> Reader<'a> {
    /// At the beginning of a text.
    ///
    /// # Errors
    /// When it has too many values, or is not UTF-8.
    pub fn new(text: &'a [u8]) -> Result<Reader<'a>, ParseError> {
        // Every value except the first comes after one of these. Those inside of texts are counted, too: nobody writes so many.
        let starts = |byte: &&u8| matches!(byte, b',' | b':' | b'[' | b'{');
        if text.len() > MOST_VALUES && text.iter().filter(starts).count() > MOST_VALUES {
            return Err(ParseError::TooMany);
        }
        Ok(Reader::of_pieces(ParseError::unless_utf8(text)?))
    }

    /// At the beginning of a text of any length: whoever reads it keeps but a part of it at a time.
    pub fn of_pieces(text: &'a str) -> Reader<'a> {
        Reader { text, lexer: SliceLexer::new(text.as_bytes()), levels: MOST_LEVELS }
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.lexer.as_slice()
    }

    /// Whether the next value begins like this.
    pub(crate) fn begins(&mut self, with: u8) -> bool {
        self.lexer.ws_peek() == Some(with)
    }

    /// Whether the text is at its end.
    pub fn is_at_end(&mut self) -> bool {
        self.lexer.ws_peek().is_none()
    }

    /// The next value.
    pub fn value(&mut self) -> Option<Json> {
        Some(match self.lexer.ws_peek()? {
            b'"' => Json::String(self.text()?.into_owned()),
            b'[' => {
                let mut items = Vec::new();
                self.items(|reader| {
                    items.push(reader.value()?);
                    Some(())
                })?;
                Json::Array(items)
            }
            b'{' => {
                let mut members = BTreeMap::new();
                self.members(|reader, name| {
                    members.insert(name.into_owned(), reader.value()?);
                    Some(())
                })?;
                Json::Object(members)
            }
            b'-' | b'0'..=b'9' => Json::Number(Number::of_json(self.lexer.num_string().validated().ok()?.0)),
            b'n' | b't' | b'f' => self.lexer.null_or_bool()?.map_or(Json::Null, Json::Bool),
            _ => return None,
        })
    }

    /// The text of the next value, which is not parsed; only its end is found.
    pub fn skip(&mut self) -> Option<&'a str> {
        self.with_text(Reader::pass).map(|(text, ())| text)
    }

    /// What is read of the next value, beside its text.
    pub fn with_text<T>(&mut self, read: impl FnOnce(&mut Reader<'a>) -> Option<T>) -> Option<(&'a str, T)> {
        self.lexer.eat_whitespace();
        let start = self.place();
        let found = read(self)?;
        Some((self.text.get(start..self.place())?, found))
    }

    /// How many bytes were read.
    fn place(&self) -> usize {
        self.text.len() - self.rest().len()
    }

    fn pass(&mut self) -> Option<()> {
        match self.lexer.ws_peek()? {
            b'"' => self.lexer.discarded().str_ignore().ok(),
            b'[' => self.items(Reader::pass),
            b'{' => self.members(|reader, _| reader.pass()),
            b'-' | b'0'..=b'9' => self.lexer.num_ignore().validate().ok().map(drop),
            b'n' | b't' | b'f' => self.lexer.null_or_bool().map(drop),
            _ => None,
        }
    }

    /// Reads the next value as an array; `each` has to read each element.
    pub fn items(&mut self, each: impl FnMut(&mut Reader<'a>) -> Option<()>) -> Option<()> {
        self.series(b'[', b']', each)
    }

    /// Reads the next value as an object; `each` gets the name of each member and has to read the value.
    pub fn members(&mut self, mut each: impl FnMut(&mut Reader<'a>, Cow<'a, str>) -> Option<()>) -> Option<()> {
        self.series(b'{', b'}', |reader| {
            let name = reader.text()?;
            reader.token(b':')?;
            each(reader, name)
        })
    }

    fn series(&mut self, open: u8, close: u8, mut each: impl FnMut(&mut Reader<'a>) -> Option<()>) -> Option<()> {
        self.token(open)?;
        self.levels = self.levels.checked_sub(1)?;
        if self.token(close).is_none() {
            loop {
                each(self)?;
                if self.token(b',').is_none() {
                    break self.token(close)?;
                }
            }
        }
        self.levels += 1;
        Some(())
    }

    fn text(&mut self) -> Option<Cow<'a, str>> {
        self.token(b'"')?;
        let (start, rest) = (self.place(), self.rest());
        let len = plain(rest);
        if rest.get(len) == Some(&b'"') {
            self.lexer = SliceLexer::new(&rest[len + 1..]);
            return self.text.get(start..start + len).map(Cow::Borrowed);
        }
        self.lexer.str_string().ok()
    }

    fn token(&mut self, token: u8) -> Option<()> {
        self.lexer.expect(SliceLexer::ws_peek, token)
    }
}

/// How many bytes come before the first one that is not itself in a text: a quote, an escape or a control character (RFC 8259,
/// section 7). Most texts have none but the quote at their end, so that eight bytes are looked at at a time.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    // The highest bit of each byte that is less than `limit`, and maybe of bytes above such a one.
    let less = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word & (ONES << 7);
    let (words, last) = bytes.as_chunks::<8>();
    for (count, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = less(word, 0x20) | less(word ^ (ONES * u64::from(b'"')), 1) | less(word ^ (ONES * u64::from(b'\\')), 1);
        if found != 0 {
            return count * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let is_plain = |byte: &&u8| **byte >= b' ' && **byte != b'"' && **byte != b'\\';
    bytes.len() - last.len() + last.iter().take_while(is_plain).count()
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, |number| Cow::Borrowed(number.as_str()))
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Json::Null => f.write_str("null"),
            Json::Bool(_) => f.write_str("bool"),
            Json::Number(_) => f.write_str("number"),
            Json::String(text) => write!(f, "string({})", text.len()),
            Json::Array(items) => f.debug_list().entries(items).finish(),
            Json::Object(members) => write!(f, "object({})", members.len()),
        }
    }
}

impl PartialEq<str> for Json {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == Some(other)
    }
}

impl PartialEq<&str> for Json {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl From<bool> for Json {
    fn from(flag: bool) -> Json {
        Json::Bool(flag)
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Json {
        Json::Number(number.into())
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::String(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Json {
        Json::String(text)
    }
}

impl FromIterator<Json> for Json {
    fn from_iter<I: IntoIterator<Item = Json>>(items: I) -> Json {
        Json::Array(items.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Json {
        Json::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// Examples of RFC 8259, and what is special about each of its productions.
    #[test]
    fn texts_are_read_and_written() {
        for (text, written) in [
            (" null\r\n", "null"),
            ("true", "true"),
            ("-0.0", "-0.0"),
            ("[ 1e+2 , -12.50E-3,12345678901234567890.123456789 ]", "[1e+2,-12.50E-3,12345678901234567890.123456789]"),
            (r#"{"b":{},"a":[[],"x"]}"#, r#"{"a":[[],"x"],"b":{}}"#),
            (r#"{"a":1,"a":2}"#, r#"{"a":2}"#),
            (r#""\"\\\/\b\f\n\r\t\u0014\u001b\u007f\u00e9\ud834\udd1e""#, "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0014\\u001b\u{7f}é𝄞\""),
            (r#"{"\u0061\n":""}"#, r#"{"a\n":""}"#),
        ] {
            assert_eq!(parsed(text).to_string(), written);
            assert_eq!(parsed(written), parsed(text));
        }
        let long = "1".repeat(5000);
        assert_eq!(parsed(&long).to_string(), long);
    }

    #[test]
    fn what_is_no_json_is_told_by_its_place() {
        for (text, line, column) in [
            ("", 1, 1),
            ("[1,]", 1, 4),
            ("{\"a\":1,}", 1, 8),
            ("{\"a\" 1}", 1, 6),
            ("{a:1}", 1, 2),
            ("[1 2]", 1, 4),
            ("[\n 1,\n x]", 3, 2),
            ("1 2", 1, 3),
            ("01", 1, 2),
        ] {
            assert_eq!(Json::parse(text).unwrap_err(), ParseError::Malformed { line, column }, "{text}");
        }
        for text in [
            "[",
            "{",
            "\"",
            "\"\\",
            "\"\\u12\"",
            "\"\u{1}\"",
            r#""\ud834""#,
            r#""\udd1e\ud834""#,
            "-",
            "1.",
            "1e",
            "+1",
            ".5",
            "NaN",
            "nul",
        ] {
            assert!(matches!(Json::parse(text), Err(ParseError::Malformed { .. })), "{text}");
        }
        assert!(Json::parse(b"\"\xff\"").is_err());
        assert!(Json::parse("[".repeat(127) + &"]".repeat(127)).is_ok());
        assert!(Json::parse("[".repeat(128) + &"]".repeat(128)).is_err());
    }

    #[test]
    fn values_are_equal_by_what_they_mean() {
        for (left, right) in [("1", "1.0"), (r#"{"a":1,"b":[10]}"#, r#"{"b":[1e1],"a":1}"#), ("\"\\u0061\"", "\"a\""), ("-0", "0")] {
            assert_eq!(parsed(left), parsed(right));
            assert_eq!(parsed(left).canonical(), parsed(right).canonical());
        }
        for (left, right) in [
            ("[1,2]", "[2,1]"),
            ("{\"a\":null}", "{}"),
            ("1", "\"1\""),
            ("12345678901234567890", "12345678901234567891"),
            ("1e99999999999", "2e99999999999"),
            (r#"{"a":{"b":1}}"#, r#"{"a":{"c":1}}"#),
        ] {
            assert_ne!(parsed(left), parsed(right));
            assert_ne!(parsed(left).canonical(), parsed(right).canonical());
        }
    }

    #[test]
    fn paths_lead_to_what_is_there() {
        let mut json = parsed(r#"{"a":{"b":{"c":"x"}},"list":[{"c":"y"}]}"#);
        assert_eq!(json.at("a/b/c").as_str(), Some("x"));
        for nowhere in ["a/b/x", "a/b/c/d", "list/0", "list/c", "x/y"] {
            assert!(json.at(nowhere).is_null(), "{nowhere}");
        }
        assert!(json.put("a/b/d", true.into()));
        assert!(!json.put("list/e", 1.into()) && !json.put("a/b/d/e", 1.into()));
        assert_eq!(json.remove("a/b/c"), Some("x".into()));
        assert_eq!((json.remove("a/b/c"), json.remove("a/x/y"), json.remove("z")), (None, None, None));
        assert_eq!(json.to_string(), r#"{"a":{"b":{"d":true}},"list":[{"c":"y"}]}"#);
        let mut nothing = Json::Null;
        assert!(nothing.put("a/b", Json::Null));
        assert_eq!(nothing.to_string(), r#"{"a":{"b":null}}"#);
    }

    #[test]
    fn debug_shows_the_shape_and_never_the_content() {
        assert_eq!(format!("{:?}", parsed(r#"["hunter22",4711,true,null,{"hunter22":1}]"#)), "[string(8), number, bool, null, object(1)]");
    }

    #[test]
    fn what_is_skipped_is_handed_out_as_it_stands() {
        let mut reader = Reader::new(br#"[ {"a" : [1, "\u0061"]} , 2 ]"#).unwrap();
        let mut texts = Vec::new();
        let read = reader.items(|reader| {
            texts.push(reader.skip()?);
            Some(())
        });
        assert_eq!((read, texts), (Some(()), vec![r#"{"a" : [1, "\u0061"]}"#, "2"]));
        assert!(reader.is_at_end());
        for broken in ["[1,]", "{\"a\"}", "\"", "[", "tru", "\"\u{1}\"", &"[".repeat(100_000)] {
            assert_eq!(Reader::new(broken.as_bytes()).unwrap().skip(), None, "{broken}");
        }
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,12})?".prop_map(|text| Json::Number(Number::of_json(&text))),
            any::<String>().prop_map(Json::from),
        ];
        leaf.prop_recursive(5, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Json::Array),
                prop::collection::btree_map(any::<String>(), inner, 0..6).prop_map(Json::Object),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(json in any_json()) {
            let text = json.to_string();
            prop_assert_eq!(Json::parse(&text).unwrap().to_string(), text.clone());
            prop_assert_eq!(Reader::new(text.as_bytes()).unwrap().skip(), Some(text.as_str()));
            prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok());
        }

        #[test]
        fn what_we_read_others_read(text in "[\\[\\]{}:,\"0-9eE.+ a\\\\un-]{0,24}") {
            let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            let ours = Reader::new(text.as_bytes()).ok().is_some_and(|mut reader| reader.skip().is_some() && reader.is_at_end());
            prop_assert_eq!(ours, theirs);
        }
    }
}
