//! Secret texts: those of a write, and errors of servers without them.
//!
//! A server, its logger or a gateway may repeat a secret in another form than the one in which it was sent. Therefore
//! a server's text is shown only if no reading of it contains a secret: neither the text itself nor with its escapes undone,
//! nor its parts in base64, hexadecimal or lists of bytes.

use crate::{
    engine::Write,
    schema::{Kind, Object, Table, json},
    value::{Json, Value},
};
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use std::collections::HashSet;

/// Shorter texts in a structured secret are names of algorithms and the like.
const SHORTEST_PART: usize = 8;
/// This many consecutive bytes of a secret reveal too much of it.
const PIECE: usize = 16;
/// A shorter secret may be part of ordinary words, and counts only as a separate word.
const SHORTEST_PIECE: usize = 8;
/// A shorter secret occurs in codes by chance.
const SHORTEST_IN_CODE: usize = 3;
/// Only this many characters of an error are read; nobody reads more.
const LONGEST: usize = 4096;
/// The depth to which nested codes are decoded.
const DEEPEST: usize = 2;

/// Every secret text of the write: none of them may come back in an error.
pub fn secrets(write: &Write) -> Vec<String> {
    let mut texts = Vec::new();
    // Prior values are sent too, if an update keeps what the server has.
    for value in [&write.planned, &write.config, &write.prior] {
        texts_in(&write.resource.table, value, &mut texts);
    }
    // Texts that contain others come before them.
    texts.sort_unstable_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    texts.dedup();
    texts
}

fn texts_in(table: &Table, value: &Value, texts: &mut Vec<String>) {
    for (attr, value) in Object::new(table, value).iter() {
        match (&attr.kind, value) {
            _ if attr.secret => texts_of(&json::kind_to_json(&attr.kind, value), 1, texts),
            (Kind::Object(nested), Value::Object(_)) => texts_in(&nested.table, value, texts),
            (Kind::List(Kind::Object(nested)), Value::List(items)) => items.iter().for_each(|item| texts_in(&nested.table, item, texts)),
            (Kind::Map(Kind::Object(nested)), Value::Map(items)) => items.values().for_each(|item| texts_in(&nested.table, item, texts)),
            _ => {}
        }
    }
}

/// The texts in a secret: the secret itself and, if it is JSON, its texts and the JSON without white space. In a structured
/// secret, short texts are names.
fn texts_of(value: &Json, shortest: usize, texts: &mut Vec<String>) {
    match value {
        Json::String(text) if text.len() >= shortest => {
            if let Ok(inner @ (Json::Object(_) | Json::Array(_))) = Json::parse(text) {
                texts_of(&inner, SHORTEST_PART, texts);
                texts.push(inner.to_string());
            }
            texts.push(text.clone());
        }
        Json::Number(number) if number.as_str().len() >= shortest => texts.push(number.as_str().to_owned()),
        Json::Array(items) => items.iter().for_each(|item| texts_of(item, SHORTEST_PART, texts)),
        Json::Object(members) => members.values().for_each(|member| texts_of(member, SHORTEST_PART, texts)),
        _ => {}
    }
}

/// A server's message with its secrets hidden, and cut if it is long; `None` if it may contain a secret in
/// another form.
pub fn hide(text: &str, secrets: &[String]) -> Option<String> {
    let text = &text[..text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end)];
    let mut shown = text.to_owned();
    for secret in secrets {
        shown = hidden(&shown, secret);
    }
    if !secrets.is_empty() && may_hold(&shown, secrets) {
        return None;
    }
    let shown = shown.replace(HIDDEN, "(hidden)");
    Some(match shown.char_indices().nth(LONGEST / 2) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown,
    })
}

/// Replaces a secret while the rest is searched: not a character of text, and part of no code.
const HIDDEN: char = '\u{fdd0}';

/// The text without the secret; a short secret is removed only if it is not part of a word.
fn hidden(text: &str, secret: &str) -> String {
    let (mut shown, mut done) = (String::new(), 0);
    for (at, found) in text.match_indices(secret).filter(|(_, found)| !found.is_empty()) {
        if at >= done && (secret.len() >= SHORTEST_PIECE || stands_alone(text.as_bytes(), at, found.len())) {
            shown.push_str(&text[done..at]);
            shown.push(HIDDEN);
            done = at + found.len();
        }
    }
    shown + &text[done..]
}

fn stands_alone(text: &[u8], at: usize, length: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    ![before, text.get(at + length)].into_iter().flatten().any(u8::is_ascii_alphanumeric)
}

/// Whether any reading of the text contains a secret, or a piece of one.
fn may_hold(text: &str, secrets: &[String]) -> bool {
    let mut readings = Vec::new();
    read(text.as_bytes(), DEEPEST, &mut readings);
    let pieces: HashSet<&[u8]> = readings.iter().flat_map(|reading| reading.text.windows(PIECE)).collect();
    let stands = |secret: &[u8]| {
        let read = readings.iter().filter(|reading| !reading.coded || secret.len() >= SHORTEST_IN_CODE);
        let mut places =
            read.flat_map(|reading| reading.text.windows(secret.len()).enumerate().map(|(at, part)| (&reading.text, at, part)));
        places.any(|(text, at, part)| part == secret && (secret.len() >= SHORTEST_PIECE || stands_alone(text, at, part.len())))
    };
    let is_held = |secret: &[u8]| {
        // A piece of a line of dashes reveals nothing.
        let mut telling = secret.windows(PIECE).filter(|piece| piece.iter().any(|byte| *byte != piece[0])).peekable();
        match telling.peek() {
            Some(_) => telling.any(|piece| pieces.contains(piece)),
            None => !secret.is_empty() && stands(secret),
        }
    };
    // A secret that seems to contain escapes is also read with them undone.
    secrets.iter().any(|secret| is_held(&plain(secret.as_bytes())) || is_held(&plain(&unescaped_whole(secret.as_bytes()))))
}

/// One way to read a text.
struct Reading {
    /// In the form of [`plain`].
    text: Vec<u8>,
    /// Whether it was encoded.
    coded: bool,
}

/// The bytes without quoting, in one of the two alphabets of base64, and with the `+` of forms as a space: for comparisons.
fn plain(bytes: &[u8]) -> Vec<u8> {
    let quoting = |byte: &u8| matches!(byte, b'\\' | b'"' | b'\'' | b'`');
    let other = |byte: &u8| match byte {
        b'+' | b'-' => b' ',
        b'_' => b'/',
        byte => *byte,
    };
    bytes.iter().filter(|byte| !quoting(byte)).map(other).collect()
}

/// All readings of the text: as it is, with its escapes undone, and decoded from codes, which may be nested.
fn read(text: &[u8], depth: usize, readings: &mut Vec<Reading>) {
    let coded = depth < DEEPEST;
    let whole = unescaped_whole(text);
    let mut take = |text: &[u8]| readings.push(Reading { text: plain(text), coded });
    take(&whole);
    if whole != text {
        take(text);
    }
    if depth > 0 {
        in_words(&whole).iter().for_each(|word| read(word, 0, readings));
        in_all(&whole).iter().for_each(|code| read(code, depth - 1, readings));
    }
}

/// The text with its escapes undone until there are none.
fn unescaped_whole(text: &[u8]) -> Vec<u8> {
    let mut before = text.to_vec();
    loop {
        let after = unescaped(&before);
        // Each pass makes it shorter.
        if after.len() == before.len() {
            return after;
        }
        before = after;
    }
}

/// The text with one layer of escapes undone: those of URLs, of HTML and XML, and those with a backslash, of many languages.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let (mut plain, mut at) = (Vec::with_capacity(text.len()), 0);
    while at < text.len() {
        let escape = if matches!(text[at], b'%' | b'&' | b'\\') { escape(&text[at..]) } else { None };
        match escape {
            Some((meant, length)) => {
                plain.extend(meant);
                at += length;
            }
            None => {
                plain.push(text[at]);
                at += 1;
            }
        }
    }
    plain
}

/// The escape at the beginning of the text: the bytes that it stands for, and its length.
fn escape(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let number = |from: usize, digits: usize, radix: u32| {
        let digits = text.get(from..from + digits).filter(|digits| digits.iter().all(u8::is_ascii_alphanumeric))?;
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
    };
    let byte = |from: usize, digits: usize, radix: u32| Some(vec![u8::try_from(number(from, digits, radix)?).ok()?]);
    let character = |number: u32| Some(char::from_u32(number)?.to_string().into_bytes());
    // The text between these, if it is not longer than a number can be.
    let between = |from: usize, end: u8| Some(text[from..].iter().take(12).position(|byte| *byte == end)? + from);
    // A character with two units in UTF-16 is two escapes.
    let unit = |from: usize| {
        let first = number(from, 4, 16)?;
        let second = number(from + 6, 4, 16).filter(|_| text[from + 4..].starts_with(&text[..2]));
        match (first, second) {
            (0xd800..0xdc00, Some(second @ 0xdc00..0xe000)) => {
                Some((character(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))?, from + 10))
            }
            _ => Some((character(first)?, from + 4)),
        }
    };
    match (text[0], *text.get(1)?) {
        (b'%', b'u') => unit(2),
        (b'%', _) => Some((byte(1, 2, 16)?, 3)),
        (b'&', b'#') => {
            let end = between(2, b';')?;
            let number = if text[2].eq_ignore_ascii_case(&b'x') { number(3, end.checked_sub(3)?, 16) } else { number(2, end - 2, 10) };
            Some((character(number?)?, end + 1))
        }
        (b'&', _) => {
            let end = between(1, b';')?;
            let names: [(&[u8], u8); 5] = [(b"amp", b'&'), (b"lt", b'<'), (b"gt", b'>'), (b"quot", b'"'), (b"apos", b'\'')];
            names.iter().find(|(name, _)| *name == &text[1..end]).map(|(_, meant)| (vec![*meant], end + 1))
        }
        (b'\\', b'u') if text.get(2) == Some(&b'{') => {
            let end = between(3, b'}')?;
            Some((character(number(3, end - 3, 16)?)?, end + 1))
        }
        (b'\\', b'u') => unit(2),
        (b'\\', b'U') => Some((character(number(2, 8, 16)?)?, 10)),
        (b'\\', b'x') => Some((byte(2, 2, 16)?, 4)),
        (b'\\', b'0'..=b'3') => Some((byte(1, 3, 8)?, 4)),
        (b'\\', b'n') => Some((b"\n".into(), 2)),
        (b'\\', b'r') => Some((b"\r".into(), 2)),
        (b'\\', b't') => Some((b"\t".into(), 2)),
        // Any other backslash is only quoting.
        _ => None,
    }
}

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true).with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

fn is_base64(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// The text in one of the two alphabets.
fn in_base64(text: &[u8]) -> impl Iterator<Item = u8> {
    text.iter().map(|byte| match byte {
        b'-' => b'+',
        b'_' => b'/',
        byte => *byte,
    })
}

fn from_base64(digits: &[u8]) -> Option<Vec<u8>> {
    BASE64.decode(&digits[..digits.len() - usize::from(digits.len() % 4 == 1)]).ok()
}

fn from_hex(digits: &[u8]) -> Vec<u8> {
    digits.chunks_exact(2).filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// The decoded forms of single words.
fn in_words(text: &[u8]) -> Vec<Vec<u8>> {
    let digits: Vec<u8> = in_base64(text).collect();
    let words = digits.split(|byte| !is_base64(byte)).filter(|word| word.len() > SHORTEST_IN_CODE);
    words.flat_map(|word| [from_base64(word), word.iter().all(u8::is_ascii_hexdigit).then(|| from_hex(word))]).flatten().collect()
}

/// The decoded form of the whole text, with codes that may begin anywhere: lines, white space and commas may divide a code.
fn in_all(text: &[u8]) -> Vec<Vec<u8>> {
    let base64: Vec<u8> = in_base64(text).filter(is_base64).collect();
    let words = text.split(|byte| !byte.is_ascii_alphanumeric()).map(|word| word.strip_prefix(b"0x").unwrap_or(word));
    let hex: Vec<u8> = words.flatten().copied().filter(u8::is_ascii_hexdigit).collect();
    let numbers = text.split(|byte| !byte.is_ascii_digit()).filter_map(|number| std::str::from_utf8(number).ok()?.parse().ok());
    let mut codes: Vec<Vec<u8>> = (0..4).filter_map(|from| from_base64(base64.get(from..)?)).collect();
    codes.extend((0..2).filter_map(|from| Some(from_hex(hex.get(from..)?))));
    codes.push(numbers.collect());
    codes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Attr, Nested, Resource, map, object, objects, resource, string};

    static RESOURCE: Resource = resource("hook", "A hook.").import("hook_id").sections(&[ATTRIBUTES]).checked();
    static ATTRIBUTES: &[Attr] = &[
        string("hook_id", "Identifies it."),
        map("headers", "Sent along.").secret(),
        object("auth", "How it is let in.", &AUTH),
        objects("others", "Further ones.", &AUTH_KIND),
    ];
    static AUTH_KIND: Kind = Kind::Object(&AUTH);
    static AUTH: Nested = Nested {
        name: "HookAuth",
        table: Table::new(&[&[string("user", "Who."), string("key", "The key.").secret(), object("inner", "Deeper.", &INNER)]]),
    };
    static INNER: Nested = Nested { name: "HookInner", table: Table::new(&[&[string("token", "The token.").secret()]]) };

    #[test]
    fn secrets_are_found_at_any_depth() {
        let text = |text: &str| Value::text(text);
        let auth = |key: &str, token: &str| Value::Object(vec![text("user"), text(key), Value::Object(vec![text(token)])]);
        let headers = Value::Map([("X-Guard".to_owned(), text("of a header"))].into());
        let object = |n: &str| {
            Value::Object(vec![
                text("id"),
                headers.clone(),
                auth(&format!("key {n}"), "t"),
                Value::List(vec![auth("another key", &format!("token {n}")), Value::Null]),
            ])
        };
        let (planned, prior) = (object("now"), object("before"));
        let write = Write {
            resource: &RESOURCE,
            id: None,
            prior,
            planned,
            config: Value::Null,
            rewrite: Vec::new(),
            withdrawn: Vec::new(),
            private: Default::default(),
        };
        let found = secrets(&write);
        assert_eq!(found, ["token before", "another key", "of a header", "key before", "token now", "key now", "t"]);
    }

    fn shown(text: &str, secrets: &[&str]) -> Option<String> {
        hide(text, &secrets.iter().map(|secret| (*secret).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn what_stands_in_a_text_is_hidden_and_the_rest_is_shown() {
        for (text, secret, expected) in [
            ("the password \"hunter22\" is known to others", "hunter22", "the password \"(hidden)\" is known to others"),
            ("xhunter22x", "hunter22", "x(hidden)x"),
            ("redirect URIs must be https", "https", "redirect URIs must be (hidden)"),
            ("page 1 of 10", "1", "page (hidden) of 10"),
            ("the latest test", "test", "the latest (hidden)"),
            ("nothing of the kind", "hunter22", "nothing of the kind"),
        ] {
            assert_eq!(shown(text, &[secret]).as_deref(), Some(expected));
        }
        assert_eq!(shown("a and ab", &["ab", "a"]).as_deref(), Some("(hidden) and (hidden)"));
        assert_eq!(shown("long", &[""]).as_deref(), Some("long"));
        assert_eq!(shown(&"x".repeat(3000), &["hunter22"]).unwrap().len(), 2048 + "…".len());
    }

    #[test]
    fn what_may_be_a_secret_in_another_form_is_not_shown() {
        for (text, secret) in [
            ("68756e7465723232", "hunter22"),
            ("aHVudGVyMjI", "hunter22"),
            // Short ones.
            ("%61b%63", "abc"),
            ("YWJj", "abc"),
            ("x:616263", "abc"),
            // A piece of a long one.
            ("correct-horse-batt…", "correct-horse-battery-staple"),
            // One that a quote ends within.
            (r"'it'\''s so'", "it's so"),
            // Of quotes and signs alone.
            ("&#33;&#33;&#63;", "!!?"),
            ("%21%21%21%21%21%21%21%21%21%21%21%21%21%21%21%21%21%21", "!!!!!!!!!!!!!!!!!!"),
        ] {
            assert_eq!(shown(text, &[secret]), None, "{text}");
        }
    }

    #[test]
    fn escapes_are_undone() {
        for (escaped, meant) in [
            ("%C3%a4%2525", "ä%"),
            ("&amp;lt;&#38;&#x26;&nope;&#;&#x;&#99999999;", "<&&&nope;&#;&#x;&#99999999;"),
            (r"\u00e4\u{1F600}\U0001f600\ud83d\ude00%uD83D%uDE00", "ä😀😀😀😀"),
            (r"\x61\141\n\\n\'\q", "aa\n\\\n\\'\\q"),
            (r"%zz%2 \u12 \x1 \ud83d \", r"%zz%2 \u12 \x1 \ud83d \"),
            ("&\\%", "&\\%"),
        ] {
            assert_eq!(String::from_utf8_lossy(&unescaped_whole(escaped.as_bytes())), meant, "{escaped}");
        }
    }
}
