//! Which objects a URL can name: the rule for ids from every source, and the URL that names exactly the requested object.
//!
//! An id must arrive unchanged as one segment of a path. Parsers of URLs drop some characters and resolve others, and routers do so
//! again: Go's `ServeMux` cleans a path and reads a lone slash as its end, and many servers remove one slash from the end of the
//! decoded path. Ids that could change on the way are refused here, and the URL is read back and compared with the request before
//! it is used. Knows no API.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

/// The characters that are encoded in a segment: all except those that RFC 3986 (3.3) allows there. If another character is not
/// encoded, Go's `net/url` decodes and encodes the whole path again, and then an encoded slash divides it.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// Why this id cannot be the last segment of a path.
pub fn id(id: &str) -> Result<(), String> {
    segment(id)?;
    match id.ends_with('/') {
        true => {
            Err("An id must not end in a slash: servers drop a slash at the end of a path, so the request would be about another object."
                .into())
        }
        false => Ok(()),
    }
}

/// Why this cannot be a segment of a path that continues after it.
pub fn segment(text: &str) -> Result<(), String> {
    match text {
        "" => Err("An id must not be empty. Leave it out if it is optional.".into()),
        "." | ".." | "/" => Err("An id must not be `.`, `..` or `/`: in a path these mean another place, so the request would be about another object.".into()),
        text if text.chars().any(char::is_control) => Err("An id must not contain a line break, a tab or another control character, which would get lost in a URL. If it is read from a file, remove the line break at its end (in Terraform with `trimspace`).".into()),
        _ => Ok(()),
    }
}

/// The URL of these segments, not yet encoded, below the base, or why no URL names exactly these.
pub(super) fn url(base: &Url, path: &[String], query: &[(String, String)]) -> Result<Url, String> {
    if let Some((last, before)) = path.split_last() {
        before.iter().try_for_each(|text| segment(text)).and_then(|()| id(last))?;
    }
    let mut url = base.clone();
    if !path.is_empty() {
        let below: String = path.iter().map(|text| format!("/{}", utf8_percent_encode(text, SEGMENT))).collect();
        url.set_path(&format!("{}{below}", above(base)));
    }
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    match says(&url, base, path, query) {
        true => Ok(url),
        false => Err("The URL would mean another object.".into()),
    }
}

/// The path of the base, to which segments are added.
fn above(base: &Url) -> &str {
    base.path().strip_suffix('/').unwrap_or(base.path())
}

/// Whether the URL, read back, is the base with exactly this path and query.
fn says(url: &Url, base: &Url, path: &[String], query: &[(String, String)]) -> bool {
    let same_path = match url.path().strip_prefix(above(base)) {
        _ if path.is_empty() => url.path() == base.path(),
        Some(below) => {
            below.split('/').skip(1).map(|text| percent_decode_str(text).decode_utf8().ok()).eq(path.iter().map(|text| Some(text.into())))
        }
        None => false,
    };
    let added = query.iter().map(|(name, value)| (name.into(), value.into()));
    same_path
        && (url.scheme(), url.authority()) == (base.scheme(), base.authority())
        && url.query_pairs().eq(base.query_pairs().chain(added))
        && url.fragment() == base.fragment()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn base(text: &str) -> Url {
        Url::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// A path as the server reads it, by RFC 3986 alone: first divided, then decoded.
    fn read(path: &str) -> Vec<String> {
        let decoded = |segment: &str| {
            let (mut bytes, mut rest) = (Vec::new(), segment.as_bytes());
            while let Some((&byte, tail)) = rest.split_first() {
                if byte == b'%' {
                    let digits = std::str::from_utf8(&tail[..2]).unwrap();
                    bytes.push(u8::from_str_radix(digits, 16).unwrap());
                    rest = &tail[2..];
                } else {
                    assert!(byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte), "{segment}");
                    bytes.push(byte);
                    rest = tail;
                }
            }
            String::from_utf8(bytes).unwrap()
        };
        path.split('/').skip(1).map(decoded).collect()
    }

    #[test]
    fn what_parsers_and_routers_lose_is_refused() {
        for lost in ["", ".", "..", "/", "a\t", "a\n", "\r", "\u{0}", "\u{7f}", "\u{85}"] {
            assert!(segment(lost).is_err() && id(lost).is_err(), "{lost:?}");
        }
        for lost in ["a/", "//", "https://idp.example/"] {
            assert!(segment(lost).is_ok() && id(lost).is_err(), "{lost:?}");
        }
        for kept in ["...", "a/b", "/a", "a//b", "../a", "a/..", "%2e", "a%", " ", "a\\b", "ü", "{id}", "*"] {
            assert!(segment(kept).is_ok() && id(kept).is_ok(), "{kept:?}");
        }
    }

    #[test]
    fn a_base_keeps_its_path() {
        let path = ["admin".to_owned(), "x/y".to_owned()];
        for (at, whole) in [
            ("http://h", "http://h/admin/x%2Fy"),
            ("http://h/", "http://h/admin/x%2Fy"),
            ("https://h:8/a%2Fb/", "https://h:8/a%2Fb/admin/x%2Fy"),
            ("https://h/a//", "https://h/a//admin/x%2Fy"),
            ("https://h/%ff", "https://h/%ff/admin/x%2Fy"),
        ] {
            assert_eq!(url(&base(at), &path, &[]).unwrap().as_str(), whole);
        }
        assert_eq!(url(&base("http://h/a/"), &[], &[]).unwrap().as_str(), "http://h/a/");
    }

    #[test]
    fn what_is_lost_in_the_url_is_noticed() {
        let (base, path) = (base("http://h/a"), vec!["admin".to_owned(), "id".to_owned()]);
        let query = vec![("q".to_owned(), "x y".to_owned())];
        assert!(says(&url(&base, &path, &query).unwrap(), &base, &path, &query));
        for other in [
            "http://h/a/admin/id",
            "http://h/a/admin/ID?q=x+y",
            "http://h/a/admin?q=x+y",
            "http://i/a/admin/id?q=x+y",
            "https://h/a/admin/id?q=x+y",
            "http://u@h/a/admin/id?q=x+y",
            "http://h:81/a/admin/id?q=x+y",
            "http://h/admin/id?q=x+y",
            "http://h/a/admin/id?q=xy",
            "http://h/a/admin/id?q=x+y&p=",
            "http://h/a/admin/id?q=x+y#f",
            "http://h/a/admin/id/?q=x+y",
            "http://h/a/admin/i%64%2F?q=x+y",
        ] {
            assert!(!says(&Url::parse(other).unwrap(), &base, &path, &query), "{other}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn a_url_says_what_is_asked_or_is_none(
            path in prop::collection::vec(prop_oneof!["[a./%\\\\|?#; ü:@\\t\\n]{0,4}", any::<String>()], 0..4),
            query in prop::collection::vec((any::<String>(), any::<String>()), 0..3),
        ) {
            let built = url(&base("http://h:1/b/"), &path, &query);
            let fits = path.iter().all(|text| segment(text).is_ok()) && path.last().is_none_or(|text| id(text).is_ok());
            prop_assert_eq!(built.is_ok(), fits);
            if let Ok(built) = built {
                let mut whole = vec!["b".to_owned()];
                whole.extend(path.iter().cloned());
                if path.is_empty() {
                    whole.push(String::new());
                }
                prop_assert_eq!(read(built.path()), whole);
                prop_assert_eq!(built.query_pairs().into_owned().collect::<Vec<_>>(), query);
            }
        }
    }
}
