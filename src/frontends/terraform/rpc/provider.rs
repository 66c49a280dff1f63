//! RPCs about the provider as a whole: metadata, schemas, stop.

use super::{Server, answer::Failed};
use crate::frontends::terraform::schema::{CAPABILITIES, provider_schema, type_name};
use janiform_proto::tfplugin6::{get_metadata, get_provider_schema, stop_provider};

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
        ephemeral_resources: engine
            .ephemerals()
            .map(|(_, block)| get_metadata::EphemeralResourceMetadata { type_name: name(block.name) })
            .collect(),
        list_resources: engine
            .list_resources()
            .map(|(_, block)| get_metadata::ListResourceMetadata { type_name: name(block.name) })
            .collect(),
        actions: engine.actions().map(|(_, block)| get_metadata::ActionMetadata { type_name: name(block.name) }).collect(),
        functions: engine.functions().map(|(of, _)| get_metadata::FunctionMetadata { name: of.name.to_owned() }).collect(),
        ..Default::default()
    })
}

/// The schemas are built for each request: hosts ask once, and a stored copy would need as much memory again.
pub(super) async fn schemas<C: Send + Sync + 'static>(
    server: Server<C>,
    _: get_provider_schema::Request,
) -> Result<get_provider_schema::Response, Failed> {
    Ok(provider_schema(&server.engine))
}

pub(super) async fn stop<C: Send + Sync + 'static>(
    server: Server<C>,
    _: stop_provider::Request,
) -> Result<stop_provider::Response, Failed> {
    server.engine.cancel();
    Ok(stop_provider::Response::default())
}
