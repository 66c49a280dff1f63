//! What a run with a plan has read, for the next run with it: whoever is broken off does not read that again.
//!
//! Owns the file beside the plan, and what is said of it. It may hold secrets, and goes when the program is written.

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

/// What was read longer ago is read anew.
const OLDEST: Duration = Duration::from_secs(24 * 3600);

/// The answers that are kept for a plan.
pub(super) struct Kept {
    path: PathBuf,
    answers: Arc<Answers>,
}

impl Kept {
    /// Beside this plan; `fresh` without those of earlier runs.
    pub(super) fn beside(plan: &Path, fresh: bool, client: &Client) -> Result<Kept, Error> {
        let mut path = OsString::from(plan);
        path.push(".read");
        let path = PathBuf::from(path);
        let unusable = |error: io::Error| {
            Error::new(
                format_args!("{} cannot be used: {error}", path.display()),
                "It keeps what is read, so that a run that is broken off can go on. Remove it, or name another plan.",
            )
        };
        if fresh && path.exists() {
            fs::remove_file(&path).map_err(unusable)?;
        }
        let answers = Arc::new(Answers::open(&path, OLDEST).map_err(unusable)?);
        client.keep(&answers);
        Ok(Kept { path, answers })
    }

    /// Says what of it was used.
    pub(super) fn tell(&self) -> Result<(), Error> {
        let Used { answers, oldest } = self.answers.used();
        if let Some(oldest) = oldest.and_then(|seconds| jiff::Timestamp::from_second(i64::try_from(seconds).ok()?).ok()) {
            say(format_args!(
                "note: {answers} answers that an earlier run has kept were used, from {oldest} on; `--fresh` reads them anew"
            ))?;
        }
        match self.answers.trouble() {
            Some(why) => say(format_args!("note: what was read could not be kept in {}: {why}", self.path.display())),
            None => Ok(()),
        }
    }

    /// What went wrong, and that nothing is lost.
    pub(super) fn resumable(&self, error: Error) -> Error {
        if self.answers.is_empty() {
            // Nothing is in it.
            let _ = fs::remove_file(&self.path);
            return error;
        }
        let Error { what, hint } = error;
        Error { what, hint: format!("{hint} What was read is kept in {}: run the same command again to go on.", self.path.display()) }
    }

    /// Forgets it all: the program has it.
    pub(super) fn done(self) -> Result<(), Error> {
        fs::remove_file(&self.path).map_err(|error| {
            Error::new(format_args!("{} cannot be removed: {error}", self.path.display()), "It may hold secrets: remove it.")
        })
    }
}
