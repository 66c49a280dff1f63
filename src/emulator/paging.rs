//! Paging through lists.
//!
//! Owns the query members, the page tokens and the `Link` header of both profiles. Does not know
//! what is listed, or the form of errors.

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};

use super::go::form::Form;
use super::go::json;
use super::{clock, secret};

const DEFAULT: u64 = 100;
const MOST: u64 = 500;
const LIFETIME_SECONDS: i64 = 3600;

/// A page that is requested by key: everything after the last id of the page before.
pub struct KeysetPage {
    /// How many.
    pub size: u64,
    /// Ids after this one.
    pub after: Option<String>,
}

impl KeysetPage {
    /// Reads the query.
    ///
    /// # Errors
    /// Why size or token cannot be read: the token may be too old or not one of ours.
    pub fn read(query: &Form, system_secret: &[u8]) -> Result<Self, String> {
        let size = match query.get("page_size") {
            "" => DEFAULT,
            text => match text.parse::<i64>() {
                Ok(size) if size > 0 => size.unsigned_abs().min(MOST),
                Ok(_) => DEFAULT,
                Err(_) => {
                    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
                    let numeric = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                    let why = if numeric { "value out of range" } else { "invalid syntax" };
                    return Err(format!("strconv.Atoi: parsing {text:?}: {why}"));
                }
            },
        };
        let after = match query.get("page_token") {
            "" => None,
            token => open(token, system_secret).map_err(|why| format!("decode token: {why}"))?,
        };
        Ok(Self { size, after })
    }

    /// Reads this page with `read`, which gets the number of rows to read. Also returns the last id on the page if there is
    /// another page.
    ///
    /// # Errors
    /// What `read` fails with.
    pub fn cut<T, E>(&self, read: impl FnOnce(u64) -> Result<Vec<T>, E>, id: impl Fn(&T) -> String) -> Result<(Vec<T>, Option<String>), E> {
        // One more row than requested shows whether there is a next page.
        let mut rows = read(self.size + 1)?;
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        let last = rows.last().filter(|_| more).map(id);
        Ok((rows, last))
    }

    /// The token of the page after this id.
    ///
    /// # Errors
    /// When the system's random number generator fails.
    pub fn token(&self, last: &str, system_secret: &[u8]) -> Result<String, secret::NoRandomness> {
        seal(last, system_secret)
    }

    /// The `Link` header, `last` being the last id of this page if there is another one.
    ///
    /// # Errors
    /// When the system's random number generator fails.
    pub fn links(&self, path: &str, query: &Form, last: Option<&str>, system_secret: &[u8]) -> Result<String, secret::NoRandomness> {
        let mut links = Vec::new();
        for (relation, after) in [("first", Some("")), ("next", last)] {
            if let Some(after) = after {
                let token = seal(after, system_secret)?;
                links.push(link(path, query, self.size, &token, relation));
            }
        }
        Ok(links.join(","))
    }
}

/// A token of a page: `nonce.expiry.id`, signed, so that nobody else can make or read one.
///
/// # Errors
/// When the system's random number generator fails.
pub fn seal(after: &str, system_secret: &[u8]) -> Result<String, secret::NoRandomness> {
    let nonce = URL_SAFE_NO_PAD.encode(secret::random::<12>()?);
    let expiry = clock::seconds() + LIFETIME_SECONDS;
    let content = format!("{nonce}.{expiry}.{after}");
    let signature = secret::sign(system_secret, &content);
    Ok(URL_SAFE.encode(format!("{signature}.{content}")))
}

/// The id in a token of a page; `None` for the first page.
///
/// # Errors
/// Why it is not one of ours, or too old.
pub fn open(token: &str, system_secret: &[u8]) -> Result<Option<String>, String> {
    let bytes = URL_SAFE.decode(token).map_err(|_| {
        let bad = token.bytes().position(|b| !b.is_ascii_alphanumeric() && !b"-_".contains(&b));
        format!("illegal base64 data at input byte {}", bad.unwrap_or(token.len() / 4 * 4))
    })?;
    let text = String::from_utf8(bytes).unwrap_or_default();
    let invalid = || "invalid token".to_owned();
    let (signature, content) = text.split_once('.').ok_or_else(invalid)?;
    if !secret::same(signature, &secret::sign(system_secret, content)) {
        return Err(invalid());
    }
    let mut parts = content.splitn(3, '.').skip(1);
    let expiry = parts.next().and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
    if expiry < clock::seconds() {
        return Err("token expired".to_owned());
    }
    Ok(parts.next().filter(|after| !after.is_empty()).map(str::to_owned))
}

fn link(path: &str, query: &Form, size: u64, token: &str, relation: &str) -> String {
    let mut query = query.clone();
    query.set("page_size", &size.to_string());
    query.set("page_token", token);
    format!("<{path}?{}>; rel=\"{relation}\"", query.encode())
}

/// A page that is requested by offset, as in the older release. Every query is accepted.
pub struct OffsetPage {
    /// How many.
    pub size: u64,
    /// How many to skip.
    pub offset: u64,
}

impl OffsetPage {
    const DEFAULT: u64 = 250;
    const MOST: i64 = 1000;

    /// Reads the query.
    #[must_use]
    pub fn read(query: &Form) -> Self {
        let size = match query.get("page_size").parse::<i64>() {
            Ok(size) => size.clamp(1, Self::MOST).unsigned_abs(),
            Err(_) => Self::DEFAULT,
        };
        let offset = URL_SAFE_NO_PAD
            .decode(query.get("page_token"))
            .ok()
            .and_then(|bytes| json::parse_first(&bytes).ok())
            .and_then(|token| match token.member("offset")? {
                json::Json::Number(raw) => raw.parse().ok(),
                other => other.as_text()?.parse().ok(),
            })
            .unwrap_or(0_u64);
        // Pages are numbered: an offset inside a page is that of its start.
        Self { size, offset: offset / size * size }
    }

    /// Reads a query with a page number or a token, for lists that support both.
    #[must_use]
    pub fn read_mixed(query: &Form) -> Self {
        if query.has("page_token") || query.has("page_size") {
            Self::read(query)
        } else {
            Self::read_pages(query, Self::MOST.unsigned_abs())
        }
    }

    /// Reads a query with a page number.
    #[must_use]
    pub fn read_pages(query: &Form, most: u64) -> Self {
        let size = match query.get("per_page").parse::<i64>() {
            Ok(size) => size.max(1).unsigned_abs().min(most),
            Err(_) => Self::DEFAULT,
        };
        let page = query.get("page").parse::<i64>().map_or(0, |page| page.max(0).unsigned_abs());
        Self { size, offset: page.saturating_mul(size) }
    }

    /// The token of the page that starts at this offset.
    #[must_use]
    pub fn token(offset: i128) -> String {
        URL_SAFE_NO_PAD.encode(format!(r#"{{"offset":"{offset}","v":2}}"#))
    }

    /// The `Link` header.
    #[must_use]
    pub fn links(&self, path: &str, query: &Form, total: u64) -> String {
        self.links_with(total, |size, offset| {
            let mut query = query.clone();
            query.set("page_size", &size.to_string());
            query.set("page_token", &Self::token(offset));
            format!("{path}?{}", query.encode())
        })
    }

    /// The `Link` header, with a function for the URL of a page by its size and start.
    #[must_use]
    pub fn links_with(&self, total: u64, url: impl Fn(u64, i128) -> String) -> String {
        let (size, offset) = (self.size, self.offset);
        let last = total.saturating_sub(1) / size * size;
        let mut links = Vec::new();
        let mut add = |relation: &str, size: u64, offset: i128| links.push(format!("<{}>; rel=\"{relation}\"", url(size, offset)));
        let (next, before) = (i128::from(offset + size), i128::from(offset) - i128::from(size));
        if total == 0 {
            add("first", size, 0);
            add("next", size, next);
            add("prev", size, before);
        } else if offset >= last && total <= size {
            add("first", total, 0);
        } else if offset >= last {
            add("first", size, 0);
            add("prev", size, i128::from(last) - i128::from(size));
        } else {
            if offset >= size {
                add("first", size, 0);
            }
            add("next", size, next);
            if offset >= size {
                add("prev", size, before);
            }
            add("last", size, i128::from(last));
        }
        links.join(",")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn tokens_open_only_for_who_sealed_them() {
        let token = seal("a.b", b"k").unwrap();
        assert_eq!(open(&token, b"k"), Ok(Some("a.b".to_owned())));
        assert_eq!(open(&token, b"other"), Err("invalid token".to_owned()));
        assert_eq!(open("bogus", b"k"), Err("illegal base64 data at input byte 4".to_owned()));
        assert_eq!(open(&seal("", b"k").unwrap(), b"k"), Ok(None));
    }

    #[test]
    fn sizes_are_clamped() {
        let size = |text: &str| KeysetPage::read(&Form::parse(text), b"k").map(|page| page.size).ok();
        assert_eq!(size(""), Some(100));
        assert_eq!(size("page_size=-1"), Some(100));
        assert_eq!(size("page_size=501"), Some(500));
        assert_eq!(size("page_size=abc"), None);
    }

    #[test]
    fn offsets_link_both_ways() {
        let page = OffsetPage { size: 3, offset: 3 };
        let relations: Vec<String> =
            page.links("/x", &Form::default(), 101).split(',').filter_map(|link| link.split("rel=").nth(1).map(str::to_owned)).collect();
        assert_eq!(relations, ["\"first\"", "\"next\"", "\"prev\"", "\"last\""]);
    }
}
