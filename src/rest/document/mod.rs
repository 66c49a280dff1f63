//! Documents: JSON behind one URL, of which many resources are parts.
//!
//! A document has a revision, and a patch is only carried out on the revision that it was made for. Owns what a document
//! is ([`Document`]), what is to be true of its parts ([`Change`]), who writes when ([`coordinator`]: one for each
//! document), what a batch of edits makes of it ([`draft`]), and the verbs on parts: [`Members`] of it and [`Items`] of a
//! list in it. Knows no particular API.

mod change;
mod coordinator;
mod draft;
mod items;
mod members;
mod version;

pub use change::{Change, Obstacle, Place, Wanted, element};
pub use coordinator::{Edit, Edited, Seen};
pub use items::Items;
pub use members::{Deletion, Members, Toggle};
pub use version::Version;

pub(super) use coordinator::Coordinators;

use super::{Client, Endpoint, Request, SendError, Service, mapping::Misfit};
use crate::{
    engine::{Cx, Diagnostic},
    schema::Object,
    value::{Json, Path, Value},
};
use coordinator::Coordinator;
use reqwest::Method;
use std::sync::Arc;

/// A document, as far as an API says how it is reached.
pub struct Document {
    /// The service.
    pub service: &'static Service,
    /// What it is called in messages: "the configuration of the warehouse".
    pub name: &'static str,
    /// Where it is read. `{name}` stands for the attribute of that name.
    pub path: &'static str,
    /// What comes between that and the revision in the path by which it is patched.
    pub revisions: &'static str,
    /// Where it is in the answer to a patch, as names of members with slashes in between; empty for the answer itself.
    pub root: &'static str,
    /// Where its revision is in it: a text that never comes back once there was another.
    pub revision: &'static str,
    /// Whether what was read is there only to say that there is none any more.
    pub is_gone: fn(&Json) -> bool,
}

impl Document {
    /// The attributes in its path.
    pub fn attrs(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }

    /// The document that this object is a part of.
    pub async fn open<'a, C: Client>(&'static self, cx: &'a Cx<C>, object: Object<'_>) -> Result<Open<'a, C>, SendError> {
        let mut request = Request::new(Method::GET, "");
        for segment in self.path.split('/').filter(|segment| !segment.is_empty()) {
            let name = segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}'));
            request = request.id(match name {
                None => segment,
                Some(name) => object.str(name).ok_or_else(|| SendError::unsent(self.unnamed(name)))?,
            });
        }
        let at = cx.client.endpoint(self.service, object).await.map_err(SendError::unsent)?;
        let coordinator = at.http.documents.of(at.url(&request)?);
        Ok(Open { cx, document: self, at, request, coordinator })
    }

    fn unnamed(&self, name: &'static str) -> Diagnostic {
        Diagnostic::error(
            format!("`{name}` is missing"),
            format!("Which document is meant, {} is to say. Nothing was sent: set `{name}`.", self.name),
        )
        .at(Path::attr(name))
    }

    /// What is to be said where there is no such document.
    fn missing(&self) -> Diagnostic {
        let detail = format!(
            "{} says that there is no such document: {}. Check what it is called in the configuration, and that it was not deleted.",
            self.service.name, self.name
        );
        Diagnostic::error(format!("{} does not exist", self.name), detail)
    }

    /// What is to be said of a document that has something else where an attribute is to be.
    fn misfit(&self, misfit: &Misfit) -> Diagnostic {
        let detail =
            format!("{misfit} Check that the URL is that of {}, and that its version is one that this provider knows.", self.service.name);
        Diagnostic::error(format!("{} is not as expected", self.name), detail)
    }

    /// What is to be said of what is in the way of a part.
    fn obstacle(&self, obstacle: &Obstacle) -> Diagnostic {
        let detail = format!("A part of it cannot be written, since {obstacle}. Nothing was changed by it.");
        Diagnostic::error(format!("{} is not as expected", self.name), detail)
    }

    /// The object with the attributes that name its document, which no part of that repeats.
    fn named(&self, object: Object<'_>, value: &mut Value) {
        let Value::Object(fields) = value else { return };
        for (name, place) in self.attrs().filter_map(|name| Some((name, object.table.index(name)?))) {
            if fields.get(place).is_some_and(Value::is_null) {
                fields[place] = object.get(name).clone();
            }
        }
    }
}

/// A document, as one verb reaches it.
pub struct Open<'a, C> {
    cx: &'a Cx<C>,
    document: &'static Document,
    at: Endpoint,
    request: Request,
    coordinator: Arc<Coordinator>,
}

impl<C: Client> Open<'_, C> {
    /// The same in other surroundings.
    fn with<'a>(&self, cx: &'a Cx<C>) -> Open<'a, C> {
        Open { cx, document: self.document, at: self.at.clone(), request: self.request.clone(), coordinator: self.coordinator.clone() }
    }

    /// Where it is.
    pub fn endpoint(&self) -> &Endpoint {
        &self.at
    }

    /// The document for the reader of this part; `None` if there is none. Many readers share one answer: each part is read
    /// from it once, as who reads it again wants to know how it is by then.
    pub async fn read(&self, part: &str) -> Result<Option<Arc<Version>>, SendError> {
        self.coordinator.read(self, part).await
    }

    /// The document for who is about to change this part: it may have been read a moment ago. Whether it still is like
    /// that, the edit sees.
    pub async fn look(&self, part: &str) -> Result<Option<Arc<Version>>, SendError> {
        Ok(self.coordinator.look(self, part).await?.map(|(version, _)| version))
    }

    /// Whoever this is called stands for nothing in it any more, so that others may want something else of it.
    pub fn withdraw(&self, who: &str) {
        self.coordinator.withdraw(who);
    }

    /// Carries out an edit, together with others that come at the same time; `None` if there is no document.
    pub async fn edit(&self, edit: Edit) -> Result<Option<Edited>, SendError> {
        self.coordinator.edit(self, edit).await
    }
}
