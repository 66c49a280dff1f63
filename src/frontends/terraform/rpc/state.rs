//! Stored states of an older version, or of another provider.

use super::{
    Server,
    answer::{Failed, diagnostics},
};
use crate::{
    engine::{self, Diagnostic, Moved, Source},
    frontends::terraform::{identity, msgpack, object, wire::WireObject},
    schema::{BlockSchema, Object, json::Stored},
    value::Value,
};
use janiform_proto::tfplugin6::{RawState, move_resource_state, upgrade_resource_state};

pub(super) async fn upgrade<C: Send + Sync + 'static>(
    server: Server<C>,
    request: upgrade_resource_state::Request,
) -> Result<upgrade_resource_state::Response, Failed> {
    let (entry, block) = server.resource(&request.type_name)?;
    let seen = stored(entry.resource.key, block, request.version, request.raw_state.as_ref())?;
    Ok(upgrade_resource_state::Response { upgraded_state: object::encode(block, Some(&seen)), diagnostics: Vec::new() })
}

/// Converts an object that another provider stored.
pub(super) async fn adopt<C: Send + Sync + 'static>(
    server: Server<C>,
    request: move_resource_state::Request,
) -> Result<move_resource_state::Response, Failed> {
    let (entry, block) = server.resource(&request.target_type_name)?;
    let source = Source {
        address: &request.source_provider_address,
        type_name: &request.source_type_name,
        version: request.source_schema_version,
        json: json(&request.source_type_name, request.source_state.as_ref())?,
    };
    let Moved { mut state, warnings, .. } = server.engine.moved(&source, entry.resource)?;
    state.id = state.id.as_deref().map(msgpack::normalised);
    Ok(move_resource_state::Response {
        // The private data of the other provider is dropped; the new private data says that nothing is known.
        target_private: state.private.to_bytes(),
        target_identity: identity::encode(entry.resource, state.id.as_deref(), &state.value),
        target_state: object::encode(block, Some(&WireObject::stored(state))),
        diagnostics: diagnostics(warnings),
    })
}

/// The stored state as JSON.
fn json<'a>(name: &str, raw: Option<&'a RawState>) -> Result<&'a [u8], Diagnostic> {
    let unreadable = |why: &str| Diagnostic::error("The state cannot be read", format!("The stored {name}: {why}"));
    match raw {
        None => Err(unreadable("there is none.")),
        Some(raw) if raw.json.is_empty() && !raw.flatmap.is_empty() => {
            Err(unreadable("it was written by Terraform 0.11 or older; apply it once with a version in between, such as 1.0."))
        }
        Some(raw) => Ok(&raw.json),
    }
}

fn stored(key: &str, resource: &BlockSchema, version: i64, raw: Option<&RawState>) -> Result<WireObject, Failed> {
    let Stored { id, value } = engine::upgrade(resource, version, json(resource.name, raw)?)?;
    if value.is_null() {
        return Err(Diagnostic::error("The state cannot be read", format!("The stored {}: it is null.", resource.name)).into());
    }
    let id = match id {
        Some(id) => Value::String(msgpack::normalised(&id)),
        None => Object::new(resource.table, &value).get(key).clone(),
    };
    Ok(WireObject { id, value })
}
