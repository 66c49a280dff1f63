//! The provider block.

use super::{
    Server,
    answer::{Failed, diagnostics},
};
use crate::{frontends::terraform::object, value::Value};
use janiform_proto::tfplugin6::{DynamicValue, configure_provider, validate_provider_config};

pub(super) async fn validate<C: Send + Sync + 'static>(
    server: Server<C>,
    request: validate_provider_config::Request,
) -> Result<validate_provider_config::Response, Failed> {
    let config = block(&server, request.config.as_ref())?;
    Ok(validate_provider_config::Response { diagnostics: diagnostics(server.engine.validate_config(&config)) })
}

pub(super) async fn configure<C: Send + Sync + 'static>(
    server: Server<C>,
    request: configure_provider::Request,
) -> Result<configure_provider::Response, Failed> {
    let config = block(&server, request.config.as_ref())?;
    Ok(configure_provider::Response { diagnostics: diagnostics(server.engine.configure(&config, &*server.env)) })
}

fn block<C: Send + Sync + 'static>(server: &Server<C>, config: Option<&DynamicValue>) -> Result<Value, Failed> {
    let block = server.engine.config();
    Ok(object::decode(block, config)?.map_or_else(|| block.table.nulls(), |seen| seen.value))
}
