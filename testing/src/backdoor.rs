//! How the lifecycles reach a server without the provider: what other people do to it.

use async_trait::async_trait;
use janiform::{
    schema::{Attr, Resource},
    value::Value,
};

/// A way to the server that does not lead through the provider. It goes through the server's own API or its storage, and
/// never through the provider's client: a client that is wrong would agree with itself.
#[async_trait]
pub trait Backdoor: Send + Sync {
    /// Changes one attribute of an object, or takes it away; false if this server cannot be made to. What cannot be changed
    /// is not tested for drift, so false is for attributes that the server never lets anybody change.
    async fn change(&self, resource: &'static Resource, id: &str, attr: &'static Attr, value: Option<&Value>) -> bool;

    /// Removes an object.
    async fn remove(&self, resource: &'static Resource, id: &str);

    /// Whether an object exists.
    async fn exists(&self, resource: &'static Resource, id: &str) -> bool;

    /// What an import names an object by, where that is not its id alone.
    fn import_id(&self, _: &'static Resource, id: &str) -> String {
        id.to_owned()
    }
}
