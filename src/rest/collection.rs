//! The place of objects and documents: a path, which may contain attributes in braces (`/projects/{project_id}/organizations`).
//!
//! Owns the reading of such a path. Each attribute is one segment, whatever its text contains ([`address`](super::address)). If the
//! object does not set one, the provider's configuration may: such an attribute is `or_server`, so that a plan leaves it unknown
//! too. The write decides the value, and the state keeps it, even if the provider is configured differently later. Bodies do not
//! repeat the attributes in a path: requests leave them out, and they are added to answers.

use super::{Client, Endpoint, Request, Service};
use crate::{
    engine::Diagnostic,
    schema::{Attr, Object, Table},
    value::{Json, Path, Value},
};
use reqwest::Method;

/// The collection that contains an object, or will contain it; or the document that it is a part of.
#[derive(Clone)]
pub struct Collection {
    /// The service, with the credentials for this object.
    pub endpoint: Endpoint,
    path: Vec<String>,
    /// The attributes in the path.
    named: Vec<(&'static str, String)>,
}

impl Collection {
    /// The collection of this service at this path, with the values of the object or, for unset ones, of the client.
    ///
    /// # Errors
    /// If neither has the value of an attribute in the path.
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

    /// The value of this attribute in the path.
    pub fn says(&self, name: &str) -> Option<&str> {
        self.named.iter().find(|(named, _)| *named == name).map(|(_, text)| text.as_str())
    }

    /// A request for the collection or the document itself.
    pub fn request(&self, method: Method) -> Request {
        Request { path: self.path.clone(), ..Request::new(method, "") }
    }

    /// A request for the object with this id in it.
    pub fn about(&self, method: Method, id: &str) -> Request {
        self.request(method).id(id)
    }

    /// The last segment of the path.
    pub(super) fn last(&self) -> Option<&str> {
        self.path.last().map(String::as_str)
    }

    /// The body without the attributes in the path.
    pub(super) fn unnamed(&self, table: &Table, mut body: Json) -> Json {
        for (name, _) in &self.named {
            if let Some(place) = table.index(name) {
                body.remove(&table.attr(place).pointer());
            }
        }
        body
    }

    /// Adds the attributes in the path to an object.
    pub(super) fn name(&self, table: &Table, value: &mut Value) {
        let Value::Object(fields) = value else { return };
        for (name, text) in &self.named {
            if let Some(place) = table.index(name) {
                fields[place] = Value::text(text.as_str());
            }
        }
    }
}

/// The path with the values of the object or, for unset ones, of the client; `None` if one of them is not known.
pub(super) fn filled<C: Client>(path: &'static str, client: &C, object: Object<'_>) -> Option<String> {
    let segment = |segment: &'static str| match attribute(segment) {
        Some(name) if object.get(name).is_empty() => client.stands_in(name).ok().flatten(),
        Some(name) => object.str(name).map(str::to_owned),
        None => Some(segment.to_owned()),
    };
    path.split('/').map(segment).collect::<Option<Vec<_>>>().map(|path| path.join("/"))
}

/// Whether the attribute is in this path.
pub(super) fn is_in(path: &'static str, attr: &Attr) -> bool {
    path.split('/').any(|segment| attribute(segment) == Some(attr.name))
}

/// The attribute in this segment.
fn attribute(segment: &'static str) -> Option<&'static str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

fn unnamed(path: &str, name: &'static str) -> Diagnostic {
    let detail = format!("The path of the object needs it (`{path}`), so nothing was sent. Set `{name}`.");
    Diagnostic::error(format!("{name} is missing"), detail).at(Path::attr(name))
}
