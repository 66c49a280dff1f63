//! Whole runs: as Terraform sends them, ten at a time, and as Pulumi does, all at once.

use super::{World, read, write};
use std::sync::Arc;

const CLIENTS: usize = 300;

/// Sends them from so many tasks; every answer has to be a success.
async fn create(world: &Arc<World>, tasks: usize) {
    let left = Arc::new(std::sync::atomic::AtomicUsize::new(CLIENTS));
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..tasks {
        let (world, left) = (world.clone(), left.clone());
        running.spawn(async move {
            while left.fetch_update(std::sync::atomic::Ordering::SeqCst, std::sync::atomic::Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
                let reply = world.send(write()).await.unwrap();
                assert_eq!(reply.status, 201);
            }
        });
    }
    while let Some(done) = running.join_next().await {
        done.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_large_apply_runs_at_the_rate_that_is_allowed() {
    // (the limit, whether limits are expected, tasks, seconds of theory)
    for (limit, limited, tasks, theory) in [
        ("hydra-admin-low=5/s", true, 10, 59.0),
        ("hydra-admin-low=5/s", true, CLIENTS, 59.0),
        ("hydra-admin-low=5/s", false, 4, 59.0),
        ("hydra-admin-low=5/s,150/m", true, 10, 119.0),
        ("hydra-admin-low=5/s,15/m", true, 10, 1142.0),
    ] {
        let world = Arc::new(World::new(&[limit], limited).await);
        create(&world, tasks).await;
        let (requests, refused, seconds) = world.seen("POST /admin/clients");
        eprintln!("{limit} {tasks}: {requests} {refused} {seconds} of {theory}");
    }
}
