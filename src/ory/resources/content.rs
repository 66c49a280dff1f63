//! Uploaded content: what goes to Ory as `base64://…` or `data:…;base64,…` comes back as the URL of a storage, whose
//! file is named by the SHA-512 of the content.
//!
//! Owns when two of them mean the same, so that a change behind our back is seen without a download, and how a text that
//! somebody wrote goes to Ory.

use crate::schema::Meaning;
use aws_lc_rs::digest::{SHA512, digest};
use base64::{
    Engine as _,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose},
};
use std::{borrow::Cow, fmt::Write as _};

/// Content, or where it is.
pub const CONTENT: Meaning = Meaning {
    name: "uploaded content",
    same: |left, right| left == right || form(left) == form(right),
    form: Some(form),
    sent: None,
    redacted: None,
    valid: |_| Ok(()),
};

/// The same, which may also be written as it is, such as the text of a file: it goes to Ory as `base64://…`.
pub const WRITTEN: Meaning = Meaning {
    same: |left, right| left == right || written(left) == written(right),
    form: Some(written),
    sent: Some(|text| {
        if is_written(text) { Cow::Owned(format!("base64://{}", general_purpose::STANDARD.encode(text))) } else { Cow::Borrowed(text) }
    }),
    ..CONTENT
};

/// Whether it is content as somebody wrote it, and not where it is, or in what form.
pub fn is_written(text: &str) -> bool {
    !text.is_empty() && !["base64://", "data:", "https://", "http://"].iter().any(|start| text.starts_with(start))
}

/// What [`form`] says, of content as it is too.
fn written(text: &str) -> Cow<'_, str> {
    if is_written(text) { Cow::Owned(hashed(text.as_bytes())) } else { form(text) }
}

fn hashed(bytes: &[u8]) -> String {
    format!("sha512:{}", hex(digest(&SHA512, bytes).as_ref()))
}

/// The hash of content and of where it is stored; other texts are what they are.
fn form(text: &str) -> Cow<'_, str> {
    match content(text).map(|bytes| hashed(&bytes)).or_else(|| stored(text).map(|hash| format!("sha512:{hash}"))) {
        Some(hash) => Cow::Owned(hash),
        None => Cow::Borrowed(text),
    }
}

/// The bytes that the text carries.
fn content(text: &str) -> Option<Vec<u8>> {
    let encoded = match text.strip_prefix("base64://") {
        Some(encoded) => encoded,
        None => text.strip_prefix("data:")?.split_once(";base64,")?.1,
    };
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [STANDARD, URL_SAFE].iter().find_map(|alphabet| GeneralPurpose::new(alphabet, lenient).decode(encoded).ok())
}

/// The hash that names a file in the storage.
fn stored(text: &str) -> Option<String> {
    let file = text.strip_prefix("https://")?.split(['?', '#']).next()?.rsplit('/').next()?;
    let hash = file.split('.').next()?;
    (hash.len() == 128 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| hash.to_ascii_lowercase())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The text that content in another form carries, if it is one.
pub fn carried(text: &str) -> Option<String> {
    String::from_utf8(content(text)?).ok()
}

/// Content that has to be in the text itself.
///
/// # Errors
/// What it has to look like.
pub fn uploaded(text: &str) -> Result<(), String> {
    let is_there = text.starts_with("base64://") && content(text).is_some();
    if is_there {
        Ok(())
    } else {
        Err("Must be `base64://` and the content in base64; `base64encode(…)` or your language's encoder writes it.".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the three bytes `abc`, from FIPS 180-2, appendix C.1.
    const ABC: &str =
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

    #[test]
    fn content_is_known_by_the_name_of_its_file() {
        let same = |left: &str, right: &str| (CONTENT.same)(left, right);
        let url = format!("https://storage.googleapis.com/bucket/{ABC}.jsonnet");
        for text in ["base64://YWJj", "data:image/png;base64,YWJj", &url, &url.to_uppercase().replace("HTTPS://", "https://")] {
            assert!(same(text, &url), "{text}");
        }
        for text in ["base64://YWJk", "https://storage.googleapis.com/bucket/abc.jsonnet", "abc", ""] {
            assert!(!same(text, &url), "{text}");
        }
        let sent = |text: &str| WRITTEN.sent.unwrap()(text).into_owned();
        assert!((WRITTEN.same)("abc", &url) && !(WRITTEN.same)("abd", &url) && !same("abc", &url));
        assert_eq!(sent("abc"), "base64://YWJj");
        for text in ["base64://YWJj", "data:image/png;base64,YWJj", &url, ""] {
            assert_eq!(sent(text), text);
        }
        assert!(same("base64://YQ", "base64://YQ==") && !same("base64://!", "base64://?"));
        assert!(uploaded("base64://YWJj").is_ok() && uploaded("YWJj").is_err() && uploaded("base64://!").is_err());
    }
}
