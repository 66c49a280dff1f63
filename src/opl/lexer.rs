//! The tokens of a document.

use std::borrow::Cow;

/// The kind of a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// An error, after which nothing can be read.
    Error,
    /// The end of the document.
    End,
    /// A name.
    Identifier,
    /// The inside of a text in quotes.
    Text,
    /// A word of the language.
    Word(&'static str),
    /// A punctuation mark or operator.
    Sign(&'static str),
}

impl Kind {
    /// Its name in Keto's messages.
    pub fn name(self) -> Cow<'static, str> {
        match self {
            Kind::Error => "Error".into(),
            Kind::End => "EOF".into(),
            Kind::Identifier => "Identifier".into(),
            Kind::Text => "StringLiteral".into(),
            Kind::Word(word) => {
                let (first, rest) = word.split_at(1);
                format!("Keyword{}{rest}", first.to_uppercase()).into()
            }
            Kind::Sign(sign) => format!("\"{sign}\"").into(),
        }
    }
}

/// A token.
#[derive(Clone, Debug)]
pub(super) struct Token<'a> {
    pub kind: Kind,
    /// Its text; for an error, the message.
    pub text: Cow<'a, str>,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
}

/// In the order in which they are tried: longer ones come first.
const SIGNS: [&str; 18] = ["=>", "||", "&&", ":", ".", "(", ")", "[", "]", "{", "}", "<", ">", "=", ",", ";", "|", "!"];
const WORDS: [&str; 4] = ["class", "implements", "this", "ctx"];
const SPACES: [char; 6] = ['\t', '\n', '\u{b}', '\u{c}', '\r', ' '];

/// Reads a document token by token.
pub(super) struct Lexer<'a> {
    input: &'a str,
    at: usize,
    is_broken: bool,
}

impl<'a> Lexer<'a> {
    pub fn new(input: &'a str) -> Lexer<'a> {
        Lexer { input, at: 0, is_broken: false }
    }

    /// The next token that is not a comment.
    pub fn next(&mut self) -> Token<'a> {
        if self.is_broken {
            return Token { kind: Kind::Error, text: "broken state".into(), start: 0, end: 0 };
        }
        loop {
            self.at = self.input.len() - self.rest().trim_start_matches(SPACES).len();
            let (start, rest) = (self.at, self.rest());
            let Some(first) = rest.chars().next() else {
                self.is_broken = true;
                return self.token(Kind::End, start..start);
            };
            if let Some(sign) = SIGNS.iter().take(3).find(|sign| rest.starts_with(**sign)) {
                return self.token(Kind::Sign(sign), start..start + sign.len());
            }
            if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            if let Some(comment) = rest.strip_prefix("/*") {
                match comment.find("*/") {
                    Some(length) => self.at += 2 + length + 2,
                    None => return self.broken(start, self.input.len(), "unclosed comment"),
                }
                continue;
            }
            if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
                return self.token(Kind::Sign(sign), start..start + sign.len());
            }
            if first == '\'' || first == '"' {
                let inside = start + 1;
                return match self.input[inside..].find(first) {
                    Some(length) => {
                        let token = self.token(Kind::Text, inside..inside + length);
                        self.at += 1;
                        token
                    }
                    None => self.broken(inside, self.input.len(), "unclosed string literal"),
                };
            }
            let length = rest.find(|c: char| !(c == '_' || c.is_ascii_alphanumeric())).unwrap_or(rest.len());
            if length == 0 || first.is_ascii_digit() {
                return self.broken(start, start, &format!("unexpected token {first}"));
            }
            let kind = WORDS.iter().find(|word| **word == &rest[..length]).map_or(Kind::Identifier, |word| Kind::Word(word));
            return self.token(kind, start..start + length);
        }
    }

    fn rest(&self) -> &'a str {
        &self.input[self.at..]
    }

    fn token(&mut self, kind: Kind, span: std::ops::Range<usize>) -> Token<'a> {
        self.at = span.end;
        Token { kind, text: self.input[span.clone()].into(), start: span.start, end: span.end }
    }

    /// Makes an error; nothing is read after it.
    fn broken(&mut self, start: usize, at: usize, why: &str) -> Token<'a> {
        self.is_broken = true;
        Token { kind: Kind::Error, text: format!("at {}: {why}", quoted(&self.input[at..])).into(), start, end: at }
    }
}

/// A text in the form of Go's `%q`.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{b}' => quoted.push_str("\\v"),
            c if c < ' ' || c == '\u{7f}' => quoted.push_str(&format!("\\x{:02x}", u32::from(c))),
            // Go shows what can be printed, as Rust does.
            c if !c.is_ascii() && c.escape_debug().len() > 1 => quoted.push_str(&match u32::from(c) {
                code @ ..=0xffff => format!("\\u{code:04x}"),
                code => format!("\\U{code:08x}"),
            }),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
