//! Uploaded content: what goes to Ory as `base64://…` or `data:…;base64,…` comes back as the URL of a storage, whose
//! file is named by the SHA-512 of the content.
//!
//! Owns when two such texts mean the same, so that a change made elsewhere is seen without a download, and how a text that
//! the user wrote is sent to Ory.

use crate::{schema::Equality, value::Json};
use aws_lc_rs::digest::{SHA512, digest};
use base64::{
    Engine as _,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose},
};
use std::{borrow::Cow, fmt::Write as _};

/// Content, or the URL of stored content.
pub const CONTENT: &Equality = &Equality {
    name: "uploaded content",
    same: |left, right| left == right || form(left) == form(right),
    form: Some(form),
    sent: None,
    redacted: None,
    valid: |_| Ok(()),
};

/// The same, and the content may also be written as plain text, such as that of a file: it goes to Ory as `base64://…`.
pub const WRITTEN: &Equality = &Equality {
    same: |left, right| left == right || written(left) == written(right),
    form: Some(written),
    sent: Some(|text| if is_written(text) { Cow::Owned(encoded(text)) } else { Cow::Borrowed(text) }),
    ..*CONTENT
};

/// An image, which may also be given as the base64 of its file: its first bytes say of which kind it is, and it goes to Ory
/// as `data:image/…;base64,…`.
pub const IMAGE: &Equality = &Equality {
    name: "image",
    same: |left, right| left == right || pictured(left) == pictured(right),
    form: Some(pictured),
    sent: Some(|text| match of_file(text) {
        Some((kind, _)) => Cow::Owned(format!("data:image/{kind};base64,{}", text.trim())),
        None => Cow::Borrowed(text),
    }),
    ..*CONTENT
};

/// The same as [`form`], also for an image file in base64.
fn pictured(text: &str) -> Cow<'_, str> {
    of_file(text).map_or_else(|| form(text), |(_, bytes)| Cow::Owned(hashed(&bytes)))
}

/// The kind and the bytes of an image file in base64. The kinds are those that Ory's console accepts; their first bytes are from
/// their specifications.
fn of_file(text: &str) -> Option<(&'static str, Vec<u8>)> {
    let bytes = decoded(text.trim()).filter(|bytes| !bytes.is_empty())?;
    let drawing = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_start_matches('\u{feff}').trim_start();
        text.starts_with("<svg") || (text.starts_with("<?xml") || text.starts_with("<!")) && text.contains("<svg")
    };
    let kind = match &*bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => "png",
        [0xff, 0xd8, 0xff, ..] => "jpeg",
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => "gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "webp",
        [0, 0, 1, 0, ..] => "x-icon",
        bytes if drawing(bytes) => "svg+xml",
        _ => return None,
    };
    Some((kind, bytes))
}

/// The kinds of images that Ory's console takes.
const IMAGES: &[&str] = &["png", "svg+xml", "x-icon", "vnd.microsoft.icon", "gif", "jpeg", "webp"];

/// Checks an image: an empty text, a URL, the image itself, or the base64 of its file.
///
/// # Errors
/// What it has to look like.
pub fn image(text: &str) -> Result<(), String> {
    let is_image = |rest: &str| IMAGES.iter().any(|kind| rest.strip_prefix(kind).is_some_and(|rest| rest.starts_with(";base64,")));
    match text.strip_prefix("data:image/") {
        Some(rest) if is_image(rest) => Ok(()),
        None if text.is_empty() || text.starts_with("https://") || of_file(text).is_some() => Ok(()),
        _ => Err(format!(
            "Must be `https://…`, the base64 of an image's file (`filebase64(…)`), or `data:image/TYPE;base64,…` with one of these types: {}. An empty text is no image.",
            IMAGES.join(", ")
        )),
    }
}

/// The same, or a URL from which Ory fetches the content at the time of the write and stores it like everything else. So a
/// configured URL equals whatever the storage has. The reverse does not hold: a configured URL does not equal stored content,
/// since nobody knows whether that was fetched from there.
pub const FETCHED: &Equality =
    &Equality { same: |meant, there| (WRITTEN.same)(meant, there) || is_elsewhere(meant) && stored(there).is_some(), ..*WRITTEN };

/// The Jsonnet that maps a provider's claims to an identity when the user gives none: the address becomes the trait `email`.
pub const DEFAULT_MAPPER: &str = "\
// Written by Janiform where a provider has no `mapper_url`: what the provider calls `email` becomes the trait `email`.
local claims = std.extVar('claims');

{
  identity: {
    traits: {
      [if 'email' in claims then 'email']: claims.email,
    },
  },
}
";

/// Gives a new provider that mapper: Ory refuses a provider without one.
pub fn with_mapper(provider: &mut Json) {
    provider.put("mapper_url", encoded(DEFAULT_MAPPER).into());
}

/// The SHA-512 of the mapper that the official provider writes when the user gives none; it has the same effect.
const OFFICIAL_MAPPER: &str = "sha512:2d089e2f41b2cf8c3fa8d9a7ab1c331f539526ce0b95e5f633e1756ad5e655d9fcbea5b3c06fd609a82169bec781f72adaf728a1bf1486fd548ee01aa502dba6";

/// A mapper of claims. The official provider's default equals ours.
pub const MAPPER: &Equality =
    &Equality { same: |meant, there| (FETCHED.same)(meant, there) || mapped(meant) == mapped(there), form: Some(mapped), ..*FETCHED };

fn mapped(text: &str) -> Cow<'_, str> {
    match written(text) {
        form if form == OFFICIAL_MAPPER => written(DEFAULT_MAPPER),
        form => form,
    }
}

/// Whether it is a URL outside Ory's storage.
fn is_elsewhere(text: &str) -> bool {
    ["https://", "http://"].iter().any(|start| text.starts_with(start)) && stored(text).is_none()
}

/// Checks that the text is not empty.
///
/// # Errors
/// When the text is empty.
pub fn there(text: &str) -> Result<(), String> {
    if text.is_empty() { Err("Must not be empty.".into()) } else { Ok(()) }
}

/// Content as a URL that carries it.
pub fn encoded(text: &str) -> String {
    format!("base64://{}", general_purpose::STANDARD.encode(text))
}

/// Whether it is plain content, neither a URL nor an encoded form.
pub fn is_written(text: &str) -> bool {
    !text.is_empty() && !["base64://", "data:", "https://", "http://"].iter().any(|start| text.starts_with(start))
}

/// The same as [`form`], also for plain content.
fn written(text: &str) -> Cow<'_, str> {
    if is_written(text) { Cow::Owned(hashed(text.as_bytes())) } else { form(text) }
}

fn hashed(bytes: &[u8]) -> String {
    format!("sha512:{}", hex(digest(&SHA512, bytes).as_ref()))
}

/// The hash of encoded or stored content; other texts unchanged.
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
    decoded(encoded)
}

fn decoded(encoded: &str) -> Option<Vec<u8>> {
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

/// The text that encoded content carries, if it is text.
pub fn carried(text: &str) -> Option<String> {
    String::from_utf8(content(text)?).ok()
}

/// Checks content that must be in the text itself, and not behind a URL.
///
/// # Errors
/// What it has to look like.
pub fn uploaded(text: &str) -> Result<(), String> {
    let is_there = is_written(text) || text.starts_with("base64://") && content(text).is_some();
    if is_there {
        Ok(())
    } else {
        Err("Must be the content itself, or `base64://` and the content in base64. A URL is not allowed here.".into())
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
        for (text, is_there) in [("base64://YWJj", true), ("{}", true), ("base64://!", false), ("https://a.example", false), ("", false)] {
            assert_eq!(uploaded(text).is_ok(), is_there, "{text}");
        }
        // What Ory fetched from a URL may be anything; what is stored is no URL that somebody configured.
        let (fetched, elsewhere) = (|left: &str, right: &str| (FETCHED.same)(left, right), "https://a.example/m.jsonnet");
        assert!(fetched(elsewhere, &url) && !fetched(&url, elsewhere) && !fetched(elsewhere, "https://b.example/m.jsonnet"));
        assert!(fetched("abc", &url) && !fetched("abd", &url));
    }

    /// The first bytes of PNG (W3C, 5.2), JPEG (ISO 10918-1, B.1), GIF (89a, 17), WebP (RFC 9649, 2.3), icons (ICONDIR) and SVG.
    #[test]
    fn an_image_is_known_by_its_first_bytes() {
        let sent = |text: &str| IMAGE.sent.unwrap()(text).into_owned();
        for (kind, bytes) in [
            ("png", &b"\x89PNG\r\n\x1a\n...."[..]),
            ("jpeg", b"\xff\xd8\xff\xe0...."),
            ("gif", b"GIF89a...."),
            ("webp", b"RIFF\x04\0\0\0WEBPVP8 "),
            ("x-icon", b"\0\0\x01\0\x01\0"),
            ("svg+xml", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
            ("svg+xml", b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<svg/>"),
        ] {
            let file = general_purpose::STANDARD.encode(bytes);
            let data = format!("data:image/{kind};base64,{file}");
            let stored = format!("https://storage.googleapis.com/bucket/{}.{kind}", hex(digest(&SHA512, bytes).as_ref()));
            assert_eq!(sent(&file), data);
            assert!(image(&file).is_ok() && image(&data).is_ok() && image(&stored).is_ok(), "{kind}");
            assert!((IMAGE.same)(&file, &stored) && (IMAGE.same)(&file, &data) && sent(&data) == data && sent(&stored) == stored);
        }
        for text in ["http://a.example", "data:image/bmp;base64,AA==", "data:text/plain;base64,AA==", "logo.png", "Qk0=", "YWJj"] {
            assert!(image(text).is_err(), "{text}");
            assert_eq!(sent(text), text);
        }
        assert!(image("").is_ok() && image("https://a.example/logo.png").is_ok());
    }

    #[test]
    fn the_default_mapper_is_as_good_as_the_official_one() {
        // Of the official provider's socialprovider/resource.go and samlprovider/resource.go.
        let official = "base64://bG9jYWwgY2xhaW1zID0gc3RkLmV4dFZhcignY2xhaW1zJyk7CnsKICBpZGVudGl0eTogewogICAgdHJhaXRzOiB7CiAgICAgIGVtYWlsOiBjbGFpbXMuZW1haWwsCiAgICB9LAogIH0sCn0=";
        assert!((MAPPER.same)(DEFAULT_MAPPER, official) && (MAPPER.same)(official, &encoded(DEFAULT_MAPPER)));
        assert!(!(MAPPER.same)(DEFAULT_MAPPER, "base64://e30=") && !(MAPPER.same)(DEFAULT_MAPPER, "https://a.example/m.jsonnet"));
    }
}
