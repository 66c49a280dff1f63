//! Reads that share: after a few reads of one kind of object, pages of its list answer the reads that follow.
//!
//! Owns when a page is worth asking for, which reads it answers, and when what it shows is too old. Knows nothing
//! of the objects but what they are called, nor of who asks: a read that gets nothing here asks for its object.
//!
//! An object is handed out once, to the first read of it, and freed: whoever reads it again wants to know how it
//! is by then. Nothing of a list outlives a write by the same connections, or 30 seconds after its last page.
//! That an object is not in a list means nothing.

use super::{Endpoint, Reply, Request, Service};
use crate::engine::Cx;
use reqwest::{Url, header::HeaderMap};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::{
    borrow::Cow,
    collections::{
        HashMap,
        hash_map::{Entry, RandomState},
    },
    fmt,
    hash::BuildHasher,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

/// So many reads ask for their objects themselves before a page is asked for.
const FEW: u64 = 3;
/// Whoever has read so much is taken to go on to read as much again, and this much more.
const EXPECTED: u64 = 50;
/// Pages that show nothing of use may cost one in so many reads.
const EXPLORING: u64 = 4;
/// How old the last page may be.
const LIFETIME: Duration = Duration::from_secs(30);

/// How a service's lists can stand in for reads.
pub struct Lists {
    /// What a page costs, in reads of single objects, where the service's limits are tightest; at least 1.
    pub price: u64,
    /// Asked for beside the page: what makes a list as fresh as a read.
    pub query: &'static [(&'static str, &'static str)],
}

/// A page of a list.
pub struct Page {
    /// The objects, by the id that reads ask for.
    pub items: Vec<(String, Box<RawValue>)>,
    /// The query of the page after this one.
    pub next: Option<Vec<(String, String)>>,
}

/// What the reads by some connections share.
#[derive(Default)]
pub(super) struct Shares {
    /// Counts the beginnings and the ends of writes.
    writes: AtomicU64,
    lists: Mutex<Vec<Arc<Share>>>,
}

/// Ends what is shared once more when the write is over, however it ends.
pub(super) struct Writing<'a>(&'a AtomicU64);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Shares {
    /// Ends all that is shared, as long as what this returns is held.
    pub(super) fn writing(&self) -> Writing<'_> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        Writing(&self.writes)
    }

    fn now(&self) -> Now {
        Now { writes: self.writes.load(Ordering::SeqCst), time: Instant::now() }
    }

    /// What is shared of the list at this URL with these credentials; frees all that has ended.
    fn of(&self, url: Url, headers: &HeaderMap) -> Arc<Share> {
        let now = self.now();
        let mut lists = lock(&self.lists);
        lists.retain(|share| Arc::strong_count(share) > 1 || !lock(&share.seen).ended(now));
        if let Some(share) = lists.iter().find(|share| share.url == url && share.headers == *headers) {
            return share.clone();
        }
        let share = Share {
            url,
            headers: headers.clone(),
            hasher: RandomState::new(),
            turn: tokio::sync::Mutex::default(),
            seen: Mutex::new(Seen::new(now)),
        };
        lists.push(Arc::new(share));
        lists[lists.len() - 1].clone()
    }
}

#[derive(Clone, Copy)]
struct Now {
    writes: u64,
    time: Instant,
}

/// One list, as somebody with these credentials sees it.
struct Share {
    url: Url,
    headers: HeaderMap,
    hasher: RandomState,
    /// Whose turn it is to ask for a page.
    turn: tokio::sync::Mutex<()>,
    seen: Mutex<Seen>,
}

/// What was read and what was listed since the last write.
struct Seen {
    writes: u64,
    /// When the last page came, or at first when the reads began.
    since: Instant,
    /// The objects that were read, by hash.
    read: HashMap<u64, Waits>,
    /// How many of them the pages show.
    shown: u64,
    pages: u64,
    /// What nobody has taken yet.
    items: HashMap<String, Box<RawValue>>,
    /// The query of the next page, which the first one does not need.
    next: Option<Vec<(String, String)>>,
    /// No page is to follow: it was the last one, or one could not be had.
    whole: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Waits {
    /// For a page.
    Yes,
    /// It has its answer, or asks for it itself.
    No,
}

/// What a read is to do.
enum Answer {
    Take(Box<RawValue>),
    /// Ask for the object.
    Ask,
    /// Wait for a page, and for its turn to ask for it: by this query if there was one before.
    Page(Option<Vec<(String, String)>>),
}

impl Seen {
    fn new(now: Now) -> Seen {
        Seen {
            writes: now.writes,
            since: now.time,
            read: HashMap::new(),
            shown: 0,
            pages: 0,
            items: HashMap::new(),
            next: None,
            whole: false,
        }
    }

    fn ended(&self, now: Now) -> bool {
        self.writes != now.writes || now.time.duration_since(self.since) > LIFETIME
    }

    /// What a read of this object does now.
    fn look(&mut self, id: &str, hash: u64, price: u64, now: Now) -> Answer {
        if self.ended(now) {
            *self = Seen::new(now);
        }
        match self.read.entry(hash) {
            Entry::Occupied(read) if *read.get() == Waits::No => return Answer::Ask,
            Entry::Occupied(_) => {}
            Entry::Vacant(read) => {
                read.insert(Waits::Yes);
                self.shown += u64::from(self.items.contains_key(id));
            }
        }
        let answer = match self.items.remove(id) {
            Some(item) => Answer::Take(item),
            None if self.is_worth_a_page(price) => return Answer::Page(self.next.clone()),
            None => Answer::Ask,
        };
        self.read.insert(hash, Waits::No);
        answer
    }

    /// Whether the next page may be expected to save more than it costs: it will show as many of the objects
    /// still to be read as the others did of those that were. Where that cannot be told yet, some are tried.
    fn is_worth_a_page(&self, price: u64) -> bool {
        let (read, spent) = (self.read.len() as u64, self.pages * price);
        !self.whole && read > FEW && (self.shown * (read + EXPECTED) >= spent * read || read >= EXPLORING * spent)
    }

    /// Takes in a page that was asked for when there had been so many writes.
    fn add(&mut self, page: Option<Page>, writes: u64, hash: impl Fn(&str) -> u64, now: Now) {
        if self.writes != writes || now.writes != writes {
            return;
        }
        self.since = now.time;
        self.whole = page.as_ref().is_none_or(|page| page.next.is_none());
        let Some(page) = page else { return };
        self.pages += 1;
        self.next = page.next;
        for (id, item) in page.items {
            let read = self.read.get(&hash(&id));
            self.shown += u64::from(read.is_some());
            if read != Some(&Waits::No) {
                self.items.insert(id, item);
            }
        }
    }
}

impl Endpoint {
    /// The object of this id as a list shows it, if other reads make lists worth their while; otherwise it is to be
    /// asked for. `list` asks for the first page, `read` understands one.
    pub async fn shared<C>(
        &self,
        cx: &Cx<C>,
        service: &'static Service,
        list: Request,
        id: &str,
        read: impl Fn(&Reply) -> Option<Page> + Sync,
    ) -> Option<Box<RawValue>> {
        let lists = service.lists.as_ref()?;
        let list = lists.query.iter().fold(list, |list, (name, value)| list.query(name, value)).dispensable();
        let shares = &self.http.shares;
        let share = shares.of(self.url(&list).ok()?, &self.headers);
        let hash = |id: &str| share.hasher.hash_one(id);
        let mut turn: Option<tokio::sync::MutexGuard<'_, ()>> = None;
        loop {
            let now = shares.now();
            let query = match lock(&share.seen).look(id, hash(id), lists.price, now) {
                Answer::Take(item) => return Some(item),
                Answer::Page(query) if !cx.cancel.is_cancelled() => query,
                Answer::Page(_) | Answer::Ask => return None,
            };
            // The page may have come by the time that it is our turn.
            if turn.is_none() {
                turn = Some(share.turn.lock().await);
                continue;
            }
            let mut request = list.clone();
            if let Some(query) = query {
                request.query = query;
            }
            let asked = request.query.clone();
            let reply = self.send(cx, service, request).await.ok().filter(Reply::is_success);
            let mut page = reply.as_ref().and_then(&read);
            if let Some(page) = &mut page {
                // A server that hands out the page that we are on would be asked for ever.
                page.next = page.next.take().filter(|next| *next != asked && !page.items.is_empty());
            }
            lock(&share.seen).add(page, now.writes, hash, shares.now());
            turn = None;
        }
    }
}

impl Page {
    /// The page in an answer that is a list of objects, each with its id in the member of this name, and says in its
    /// header where the next page is.
    pub fn of_objects(reply: &Reply, id: &str) -> Option<Page> {
        let objects: Vec<&RawValue> = reply.parse()?;
        let items = objects.into_iter().filter_map(|object| Some((text_member(object, id)?, object.to_owned()))).collect();
        Some(Page { items, next: reply.next_page() })
    }
}

/// The text that an object has in the member of this name; nothing else of it is built.
fn text_member(object: &RawValue, name: &str) -> Option<String> {
    struct Member<'a>(&'a str);

    impl<'de> DeserializeSeed<'de> for Member<'_> {
        type Value = Option<String>;

        fn deserialize<D: Deserializer<'de>>(self, object: D) -> Result<Option<String>, D::Error> {
            object.deserialize_map(self)
        }
    }

    impl<'de> Visitor<'de> for Member<'_> {
        type Value = Option<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Option<String>, A::Error> {
            let mut found = None;
            while let Some(name) = members.next_key::<Cow<'_, str>>()? {
                match name == self.0 {
                    true => found = members.next_value()?,
                    false => drop(members.next_value::<IgnoredAny>()?),
                }
            }
            Ok(found)
        }
    }

    Member(name).deserialize(&mut serde_json::Deserializer::from_str(object.get())).ok()?
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
