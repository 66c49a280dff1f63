//! An answer before it becomes HTTP, and the bodies that Go's own handlers write.
//!
//! Owns status, headers and body as plain data. Knows neither axum nor the services.

use super::go::url::clean_path;

/// One answer.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// Header names and values in order.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// An answer without a body.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// A JSON document, followed by the newline that Go's encoder writes.
    #[must_use]
    pub fn json(status: u16, content_type: &str, document: impl Into<String>) -> Self {
        let mut body = document.into();
        body.push('\n');
        Self::empty(status).with("content-type", content_type).with_body(body)
    }

    /// A JSON document in the content type of successful answers.
    #[must_use]
    pub fn document(status: u16, document: impl Into<String>) -> Self {
        Self::json(status, "application/json; charset=utf-8", document)
    }

    /// Plain text, as `http.Error` writes it.
    #[must_use]
    pub fn plain_error(status: u16, line: &str) -> Self {
        Self::empty(status)
            .with("content-type", "text/plain; charset=utf-8")
            .with("x-content-type-options", "nosniff")
            .with_body(format!("{line}\n"))
    }

    /// The answer of Go's own router for an unknown route.
    #[must_use]
    pub fn no_route() -> Self {
        Self::plain_error(404, "404 page not found")
    }

    /// A redirect, as `http.Redirect` writes it: only GET and HEAD get a page, and a path without a host is cleaned.
    #[must_use]
    pub fn redirect(method: &str, status: u16, location: &str) -> Self {
        let (path, query) = location.split_at(location.find('?').unwrap_or(location.len()));
        let location = if path.starts_with('/') { clean_path(path) + query } else { location.to_owned() };
        let reply = Self::empty(status).with("location", location.as_str());
        let phrase = if status == 301 { "Moved Permanently" } else { "Temporary Redirect" };
        if method == "GET" || method == "HEAD" {
            let shown = location.replace('&', "&amp;").replace('"', "&#34;").replace('<', "&lt;").replace('>', "&gt;");
            reply.with("content-type", "text/html; charset=utf-8").with_body(format!("<a href=\"{shown}\">{phrase}</a>.\n\n"))
        } else {
            reply
        }
    }

    /// Without the newline at the end: not every handler encodes in the same way.
    #[must_use]
    pub fn without_newline(mut self) -> Self {
        if self.body.ends_with(b"\n") {
            self.body.pop();
        }
        self
    }

    /// With one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With the header against caching, unless it has another one.
    #[must_use]
    pub fn uncached(self) -> Self {
        if self.has("cache-control") { self } else { self.with("cache-control", "private, no-cache, no-store, must-revalidate") }
    }

    fn with_body(mut self, body: String) -> Self {
        self.body = body.into_bytes();
        self
    }

    /// Whether it has that header.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|header| header.0 == name)
    }
}
