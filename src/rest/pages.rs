//! Reads lists page by page: finds the next page in an answer, and stops a list that requests a page twice, has too many pages, or
//! is larger than a state can be.
//!
//! Owns these limits, for every caller that reads pages. Knows nothing of the objects in a list.

use super::{Endpoint, Reply, Request, SendError, Service, error::NOT_JSON};
use crate::{
    engine::{Cx, Done},
    value::{Json, MOST_VALUES, Reader},
};
use std::{
    collections::HashSet,
    future::poll_fn,
    hash::{BuildHasher, Hash, RandomState},
    pin::{Pin, pin},
    task::{Context, Poll},
};
use tokio::task::yield_now;

/// The largest number of pages: with 500 objects each, one million objects.
const MOST_PAGES: usize = 2_000;
/// The largest size of what is kept of a list, in bytes: it goes into one message and one state, which cannot be larger.
const MOST_BYTES: usize = 256 << 20;

/// The number of objects that is requested per page: the largest that servers accept.
pub const PAGE_SIZE: &str = "500";

/// The form of a list.
#[derive(Clone, Copy)]
pub struct Paging {
    /// The answer's member that contains the objects; empty if the answer is the list.
    pub items: &'static str,
    /// How the next page is requested.
    pub next: Next,
}

/// How the next page is requested.
#[derive(Clone, Copy)]
pub enum Next {
    /// With the query of a link in the answer's header (RFC 8288).
    Link,
    /// With a token from the answer.
    Token {
        /// The answer's member that contains the token.
        member: &'static str,
        /// The query parameter for it.
        query: &'static str,
    },
    /// There is only one page.
    Never,
}

impl Paging {
    /// The form of answers that are lists of objects, with links in their headers.
    pub const LINKS: Paging = Paging { items: "", next: Next::Link };

    /// The form of answers with the objects in this member, and a token beside it.
    pub const fn tokens(items: &'static str) -> Paging {
        Paging { items, next: Next::Token { member: "next_page_token", query: "page_token" } }
    }

    /// The form of answers with all objects in this member.
    pub const fn whole(items: &'static str) -> Paging {
        Paging { items, next: Next::Never }
    }
}

/// A list that is being read, page by page.
pub struct Pages<'a, C> {
    cx: &'a Cx<C>,
    at: &'a Endpoint,
    service: &'static Service,
    paging: Paging,
    first: Request,
    /// The query of the next page.
    next: Option<Vec<(String, String)>>,
    /// The answer with the next page, if it was already requested.
    coming: Option<Coming<'a>>,
    is_ahead: bool,
    guard: PageGuard,
    is_missing: bool,
}

/// An answer that was requested.
enum Coming<'a> {
    Asked(Pin<Box<dyn Future<Output = Result<Reply, SendError>> + Send + 'a>>),
    Here(Result<Reply, SendError>),
}

impl Coming<'_> {
    /// Continues as far as possible without waiting.
    fn poll(&mut self, task: &mut Context<'_>) {
        if let Coming::Asked(asked) = self
            && let Poll::Ready(answer) = asked.as_mut().poll(task)
        {
            *self = Coming::Here(answer);
        }
    }

    async fn whole(self) -> Result<Reply, SendError> {
        match self {
            Coming::Asked(asked) => asked.await,
            Coming::Here(answer) => answer,
        }
    }
}

/// A page of a list that is being read.
pub struct Listed<T = Json> {
    /// The answer.
    pub reply: Reply,
    /// The objects in it.
    pub items: Vec<T>,
}

/// What an answer contains of a list.
struct Told<T> {
    items: Vec<T>,
    /// The token of the next page.
    token: Option<String>,
    /// Whether it says that there are more pages.
    has_more: bool,
}

impl Paging {
    /// Reads an answer, each object by `read`. `None` if it is not JSON, or has no list.
    fn read<T>(self, body: &[u8], mut read: impl FnMut(&mut Reader<'_>) -> Option<T>) -> Option<Told<T>> {
        let mut reader = Reader::new(body).ok()?;
        let mut items = |reader: &mut Reader<'_>| {
            let mut items = Vec::new();
            reader.items(|reader| {
                items.push(read(reader)?);
                Some(())
            })?;
            Some(items)
        };
        let mut told = Told { items: Vec::new(), token: None, has_more: false };
        if self.items.is_empty() {
            told.items = items(&mut reader)?;
        } else {
            let mut found = None;
            reader.members(|reader, name| {
                match self.next {
                    _ if name == self.items => found = Some(items(reader)?),
                    Next::Token { member, .. } if name == member => told.token = reader.value()?.as_str().map(str::to_owned),
                    Next::Never if name == "has_next_page" => told.has_more = reader.value()?.as_bool() == Some(true),
                    _ => drop(reader.skip()?),
                }
                Some(())
            })?;
            told.items = found?;
        }
        reader.is_at_end().then_some(told)
    }
}

impl<'a, C: Send + Sync + 'static> Pages<'a, C> {
    /// The list that this request starts.
    pub fn new(cx: &'a Cx<C>, at: &'a Endpoint, service: &'static Service, paging: Paging, list: Request) -> Pages<'a, C> {
        let first = if matches!(paging.next, Next::Never) { list } else { list.query("page_size", PAGE_SIZE) };
        let mut guard = PageGuard::default();
        // The first page cannot have been asked for before.
        let _ = guard.turn_to(&first.query);
        let next = Some(first.query.clone());
        Pages { cx, at, service, paging, next, coming: None, is_ahead: false, first, guard, is_missing: false }
    }

    /// Requests each page while the page before it is in use: for callers that need the whole list.
    pub fn ahead(mut self, is_ahead: bool) -> Self {
        self.is_ahead = is_ahead;
        self
    }

    fn ask(&self, query: Vec<(String, String)>) -> Coming<'a> {
        let (at, cx, service) = (self.at, self.cx, self.service);
        let request = Request { query, ..self.first.clone() };
        Coming::Asked(Box::pin(async move { at.send(cx, service, request).await }))
    }

    /// Requests the next page without waiting for it.
    async fn begin(&mut self) {
        if let Some(query) = self.next.clone().filter(|_| self.is_ahead) {
            let mut coming = self.ask(query);
            poll_fn(|task| {
                coming.poll(task);
                Poll::Ready(())
            })
            .await;
            self.coming = Some(coming);
            // Another task sends the request: let it run.
            yield_now().await;
        }
    }

    /// What this comes to. Meanwhile the next page goes on coming, which takes several steps: what a page holds may take as long
    /// to go through as the next one takes to come.
    pub async fn meanwhile<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        poll_fn(|task| {
            self.coming.iter_mut().for_each(|coming| coming.poll(task));
            work.as_mut().poll(task)
        })
        .await
    }

    /// The next page; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<Listed>, SendError> {
        self.next_by(|reader| reader.value()).await
    }

    /// The same, with each object read by `read`.
    pub async fn next_by<T>(&mut self, read: impl FnMut(&mut Reader<'_>) -> Option<T>) -> Result<Option<Listed<T>>, SendError> {
        let Some(query) = self.next.take() else { return Ok(None) };
        let coming = self.coming.take().unwrap_or_else(|| self.ask(query));
        let reply = coming.whole().await?;
        if !reply.is_success() {
            self.is_missing = self.service.says_missing(&reply);
            return Err(self.service.refuse(&reply));
        }
        let next = reply.next_page().filter(|_| matches!(self.paging.next, Next::Link) && !reply.is_empty_list());
        if let Some(next) = next {
            self.turn_to(next, &reply)?;
            // Request the page after this one before this one is parsed.
            self.begin().await;
        }
        let unreadable = |why: &str| SendError { done: Done::No, ..self.service.unreadable(&reply, why) };
        let Some(Told { items, token, has_more }) = self.paging.read(&reply.body, read) else {
            return Err(unreadable(if reply.json().is_some() { "expected a list" } else { NOT_JSON }));
        };
        match self.paging.next {
            Next::Link if items.is_empty() => (self.next, self.coming) = (None, None),
            Next::Link => {}
            Next::Token { query, .. } => {
                if let Some(token) = token.filter(|token| !token.is_empty()) {
                    let mut next = self.first.query.clone();
                    next.push((query.to_owned(), token));
                    self.turn_to(next, &reply)?;
                    self.begin().await;
                }
            }
            Next::Never if has_more => {
                return Err(unreadable("it says that there are more pages, but this list has no pages"));
            }
            Next::Never => {}
        }
        Ok(Some(Listed { reply, items }))
    }

    fn turn_to(&mut self, next: Vec<(String, String)>, reply: &Reply) -> Result<(), SendError> {
        self.guard.turn_to(&next).map_err(|why| self.service.endless(reply, why))?;
        self.next = Some(next);
        Ok(())
    }

    /// Whether the service said that the object which contains the list does not exist.
    pub fn is_missing(&self) -> bool {
        self.is_missing
    }

    /// Counts this many values of this page as kept.
    ///
    /// # Errors
    /// If the kept values are too many.
    pub fn keep(&mut self, values: usize, page: &Reply) -> Result<(), SendError> {
        self.guard.keep(values, page.size()).map_err(|why| self.service.endless(page, why))
    }
}

/// The limits of one list while it is read.
#[derive(Default)]
pub struct PageGuard {
    hasher: RandomState,
    /// The hashes of the requested pages: their queries may be long.
    asked: HashSet<u64>,
    bytes: usize,
    values: usize,
}

/// Why the rest of a list is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Endless {
    /// It requests a page that was requested before.
    #[error("its list leads back to a page that was read already")]
    Circle,
    /// It has too many pages.
    #[error("its list has no end within {MOST_PAGES} pages")]
    TooLong,
    /// Its kept values are larger than a state can be.
    #[error("its list is too large to keep: use a narrower filter")]
    TooMuch,
}

impl PageGuard {
    /// Counts a page, identified by this value, as requested.
    ///
    /// # Errors
    /// If it was requested before, or if there are too many pages.
    pub fn turn_to(&mut self, page: impl Hash) -> Result<(), Endless> {
        match self.asked.insert(self.hasher.hash_one(page)) {
            false => Err(Endless::Circle),
            true if self.asked.len() > MOST_PAGES => Err(Endless::TooLong),
            true => Ok(()),
        }
    }

    /// Counts this many values, from a page of this many bytes, as kept.
    ///
    /// # Errors
    /// If the kept values are too many.
    pub fn keep(&mut self, values: usize, bytes: usize) -> Result<(), Endless> {
        if values > 0 {
            self.values = self.values.saturating_add(values);
            self.bytes = self.bytes.saturating_add(bytes);
        }
        if self.values > MOST_VALUES || self.bytes > MOST_BYTES { Err(Endless::TooMuch) } else { Ok(()) }
    }
}

impl Service {
    /// The error about a list that is read no further than this answer. Reading has changed nothing.
    fn endless(&self, reply: &Reply, why: Endless) -> SendError {
        SendError { done: Done::No, ..self.unreadable(reply, &why.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_page_is_asked_for_twice() {
        let mut guard = PageGuard::default();
        for page in ["", "a", "b"] {
            assert_eq!(guard.turn_to(page), Ok(()));
        }
        assert_eq!(guard.turn_to("a"), Err(Endless::Circle));
    }

    #[test]
    fn lists_end() {
        let mut guard = PageGuard::default();
        assert_eq!((0..MOST_PAGES).try_for_each(|page| guard.turn_to(page)), Ok(()));
        assert_eq!(guard.turn_to(MOST_PAGES), Err(Endless::TooLong));
    }

    #[test]
    fn only_what_is_kept_counts() {
        let mut guard = PageGuard::default();
        assert_eq!((0..100).try_for_each(|_| guard.keep(0, MOST_BYTES)), Ok(()));
        assert_eq!((0..10).try_for_each(|_| guard.keep(1, MOST_BYTES / 10)), Ok(()));
        assert_eq!(guard.keep(1, MOST_BYTES / 10), Err(Endless::TooMuch));
        assert_eq!(PageGuard::default().keep(MOST_VALUES, 1), Ok(()));
        assert_eq!(PageGuard::default().keep(MOST_VALUES + 1, 1), Err(Endless::TooMuch));
    }
}
