//! Complete requests and answers, as data. Does not send, and does not judge an answer.

use super::{
    hide,
    pace::{Rate, RateHeaders},
};
use crate::{
    engine::{Done, one_line},
    value::Json,
};
use reqwest::{Method, header::HeaderMap};
use url::Url;

/// One request.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path, as segments still to be encoded.
    pub path: Vec<String>,
    /// The query.
    pub query: Vec<(String, String)>,
    /// The body, if it is JSON.
    pub body: Option<Json>,
    /// The content type and the text of a body that is not JSON.
    pub text: Option<(&'static str, String)>,
    /// Whether it may be sent twice.
    pub repeatable: bool,
    /// Texts that must not be repeated in an error.
    pub secrets: Vec<String>,
    /// Whether the caller can do without its answer, so that it is not repeated.
    pub dispensable: bool,
}

/// A complete answer.
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The method and the path of the request.
    pub asked: String,
    /// The service's URL.
    pub base: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    pub(super) secrets: Vec<String>,
    /// The worst result of earlier tries of the same request.
    pub(super) earlier: Done,
}

impl Request {
    /// A request that may be repeated, as reading, full replacement and deletion may.
    pub fn new(method: Method, path: &str) -> Request {
        let path = path.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect();
        Request { method, path, query: Vec::new(), body: None, text: None, repeatable: true, secrets: Vec::new(), dispensable: false }
    }

    /// Adds an id as a segment of the path.
    pub fn id(mut self, id: &str) -> Request {
        self.path.push(id.to_owned());
        self
    }

    /// Adds a query parameter.
    pub fn query(mut self, name: &str, value: &str) -> Request {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the body.
    pub fn body(mut self, body: Json) -> Request {
        self.body = Some(body);
        self
    }

    /// Sets the body to plain text.
    pub fn text(mut self, text: &str) -> Request {
        self.text = Some(("text/plain; charset=utf-8", text.to_owned()));
        self
    }

    /// Sets the body to a form (`application/x-www-form-urlencoded`).
    pub fn form(mut self, members: &[(&str, &str)]) -> Request {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
        self.text = Some(("application/x-www-form-urlencoded", form));
        self
    }

    /// Not to be sent again after it may have been carried out.
    pub fn once(mut self) -> Request {
        self.repeatable = false;
        self
    }

    /// Not to be repeated: the caller can do without its answer.
    pub fn dispensable(mut self) -> Request {
        self.dispensable = true;
        self
    }

    /// Texts that must not be repeated in an error.
    pub fn hiding(mut self, secrets: Vec<String>) -> Request {
        self.secrets = secrets;
        self
    }
}

impl Reply {
    /// An answer with this status, these headers and this body, without a request.
    pub fn new(status: u16, headers: HeaderMap, body: Vec<u8>) -> Reply {
        Reply { status, asked: String::new(), base: String::new(), headers, body, secrets: Vec::new(), earlier: Done::No }
    }

    /// True for 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether the body is HTML or the like: then it does not come from an API with JSON, whatever its status.
    pub fn is_foreign(&self) -> bool {
        !self.body.is_empty() && self.header("content-type").is_some_and(|kind| !kind.contains("json"))
    }

    /// The body, if it is valid JSON.
    pub fn json(&self) -> Option<Json> {
        Json::parse(&self.body).ok()
    }

    /// Whether the body is an empty list, so that no page follows.
    pub(super) fn is_empty_list(&self) -> bool {
        self.body.iter().filter(|byte| !byte.is_ascii_whitespace()).take(2).eq(b"[]")
    }

    /// The number of bytes of the body.
    pub fn size(&self) -> usize {
        self.body.len()
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<String> {
        Some(self.headers.get(name)?.to_str().ok()?.to_owned())
    }

    /// Whether an earlier try of the same request may have been carried out.
    pub(super) fn may_be_repeated(&self) -> bool {
        self.earlier != Done::No
    }

    /// The time of the server's clock, in seconds since 1970.
    pub fn date(&self) -> Option<i64> {
        Some(jiff::fmt::rfc2822::parse(&self.header("date")?).ok()?.timestamp().as_second())
    }

    /// The rate limits in the answer's headers.
    pub fn rates(&self) -> Vec<Rate> {
        RateHeaders::read(&self.headers).rates
    }

    /// The query of the page after this one (RFC 8288, `rel="next"`).
    pub fn next_page(&self) -> Option<Vec<(String, String)>> {
        let link = self.header("link")?;
        let next = link.split(',').find(|part| part.contains("rel=\"next\""))?;
        let target = next.split_once('<')?.1.split_once('>')?.0;
        let url = Url::parse("http://relative/").ok()?.join(target).ok()?;
        Some(url.query_pairs().into_owned().collect())
    }

    /// The text on one line, without the request's secrets, and cut if it is long; `None` if it may contain a secret in another
    /// form.
    pub fn scrub(&self, text: &str) -> Option<String> {
        Some(one_line(&hide(text, &self.secrets)?).into_owned())
    }
}
