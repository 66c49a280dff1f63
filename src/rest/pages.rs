//! Reads lists page by page: finds the next page in an answer, and stops a list that requests a page twice, has too many pages, or
//! is larger than a state can be.
//!
//! Owns these limits, for every caller that reads pages. Knows nothing of the objects in a list.

use super::{Endpoint, Reply, Request, SendError, Service};
use crate::{
    engine::{Cx, Done},
    value::{Json, MOST_VALUES},
};
use std::{
    collections::HashSet,
    future::{poll_fn, ready},
    hash::{BuildHasher, Hash, RandomState},
    pin::Pin,
    task::Poll,
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
    /// The path of the objects in an answer: names of members with slashes in between; empty if the answer is the list.
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

/// An answer that was requested and has not arrived.
type Coming<'a> = Pin<Box<dyn Future<Output = Result<Reply, SendError>> + Send + 'a>>;

/// A page of a list that is being read.
pub struct Listed {
    /// The answer.
    pub reply: Reply,
    /// The objects in it.
    pub items: Vec<Json>,
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
        Box::pin(async move { at.send(cx, service, request).await })
    }

    /// Requests the next page without waiting for it.
    async fn begin(&mut self) {
        if let Some(query) = self.next.clone().filter(|_| self.is_ahead) {
            let mut coming = self.ask(query);
            let mut answer = None;
            poll_fn(|task| {
                if let Poll::Ready(early) = coming.as_mut().poll(task) {
                    answer = Some(early);
                }
                Poll::Ready(())
            })
            .await;
            self.coming = Some(match answer {
                Some(answer) => Box::pin(ready(answer)),
                None => coming,
            });
            // Another task sends the request: let it run.
            yield_now().await;
        }
    }

    /// The next page; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<Listed>, SendError> {
        let Some(query) = self.next.take() else { return Ok(None) };
        let coming = self.coming.take().unwrap_or_else(|| self.ask(query));
        let reply = coming.await?;
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
        let service = self.service;
        let unreadable = |why: &str| SendError { done: Done::No, ..service.unreadable(&reply, why) };
        let mut body = reply.json().ok_or_else(|| unreadable("it is not JSON, or incomplete"))?;
        let Some(Json::Array(items)) = (if self.paging.items.is_empty() { Some(body.take()) } else { body.remove(self.paging.items) })
        else {
            return Err(unreadable("expected a list"));
        };
        match self.paging.next {
            Next::Link if items.is_empty() => (self.next, self.coming) = (None, None),
            Next::Link => {}
            Next::Token { member, query } => {
                if let Some(token) = body.at(member).as_str().filter(|token| !token.is_empty()) {
                    let mut next = self.first.query.clone();
                    next.push((query.to_owned(), token.to_owned()));
                    self.turn_to(next, &reply)?;
                    self.begin().await;
                }
            }
            Next::Never if body.at("has_next_page").as_bool() == Some(true) => {
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
