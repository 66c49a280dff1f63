//! Where the objects of one side come from: a provider at work, or objects that are at hand.

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
    /// What it is called.
    fn name(&self) -> &str;

    /// Whether what it does not set is nothing that it says.
    fn is_partial(&self) -> bool;

    /// The URL at which the side itself is: what begins with it means the same on the other side, at that one's URL.
    fn own_url(&self) -> Option<&str> {
        None
    }

    /// Why objects of this kind are not to be had from it.
    fn unread(&self, kind: &Kind) -> Option<String>;

    /// Shows the objects of this kind, one after the other. It may be asked again.
    async fn each(&self, kind: &Kind, see: &mut (dyn FnMut(Found) + Send)) -> Result<(), Diagnostic>;
}

/// Objects that are at hand, such as those of a state.
pub struct Held {
    /// What they are called.
    pub name: String,
    /// The objects, each of a resource.
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

    async fn each(&self, kind: &Kind, see: &mut (dyn FnMut(Found) + Send)) -> Result<(), Diagnostic> {
        self.objects.iter().filter(|(resource, _)| std::ptr::eq(*resource, kind.resource)).for_each(|(_, found)| see(found.clone()));
        Ok(())
    }
}

/// A provider at work.
pub struct Live<C: 'static> {
    /// What it is called.
    pub name: String,
    /// The provider, configured.
    pub engine: Engine<C>,
    /// The URL at which it is, if all of it is at one.
    pub own_url: Option<String>,
    /// Why objects of a resource are not to be had from it, by the resource's name.
    pub unread: BTreeMap<&'static str, String>,
    /// The id by which the only object of a resource is imported, where that cannot be listed, by the resource's name.
    pub only: BTreeMap<&'static str, String>,
    /// Filters of lists that are switched on, by name.
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
        // Nothing is sent: what is found is seen at once.
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
