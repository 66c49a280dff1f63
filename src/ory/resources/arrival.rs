//! What was just made and has not arrived everywhere yet: it is waited for, so that what comes after it works.

use crate::{engine::Cx, ory::Client};
use std::time::{Duration, Instant};

/// Asks whether it is there until it is. What is done meanwhile is told as `doing`.
///
/// # Errors
/// Why it was not there the last time, if that was for so long. A run that is stopped is told nothing.
pub async fn until_there<F>(cx: &Cx<Client>, patience: Duration, doing: &str, ask: impl Fn() -> F) -> Result<(), String>
where
    F: Future<Output = Result<(), String>>,
{
    let limit = Instant::now() + patience;
    let ends = cx.deadline.map_or(limit, |deadline| deadline.min(limit));
    let mut pause = Duration::from_millis(250);
    loop {
        let Err(why) = ask().await else { return Ok(()) };
        if Instant::now() + pause > ends {
            return Err(why);
        }
        (cx.progress)(doing);
        tokio::select! {
            biased;
            () = cx.stopped() => return Ok(()),
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(Duration::from_secs(5));
    }
}
