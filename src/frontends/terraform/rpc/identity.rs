//! Identities: what makes an object the same object, apart from its state.

use super::{Server, answer::Failed};
use crate::frontends::terraform::{identity, schema};
use janiform_proto::tfplugin6::{DynamicValue, ResourceIdentityData, get_resource_identity_schemas, upgrade_resource_identity};

pub(super) async fn schemas<C: Send + Sync + 'static>(
    server: Server<C>,
    _: get_resource_identity_schemas::Request,
) -> Result<get_resource_identity_schemas::Response, Failed> {
    Ok(get_resource_identity_schemas::Response { identity_schemas: schema::identity_schemas(&server.engine), diagnostics: Vec::new() })
}

pub(super) async fn upgrade<C: Send + Sync + 'static>(
    server: Server<C>,
    request: upgrade_resource_identity::Request,
) -> Result<upgrade_resource_identity::Response, Failed> {
    let resource = server.resource(&request.type_name)?.0.resource;
    let stored =
        request.raw_identity.map(|raw| ResourceIdentityData { identity_data: Some(DynamicValue { msgpack: Vec::new(), json: raw.json }) });
    // Core also asks for states without an identity: the next read adds it.
    let parts = identity::decode(resource, stored.as_ref())?;
    let upgraded_identity = parts.map(|parts| identity::of_parts(resource, &parts));
    Ok(upgrade_resource_identity::Response { upgraded_identity, diagnostics: Vec::new() })
}
