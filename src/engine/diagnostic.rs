//! What is said to the user: what failed, where, why, and what to do next.
//!
//! Owns that a message gives a terminal no orders. What comes from outside goes through [`one_line`] where it gets into
//! a message; both faces send messages as [`Diagnostic::harmless`] leaves them, whoever made them.

use crate::value::Path;
use std::borrow::Cow;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The operation cannot go on.
    Error,
    /// It can, but somebody should look.
    Warning,
}

/// One message to the user. It never holds a configured value: that may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What failed, in a few words without a full stop.
    pub summary: String,
    /// Why, and what to do next.
    pub detail: String,
    /// Where in the configuration; the root means the whole object.
    pub path: Path,
    /// The server does not let this user have what was asked for: the plan does not include it, or the key may not.
    pub withheld: bool,
}

impl Diagnostic {
    /// An error about the object as a whole.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Error, summary: summary.into(), detail: detail.into(), path: Path::ROOT, withheld: false }
    }

    /// A warning about the object as a whole.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, summary: summary.into(), detail: detail.into(), path: Path::ROOT, withheld: false }
    }

    /// The same message, pointing here.
    pub fn at(mut self, path: Path) -> Diagnostic {
        self.path = path;
        self
    }

    /// The same message, with what a terminal would obey written out. Line feeds stay: they part its paragraphs.
    pub fn harmless(self) -> Diagnostic {
        let paragraphs = |text: String| match text.chars().any(|c| c != '\n' && is_order(c)) {
            true => text.split('\n').map(one_line).collect::<Vec<_>>().join("\n"),
            false => text,
        };
        Diagnostic { summary: one_line(&self.summary).into_owned(), detail: paragraphs(self.detail), ..self }
    }

    /// True for errors.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The text on one line and without orders: controls, line breaks of any kind and marks that turn the direction of
/// writing are written out, as `\u{1b}`. With them, a text of somebody else's could look like a message of ours.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_order) {
        return Cow::Borrowed(text);
    }
    text.chars()
        .fold(String::with_capacity(text.len()), |mut shown, c| {
            match is_order(c) {
                true => shown.extend(c.escape_default()),
                false => shown.push(c),
            }
            shown
        })
        .into()
}

/// Whether a terminal obeys the character, or shows what comes after it in another place.
fn is_order(c: char) -> bool {
    c.is_control() || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// True if any of these is an error.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::is_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_given_no_orders() {
        for (text, shown) in [
            ("plain ünïcödé 漢字 👩‍👩‍👧", "plain ünïcödé 漢字 👩‍👩‍👧"),
            ("a\u{1b}[2Jb\u{7}", "a\\u{1b}[2Jb\\u{7}"),
            ("a\r\n\tError: b", "a\\r\\n\\tError: b"),
            ("\u{9b}31m\u{85}\u{7f}\u{0}", "\\u{9b}31m\\u{85}\\u{7f}\\u{0}"),
            ("\u{202e}txt.exe\u{2066}\u{200f}\u{2028}", "\\u{202e}txt.exe\\u{2066}\\u{200f}\\u{2028}"),
        ] {
            assert_eq!(one_line(text), shown);
            let message = Diagnostic::error(text, format!("first\n\n{text}")).harmless();
            assert_eq!(message.summary, shown);
            assert_eq!(message.detail, format!("first\n\n{shown}").replace("\\n", if text.contains('\r') { "\n" } else { "\\n" }));
        }
    }
}
