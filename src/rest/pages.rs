//! Lists, page by page: how an answer says where the next page is, and how far a list is followed: to no page twice, no
//! further than objects can be, and to no more than a state can hold.
//!
//! Owns these limits, for everything that asks for page after page. Knows nothing of the objects in a list.

use super::{Endpoint, Reply, Request, SendError, Service};
use crate::{
    engine::{Cx, Done},
    value::{Json, MOST_VALUES},
};
use std::{
    collections::HashSet,
    future::poll_fn,
    hash::{BuildHasher, Hash, RandomState},
    pin::{Pin, pin},
    task::{Context, Poll},
};
use tokio::task::yield_now;

/// No list has so many pages: with 500 objects each they would be a million.
const MOST_PAGES: usize = 2_000;
/// What is kept of a list goes into one message and one state, which hold no more.
const MOST_BYTES: usize = 256 << 20;

/// How many objects a page is asked for: the most that servers give.
pub const PAGE_SIZE: &str = "500";

/// How a list comes.
#[derive(Clone, Copy)]
pub struct Paging {
    /// Where an answer has the objects: names of members with slashes in between; empty where it is a list itself.
    pub items: &'static str,
    /// How the page after this one is asked for.
    pub next: Next,
}

/// How the page after this one is asked for.
#[derive(Clone, Copy)]
pub enum Next {
    /// By the query of a link in the answer's header (RFC 8288).
    Link,
    /// By a token in the answer.
    Token {
        /// The answer's member with the token.
        member: &'static str,
        /// The query's member that takes it.
        query: &'static str,
    },
    /// Not at all: an answer has all objects.
    Never,
}

impl Paging {
    /// Answers that are lists of objects, with links in their headers.
    pub const LINKS: Paging = Paging { items: "", next: Next::Link };

    /// Answers with the objects in this member and a token beside it.
    pub const fn tokens(items: &'static str) -> Paging {
        Paging { items, next: Next::Token { member: "next_page_token", query: "page_token" } }
    }

    /// Answers with all objects in this member.
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
    /// Its answer, where it was asked for already.
    coming: Option<Coming<'a>>,
    is_ahead: bool,
    guard: PageGuard,
    is_missing: bool,
}

/// An answer that was asked for.
enum Coming<'a> {
    Asked(Pin<Box<dyn Future<Output = Result<Reply, SendError>> + Send + 'a>>),
    Here(Result<Reply, SendError>),
}

impl Coming<'_> {
    /// Goes on with it, as far as that needs no waiting.
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
pub struct Listed {
    /// The answer.
    pub reply: Reply,
    /// The objects in it.
    pub items: Vec<Json>,
}

impl<'a, C: Send + Sync + 'static> Pages<'a, C> {
    /// The list that this request asks for.
    pub fn new(cx: &'a Cx<C>, at: &'a Endpoint, service: &'static Service, paging: Paging, list: Request) -> Pages<'a, C> {
        let first = if matches!(paging.next, Next::Never) { list } else { list.query("page_size", PAGE_SIZE) };
        let mut guard = PageGuard::default();
        // The first page cannot have been asked for before.
        let _ = guard.turn_to(&first.query);
        let next = Some(first.query.clone());
        Pages { cx, at, service, paging, next, coming: None, is_ahead: false, first, guard, is_missing: false }
    }

    /// Asks for each page while the one before it is worked on: for those who want all of the list.
    pub fn ahead(mut self, is_ahead: bool) -> Self {
        self.is_ahead = is_ahead;
        self
    }

    fn ask(&self, query: Vec<(String, String)>) -> Coming<'a> {
        let (at, cx, service) = (self.at, self.cx, self.service);
        let request = Request { query, ..self.first.clone() };
        Coming::Asked(Box::pin(async move { at.send(cx, service, request).await }))
    }

    /// Has the next page asked for, and not waited for.
    async fn begin(&mut self) {
        if let Some(query) = self.next.clone().filter(|_| self.is_ahead) {
            let mut coming = self.ask(query);
            poll_fn(|task| Poll::Ready(coming.poll(task))).await;
            self.coming = Some(coming);
            // What is to be sent is sent by another task.
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
            // Before the answer is read, which takes its time.
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

    /// Whether the service said that what the list is a part of does not exist.
    pub fn is_missing(&self) -> bool {
        self.is_missing
    }

    /// So many values are kept of this page.
    ///
    /// # Errors
    /// When that makes too much.
    pub fn keep(&mut self, values: usize, page: &Reply) -> Result<(), SendError> {
        self.guard.keep(values, page.size()).map_err(|why| self.service.endless(page, why))
    }
}

/// One list that is being followed.
#[derive(Default)]
pub struct PageGuard {
    hasher: RandomState,
    /// The pages that were asked for, by hash: what tells them apart may be long.
    asked: HashSet<u64>,
    bytes: usize,
    values: usize,
}

/// Why a list is followed no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Endless {
    /// It names a page that was asked for before.
    #[error("its list leads back to a page that was read already")]
    Circle,
    /// It goes on and on.
    #[error("its list has no end within {MOST_PAGES} pages")]
    TooLong,
    /// More of it would be kept than a state can hold.
    #[error("its list is too large to keep: use a narrower filter")]
    TooMuch,
}

impl PageGuard {
    /// The page that this tells from all others is about to be asked for.
    ///
    /// # Errors
    /// When it was before, or too many were.
    pub fn turn_to(&mut self, page: impl Hash) -> Result<(), Endless> {
        match self.asked.insert(self.hasher.hash_one(page)) {
            false => Err(Endless::Circle),
            true if self.asked.len() > MOST_PAGES => Err(Endless::TooLong),
            true => Ok(()),
        }
    }

    /// So many values are kept of a page that had so many bytes.
    ///
    /// # Errors
    /// When that makes too much.
    pub fn keep(&mut self, values: usize, bytes: usize) -> Result<(), Endless> {
        if values > 0 {
            self.values = self.values.saturating_add(values);
            self.bytes = self.bytes.saturating_add(bytes);
        }
        if self.values > MOST_VALUES || self.bytes > MOST_BYTES { Err(Endless::TooMuch) } else { Ok(()) }
    }
}

impl Service {
    /// A list that is followed no further than this answer: nothing was changed by asking.
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
