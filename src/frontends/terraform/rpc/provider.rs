//! What is asked of the provider as a whole: its names and schemas, its functions, that it stops.

use super::{Server, answer::Failed};
use crate::{
    engine::Diagnostic,
    frontends::terraform::schema::{CAPABILITIES, provider_schema, type_name},
};
use janiform_proto::tfplugin6::{call_function, get_functions, get_metadata, get_provider_schema, stop_provider};

pub(super) async fn metadata<C: Send + Sync + 'static>(
    server: Server<C>,
    _: get_metadata::Request,
) -> Result<get_metadata::Response, Failed> {
    let engine = &server.engine;
    let name = |name| type_name(engine.provider().name, name);
    Ok(get_metadata::Response {
        server_capabilities: Some(CAPABILITIES),
        resources: engine.resources().map(|(_, block)| get_metadata::ResourceMetadata { type_name: name(block.name) }).collect(),
        data_sources: engine.data_sources().map(|(_, block)| get_metadata::DataSourceMetadata { type_name: name(block.name) }).collect(),
        ..Default::default()
    })
}

/// Made for whoever asks: a host asks once, and a copy to keep would cost as much again.
pub(super) async fn schemas<C: Send + Sync + 'static>(
    server: Server<C>,
    _: get_provider_schema::Request,
) -> Result<get_provider_schema::Response, Failed> {
    Ok(provider_schema(&server.engine))
}

pub(super) async fn functions<C: Send + Sync + 'static>(
    _: Server<C>,
    _: get_functions::Request,
) -> Result<get_functions::Response, Failed> {
    Ok(get_functions::Response::default())
}

pub(super) async fn call_function<C: Send + Sync + 'static>(
    server: Server<C>,
    request: call_function::Request,
) -> Result<call_function::Response, Failed> {
    let name = server.engine.provider().name;
    Err(Diagnostic::error(format!("Unknown function {}", request.name), format!("The provider {name} has no function of this name."))
        .into())
}

pub(super) async fn stop<C: Send + Sync + 'static>(
    server: Server<C>,
    _: stop_provider::Request,
) -> Result<stop_provider::Response, Failed> {
    server.engine.cancel();
    Ok(stop_provider::Response::default())
}
