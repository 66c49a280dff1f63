//! Workers that write again and again, as a tool does, against a server that takes its time. The clock is paused: all times are exact.

use super::*;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::{sync::Semaphore, task::JoinSet};

const COMPANY: Duration = Duration::from_millis(50);
/// How long a request is in flight.
const REQUEST: Duration = Duration::from_millis(500);

/// The longest time between the end of an object and the start of another.
const LONGEST_PAUSE: Duration = Duration::from_millis(43);

/// A write: the view of its document.
type Item = char;

/// A server and its requests: when each began, and its writes.
struct Server {
    batcher: Arc<Batcher<Item, ()>>,
    requests: Mutex<Vec<(Duration, String)>>,
    start: Instant,
}

impl Server {
    fn new() -> Arc<Server> {
        let batcher = Batcher::of(|one: &Item, other| one == other);
        Arc::new(Server { batcher: Arc::new(batcher), requests: Mutex::default(), start: Instant::now() })
    }

    async fn write(&self, item: Item) {
        let mut ticket = self.batcher.join(item);
        loop {
            match ticket.turn(COMPANY, |_| true, std::future::pending()).await {
                Turn::Over(()) => return,
                Turn::Send(batch) => {
                    let sent = batch.items().collect();
                    lock(&self.requests).push((self.start.elapsed(), sent));
                    tokio::time::sleep(REQUEST).await;
                    let results = vec![(); batch.items().len()];
                    batch.tell(results);
                }
                Turn::Lost | Turn::Stopped => panic!("nobody gives up"),
            }
        }
    }

    fn sent(&self) -> Vec<String> {
        lock(&self.requests).iter().map(|(_, sent)| sent.clone()).collect()
    }
}

/// Runs these objects as a tool does that works on ten at a time: each is one write after the other, and a new object starts some
/// milliseconds after the end of another.
async fn run(server: &Arc<Server>, objects: impl IntoIterator<Item = &'static str>) {
    let (at_a_time, started) = (Arc::new(Semaphore::new(10)), Arc::new(AtomicU64::new(0)));
    let mut under_way = JoinSet::new();
    for object in objects {
        let (server, at_a_time, started) = (server.clone(), at_a_time.clone(), started.clone());
        under_way.spawn(async move {
            let _turn = at_a_time.acquire().await.unwrap();
            // In no order, and never twice the same in a row.
            let pause = started.fetch_add(1, Ordering::Relaxed) * 17 % 43 + 1;
            tokio::time::sleep(LONGEST_PAUSE.min(Duration::from_millis(pause))).await;
            for item in object.chars() {
                server.write(item).await;
            }
        });
    }
    while let Some(done) = under_way.join_next().await {
        done.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn forty_writes_of_ten_workers_are_four_full_requests() {
    let server = Server::new();
    run(&server, ["d"; 40]).await;
    assert_eq!(server.sent(), ["dddddddddd"; 4]);
    // Each starts a moment after all ten are back.
    assert!(server.start.elapsed() <= 4 * (REQUEST + LONGEST_PAUSE + COMPANY / 5), "{:?}", server.start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_writes_of_a_smaller_group_go_together_at_the_end() {
    let server = Server::new();
    // Two need another view, one of them after a write of the document.
    let objects = (0..40).map(|number| [(7, "v"), (20, "dv")].into_iter().find(|(at, _)| *at == number).map_or("d", |(_, items)| items));
    run(&server, objects).await;
    let sent = server.sent();
    assert_eq!(sent.concat().len(), 41);
    assert!(sent.len() <= 6 && sent.last().unwrap() == "vv", "{sent:?}");
}

/// An organization is written by another request, and its worker comes back with another write.
#[tokio::test(start_paused = true)]
async fn a_write_of_something_else_does_not_divide_a_batch() {
    let server = Server::new();
    let mut under_way = JoinSet::new();
    for number in 0..10 {
        let server = server.clone();
        under_way.spawn(async move {
            for round in 0..3 {
                tokio::time::sleep(Duration::from_millis(number * 4)).await;
                if (round, number) == (1, 3) {
                    let turn = server.batcher.alone().await;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    drop(turn);
                    tokio::time::sleep(Duration::from_millis(60)).await;
                }
                server.write('d').await;
            }
        });
    }
    under_way.join_all().await;
    let sent: Vec<_> = server.sent().iter().map(String::len).collect();
    assert_eq!(sent, [10, 9, 10, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_smaller_group_does_not_wait_for_ever() {
    let server = Server::new();
    run(&server, ["v"].into_iter().chain(["d"; 200])).await;
    let at = server.sent().iter().position(|sent| sent == "v").unwrap() as u64;
    assert!((PASSES..=PASSES + 2).contains(&at), "{:?}", server.sent());
}

#[tokio::test(start_paused = true)]
async fn one_write_waits_a_moment_only() {
    let server = Server::new();
    let begin = Instant::now();
    server.write('d').await;
    assert_eq!(begin.elapsed(), COMPANY / 5 + REQUEST);
    // Nor does the next one that depends on it.
    let begin = Instant::now();
    server.write('d').await;
    assert_eq!(begin.elapsed(), COMPANY / 5 + REQUEST);
    // Or one that comes when nobody waits for the writers of the last request any more.
    run(&server, ["d"; 10]).await;
    tokio::time::sleep(Duration::from_millis(90)).await;
    let begin = Instant::now();
    server.write('d').await;
    assert!(begin.elapsed() <= COMPANY * 2 + REQUEST, "{:?}", begin.elapsed());
    tokio::time::sleep(REQUEST).await;
    let begin = Instant::now();
    server.write('d').await;
    assert_eq!(begin.elapsed(), COMPANY / 5 + REQUEST);
}

#[tokio::test(start_paused = true)]
async fn a_write_without_company_is_sent_at_once() {
    let batcher = Batcher::<Item, ()>::default();
    for _ in 0..2 {
        let begin = Instant::now();
        let mut ticket = batcher.join('d');
        let Turn::Send(batch) = ticket.turn(Duration::ZERO, |_| true, std::future::pending()).await else { panic!("its turn") };
        batch.tell([()]);
        assert_eq!(begin.elapsed(), Duration::ZERO);
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_is_taken_back_is_not_sent_and_delays_nobody() {
    let server = Server::new();
    let first = tokio::spawn({
        let server = server.clone();
        async move { server.write('d').await }
    });
    tokio::time::sleep(REQUEST / 2).await;
    // Three of a larger group that nobody writes.
    let tickets = ['v'; 3].map(|item| server.batcher.join(item));
    let mut stopped = server.batcher.join('d');
    let stop = tokio::time::sleep(Duration::from_millis(1));
    assert!(matches!(stopped.turn(COMPANY, |_| true, stop).await, Turn::Stopped));
    drop(tickets);
    server.write('d').await;
    first.await.unwrap();
    assert_eq!(server.sent(), ["d", "d"]);
}
