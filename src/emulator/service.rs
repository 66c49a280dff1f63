//! A service: what every one of them has, and what it stands on.

use std::sync::Arc;

use super::Options;
use super::call::Call;
use super::console::switches::Board;
use super::kind::Kind;
use super::reply::Reply;
use super::router::Routed;
use super::store::Store;

/// A service of Ory.
pub trait Service: Routed + Send + Sync {
    /// Its name in logs.
    const NAME: &'static str;
    /// What its requests are about, and what it keeps.
    const KINDS: &'static [Kind];

    /// A service that stands on this.
    ///
    /// # Errors
    /// Which of the options cannot be used, and why.
    fn open(ground: &Ground<'_>) -> Result<Self, String>;

    /// Answers a request if its path is one of this service's.
    fn answer(&self, call: &Call) -> Option<Reply>;
}

/// What a service stands on.
pub struct Ground<'a> {
    /// How it was asked to be.
    pub options: &'a Options,
    /// What it remembers.
    pub store: &'a Arc<Store>,
    /// What its tokens are signed with.
    pub system_secret: &'a [u8],
    /// The address, without a slash at the end.
    pub base: &'a str,
    /// What users of Ory Network meet.
    pub switches: &'a Arc<Board>,
    /// The services that a project is served by.
    pub services: Services,
}

/// The services that each project of the console has for itself.
#[derive(Clone, Copy)]
pub struct Services {
    /// Starts them.
    pub of_project: fn(&Ground<'_>) -> Result<Vec<Answering>, String>,
    /// What they keep.
    pub kinds: fn() -> Vec<&'static Kind>,
}

/// A service that runs.
pub type Answering = Box<dyn Fn(&Call) -> Option<Reply> + Send + Sync>;
