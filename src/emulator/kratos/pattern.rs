//! Patterns of schemas, which Kratos reads as Go's regular expressions.
//!
//! Owns the translation for the library here. Both have the syntax of RE2, but differ in the meaning of classes such as `\d`, in
//! the characters that brackets may contain without an escape, and in what may be escaped. A few patterns that Go refuses are
//! accepted here, such as a repetition of a repetition.

use regex::Regex;

/// A compiled pattern.
///
/// # Errors
/// What is wrong with it.
pub fn compile(pattern: &str) -> Result<Regex, String> {
    Regex::new(&respell(pattern)).map_err(|error| error.to_string())
}

/// The pattern in the syntax of the library here.
fn respell(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    // Whether this is inside of brackets, and if so, whether they are still empty.
    let mut class: Option<bool> = None;
    while let Some(first) = rest.chars().next() {
        let mut length = first.len_utf8();
        let next = rest[length..].chars().next();
        match (first, next) {
            ('\\', Some(escaped)) => {
                length += escaped.len_utf8();
                match escaped {
                    'Q' if class.is_none() => {
                        let quoted = &rest[length..];
                        let end = quoted.find("\\E").unwrap_or(quoted.len());
                        out.push_str(&regex::escape(&quoted[..end]));
                        length += (end + 2).min(quoted.len());
                    }
                    'd' => out.push_str("[0-9]"),
                    'D' => out.push_str("[^0-9]"),
                    'w' => out.push_str("[0-9A-Za-z_]"),
                    'W' => out.push_str("[^0-9A-Za-z_]"),
                    's' => out.push_str("[\\t\\n\\f\\r ]"),
                    'S' => out.push_str("[^\\t\\n\\f\\r ]"),
                    'b' | 'B' if class.is_none() => out.push_str(&format!("(?-u:\\{escaped})")),
                    mark if mark.is_ascii_punctuation() => out.push_str(&regex::escape(&mark.to_string())),
                    other => out.extend(['\\', other]),
                }
                class = class.map(|_| false);
            }
            ('[', _) if class.is_none() => {
                out.push('[');
                if next == Some('^') {
                    out.push('^');
                    length += 1;
                }
                class = Some(true);
            }
            // A bracket in the first place is a member, and so is one that does not begin a name such as `[:alpha:]`.
            (']', _) if class == Some(true) => {
                out.push_str("\\]");
                class = Some(false);
            }
            (']', _) if class.is_some() => {
                out.push(']');
                class = None;
            }
            ('[', Some(':')) if rest.contains(":]") => {
                length = rest.find(":]").map_or(length, |end| end + 2);
                out.push_str(&rest[..length]);
                class = Some(false);
            }
            ('[' | '&' | '~', _) if class.is_some() => {
                out.extend(['\\', first]);
                class = Some(false);
            }
            _ => {
                out.push(first);
                class = class.map(|_| false);
            }
        }
        rest = &rest[length..];
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Expected values are those of Go's package `regexp`.
    #[test]
    fn patterns_match_what_they_match_in_go() {
        for (pattern, fits, fails) in [
            (r"^\d+$", "12", "१२"),
            (r"^\w+$", "a_1", "é"),
            (r"^[\w.-]+$", "a.b-c", "a b"),
            (r"^[^\s[]+$", "a]", "a["),
            (r"^[]a]+$", "]a", "b"),
            (r"^[^]]$", "a", "]"),
            (r"^[a&&b]+$", "a&b", "c"),
            (r"^[[:alpha:]]+$", "ab", "1"),
            (r"^\Qa.b\E$", "a.b", "axb"),
            (r"^a\/b\-c\_d$", "a/b-c_d", "a"),
            (r"^\p{Greek}$", "λ", "l"),
            (r"(?i)^é$", "É", "e"),
            (r"^a$", "a", "a\n"),
            (r"^.$", "é", "\n"),
            (r"\bx\b", "a x", "éx_"),
            (r"^(a|b){2,3}$", "aba", "a"),
            (r"b", "abc", "ac"),
        ] {
            let compiled = compile(pattern).unwrap();
            assert!(compiled.is_match(fits), "{pattern} {fits}");
            assert!(!compiled.is_match(fails), "{pattern} {fails}");
        }
        for pattern in ["(", "[a", r"(?=a)", r"\1", "a{1001}{1001}"] {
            assert!(compile(pattern).is_err(), "{pattern}");
        }
    }
}
