//! The traits that implement offers, one for each kind of offer. Functions need none.

use super::{Cx, Diagnostic, Failure, Observed, Part, State, Write, semantically_equal};
use crate::{
    schema::{Action, Ephemeral, Object, Query, Resource},
    value::Value,
};
use async_trait::async_trait;
use std::{fmt, time::Duration};
use tokio::sync::mpsc;

/// The operations on the objects of a resource. An operation that a kind of object may lack has a default that reports this.
#[async_trait]
pub trait Backend<C: 'static>: Send + Sync {
    /// Creates the object.
    async fn create(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure>;

    /// The object, or `None` if the server says that it is gone.
    async fn read(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure>;

    /// Changes the object.
    async fn update(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure>;

    /// Deletes the object; an object that is already gone is a success.
    async fn delete(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<(), Failure>;

    /// What the configured object sets in things that it shares with other objects, as far as it is known. Pure.
    fn sets(&self, _client: &C, _resource: &'static Resource, _config: Object<'_>, _is_new: bool) -> Vec<Part> {
        Vec::new()
    }

    /// Sends the wanted objects, one after the other as they are found. If no more are wanted, this future is dropped at an await,
    /// so it must only read.
    async fn list(&self, _cx: &Cx<C>, wanted: &Wanted<'_>, _objects: &Objects) -> Result<(), Failure> {
        Err(Diagnostic::error(format!("{} cannot be searched", wanted.resource.name), "Look it up by its id.").into())
    }
}

/// The implementation of a query.
#[async_trait]
pub trait QueryBackend<C: 'static>: Send + Sync {
    /// The results, as an object of the query's table; arguments need not be repeated in it.
    async fn answer(&self, cx: &Cx<C>, query: &'static Query, asked: &Value) -> Result<Value, Failure>;
}

/// The objects that a list contains.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// Objects of this resource.
    pub resource: &'static Resource,
    /// The filter: attributes of the objects with the values that they must have, other arguments for the backend or its server,
    /// and attributes that say where to look.
    pub filter: Object<'a>,
    /// Whether complete objects are wanted; otherwise ids and names are enough.
    pub whole: bool,
    /// Whether all objects are wanted, so that the next page may be requested early.
    pub all: bool,
}

impl Wanted<'_> {
    /// Whether the object matches the filter. A server that does not know a filter returns all objects.
    pub fn holds(&self, object: &Value) -> bool {
        let object = Object::new(&self.resource.table, object);
        let mut set = self.filter.iter().filter(|(attr, value)| attr.remote() && !value.is_null());
        let has = |place: usize, value: &Value| {
            !object.at(place).is_null() && semantically_equal(self.resource.table.attr(place), object.at(place), value)
        };
        set.all(|(attr, value)| self.resource.table.index(attr.name).is_none_or(|place| has(place, value)))
    }
}

/// The receiver of the objects of a list. It buffers one object: sending waits until that is taken.
pub struct Objects {
    to: mpsc::Sender<Observed>,
}

impl Objects {
    pub(super) fn new() -> (Objects, mpsc::Receiver<Observed>) {
        let (to, objects) = mpsc::channel(1);
        (Objects { to }, objects)
    }

    /// Sends the next object, and returns when the receiver wants another one, so that no page is requested too early.
    pub async fn send(&self, object: Observed) {
        // If no more objects are wanted, the receiver drops the list.
        if self.to.send(object).await.is_ok() {
            let _ = self.to.reserve().await;
        }
    }
}

/// The operations on an ephemeral resource. Nothing of it is stored; a tool opens it again in each of its phases.
#[async_trait]
pub trait EphemeralBackend<C: 'static>: Send + Sync {
    /// Opens it.
    async fn open(&self, cx: &Cx<C>, ephemeral: &'static Ephemeral, config: &Value) -> Result<Opened, Failure>;

    /// Renews it, at the time that [`Opened::renew_in`] or the last renewal has set.
    async fn renew(&self, _cx: &Cx<C>, ephemeral: &'static Ephemeral, _private: &[u8]) -> Result<Renewed, Failure> {
        Err(Diagnostic::error(format!("A {} cannot be renewed", ephemeral.name), "Its lifetime cannot be extended.").into())
    }

    /// Closes it; one that is already gone is a success. Tools pass the private data of the opening, also after renewals.
    async fn close(&self, _cx: &Cx<C>, _ephemeral: &'static Ephemeral, _private: &[u8]) -> Result<(), Failure> {
        Ok(())
    }
}

/// An opened ephemeral resource.
#[derive(Clone, Default)]
pub struct Opened {
    /// Its results, as an object of its table; arguments need not be repeated in it.
    pub value: Value,
    /// Private data for renewing and closing. No tool stores or shows it.
    pub private: Vec<u8>,
    /// The time until it must be renewed; `None` if it needs no renewal.
    pub renew_in: Option<Duration>,
}

/// A renewed ephemeral resource.
#[derive(Clone, Default)]
pub struct Renewed {
    /// Private data for the next renewal.
    pub private: Vec<u8>,
    /// The time until the next renewal; `None` if it needs none.
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

/// The implementation of an action.
#[async_trait]
pub trait ActionBackend<C: 'static>: Send + Sync {
    /// Runs it. [`Cx::progress`] reports its progress, and [`Cx::warn`] adds a warning to its result.
    async fn invoke(&self, cx: &Cx<C>, action: &'static Action, config: &Value) -> Result<(), Failure>;
}
