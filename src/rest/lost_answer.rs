//! Creating something exactly once, even if answers are lost.
//!
//! Owns the reaction to a lost answer of a create: look whether the object exists, and send the request again only if it does not,
//! or never if the server chooses the id. Knows neither the object nor the look-up. The journal handles what must survive the
//! process.

use super::SendError;
use crate::engine::{Cx, Done, Observed};
use std::{collections::HashSet, time::Duration};

/// The number of attempts: after so many lost answers in a row, the user gets an error.
const TRIES: usize = 4;

/// Sends a request that creates an object which did not exist before. `look` says whether it exists by now.
///
/// # Errors
/// `done` says whether it may exist nevertheless: a request whose answer was lost may arrive after everything else.
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
        // A refusal decides only if no answer was lost before.
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

/// The delays after a lost answer at which the list is read again: it may lag behind.
const LOOKS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(3)];

/// Sends a request that creates an object whose id the server chooses, once: a second request would create another object. If
/// the answer is lost, the object is the only one that is in the list now, was not before, and is as planned; two writes of
/// this process that create equal objects must not overlap ([`Resource::occupies`](crate::schema::Resource::occupies)).
///
/// # Errors
/// `done` says whether it may exist nevertheless.
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
    // Credentials that may not list may still create.
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
