//! Whole runs: as Terraform sends them, ten at a time, and as Pulumi does, all at once.

use super::{API, Backdoor, endpoint, read, write};
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
async fn create(backdoor: &Arc<Backdoor>, tasks: usize) {
    let left = Arc::new(AtomicUsize::new(CLIENTS));
    let mut running = JoinSet::new();
    for _ in 0..tasks {
        let (backdoor, left) = (backdoor.clone(), left.clone());
        running.spawn(async move {
            while left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok() {
                assert_eq!(backdoor.send(write()).await.unwrap().status, 201);
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
        let backdoor = Arc::new(Backdoor::new(&[limit], true).await);
        create(&backdoor, at_once).await;
        let (requests, refused, seconds) = backdoor.seen("POST /admin/clients");
        assert_eq!(requests, CLIENTS + refused);
        assert!(refused * 100 <= CLIENTS, "{limit}: {refused} of {requests} were refused");
        assert!((0.95..=1.05).contains(&(seconds / theory)), "{limit}: {seconds} s, and {theory} s in theory");
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_wait_is_reported() {
    let backdoor = Arc::new(Backdoor::new(&["hydra-admin-low=5/s,15/m"], true).await);
    let engine_like = |at: &Arc<Backdoor>| {
        let backdoor = at.clone();
        async move {
            let cx = backdoor.cx();
            let outcome = backdoor.endpoint.send(&cx, &API, write()).await;
            (outcome.is_ok(), cx.warned())
        }
    };
    let mut running = JoinSet::new();
    for _ in 0..60 {
        running.spawn(engine_like(&backdoor));
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
    let told = backdoor.told.lock().unwrap().clone();
    // Everybody who waited, and what is told goes down.
    let waits = |unit: &str| told.iter().filter(|line| line.starts_with("waiting about ") && line.contains(unit)).count();
    assert!(waits(" min: ") > 30 && waits(" s: ") > 30, "{told:?}");
    assert!(told.iter().all(|line| line.ends_with("the API allows 15 requests a minute (writes)")), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn buckets_do_not_wait_for_each_other() {
    let backdoor = Arc::new(Backdoor::new(&["hydra-admin-low=5/s"], true).await);
    let writes = tokio::spawn({
        let backdoor = backdoor.clone();
        async move { create(&backdoor, CLIENTS).await }
    });
    // In the middle of it.
    tokio::time::sleep(Duration::from_secs(10)).await;
    let began = Instant::now();
    let mut reads = JoinSet::new();
    for _ in 0..100 {
        let backdoor = backdoor.clone();
        reads.spawn(async move { assert_eq!(backdoor.send(read()).await.unwrap().status, 404) });
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
    let backdoor = Arc::new(Backdoor::new(&[], false).await);
    create(&backdoor, CLIENTS).await;
    let (requests, refused, seconds) = backdoor.seen("POST /admin/clients");
    assert_eq!((requests, refused), (CLIENTS, 0));
    // 20 ms each way, and all of it at once but for the very first.
    assert!(seconds <= 0.100, "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn cancelling_ends_every_wait_at_once() {
    let backdoor = Arc::new(Backdoor::new(&["hydra-admin-low=5/s,15/m"], true).await);
    let mut running = JoinSet::new();
    for _ in 0..CLIENTS {
        let backdoor = backdoor.clone();
        running.spawn(async move { backdoor.send(write()).await });
    }
    tokio::time::sleep(Duration::from_secs(20)).await;
    let sent = backdoor.seen("POST /admin/clients").0;
    backdoor.cancel.cancel();
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
    assert_eq!(backdoor.seen("POST /admin/clients").0, sent, "sent after the run was cancelled");
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_deadline_fails_at_once() {
    let backdoor = Backdoor::new(&["hydra-admin-low=5/s,15/m"], true).await;
    for _ in 0..15 {
        backdoor.send(write()).await.unwrap();
    }
    let deadline = Some((Instant::now() + Duration::from_secs(30)).into_std());
    let cx = Cx::new(Arc::new(()), backdoor.cancel.clone(), Call { deadline, ..Call::default() });
    let began = Instant::now();
    let error = backdoor.endpoint.send(&cx, &API, write()).await.err().unwrap();
    assert_eq!((error.done, error.status), (Done::No, None));
    assert!(began.elapsed() < Duration::from_secs(1), "waited for what could not be in time");
    for word in ["The time allowed", "POST /admin/clients", "15 requests a minute", "Nothing was changed", "Apply again"] {
        assert!(format!("{} {}", error.diagnostic.summary, error.diagnostic.detail).contains(word), "{word}: {:?}", error.diagnostic);
    }
    // With more time it waits.
    let deadline = Some((Instant::now() + Duration::from_secs(90)).into_std());
    let cx = Cx::new(Arc::new(()), backdoor.cancel.clone(), Call { deadline, ..Call::default() });
    assert_eq!(backdoor.endpoint.send(&cx, &API, write()).await.unwrap().status, 201);
    assert_eq!(backdoor.seen("POST /admin/clients").1, 0);
}

#[tokio::test(start_paused = true)]
async fn serial_requests_are_sent_one_by_one() {
    let backdoor = Arc::new(Backdoor::new(&[], true).await);
    let mut running = JoinSet::new();
    for _ in 0..10 {
        let backdoor = backdoor.clone();
        let body = Json::parse(r#"{"schema_id":"default","traits":{}}"#).unwrap();
        let request = janiform::rest::Request::new(Method::POST, "/admin/identities").body(body);
        running.spawn(async move { assert_eq!(backdoor.send(request).await.unwrap().status, 201) });
    }
    while let Some(done) = running.join_next().await {
        done.unwrap();
    }
    // Each was on its way for 20 ms.
    let (requests, _, seconds) = backdoor.seen("POST /admin/identities");
    assert!(requests == 10 && seconds >= 9.0 * 0.020, "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn each_credential_has_limits_of_its_own() {
    let backdoor = Backdoor::new(&["hydra-admin-low=5/s,15/m"], true).await;
    for _ in 0..15 {
        backdoor.send(write()).await.unwrap();
    }
    let rate = backdoor.endpoint.rate(&API, &write());
    assert_eq!(rate.map(|rate| rate.requests), Some(15));
    // Another key, and a provider that was configured again, know nothing of it.
    let mut other = backdoor.endpoint.clone();
    other.headers.insert("authorization", reqwest::header::HeaderValue::from_static("Bearer other"));
    assert_eq!(other.rate(&API, &write()), None);
    assert_eq!(endpoint(&backdoor.server.url(), true).rate(&API, &write()), None);
}
