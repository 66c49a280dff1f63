//! Where objects and documents are: a path, in which attributes may stand for themselves (`/projects/{project_id}/organizations`).
//!
//! Owns how such a path is read. Each attribute is one segment, whatever its text holds ([`address`](super::address)). What
//! the object leaves open, the provider's configuration may say: such an attribute is `or_server`, so that a plan leaves it
//! open too, the write decides it, and the state keeps it from then on, whatever the provider is configured to be later. No
//! body repeats what a path says, so that it is left out of what is sent and filled in where an answer is read.

use super::{Client, Endpoint, Request, Service};
use crate::{
    engine::Diagnostic,
    schema::{Attr, Object, Table},
    value::{Json, Path, Value},
};
use reqwest::Method;

/// The collection that an object is in, or is to be; or the document that it is a part of.
#[derive(Clone)]
pub struct Collection {
    /// The service as this object reaches it.
    pub endpoint: Endpoint,
    path: Vec<String>,
    /// The attributes in the path.
    named: Vec<(&'static str, String)>,
}

impl Collection {
    /// The one of this service at this path, as the object says or, where that leaves it open, the client.
    ///
    /// # Errors
    /// When neither says what an attribute in the path is.
    pub async fn new<C: Client>(
        client: &C,
        service: &'static Service,
        path: &'static str,
        object: Object<'_>,
    ) -> Result<Collection, Diagnostic> {
        let endpoint = client.endpoint(service, object).await?;
        let (mut segments, mut named) = (Vec::new(), Vec::new());
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            let Some(name) = attribute(segment) else {
                segments.push(segment.to_owned());
                continue;
            };
            let text = match object.str(name).filter(|text| !text.is_empty()) {
                Some(text) => text.to_owned(),
                None => client.stands_in(name)?.ok_or_else(|| unnamed(path, name))?,
            };
            segments.push(text.clone());
            named.push((name, text));
        }
        Ok(Collection { endpoint, path: segments, named })
    }

    /// What the path says of this attribute.
    pub fn says(&self, name: &str) -> Option<&str> {
        self.named.iter().find(|(named, _)| *named == name).map(|(_, text)| text.as_str())
    }

    /// A request for the collection or the document itself.
    pub fn request(&self, method: Method) -> Request {
        Request { path: self.path.clone(), ..Request::new(method, "") }
    }

    /// A request for the object of this id in it.
    pub fn about(&self, method: Method, id: &str) -> Request {
        self.request(method).id(id)
    }

    /// The last segment of the path.
    pub(super) fn last(&self) -> Option<&str> {
        self.path.last().map(String::as_str)
    }

    /// The body without what the path says.
    pub(super) fn unnamed(&self, table: &Table, mut body: Json) -> Json {
        for (name, _) in &self.named {
            if let Some(place) = table.index(name) {
                body.remove(&table.attr(place).pointer());
            }
        }
        body
    }

    /// What an object there is, with what the path says of it.
    pub(super) fn name(&self, table: &Table, value: &mut Value) {
        let Value::Object(fields) = value else { return };
        for (name, text) in &self.named {
            if let Some(place) = table.index(name) {
                fields[place] = Value::text(text.as_str());
            }
        }
    }
}

/// Whether the attribute stands in this path.
pub(super) fn is_in(path: &'static str, attr: &Attr) -> bool {
    path.split('/').any(|segment| attribute(segment) == Some(attr.name))
}

/// The attribute that stands in this segment.
fn attribute(segment: &'static str) -> Option<&'static str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

fn unnamed(path: &str, name: &'static str) -> Diagnostic {
    let detail = format!("The path of the object needs it (`{path}`), so nothing was sent. Set `{name}`.");
    Diagnostic::error(format!("{name} is missing"), detail).at(Path::attr(name))
}
