//! Listing the objects of a resource, one after the other as they are found. It only reads, so that it ends wherever it
//! is when no more are wanted.

use super::{
    Call, Diagnostic, Done, Engine, Failure, ListEntry, Objects, Observed, State, Takes, Wanted, canonical, configure::Reach, defaults,
    has_errors, one_line, read::reread, validate_block,
};
use crate::value::Value;
use tokio::sync::mpsc;

/// What a list is asked for.
pub struct Asked {
    /// The filter, an object of the list's table.
    pub filter: Value,
    /// At most so many objects.
    pub limit: Option<usize>,
    /// Whether whole states are wanted.
    pub whole: bool,
}

/// An object of a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its id, by which it can be imported.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What the list tells of it.
    pub value: Value,
    /// Its state as an import would have it, where that was wanted.
    pub state: Option<State>,
    /// What the user should hear of it.
    pub warnings: Vec<Diagnostic>,
}

impl<C: Send + Sync + 'static> Engine<C> {
    /// What is wrong with the filter.
    pub fn validate_list(&self, entry: &ListEntry<C>, filter: &Value) -> Vec<Diagnostic> {
        validate_block(&entry.list.table, entry.list.rules, filter)
    }

    /// Sends what `make` makes of the objects to whoever wanted them, no sooner than there is room for it. What it returns is
    /// what the user should hear beside them. It ends when nobody takes them any more.
    ///
    /// # Errors
    /// What was sent before one is right.
    pub async fn list<T>(
        &self,
        entry: &'static ListEntry<C>,
        asked: Asked,
        call: Call,
        to: &mpsc::Sender<T>,
        mut make: impl FnMut(Listed) -> Option<T>,
    ) -> Result<Vec<Diagnostic>, Failure> {
        let wrong = self.validate_list(entry, &asked.filter);
        if has_errors(&wrong) {
            return Err(Failure { done: Done::No, left: None, diagnostics: wrong });
        }
        let cx = match self.reach(call)? {
            Reach::Ready(cx) if !asked.filter.has_unknown() => cx,
            _ => {
                return Err(Diagnostic::error(
                    "The list is not known yet",
                    "What to list, or the provider's configuration, depends on a value that is not known yet. Apply first what it comes from.",
                )
                .into());
            }
        };
        let filter = defaults(&entry.list.table, &asked.filter);
        let filter = canonical(&entry.list.table, &filter);
        let wanted = Wanted { list: entry.list, filter: &filter, whole: asked.whole };
        let (objects, mut found) = Objects::new();
        let listing = cx.hear(async { entry.backend.list(&cx, &wanted, &objects).await });
        tokio::pin!(listing);
        let mut left = asked.limit.unwrap_or(usize::MAX);
        let mut tell = async |object| {
            left -= 1;
            let taken = match make(listed(entry, object, asked.whole)) {
                Some(made) => to.send(made).await.is_ok(),
                None => !to.is_closed(),
            };
            taken && left > 0
        };
        let mut goes_on = asked.limit != Some(0);
        let mut ended = None;
        while goes_on && ended.is_none() {
            tokio::select! {
                biased;
                Some(object) = found.recv() => goes_on = tell(object).await,
                result = &mut listing => ended = Some(result),
            }
        }
        // The last one may have come with the end.
        while goes_on && let Ok(object) = found.try_recv() {
            goes_on = tell(object).await;
        }
        match ended {
            Some(ended) => ended.map(|((), warnings)| warnings),
            None => Ok(cx.warned()),
        }
    }
}

fn listed<C>(entry: &ListEntry<C>, object: Observed, whole: bool) -> Listed {
    let Observed { id, value, warnings } = object;
    let resource = entry.list.of;
    let stub = || {
        let parts = [(resource.key, id.clone())];
        State::to_import(resource, &id).unwrap_or_else(|_| State::of_parts(resource, &parts, Takes::unless_told(resource)))
    };
    let state = whole.then(|| State { id: Some(id.clone()), ..reread(resource, stub(), &value) });
    Listed { name: one_line(&entry.list.shown(&id, &value)).into_owned(), id, value, state, warnings }
}
