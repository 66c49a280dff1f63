//! The answers that a run with a plan has received, for the next run with the same plan: an interrupted run repeats no request.
//!
//! Owns the file beside the plan. It may hold secrets, and is removed when the program has been written.

use super::{Error, say};
use crate::{
    ory::Client,
    rest::{Answers, Used},
};
use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// Older answers are not used.
const OLDEST: Duration = Duration::from_secs(24 * 3600);

/// The answers that are kept for a plan.
pub(super) struct Kept {
    path: PathBuf,
    answers: Arc<Answers>,
}

impl Kept {
    /// The answers for this plan; `fresh` removes the answers of earlier runs.
    pub(super) fn beside(plan: &Path, fresh: bool, client: &Client) -> Result<Kept, Error> {
        let mut path = OsString::from(plan);
        path.push(".read");
        let path = PathBuf::from(path);
        let unusable = |error: io::Error| {
            Error::new(
                format_args!("{} cannot be used: {error}", path.display()),
                "It keeps answers so that an interrupted run can continue. Remove it, or use another plan.",
            )
        };
        if fresh && path.exists() {
            fs::remove_file(&path).map_err(unusable)?;
        }
        let answers = Arc::new(Answers::open(&path, OLDEST).map_err(unusable)?);
        client.keep(&answers);
        Ok(Kept { path, answers })
    }

    /// Reports how many answers were used.
    pub(super) fn tell(&self) -> Result<(), Error> {
        let Used { answers, oldest } = self.answers.used();
        if let Some(oldest) = oldest.and_then(|seconds| jiff::Timestamp::from_second(i64::try_from(seconds).ok()?).ok()) {
            say(format_args!(
                "note: {answers} answers of an earlier run were used, the oldest from {oldest}; `--fresh` reads everything again"
            ))?;
        }
        match self.answers.trouble() {
            Some(why) => say(format_args!("note: the answers could not be kept in {}: {why}", self.path.display())),
            None => Ok(()),
        }
    }

    /// The error, with a hint that the run can be resumed.
    pub(super) fn resumable(&self, error: Error) -> Error {
        if self.answers.is_empty() {
            // An empty file is of no use.
            let _ = fs::remove_file(&self.path);
            return error;
        }
        let Error { what, hint } = error;
        Error {
            what,
            hint: format!("{hint} The answers so far are kept in {}: run the same command again to continue.", self.path.display()),
        }
    }

    /// Removes the file, after the program has been written.
    pub(super) fn done(self) -> Result<(), Error> {
        fs::remove_file(&self.path).map_err(|error| {
            Error::new(format_args!("{} cannot be removed: {error}", self.path.display()), "Remove it: it may contain secrets.")
        })
    }
}
