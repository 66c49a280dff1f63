//! The resource provider service: one method for each call, each of them guarded against panics.
//!
//! Owns which function handles which call. The calls themselves are in `rpc_config`, `rpc_object`, `rpc_read`, `rpc_action`,
//! `rpc_invoke` and `rpc_list`.

use super::{
    failure, mapping, memory, names,
    property::{Encoded, Form, Secrets, Struct, encode},
    schema,
    serve::{End, LONGEST_SENT, LONGEST_TAKEN},
};
use crate::{
    engine::{Call, Diagnostic, Engine, Entry, Offer, Private},
    frontends::stream::stream,
    schema::{BlockSchema, Resource, Table},
    value::{Path, Value},
};
use async_trait::async_trait;
use janiform_proto::pulumirpc::{
    CheckRequest, CheckResponse, ConfigureRequest, ConfigureResponse, CreateRequest, CreateResponse, DeleteRequest, DiffRequest,
    DiffResponse, GetMappingRequest, GetMappingResponse, GetMappingsRequest, GetMappingsResponse, GetSchemaRequest, GetSchemaResponse,
    InvokeRequest, InvokeResponse, ListRequest, ListResponse, PluginAttach, PluginInfo, ProviderHandshakeRequest,
    ProviderHandshakeResponse, ReadRequest, ReadResponse, UpdateRequest, UpdateResponse,
    resource_provider_server::{ResourceProvider, ResourceProviderServer},
};
use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::{Duration, Instant},
};
use tonic::{Request, Response, Status, codegen::BoxStream};

/// The receiver of messages to the user. Sending never waits.
#[async_trait]
pub trait Messages: Send + Sync + 'static {
    /// Sets the engine's address; the last one counts.
    fn set_address(&self, address: &str);
    /// A warning. An empty URN means no particular resource.
    fn warn(&self, urn: &str, message: String);
    /// The current activity; not stored.
    fn status(&self, urn: &str, message: String);
    /// Waits, for a limited time, until the messages have arrived.
    async fn flush(&self) {}
}

/// Looks up environment variables.
pub type Env = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// A provider as Pulumi's engine sees it.
pub struct Server<C: 'static> {
    pub(super) engine: Arc<Engine<C>>,
    pub(super) messages: Arc<dyn Messages>,
    pub(super) env: Env,
    /// Whether the engine has cancelled, and no other call has begun or ended since.
    dismissed: Arc<AtomicBool>,
    resources: Arc<[&'static Resource]>,
}

impl<C> Clone for Server<C> {
    fn clone(&self) -> Self {
        let Server { engine, messages, env, dismissed, resources } = self;
        let (engine, messages, env) = (engine.clone(), messages.clone(), env.clone());
        Server { engine, messages, env, dismissed: dismissed.clone(), resources: resources.clone() }
    }
}

/// The service, with the message sizes that the protocol expects.
pub fn service<C: Send + Sync + 'static>(server: Server<C>) -> ResourceProviderServer<Server<C>> {
    ResourceProviderServer::new(server).max_decoding_message_size(LONGEST_TAKEN).max_encoding_message_size(LONGEST_SENT)
}

impl<C: Send + Sync + 'static> Server<C> {
    /// A server of this provider.
    pub fn new(engine: Arc<Engine<C>>, messages: Arc<dyn Messages>, env: Env) -> Server<C> {
        let resources = engine.provider().resources().map(|entry| entry.resource).collect();
        Server { engine, messages, env, dismissed: Arc::default(), resources }
    }

    /// Reports why serving has ended, which shows whether the run has ended normally.
    ///
    /// Since 3.259, the last call of each run is a Cancel, sent after all steps are done and in the state. An interrupt by the user
    /// is a Cancel too, but then running calls end after it, and the run continues to its own last Cancel. If the engine crashed,
    /// nobody tells the process to end.
    pub fn ended(&self, end: End) {
        if end == End::Signal && self.dismissed.load(Ordering::Acquire) {
            self.engine.run_ended();
        }
    }

    pub(super) fn package(&self) -> &'static str {
        self.engine.provider().name
    }

    /// The resource of this type. Older engines send the type only in the URN.
    pub(super) fn resource(&self, urn: &str, token: &str) -> Result<(&'static Entry<C>, &BlockSchema), Status> {
        let token = if token.is_empty() { type_of(urn) } else { token };
        let of = |entry: &Entry<C>| names::resource_token(self.package(), entry.resource.name);
        let found = self.engine.resources().find(|(entry, _)| of(entry) == token);
        found.ok_or_else(|| self.unknown("resource type", token, self.engine.resources().map(|(entry, _)| of(entry))))
    }

    /// The offer with this token.
    pub(super) fn called(&self, token: &str) -> Result<(&'static Offer<C>, &BlockSchema), Status> {
        let of = |offer: &Offer<C>| Some(names::function_token(self.package(), offer.verb()?, offer.name()));
        let found = self.engine.each_offer().find(|(offer, _)| of(offer).as_deref() == Some(token));
        found.ok_or_else(|| self.unknown("function", token, self.engine.each_offer().filter_map(|(offer, _)| of(offer))))
    }

    fn unknown(&self, what: &str, token: &str, known: impl Iterator<Item = String>) -> Status {
        let meant = names::suggest_token(token, known).map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
        Status::invalid_argument(format!("{} has no {what} {token:?}{meant}", self.package()))
    }

    /// The names that may be in a text about an object of this table.
    pub(super) fn tables(&self, table: &'static Table) -> failure::Names {
        let settings = self.engine.config().table;
        failure::Names { table, settings, package: self.package(), resources: self.resources.clone() }
    }

    /// The context of a slow call in which these values are secret.
    pub(super) fn call(&self, urn: &str, timeout: f64, secrets: &Secrets) -> Call {
        let deadline = Duration::try_from_secs_f64(timeout).ok().filter(|timeout| !timeout.is_zero());
        let (messages, urn) = (self.messages.clone(), urn.to_owned());
        Call {
            deadline: deadline.and_then(|timeout| Instant::now().checked_add(timeout)),
            progress: Arc::new(move |text| messages.status(&urn, text.to_owned())),
            secret: secrets.iter().filter_map(Path::root).collect(),
        }
    }

    /// Sends the user all diagnostics that are not errors.
    pub(super) fn warn(&self, urn: &str, table: &'static Table, diagnostics: &[Diagnostic]) {
        for warning in diagnostics.iter().filter(|diagnostic| !diagnostic.is_error()) {
            self.messages.warn(urn, failure::tell_where(&self.tables(table), warning));
        }
    }

    /// The outputs of an object. Tells the user which numbers were rounded.
    pub(super) fn outputs(&self, urn: &str, block: &BlockSchema, value: &Value, secrets: &Secrets, form: Form) -> Struct {
        let Encoded { properties, rounded } = encode(block, value, None, secrets, form);
        self.warn_of_rounding(urn, rounded);
        properties
    }

    pub(super) fn warn_of_rounding(&self, urn: &str, rounded: Vec<Path>) {
        for path in rounded {
            let path = names::path(&path);
            self.messages.warn(urn, format!("{path} is a number with more digits than Pulumi's numbers can have; its output is rounded."));
        }
    }

    /// The outputs to store.
    pub(super) fn stored(&self, urn: &str, block: &BlockSchema, value: &Value, private: &Private, secrets: &Secrets) -> Struct {
        let mut outputs = self.outputs(urn, block, value, secrets, Form::Outputs);
        memory::keep(block, &mut outputs, private);
        outputs
    }

    /// Runs a call: a panic becomes an error, and the call's messages arrive before its answer.
    async fn guarded<T>(&self, work: impl Future<Output = Result<T, Status>> + Send) -> Result<Response<T>, Status> {
        self.dismissed.store(false, Ordering::Release);
        let result = {
            let mut work = pin!(work);
            let caught = poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
                Ok(Poll::Pending) => Poll::Pending,
                Ok(Poll::Ready(result)) => Poll::Ready(result),
                // The message of a panic may contain values: it goes only to the log.
                Err(_) => Poll::Ready(Err(broke_down())),
            });
            caught.await
        };
        self.messages.flush().await;
        self.dismissed.store(false, Ordering::Release);
        result.map(Response::new)
    }
}

fn broke_down() -> Status {
    Status::internal(
        "The provider failed. This is a bug in the provider; its log has the details. If something was being written, refresh before the next update.",
    )
}

/// The type in a URN: `urn:pulumi:<stack>::<project>::<parents$type>::<name>`.
pub(super) fn type_of(urn: &str) -> &str {
    let types = urn.split("::").nth(2).unwrap_or_default();
    types.rsplit('$').next().unwrap_or(types)
}

#[async_trait]
impl<C: Send + Sync + 'static> ResourceProvider for Server<C> {
    async fn handshake(&self, request: Request<ProviderHandshakeRequest>) -> Result<Response<ProviderHandshakeResponse>, Status> {
        self.messages.set_address(&request.into_inner().engine_address);
        Ok(Response::new(ProviderHandshakeResponse {
            accept_secrets: true,
            accept_resources: true,
            accept_outputs: true,
            supports_autonaming_configuration: true,
            accepts_byte_string: false,
            // Without this, the engine makes each result of a function depend on all arguments, which is correct.
            accepts_outputs_in_invoke: false,
            accepts_outputs_in_call: false,
            accepts_outputs_in_check: false,
        }))
    }

    async fn attach(&self, request: Request<PluginAttach>) -> Result<Response<()>, Status> {
        self.messages.set_address(&request.into_inner().address);
        Ok(Response::new(()))
    }

    async fn get_plugin_info(&self, _: Request<()>) -> Result<Response<PluginInfo>, Status> {
        Ok(Response::new(PluginInfo { version: self.engine.provider().version.to_owned() }))
    }

    async fn cancel(&self, _: Request<()>) -> Result<Response<()>, Status> {
        self.engine.cancel();
        self.dismissed.store(true, Ordering::Release);
        Ok(Response::new(()))
    }

    async fn get_schema(&self, _: Request<GetSchemaRequest>) -> Result<Response<GetSchemaResponse>, Status> {
        self.guarded(async { Ok(GetSchemaResponse { schema: schema::schema_json(&self.engine) }) }).await
    }

    async fn get_mapping(&self, request: Request<GetMappingRequest>) -> Result<Response<GetMappingResponse>, Status> {
        let GetMappingRequest { key, provider } = request.into_inner();
        self.guarded(async move {
            if !mapping::KEYS.contains(&key.as_str()) || !(provider.is_empty() || provider == self.package()) {
                return Ok(GetMappingResponse::default());
            }
            Ok(GetMappingResponse { provider: self.package().to_owned(), data: mapping::mapping_json(&self.engine).into_bytes() })
        })
        .await
    }

    async fn get_mappings(&self, request: Request<GetMappingsRequest>) -> Result<Response<GetMappingsResponse>, Status> {
        let known = mapping::KEYS.contains(&request.into_inner().key.as_str());
        let providers = if known { vec![self.package().to_owned()] } else { Vec::new() };
        Ok(Response::new(GetMappingsResponse { providers }))
    }

    async fn check_config(&self, request: Request<CheckRequest>) -> Result<Response<CheckResponse>, Status> {
        self.guarded(async { self.check_configuration(request.into_inner()) }).await
    }

    async fn diff_config(&self, request: Request<DiffRequest>) -> Result<Response<DiffResponse>, Status> {
        self.guarded(async { self.diff_configuration(request.into_inner()) }).await
    }

    async fn configure(&self, request: Request<ConfigureRequest>) -> Result<Response<ConfigureResponse>, Status> {
        self.guarded(async { self.take_configuration(request.into_inner()) }).await
    }

    async fn check(&self, request: Request<CheckRequest>) -> Result<Response<CheckResponse>, Status> {
        let request = request.into_inner();
        self.guarded(async {
            match self.action(&request.urn, &request.r#type) {
                Some(action) => Ok(self.check_action(action, request)),
                None => self.check_object(request),
            }
        })
        .await
    }

    async fn diff(&self, request: Request<DiffRequest>) -> Result<Response<DiffResponse>, Status> {
        let request = request.into_inner();
        self.guarded(async {
            match self.action(&request.urn, &request.r#type) {
                Some(action) => Ok(self.diff_action(action, request)),
                None => self.diff_object(request),
            }
        })
        .await
    }

    async fn create(&self, request: Request<CreateRequest>) -> Result<Response<CreateResponse>, Status> {
        let request = request.into_inner();
        self.guarded(async {
            match self.action(&request.urn, &request.r#type) {
                Some(action) => self.create_action(action, request).await,
                None => self.create_object(request).await,
            }
        })
        .await
    }

    async fn read(&self, request: Request<ReadRequest>) -> Result<Response<ReadResponse>, Status> {
        let request = request.into_inner();
        self.guarded(async {
            match self.action(&request.urn, &request.r#type) {
                Some(action) => self.read_action(action, request),
                None => self.read_object(request).await,
            }
        })
        .await
    }

    async fn update(&self, request: Request<UpdateRequest>) -> Result<Response<UpdateResponse>, Status> {
        self.guarded(self.update_object(request.into_inner())).await
    }

    async fn delete(&self, request: Request<DeleteRequest>) -> Result<Response<()>, Status> {
        let request = request.into_inner();
        self.guarded(async {
            match self.action(&request.urn, &request.r#type) {
                // What an action has done stays.
                Some(_) => Ok(()),
                None => self.delete_object(request).await,
            }
        })
        .await
    }

    async fn invoke(&self, request: Request<InvokeRequest>) -> Result<Response<InvokeResponse>, Status> {
        self.guarded(self.invoke_offer(request.into_inner())).await
    }

    async fn list(&self, request: Request<ListRequest>) -> Result<Response<BoxStream<ListResponse>>, Status> {
        self.dismissed.store(false, Ordering::Release);
        let (server, request) = (self.clone(), request.into_inner());
        Ok(Response::new(stream(|events| server.list_objects(request, events), || Err(broke_down()))))
    }
}

#[async_trait]
impl Messages for super::log::EngineLog {
    fn set_address(&self, address: &str) {
        self.set_address(address);
    }

    fn warn(&self, urn: &str, message: String) {
        self.warn(urn, message);
    }

    fn status(&self, urn: &str, message: String) {
        self.status(urn, message);
    }

    async fn flush(&self) {
        self.flush().await;
    }
}
