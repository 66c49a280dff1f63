//! Ephemeral resources: opened, renewed and closed, each in a separate task. Nothing of them is stored.
//!
//! Owns that an opened resource is closed: also if nobody waits for it any longer, and, for tools that never close, at the
//! end of the run.

use super::{
    Call, Cx, Diagnostic, Done, Engine, EphemeralEntry, Failure, Opened, Renewed, apply::broke_down, canonical, configure::Reach, defaults,
    has_errors, lookup::answered, validate_block,
};
use crate::value::Value;
use std::{future::pending, time::Duration};
use tokio::{sync::oneshot, time::sleep};
use tokio_util::sync::CancellationToken;

/// An earlier renewal is useless: tools need some time before they ask again.
const SOONEST: Duration = Duration::from_secs(1);

/// When the user stops a run, it waits this long for its open resources to be closed.
const CLOSING: Duration = Duration::from_secs(5);

/// An ephemeral resource that is open.
pub struct Open<C: 'static> {
    /// Its results, without the arguments.
    pub value: Value,
    /// Private data for renewing and closing.
    pub private: Vec<u8>,
    /// The time until it must be renewed.
    pub renew_in: Option<Duration>,
    /// Warnings for the user.
    pub warnings: Vec<Diagnostic>,
    /// The context in which it was opened.
    cx: Cx<C>,
}

impl<C: Send + Sync + 'static> Engine<C> {
    /// The errors in the arguments of an ephemeral resource.
    pub fn validate_ephemeral(&self, entry: &EphemeralEntry<C>, config: &Value) -> Vec<Diagnostic> {
        validate_block(&entry.ephemeral.table, entry.ephemeral.rules, config)
    }

    /// Opens it. If nobody waits for the answer any longer when it arrives, it is closed again.
    pub async fn open(&self, entry: &'static EphemeralEntry<C>, config: &Value, call: Call) -> Result<Open<C>, Failure> {
        let wrong = self.validate_ephemeral(entry, config);
        if has_errors(&wrong) {
            return Err(Failure { done: Done::No, left: None, diagnostics: wrong });
        }
        let ephemeral = entry.ephemeral;
        let cx = match self.reach(call)? {
            Reach::Ready(cx) if !config.has_unknown() => cx,
            _ => return Err(unknown(ephemeral.name)),
        };
        let config = defaults(&ephemeral.table, config);
        let (told, hears) = oneshot::channel();
        self.writes.spawn(async move {
            let opened = cx.hear(entry.backend.open(&cx, ephemeral, &canonical(&ephemeral.table, &config))).await;
            let opened = opened.map(|(Opened { value, private, renew_in }, warnings)| {
                let value = answered(&ephemeral.table, &config, &value);
                Open { value, private, renew_in: renew_in.map(|renew_in| renew_in.max(SOONEST)), warnings, cx: cx.clone() }
            });
            if let Err(Ok(unheard)) = told.send(opened) {
                let _ = close(entry, unheard.cx, unheard.private).await;
            }
        });
        hears.await.unwrap_or_else(|_| Err(broke_down(&format!("opening {}", ephemeral.name))))
    }

    /// Renews it, with the private data of its opening or last renewal.
    pub async fn renew(
        &self,
        entry: &'static EphemeralEntry<C>,
        private: Vec<u8>,
        call: Call,
    ) -> Result<(Renewed, Vec<Diagnostic>), Failure> {
        let Reach::Ready(cx) = self.reach(call)? else { return Err(unknown(entry.ephemeral.name)) };
        self.in_task(&format!("renewing {}", entry.ephemeral.name), renew(entry, cx, private)).await
    }

    /// Closes it, with the private data of its opening. It is closed even if the user has stopped the run.
    pub async fn close(&self, entry: &'static EphemeralEntry<C>, private: Vec<u8>, call: Call) -> Result<Vec<Diagnostic>, Failure> {
        let Reach::Ready(cx) = self.reach(call)? else { return Err(unknown(entry.ephemeral.name)) };
        self.in_task(&format!("closing {}", entry.ephemeral.name), close(entry, cx, private)).await
    }

    /// Keeps it open until the run ends, and closes it then: for a tool that does neither renew nor close. `tell` gets the
    /// messages for the user.
    pub fn keep(&self, entry: &'static EphemeralEntry<C>, open: Open<C>, tell: impl Fn(&[Diagnostic]) + Send + 'static) {
        let ending = self.ending.clone();
        self.writes.spawn(async move {
            let Open { private, mut renew_in, cx, .. } = open;
            let mut latest = private.clone();
            loop {
                let due = async {
                    match renew_in {
                        Some(renew_in) => sleep(renew_in).await,
                        None => pending().await,
                    }
                };
                tokio::select! {
                    () = ending.cancelled() => break,
                    () = cx.cancel.cancelled() => break,
                    () = due => {}
                }
                renew_in = match guarded("renewing", entry, renew(entry, cx.clone(), latest.clone())).await {
                    Ok((renewed, warnings)) => {
                        tell(&warnings);
                        latest = renewed.private;
                        renewed.renew_in
                    }
                    Err(failure) => {
                        tell(&failure.into_errors());
                        None
                    }
                };
            }
            match guarded("closing", entry, close(entry, cx, private)).await {
                Ok(warnings) => tell(&warnings),
                Err(failure) => tell(&failure.into_errors()),
            }
        });
    }
}

async fn renew<C: Send + Sync + 'static>(
    entry: &'static EphemeralEntry<C>,
    cx: Cx<C>,
    private: Vec<u8>,
) -> Result<(Renewed, Vec<Diagnostic>), Failure> {
    let (Renewed { private, renew_in }, warnings) = cx.hear(entry.backend.renew(&cx, entry.ephemeral, &private)).await?;
    Ok((Renewed { private, renew_in: renew_in.map(|renew_in| renew_in.max(SOONEST)) }, warnings))
}

async fn close<C: Send + Sync + 'static>(
    entry: &'static EphemeralEntry<C>,
    cx: Cx<C>,
    private: Vec<u8>,
) -> Result<Vec<Diagnostic>, Failure> {
    let cancel = CancellationToken::new();
    let closing = cx.clone().cancelled_by(cancel.clone());
    let stopped = async {
        cx.cancel.cancelled().await;
        sleep(CLOSING).await;
        cancel.cancel();
        pending().await
    };
    let closed = closing.hear(entry.backend.close(&closing, entry.ephemeral, &private));
    tokio::select! {
        closed = closed => closed.map(|((), warnings)| warnings),
        never = stopped => never,
    }
}

/// Turns a panic into a failure.
async fn guarded<C: 'static, T: Send + 'static>(
    doing: &str,
    entry: &EphemeralEntry<C>,
    work: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
    tokio::spawn(work).await.unwrap_or_else(|_| Err(broke_down(&format!("{doing} {}", entry.ephemeral.name))))
}

fn unknown(name: &str) -> Failure {
    Diagnostic::error(
        format!("{name} cannot be opened yet"),
        "A value of it, or of the provider's configuration, is not known yet, so nothing was sent. Apply the resource that it comes from first.",
    )
    .into()
}
