//! JSON as text, member by member, without a tree in between.

use serde::Serialize;

/// An object that is being written.
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

    /// Its members, without what is around them.
    pub(super) fn into_members(mut self) -> String {
        self.0.split_off(1)
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
        self.within(name, |out| out.push(members));
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

    /// Text that is a part of an object already.
    pub(super) fn push(&mut self, part: &str) {
        self.0.push_str(part);
    }

    fn name(&mut self, name: &str) {
        // At the beginning of an object, nothing is before a member.
        if !self.0.ends_with('{') {
            self.0.push(',');
        }
        quote(&mut self.0, name);
        self.0.push(':');
    }
}

/// Adds a text in quotes.
pub(super) fn quote(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
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
