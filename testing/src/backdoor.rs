//! How the lifecycles change a server without the provider, as other people do.

use async_trait::async_trait;
use janiform::{
    schema::{Attr, Resource},
    value::Value,
};

/// Access to the server that does not use the provider: through the server's own API or its storage, and never through the
/// provider's client, since a client that is wrong would agree with itself.
#[async_trait]
pub trait Backdoor: Send + Sync {
    /// Changes an attribute of an object, or removes its value; false if the server does not allow that. Such an attribute is
    /// not tested for drift, so return false only for attributes that the server never lets anybody change.
    async fn change(&self, resource: &'static Resource, id: &str, attr: &'static Attr, value: Option<&Value>) -> bool;

    /// Removes an object.
    async fn remove(&self, resource: &'static Resource, id: &str);

    /// Whether an object exists.
    async fn exists(&self, resource: &'static Resource, id: &str) -> bool;

    /// The import id of an object, if that is not its id.
    fn import_id(&self, _: &'static Resource, id: &str) -> String {
        id.to_owned()
    }
}
