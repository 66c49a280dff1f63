//! A neutral backend for objects that live behind JSON over HTTP.
//!
//! Owns the mapping of attributes to an API's JSON ([`mapping`]), where an object is ([`Collection`]) and what an id may be
//! ([`address`]), the connections ([`http`]), the sending of requests with retries and the class of each failure ([`Endpoint`]), their pace ([`pace`]), how
//! lists are read and how far they are followed ([`Pages`]), lists that answer many reads ([`share`]), answers that outlive a run ([`Answers`]), writes that share a
//! request ([`Batcher`]), documents of which objects are parts ([`document`]), what is sent of a change ([`patch`]), and the
//! verbs on objects ([`Rest`]). Knows no particular API: what is special about one is a [`Service`] and a [`Client`].

pub mod address;
mod answers;
mod backend;
mod batch;
mod collection;
pub mod document;
mod door;
mod endpoint;
mod error;
pub mod http;
pub mod mapping;
mod message;
mod once;
pub mod pace;
mod pages;
pub mod patch;
mod secret;
pub mod share;
mod token;

pub use answers::{Answers, Used};
pub use backend::{Chosen, Envelope, REPLACING, Rest, Update, id_of, maybe_left, stored_unaddressable};
pub use batch::{Alone, Batch, Batcher, Batchers, Ticket, Turn};
pub use collection::Collection;
pub use door::Door;
pub use endpoint::Endpoint;
pub use error::{SendError, Service};
pub use http::{Http, HttpOptions};
pub use message::{Reply, Request};
pub use once::{once, once_listed};
pub use pages::{Endless, Listed, Next, PAGE_SIZE, PageGuard, Pages, Paging};
pub use secret::{hide, secrets};
pub use share::{Lists, Page};
pub use token::Tokens;

use crate::{engine::Diagnostic, schema::Object};
use async_trait::async_trait;

/// What a configured provider has to offer for its objects to be reached over HTTP.
#[async_trait]
pub trait Client: Send + Sync + 'static {
    /// Where the service is for this object, and how to be let in. An object may name its own target.
    async fn endpoint(&self, service: &'static Service, object: Object<'_>) -> Result<Endpoint, Diagnostic>;

    /// What the configuration says of an attribute in a path that an object leaves open, such as the project that the
    /// provider is for.
    ///
    /// # Errors
    /// When it could say it and does not: where it is to be set.
    fn stands_in(&self, _attr: &'static str) -> Result<Option<String>, Diagnostic> {
        Ok(None)
    }
}
