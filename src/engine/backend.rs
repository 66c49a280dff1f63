//! How what a provider offers is reached: what it implements, one trait a kind of offer. Functions need none.

use super::{Cx, Diagnostic, Failure, Observed, State, Write, semantically_equal};
use crate::{
    schema::{Action, Ephemeral, Object, Query, Resource},
    value::Value,
};
use async_trait::async_trait;
use std::{fmt, time::Duration};
use tokio::sync::mpsc;

/// How the objects of a resource are reached. Every verb that a kind of object does not have has a
/// default that says so.
#[async_trait]
pub trait Backend<C: 'static>: Send + Sync {
    /// Makes the object.
    async fn create(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure>;

    /// The object, or `None` if the server says that it is gone.
    async fn read(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure>;

    /// Changes the object.
    async fn update(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure>;

    /// Takes the object away; one that is gone already is a success.
    async fn delete(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<(), Failure>;

    /// Sends the objects that are wanted, one after the other as they are found. It is dropped at an await when no more
    /// are wanted, so that it only reads.
    async fn list(&self, _cx: &Cx<C>, wanted: &Wanted<'_>, _objects: &Objects) -> Result<(), Failure> {
        Err(Diagnostic::error(format!("{} cannot be searched", wanted.resource.name), "Look it up by its id.").into())
    }
}

/// Who answers a question.
#[async_trait]
pub trait QueryBackend<C: 'static>: Send + Sync {
    /// The answers, as an object of the query's table; what was asked need not be repeated in it.
    async fn answer(&self, cx: &Cx<C>, query: &'static Query, asked: &Value) -> Result<Value, Failure>;
}

/// Which objects a list is to hold.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// Objects of this resource.
    pub resource: &'static Resource,
    /// What is set in it: what they have, where it is an attribute of theirs; otherwise what the backend or its server
    /// filters by, or what steers where to look.
    pub filter: Object<'a>,
    /// Whether the whole objects are wanted; otherwise what identifies them and what people know them by.
    pub whole: bool,
    /// Whether all of them are wanted, so that the next page may be asked for while one is worked on.
    pub all: bool,
}

impl Wanted<'_> {
    /// Whether the object has what the filter sets. A server that does not know a filter lets everything through.
    pub fn holds(&self, object: &Value) -> bool {
        let object = Object::new(&self.resource.table, object);
        let mut set = self.filter.iter().filter(|(attr, value)| attr.remote() && !value.is_null());
        let has = |place: usize, value: &Value| {
            !object.at(place).is_null() && semantically_equal(self.resource.table.attr(place), object.at(place), value)
        };
        set.all(|(attr, value)| self.resource.table.index(attr.name).is_none_or(|place| has(place, value)))
    }
}

/// Where the objects of a list go. It holds no more than one: sending waits until somebody has taken that.
pub struct Objects {
    to: mpsc::Sender<Observed>,
}

impl Objects {
    pub(super) fn new() -> (Objects, mpsc::Receiver<Observed>) {
        let (to, objects) = mpsc::channel(1);
        (Objects { to }, objects)
    }

    /// Sends the next object, and returns when somebody wants the one after it: what is behind it need not be asked for
    /// before.
    pub async fn send(&self, object: Observed) {
        // Whoever took the others ends the list when no more are wanted.
        if self.to.send(object).await.is_ok() {
            let _ = self.to.reserve().await;
        }
    }
}

/// How an ephemeral resource is made, kept, and taken away. Nothing of it is stored; a tool opens it again in each of
/// its phases.
#[async_trait]
pub trait EphemeralBackend<C: 'static>: Send + Sync {
    /// Makes it.
    async fn open(&self, cx: &Cx<C>, ephemeral: &'static Ephemeral, config: &Value) -> Result<Opened, Failure>;

    /// Keeps it alive. Asked for where [`Opened::renew_in`] or the last renewal said so.
    async fn renew(&self, _cx: &Cx<C>, ephemeral: &'static Ephemeral, _private: &[u8]) -> Result<Renewed, Failure> {
        Err(Diagnostic::error(format!("A {} cannot be renewed", ephemeral.name), "Its lifetime cannot be extended.").into())
    }

    /// Takes it away; what is gone already is a success. Tools hand over the private data of the opening, also after
    /// renewals.
    async fn close(&self, _cx: &Cx<C>, _ephemeral: &'static Ephemeral, _private: &[u8]) -> Result<(), Failure> {
        Ok(())
    }
}

/// An ephemeral resource that was made.
#[derive(Clone, Default)]
pub struct Opened {
    /// What it gives, as an object of its table; what it takes need not be repeated in it.
    pub value: Value,
    /// What renewing and closing need to know. No tool stores or shows it.
    pub private: Vec<u8>,
    /// When it has to be renewed, from now; `None` if it lasts.
    pub renew_in: Option<Duration>,
}

/// An ephemeral resource that lives on.
#[derive(Clone, Default)]
pub struct Renewed {
    /// What the next renewal needs to know.
    pub private: Vec<u8>,
    /// When it has to be renewed again, from now; `None` if it lasts.
    pub renew_in: Option<Duration>,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Opened { value, private, renew_in } = self;
        f.debug_struct("Opened").field("value", value).field("private_len", &private.len()).field("renew_in", renew_in).finish()
    }
}

impl fmt::Debug for Renewed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renewed").field("private_len", &self.private.len()).field("renew_in", &self.renew_in).finish()
    }
}

/// How an action is done.
#[async_trait]
pub trait ActionBackend<C: 'static>: Send + Sync {
    /// Does it. How it goes on is told by [`Cx::progress`], and what the user should hear in the end by [`Cx::warn`].
    async fn invoke(&self, cx: &Cx<C>, action: &'static Action, config: &Value) -> Result<(), Failure>;
}
