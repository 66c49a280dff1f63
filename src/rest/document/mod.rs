//! Documents: JSON behind one URL, of which many resources are parts.
//!
//! A document has a revision, and a patch is only carried out on the revision that it was made for. Owns the description of a
//! document ([`Document`]), the changes of its parts ([`Change`]), the order of the readers and writers (`coordinator`: one for each
//! document), the patch of a batch of edits (`draft`), and the operations on parts: [`Members`] of it and [`Items`] of a
//! list in it. Knows no particular API.

mod at_hand;
mod carry_out;
mod change;
mod coordinator;
mod draft;
mod edit;
mod items;
mod members;
mod revisions;
mod shape;
mod slot;
mod version;

pub use at_hand::{Parts, Unfit, find, place_of};
pub use change::{Change, Obstacle, Position, Wanted, element};
pub use edit::{Current, Edit};
pub use items::{Beside, Items, List, Tagged};
pub use members::{Deletion, Members, Removal, Setting, Toggle, View};
pub use revisions::{Edited, OtherWrite};
pub use shape::Shape;
pub use slot::Slot;
pub use version::Version;

pub(super) use coordinator::Coordinators;

use super::{Client, Collection, Reply, SendError, Service, collection, mapping::Misfit};
use crate::{
    engine::{Account, Cx, Diagnostic, Part, Says},
    schema::Object,
    value::Json,
};
use coordinator::Coordinator;
use reqwest::Method;
use std::{fmt, sync::Arc};

/// A document, as far as an API describes the access to it.
pub struct Document {
    /// The service.
    pub service: &'static Service,
    /// Its name in messages: "the configuration of the warehouse".
    pub name: &'static str,
    /// The path by which it is read. `{name}` stands for the attribute with that name.
    pub path: &'static str,
    /// The text between that path and the revision in the path for patches.
    pub revisions: &'static str,
    /// Its place in the answer to a read, as names of members with slashes in between; empty for the answer itself.
    pub shown: &'static str,
    /// Its place in the answer to a patch, as names of members with slashes in between; empty for the answer itself.
    pub root: &'static str,
    /// The place of its revision: a text that is never used again after a change.
    pub revision: &'static str,
    /// The place of its own id, if the path ends with the id: an answer about another document is an error.
    pub id: Option<&'static str>,
    /// The path of the document of which this is another view, if it is one: a change of one changes the revision of both.
    pub view_of: Option<&'static str>,
    /// Why a change can only be a mistake, from the document before and after it.
    pub guard: Option<Guard>,
    /// Whether two values of a member are equal, however they are spelled.
    pub alike: fn(&Json, &Json) -> bool,
    /// The error for a refusal, if the service's own message is not enough.
    pub refusal: Option<fn(&Reply) -> SendError>,
    /// Whether an answer refuses the change itself, although its status names another writer, or leaves the result
    /// of the patch open.
    pub is_refused: fn(&Reply) -> bool,
    /// Whether the answer to a read only says that the document was deleted.
    pub is_gone: fn(&Json) -> bool,
}

/// Says why a change of a document must not be made unless its author insists.
pub type Guard = fn(&Json, &Json) -> Option<Diagnostic>;

impl Document {
    /// The document that this object is a part of.
    pub async fn open<'a, C: Client>(&'static self, cx: &'a Cx<C>, object: Object<'_>) -> Result<Open<'a, C>, SendError> {
        let at = Collection::new(&*cx.client, self.service, self.path, object).await.map_err(SendError::unsent)?;
        let url = |at: &Collection| at.endpoint.url(&at.request(Method::GET));
        let whole = match self.view_of {
            Some(path) => url(&Collection::new(&*cx.client, self.service, path, object).await.map_err(SendError::unsent)?)?,
            None => url(&at)?,
        };
        let coordinator = at.endpoint.http.documents.of(url(&at)?, whole);
        Ok(Open { cx, document: self, at, coordinator })
    }

    /// The turn for a write through another endpoint that also creates a revision. While the guard is held, nothing in this
    /// process patches the document, so no patch is based on an old revision.
    pub async fn turn<C: Client>(&'static self, cx: &Cx<C>, object: Object<'_>) -> Result<OtherWrite, SendError> {
        let open = self.open(cx, object).await?;
        tokio::select! {
            biased;
            () = cx.stopped() => Err(SendError::unsent(revisions::stopped("changed"))),
            turn = open.coordinator.turn() => Ok(turn),
        }
    }

    /// The path of the document that this object is a part of, as far as it is known. A view has the path of the whole document.
    pub fn place<C: Client>(&self, client: &C, object: Object<'_>) -> Option<String> {
        collection::filled(self.view_of.unwrap_or(self.path), client, object)
    }

    /// A part at this place, as an object's configuration sets it.
    pub fn part(&self, of: &str, at: &[String], attr: &'static str, says: Says) -> Part {
        Part { at: (of.to_owned(), at.join("/")), attr, says, alike: self.alike, is_like: change::is_like }
    }

    /// The error for a refusal.
    fn refuse(&self, reply: &Reply) -> SendError {
        self.refusal.map_or_else(|| self.service.refuse(reply), |refusal| refusal(reply))
    }

    /// The error if there is no such document.
    pub fn missing(&self) -> Diagnostic {
        let detail = format!(
            "{} has no such document: {}. Check its id in the configuration, and that it was not deleted.",
            self.service.name, self.name
        );
        Diagnostic::error(format!("{} does not exist", self.name), detail)
    }

    /// The error if the document has an unexpected value in the place of an attribute.
    fn misfit(&self, misfit: &Misfit) -> Diagnostic {
        let detail = format!("{misfit}. Check that the URL is that of {}, and that this provider supports its version.", self.service.name);
        Diagnostic::error(format!("{} is not as expected", self.name), detail)
    }

    /// The error if another value is in the way of a part.
    fn obstacle(&self, why: &impl fmt::Display) -> Diagnostic {
        let detail = format!("A part of it cannot be written, since {why}. Nothing was changed.");
        Diagnostic::error(format!("{} is not as expected", self.name), detail)
    }
}

/// A document, as one operation uses it.
pub struct Open<'a, C> {
    cx: &'a Cx<C>,
    document: &'static Document,
    at: Collection,
    coordinator: Arc<Coordinator>,
}

impl<C: Client> Open<'_, C> {
    /// The same document in another context.
    fn with<'a>(&self, cx: &'a Cx<C>) -> Open<'a, C> {
        Open { cx, document: self.document, at: self.at.clone(), coordinator: self.coordinator.clone() }
    }

    /// The document for the reader of this part; `None` if there is none. Many readers share one answer: each part is read
    /// from it once, since a reader that reads it again wants its current state.
    pub async fn read(&self, part: &str) -> Result<Option<Arc<Version>>, SendError> {
        self.coordinator.read(self, part).await
    }

    /// The document for a writer of this part: it may have been read a moment ago. The edit checks whether it is still
    /// the same.
    pub async fn look(&self, part: &str) -> Result<Option<Arc<Version>>, SendError> {
        Ok(self.coordinator.look(self, part).await?.map(|(version, _)| version))
    }

    /// The account for creates of its parts.
    pub fn account(&self) -> Account {
        self.at.endpoint.account(self.cx)
    }

    /// The value of this attribute in the path.
    pub fn says(&self, name: &str) -> Option<&str> {
        self.at.says(name)
    }

    /// Removes all claims of this writer, so that others may set other values.
    pub fn withdraw(&self, who: &str) {
        self.coordinator.withdraw(who);
    }

    /// Carries out an edit, together with others that come at the same time; `None` if there is no document.
    pub async fn edit(&self, edit: Edit) -> Result<Option<Edited>, SendError> {
        self.coordinator.edit(self, edit).await
    }
}
