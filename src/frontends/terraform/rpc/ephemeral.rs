//! Ephemeral resources: opened, renewed and closed when core asks for it.

use super::{
    Server,
    answer::{Failed, diagnostics},
};
use crate::{
    engine::{Call, EphemeralEntry, Open, Renewed},
    frontends::terraform::{object, wire::WireObject},
    schema::BlockSchema,
    value::Value,
};
use janiform_proto::tfplugin6::{
    close_ephemeral_resource, open_ephemeral_resource, renew_ephemeral_resource, validate_ephemeral_resource_config,
};
use prost_types::Timestamp;
use std::time::{Duration, SystemTime};

pub(super) async fn validate<C: Send + Sync + 'static>(
    server: Server<C>,
    request: validate_ephemeral_resource_config::Request,
) -> Result<validate_ephemeral_resource_config::Response, Failed> {
    let (entry, block) = ephemeral(&server, &request.type_name)?;
    let config = object::given(block, request.config.as_ref())?;
    Ok(validate_ephemeral_resource_config::Response { diagnostics: diagnostics(server.engine.validate_ephemeral(entry, &config)) })
}

pub(super) async fn open<C: Send + Sync + 'static>(
    server: Server<C>,
    request: open_ephemeral_resource::Request,
) -> Result<open_ephemeral_resource::Response, Failed> {
    let (entry, block) = ephemeral(&server, &request.type_name)?;
    let config = object::given(block, request.config.as_ref())?;
    let opened = server.engine.open(entry, &config, Call::default()).await.map_err(|why| Failed(why.into_errors()))?;
    let Open { value, private, renew_in, warnings, .. } = opened;
    let result = WireObject { id: Value::Null, value }.wholly_known();
    Ok(open_ephemeral_resource::Response {
        diagnostics: diagnostics(warnings),
        renew_at: renew_in.map(from_now),
        result: object::encode(block, Some(&result)),
        private: Some(private),
        deferred: None,
    })
}

pub(super) async fn renew<C: Send + Sync + 'static>(
    server: Server<C>,
    request: renew_ephemeral_resource::Request,
) -> Result<renew_ephemeral_resource::Response, Failed> {
    let (entry, _) = ephemeral(&server, &request.type_name)?;
    let renewed = server.engine.renew(entry, request.private.unwrap_or_default(), Call::default()).await;
    let (Renewed { private, renew_in }, warnings) = renewed.map_err(|why| Failed(why.into_errors()))?;
    Ok(renew_ephemeral_resource::Response { diagnostics: diagnostics(warnings), renew_at: renew_in.map(from_now), private: Some(private) })
}

pub(super) async fn close<C: Send + Sync + 'static>(
    server: Server<C>,
    request: close_ephemeral_resource::Request,
) -> Result<close_ephemeral_resource::Response, Failed> {
    let (entry, _) = ephemeral(&server, &request.type_name)?;
    let closed = server.engine.close(entry, request.private.unwrap_or_default(), Call::default()).await;
    Ok(close_ephemeral_resource::Response { diagnostics: diagnostics(closed.map_err(|why| Failed(why.into_errors()))?) })
}

fn ephemeral<'a, C: Send + Sync + 'static>(
    server: &'a Server<C>,
    type_name: &str,
) -> Result<(&'static EphemeralEntry<C>, &'a BlockSchema), Failed> {
    server.offered("ephemeral resource", type_name, server.engine.ephemerals())
}

/// A time by core's clock, which is the clock of the same host.
fn from_now(after: Duration) -> Timestamp {
    SystemTime::now().checked_add(after).map(Timestamp::from).unwrap_or_default()
}
