//! The `Provider` service of tfplugin6 over an engine.
//!
//! Owns the service and what every RPC shares: its task, its panics, its diagnostics. One file a group of
//! RPCs beside it; what is not named here answers `UNIMPLEMENTED`, as the protocol allows. Must not
//! decide anything that the engine decides.

mod answer;
mod change;
mod config;
mod data;
mod identity;
mod provider;
mod resource;
mod state;

use super::object::WireError;
use crate::{
    engine::{DataSource, Diagnostic, Engine, Entry},
    schema::BlockSchema,
};
use answer::{Answer, Failed};
use janiform_proto::tfplugin6::{
    self as tf,
    provider_server::{Provider, ProviderServer},
};
use std::{future::Future, sync::Arc};
use tonic::{Request, Response, Status};

/// As much as the other providers' servers take and send; a schema or a state can be large.
const MESSAGE_LIMIT: usize = 256 << 20;

/// How environment variables are looked up.
pub type Env = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// An engine as Terraform's provider.
pub struct Server<C: 'static> {
    engine: Arc<Engine<C>>,
    env: Env,
}

impl<C> Clone for Server<C> {
    fn clone(&self) -> Self {
        Server { engine: self.engine.clone(), env: self.env.clone() }
    }
}

/// The service, ready to be served.
pub fn service<C: Send + Sync + 'static>(server: Server<C>) -> ProviderServer<Server<C>> {
    ProviderServer::new(server).max_decoding_message_size(MESSAGE_LIMIT).max_encoding_message_size(MESSAGE_LIMIT)
}

impl<C: Send + Sync + 'static> Server<C> {
    /// A server of this engine; `env` looks up environment variables.
    pub fn new(engine: Arc<Engine<C>>, env: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Server<C> {
        Server { engine, env: Arc::new(env) }
    }

    /// Runs a verb in a task of its own: a call that is given up does not stop it in the middle, and a
    /// panic becomes a diagnostic.
    async fn answer<Q, A, F>(&self, request: Request<Q>, verb: impl FnOnce(Self, Q) -> F) -> Result<Response<A>, Status>
    where
        A: Answer + Send + 'static,
        F: Future<Output = Result<A, Failed>> + Send + 'static,
    {
        let answer = match tokio::spawn(verb(self.clone(), request.into_inner())).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(failed)) => A::failed(failed),
            Err(_) => A::failed(Failed::from(Diagnostic::error(
                "The provider failed",
                "This is a bug in the provider; its log has the details. Nothing is known of what was done: refresh before the next apply.",
            ))),
        };
        Ok(Response::new(answer))
    }

    fn resource(&self, type_name: &str) -> Result<(&'static Entry<C>, &BlockSchema), Failed> {
        let found = self.own(type_name).and_then(|name| self.engine.resource(name));
        found.ok_or_else(|| self.unknown("resource type", type_name))
    }

    fn data_source(&self, type_name: &str) -> Result<(&'static DataSource<C>, &BlockSchema), Failed> {
        let found = self.own(type_name).and_then(|name| self.engine.data_source(name));
        found.ok_or_else(|| self.unknown("data source", type_name))
    }

    fn own<'a>(&self, type_name: &'a str) -> Option<&'a str> {
        type_name.strip_prefix(self.engine.provider().name)?.strip_prefix('_')
    }

    fn unknown(&self, what: &str, type_name: &str) -> Failed {
        let provider = self.engine.provider();
        Failed::from(Diagnostic::error(
            format!("Unknown {what} {type_name}"),
            format!("Version {} of the provider {} has no {what} of this name.", provider.version, provider.name),
        ))
    }
}

impl From<WireError> for Failed {
    fn from(error: WireError) -> Self {
        Failed::from(Diagnostic::from(error))
    }
}

/// Writes the methods that hand an RPC to its verb.
macro_rules! provider {
    ($($method:ident: $module:ident => $verb:path,)*) => {
        #[tonic::async_trait]
        impl<C: Send + Sync + 'static> Provider for Server<C> {
            $(async fn $method(&self, request: Request<tf::$module::Request>) -> Result<Response<tf::$module::Response>, Status> {
                self.answer(request, $verb).await
            })*
        }
    };
}

provider! {
    get_metadata: get_metadata => provider::metadata,
    get_provider_schema: get_provider_schema => provider::schemas,
    get_functions: get_functions => provider::functions,
    call_function: call_function => provider::call_function,
    stop_provider: stop_provider => provider::stop,
    validate_provider_config: validate_provider_config => config::validate,
    configure_provider: configure_provider => config::configure,
    validate_resource_config: validate_resource_config => resource::validate,
    read_resource: read_resource => resource::read,
    import_resource_state: import_resource_state => resource::import,
    upgrade_resource_state: upgrade_resource_state => state::upgrade,
    move_resource_state: move_resource_state => state::adopt,
    get_resource_identity_schemas: get_resource_identity_schemas => identity::schemas,
    upgrade_resource_identity: upgrade_resource_identity => identity::upgrade,
    plan_resource_change: plan_resource_change => change::plan,
    apply_resource_change: apply_resource_change => change::apply,
    validate_data_resource_config: validate_data_resource_config => data::validate,
    read_data_source: read_data_source => data::read,
}
