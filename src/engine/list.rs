//! Lists the objects of a resource, one after the other as they are found. It only reads, so that it can stop at any time.

use super::{
    Backend, Call, Cx, Diagnostic, Done, Engine, Failure, ListEntry, Objects, Observed, QueryBackend, State, Takes, Wanted, canonical,
    configure::Reach, defaults, has_errors, import::parts_of, one_line, read::reread, validate_block,
};
use crate::{
    schema::{ID, Kind, Nested, Object, Query, Resource},
    value::{MOST_VALUES, Path, Value},
};
use async_trait::async_trait;
use std::pin::Pin;
use tokio::sync::mpsc;

/// The largest size, in bytes, of what is kept of a list: it goes into one message and one state, which hold no more than this and
/// [`MOST_VALUES`].
const MOST_BYTES: usize = 256 << 20;

/// The future that sends the objects.
type Ending<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;

/// The objects of a list, in the order in which they are found. Dropping it ends the list.
pub struct ObjectStream<'a> {
    listing: Option<Ending<'a>>,
    found: mpsc::Receiver<Observed>,
    failed: Option<Failure>,
}

/// Starts a list of the wanted objects.
pub fn objects<'a, C: Send + Sync + 'static>(cx: &'a Cx<C>, backend: &'a dyn Backend<C>, wanted: Wanted<'a>) -> ObjectStream<'a> {
    let (objects, found) = Objects::new();
    let listing = Box::pin(async move { backend.list(cx, &wanted, &objects).await });
    ObjectStream { listing: Some(listing), found, failed: None }
}

impl ObjectStream<'_> {
    /// The next object; `None` after the last.
    ///
    /// # Errors
    /// The objects before the error are valid.
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
        // The last object and the end may arrive together.
        match self.found.recv().await {
            Some(object) => Ok(Some(object)),
            None => self.failed.take().map_or(Ok(None), Err),
        }
    }
}

/// The objects of a resource that match the arguments, as the answer to a query.
pub struct Plural<C: 'static> {
    of: &'static Resource,
    backend: &'static dyn Backend<C>,
    items: &'static str,
    nested: &'static Nested,
}

/// The objects of this resource as the answer to this query. The query's attribute `items` declares what is shown of each object:
/// attributes of the resource, and its id.
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

/// Adds the number of values, and the number of bytes of text.
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

/// The arguments of a list.
pub struct Asked {
    /// The filter, an object of the list's table.
    pub filter: Value,
    /// The largest number of objects.
    pub limit: Option<usize>,
    /// Whether whole states are wanted.
    pub whole: bool,
}

/// One object of a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its id, with which it can be imported.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Its value, as the server shows it.
    pub value: Value,
    /// Its state after an import, if that was wanted.
    pub state: Option<State>,
    /// Warnings about it.
    pub warnings: Vec<Diagnostic>,
}

impl<C: Send + Sync + 'static> Engine<C> {
    /// The errors in the filter.
    pub fn validate_list(&self, entry: &ListEntry<C>, filter: &Value) -> Vec<Diagnostic> {
        validate_block(&entry.list.table, entry.list.rules, filter)
    }

    /// Sends the objects, each converted by `make`, when the receiver has room for one. Ends when the receiver is dropped. Returns
    /// warnings.
    ///
    /// # Errors
    /// The objects that were sent before the error are valid.
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
