//! Quoted texts in a form that all languages of programs share, and characters that a source cannot contain.

use std::fmt::Write as _;

/// True if a text can stand in a source as it is: it has no line break, no control and no mark that turns the direction of
/// writing.
pub fn is_plain(text: &str) -> bool {
    !text.chars().any(hides)
}

/// True if a text of several lines can stand in a source as it is.
pub(super) fn is_lines(text: &str) -> bool {
    text.trim_end_matches('\n').contains('\n') && !text.chars().any(|c| c != '\n' && c != '\t' && hides(c))
}

/// Characters that an editor does not show.
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// The text in double quotes, with `\uXXXX` for hidden characters. All languages here read it alike.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if hides(c) => {
                // Writing to a `String` does not fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// This many levels of indentation.
pub(super) fn tabs(unit: &str, level: usize) -> String {
    unit.repeat(level)
}

/// A list that is longer has a line for each element.
const WIDTH: usize = 100;

/// Whether the elements of a list have room on one line.
pub(super) fn is_short(items: &[String]) -> bool {
    items.iter().all(|item| !item.contains('\n')) && items.iter().map(|item| item.len() + 2).sum::<usize>() < WIDTH
}

/// A level of indentation in Python and TypeScript.
pub(super) const UNIT: &str = "    ";

/// A list in brackets, as Python and TypeScript write it.
pub(super) fn list(items: impl Iterator<Item = String>, level: usize) -> String {
    let (indent, lines) = (tabs(UNIT, level + 1), items.collect::<Vec<_>>());
    match lines.as_slice() {
        [] => "[]".to_owned(),
        short if is_short(short) => format!("[{}]", short.join(", ")),
        lines => format!("[\n{}{}]", lines.iter().map(|line| format!("{indent}{line},\n")).collect::<String>(), tabs(UNIT, level)),
    }
}

/// Members in braces, as Python and TypeScript write them.
pub(super) fn members(items: impl Iterator<Item = (String, String)>, level: usize) -> String {
    let indent = tabs(UNIT, level + 1);
    let lines: String = items.map(|(name, value)| format!("{indent}{name}: {value},\n")).collect();
    if lines.is_empty() { "{}".to_owned() } else { format!("{{\n{lines}{}}}", tabs(UNIT, level)) }
}
