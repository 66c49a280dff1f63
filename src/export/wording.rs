//! Turns the keywords of a table into sentences, the same for every format that people read.
//!
//! Owns sentences about defaults, known values, bounds and meanings. Does not know any format.

use crate::schema::{Attr, Check, Default, Field, Lookup, Nested, Presence, Resource};
use std::borrow::Cow;

/// The description of a resource's `id`.
pub fn id(resource: &Resource) -> String {
    match resource.keyless() {
        true => "Identifies the object.".to_owned(),
        false => format!("Identifies the object; the same as `{}`.", resource.key),
    }
}

/// The description of a data source's `id`.
pub fn id_of_lookup(lookup: &Lookup) -> String {
    match lookup.of.keyless() {
        true => "The object's id.".to_owned(),
        false => format!("Stands for `{}`.", lookup.by),
    }
}

/// The sentences for everything that the field's own text leaves to its declaration. `managed` says whether the field is part of a
/// managed object, and not of a look-up.
pub fn notes(field: &Field, managed: bool) -> Vec<String> {
    let Some(attr) = field.attr else { return Vec::new() };
    let mut notes = Vec::new();
    if let Some(meaning) = meaning(attr) {
        notes.push(meaning.into_owned());
    }
    if field.configurable() {
        notes.extend(attr.checks.iter().chain(&attr.each).flatten().filter_map(|check| values(attr, check)));
        if let Some(default) = attr.default {
            notes.push(format!("Default: {}.", literal(default)));
        }
        if let Some(name) = attr.alias_of {
            notes.push(format!("Another name of `{name}`. Only one of the two may be set."));
        }
        if managed && field.presence == Presence::WhileSet {
            notes.push("Neither read nor changed while it is not set.".to_owned());
        }
        if managed && attr.replaces {
            notes.push("A change replaces the object.".to_owned());
        }
    }
    if let Some(variable) = attr.env {
        notes.push(format!("Environment variable: `{variable}`."));
    }
    notes
}

/// Which values mean the same, if that is not obvious from the type.
fn meaning(attr: &Attr) -> Option<Cow<'static, str>> {
    if let Some(key) = attr.keyed {
        return Some(format!("The elements are identified by their `{key}`; their order has no meaning.").into());
    }
    let text = match attr.equality.name {
        "duration" if !attr.doc.contains("duration") => Some("A duration, such as `90m` or `1h30m`."),
        "words" if !attr.unordered => Some("The order of the words has no meaning."),
        _ if attr.unordered => Some("The order has no meaning."),
        _ => None,
    };
    text.map(Cow::Borrowed)
}

/// The values of a check, unless the text has all of them already.
fn values(attr: &Attr, check: &Check) -> Option<String> {
    let (lead, words) = match check {
        Check::Only(words) => ("One of", words),
        Check::Known(words) => ("Known values:", words),
        Check::Between(least, i64::MAX) => return Some(format!("At least {least}.")),
        Check::Between(least, most) => return Some(format!("From {least} to {most}.")),
        Check::Refuse(_) | Check::Warn(_) | Check::Filled(_) => return None,
    };
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    let said = quoted.iter().all(|word| attr.doc.contains(word.as_str()));
    (!said).then(|| format!("{lead} {}.", quoted.join(", ")))
}

fn literal(default: Default) -> String {
    match default {
        Default::Text(text) => format!("`{text}`"),
        Default::Flag(flag) => format!("`{flag}`"),
        Default::Int(number) => format!("`{number}`"),
    }
}

/// The fields of a nested object. If only the server decides the object, that is so for all of its attributes.
pub fn nested(outer: &Field, nested: &'static Nested) -> Vec<Field> {
    let fields = nested.table.attrs().enumerate().map(|(index, attr)| Field {
        attr: Some(attr),
        index,
        presence: if outer.configurable() { attr.presence } else { outer.presence },
    });
    fields.collect()
}

/// The first paragraph of Markdown as plain text, for places without formatting.
pub fn plain(markdown: &str) -> String {
    let paragraph = markdown.split("\n\n").next().unwrap_or_default();
    let mut plain = String::with_capacity(paragraph.len());
    let mut rest = paragraph;
    // `[text](target)` is its text.
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        match after.split_once("](").and_then(|(text, link)| Some((text, link.split_once(')')?.1))) {
            Some((text, after)) => {
                plain.push_str(text);
                rest = after;
            }
            None => {
                plain.push('[');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain.replace(['`', '*'], "").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{DURATION, Presence, between, int, integer, known, list, only, string, text};

    fn notes_of(attr: &'static Attr, presence: Presence) -> String {
        notes(&Field { attr: Some(attr), index: 0, presence }, true).join(" ")
    }

    #[test]
    fn what_the_declaration_knows_is_said() {
        static SIZE: Attr = integer("size", "The size.").check(between(0, 20)).default(int(6)).env("SIZE");
        static MODE: Attr = string("mode", "How.").check(only(&["a", "b"])).replaces();
        static TAGS: Attr = list("tags", "Tags.").unordered().each(known(&["x"]));
        static LIFE: Attr = string("life", "How long.").means(DURATION).default(text("1h"));
        assert_eq!(notes_of(&SIZE, SIZE.presence), "From 0 to 20. Default: `6`. Environment variable: `SIZE`.");
        assert_eq!(notes_of(&MODE, MODE.presence), "One of `a`, `b`. A change replaces the object.");
        assert_eq!(notes_of(&TAGS, TAGS.presence), "The order has no meaning. Known values: `x`.");
        assert_eq!(notes_of(&LIFE, LIFE.presence), "A duration, such as `90m` or `1h30m`. Default: `1h`.");
        assert_eq!(notes_of(&MODE, Presence::ReadOnly), "", "what nobody can set has no values to choose from");
    }

    #[test]
    fn values_are_not_named_twice() {
        static MODE: Attr = string("mode", "Either `a` or `b`.").check(only(&["a", "b"]));
        assert_eq!(notes_of(&MODE, MODE.presence), "");
    }

    #[test]
    fn plain_text_has_no_markup() {
        assert_eq!(plain("A [thing](https://x.example) with `code`\nand [brackets].\n\nMore."), "A thing with code and [brackets].");
    }
}
