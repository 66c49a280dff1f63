//! The trait of a service, and the resources that a service gets when it is opened.

use std::sync::Arc;

use super::Options;
use super::call::Call;
use super::kind::Kind;
use super::reply::Reply;
use super::router::Routed;
use super::store::Store;
use super::switches::Board;

/// A service of Ory.
pub trait Service: Routed + Send + Sync {
    /// Its name in logs.
    const NAME: &'static str;
    /// The kinds of objects that its requests are about, and that it stores.
    const KINDS: &'static [Kind];

    /// Opens the service.
    ///
    /// # Errors
    /// Which of the options cannot be used, and why.
    fn open(ground: &Ground<'_>) -> Result<Self, String>;

    /// Answers a request if its path is one of this service's.
    fn answer(&self, call: &Call) -> Option<Reply>;
}

/// The resources that a service gets when it is opened.
pub struct Ground<'a> {
    /// The options.
    pub options: &'a Options,
    /// The storage.
    pub store: &'a Arc<Store>,
    /// The secret that signs its tokens.
    pub system_secret: &'a [u8],
    /// The address, without a slash at the end.
    pub base: &'a str,
    /// Limits and delays of Ory Network.
    pub switches: &'a Arc<Board>,
    /// The services of each project.
    pub services: Services,
}

/// The services that each project of the console has.
#[derive(Clone, Copy)]
pub struct Services {
    /// Starts them.
    pub of_project: fn(&Ground<'_>) -> Result<Vec<Answering>, String>,
    /// The kinds of objects that they store.
    pub kinds: fn() -> Vec<&'static Kind>,
}

/// A running service.
pub type Answering = Box<dyn Fn(&Call) -> Option<Reply> + Send + Sync>;
