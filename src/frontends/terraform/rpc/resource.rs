//! RPCs for resources other than changes: validation, read and import.

use super::{
    Server,
    answer::{Failed, diagnostics},
};
use crate::{
    engine::{self, Call, Diagnostic, Private, Reread, State, Takes},
    frontends::terraform::{identity, object, wire::WireObject},
    schema::{Kind, Object, Table},
    value::{Path, Step, Value},
};
use janiform_proto::tfplugin6::{ClientCapabilities, import_resource_state, read_resource, validate_resource_config};

pub(super) async fn validate<C: Send + Sync + 'static>(
    server: Server<C>,
    request: validate_resource_config::Request,
) -> Result<validate_resource_config::Response, Failed> {
    let (entry, block) = server.resource(&request.type_name)?;
    let Some(WireObject { value, .. }) = object::decode(block, request.config.as_ref())? else { return Ok(Default::default()) };
    let mut found = engine::validate(entry.resource, &value);
    if !request.client_capabilities.is_some_and(|ClientCapabilities { write_only_attributes_allowed, .. }| write_only_attributes_allowed) {
        write_only(&entry.resource.table, &value, &Path::ROOT, &mut found);
    }
    Ok(validate_resource_config::Response { diagnostics: diagnostics(found) })
}

/// Errors if core does not know write-only attributes, since it would write them into its state.
fn write_only(table: &Table, value: &Value, path: &Path, found: &mut Vec<Diagnostic>) {
    for (attr, value) in Object::new(table, value).iter().filter(|(_, value)| !value.is_null()) {
        let path = path.then(Step::Attr(attr.name));
        if attr.write_only {
            let detail = format!(
                "`{path}` is never kept in the state, which this version of the tool does not support: it would store the secret. Use Terraform 1.11, OpenTofu 1.11 or newer, or remove `{path}`."
            );
            found.push(Diagnostic::error(format!("{path} needs a newer Terraform or OpenTofu"), detail).at(path.clone()));
        }
        match (&attr.kind, value) {
            (Kind::Object(nested), _) => write_only(&nested.table, value, &path, found),
            (Kind::List(Kind::Object(nested)), Value::List(items)) => {
                for (index, item) in items.iter().enumerate() {
                    write_only(&nested.table, item, &path.then(Step::Index(index)), found);
                }
            }
            (Kind::Map(Kind::Object(nested)), Value::Map(map)) => {
                for (key, item) in map {
                    write_only(&nested.table, item, &path.then(Step::Key(key.clone())), found);
                }
            }
            _ => {}
        }
    }
}

pub(super) async fn read<C: Send + Sync + 'static>(
    server: Server<C>,
    request: read_resource::Request,
) -> Result<read_resource::Response, Failed> {
    let (entry, block) = server.resource(&request.type_name)?;
    let Some(seen) = object::decode(block, request.current_state.as_ref())? else {
        return Ok(read_resource::Response { new_state: object::encode(block, None), ..Default::default() });
    };
    let prior = seen.into_state(entry.resource, Private::from_bytes(&request.private));
    let Reread { state, warnings } = server.engine.read(entry, prior, Call::default()).await.map_err(|why| Failed(why.diagnostics))?;
    let mut answer = read_resource::Response { diagnostics: diagnostics(warnings), ..Default::default() };
    match state {
        None => answer.new_state = object::encode(block, None),
        Some(state) => {
            answer.private = state.private.to_bytes();
            answer.new_identity = identity::encode(entry.resource, state.id.as_deref(), &state.value);
            answer.new_state = object::encode(block, Some(&WireObject::stored(state)));
        }
    }
    Ok(answer)
}

/// The imported state has only the id; the read that core sends next adds the rest.
pub(super) async fn import<C: Send + Sync + 'static>(
    server: Server<C>,
    request: import_resource_state::Request,
) -> Result<import_resource_state::Response, Failed> {
    let (entry, block) = server.resource(&request.type_name)?;
    let resource = entry.resource;
    let parts = identity::decode(resource, request.identity.as_ref())?;
    // An import id may be another name of the object; the read finds out the identity.
    let identity = parts.as_ref().map(|parts| identity::of_parts(resource, parts));
    let state = match (request.id, parts.as_deref()) {
        (id, _) if !id.is_empty() => State::to_import(resource, &id)?,
        (_, Some([(_, key)])) => State::to_import(resource, key)?,
        (_, Some(parts)) => State::of_parts(resource, parts, Takes::unless_told(resource)),
        _ => {
            let detail = format!("Give the `{}` of the {} as the id or the identity.", resource.key, resource.name);
            return Err(Diagnostic::error("Nothing to import", detail).into());
        }
    };
    let imported = import_resource_state::ImportedResource {
        type_name: request.type_name,
        private: state.private.to_bytes(),
        state: object::encode(block, Some(&WireObject::stored(state))),
        identity,
    };
    Ok(import_resource_state::Response { imported_resources: vec![imported], ..Default::default() })
}
