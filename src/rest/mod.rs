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
mod link;
mod lost_answer;
pub mod mapping;
mod message;
pub mod pace;
mod pages;
pub mod patch;
mod redact;
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
pub use lost_answer::{once, once_listed};
pub use message::{Reply, Request};
pub use pages::{Endless, Listed, Next, PAGE_SIZE, PageGuard, Pages, Paging};
pub use redact::{hide, secrets};
pub use share::{Lists, Page};
pub use token::Tokens;

use crate::{engine::Diagnostic, schema::Object};
use async_trait::async_trait;

/// What the client of a configured provider must implement, so that its objects can be reached over HTTP.
#[async_trait]
pub trait Client: Send + Sync + 'static {
    /// The address and the credentials of the service for this object, which may name its own target.
    async fn endpoint(&self, service: &'static Service, object: Object<'_>) -> Result<Endpoint, Diagnostic>;

    /// The provider's value for an attribute in a path that an object does not set, such as the project of the provider. `None` if
    /// the provider has no value for it.
    ///
    /// # Errors
    /// If the provider could have a value and has none: where to set it.
    fn stands_in(&self, _attr: &'static str) -> Result<Option<String>, Diagnostic> {
        Ok(None)
    }
}
