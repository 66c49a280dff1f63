//! Reading objects: refreshing, importing, and looking at what others manage.
//!
//! Owns which inputs an object that was read corresponds to.

use super::{
    failure, names,
    property::{Form, encode, member},
    rpc::Server,
    rpc_object::{Stored, spread},
};
use crate::{
    engine::{self, Diagnostic, Prior, Private, Reread, State, has_errors},
    schema::{Attr, Presence, Reads, Resource},
    value::Value,
};
use janiform_proto::pulumirpc::{ReadRequest, ReadResponse};
use tonic::Status;

impl<C: Send + Sync + 'static> Server<C> {
    pub(super) async fn read_object(&self, request: ReadRequest) -> Result<ReadResponse, Status> {
        let (entry, block) = self.resource(&request.urn, &request.r#type)?;
        let resource = entry.resource;
        // An import knows nothing but the id, nor does `get` without further arguments.
        let known = request.properties.filter(|properties| !properties.fields.is_empty());
        let (prior, stored) = match known {
            None => {
                let stub = State::to_import(resource, &request.id);
                (stub.map_err(|why| failure::failed(self.tables(block.table), &why.into()))?, None)
            }
            Some(outputs) => {
                let stored = Stored::read(resource, block, &outputs, &request.inputs.unwrap_or_default());
                let value = with_key(resource, stored.value.clone(), &request.id);
                (State { id: Some(request.id), value, private: stored.private(&resource.table) }, Some(stored))
            }
        };
        let known = stored.as_ref().map(|stored| stored.secrets.clone()).unwrap_or_default();
        let read = self.engine.read(entry, prior, self.call(&request.urn, request.timeout, &known)).await;
        let Reread { state, warnings } = read.map_err(|failure| failure::failed(self.tables(block.table), &failure))?;
        self.warn(&request.urn, block.table, &warnings);
        // Without id and properties the answer says that the object is gone.
        let Some(State { id: Some(id), value, private }) = state else { return Ok(ReadResponse::default()) };
        let (inputs, secrets) = match &stored {
            Some(stored) => (refreshed(resource, &stored.inputs, &value), spread(&resource.table, &stored.inputs, known)),
            None => {
                let inputs = imported(resource, &id, &value);
                self.warn_of_open_secrets(&request.urn, resource, &inputs);
                (inputs, known)
            }
        };
        Ok(ReadResponse {
            id,
            properties: Some(self.stored(&request.urn, block, &value, &private, &secrets)),
            inputs: Some(encode(block, &inputs, None, &secrets, Form::Inputs).properties),
            refresh_before_update: false,
        })
    }

    /// Says which secrets of the server the program would hold that `pulumi import` writes, since it cannot do without.
    fn warn_of_open_secrets(&self, urn: &str, resource: &'static Resource, inputs: &Value) {
        let is_open = |(attr, value): &(&Attr, &Value)| attr.presence == Presence::OrServer && attr.holds_secret() && !value.is_null();
        for name in resource.table.attrs().zip(inputs.fields()).filter(is_open).map(|(attr, _)| names::camel(attr.name)) {
            let text = format!(
                "`{name}` is secret, and the program that `pulumi import` writes holds in clear what the state has of it, as nothing else says what it is. Keep it in the stack's configuration instead (`pulumi config set --secret`)."
            );
            self.messages.warn(urn, text);
        }
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

/// Inputs that a program may have, so that the object is what it would make: without what such a program cannot say, and
/// without secrets that it need not say.
fn imported(resource: &'static Resource, id: &str, now: &Value) -> Value {
    let table = &resource.table;
    let mut inputs = said(resource, now);
    let refused: Vec<_> = engine::validate(resource, &inputs).into_iter().filter(Diagnostic::is_error).map(|error| error.path).collect();
    let private = Private { write_only: Some(Vec::new()), ..Private::default() };
    let prior = Prior { id: Some(id), value: now, private: &private, config: None };
    let stands = |inputs: &Value| {
        let plan = engine::plan(resource, Some(prior), inputs);
        plan.changes.is_empty() && !has_errors(&plan.diagnostics) && !has_errors(&engine::validate(resource, inputs))
    };
    for (index, attr) in table.attrs().enumerate().filter(|(_, attr)| attr.presence == Presence::OrServer) {
        let without = with_null(&inputs, index);
        if refused.iter().any(|path| path.root() == Some(attr.name)) || attr.holds_secret() && stands(&without) {
            inputs = without;
        }
    }
    inputs
}

fn with_null(object: &Value, index: usize) -> Value {
    let fields = object.fields().iter().enumerate();
    Value::Object(fields.map(|(at, value)| if at == index { Value::Null } else { value.clone() }).collect())
}

/// What the object says.
fn said(resource: &'static Resource, now: &Value) -> Value {
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
