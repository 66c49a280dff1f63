//! URLs as Go's `net/url` accepts, refuses and prints them.
//!
//! Owns parsing with Go's leniency (which no Rust crate has) and its error texts. Does not know which URLs a server should allow.

use super::form::{escape, is_unreserved, percent_decode};

/// A parsed URL; the parts are decoded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GoUrl {
    /// Lower case, without the colon.
    pub scheme: String,
    /// The text after the scheme if it does not start with a slash.
    pub opaque: String,
    /// User name and password before the `@`, still encoded.
    pub user: Option<String>,
    /// Host and port.
    pub host: String,
    /// The path.
    pub path: String,
    /// The query, still encoded.
    pub query: String,
    /// The fragment.
    pub fragment: String,
    force_query: bool,
}

/// `url.Parse`: relative references are allowed, and a fragment is split off.
///
/// # Errors
/// Go's text, beginning with `parse "…":`.
pub fn parse(raw: &str) -> Result<GoUrl, String> {
    let (main, fragment) = raw.split_once('#').unwrap_or((raw, ""));
    let wrap = |message: String| format!("parse {}: {message}", quote(raw));
    let mut url = parse_inner(main, false).map_err(wrap)?;
    url.fragment = unescape(fragment).map_err(wrap)?;
    Ok(url)
}

/// `url.ParseRequestURI`: an absolute URI or an absolute path; `#` is an ordinary character.
///
/// # Errors
/// Go's text, beginning with `parse "…":`.
pub fn parse_request_uri(raw: &str) -> Result<GoUrl, String> {
    parse_inner(raw, true).map_err(|message| format!("parse {}: {message}", quote(raw)))
}

fn parse_inner(raw: &str, via_request: bool) -> Result<GoUrl, String> {
    if raw.bytes().any(|b| b < b' ' || b == 0x7f) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    let mut url = GoUrl::default();
    if raw.is_empty() && via_request {
        return Err("empty url".to_owned());
    }
    if raw == "*" {
        url.path = raw.to_owned();
        return Ok(url);
    }
    let (scheme, mut rest) = split_scheme(raw)?;
    url.scheme = scheme.to_ascii_lowercase();
    if rest.ends_with('?') && rest.matches('?').count() == 1 {
        url.force_query = true;
        rest = &rest[..rest.len() - 1];
    } else if let Some((before, query)) = rest.split_once('?') {
        url.query = query.to_owned();
        rest = before;
    }
    if !rest.starts_with('/') {
        if !url.scheme.is_empty() {
            url.opaque = rest.to_owned();
            return Ok(url);
        }
        if via_request {
            return Err("invalid URI for request".to_owned());
        }
        if rest.split('/').next().is_some_and(|segment| segment.contains(':')) {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    let authority_allowed = !url.scheme.is_empty() || !via_request && !rest.starts_with("///");
    if authority_allowed && let Some(tail) = rest.strip_prefix("//") {
        let end = tail.find('/').unwrap_or(tail.len());
        let (authority, path) = tail.split_at(end);
        rest = path;
        match authority.rsplit_once('@') {
            Some((user, host)) => {
                url.host = parse_host(host)?;
                if !user.bytes().all(|b| is_unreserved(b) || b":$&+,;=!'()*@%".contains(&b)) {
                    return Err("net/url: invalid userinfo".to_owned());
                }
                unescape(user)?;
                url.user = Some(user.to_owned());
            }
            None => url.host = parse_host(authority)?,
        }
    }
    url.path = unescape(rest)?;
    Ok(url)
}

fn split_scheme(raw: &str) -> Result<(&str, &str), String> {
    for (at, c) in raw.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if at > 0 => {}
            ':' if at == 0 => return Err("missing protocol scheme".to_owned()),
            ':' => return Ok((&raw[..at], &raw[at + 1..])),
            _ => return Ok(("", raw)),
        }
    }
    Ok(("", raw))
}

fn parse_host(host: &str) -> Result<String, String> {
    let port = if host.starts_with('[') {
        let Some(end) = host.rfind(']') else {
            return Err("missing ']' in host".to_owned());
        };
        &host[end + 1..]
    } else {
        host.rfind(':').map_or("", |at| &host[at..])
    };
    let numeric = port.is_empty() || port.strip_prefix(':').is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    if !numeric {
        return Err(format!("invalid port {} after host", quote(port)));
    }
    let bytes = host.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        if byte == b'%' {
            // Here only bytes outside ASCII, and the percent sign of a zone, may be escaped.
            let digit = bytes.get(at + 1).and_then(|b| char::from(*b).to_digit(16));
            let zone = host.get(at..at + 3) == Some("%25");
            if digit.is_none_or(|d| d < 8) && !zone {
                let shown = host.get(at..host.len().min(at + 3)).unwrap_or("%");
                return Err(format!("invalid URL escape {}", quote(shown)));
            }
        } else if byte.is_ascii() && !is_host_byte(byte) {
            return Err(format!("invalid character {} in host name", quote(&char::from(byte).to_string())));
        }
    }
    unescape(host)
}

/// Go's `%q`.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_ascii_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            // Rust and Go agree on which characters need no escape.
            c if c.escape_debug().len() == 1 => out.push(c),
            c if u32::from(c) < 0x10000 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

fn is_host_byte(byte: u8) -> bool {
    is_unreserved(byte) || b"!$&'()*+,;=:[]<>\"".contains(&byte)
}

fn unescape(text: &str) -> Result<String, String> {
    if let Some(decoded) = percent_decode(text) {
        return Ok(decoded);
    }
    let bad = text.match_indices('%').map(|(at, _)| text.get(at..text.len().min(at + 3)).unwrap_or("%"));
    let bad = bad.into_iter().find(|part| percent_decode(part).is_none()).unwrap_or("%");
    Err(format!("invalid URL escape {}", quote(bad)))
}

impl GoUrl {
    /// The host without its port and brackets.
    #[must_use]
    pub fn hostname(&self) -> &str {
        let host = self.split_port().0;
        host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host)
    }

    /// The port, or the empty text.
    #[must_use]
    pub fn port(&self) -> &str {
        self.split_port().1
    }

    fn split_port(&self) -> (&str, &str) {
        match self.host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (host, port),
            _ => (&self.host, ""),
        }
    }

    /// The URL as text. The path is escaped again; its original escapes are not kept.
    #[must_use]
    pub fn print(&self) -> String {
        let mut out = String::new();
        if !self.scheme.is_empty() {
            out.push_str(&self.scheme);
            out.push(':');
        }
        if self.opaque.is_empty() {
            if !self.host.is_empty() || self.user.is_some() || !self.scheme.is_empty() && !self.path.is_empty() {
                out.push_str("//");
            }
            if let Some(user) = &self.user {
                out.push_str(user);
                out.push('@');
            }
            out.push_str(&escape(&self.host, is_host_byte));
            out.push_str(&path_text(&self.path));
        } else {
            out.push_str(&self.opaque);
        }
        if self.force_query || !self.query.is_empty() {
            out.push('?');
            out.push_str(&self.query);
        }
        if !self.fragment.is_empty() {
            out.push('#');
            out.push_str(&path_text(&self.fragment));
        }
        out
    }
}

/// Percent-encodes a whole path, without its slashes.
#[must_use]
pub fn path_text(path: &str) -> String {
    escape(path, |byte| is_unreserved(byte) || b"$&+,/:;=@".contains(&byte))
}

/// `path.Join`: elements joined by slashes, empty ones skipped, `.` and `..` resolved.
#[must_use]
pub fn join_path(elements: &[&str]) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in elements.iter().flat_map(|element| element.split('/')) {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            segment => kept.push(segment),
        }
    }
    format!("/{}", kept.join("/"))
}

/// The path to which Go's router redirects: the same, or the result of `path.Clean`.
#[must_use]
pub fn clean_path(path: &str) -> String {
    let clean = join_path(&[path]);
    if path.ends_with('/') && clean != "/" { format!("{clean}/") } else { clean }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn redirect_uris_go_accepts() {
        for raw in [
            "/cb",
            "myapp://cb",
            "com.ex.app:/cb",
            "http://",
            "urn:ietf:wg:oauth:2.0:oob",
            "http://x:99999999/",
            "https://*.x/cb",
            "https://ü.example/é",
            "http://[::1]:80/",
        ] {
            assert!(parse_request_uri(raw).is_ok(), "{raw}");
        }
    }

    #[test]
    fn redirect_uris_go_refuses() {
        for raw in ["foo", "", "http://a b/", "://x", "https://a/%zz", "http://a:b/", "http://[::1", "a\nb"] {
            assert!(parse_request_uri(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn error_texts() {
        assert_eq!(parse("http://a b").unwrap_err(), r#"parse "http://a b": invalid character " " in host name"#);
        assert_eq!(parse("https://a/%zz").unwrap_err(), r#"parse "https://a/%zz": invalid URL escape "%zz""#);
    }

    #[test]
    fn prints_what_it_read() {
        for raw in ["https://a", "https://a:8080", "https://*.x.y", "https://@a", "https://a?", "https:foo"] {
            assert_eq!(parse(raw).unwrap().print(), raw);
        }
        assert_eq!(parse("https://ü").unwrap().print(), "https://%C3%BC");
        assert_eq!(parse("https://a:1").unwrap().port(), "1");
        assert_eq!(parse("https://[::1]:1").unwrap().hostname(), "::1");
    }

    #[test]
    fn paths_join() {
        assert_eq!(join_path(&["/admin/clients", ".."]), "/admin");
        assert_eq!(join_path(&["/oauth2/register", ""]), "/oauth2/register");
    }
}
