//! UUIDs as the servers' Go library reads them.
//!
//! Owns the accepted spellings, and the error texts.

use ::uuid::Uuid;

use super::url::quote;

/// Reads a UUID in any accepted spelling; returns the usual one, in lower case.
///
/// # Errors
/// The library's text.
pub fn parse(text: &str) -> Result<String, String> {
    let misplaced = |text: &str| Err(format!("uuid: incorrect UUID format in string {}", quote(text)));
    let digits = match text.len() {
        32 | 36 => text,
        34 | 38 => match text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(digits) => digits,
            None => return misplaced(text),
        },
        41 | 45 => match text.strip_prefix("urn:uuid:") {
            Some(digits) => digits,
            None => return misplaced(text.get(..9).unwrap_or(text)),
        },
        length => return Err(format!("uuid: incorrect UUID length {length} in string {}", quote(text))),
    };
    if digits.len() == 36 && [8, 13, 18, 23].iter().any(|at| digits.as_bytes().get(*at) != Some(&b'-')) {
        return misplaced(digits);
    }
    Uuid::try_parse(digits).map(|id| id.to_string()).map_err(|_| "uuid: invalid UUID format".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Kratos 26.2.0 answered for the id of a patch.
    #[test]
    fn spellings_and_complaints() {
        let id = "3f1b0b8e-2ee7-4f10-9a51-0a2f0f0c1a11";
        for text in [
            id,
            "3F1B0B8E-2EE7-4F10-9A51-0A2F0F0C1A11",
            "{3f1b0b8e-2ee7-4f10-9a51-0a2f0f0c1a11}",
            "3f1b0b8e2ee74f109a510a2f0f0c1a11",
            "urn:uuid:3f1b0b8e-2ee7-4f10-9a51-0a2f0f0c1a11",
        ] {
            assert_eq!(parse(text).as_deref(), Ok(id));
        }
        for (text, why) in [
            ("acme", r#"uuid: incorrect UUID length 4 in string "acme""#),
            ("", r#"uuid: incorrect UUID length 0 in string """#),
            ("zf1b0b8e-2ee7-4f10-9a51-0a2f0f0c1a11", "uuid: invalid UUID format"),
            ("3f1b0b8ee-2ee7-4f10-9a51-0a2f0f0c1a1", r#"uuid: incorrect UUID format in string "3f1b0b8ee-2ee7-4f10-9a51-0a2f0f0c1a1""#),
        ] {
            assert_eq!(parse(text).unwrap_err(), why);
        }
    }
}
