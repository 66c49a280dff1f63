//! Reading objects: refreshing, importing, and looking at what others manage.
//!
//! Owns which inputs an object that was read corresponds to.

use super::{
    failure,
    property::{Form, encode, member},
    rpc::Server,
    rpc_object::Stored,
};
use crate::{
    engine::{self, Reread, State},
    schema::{Attr, Presence, Reads, Resource},
    value::Value,
};
use janiform_proto::pulumirpc::{ReadRequest, ReadResponse};
use tonic::Status;

impl<C: Send + Sync + 'static> Server<C> {
    pub(super) async fn read_object(&self, request: ReadRequest) -> Result<ReadResponse, Status> {
        let (entry, surface) = self.resource(&request.urn, &request.r#type)?;
        let resource = entry.resource;
        // An import knows nothing but the id; `get` without further arguments neither, but says so
        // with empty properties.
        let known = request.properties.filter(|properties| !properties.fields.is_empty());
        let (prior, stored) = match known {
            None => (State::to_import(resource, &request.id), None),
            Some(outputs) => {
                let stored = Stored::read(resource, surface, &outputs, &request.inputs.unwrap_or_default());
                let value = with_key(resource, stored.value.clone(), &request.id);
                (State { id: Some(request.id), value, private: stored.private(&resource.table) }, Some(stored))
            }
        };
        let known = stored.as_ref().map(|stored| stored.secrets.clone()).unwrap_or_default();
        let read = self.engine.read(entry, prior, self.call(&request.urn, request.timeout, &known)).await;
        let Reread { state, warnings } = read.map_err(|failure| failure::failed(surface.table, &failure))?;
        self.warn(&request.urn, surface.table, &warnings);
        // Without id and properties the answer says that the object is gone.
        let Some(State { id: Some(id), value, .. }) = state else { return Ok(ReadResponse::default()) };
        let (inputs, secrets) = match &stored {
            Some(stored) => (refreshed(resource, &stored.inputs, &value), known),
            None => (imported(resource, &value), known),
        };
        Ok(ReadResponse {
            id,
            properties: Some(self.outputs(&request.urn, surface, &value, &secrets, Form::Outputs)),
            inputs: Some(encode(surface, &inputs, None, &secrets, Form::Inputs).properties),
            refresh_before_update: false,
        })
    }
}

/// The key equals the id; a state that does not hold it has it all the same.
fn with_key(resource: &'static Resource, mut value: Value, id: &str) -> Value {
    if let (Some(index), Value::Object(fields)) = (resource.table.index(resource.key), &mut value)
        && fields[index].is_null()
    {
        fields[index] = Value::text(id);
    }
    value
}

/// The old inputs with what the object says of them now: so that a program that still says the old
/// thing differs from them.
fn refreshed(resource: &'static Resource, old: &Value, now: &Value) -> Value {
    each(resource, |index, attr| {
        let (old, now) = (member(old, index), member(now, index));
        if attr.write_only || attr.reads == Reads::Never {
            return old.clone();
        }
        match (old.is_null(), attr.presence) {
            // The user's spelling of the same thing stays.
            (false, _) if engine::same(attr, old, now) => old.clone(),
            (false, _) => now.clone(),
            // Somebody set what the program leaves out.
            (true, Presence::Optional | Presence::Required) if speaks(attr, now) => now.clone(),
            _ => Value::Null,
        }
    })
}

/// Inputs that a program may have, so that the object is what it would make.
fn imported(resource: &'static Resource, now: &Value) -> Value {
    each(resource, |index, attr| {
        let now = member(now, index);
        let chosen_by_server = attr.name == resource.key && attr.presence == Presence::OrServer;
        if attr.write_only || attr.reads == Reads::Never || chosen_by_server {
            return Value::Null;
        }
        match attr.presence {
            Presence::Required => now.clone(),
            _ if speaks(attr, now) => now.clone(),
            _ => Value::Null,
        }
    })
}

/// Whether the value is more than what is there when nobody says anything.
fn speaks(attr: &Attr, value: &Value) -> bool {
    match attr.default {
        Some(default) => !value.is_null() && !engine::same(attr, &default.value(), value),
        None => !attr.is_unset(value),
    }
}

fn each(resource: &'static Resource, choose: impl Fn(usize, &'static Attr) -> Value) -> Value {
    let fields = resource.table.attrs().enumerate();
    Value::Object(fields.map(|(index, attr)| if attr.configurable() { choose(index, attr) } else { Value::Null }).collect())
}
