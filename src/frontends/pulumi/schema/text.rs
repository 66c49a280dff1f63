//! JSON as text, member by member, without a tree in between.

use serde::Serialize;

/// An object that is being written; the default is that of members without an object around them.
#[derive(Default)]
pub(super) struct Text(String);

impl Text {
    /// An object without members so far.
    pub(super) fn object() -> Text {
        Text("{".to_owned())
    }

    /// All of it.
    pub(super) fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }

    /// The members, if nothing is around them.
    pub(super) fn into_members(self) -> String {
        self.0
    }

    /// A member that is an object, which this writes.
    pub(super) fn within(&mut self, name: &str, write: impl FnOnce(&mut Text)) {
        self.name(name);
        self.0.push('{');
        write(self);
        self.0.push('}');
    }

    /// A member that is an object with these members.
    pub(super) fn members(&mut self, name: &str, members: &str) {
        self.within(name, |out| out.0.push_str(members));
    }

    /// A member that is a text.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        quote(&mut self.0, text);
    }

    /// A member that is a list of texts.
    pub(super) fn texts<T: AsRef<str>>(&mut self, name: &str, texts: impl IntoIterator<Item = T>) {
        self.name(name);
        self.0.push('[');
        for (place, text) in texts.into_iter().enumerate() {
            if place > 0 {
                self.0.push(',');
            }
            quote(&mut self.0, text.as_ref());
        }
        self.0.push(']');
    }

    /// A member that is any JSON.
    pub(super) fn json(&mut self, name: &str, value: &impl Serialize) {
        self.name(name);
        self.0.push_str(&serde_json::to_string(value).unwrap_or_default());
    }

    /// A member whose text consists of these parts.
    pub(super) fn member(&mut self, parts: &[&str]) {
        self.comma();
        parts.iter().for_each(|part| self.0.push_str(part));
    }

    fn name(&mut self, name: &str) {
        self.comma();
        quote(&mut self.0, name);
        self.0.push(':');
    }

    /// At the beginning of an object, nothing is before a member.
    fn comma(&mut self) {
        if !self.0.is_empty() && !self.0.ends_with('{') {
            self.0.push(',');
        }
    }
}

/// Adds a text in quotes.
pub(super) fn quote(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = escaped(rest.as_bytes()) {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'\n' => out.push_str("\\n"),
            byte @ (b'"' | b'\\') => {
                out.push('\\');
                out.push(char::from(byte));
            }
            byte => out.push_str(&format!("\\u{byte:04x}")),
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

/// Where the first byte is that a text in quotes has to escape. Of eight bytes at a time, since there are many and few of them are.
fn escaped(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    // Bytes below `limit` have their highest bit set in the result; those above 127 never have. A byte above a lower one may have it
    // too, which only means that it is looked at.
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word & (ONES << 7);
    let is_plain = |word: u64| {
        let same = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
        below(word, b' ') | same(b'"') | same(b'\\') == 0
    };
    let (words, _) = bytes.as_chunks();
    let plain = 8 * words.iter().take_while(|word| is_plain(u64::from_le_bytes(**word))).count();
    let is_escaped = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
    bytes[plain..].iter().position(is_escaped).map(|at| plain + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn members_are_written_in_their_order() {
        let mut out = Text::object();
        out.text("a", "{");
        out.within("b", |out| {
            out.texts::<&str>("c", []);
            out.texts("d", ["x", "y"]);
            out.within("e", |_| {});
        });
        out.members("f", r#""g":1"#);
        out.json("h", &[true]);
        assert_eq!(out.end(), r#"{"a":"{","b":{"c":[],"d":["x","y"],"e":{}},"f":{"g":1},"h":[true]}"#);
    }

    proptest! {
        #[test]
        fn quoted_texts_are_read_again(text: String) {
            let mut quoted = String::new();
            quote(&mut quoted, &text);
            prop_assert_eq!(serde_json::from_str::<String>(&quoted).unwrap(), text);
        }
    }
}
