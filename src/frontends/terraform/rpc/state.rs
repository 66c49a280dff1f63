//! Stored states: of an older version, and of another provider.

use super::{Server, answer::Failed};
use crate::{
    engine::{self, Diagnostic, Private},
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

/// Takes over the state of a provider that the tables name, as it is.
pub(super) async fn adopt<C: Send + Sync + 'static>(
    server: Server<C>,
    request: move_resource_state::Request,
) -> Result<move_resource_state::Response, Failed> {
    let (entry, block) = server.resource(&request.target_type_name)?;
    let (source, version) = (&request.source_type_name, request.source_schema_version);
    let refused = |why: &str| {
        Diagnostic::error(
            format!("The state of {source} cannot become a {}", request.target_type_name),
            format!("The source is {source} of {}, with schema version {version}. {why}", request.source_provider_address),
        )
    };
    let provider = server.engine.provider();
    let itself = format!("{}/{}", provider.namespace, provider.name);
    // The host differs between the tools and their mirrors, and says nothing about who wrote the state.
    let known = |known: &str| {
        let rest = request.source_provider_address.strip_suffix(known);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    };
    if !known(&itself) && !provider.adopts.iter().any(|adopted| known(adopted)) {
        return Err(refused("States of this provider are not understood: import the object instead.").into());
    }
    if *source != request.target_type_name {
        return Err(refused("Only a state of the same type can be taken over: import the object instead.").into());
    }
    // Other providers' objects were only ever seen in their first shape, which is today's here.
    let shape = match version {
        0 if !known(&itself) => block.version(),
        later if !known(&itself) => later.max(block.version() + 1),
        ours => ours,
    };
    let seen = stored(entry.resource.key, block, shape, request.source_state.as_ref()).map_err(|Failed(why)| {
        let why: Vec<_> = why.into_iter().map(|why| refused(&format!("{}: {}", why.summary, why.detail))).collect();
        Failed(why)
    })?;
    Ok(move_resource_state::Response {
        target_state: object::encode(block, Some(&seen)),
        // What the other provider remembered means nothing here; that nothing is remembered does.
        target_private: Private::default().to_bytes(),
        target_identity: identity::encode(entry.resource, seen.id.as_str(), &seen.value),
        diagnostics: Vec::new(),
    })
}

fn stored(key: &str, resource: &BlockSchema, version: i64, raw: Option<&RawState>) -> Result<WireObject, Failed> {
    let unreadable = |why: &str| Diagnostic::error("The state cannot be read", format!("The stored {}: {why}", resource.name));
    let raw = raw.ok_or_else(|| unreadable("there is none."))?;
    if raw.json.is_empty() && !raw.flatmap.is_empty() {
        return Err(unreadable("it was written by Terraform 0.11 or older; apply it once with a version in between.").into());
    }
    let Stored { id, value } = engine::upgrade(resource, version, &raw.json)?;
    if value.is_null() {
        return Err(unreadable("it is null.").into());
    }
    let id = match id {
        Some(id) => Value::String(msgpack::normalised(&id)),
        None => Object::new(resource.table, &value).get(key).clone(),
    };
    Ok(WireObject { id, value })
}
