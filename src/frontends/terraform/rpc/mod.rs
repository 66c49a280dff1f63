//! The `Provider` service of tfplugin6 over an engine.
//!
//! Owns the service, and what all RPCs share: tasks, panics and diagnostics. Each file beside it contains a group of RPCs; an RPC
//! that is in none returns `UNIMPLEMENTED`, as the protocol allows. Must not decide anything that the engine decides.

mod action;
mod answer;
mod change;
mod config;
mod data;
mod ephemeral;
mod function;
mod identity;
mod list;
mod provider;
mod resource;
mod state;

use super::wire::WireError;
use crate::{
    engine::{DataSource, Diagnostic, Engine, Entry, named},
    frontends::stream::stream,
    schema::BlockSchema,
};
use answer::{Answer, Failed};
use janiform_proto::tfplugin6::{
    self as tf,
    provider_server::{Provider, ProviderServer},
};
use std::{future::Future, sync::Arc};
use tokio::task::JoinError;
use tokio_util::task::AbortOnDropHandle;
use tonic::{Request, Response, Status, codegen::BoxStream};

/// The longest message in either direction, in bytes, as in other providers: a schema or a state can be large.
const MESSAGE_LIMIT: usize = 256 << 20;

/// Looks up environment variables.
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

/// The service for a server.
pub fn service<C: Send + Sync + 'static>(server: Server<C>) -> ProviderServer<Server<C>> {
    ProviderServer::new(server).max_decoding_message_size(MESSAGE_LIMIT).max_encoding_message_size(MESSAGE_LIMIT)
}

impl<C: Send + Sync + 'static> Server<C> {
    /// A server of this engine; `env` looks up environment variables.
    pub fn new(engine: Arc<Engine<C>>, env: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Server<C> {
        Server { engine, env: Arc::new(env) }
    }

    /// Runs an operation in its own task: an aborted call does not stop it, and a panic becomes a diagnostic.
    async fn answer<Q, A, F>(&self, request: Request<Q>, verb: impl FnOnce(Self, Q) -> F) -> Result<Response<A>, Status>
    where
        A: Answer + Send + 'static,
        F: Future<Output = Result<A, Failed>> + Send + 'static,
    {
        answered(tokio::spawn(verb(self.clone(), request.into_inner())).await)
    }

    fn resource(&self, type_name: &str) -> Result<(&'static Entry<C>, &BlockSchema), Failed> {
        self.offered("resource type", type_name, self.engine.resources())
    }

    fn data_source(&self, type_name: &str) -> Result<(&'static DataSource<C>, &BlockSchema), Failed> {
        self.offered("data source", type_name, self.engine.data_sources())
    }

    fn offered<'a, T>(
        &self,
        what: &str,
        type_name: &str,
        offers: impl Iterator<Item = (T, &'a BlockSchema)>,
    ) -> Result<(T, &'a BlockSchema), Failed> {
        let found = self.own(type_name).and_then(|name| named(offers, name));
        found.ok_or_else(|| self.unknown(what, type_name))
    }

    fn own<'a>(&self, type_name: &'a str) -> Option<&'a str> {
        type_name.strip_prefix(self.engine.provider().name)?.strip_prefix('_')
    }

    fn unknown(&self, what: &str, type_name: &str) -> Failed {
        let provider = self.engine.provider();
        Failed::from(Diagnostic::error(
            format!("Unknown {what} {type_name}"),
            format!("Version {} of the provider {} has no {what} with this name.", provider.version, provider.name),
        ))
    }
}

fn answered<A: Answer>(ended: Result<Result<A, Failed>, JoinError>) -> Result<Response<A>, Status> {
    Ok(Response::new(match ended {
        Ok(Ok(answer)) => answer,
        Ok(Err(failed)) => A::failed(failed),
        Err(_) => A::failed(broke_down().into()),
    }))
}

fn broke_down() -> Diagnostic {
    Diagnostic::error(
        "The provider failed",
        "This is a bug in the provider; its log has the details. It is unknown what was done: refresh before the next apply.",
    )
}

impl From<WireError> for Failed {
    fn from(error: WireError) -> Self {
        Failed::from(Diagnostic::from(error))
    }
}

/// Generates the methods that pass an RPC to its function.
macro_rules! provider {
    ($($method:ident: $module:ident => $verb:path,)*) => {
        #[tonic::async_trait]
        impl<C: Send + Sync + 'static> Provider for Server<C> {
            $(async fn $method(&self, request: Request<tf::$module::Request>) -> Result<Response<tf::$module::Response>, Status> {
                self.answer(request, $verb).await
            })*

            /// If the call is aborted, the opened resource is closed again.
            async fn open_ephemeral_resource(
                &self,
                request: Request<tf::open_ephemeral_resource::Request>,
            ) -> Result<Response<tf::open_ephemeral_resource::Response>, Status> {
                let opening = ephemeral::open(self.clone(), request.into_inner());
                answered(AbortOnDropHandle::new(tokio::spawn(opening)).await)
            }

            async fn list_resource(
                &self,
                request: Request<tf::list_resource::Request>,
            ) -> Result<Response<BoxStream<tf::list_resource::Event>>, Status> {
                let (server, request) = (self.clone(), request.into_inner());
                let broken = || Ok(list::saying(vec![broke_down()]));
                Ok(Response::new(stream(|events| list::run(server, request, events), broken)))
            }

            async fn invoke_action(
                &self,
                request: Request<tf::invoke_action::Request>,
            ) -> Result<Response<BoxStream<tf::invoke_action::Event>>, Status> {
                let (server, request) = (self.clone(), request.into_inner());
                let broken = || Ok(action::completed(vec![broke_down()]));
                Ok(Response::new(stream(|events| action::run(server, request, events), broken)))
            }
        }
    };
}

provider! {
    get_metadata: get_metadata => provider::metadata,
    get_provider_schema: get_provider_schema => provider::schemas,
    get_functions: get_functions => function::all,
    call_function: call_function => function::call,
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
    validate_ephemeral_resource_config: validate_ephemeral_resource_config => ephemeral::validate,
    renew_ephemeral_resource: renew_ephemeral_resource => ephemeral::renew,
    close_ephemeral_resource: close_ephemeral_resource => ephemeral::close,
    validate_list_resource_config: validate_list_resource_config => list::validate,
    validate_action_config: validate_action_config => action::validate,
    plan_action: plan_action => action::plan,
}
