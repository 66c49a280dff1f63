//! Shared reads: after a few reads of one kind of object, pages of its list answer the reads that follow.
//!
//! Owns when a page is worth a request, which reads it answers, and when it is too old. Knows nothing of the objects except their
//! ids, and nothing of the caller: a read that gets nothing here requests its object by itself.
//!
//! An object is used for its first read only, and then freed: a second read wants its state at that time. A write through the same
//! connections invalidates the list; so does the end of its lifetime, 30 seconds after its last page. The lifetime is longer while
//! a caller continues to read from it: reading the list again and again would take longer the more objects there are. If an object
//! is not in a list, that says nothing about the object.

use super::{Door, Endpoint, PageGuard, Reply, Request, Service};
use crate::{engine::Cx, value::Reader};
use reqwest::Url;
use std::{
    borrow::Cow,
    collections::{
        HashMap,
        hash_map::{Entry, RandomState},
    },
    hash::BuildHasher,
    ops::Range,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

/// This many reads request their objects themselves before a page is requested.
const FEW: u64 = 3;
/// The number of reads that are expected to follow: as many as there were, and this many more.
const EXPECTED: u64 = 50;
/// Pages without useful objects may cost at most one in this many reads.
const EXPLORING: u64 = 4;
/// The largest age of the last page.
const LIFETIME: Duration = Duration::from_secs(30);
/// The largest age while a caller continues to read from the list, and the longest time without such a read.
const WHILE_READ: (Duration, Duration) = (Duration::from_secs(600), Duration::from_secs(5));
/// Beyond this many bytes, objects are kept compressed: objects of one kind are similar.
const ROOMY: usize = 16 << 20;

/// How a service's lists answer reads.
pub struct Lists {
    /// The cost of a page, in reads of single objects, under the service's tightest limit; at least 1.
    pub price: u64,
    /// Additional query parameters, with which a list is as fresh as a read.
    pub query: &'static [(&'static str, &'static str)],
}

/// A page of a list.
pub struct Page<'a> {
    /// The objects as JSON text, each with the id that reads use.
    pub items: Vec<(String, Cow<'a, str>)>,
    /// The query of the next page.
    pub next: Option<Vec<(String, String)>>,
}

/// The shared reads of a pool of connections.
#[derive(Default)]
pub(super) struct Shares {
    /// The number of beginnings and ends of writes.
    writes: AtomicU64,
    lists: Mutex<Vec<Arc<Share>>>,
}

/// Invalidates the shared reads again when the write has ended, in whatever way.
pub(super) struct Writing<'a>(&'a AtomicU64);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Shares {
    /// Invalidates all shared reads until the returned value is dropped.
    pub(super) fn writing(&self) -> Writing<'_> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        Writing(&self.writes)
    }

    pub(super) fn now(&self) -> Now {
        Now { writes: self.writes.load(Ordering::SeqCst), time: Instant::now() }
    }

    /// The shared list at this URL through this door. Frees all lists that have expired.
    fn of(&self, url: Url, door: Door) -> Arc<Share> {
        let now = self.now();
        let mut lists = lock(&self.lists);
        lists.retain(|share| Arc::strong_count(share) > 1 || !lock(&share.seen).ended(now));
        if let Some(share) = lists.iter().find(|share| share.url == url && share.door == door) {
            return share.clone();
        }
        let share = Share { url, door, hasher: RandomState::new(), turn: tokio::sync::Mutex::default(), seen: Mutex::new(Seen::new(now)) };
        lists.push(Arc::new(share));
        lists[lists.len() - 1].clone()
    }
}

/// A point in time: the clock, and the number of writes so far.
#[derive(Clone, Copy)]
pub(super) struct Now {
    writes: u64,
    time: Instant,
}

impl Now {
    /// The time since then.
    pub(super) fn age(self) -> Duration {
        self.time.elapsed()
    }

    /// Whether no write began or ended between the two points.
    pub(super) fn is_as_written_as(self, other: Now) -> bool {
        self.writes == other.writes
    }
}

/// One list, read through one door.
struct Share {
    url: Url,
    door: Door,
    hasher: RandomState,
    /// Held by the read that requests the next page.
    turn: tokio::sync::Mutex<()>,
    seen: Mutex<Seen>,
}

/// The reads and the pages since the last write.
struct Seen {
    writes: u64,
    /// The time of the last page or, before the first page, of the first read.
    since: Instant,
    /// The time at which a read last used an object from the list.
    taken: Instant,
    /// The objects that were read, by hash of their ids.
    read: HashMap<u64, Waits>,
    /// The number of them that were in pages.
    shown: u64,
    pages: u64,
    /// The objects that no read has used yet, by hash of their ids.
    items: HashMap<u64, Place>,
    /// The texts of the objects, page by page.
    texts: Vec<Texts>,
    /// The size of these texts, in bytes.
    bytes: usize,
    /// The first object: the dictionary for the compression of the others.
    sample: Box<str>,
    /// The query of the next page; `None` for the first page.
    next: Option<Vec<(String, String)>>,
    /// The limits of the list.
    guard: PageGuard,
    /// No page follows: it was the last one, or a request for one has failed.
    whole: bool,
}

/// The place of an object's text: the page, and the bytes there.
struct Place {
    page: usize,
    bytes: Range<usize>,
}

/// The texts of the objects of a page, one after the other, each after its id: tens of thousands of small pieces of memory would be
/// scattered widely, and later so would be what uses the gaps between them.
#[derive(Default)]
struct Texts {
    bytes: Vec<u8>,
    /// Whether each is compressed with the sample as dictionary.
    packed: bool,
    /// The number of objects that no read has used yet.
    left: usize,
}

impl Texts {
    /// Adds an object.
    fn add(&mut self, id: &str, text: &str, sample: &str) -> Range<usize> {
        let (start, parts) = (self.bytes.len(), [id, "\0", text]);
        match self.packed {
            true => self.bytes.extend(lz4_flex::block::compress_prepend_size_with_dict(parts.concat().as_bytes(), sample.as_bytes())),
            false => parts.iter().for_each(|part| self.bytes.extend_from_slice(part.as_bytes())),
        }
        self.left += 1;
        start..self.bytes.len()
    }

    /// The text of the object with this id.
    fn get(&self, id: &str, at: Range<usize>, sample: &str) -> Option<Box<str>> {
        let bytes = self.bytes.get(at)?;
        let text = match self.packed {
            true => lz4_flex::block::decompress_size_prepended_with_dict(bytes, sample.as_bytes()).ok()?,
            false => bytes.to_vec(),
        };
        let text = String::from_utf8(text).ok()?;
        text.strip_prefix(id)?.strip_prefix('\0').map(Box::from)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Waits {
    /// It waits for a page.
    Yes,
    /// It has its answer, or requests its object itself.
    No,
}

/// What a read does next.
enum Answer {
    Take(Box<str>),
    /// It requests its object.
    Ask,
    /// It waits for its turn and requests a page, by this query if it is not the first.
    Page(Option<Vec<(String, String)>>),
}

impl Seen {
    fn new(now: Now) -> Seen {
        Seen {
            writes: now.writes,
            since: now.time,
            taken: now.time,
            read: HashMap::new(),
            shown: 0,
            pages: 0,
            items: HashMap::new(),
            texts: Vec::new(),
            bytes: 0,
            sample: Box::default(),
            next: None,
            guard: PageGuard::default(),
            whole: false,
        }
    }

    fn ended(&self, now: Now) -> bool {
        let [age, idle] = [self.since, self.taken.max(self.since)].map(|then| now.time.duration_since(then));
        let (oldest, pause) = WHILE_READ;
        self.writes != now.writes || age > LIFETIME && (age > oldest || idle > pause)
    }

    /// Decides what a read of this object does now.
    fn look(&mut self, id: &str, hash: u64, price: u64, now: Now) -> Answer {
        if self.ended(now) {
            *self = Seen::new(now);
        }
        match self.read.entry(hash) {
            Entry::Occupied(read) if *read.get() == Waits::No => return Answer::Ask,
            Entry::Occupied(_) => {}
            Entry::Vacant(read) => {
                read.insert(Waits::Yes);
                self.shown += u64::from(self.items.contains_key(&hash));
            }
        }
        let answer = match self.items.remove(&hash) {
            Some(place) => {
                self.taken = now.time;
                self.take(id, place).map_or(Answer::Ask, Answer::Take)
            }
            None if self.is_worth_a_page(price) => return Answer::Page(self.next.clone()),
            None => Answer::Ask,
        };
        self.read.insert(hash, Waits::No);
        answer
    }

    /// The text of an object, for the only read that uses it.
    fn take(&mut self, id: &str, Place { page, bytes }: Place) -> Option<Box<str>> {
        let texts = self.texts.get_mut(page)?;
        let text = texts.get(id, bytes, &self.sample);
        texts.left -= 1;
        if texts.left == 0 {
            self.bytes -= texts.bytes.len();
            *texts = Texts::default();
        }
        text
    }

    /// Whether the next page is expected to save more requests than it costs: as many of the coming reads will be in pages as of
    /// the reads so far. While that is unknown, some pages are tried.
    fn is_worth_a_page(&self, price: u64) -> bool {
        let (read, spent) = (self.read.len() as u64, self.pages * price);
        !self.whole && read > FEW && (self.shown * (read + EXPECTED) >= spent * read || read >= EXPLORING * spent)
    }

    /// Adds the page with this query, which was requested when the number of writes was `writes`.
    fn add(&mut self, asked: &[(String, String)], page: Option<Page<'_>>, writes: u64, hash: impl Fn(&str) -> u64, now: Now) {
        if self.writes != writes || now.writes != writes {
            return;
        }
        self.since = now.time;
        self.whole = true;
        let Some(page) = page else { return };
        if self.pages == 0 {
            // The first page cannot have been requested before.
            let _ = self.guard.turn_to(asked);
        }
        self.pages += 1;
        let (is_empty, mut kept, mut bytes) = (page.items.is_empty(), 0, 0);
        let mut texts = Texts { packed: self.bytes >= ROOMY, ..Texts::default() };
        for (id, item) in page.items {
            let hash = hash(&id);
            let read = self.read.get(&hash);
            self.shown += u64::from(read.is_some());
            // An object that moves while pages are read can be in two of them; the first text stays.
            if read != Some(&Waits::No) && !self.items.contains_key(&hash) {
                (kept, bytes) = (kept + 1, bytes + id.len() + item.len());
                if self.sample.is_empty() {
                    self.sample = (&*item).into();
                }
                let place = Place { page: self.texts.len(), bytes: texts.add(&id, &item, &self.sample) };
                self.items.insert(hash, place);
            }
        }
        texts.bytes.shrink_to_fit();
        self.bytes += texts.bytes.len();
        self.texts.push(texts);
        // A list that leads in a circle or is too large is not read further: reads request their objects themselves.
        let fits = self.guard.keep(kept, bytes).is_ok();
        self.next = page.next.filter(|next| fits && !is_empty && self.guard.turn_to(next).is_ok());
        self.whole = self.next.is_none();
    }
}

impl Endpoint {
    /// The object with this id from a list page, if other reads make that worthwhile; otherwise `None`, and the caller requests the
    /// object. `list` requests the first page, and `read` parses a page.
    pub async fn shared<C>(
        &self,
        cx: &Cx<C>,
        service: &'static Service,
        list: Request,
        id: &str,
        read: impl Fn(&Reply) -> Option<Page<'_>> + Sync,
    ) -> Option<Box<str>> {
        let lists = service.lists.as_ref()?;
        let list = lists.query.iter().fold(list, |list, (name, value)| list.query(name, value)).dispensable();
        let shares = &self.http.shares;
        let share = shares.of(self.url(&list).ok()?, self.door());
        let hash = |id: &str| share.hasher.hash_one(id);
        let mut turn: Option<tokio::sync::MutexGuard<'_, ()>> = None;
        loop {
            let now = shares.now();
            let query = match lock(&share.seen).look(id, hash(id), lists.price, now) {
                Answer::Take(item) => return Some(item),
                Answer::Page(query) if !cx.cancel.is_cancelled() => query,
                Answer::Page(_) | Answer::Ask => return None,
            };
            // The page may arrive while this read waits for its turn.
            if turn.is_none() {
                turn = tokio::select! {
                    biased;
                    () = cx.stopped() => return None,
                    turn = share.turn.lock() => Some(turn),
                };
                continue;
            }
            let mut request = list.clone();
            if let Some(query) = query {
                request.query = query;
            }
            let asked = request.query.clone();
            let reply = self.send(cx, service, request).await.ok().filter(Reply::is_success);
            let page = reply.as_ref().and_then(&read);
            lock(&share.seen).add(&asked, page, now.writes, hash, shares.now());
            turn = None;
        }
    }
}

impl<'a> Page<'a> {
    /// The page in an answer that is a list of objects, each with its id at this path (names of members with slashes in between),
    /// and whose header has the link to the next page.
    pub fn of_objects(reply: &'a Reply, id: &str) -> Option<Page<'a>> {
        let mut items = Vec::new();
        let mut reader = Reader::new(&reply.body).ok()?;
        reader.items(|reader| {
            let (object, id) = reader.with_text(|reader| text_member(reader, id))?;
            items.extend(id.map(|id| (id, object.into())));
            Some(())
        })?;
        reader.is_at_end().then(|| Page { items, next: reply.next_page() })
    }
}

/// The text at this path in the next object, if there is one; the rest of the object is skipped without building it.
fn text_member(reader: &mut Reader<'_>, path: &str) -> Option<Option<String>> {
    let (name, inside) = path.split_once('/').map_or((path, None), |(name, inside)| (name, Some(inside)));
    let mut found = None;
    reader.members(|reader, member| {
        match (member == name, inside) {
            (true, Some(inside)) => found = text_member(&mut Reader::new(reader.skip()?.as_bytes()).ok()?, inside).flatten(),
            (true, None) => found = reader.value()?.as_str().map(str::to_owned),
            (false, _) => drop(reader.skip()?),
        }
        Some(())
    })?;
    Some(found)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_object_is_what_it_was(text in ".{0,200}", sample in ".{0,200}", common in ".{0,200}") {
            let [text, sample] = [text, sample].map(|end| format!("{common}{end}").into_boxed_str());
            for packed in [false, true] {
                let mut texts = Texts { packed, ..Texts::default() };
                let [first, second] = ["1", "2"].map(|id| texts.add(id, if id == "1" { &sample } else { &text }, &sample));
                prop_assert_eq!(texts.get("1", second.clone(), &sample), None);
                prop_assert_eq!(texts.get("1", first, &sample), Some(sample.clone()));
                prop_assert_eq!(texts.get("2", second, &sample), Some(text.clone()));
            }
        }
    }

    #[test]
    fn objects_that_differ_in_little_take_little_room() {
        let client = |number: usize| {
            let others: String = (0..40).map(|member| format!(",\"a_member_{member}\":null")).collect();
            format!("{{\"client_id\":\"00000000-0000-4000-8000-{number:012}\",\"client_name\":\"Client {number}\"{others}}}")
                .into_boxed_str()
        };
        let (sample, other) = (client(1), client(23_456));
        let (whole, packed) = (other.len(), Texts { packed: true, ..Texts::default() }.add("23456", &other, &sample).len());
        assert!(packed * 8 < whole, "{packed} of {whole}");
    }
}
