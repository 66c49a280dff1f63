//! What a backend is given, and what it gives back.

use super::{
    Attempt, Diagnostic, Journal, Private, canonical,
    claims::{Claimed, Claims},
    has_errors,
};
use crate::{
    schema::{Occupied, Resource},
    value::Value,
};
use std::{
    borrow::Cow,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

/// A run that the user stops waits so long for what a write did that was sent: one that nobody looks after may be lost
/// to the state.
const FOLLOW_UP: Duration = Duration::from_secs(5);

/// Tells the user how slow work goes on.
pub type Progress = Arc<dyn Fn(&str) + Send + Sync>;

/// What a tool says about one call.
#[derive(Clone)]
pub struct Call {
    /// When the tool's own timeout ends; `None` without one.
    pub deadline: Option<Instant>,
    /// Where to tell of slow work.
    pub progress: Progress,
    /// The attributes whose values the tool keeps secret, beside those of which the table says so.
    pub secret: Vec<&'static str>,
}

impl Default for Call {
    fn default() -> Self {
        Call { deadline: None, progress: Arc::new(|_| {}), secret: Vec::new() }
    }
}

/// What a verb runs with.
pub struct Cx<C> {
    /// The configured client.
    pub client: Arc<C>,
    /// Cancelled when the user stops the run: ends waits, retries and what has not been sent, never
    /// a request that has.
    pub cancel: CancellationToken,
    /// When the tool's own timeout ends; `None` without one.
    pub deadline: Option<Instant>,
    /// Where to tell of slow work.
    pub progress: Progress,
    /// The attributes whose values the tool keeps secret, beside those of which the table says so.
    pub secret: Vec<&'static str>,
    /// Where what is about to be made is written down.
    pub journal: Arc<Journal>,
    /// What the user should hear when the verb has ended, however it ends.
    warnings: Arc<Mutex<Vec<Diagnostic>>>,
    /// What is being made.
    making: Arc<Mutex<Option<Making>>>,
    /// Whether a write was sent.
    sent: Arc<AtomicBool>,
    /// When it was first seen that the user has stopped the run.
    stopped: Arc<OnceLock<tokio::time::Instant>>,
}

/// What is being made, from the moment at which it is written down.
pub(super) struct Making {
    pub(super) attempt: Attempt,
    /// What it is called in the journal.
    pub(super) called: String,
    /// Whether the write has ended, and the object is there.
    pub(super) is_made: bool,
}

impl<C> Cx<C> {
    /// A verb's surroundings, without anything to tell yet.
    pub fn new(client: Arc<C>, cancel: CancellationToken, call: Call) -> Cx<C> {
        let (journal, warnings, making, sent, stopped) = Default::default();
        Cx {
            client,
            cancel,
            deadline: call.deadline,
            progress: call.progress,
            secret: call.secret,
            journal,
            warnings,
            making,
            sent,
            stopped,
        }
    }

    /// The same with a record of what is made.
    pub fn recording(self, journal: Arc<Journal>) -> Cx<C> {
        Cx { journal, ..self }
    }

    /// The same, ended by this instead of by the end of the run.
    pub(super) fn cancelled_by(self, cancel: CancellationToken) -> Cx<C> {
        Cx { cancel, stopped: Arc::default(), ..self }
    }

    /// A write is sent: what comes of it has to be seen.
    pub fn sends_a_write(&self) {
        self.sent.store(true, Ordering::SeqCst);
    }

    /// Returns when every wait has to end because the user stopped the run: at once, or a little later where a write was
    /// sent before. A write that is on its way is waited for all the same.
    pub async fn stopped(&self) {
        self.cancel.cancelled().await;
        let since = *self.stopped.get_or_init(tokio::time::Instant::now);
        if self.sent.load(Ordering::SeqCst) {
            tokio::time::sleep_until(since + FOLLOW_UP).await;
        }
    }

    /// Tells the user when the verb has ended, however it ends.
    pub fn warn(&self, warning: Diagnostic) {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(warning);
    }

    /// Waits until no other write of this process makes or changes any of these.
    pub(super) async fn alone(&self, claims: &Claims, occupied: Vec<Occupied>) -> Result<Claimed, Failure> {
        tokio::select! {
            biased;
            claimed = claims.take(occupied) => Ok(claimed),
            () = self.cancel.cancelled() => Err(Diagnostic::error(
                "Stopped",
                "The write was waiting for another write of the same object. It changed nothing.",
            )
            .into()),
        }
    }

    pub(super) fn making(&self) -> MutexGuard<'_, Option<Making>> {
        self.making.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was told since this was last asked.
    pub fn warned(&self) -> Vec<Diagnostic> {
        std::mem::take(&mut *self.warnings.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The outcome of a verb, with what it warned of on its way.
    pub(super) async fn hear<T>(&self, verb: impl Future<Output = Result<T, Failure>>) -> Result<(T, Vec<Diagnostic>), Failure> {
        let outcome = verb.await;
        let warnings = self.warned();
        match outcome {
            Ok(done) => Ok((done, warnings)),
            Err(mut failure) => {
                failure.diagnostics.extend(warnings);
                Err(failure)
            }
        }
    }
}

impl<C> Clone for Cx<C> {
    fn clone(&self) -> Self {
        Cx {
            client: self.client.clone(),
            cancel: self.cancel.clone(),
            deadline: self.deadline,
            progress: self.progress.clone(),
            secret: self.secret.clone(),
            journal: self.journal.clone(),
            warnings: self.warnings.clone(),
            making: self.making.clone(),
            sent: self.sent.clone(),
            stopped: self.stopped.clone(),
        }
    }
}

/// A create or an update.
#[derive(Clone)]
pub struct Write {
    /// What is written.
    pub resource: &'static Resource,
    /// The id of the object that is updated; `None` when creating.
    pub id: Option<String>,
    /// The object before; null when creating.
    pub prior: Value,
    /// The object as planned; what is unknown in it is decided now.
    pub planned: Value,
    /// The configuration, which alone holds write-only values.
    pub config: Value,
    /// The write-only arguments whose values are to be sent.
    pub rewrite: Vec<&'static str>,
    /// The write-only arguments that were in use and are no more.
    pub withdrawn: Vec<&'static str>,
    /// What the engine remembers, as it will be after the write.
    pub private: Private,
}

impl Write {
    /// The write in the form for backends; `None` if that is the same. Objects may have thousands of values, so no copy is made.
    pub(super) fn canonical(&self) -> Option<Write> {
        let [prior, planned, config] = [&self.prior, &self.planned, &self.config].map(|object| canonical(&self.resource.table, object));
        if [&prior, &planned, &config].iter().all(|object| matches!(object, Cow::Borrowed(_))) {
            return None;
        }
        let [prior, planned, config] = [prior, planned, config].map(Cow::into_owned);
        let (rewrite, withdrawn) = (self.rewrite.clone(), self.withdrawn.clone());
        Some(Write {
            resource: self.resource,
            id: self.id.clone(),
            prior,
            planned,
            config,
            rewrite,
            withdrawn,
            private: self.private.clone(),
        })
    }
}

/// An object as the server showed it.
#[derive(Clone, Debug)]
pub struct Observed {
    /// Its id.
    pub id: String,
    /// Its attributes in table order; what the answer did not carry is null.
    pub value: Value,
    /// What the user should hear although it worked.
    pub warnings: Vec<Diagnostic>,
}

/// Whether a write that failed was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It was not: nothing changed.
    No,
    /// It was sent and no whole answer came back.
    Maybe,
    /// It was; the answer could not be used, or a later step failed.
    Yes,
}

/// Why a verb failed, and what it left behind.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Whether the write was carried out.
    pub done: Done,
    /// The object as far as it exists; boxed, since failures travel far and are rare.
    pub left: Option<Box<Observed>>,
    /// What to tell the user.
    pub diagnostics: Vec<Diagnostic>,
}

impl Failure {
    /// A failure before anything was changed.
    pub fn before(diagnostic: Diagnostic) -> Failure {
        Failure { done: Done::No, left: None, diagnostics: vec![diagnostic] }
    }

    /// What to tell the user: at least one error.
    pub fn into_errors(self) -> Vec<Diagnostic> {
        let mut diagnostics = self.diagnostics;
        if !has_errors(&diagnostics) {
            let (what, why) = match self.done {
                Done::No => ("It was not done", "The server gave no reason."),
                Done::Maybe | Done::Yes => ("The write may have been carried out", "Refresh before the next apply."),
            };
            diagnostics.push(Diagnostic::error(what, why));
        }
        diagnostics
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Failure::before(diagnostic)
    }
}
