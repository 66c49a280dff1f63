//! A collection of objects as data: its path, its pages, its bodies, and how an object in it is changed.
//!
//! Owns the description. The operations on the objects are in the files beside it.

use crate::{
    engine::{Backend, Cx, Diagnostic, Failure, Objects, Observed, State, Wanted, Write},
    rest::{Client, Collection, Paging, Service},
    schema::{Object, Resource},
    value::Json,
};
use async_trait::async_trait;

/// A collection of objects: `POST` to make one, `GET`, `PUT` or `PATCH`, and `DELETE` below it. Made by [`Rest::new`],
/// refined by its methods.
pub struct Rest {
    /// The service.
    pub service: &'static Service,
    /// The collection's path, in which attributes stand for themselves: `/projects/{project_id}/organizations`.
    pub path: &'static str,
    pub(super) chosen: &'static [Chosen],
    pub(super) filters: &'static [(&'static str, &'static str)],
    pub(super) paging: Paging,
    pub(super) envelope: Envelope,
    pub(super) updates: Update,
    pub(super) only_listed: bool,
}

/// The members of bodies that contain the object; an empty text if the body is the object.
#[derive(Clone, Copy)]
pub struct Envelope {
    /// In answers to reads.
    pub read: &'static str,
    /// In answers to creates and updates.
    pub written: &'static str,
    /// In the bodies of creates and updates.
    pub sent: &'static str,
}

impl Envelope {
    /// Bodies are the objects themselves.
    pub const NONE: Envelope = Envelope { read: "", written: "", sent: "" };

    pub(super) fn put(self, object: Json) -> Json {
        if self.sent.is_empty() { object } else { Json::object([(self.sent, object)]) }
    }
}

/// How an object is changed. In each way, members that the table does not have, and changes by others, stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    /// `PUT` of the server's object with the plan's changes.
    Replace,
    /// `PATCH` of the members that the plan changes (RFC 7396).
    Merge,
    /// `PATCH` by operations on those members (RFC 6902).
    Operations,
}

/// A value that the provider chooses during an apply, if it is unknown in the plan.
pub struct Chosen {
    /// The attribute.
    pub attr: &'static str,
    /// Chooses a value.
    pub choose: fn() -> String,
    /// Whether the object has such a value at all.
    pub when: fn(Object<'_>) -> bool,
}

#[async_trait]
impl<C: Client> Backend<C> for Rest {
    async fn create(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure> {
        self.create_object(cx, write).await
    }

    async fn read(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        self.read_object(cx, resource, state).await
    }

    async fn update(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure> {
        self.update_with(cx, write, |_, _| {}).await
    }

    async fn delete(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        self.delete_object(cx, resource, state).await
    }

    async fn list(&self, cx: &Cx<C>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        self.list_objects(cx, wanted, objects).await
    }
}

impl Rest {
    /// The objects at this path, as most APIs have them: bodies are the objects themselves, lists have links to the next
    /// page, and an update replaces the object.
    pub const fn new(service: &'static Service, path: &'static str) -> Rest {
        let (paging, envelope, updates) = (Paging::LINKS, Envelope::NONE, Update::Replace);
        Rest { service, path, chosen: &[], filters: &[], paging, envelope, updates, only_listed: false }
    }

    /// The values that the provider chooses if the configuration does not, so that a create whose answer is lost can be completed.
    /// Without the resource's key among them, creates are never repeated.
    pub const fn chosen(mut self, chosen: &'static [Chosen]) -> Self {
        self.chosen = chosen;
        self
    }

    /// The attributes by which the list filters exactly, each with its query parameter.
    pub const fn filters(mut self, filters: &'static [(&'static str, &'static str)]) -> Self {
        self.filters = filters;
        self
    }

    /// How the list is divided into pages.
    pub const fn paging(mut self, paging: Paging) -> Self {
        self.paging = paging;
        self
    }

    /// The members around the object in bodies.
    pub const fn envelope(mut self, envelope: Envelope) -> Self {
        self.envelope = envelope;
        self
    }

    /// Single objects cannot be requested: they are read from the list. An object is gone if the list does not have it, or if there
    /// is no list.
    pub const fn only_listed(mut self) -> Self {
        self.only_listed = true;
        self
    }

    /// How objects are changed.
    pub const fn updates(mut self, by: Update) -> Self {
        self.updates = by;
        self
    }

    /// The collection that this object belongs to.
    pub async fn collection<C: Client>(&self, cx: &Cx<C>, object: Object<'_>) -> Result<Collection, Diagnostic> {
        Collection::new(&*cx.client, self.service, self.path, object).await
    }
}
