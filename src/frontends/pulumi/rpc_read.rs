//! Read: refreshing, importing, and showing objects that are managed elsewhere.

use super::{
    failure, names,
    property::{Form, encode},
    rpc::Server,
    rpc_object::{Stored, spread},
};
use crate::{
    engine::{self, Reread, State},
    schema::{Attr, Presence, Resource},
    value::Value,
};
use janiform_proto::pulumirpc::{ReadRequest, ReadResponse};
use tonic::Status;

impl<C: Send + Sync + 'static> Server<C> {
    pub(super) async fn read_object(&self, request: ReadRequest) -> Result<ReadResponse, Status> {
        let (entry, block) = self.resource(&request.urn, &request.r#type)?;
        let resource = entry.resource;
        // An import sends only the id; so does `get` without further arguments.
        let known = request.properties.filter(|properties| !properties.fields.is_empty());
        let (prior, stored) = match known {
            None => {
                let stub = State::to_import(resource, &request.id);
                (stub.map_err(|why| failure::failed(&self.tables(block.table), &why.into()))?, None)
            }
            Some(outputs) => {
                let stored = Stored::read(resource, block, &outputs, &request.inputs.unwrap_or_default());
                let value = with_key(resource, stored.value.clone(), &request.id);
                (State { id: Some(request.id), value, private: stored.private(&resource.table) }, Some(stored))
            }
        };
        let known = stored.as_ref().map(|stored| stored.secrets.clone()).unwrap_or_default();
        let read = self.engine.read(entry, prior, self.call(&request.urn, request.timeout, &known)).await;
        let Reread { state, warnings } = read.map_err(|failure| failure::failed(&self.tables(block.table), &failure))?;
        self.warn(&request.urn, block.table, &warnings);
        // An answer without id and properties means that the object is gone.
        let state = match &stored {
            None => state.map(|state| self.repeatable(&request.urn, resource, state)),
            Some(_) => state,
        };
        let Some(state @ State { id: Some(id), value, private }) = &state else { return Ok(ReadResponse::default()) };
        let (inputs, secrets) = match &stored {
            Some(stored) => (engine::inputs_by_now(resource, &stored.inputs, value), spread(&resource.table, &stored.inputs, known)),
            None => {
                let inputs = engine::inputs_of(resource, state);
                self.warn_of_open_secrets(&request.urn, resource, &inputs);
                (inputs, known)
            }
        };
        Ok(ReadResponse {
            id: id.clone(),
            properties: Some(self.stored(&request.urn, block, value, private, &secrets)),
            inputs: Some(encode(block, &inputs, None, &secrets, Form::Inputs).properties),
            refresh_before_update: false,
        })
    }

    /// An imported object without what the program that `pulumi import` writes cannot have. Pulumi would write an empty value, which
    /// clears it in the next update.
    fn repeatable(&self, urn: &str, resource: &'static Resource, mut state: State) -> State {
        for name in engine::unrepeatable(resource, &state.value) {
            if let (Some(place), Value::Object(fields)) = (resource.table.index(name), &mut state.value) {
                fields[place] = Value::Null;
            }
            let name = names::camel(name);
            let text = format!(
                "`{name}` was not imported: it has secrets that no answer shows. It stays as it is, and is not managed until the program sets all of it."
            );
            self.messages.warn(urn, text);
        }
        state
    }

    /// Warns about secrets of the server that the program written by `pulumi import` contains, since it is not valid without them.
    fn warn_of_open_secrets(&self, urn: &str, resource: &'static Resource, inputs: &Value) {
        let is_open = |(attr, value): &(&Attr, &Value)| attr.presence == Presence::OrServer && attr.holds_secret() && !value.is_null();
        for name in resource.table.attrs().zip(inputs.fields()).filter(is_open).map(|(attr, _)| names::camel(attr.name)) {
            let text = format!(
                "`{name}` is secret, and the program that `pulumi import` writes has its value in clear text. Move it to the stack's configuration (`pulumi config set --secret`)."
            );
            self.messages.warn(urn, text);
        }
    }
}

/// The key equals the id; a state without the key gets it from the id.
pub(super) fn with_key(resource: &'static Resource, mut value: Value, id: &str) -> Value {
    if let (Some(index), Value::Object(fields)) = (resource.table.index(resource.key), &mut value)
        && fields[index].is_null()
    {
        fields[index] = Value::text(id);
    }
    value
}
