//! Whole runs: as Terraform sends them, ten at a time, and as Pulumi does, all at once.

use super::{API, World, endpoint, read, write};
use janiform::{
    engine::{Call, Cx, Done},
    value::Json,
};
use reqwest::Method;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};
use tokio::{task::JoinSet, time::Instant};

const CLIENTS: usize = 300;

/// Sends them all from so many tasks; every answer has to be a success.
async fn create(world: &Arc<World>, tasks: usize) {
    let left = Arc::new(AtomicUsize::new(CLIENTS));
    let mut running = JoinSet::new();
    for _ in 0..tasks {
        let (world, left) = (world.clone(), left.clone());
        running.spawn(async move {
            while left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok() {
                assert_eq!(world.send(write()).await.unwrap().status, 201);
            }
        });
    }
    while let Some(done) = running.join_next().await {
        done.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_large_apply_runs_at_the_rate_that_is_allowed() {
    // The limit, how many at once, and the seconds that it takes at the least: bursts count.
    for (limit, at_once, theory) in [
        ("hydra-admin-low=5/s", 10, 59.0),
        ("hydra-admin-low=5/s", CLIENTS, 59.0),
        ("hydra-admin-low=5/s,150/m", 10, 60.0 + 29.0),
        ("hydra-admin-low=5/s,15/m", 10, 19.0 * 60.0 + 2.0),
    ] {
        let world = Arc::new(World::new(&[limit], true).await);
        create(&world, at_once).await;
        let (requests, refused, seconds) = world.seen("POST /admin/clients");
        assert_eq!(requests, CLIENTS + refused);
        assert!(refused * 100 <= CLIENTS, "{limit}: {refused} of {requests} were refused");
        assert!((0.95..=1.05).contains(&(seconds / theory)), "{limit}: {seconds} s, and {theory} s in theory");
    }
}

#[tokio::test(start_paused = true)]
async fn the_user_hears_what_takes_so_long() {
    let world = Arc::new(World::new(&["hydra-admin-low=5/s,15/m"], true).await);
    let engine_like = |at: &Arc<World>| {
        let world = at.clone();
        async move {
            let cx = world.cx();
            let outcome = world.endpoint.send(&cx, &API, write()).await;
            (outcome.is_ok(), cx.warned())
        }
    };
    let mut running = JoinSet::new();
    for _ in 0..60 {
        running.spawn(engine_like(&world));
    }
    let mut warnings = Vec::new();
    while let Some(done) = running.join_next().await {
        let (fine, warned) = done.unwrap();
        assert!(fine);
        warnings.extend(warned);
    }
    // Once, and it says what, why, and how long.
    let [warning] = &warnings[..] else { panic!("{warnings:?}") };
    for word in ["the API", "15 requests a minute", "writes", "every 100 take about 7 min", "more wait now"] {
        assert!(format!("{} {}", warning.summary, warning.detail).contains(word), "{word}: {warning:?}");
    }
    let told = world.told.lock().unwrap().clone();
    // Everybody who waited, and what is told goes down.
    let waits = |unit: &str| told.iter().filter(|line| line.starts_with("waiting about ") && line.contains(unit)).count();
    assert!(waits(" min: ") > 30 && waits(" s: ") > 30, "{told:?}");
    assert!(told.iter().all(|line| line.ends_with("the API allows 15 requests a minute (writes)")), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn buckets_do_not_wait_for_each_other() {
    let world = Arc::new(World::new(&["hydra-admin-low=5/s"], true).await);
    let writes = tokio::spawn({
        let world = world.clone();
        async move { create(&world, CLIENTS).await }
    });
    // In the middle of it.
    tokio::time::sleep(Duration::from_secs(10)).await;
    let began = Instant::now();
    let mut reads = JoinSet::new();
    for _ in 0..100 {
        let world = world.clone();
        reads.spawn(async move { assert_eq!(world.send(read()).await.unwrap().status, 404) });
    }
    while let Some(done) = reads.join_next().await {
        done.unwrap();
    }
    // The first alone, and then all the others.
    assert!(began.elapsed() <= Duration::from_secs(1), "{:?}", began.elapsed());
    writes.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_server_without_limits_is_not_slowed() {
    let world = Arc::new(World::new(&[], false).await);
    create(&world, CLIENTS).await;
    let (requests, refused, seconds) = world.seen("POST /admin/clients");
    assert_eq!((requests, refused), (CLIENTS, 0));
    // 20 ms each way, and all of it at once but for the very first.
    assert!(seconds <= 0.100, "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn cancelling_ends_every_wait_at_once() {
    let world = Arc::new(World::new(&["hydra-admin-low=5/s,15/m"], true).await);
    let mut running = JoinSet::new();
    for _ in 0..CLIENTS {
        let world = world.clone();
        running.spawn(async move { world.send(write()).await });
    }
    tokio::time::sleep(Duration::from_secs(20)).await;
    let sent = world.seen("POST /admin/clients").0;
    world.cancel.cancel();
    let cancelled = Instant::now();
    let mut stopped = 0;
    while let Some(outcome) = running.join_next().await {
        if let Err(error) = outcome.unwrap() {
            assert_eq!(error.done, Done::No);
            assert!(error.diagnostic.detail.contains("Nothing was changed"), "{:?}", error.diagnostic);
            stopped += 1;
        }
    }
    assert!(cancelled.elapsed() < Duration::from_millis(100), "{:?}", cancelled.elapsed());
    assert_eq!((sent, stopped), (15, CLIENTS - 15));
    tokio::time::sleep(Duration::from_secs(120)).await;
    assert_eq!(world.seen("POST /admin/clients").0, sent, "sent after the run was cancelled");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_in_time_says_so_at_once() {
    let world = World::new(&["hydra-admin-low=5/s,15/m"], true).await;
    for _ in 0..15 {
        world.send(write()).await.unwrap();
    }
    let deadline = Some((Instant::now() + Duration::from_secs(30)).into_std());
    let cx = Cx::new(Arc::new(()), world.cancel.clone(), Call { deadline, ..Call::default() });
    let began = Instant::now();
    let error = world.endpoint.send(&cx, &API, write()).await.err().unwrap();
    assert_eq!((error.done, error.status), (Done::No, None));
    assert!(began.elapsed() < Duration::from_secs(1), "waited for what could not be in time");
    for word in ["The time allowed", "POST /admin/clients", "15 requests a minute", "Nothing was changed", "Apply again"] {
        assert!(format!("{} {}", error.diagnostic.summary, error.diagnostic.detail).contains(word), "{word}: {:?}", error.diagnostic);
    }
    // With more time it waits.
    let deadline = Some((Instant::now() + Duration::from_secs(90)).into_std());
    let cx = Cx::new(Arc::new(()), world.cancel.clone(), Call { deadline, ..Call::default() });
    assert_eq!(world.endpoint.send(&cx, &API, write()).await.unwrap().status, 201);
    assert_eq!(world.seen("POST /admin/clients").1, 0);
}

#[tokio::test(start_paused = true)]
async fn requests_that_must_not_meet_are_sent_one_by_one() {
    let world = Arc::new(World::new(&[], true).await);
    let mut running = JoinSet::new();
    for _ in 0..10 {
        let world = world.clone();
        let body = Json::parse(r#"{"schema_id":"default","traits":{}}"#).unwrap();
        let request = janiform::rest::Request::new(Method::POST, "/admin/identities").body(body);
        running.spawn(async move { assert_eq!(world.send(request).await.unwrap().status, 201) });
    }
    while let Some(done) = running.join_next().await {
        done.unwrap();
    }
    // Each was on its way for 20 ms.
    let (requests, _, seconds) = world.seen("POST /admin/identities");
    assert!(requests == 10 && seconds >= 9.0 * 0.020, "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn each_credential_has_limits_of_its_own() {
    let world = World::new(&["hydra-admin-low=5/s,15/m"], true).await;
    for _ in 0..15 {
        world.send(write()).await.unwrap();
    }
    let rate = world.endpoint.rate(&API, &write());
    assert_eq!(rate.map(|rate| rate.requests), Some(15));
    // Another key, and a provider that was configured again, know nothing of it.
    let mut other = world.endpoint.clone();
    other.headers.insert("authorization", reqwest::header::HeaderValue::from_static("Bearer other"));
    assert_eq!(other.rate(&API, &write()), None);
    assert_eq!(endpoint(&world.server.url(), true).rate(&API, &write()), None);
}
