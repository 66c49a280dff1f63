//! The sources of objects for a comparison: a configured provider, or objects in memory.

use super::Kind;
use crate::{
    engine::{Asked, Call, Diagnostic, Engine, Failure, State},
    schema::{Attr, Resource},
    value::Value,
};
use async_trait::async_trait;
use std::collections::BTreeMap;
use tokio::sync::mpsc;

/// An object of one side.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its id.
    pub id: String,
    /// Its attributes.
    pub value: Value,
}

/// One side of a comparison.
#[async_trait]
pub trait Source: Send + Sync {
    /// Its name for people.
    fn name(&self) -> &str;

    /// Whether attributes that its objects do not set are not compared.
    fn is_partial(&self) -> bool;

    /// The URL of the side itself. Values that begin with it are equal to those that begin with the URL of the other side.
    fn own_url(&self) -> Option<&str> {
        None
    }

    /// Why it has no objects of this kind, if that is so.
    fn unread(&self, kind: &Kind) -> Option<String>;

    /// The number of its objects of a kind that cannot be compared; `None` if that is unknown.
    fn count(&self, _: &Resource) -> Option<usize> {
        None
    }

    /// Passes the objects of this kind to `see`, one after the other. It may be called several times.
    async fn each(&self, kind: &Kind, see: &mut (dyn FnMut(Found) + Send)) -> Result<(), Diagnostic>;
}

/// Objects in memory, such as those of a state.
pub struct Held {
    /// Their name for people.
    pub name: String,
    /// The objects, each with its resource.
    pub objects: Vec<(&'static Resource, Found)>,
}

#[async_trait]
impl Source for Held {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_partial(&self) -> bool {
        true
    }

    fn unread(&self, kind: &Kind) -> Option<String> {
        let has_some = self.objects.iter().any(|(resource, _)| std::ptr::eq(*resource, kind.resource));
        (!has_some).then(|| "it has no objects of this kind, so nothing is compared".to_owned())
    }

    fn count(&self, resource: &Resource) -> Option<usize> {
        Some(self.objects.iter().filter(|(of, _)| std::ptr::eq(*of, resource)).count())
    }

    async fn each(&self, kind: &Kind, see: &mut (dyn FnMut(Found) + Send)) -> Result<(), Diagnostic> {
        self.objects.iter().filter(|(resource, _)| std::ptr::eq(*resource, kind.resource)).for_each(|(_, found)| see(found.clone()));
        Ok(())
    }
}

/// A configured provider.
pub struct Live<C: 'static> {
    /// Its name for people.
    pub name: String,
    /// The provider, configured.
    pub engine: Engine<C>,
    /// Its URL, if it has only one.
    pub own_url: Option<String>,
    /// The resources whose objects cannot be read, with the reasons.
    pub unread: BTreeMap<&'static str, String>,
    /// The import ids of resources that cannot be listed and have only one object, by the resource's name.
    pub only: BTreeMap<&'static str, String>,
    /// The names of list filters that are set to true.
    pub including: &'static [&'static str],
}

#[async_trait]
impl<C: Send + Sync + 'static> Source for Live<C> {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_partial(&self) -> bool {
        false
    }

    fn own_url(&self) -> Option<&str> {
        self.own_url.as_deref()
    }

    fn unread(&self, kind: &Kind) -> Option<String> {
        self.unread.get(kind.resource.name).cloned()
    }

    async fn each(&self, kind: &Kind, see: &mut (dyn FnMut(Found) + Send)) -> Result<(), Diagnostic> {
        let resource = kind.resource;
        if let Some(id) = self.only.get(resource.name) {
            let Some((entry, _)) = self.engine.resource(resource.name) else { return Ok(()) };
            let stub = State::to_import(resource, id)?;
            let read = self.engine.read(entry, stub, Call::default()).await.map_err(first)?;
            if let Some(state) = read.state {
                see(Found { id: state.id.unwrap_or_default(), value: state.value });
            }
            return Ok(());
        }
        let mut lists = self.engine.list_resources().map(|(entry, _)| entry);
        let Some(entry) = lists.find(|entry| std::ptr::eq(entry.list.of, resource)) else { return Ok(()) };
        let set = |attr: &Attr| if self.including.contains(&attr.name) { Value::Bool(true) } else { Value::Null };
        let filter = Value::Object(entry.list.table.attrs().map(set).collect());
        let asked = Asked { filter, limit: None, whole: true };
        // Nothing is sent to the channel: each object is passed on as it is found.
        let (to, _open) = mpsc::channel::<()>(1);
        let seen = |listed: crate::engine::Listed| {
            if let Some(state) = listed.state {
                see(Found { id: listed.id, value: state.value });
            }
            None
        };
        self.engine.list(entry, asked, Call::default(), &to, seen).await.map_err(first).map(drop)
    }
}

fn first(failure: Failure) -> Diagnostic {
    let mut diagnostics = failure.diagnostics;
    diagnostics.sort_by_key(|diagnostic| !diagnostic.is_error());
    diagnostics.into_iter().next().unwrap_or_else(|| Diagnostic::error("The objects cannot be read", "The server gave no reason."))
}
