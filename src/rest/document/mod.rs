//! Documents: JSON behind one URL, of which many resources are parts.
//!
//! A document has a revision, and a patch is only carried out on the revision that it was made for. Owns what a document
//! is ([`Document`]), what is to be true of its parts ([`Change`]), who writes when (`coordinator`: one for each
//! document), what a batch of edits makes of it (`draft`), and the verbs on parts: [`Members`] of it and [`Items`] of a
//! list in it. Knows no particular API.

mod at_hand;
mod change;
mod coordinator;
mod draft;
mod edit;
mod items;
mod members;
mod shape;
mod slot;
mod version;

pub use at_hand::Parts;
pub use change::{Change, Obstacle, Position, Wanted, element};
pub use coordinator::Edited;
pub use edit::{Current, Edit};
pub use items::{Beside, Items, List, Tagged};
pub use members::{Deletion, Members, Removal, Setting, Toggle, View};
pub use shape::Shape;
pub use slot::Slot;
pub use version::Version;

pub(super) use coordinator::Coordinators;

use super::{Client, Collection, Reply, SendError, Service, mapping::Misfit};
use crate::{
    engine::{Account, Cx, Diagnostic},
    schema::Object,
    value::Json,
};
use coordinator::Coordinator;
use reqwest::Method;
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;

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
    /// Where it is in the answer to a read, as names of members with slashes in between; empty for the answer itself.
    pub shown: &'static str,
    /// Where it is in the answer to a patch, as names of members with slashes in between; empty for the answer itself.
    pub root: &'static str,
    /// Where its revision is in it: a text that never comes back once there was another.
    pub revision: &'static str,
    /// Where its own id is in it, if that is the last of its path: an answer about another document is none.
    pub id: Option<&'static str>,
    /// The path of the document of which this is another view, if it is one: a change of either is a revision of both.
    pub view_of: Option<&'static str>,
    /// What a change of it would do that its author cannot have in mind, from the document before and after it.
    pub guard: Option<Guard>,
    /// Whether two values of a member mean the same, however they are spelled.
    pub alike: fn(&Json, &Json) -> bool,
    /// What is to be said of an answer that refuses, where the service's own word is not enough.
    pub refusal: Option<fn(&Reply) -> SendError>,
    /// Whether an answer refuses what was to be changed, although its status speaks of another writer, or leaves open what came
    /// of the patch.
    pub is_refused: fn(&Reply) -> bool,
    /// Whether what was read is there only to say that there is none any more.
    pub is_gone: fn(&Json) -> bool,
}

/// Tells why a change of a document must not be made unless its author insists.
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

    /// The turn to write by another way what makes a revision too, such as by an endpoint of its own: until it is given back,
    /// nobody of this process patches what would be an older one then.
    pub async fn turn<C: Client>(&'static self, cx: &Cx<C>, object: Object<'_>) -> Result<OwnedMutexGuard<()>, SendError> {
        let open = self.open(cx, object).await?;
        tokio::select! {
            biased;
            () = cx.stopped() => Err(SendError::unsent(coordinator::stopped("changed"))),
            turn = open.coordinator.turn() => Ok(turn),
        }
    }

    /// What is to be said of an answer that refuses.
    fn refuse(&self, reply: &Reply) -> SendError {
        self.refusal.map_or_else(|| self.service.refuse(reply), |refusal| refusal(reply))
    }

    /// What is to be said where there is no such document.
    pub fn missing(&self) -> Diagnostic {
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
}

/// A document, as one verb reaches it.
pub struct Open<'a, C> {
    cx: &'a Cx<C>,
    document: &'static Document,
    at: Collection,
    coordinator: Arc<Coordinator>,
}

impl<C: Client> Open<'_, C> {
    /// The same in other surroundings.
    fn with<'a>(&self, cx: &'a Cx<C>) -> Open<'a, C> {
        Open { cx, document: self.document, at: self.at.clone(), coordinator: self.coordinator.clone() }
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

    /// As whom parts of it are made.
    pub fn account(&self) -> Account {
        self.at.endpoint.account(self.cx)
    }

    /// What the path says of this attribute.
    pub fn says(&self, name: &str) -> Option<&str> {
        self.at.says(name)
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
