//! Form bodies and query strings, read and written as Go's `net/url` does.
//!
//! Owns percent coding and the ordered list of values. Does not know the meaning of members.

/// Name and value pairs in the order in which they came.
#[derive(Clone, Debug, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads pairs. Malformed ones are left out, as in Go.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let parts = text.split('&').filter(|part| !part.is_empty() && !part.contains(';'));
        let pairs = parts.filter_map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Some((query_unescape(name)?, query_unescape(value)?))
        });
        Self(pairs.collect())
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first value with this name, or an empty text.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|pair| pair.0 == name).map_or("", |pair| &pair.1)
    }

    /// Whether there is a value with this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|pair| pair.0 == name)
    }

    /// The names, with repetitions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|pair| pair.0.as_str())
    }

    /// Every value with this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |pair| pair.0 == name).map(|pair| pair.1.as_str())
    }

    /// Removes all values with this name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|pair| pair.0 != name);
    }

    /// Replaces all values with this name by a single one.
    pub fn set(&mut self, name: &str, value: &str) {
        self.0.retain(|pair| pair.0 != name);
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// The query string, sorted by name.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut pairs: Vec<_> = self.0.iter().collect();
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        let parts: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{}={}", query_escape(name), query_escape(value))).collect();
        parts.join("&")
    }
}

/// Undoes percent coding with `+` as space; `None` if an escape is malformed.
#[must_use]
pub fn query_unescape(text: &str) -> Option<String> {
    percent_decode(&text.replace('+', " "))
}

/// Undoes percent coding; `None` if an escape is malformed. Bytes that are not UTF-8 become U+FFFD.
#[must_use]
pub fn percent_decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        if byte == b'%' {
            let high = char::from(*tail.first()?).to_digit(16)?;
            let low = char::from(*tail.get(1)?).to_digit(16)?;
            out.push(u8::try_from(high * 16 + low).ok()?);
            rest = &tail[2..];
        } else {
            out.push(byte);
            rest = tail;
        }
    }
    Some(String::from_utf8_lossy(&out).into_owned())
}

fn query_escape(text: &str) -> String {
    escape(text, |byte| byte == b' ' || is_unreserved(byte)).replace(' ', "+")
}

/// Percent-encodes a path segment.
#[must_use]
pub fn path_escape(text: &str) -> String {
    escape(text, |byte| is_unreserved(byte) || b"$&+=:@".contains(&byte))
}

/// Percent-encodes every byte except those for which `keep` is true.
pub fn escape(text: &str, keep: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if keep(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Letters, digits and `-_.~`.
#[must_use]
pub fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_pairs() {
        let mut form = Form::parse("b=1+2&a=%C3%BC&b=3&&c");
        assert_eq!(form.get("b"), "1 2");
        assert_eq!(form.all("b").count(), 2);
        assert_eq!(form.get("nope"), "");
        form.set("b", "x y/=");
        assert_eq!(form.encode(), "a=%C3%BC&b=x+y%2F%3D&c=");
    }

    #[test]
    fn malformed_parts_are_dropped() {
        let form = Form::parse("a=%zz&b=1;2&c=3");
        assert_eq!(form.encode(), "c=3");
    }

    #[test]
    fn segments_are_escaped() {
        assert_eq!(path_escape("a b/ü?%$"), "a%20b%2F%C3%BC%3F%25$");
    }
}
