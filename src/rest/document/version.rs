//! One revision of a document: how it is taken from an answer, and read until it is not older than a known revision.

use super::Open;
use crate::{
    engine::{Cx, Diagnostic, Done},
    rest::{Client, Reply, SendError},
    value::Json,
};
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use reqwest::Method;
use std::time::Duration;
use tokio::time::Instant;

/// How many times a document is read while it shows an old revision. That takes about six seconds.
const READS: usize = 6;

/// A document as the server has shown it.
pub struct Version {
    /// The document.
    pub json: Json,
    /// Its revision.
    pub revision: String,
    /// The time of the server's clock, in seconds since 1970.
    pub date: Option<i64>,
}

/// Why there is no version.
pub(super) enum NoVersion {
    /// There is no such document.
    Missing,
    /// The server keeps showing a revision that was replaced.
    Old(Diagnostic),
    /// Another error.
    Failed(SendError),
}

impl From<SendError> for NoVersion {
    fn from(error: SendError) -> NoVersion {
        NoVersion::Failed(error)
    }
}

/// Pauses between tries, each about twice as long as the one before.
pub(super) fn pauses() -> ExponentialBackoff {
    let builder = ExponentialBuilder::default().with_min_delay(Duration::from_millis(100)).with_max_delay(LONGEST_PAUSE);
    builder.with_jitter().without_max_times().build()
}

const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Waits before another try.
pub(super) async fn pause<C>(cx: &Cx<C>, pauses: &mut ExponentialBackoff, why: &str) -> Result<(), SendError> {
    let pause = pauses.next().unwrap_or(LONGEST_PAUSE);
    let up = |summary: &str| SendError::unsent(Diagnostic::error(summary, format!("The document was to be {why}.")));
    if cx.deadline.is_some_and(|deadline| Instant::now() + pause > Instant::from_std(deadline)) {
        return Err(up("The time allowed for this object is up"));
    }
    tokio::select! {
        biased;
        () = cx.stopped() => Err(up("Stopped")),
        () = tokio::time::sleep(pause) => Ok(()),
    }
}

impl<C: Client> Open<'_, C> {
    /// The document as the server shows it now. It is read again while `is_old` says that its revision was replaced.
    pub(super) async fn get(&self, is_old: impl Fn(&str) -> bool) -> Result<Version, NoVersion> {
        let service = self.document.service;
        let (mut pauses, mut reads) = (pauses(), 0);
        loop {
            let reply = self.at.endpoint.send(self.cx, service, self.at.request(Method::GET)).await?;
            if service.says_missing(&reply) {
                return Err(NoVersion::Missing);
            }
            if !reply.is_success() {
                return Err(NoVersion::Failed(self.document.refuse(&reply)));
            }
            let mut json = service.json(&reply).map_err(read_only)?;
            if (self.document.is_gone)(&json) {
                return Err(NoVersion::Missing);
            }
            if !self.document.shown.is_empty() {
                json = json.remove(self.document.shown).unwrap_or_default();
            }
            if !self.is_meant(&json) {
                return Err(NoVersion::Failed(read_only(service.unreadable(&reply, "it is about another document"))));
            }
            let version = self.version(&reply, json).ok_or_else(|| read_only(service.unreadable(&reply, &self.without_revision())))?;
            if !is_old(&version.revision) {
                return Ok(version);
            }
            reads += 1;
            if reads == READS {
                let detail = format!(
                    "{} was read {READS} times, but still shows {} as it was before its last change. Wait a minute, refresh, and apply again.",
                    service.name, self.document.name
                );
                return Err(NoVersion::Old(Diagnostic::error("The server shows an old revision", detail)));
            }
            pause(self.cx, &mut pauses, "read again, since its revision was an old one").await?;
        }
    }

    /// The document in the answer to a patch, if the answer contains it.
    pub(super) fn answered(&self, reply: &Reply) -> Option<Version> {
        let mut body = reply.json()?;
        let root = self.document.root;
        let json = if root.is_empty() { body } else { body.remove(root).unwrap_or_default() };
        if self.is_meant(&json) { self.version(reply, json) } else { None }
    }

    fn version(&self, reply: &Reply, json: Json) -> Option<Version> {
        let revision = match json.at(self.document.revision) {
            Json::String(text) => text.clone(),
            Json::Number(number) => number.as_str().to_owned(),
            _ => return None,
        };
        Some(Version { json, revision, date: reply.date() })
    }

    /// Whether it is the requested document.
    fn is_meant(&self, json: &Json) -> bool {
        let (said, wanted) = (self.document.id.and_then(|id| json.at(id).as_str()), self.at.last());
        said.zip(wanted).is_none_or(|(said, wanted)| said.eq_ignore_ascii_case(wanted))
    }

    fn without_revision(&self) -> String {
        format!("`{}`, its revision, is missing", self.document.revision)
    }
}

/// A read changes nothing, whatever is wrong with its answer.
fn read_only(error: SendError) -> SendError {
    SendError { done: Done::No, ..error }
}
