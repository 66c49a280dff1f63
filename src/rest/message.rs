//! What is asked and what is answered, whole: no sending, no judgement.

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
    /// The body.
    pub body: Option<Json>,
    /// The body, where it is no JSON, after what it is.
    pub text: Option<(&'static str, String)>,
    /// Whether sending it twice is as good as once.
    pub repeatable: bool,
    /// Texts that must not be repeated in an error.
    pub secrets: Vec<String>,
    /// Whether there is another way to what it asks for.
    pub dispensable: bool,
}

/// A whole answer.
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The method and path that were asked.
    pub asked: String,
    /// The service's URL.
    pub base: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    pub(super) secrets: Vec<String>,
    /// What an earlier try of the same request may have come to.
    pub(super) earlier: Done,
}

impl Request {
    /// A request that may be repeated, as reading, full replacement and deletion may.
    pub fn new(method: Method, path: &str) -> Request {
        let path = path.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect();
        Request { method, path, query: Vec::new(), body: None, text: None, repeatable: true, secrets: Vec::new(), dispensable: false }
    }

    /// The object of this id below the path.
    pub fn id(mut self, id: &str) -> Request {
        self.path.push(id.to_owned());
        self
    }

    /// A query member.
    pub fn query(mut self, name: &str, value: &str) -> Request {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The body.
    pub fn body(mut self, body: Json) -> Request {
        self.body = Some(body);
        self
    }

    /// The body, as plain text.
    pub fn text(mut self, text: &str) -> Request {
        self.text = Some(("text/plain; charset=utf-8", text.to_owned()));
        self
    }

    /// The body, as a form (`application/x-www-form-urlencoded`).
    pub fn form(mut self, members: &[(&str, &str)]) -> Request {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
        self.text = Some(("application/x-www-form-urlencoded", form));
        self
    }

    /// Not to be sent again once it may have been carried out.
    pub fn once(mut self) -> Request {
        self.repeatable = false;
        self
    }

    /// Not worth a second try: there is another way to what it asks for.
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
    /// The answer with this status, these headers and this body, to a request that is not told.
    pub fn new(status: u16, headers: HeaderMap, body: Vec<u8>) -> Reply {
        Reply { status, asked: String::new(), base: String::new(), headers, body, secrets: Vec::new(), earlier: Done::No }
    }

    /// True for 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether this is a page or the like: whatever its status, it is no word of an API that speaks JSON.
    pub fn is_foreign(&self) -> bool {
        !self.body.is_empty() && self.header("content-type").is_some_and(|kind| !kind.contains("json"))
    }

    /// The body, if it is JSON.
    pub fn json(&self) -> Option<Json> {
        Json::parse(&self.body).ok()
    }

    /// Whether the body is a list with nothing in it, which has nothing behind it either.
    pub(super) fn is_empty_list(&self) -> bool {
        self.body.iter().filter(|byte| !byte.is_ascii_whitespace()).take(2).eq(b"[]")
    }

    /// How many bytes the body has.
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

    /// What the server's clock showed, in seconds since 1970.
    pub fn date(&self) -> Option<i64> {
        Some(jiff::fmt::rfc2822::parse(&self.header("date")?).ok()?.timestamp().as_second())
    }

    /// The rates that the server says it limits such requests to.
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

    /// The text on one line, without the secrets that were in the request, and not longer than anybody reads; `None` if
    /// it may repeat one in another form.
    pub fn scrub(&self, text: &str) -> Option<String> {
        Some(one_line(&hide(text, &self.secrets)?).into_owned())
    }
}
