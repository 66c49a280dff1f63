//! Data sources.

use super::{
    Server,
    answer::{Failed, diagnostics},
};
use crate::{
    engine::{Call, Found},
    frontends::terraform::{object, wire::WireObject},
    schema::BlockSchema,
    value::Value,
};
use janiform_proto::tfplugin6::{read_data_source, validate_data_resource_config};

pub(super) async fn validate<C: Send + Sync + 'static>(
    server: Server<C>,
    request: validate_data_resource_config::Request,
) -> Result<validate_data_resource_config::Response, Failed> {
    let (source, block) = server.data_source(&request.type_name)?;
    let config = object::decode(block, request.config.as_ref())?.unwrap_or_default();
    Ok(validate_data_resource_config::Response {
        diagnostics: diagnostics(server.engine.validate_data_source(source, &config.id, &config.value)),
    })
}

pub(super) async fn read<C: Send + Sync + 'static>(
    server: Server<C>,
    request: read_data_source::Request,
) -> Result<read_data_source::Response, Failed> {
    let (source, block) = server.data_source(&request.type_name)?;
    let config = object::decode(block, request.config.as_ref())?.unwrap_or_default();
    let found = server.engine.lookup(source, &config.id, &config.value, Call::default()).await.map_err(|why| Failed(why.diagnostics))?;
    let warnings = diagnostics(found.warnings.clone());
    let state = filled_in(block, config, found).wholly_known();
    Ok(read_data_source::Response { state: object::encode(block, Some(&state)), diagnostics: warnings, deferred: None })
}

/// The configuration's values as written, and the values that were found.
fn filled_in(block: &BlockSchema, config: WireObject, found: Found) -> WireObject {
    let mut value = found.value;
    if let (Value::Object(fields), Value::Object(given)) = (&mut value, config.value) {
        for (index, given) in given.into_iter().enumerate() {
            if !given.is_null() && block.fields.iter().any(|field| field.attr.is_some() && field.index == index && field.configurable()) {
                fields[index] = given;
            }
        }
    }
    let id = found.id.map_or(Value::Null, Value::String);
    WireObject { id: if config.id.is_null() { id } else { config.id }, value }
}
