//! What users see on Ory Network but not on a self-hosted server: features that the plan lacks, quotas, reads that lag behind
//! writes, settings that are dropped silently, keys that work only after a while.
//!
//! Owns the switches, which may change while the emulator runs. All are off at first. What they do is in the console; which
//! settings belong to which feature is in `console::features`. Rate limits are in [`super::limit`], all other faults in
//! [`super::faults`].

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The switches; by default, all are off.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Switches {
    /// Features that the plan lacks: their settings are refused with 403.
    pub without: BTreeSet<&'static str>,
    /// The maximum number of projects; another one is refused with 402.
    pub most_projects: Option<usize>,
    /// How many reads after a write still show the state before it.
    pub stale_reads: u32,
    /// Settings that writes silently ignore: by the name of the column, or by the path in the document.
    pub dropped: Vec<String>,
    /// After how long a new key opens its project.
    pub key_delay: Duration,
    /// How long a patch of a project takes.
    pub patch_time: Duration,
    /// How many reads of the list of custom domains show a new one as not verified; `u32::MAX` means all.
    pub unverified_looks: u32,
    /// Whether the keys of workspaces are restricted as at Ory, where only people may make workspaces and manage workspace keys. A
    /// person's token begins with `ory_st_`.
    pub mere_keys: bool,
}

/// The switches of a server.
#[derive(Debug, Default)]
pub struct Board(Mutex<Switches>);

impl Board {
    /// With these switches at first.
    #[must_use]
    pub fn new(switches: Switches) -> Self {
        Self(Mutex::new(switches))
    }

    /// The current switches.
    #[must_use]
    pub fn get(&self) -> Switches {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets the switches from now on.
    pub fn set(&self, switches: Switches) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = switches;
    }
}
