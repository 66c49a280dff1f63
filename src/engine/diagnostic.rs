//! Messages to the user: what failed, where, why, and what to do next.
//!
//! Owns that a message contains no terminal control sequences. Texts from outside go through [`one_line`] when they get into
//! a message; both faces send every message in the form of [`Diagnostic::harmless`].

use crate::value::Path;
use std::borrow::Cow;

/// The severity of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The operation cannot continue.
    Error,
    /// The operation can continue, but a person should look at it.
    Warning,
}

/// One message to the user. It never contains a configured value, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its severity.
    pub severity: Severity,
    /// What failed, in a few words without a full stop.
    pub summary: String,
    /// Why, and what to do next.
    pub detail: String,
    /// The place in the configuration; the root means the whole object.
    pub path: Path,
    /// The server refuses this to the user: the plan does not include it, or the key has no permission.
    pub withheld: bool,
    /// The server did not accept the credentials.
    pub unauthorized: bool,
}

impl Diagnostic {
    /// An error about the object as a whole.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            summary: summary.into(),
            detail: detail.into(),
            path: Path::ROOT,
            withheld: false,
            unauthorized: false,
        }
    }

    /// A warning about the object as a whole.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Warning,
            summary: summary.into(),
            detail: detail.into(),
            path: Path::ROOT,
            withheld: false,
            unauthorized: false,
        }
    }

    /// The same message, pointing here.
    pub fn at(mut self, path: Path) -> Diagnostic {
        self.path = path;
        self
    }

    /// The same message, with terminal control characters escaped. Line feeds stay: they separate its paragraphs.
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

/// The text on one line without control characters: controls, line breaks of any kind and marks that change the direction of
/// writing are escaped, as `\u{1b}`. With them, a text from outside could look like a message of the provider.
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

/// Whether the character controls a terminal, or changes the place of the text after it.
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
