//! Checks of single values. They never see null or unknown.

use crate::value::Value;

/// A check of a single value. The declaration decides whether it warns or refuses.
#[derive(Clone, Copy)]
pub enum Check {
    /// One of these words, or a warning: the server accepts others but may not use them.
    Known(&'static [&'static str]),
    /// One of these words, or an error: the server refuses others.
    Only(&'static [&'static str]),
    /// The reason why the server refuses the text.
    Refuse(fn(&str) -> Result<(), String>),
    /// The reason why the text is probably a mistake.
    Warn(fn(&str) -> Result<(), String>),
    /// A number within these bounds, both included.
    Between(i64, i64),
    /// A list with elements, for this reason.
    Filled(&'static str),
}

/// Warns about words that are not among these.
pub const fn known(words: &'static [&'static str]) -> Check {
    Check::Known(words)
}

/// Refuses words that are not among these; only for what the server refuses.
pub const fn only(words: &'static [&'static str]) -> Check {
    Check::Only(words)
}

/// Refuses texts for the reason that the function gives.
pub const fn refuse(check: fn(&str) -> Result<(), String>) -> Check {
    Check::Refuse(check)
}

/// Warns about texts for the reason that the function gives.
pub const fn warn(check: fn(&str) -> Result<(), String>) -> Check {
    Check::Warn(check)
}

/// Refuses empty lists for this reason.
pub const fn filled(why: &'static str) -> Check {
    Check::Filled(why)
}

/// Refuses numbers outside these bounds.
pub const fn between(least: i64, most: i64) -> Check {
    Check::Between(least, most)
}

impl Check {
    /// Whether it is an error, and the reason; `None` if the value is valid.
    ///
    /// The text never repeats the value: it may be a secret.
    pub fn run(&self, value: &Value) -> Option<(bool, String)> {
        match (self, value) {
            (Check::Known(words), Value::String(text)) => (!words.contains(&text.as_str()))
                .then(|| (false, format!("The server accepts other values but may not use them. Known values: {}.", quoted(words)))),
            (Check::Only(words), Value::String(text)) => {
                (!words.contains(&text.as_str())).then(|| (true, format!("Must be one of {}.", quoted(words))))
            }
            (Check::Refuse(check), Value::String(text)) => check(text).err().map(|why| (true, why)),
            (Check::Warn(check), Value::String(text)) => check(text).err().map(|why| (false, why)),
            (Check::Between(least, most), Value::Number(number)) => {
                let fits = number.as_i64().is_some_and(|number| (*least..=*most).contains(&number));
                let range = if *most == i64::MAX { format!("of at least {least}") } else { format!("from {least} to {most}") };
                (!fits).then(|| (true, format!("Must be a whole number {range}.")))
            }
            (Check::Filled(why), Value::List(items)) => items.is_empty().then(|| (true, (*why).to_owned())),
            _ => None,
        }
    }
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
