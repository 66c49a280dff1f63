//! Waits until a new object is visible on all servers, so that objects that depend on it work.

use crate::{engine::Cx, ory::Client};
use std::time::{Duration, Instant};

/// Asks again until the object is visible. The user sees `doing` as the progress meanwhile.
///
/// # Errors
/// The reason of the last try, when `patience` is over. If the run is stopped, the wait ends without an error.
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
