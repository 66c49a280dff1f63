//! Making something exactly once, although answers get lost.
//!
//! Owns what a lost answer means for a request that makes something: look whether it is there, and send it again only
//! if it is not. Knows neither what is made nor how it is looked for; what outlives the process is the journal's.

use super::SendError;
use crate::engine::{Cx, Done};

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
