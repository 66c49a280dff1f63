//! Making something exactly once, although answers get lost.
//!
//! Owns what a lost answer means for a request that makes something: look whether it is there, and send it again only
//! if it is not, or never where the server chooses the id. Knows neither what is made nor how it is looked for; what
//! outlives the process is the journal's.

use super::SendError;
use crate::engine::{Cx, Done, Observed};
use std::{collections::HashSet, time::Duration};

/// How often it is sent: whoever loses so many answers in a row is told.
const TRIES: usize = 4;

/// Sends what makes something that was seen not to be there. `look` says whether it is there by now.
///
/// # Errors
/// Its `done` says whether it may be there all the same: what was lost before may arrive after everything else.
pub async fn once<C, T, S, L>(cx: &Cx<C>, send: impl Fn() -> S, look: impl Fn() -> L) -> Result<T, SendError>
where
    S: Future<Output = Result<T, SendError>>,
    L: Future<Output = Result<Option<T>, SendError>>,
{
    let mut tries = 0;
    loop {
        tries += 1;
        let error = match send().await {
            Ok(made) => return Ok(made),
            Err(error) => error,
        };
        // A refusal is the whole story only if nothing was lost before.
        if error.done == Done::No && tries == 1 {
            return Err(error);
        }
        let lost = |error: SendError| SendError { done: if error.done == Done::No { Done::Maybe } else { error.done }, ..error };
        if cx.cancel.is_cancelled() {
            return Err(lost(error));
        }
        match look().await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) if error.may_be_tried_again() && tries < TRIES => {}
            Ok(None) | Err(_) => return Err(lost(error)),
        }
    }
}

/// So long after an answer was lost the list is read once more: what it shows may lag behind.
const LOOKS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(3)];

/// Sends what makes something whose id the server chooses, once: sent again, it would make another. Where the answer is
/// lost, it is the one object that is in the list by now, was not before, and is as it was to be; two writes of this
/// process that make the same must not meet ([`Resource::occupies`](crate::schema::Resource::occupies)).
///
/// # Errors
/// Its `done` says whether it may be there all the same.
pub async fn once_listed<C, S, L>(
    cx: &Cx<C>,
    send: impl FnOnce() -> S,
    list: impl Fn() -> L,
    is_it: impl Fn(&Observed) -> bool,
) -> Result<Observed, SendError>
where
    S: Future<Output = Result<Observed, SendError>>,
    L: Future<Output = Result<Vec<Observed>, SendError>>,
{
    // Who may not list may make all the same.
    let before = list().await.map(|found| found.into_iter().map(|object| object.id).collect::<HashSet<_>>());
    let error = match send().await {
        Ok(made) => return Ok(made),
        Err(error) => error,
    };
    let (Ok(before), true) = (before, error.done != Done::No) else { return Err(error) };
    for pause in LOOKS {
        tokio::select! {
            biased;
            () = cx.stopped() => break,
            () = tokio::time::sleep(pause) => {}
        }
        let Ok(found) = list().await else { continue };
        let mut new: Vec<_> = found.into_iter().filter(|object| !before.contains(&object.id) && is_it(object)).collect();
        match (new.pop(), new.is_empty()) {
            (Some(only), true) => return Ok(only),
            (Some(_), false) => break,
            (None, _) => {}
        }
    }
    Err(error)
}
