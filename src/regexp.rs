//! Regular expressions of Go's package `regexp`, in which the patterns of a JSON Schema are read by a server in Go.
//!
//! Owns what Go accepts, and the translation for the library here. Both have the syntax of RE2, but differ in what they allow: in
//! counts, escapes, names of classes, braces and hyphens, and in the meaning of classes such as `\d`. Shared by the provider, which
//! warns of patterns that the server cannot read, and the emulator, which matches them. Knows neither.
//!
//! Not covered: flags between an item and its count, as in `a(?i)*`, and numbers that are no characters, as in `\x{D800}`, which are
//! refused here; and other names of scripts and properties of Unicode, as in `\p{Grek}` and `\p{Emoji}`, which Go refuses.

use regex::{Regex, RegexBuilder, escape};

/// The highest count, and the highest product of counts within each other.
const MOST: u32 = 1000;
/// In bytes: enough for a class of letters with the highest count.
const LARGEST: usize = 1 << 28;
/// Names in `[[:alpha:]]`.
const NAMED: [&str; 14] =
    ["alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word", "xdigit"];

/// A compiled pattern.
///
/// # Errors
/// What is wrong with it, in Go's words where this is what the library here would allow.
pub fn compile(pattern: &str) -> Result<Regex, String> {
    let mut reader = Reader { rest: pattern, out: String::new(), groups: vec![1], last: None };
    while !reader.rest.is_empty() {
        reader.item()?;
    }
    RegexBuilder::new(&reader.out).size_limit(LARGEST).build().map_err(|error| {
        let text = error.to_string();
        text.rsplit("error: ").next().unwrap_or_default().to_owned()
    })
}

/// What a count would apply to.
#[derive(Clone, Copy)]
struct Item {
    /// The product of the counts in it.
    weight: u32,
    /// Whether it has a count.
    counted: bool,
}

const ONE: Item = Item { weight: 1, counted: false };

struct Reader<'p> {
    rest: &'p str,
    /// The pattern in the syntax of the library here.
    out: String,
    /// The weights of the open groups; the first is the pattern itself.
    groups: Vec<u32>,
    last: Option<Item>,
}

impl<'p> Reader<'p> {
    /// Cuts off so many bytes.
    fn cut(&mut self, length: usize) -> &'p str {
        let (cut, rest) = self.rest.split_at(length);
        self.rest = rest;
        cut
    }

    /// Cuts off one character.
    fn next(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.cut(next.len_utf8());
        Some(next)
    }

    /// Cuts off what this begins with, if it does.
    fn skip(&mut self, start: &str) -> bool {
        let found = self.rest.starts_with(start);
        if found {
            self.cut(start.len());
        }
        found
    }

    fn item(&mut self) -> Result<(), String> {
        let start = self.rest;
        if self.skip("\\Q") {
            let end = self.rest.find("\\E");
            let quoted = self.cut(end.unwrap_or(self.rest.len()));
            self.skip("\\E");
            self.out.push_str(&escape(quoted));
            self.last = if quoted.is_empty() { self.last } else { Some(ONE) };
            return Ok(());
        }
        if let Some((length, least, most)) = braces(start) {
            let text = self.cut(length);
            if least.max(most.unwrap_or(0)) > MOST || most.is_some_and(|most| most < least) {
                return Err(format!("invalid repeat count: `{text}`"));
            }
            return self.count(text, least.max(most.unwrap_or(0)), most.unwrap_or(least));
        }
        let Some(first) = self.next() else { return Ok(()) };
        match first {
            '*' | '+' | '?' => return self.count(&start[..1], 0, 1),
            '(' => return self.open(start),
            ')' => {
                let inner = self.groups.pop().filter(|_| !self.groups.is_empty()).ok_or("unexpected )")?;
                self.out.push(')');
                self.put(inner);
                return Ok(());
            }
            '|' => {
                self.out.push('|');
                self.last = None;
                return Ok(());
            }
            '[' => self.class(start)?,
            '^' | '$' | '.' => self.out.push(first),
            '\\' => match self.rest.chars().next() {
                Some(name @ ('A' | 'z')) => {
                    self.next();
                    self.out.extend(['\\', name]);
                }
                Some(name @ ('b' | 'B')) => {
                    self.next();
                    self.out.push_str(&format!("(?-u:\\{name})"));
                }
                _ => match self.group()? {
                    Some(group) => self.out.push_str(&group),
                    None => {
                        let escaped = self.escaped()?;
                        self.out.push_str(&literal(escaped));
                    }
                },
            },
            other => self.out.push_str(&literal(other)),
        }
        self.put(1);
        Ok(())
    }

    /// An item is complete.
    fn put(&mut self, weight: u32) {
        self.last = Some(Item { weight, counted: false });
        self.outweigh(weight);
    }

    fn outweigh(&mut self, weight: u32) {
        if let Some(group) = self.groups.last_mut() {
            *group = weight.max(*group);
        }
    }

    /// A count for the last item: its text, the larger one of its numbers, and the factor that it is.
    fn count(&mut self, text: &str, larger: u32, factor: u32) -> Result<(), String> {
        let last = self.last.ok_or_else(|| format!("missing argument to repetition operator: `{text}`"))?;
        if last.counted {
            return Err(format!("invalid nested repetition operator: `{text}`"));
        }
        let weight = last.weight.saturating_mul(factor.max(1));
        if larger >= 2 && weight > MOST {
            return Err(format!("invalid repeat count: `{text}`"));
        }
        self.out.push_str(text);
        if self.skip("?") {
            self.out.push('?');
        }
        self.outweigh(weight);
        self.last = Some(Item { weight, counted: true });
        Ok(())
    }

    /// A group, or flags, whose parenthesis is read. Names of groups are left out, since nobody asks for them.
    fn open(&mut self, start: &str) -> Result<(), String> {
        if self.skip("?P<") || self.skip("?<") {
            let name = self.rest.split_once('>').map_or("", |(name, _)| name);
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                let shown = start.find('>').map_or(start, |end| &start[..=end]);
                return Err(format!("invalid named capture: `{shown}`"));
            }
            self.cut(name.len() + 1);
            self.out.push('(');
        } else if self.skip("?") {
            let (mut on, mut off, mut negative) = (String::new(), String::new(), false);
            let end = loop {
                let flag = self.next();
                match flag {
                    Some(flag @ ('i' | 'm' | 's' | 'U')) => {
                        on.retain(|known| known != flag);
                        off.retain(|known| known != flag);
                        if negative { off.push(flag) } else { on.push(flag) }
                    }
                    Some('-') if !negative => negative = true,
                    // A minus needs flags.
                    Some(end @ (':' | ')')) if !negative || !off.is_empty() => break end,
                    _ => {
                        let length = start.len() - self.rest.len();
                        return Err(format!("invalid or unsupported Perl syntax: `{}`", &start[..length]));
                    }
                }
            };
            let minus = if off.is_empty() { "" } else { "-" };
            if end == ')' {
                if !on.is_empty() || negative {
                    self.out.push_str(&format!("(?{on}{minus}{off})"));
                }
                return Ok(());
            }
            self.out.push_str(&format!("(?{on}{minus}{off}:"));
        } else {
            self.out.push('(');
        }
        self.groups.push(1);
        self.last = None;
        Ok(())
    }

    /// A class in brackets, the first of which is read.
    fn class(&mut self, start: &str) -> Result<(), String> {
        let wrong = |start: &str, rest: &str| format!("invalid character class range: `{}`", &start[..start.len() - rest.len()]);
        self.out.push('[');
        if self.skip("^") {
            self.out.push('^');
        }
        // A bracket in the first place is a member.
        let mut first = true;
        while first || !self.rest.starts_with(']') {
            first = false;
            let begin = self.rest;
            let name = begin.strip_prefix("[:").and_then(|rest| rest.split_once(":]")).map(|(name, _)| name);
            if let Some(name) = name {
                let text = self.cut(name.len() + 4);
                if !NAMED.contains(&name.strip_prefix('^').unwrap_or(name)) {
                    return Err(wrong(begin, self.rest));
                }
                self.out.push_str(text);
                continue;
            }
            if self.skip("\\") {
                if let Some(group) = self.group()? {
                    self.out.push_str(&group);
                    continue;
                }
                self.rest = begin;
            }
            let low = self.member(start)?;
            let mut high = low;
            if self.rest.starts_with('-') && !self.rest.starts_with("-]") && self.rest.len() > 1 {
                self.cut(1);
                high = self.member(start)?;
            }
            if high < low {
                return Err(wrong(begin, self.rest));
            }
            self.out.push_str(&format!("{}-{}", literal(low), literal(high)));
        }
        self.cut(1);
        self.out.push(']');
        Ok(())
    }

    /// One character in brackets.
    fn member(&mut self, start: &str) -> Result<char, String> {
        match self.next() {
            None => Err(format!("missing closing ]: `{start}`")),
            Some('\\') => self.escaped(),
            Some(other) => Ok(other),
        }
    }

    /// A class such as `\d` or `\pL`, whose backslash is read, if it is one.
    fn group(&mut self) -> Result<Option<String>, String> {
        let name = self.rest.chars().next();
        let group = match name {
            Some('d') => "[0-9]",
            Some('D') => "[^0-9]",
            Some('w') => "[0-9A-Za-z_]",
            Some('W') => "[^0-9A-Za-z_]",
            Some('s') => "[\\t\\n\\f\\r ]",
            Some('S') => "[^\\t\\n\\f\\r ]",
            Some(name @ ('p' | 'P')) => {
                self.next();
                let rest = self.rest;
                let inner = match rest.strip_prefix('{') {
                    Some(rest) => rest.split_once('}').map(|(inner, _)| (inner, inner.len() + 2)),
                    None => rest.chars().next().map(|one| (&rest[..one.len_utf8()], one.len_utf8())),
                };
                let (inner, length) = inner.ok_or_else(|| format!("invalid character class range: `\\{name}`"))?;
                let whole = self.cut(length);
                let (plain, other) = match inner.strip_prefix('^') {
                    Some(plain) => (plain, if name == 'p' { 'P' } else { 'p' }),
                    None => (inner, name),
                };
                // Properties with a value are the library's alone.
                if !plain.chars().all(|c| c.is_ascii_alphabetic() || c == '_' || c == ' ' || c == '-') {
                    return Err(format!("invalid character class range: `\\{name}{whole}`"));
                }
                return Ok(Some(format!("\\{other}{{{plain}}}")));
            }
            _ => return Ok(None),
        };
        self.next();
        Ok(Some(group.to_owned()))
    }

    /// The character of an escape whose backslash is read.
    fn escaped(&mut self) -> Result<char, String> {
        let rest = self.rest;
        let first = self.next().ok_or("trailing backslash at end of expression")?;
        let wrong = || format!("invalid escape sequence: `\\{first}`");
        let octal = |b: &u8| (b'0'..=b'7').contains(b);
        let number = |text: &str, base| u32::from_str_radix(text, base).ok().and_then(char::from_u32).ok_or_else(wrong);
        match first {
            // One digit would refer to a group, except for 0.
            '0'..='7' if first == '0' || rest.as_bytes().get(1).is_some_and(octal) => {
                let length = rest.bytes().take(3).take_while(octal).count();
                self.rest = rest;
                number(self.cut(length), 8)
            }
            'x' if self.rest.starts_with('{') => {
                let digits = self.rest[1..].split_once('}').map_or("", |(digits, _)| digits);
                self.cut(self.rest.len().min(digits.len() + 2));
                number(digits, 16)
            }
            'x' => {
                let digits = self.rest.get(..2).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit())).ok_or_else(wrong)?;
                self.cut(2);
                number(digits, 16)
            }
            'a' => Ok('\x07'),
            'f' => Ok('\x0c'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            't' => Ok('\t'),
            'v' => Ok('\x0b'),
            mark if mark.is_ascii() && !mark.is_ascii_alphanumeric() => Ok(mark),
            _ => Err(wrong()),
        }
    }
}

/// A character that means itself, also in brackets.
fn literal(c: char) -> String {
    escape(c.encode_utf8(&mut [0; 4]))
}

/// A count in braces at the start: its length, and its numbers. Braces around anything else are ordinary characters.
fn braces(text: &str) -> Option<(usize, u32, Option<u32>)> {
    let inside = text.strip_prefix('{')?.split_once('}')?.0;
    let number = |digits: &str| {
        let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.is_empty() && (digits == "0" || !digits.starts_with('0'));
        plain.then(|| digits.parse().unwrap_or(u32::MAX))
    };
    let (least, most) = match inside.split_once(',') {
        None => (number(inside)?, Some(number(inside)?)),
        Some((least, "")) => (number(least)?, None),
        Some((least, most)) => (number(least)?, Some(number(most)?)),
    };
    Some((inside.len() + 2, least, most))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Expected values are those of Go's package `regexp` (1.26).
    #[test]
    fn patterns_match_what_they_match_in_go() {
        for (pattern, fits, fails) in [
            (r"^\d+$", "12", "१२"),
            (r"^\w+$", "a_1", "é"),
            (r"^[\w.-]+$", "a.b-c", "a b"),
            (r"^[\w-.]+$", "a-b", "a b"),
            (r"^[^\s[]+$", "a]", "a["),
            (r"^[]a]+$", "]a", "b"),
            (r"^[^]]$", "a", "]"),
            (r"^[a&&b]+$", "a&b", "c"),
            (r"^[a~~b]+$", "a~b", "c"),
            (r"^[+--]$", ",", "*"),
            (r"^[!--]$", ",", "."),
            (r"^[a-c-e]+$", "b-e", "d"),
            (r"^[\--a]$", "Z", "b"),
            (r"^[[:alpha:]]+$", "ab", "1"),
            (r"^[[:^alpha:]]+$", "1", "ab"),
            (r"^[[.a.]]$", "a]", "a"),
            (r"^[:alpha:]$", ":", "b"),
            (r"^\Qa.b\E$", "a.b", "axb"),
            (r"^\Qab\E+$", "abb", "abab"),
            (r"^a\/b\-c\_d$", "a/b-c_d", "a"),
            (r"^\<$", "<", "a"),
            (r"^\p{Greek}$", "λ", "l"),
            (r"^\p{^Greek}$", "l", "λ"),
            (r"^\pLu$", "éu", "E"),
            (r"(?i)^é$", "É", "e"),
            (r"(?i)^\w$", "ſ", "é"),
            (r"(?ii-s)^a$", "A", "b"),
            (r"^a$", "a", "a\n"),
            (r"^.$", "é", "\n"),
            (r"^[^a]$", "\n", "a"),
            (r"\bx\b", "a x", "éx_"),
            (r"\B", "é", "a"),
            (r"^(a|b){2,3}$", "aba", "a"),
            (r"^(?P<1>a)(?<1>b)$", "ab", "a"),
            (r"b", "abc", "ac"),
            (r"^{a}$", "{a}", "a"),
            (r"^a{$", "a{", "a"),
            (r"^a{1,2$", "a{1,2", "a"),
            (r"^a{,2}$", "a{,2}", "aa"),
            (r"^a{01}$", "a{01}", "a"),
            (r"^a{ 1}$", "a{ 1}", "a"),
            (r"^\0$", "\0", "0"),
            (r"^\08$", "\08", "8"),
            (r"^[\101-\132]\x41\x{42}$", "QAB", "aAB"),
            (r"^\400$", "Ā", "4"),
            (r"^(?:a*)*$", "aa", "b"),
            (r"^(|a)+?$", "a", "b"),
        ] {
            let compiled = compile(pattern).unwrap_or_else(|why| panic!("{pattern}: {why}"));
            assert!(compiled.is_match(fits), "{pattern} {fits}");
            assert!(!compiled.is_match(fails), "{pattern} {fails}");
        }
        for pattern in [
            r"^.{1,1000}$",
            r"\pL{1000}",
            "(a{100}){10}",
            "(a{1000}){0,1}",
            "(a{1000})*",
            "(?)a",
            r"[\d-a]",
            "[a-]",
            "^*",
            r"\b+",
            "()",
            "]",
            "}",
        ] {
            assert!(compile(pattern).is_ok(), "{pattern}: {:?}", compile(pattern).err());
        }
    }

    /// The errors are those of Go's package `regexp` (1.26).
    #[test]
    fn patterns_that_go_refuses_are_refused_in_its_words() {
        for (pattern, why) in [
            ("a{1001}", "invalid repeat count: `{1001}`"),
            (".{1,1001}", "invalid repeat count: `{1,1001}`"),
            ("a{1001,}", "invalid repeat count: `{1001,}`"),
            ("a{100000000000}", "invalid repeat count: `{100000000000}`"),
            ("a{2,1}", "invalid repeat count: `{2,1}`"),
            ("(a{11}){100}", "invalid repeat count: `{100}`"),
            ("((a{10}){10}){11}", "invalid repeat count: `{11}`"),
            ("(a{501}|b){1,2}", "invalid repeat count: `{1,2}`"),
            (r"\u0041", r"invalid escape sequence: `\u`"),
            (r"\1", r"invalid escape sequence: `\1`"),
            (r"[\18]", r"invalid escape sequence: `\1`"),
            (r"\é", r"invalid escape sequence: `\é`"),
            (r"\Z", r"invalid escape sequence: `\Z`"),
            (r"[\b]", r"invalid escape sequence: `\b`"),
            (r"[a-\d]", r"invalid escape sequence: `\d`"),
            (r"\p{Script=Greek}", r"invalid character class range: `\p{Script=Greek}`"),
            ("[a--b]", "invalid character class range: `a--`"),
            ("[a-[:alpha:]]", "invalid character class range: `a-[`"),
            ("[[:foo:]]", "invalid character class range: `[:foo:]`"),
            ("[b-a]", "invalid character class range: `b-a`"),
            ("[]", "missing closing ]: `[]`"),
            ("[a", "missing closing ]: `[a`"),
            ("(?x)a", "invalid or unsupported Perl syntax: `(?x`"),
            ("(?-u)a", "invalid or unsupported Perl syntax: `(?-u`"),
            ("(?i-:a)", "invalid or unsupported Perl syntax: `(?i-:`"),
            ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
            ("(?<=a)", "invalid named capture: `(?<=a)`"),
            ("*a", "missing argument to repetition operator: `*`"),
            ("a|{2}", "missing argument to repetition operator: `{2}`"),
        ] {
            assert_eq!(compile(pattern).err().as_deref(), Some(why), "{pattern}");
        }
        for pattern in ["(", "a)", "a++", "a**", "a{2}{3}", "a???", r"\p", r"\x4", r"\x{}", r"\", r"(?P<x", r"a\E"] {
            assert!(compile(pattern).is_err(), "{pattern}");
        }
    }
}
