//! Terraform core, as far as a provider sees it: its calls and their order, its checks, and the data that it
//! stores. Works with any provider, over a real gRPC connection.
//!
//! Owns the connection, the schemas and what all calls share; the files beside it hold the order of calls and the checks
//! between them.

mod apply;
pub mod calls;
mod plan;
mod state;

use super::{
    rules::{self, Broken, Rule},
    val::{self, Attrs, Ty, UNKNOWN, Val},
};
use janiform::{
    engine::{Engine, Provider},
    frontends::terraform::{Server, service},
};
use janiform_proto::tfplugin6::{
    self as tf, ClientCapabilities, DynamicValue, ResourceIdentityData,
    provider_client::ProviderClient,
    provider_server::{self, ProviderServer},
};
use serde_json::Value as Json;
use std::{collections::BTreeMap, sync::Arc};
use tonic::{
    body::Body,
    codegen::{StdError, http},
    transport::{Endpoint, server::TcpIncoming},
};
use tower::{ServiceExt, util::BoxCloneSyncService};

/// Why an operation stopped.
#[derive(Debug)]
pub enum Stop {
    /// The provider returned errors.
    Errors(Vec<tf::Diagnostic>),
    /// The provider broke rules.
    Broken(Vec<Broken>),
}

/// The result of an operation, or why it stopped.
pub type Outcome<T> = Result<T, Stop>;

/// What a plan does with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    NoOp,
    /// It creates an object.
    Create,
    /// It changes the existing object.
    Update,
    /// It removes the old object and creates a new one.
    Replace,
    /// It removes the object.
    Delete,
}

struct Kind {
    attrs: Attrs,
    ty: Ty,
    version: i64,
    identity: Option<Ty>,
}

/// One resource instance and its part of the state file.
#[derive(Clone, Debug)]
pub struct Thing {
    /// The resource's type, with the provider's name in front.
    pub type_name: String,
    /// None while there is no object.
    pub state: Option<Stored>,
}

/// A state as it is stored: JSON, private bytes, identity.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The object as in the state file.
    pub json: String,
    /// The same object, parsed.
    pub value: Val,
    /// The version of the schema with which it was written.
    pub version: i64,
    /// Data that only the provider reads.
    pub private: Vec<u8>,
    /// The identity of the object.
    pub identity: Option<Val>,
    /// A failed create left the object: the next plan replaces it.
    pub tainted: bool,
}

/// A plan as in the plan file.
#[derive(Clone, Debug)]
pub struct Planned {
    /// What the plan does.
    pub action: Action,
    /// The instance after the refresh at the start of planning.
    pub prior: Thing,
    /// The planned object.
    pub value: Val,
    /// The attributes that require a new object.
    pub replace: Vec<String>,
    config: Val,
    private: Vec<u8>,
    identity: Option<ResourceIdentityData>,
}

/// A connection, or the service itself: the calls are the same.
type Wire = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, StdError>;

/// Starts a provider; its server stops when the handle is dropped.
type Factory = Box<dyn Fn() -> (Wire, Option<Serving>) + Send + Sync>;

struct Serving(tokio::task::JoinHandle<()>);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Terraform core with one provider.
pub struct Core {
    /// For calls that core would not make, or would make differently.
    pub client: ProviderClient<Wire>,
    resources: BTreeMap<String, Kind>,
    views: BTreeMap<String, (Attrs, Ty)>,
    /// The schemas of everything else.
    schemas: tf::get_provider_schema::Response,
    provider: Ty,
    config: Json,
    factory: Factory,
    running: Option<Serving>,
    /// The capabilities that core declares.
    pub capabilities: ClientCapabilities,
    /// Warnings so far.
    pub warnings: Vec<tf::Diagnostic>,
}

fn found(broken: Vec<Broken>) -> Outcome<()> {
    if broken.is_empty() { Ok(()) } else { Err(Stop::Broken(broken)) }
}

fn broken<T>(rule: Rule, detail: impl std::fmt::Display) -> Outcome<T> {
    Err(Stop::Broken(vec![rule.broken(detail)]))
}

impl Stop {
    /// True if a diagnostic contains this text.
    pub fn says(&self, text: &str) -> bool {
        matches!(self, Stop::Errors(told) if told.iter().any(|one| one.summary.contains(text) || one.detail.contains(text)))
    }

    /// All diagnostics, unchanged.
    pub fn text(&self) -> String {
        match self {
            Stop::Errors(told) => told.iter().map(|one| format!("{}\n{}\n", one.summary, one.detail)).collect(),
            Stop::Broken(broken) => format!("{broken:?}"),
        }
    }

    /// True if this rule was broken.
    pub fn breaks(&self, rule: Rule) -> bool {
        matches!(self, Stop::Broken(broken) if broken.iter().any(|one| one.rule == rule))
    }
}

impl Core {
    /// Core with this provider, configured with JSON, without environment variables. Over a socket, as in production.
    pub async fn new<C: Send + Sync + 'static>(provider: &'static Provider<C>, config: Json) -> Outcome<Core> {
        Core::over(move || service(Server::new(Arc::new(Engine::new(provider)), |_| None)), config).await
    }

    /// The same without a connection, for thousands of calls: twice as fast.
    pub async fn direct<C: Send + Sync + 'static>(provider: &'static Provider<C>, config: Json) -> Outcome<Core> {
        Core::direct_over(move || service(Server::new(Arc::new(Engine::new(provider)), |_| None)), config).await
    }

    /// The same with the services that `make` creates.
    pub async fn direct_over<S: provider_server::Provider>(
        make: impl Fn() -> ProviderServer<S> + Send + Sync + 'static,
        config: Json,
    ) -> Outcome<Core> {
        Core::with(Box::new(move || (boxed(make()), None)), config).await
    }

    /// Core with the services that `make` creates: one for each time that core would start the provider.
    pub async fn over<S: provider_server::Provider>(
        make: impl Fn() -> ProviderServer<S> + Send + Sync + 'static,
        config: Json,
    ) -> Outcome<Core> {
        let start = move || {
            let incoming = TcpIncoming::bind(([127, 0, 0, 1], 0).into()).expect("a free port").with_nodelay(Some(true));
            let address = incoming.local_addr().expect("an address");
            let channel = Endpoint::from_shared(format!("http://{address}")).expect("a URL").connect_lazy();
            let server = tonic::transport::Server::builder().add_service(make());
            let running = tokio::spawn(async move { server.serve_with_incoming(incoming).await.expect("serving") });
            (boxed(channel), Some(Serving(running)))
        };
        Core::with(Box::new(start), config).await
    }

    async fn with(factory: Factory, config: Json) -> Outcome<Core> {
        let (wire, running) = factory();
        let client = client(wire);
        let mut core = Core {
            client,
            running,
            factory,
            config,
            resources: BTreeMap::new(),
            views: BTreeMap::new(),
            schemas: Default::default(),
            provider: Ty::Object(BTreeMap::new()),
            capabilities: ClientCapabilities { write_only_attributes_allowed: true, ..Default::default() },
            warnings: Vec::new(),
        };
        core.load().await?;
        core.configure().await?;
        Ok(core)
    }

    /// Starts another process, as between a plan and its apply.
    pub async fn restart(&mut self) -> Outcome<()> {
        let (wire, running) = (self.factory)();
        (self.client, self.running) = (client(wire), running);
        self.configure().await
    }

    /// Configures the provider anew.
    pub async fn reconfigure(&mut self, config: Json) -> Outcome<()> {
        self.config = config;
        self.configure().await
    }

    async fn load(&mut self) -> Outcome<()> {
        let mut answer = rpc(self.client.get_provider_schema(tf::get_provider_schema::Request {}).await)?;
        self.heed(std::mem::take(&mut answer.diagnostics))?;
        let identities = rpc(self.client.get_resource_identity_schemas(tf::get_resource_identity_schemas::Request {}).await)?;
        self.heed(identities.diagnostics)?;
        let read = |schema: &tf::Schema| match &schema.block {
            None => Err("a schema without block".to_owned()),
            Some(block) => val::attrs(&block.attributes),
        };
        let wrong = |why: String| Stop::Broken(vec![Rule::Schema.broken(why)]);
        let provider = answer.provider.as_ref().ok_or_else(|| wrong("missing provider schema".into()))?;
        self.provider = val::object(&read(provider).map_err(wrong)?);
        for (name, schema) in &answer.resource_schemas {
            let attrs = read(schema).map_err(|why| wrong(format!("{name}: {why}")))?;
            let reserved = ["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];
            if let Some(name) = reserved.iter().find(|name| attrs.contains_key(**name)) {
                return Err(wrong(format!("{name} is reserved")));
            }
            let identity = identities.identity_schemas.get(name).map(|identity| {
                let part = |part: &tf::resource_identity_schema::IdentityAttribute| {
                    let json = serde_json::from_slice(&part.r#type).expect("a type");
                    (part.name.clone(), val::ty(&json).expect("a type"))
                };
                Ty::Object(identity.identity_attributes.iter().map(part).collect())
            });
            let kind = Kind { ty: val::object(&attrs), attrs, version: schema.version, identity };
            self.resources.insert(name.clone(), kind);
        }
        for (name, schema) in &answer.data_source_schemas {
            let attrs = read(schema).map_err(|why| wrong(format!("{name}: {why}")))?;
            self.views.insert(name.clone(), (attrs.clone(), val::object(&attrs)));
        }
        self.schemas = answer;
        self.check_calls()
    }

    async fn configure(&mut self) -> Outcome<()> {
        let config = self.json(&self.provider, &self.config).to_dynamic();
        let request = tf::validate_provider_config::Request { config: config.clone() };
        let answer = rpc(self.client.validate_provider_config(request).await)?;
        self.heed(answer.diagnostics)?;
        let request =
            tf::configure_provider::Request { terraform_version: "1.15.0".into(), config, client_capabilities: Some(self.capabilities) };
        let answer = rpc(self.client.configure_provider(request).await)?;
        self.heed(answer.diagnostics)
    }

    fn json(&self, ty: &Ty, json: &Json) -> Val {
        Val::from_json(ty, json).unwrap_or_else(|why| panic!("the test's configuration is wrong: {why}"))
    }

    /// Keeps warnings; stops at errors.
    fn heed(&mut self, diagnostics: Vec<tf::Diagnostic>) -> Outcome<()> {
        use tf::diagnostic::Severity;
        if let Some(one) = diagnostics.iter().find(|one| one.severity() == Severity::Invalid || one.summary.is_empty()) {
            return broken(Rule::Severity, format!("{one:?}"));
        }
        if diagnostics.iter().any(|one| one.severity() == Severity::Error) {
            return Err(Stop::Errors(diagnostics));
        }
        self.warnings.extend(diagnostics);
        Ok(())
    }

    fn kind(&self, type_name: &str) -> &Kind {
        self.resources.get(type_name).unwrap_or_else(|| panic!("no {type_name}"))
    }

    /// The attributes of a resource, as core knows them.
    pub fn attrs(&self, type_name: &str) -> &Attrs {
        &self.kind(type_name).attrs
    }

    /// An instance that does not exist yet.
    pub fn thing(&self, type_name: &str) -> Thing {
        self.kind(type_name);
        Thing { type_name: type_name.to_owned(), state: None }
    }

    /// `terraform validate`, for one resource.
    pub async fn validate(&mut self, type_name: &str, config: &Json) -> Outcome<()> {
        let config = self.json(&self.kind(type_name).ty, config);
        self.validate_val(type_name, &config).await
    }

    async fn validate_val(&mut self, type_name: &str, config: &Val) -> Outcome<()> {
        for (name, attr) in &self.kind(type_name).attrs {
            assert!(!attr.required || !config.get(name).is_null(), "the test's configuration lacks {name}");
            let settable = attr.required || attr.optional;
            assert!(settable || config.get(name).is_null(), "the test's configuration sets {name}, which is computed");
        }
        let request = tf::validate_resource_config::Request {
            type_name: type_name.to_owned(),
            config: config.to_dynamic(),
            client_capabilities: Some(self.capabilities),
        };
        let answer = rpc(self.client.validate_resource_config(request).await)?;
        self.heed(answer.diagnostics)
    }

    fn typed(&self, type_name: &str, rule: Rule, value: Option<&DynamicValue>) -> Outcome<Val> {
        Val::from_dynamic(&self.kind(type_name).ty, value).or_else(|why| broken(rule, why))
    }

    fn identity(&self, type_name: &str, identity: Option<&ResourceIdentityData>, known: bool) -> Outcome<Option<Val>> {
        let Some(ty) = &self.kind(type_name).identity else { return Ok(None) };
        let value = match identity.and_then(|identity| identity.identity_data.as_ref()) {
            None => Val::Null,
            Some(data) => Val::from_dynamic(ty, Some(data)).or_else(|why| broken(Rule::Identity, why))?,
        };
        if known && (value.is_null() || !value.known()) {
            return broken(Rule::Identity, "it is null or not known");
        }
        Ok(Some(value).filter(|value| !value.is_null()))
    }

    fn storable(&self, type_name: &str, value: &Val, rule: Rule) -> Outcome<()> {
        let unknown = if value.known() { Vec::new() } else { vec![rule.broken("there are unknown values")] };
        found([unknown, rules::write_only_null(&self.kind(type_name).attrs, value)].concat())
    }

    fn stored(&self, type_name: &str, value: Val, private: Vec<u8>, identity: Option<Val>, tainted: bool) -> Stored {
        Stored { json: value.to_json().to_string(), value, version: self.kind(type_name).version, private, identity, tainted }
    }
}

fn boxed<S>(service: S) -> Wire
where
    S: tower::Service<http::Request<Body>, Response = http::Response<Body>> + Clone + Send + Sync + 'static,
    S::Future: Send,
    S::Error: Into<StdError>,
{
    BoxCloneSyncService::new(service.map_err(Into::into))
}

fn client(wire: Wire) -> ProviderClient<Wire> {
    ProviderClient::new(wire).max_decoding_message_size(256 << 20)
}

fn rpc<T>(answer: Result<tonic::Response<T>, tonic::Status>) -> Outcome<T> {
    answer.map(tonic::Response::into_inner).or_else(|status| broken(Rule::CrashClass, status))
}

fn identity_data(identity: Option<&Val>) -> Option<ResourceIdentityData> {
    identity.map(|identity| ResourceIdentityData { identity_data: identity.to_dynamic() })
}

/// An unknown value in a configuration.
pub fn unknown() -> Json {
    Json::String(UNKNOWN.into())
}
