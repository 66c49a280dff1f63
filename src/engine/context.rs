//! The context and the data that a backend gets, and the results that it returns.

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

/// After the user stops a run, the result of a write that was sent is awaited for this long: without it, the object may be missing
/// in the state.
const FOLLOW_UP: Duration = Duration::from_secs(5);

/// Reports the progress of a slow operation to the user.
pub type Progress = Arc<dyn Fn(&str) + Send + Sync>;

/// The tool's data for one call.
#[derive(Clone)]
pub struct Call {
    /// When the tool's own timeout ends; `None` without one.
    pub deadline: Option<Instant>,
    /// Reports progress.
    pub progress: Progress,
    /// The attributes that the tool keeps secret, in addition to those that the table declares secret.
    pub secret: Vec<&'static str>,
}

impl Default for Call {
    fn default() -> Self {
        Call { deadline: None, progress: Arc::new(|_| {}), secret: Vec::new() }
    }
}

/// The context of an operation.
pub struct Cx<C> {
    /// The configured client.
    pub client: Arc<C>,
    /// Cancelled when the user stops the run: it ends waits, retries and requests that were not sent, never a request that was
    /// sent.
    pub cancel: CancellationToken,
    /// When the tool's own timeout ends; `None` without one.
    pub deadline: Option<Instant>,
    /// Reports progress.
    pub progress: Progress,
    /// The attributes that the tool keeps secret, in addition to those that the table declares secret.
    pub secret: Vec<&'static str>,
    /// The journal of creates.
    pub journal: Arc<Journal>,
    /// The warnings of this operation, also if it fails.
    warnings: Arc<Mutex<Vec<Diagnostic>>>,
    /// What the operation creates.
    making: Arc<Mutex<Option<Making>>>,
    /// Whether a write was sent.
    sent: Arc<AtomicBool>,
    /// The time at which a wait first saw that the user has stopped the run.
    stopped: Arc<OnceLock<tokio::time::Instant>>,
}

/// A create with an entry in the journal.
pub(super) struct Making {
    pub(super) attempt: Attempt,
    /// Its name in the journal.
    pub(super) called: String,
    /// Whether the write has ended and the object exists.
    pub(super) is_made: bool,
}

impl<C> Cx<C> {
    /// A context without warnings.
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

    /// The same with a journal.
    pub fn recording(self, journal: Arc<Journal>) -> Cx<C> {
        Cx { journal, ..self }
    }

    /// The same, cancelled by this token instead of the end of the run.
    pub(super) fn cancelled_by(self, cancel: CancellationToken) -> Cx<C> {
        Cx { cancel, stopped: Arc::default(), ..self }
    }

    /// A write is sent: from now on, its result must be awaited.
    pub fn sends_a_write(&self) {
        self.sent.store(true, Ordering::SeqCst);
    }

    /// Returns when every wait must end because the user stopped the run: at once or, if a write was sent before, 5 seconds
    /// later. The answer to a write that was sent is awaited in any case.
    pub async fn stopped(&self) {
        self.cancel.cancelled().await;
        let since = *self.stopped.get_or_init(tokio::time::Instant::now);
        if self.sent.load(Ordering::SeqCst) {
            tokio::time::sleep_until(since + FOLLOW_UP).await;
        }
    }

    /// Adds a warning to the result, also if the operation fails.
    pub fn warn(&self, warning: Diagnostic) {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(warning);
    }

    /// Waits until no other write of this process creates or changes any of these.
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

    /// The warnings since the last call of this function.
    pub fn warned(&self) -> Vec<Diagnostic> {
        std::mem::take(&mut *self.warnings.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The result of the operation, with its warnings.
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
    /// The planned object; its unknown values are decided now.
    pub planned: Value,
    /// The configuration: the only source of write-only values.
    pub config: Value,
    /// The write-only arguments whose values must be sent.
    pub rewrite: Vec<&'static str>,
    /// The write-only arguments that were in use and no longer are.
    pub withdrawn: Vec<&'static str>,
    /// The private data after the write.
    pub private: Private,
}

impl Write {
    /// The write in the form for backends; `None` if it already has that form, since copying thousands of values takes time.
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
    /// Its attributes in table order; those that the answer lacks are null.
    pub value: Value,
    /// Warnings for the user.
    pub warnings: Vec<Diagnostic>,
}

/// Whether a write that failed was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It was not carried out: nothing changed.
    No,
    /// It was sent, and no complete answer came back.
    Maybe,
    /// It was carried out, but the answer could not be used, or a later step failed.
    Yes,
}

/// Why an operation failed, and the state after it.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Whether the write was carried out.
    pub done: Done,
    /// The object as far as it exists; boxed to keep the type small, since failures are rare.
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
