//! How an object is deleted.

use super::{rest::Rest, seen::id_of};
use crate::{
    engine::{Cx, Failure, State},
    rest::{Client, Collection, SendError},
    schema::{Object, Resource},
};
use reqwest::Method;

impl Rest {
    /// Deletes the object of a state.
    pub(super) async fn delete_object<C: Client>(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        let id = id_of(resource, state.id.as_deref())?;
        let at = self.collection(cx, Object::new(&resource.table, &state.value)).await?;
        Ok(self.remove(cx, &at, resource, id).await?)
    }

    /// Deletes the object with this id; an object that is already gone is a success.
    pub async fn remove<C: Client>(&self, cx: &Cx<C>, at: &Collection, resource: &'static Resource, id: &str) -> Result<(), SendError> {
        let reply = at.endpoint.send(cx, self.service, at.about(Method::DELETE, id)).await?;
        if reply.is_success() || self.service.says_missing(&reply) {
            return Ok(());
        }
        // If objects are only listed, the list decides whether one is gone, whatever the answer to the `DELETE` says.
        if self.only_listed && matches!(self.find(cx, at, resource, id).await, Ok(None)) {
            return Ok(());
        }
        Err(self.service.refuse(&reply))
    }
}
