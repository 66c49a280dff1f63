//! The provider block.

use super::{
    Server,
    answer::{Failed, diagnostics},
};
use crate::frontends::terraform::object;
use janiform_proto::tfplugin6::{configure_provider, validate_provider_config};

pub(super) async fn validate<C: Send + Sync + 'static>(
    server: Server<C>,
    request: validate_provider_config::Request,
) -> Result<validate_provider_config::Response, Failed> {
    let config = object::given(server.engine.config(), request.config.as_ref())?;
    Ok(validate_provider_config::Response { diagnostics: diagnostics(server.engine.validate_config(&config)) })
}

pub(super) async fn configure<C: Send + Sync + 'static>(
    server: Server<C>,
    request: configure_provider::Request,
) -> Result<configure_provider::Response, Failed> {
    let config = object::given(server.engine.config(), request.config.as_ref())?;
    Ok(configure_provider::Response { diagnostics: diagnostics(server.engine.configure(&config, &*server.env)) })
}
