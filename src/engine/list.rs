//! Listing the objects of a resource, one after the other as they are found. It only reads, so that it ends wherever it
//! is when no more are wanted.

use super::{
    Backend, Call, Cx, Diagnostic, Done, Engine, Failure, ListEntry, Objects, Observed, QueryBackend, State, Takes, Wanted, canonical,
    configure::Reach,
    defaults, has_errors, one_line,
    read::{parts_of, reread},
    validate_block,
};
use crate::{
    schema::{ID, Kind, Nested, Object, Query, Resource},
    value::{MOST_VALUES, Path, Value},
};
use async_trait::async_trait;
use std::pin::Pin;
use tokio::sync::mpsc;

/// What is kept of a list goes into one message and one state, which hold no more than this and than [`MOST_VALUES`].
const MOST_BYTES: usize = 256 << 20;

/// What sends the objects, until it has sent all.
type Ending<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;

/// The objects of a list, one after the other as they are found. Dropping it ends the list.
pub struct ObjectStream<'a> {
    listing: Option<Ending<'a>>,
    found: mpsc::Receiver<Observed>,
    failed: Option<Failure>,
}

/// The objects that are wanted.
pub fn objects<'a, C: Send + Sync + 'static>(cx: &'a Cx<C>, backend: &'a dyn Backend<C>, wanted: Wanted<'a>) -> ObjectStream<'a> {
    let (objects, found) = Objects::new();
    let listing = Box::pin(async move { backend.list(cx, &wanted, &objects).await });
    ObjectStream { listing: Some(listing), found, failed: None }
}

impl ObjectStream<'_> {
    /// The next object; `None` after the last.
    ///
    /// # Errors
    /// After what was found before it.
    pub async fn next(&mut self) -> Result<Option<Observed>, Failure> {
        while let Some(listing) = &mut self.listing {
            tokio::select! {
                biased;
                Some(object) = self.found.recv() => return Ok(Some(object)),
                ended = listing.as_mut() => {
                    self.failed = ended.err();
                    self.listing = None;
                }
            }
        }
        // The last one may have come with the end.
        match self.found.recv().await {
            Some(object) => Ok(Some(object)),
            None => self.failed.take().map_or(Ok(None), Err),
        }
    }
}

/// The objects of a resource as the answer to a query: those that what is asked lets through.
pub struct Plural<C: 'static> {
    of: &'static Resource,
    backend: &'static dyn Backend<C>,
    items: &'static str,
    nested: &'static Nested,
}

/// The resource's objects as the answer to this query, whose attribute `items` shows of each what its table names: attributes
/// of the resource, and its id.
pub const fn plural<C: 'static>(
    query: &'static Query,
    items: &'static str,
    of: &'static Resource,
    backend: &'static dyn Backend<C>,
) -> Plural<C> {
    let Some(place) = query.table.index(items) else { panic!("{}", items) };
    let Kind::List(Kind::Object(nested)) = query.table.attr(place).kind else { panic!("{}", items) };
    let mut at = 0;
    while at < nested.table.len() {
        let name = nested.table.attr(at).name.as_bytes();
        let is_id = name.len() == ID.len() && name[0] == ID.as_bytes()[0] && name[1] == ID.as_bytes()[1];
        if !is_id && of.table.index(nested.table.attr(at).name).is_none() {
            panic!("{}", nested.table.attr(at).name);
        }
        at += 1;
    }
    Plural { of, backend, items, nested }
}

#[async_trait]
impl<C: Send + Sync + 'static> QueryBackend<C> for Plural<C> {
    async fn answer(&self, cx: &Cx<C>, query: &'static Query, asked: &Value) -> Result<Value, Failure> {
        let wanted = Wanted { resource: self.of, filter: Object::new(&query.table, asked), whole: false, all: true };
        let mut found = objects(cx, self.backend, wanted);
        let (mut items, mut values, mut bytes) = (Vec::new(), 0, 0);
        while let Some(Observed { id, value, warnings }) = found.next().await? {
            let object = Object::new(&self.of.table, &value);
            let field = |name: &str| if self.of.table.index(name).is_none() { Value::text(id.as_str()) } else { object.get(name).clone() };
            let item = Value::Object(self.nested.table.attrs().map(|attr| field(attr.name)).collect());
            weigh(&item, &mut values, &mut bytes);
            if values > MOST_VALUES || bytes > MOST_BYTES {
                let detail = format!("`{}` would be too large to keep: use a narrower filter.", self.items);
                return Err(Diagnostic::error("The list is too long", detail).at(Path::attr(self.items)).into());
            }
            items.push(item);
            warnings.into_iter().for_each(|warning| cx.warn(warning));
        }
        Ok(query.table.holding([(self.items, Value::List(items))]))
    }
}

/// Adds how many values there are, and how many bytes of text.
fn weigh(value: &Value, values: &mut usize, bytes: &mut usize) {
    *values += 1;
    match value {
        Value::String(text) => *bytes += text.len(),
        Value::List(items) | Value::Object(items) => items.iter().for_each(|item| weigh(item, values, bytes)),
        Value::Map(items) => items.iter().for_each(|(key, item)| {
            *bytes += key.len();
            weigh(item, values, bytes);
        }),
        Value::Null | Value::Unknown | Value::Bool(_) | Value::Number(_) => {}
    }
}

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
    /// What the server told of it.
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
                    "What to list, or the provider's configuration, depends on a value that is not known yet. Apply the resource that it comes from first.",
                )
                .into());
            }
        };
        let filter = defaults(&entry.list.table, &asked.filter);
        let filter = canonical(&entry.list.table, &filter);
        let filter = Object::new(&entry.list.table, &filter);
        let wanted = Wanted { resource: entry.list.of, filter, whole: asked.whole, all: asked.limit.is_none() };
        let mut found = objects(&cx, entry.backend, wanted);
        let mut left = asked.limit.unwrap_or(usize::MAX);
        let sending = async {
            while left > 0
                && let Some(object) = found.next().await?
            {
                left -= 1;
                let taken = match make(listed(entry, object, asked.whole)) {
                    Some(made) => to.send(made).await.is_ok(),
                    None => !to.is_closed(),
                };
                if !taken {
                    break;
                }
            }
            Ok(())
        };
        cx.hear(sending).await.map(|((), warnings)| warnings)
    }
}

fn listed<C>(entry: &ListEntry<C>, object: Observed, whole: bool) -> Listed {
    let Observed { id, value, warnings } = object;
    let resource = entry.list.of;
    let stub = || State::of_parts(resource, &parts_of(resource, &id), Takes::All);
    let state = whole.then(|| State { id: Some(id.clone()), ..reread(resource, stub(), &value) });
    Listed { name: one_line(&entry.list.shown(&id, &value)).into_owned(), id, value, state, warnings }
}
