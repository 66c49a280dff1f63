//! Terraform core, as far as a provider sees it: what it calls in which order, what it checks, what it
//! keeps. Works on any provider, over a real gRPC connection.

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
use tokio_stream::wrappers::UnixListenerStream;
use tonic::{
    body::Body,
    codegen::{StdError, http},
    transport::Endpoint,
};
use tower::{ServiceExt, util::BoxCloneSyncService};

/// Why an operation stopped.
#[derive(Debug)]
pub enum Stop {
    /// The provider said so.
    Told(Vec<tf::Diagnostic>),
    /// The provider broke rules.
    Broken(Vec<Broken>),
}

pub type Outcome<T> = Result<T, Stop>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    NoOp,
    Create,
    Update,
    Replace,
    Delete,
}

struct Kind {
    attrs: Attrs,
    ty: Ty,
    version: i64,
    identity: Option<Ty>,
}

/// One resource instance and what the state file has of it.
#[derive(Clone, Debug)]
pub struct Thing {
    pub type_name: String,
    pub state: Option<Stored>,
}

/// A state as it is kept: JSON, private bytes, identity.
#[derive(Clone, Debug)]
pub struct Stored {
    pub json: String,
    pub value: Val,
    pub version: i64,
    pub private: Vec<u8>,
    pub identity: Option<Val>,
    pub tainted: bool,
}

/// A plan as the plan file has it.
#[derive(Clone, Debug)]
pub struct Planned {
    pub action: Action,
    /// After the refresh that planning starts with.
    pub prior: Thing,
    pub value: Val,
    pub replace: Vec<String>,
    config: Val,
    private: Vec<u8>,
    identity: Option<ResourceIdentityData>,
}

/// A connection, or the service itself: the calls are the same.
type Wire = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, StdError>;

/// Starts a provider; what serves it ends with the handle.
type Factory = Box<dyn Fn() -> (Wire, Option<Serving>) + Send + Sync>;

struct Serving(tokio::task::JoinHandle<()>);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub struct Core {
    pub client: ProviderClient<Wire>,
    resources: BTreeMap<String, Kind>,
    views: BTreeMap<String, (Attrs, Ty)>,
    provider: Ty,
    config: Json,
    factory: Factory,
    running: Option<Serving>,
    /// What core says that it can do.
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
    /// True if a diagnostic says this.
    pub fn says(&self, text: &str) -> bool {
        matches!(self, Stop::Told(told) if told.iter().any(|one| one.summary.contains(text) || one.detail.contains(text)))
    }

    /// True if this rule was broken.
    pub fn breaks(&self, rule: Rule) -> bool {
        matches!(self, Stop::Broken(broken) if broken.iter().any(|one| one.rule == rule))
    }
}

impl Core {
    /// Core with this provider, configured with JSON; no environment. Over a socket, as in earnest.
    pub async fn new<C: Send + Sync + 'static>(provider: &'static Provider<C>, config: Json) -> Outcome<Core> {
        Core::over(move || service(Server::new(Arc::new(Engine::new(provider)), |_| None)), config).await
    }

    /// The same without a connection in between, for thousands of calls: twice as fast.
    pub async fn direct<C: Send + Sync + 'static>(provider: &'static Provider<C>, config: Json) -> Outcome<Core> {
        Core::direct_over(move || service(Server::new(Arc::new(Engine::new(provider)), |_| None)), config).await
    }

    /// The same with what this makes.
    pub async fn direct_over<S: provider_server::Provider>(
        make: impl Fn() -> ProviderServer<S> + Send + Sync + 'static,
        config: Json,
    ) -> Outcome<Core> {
        Core::with(Box::new(move || (boxed(make()), None)), config).await
    }

    /// Core with what this makes: one for each time that core would start the provider.
    pub async fn over<S: provider_server::Provider>(
        make: impl Fn() -> ProviderServer<S> + Send + Sync + 'static,
        config: Json,
    ) -> Outcome<Core> {
        let start = move || {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("provider");
            let listener = tokio::net::UnixListener::bind(&path).expect("a socket");
            let channel = Endpoint::from_shared(format!("unix:{}", path.display())).expect("an address").connect_lazy();
            let server = tonic::transport::Server::builder().add_service(make());
            let running = tokio::spawn(async move {
                let _folder = folder;
                server.serve_with_incoming(UnixListenerStream::new(listener)).await.expect("serving");
            });
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
            provider: Ty::Object(BTreeMap::new()),
            capabilities: ClientCapabilities { write_only_attributes_allowed: true, ..Default::default() },
            warnings: Vec::new(),
        };
        core.load().await?;
        core.configure().await?;
        Ok(core)
    }

    /// Another process, as between a plan and its apply.
    pub async fn restart(&mut self) -> Outcome<()> {
        let (wire, running) = (self.factory)();
        (self.client, self.running) = (client(wire), running);
        self.configure().await
    }

    /// A provider block to use from now on.
    pub async fn reconfigure(&mut self, config: Json) -> Outcome<()> {
        self.config = config;
        self.configure().await
    }

    async fn load(&mut self) -> Outcome<()> {
        let answer = rpc(self.client.get_provider_schema(tf::get_provider_schema::Request {}).await)?;
        self.heed(answer.diagnostics)?;
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
        Ok(())
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
            return Err(Stop::Told(diagnostics));
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

    /// Upgrades and reads; false if the object is gone.
    pub async fn refresh(&mut self, thing: &mut Thing) -> Outcome<bool> {
        let Some(stored) = thing.state.clone() else { return Ok(false) };
        let name = thing.type_name.clone();
        let request = tf::upgrade_resource_state::Request {
            type_name: name.clone(),
            version: stored.version,
            raw_state: Some(tf::RawState { json: stored.json.clone().into_bytes(), flatmap: BTreeMap::new() }),
        };
        let answer = rpc(self.client.upgrade_resource_state(request).await)?;
        self.heed(answer.diagnostics)?;
        let upgraded = self.typed(&name, Rule::UpgradeType, answer.upgraded_state.as_ref())?;
        if upgraded.is_null() {
            return broken(Rule::UpgradeNotNull, "the state is lost");
        }
        self.storable(&name, &upgraded, Rule::UpgradeType)?;
        self.read(thing, upgraded, stored).await
    }

    async fn read(&mut self, thing: &mut Thing, current: Val, stored: Stored) -> Outcome<bool> {
        let name = thing.type_name.clone();
        let request = tf::read_resource::Request {
            type_name: name.clone(),
            current_state: current.to_dynamic(),
            private: stored.private.clone(),
            provider_meta: None,
            client_capabilities: Some(self.capabilities),
            current_identity: identity_data(stored.identity.as_ref()),
        };
        let answer = rpc(self.client.read_resource(request).await)?;
        self.heed(answer.diagnostics)?;
        let value = self.typed(&name, Rule::ReadType, answer.new_state.as_ref())?;
        if value.is_null() {
            thing.state = None;
            return Ok(false);
        }
        self.storable(&name, &value, Rule::ReadKnown)?;
        let identity = self.identity(&name, answer.new_identity.as_ref(), true)?;
        if stored.identity.is_some() && stored.identity != identity {
            return broken(Rule::IdentityStays, format!("was {:?}, but now {identity:?}", stored.identity));
        }
        thing.state = Some(self.stored(&name, value, answer.private, identity, stored.tainted));
        Ok(true)
    }

    fn stored(&self, type_name: &str, value: Val, private: Vec<u8>, identity: Option<Val>, tainted: bool) -> Stored {
        Stored { json: value.to_json().to_string(), value, version: self.kind(type_name).version, private, identity, tainted }
    }

    /// `terraform plan`: refreshes, validates, plans.
    pub async fn plan(&mut self, thing: &Thing, config: &Json) -> Outcome<Planned> {
        let mut prior = thing.clone();
        self.refresh(&mut prior).await?;
        let config = self.json(&self.kind(&thing.type_name).ty, config);
        self.plan_from(prior, config).await
    }

    async fn plan_from(&mut self, prior: Thing, config: Val) -> Outcome<Planned> {
        let name = prior.type_name.clone();
        self.validate_val(&name, &config).await?;
        // What is tainted is planned as if it were not there, and then replaced.
        let state = prior.state.clone();
        let tainted = state.as_ref().is_some_and(|state| state.tainted);
        let from = state.clone().filter(|state| !state.tainted);
        let (value, answer) = self.plan_change(&name, from.as_ref(), &config).await?;
        let Some(from) = from else {
            let action = if tainted { Action::Replace } else { Action::Create };
            let (private, identity) = (answer.planned_private, answer.planned_identity);
            return Ok(Planned { action, prior, value, replace: Vec::new(), config, private, identity });
        };
        let replace = self.replacing(&name, &answer.requires_replace, &from.value, &value)?;
        if !replace.is_empty() {
            let again = Stored { private: answer.planned_private, ..from };
            let (value, answer) = self.plan_replacement(&name, &again, answer.planned_identity, &config).await?;
            let (private, identity) = (answer.planned_private, answer.planned_identity);
            return Ok(Planned { action: Action::Replace, prior, value, replace, config, private, identity });
        }
        let action = if value == from.value { Action::NoOp } else { Action::Update };
        let (private, identity) = (answer.planned_private, answer.planned_identity);
        Ok(Planned { action, prior, value, replace, config, private, identity })
    }

    async fn plan_change(
        &mut self,
        name: &str,
        prior: Option<&Stored>,
        config: &Val,
    ) -> Outcome<(Val, tf::plan_resource_change::Response)> {
        let before = prior.map_or(Val::Null, |prior| prior.value.clone());
        let private = prior.map(|prior| prior.private.clone()).unwrap_or_default();
        let identity = prior.and_then(|prior| identity_data(prior.identity.as_ref()));
        self.plan_rpc(name, &before, config, private, identity).await
    }

    async fn plan_replacement(
        &mut self,
        name: &str,
        first: &Stored,
        identity: Option<ResourceIdentityData>,
        config: &Val,
    ) -> Outcome<(Val, tf::plan_resource_change::Response)> {
        self.plan_rpc(name, &Val::Null, config, first.private.clone(), identity).await
    }

    async fn plan_rpc(
        &mut self,
        name: &str,
        before: &Val,
        config: &Val,
        prior_private: Vec<u8>,
        prior_identity: Option<ResourceIdentityData>,
    ) -> Outcome<(Val, tf::plan_resource_change::Response)> {
        let attrs = &self.kind(name).attrs;
        let proposed = rules::proposed(attrs, before, config);
        let request = tf::plan_resource_change::Request {
            type_name: name.to_owned(),
            prior_state: before.to_dynamic(),
            proposed_new_state: proposed.to_dynamic(),
            config: config.to_dynamic(),
            prior_private,
            prior_identity,
            client_capabilities: Some(self.capabilities),
            ..Default::default()
        };
        let answer = rpc(self.client.plan_resource_change(request).await)?;
        self.heed(answer.diagnostics.clone())?;
        if answer.legacy_type_system {
            return broken(Rule::PlanLegacyTypeSystem, name);
        }
        let planned = self.typed(name, Rule::PlanType, answer.planned_state.as_ref())?;
        if planned.is_null() {
            return broken(Rule::PlanMatchesConfig, "planned for nonexistence but config wants existence");
        }
        found(rules::plan_valid(&self.kind(name).attrs, before, config, &planned))?;
        self.identity(name, answer.planned_identity.as_ref(), false)?;
        Ok((planned, answer))
    }

    /// Of the paths that are said to need a replacement, those that change.
    fn replacing(&self, name: &str, paths: &[tf::AttributePath], before: &Val, planned: &Val) -> Outcome<Vec<String>> {
        use tf::attribute_path::step::Selector;
        let mut replace = Vec::new();
        for path in paths {
            let step = |value: &Val, selector: &Selector| match (value, selector) {
                (Val::Map(map), Selector::AttributeName(name) | Selector::ElementKeyString(name)) => map.get(name).cloned(),
                (Val::List(items), Selector::ElementKeyInt(index)) => items.get(usize::try_from(*index).ok()?).cloned(),
                _ => None,
            };
            let walk = |value: &Val| path.steps.iter().try_fold(value.clone(), |value, one| step(&value, one.selector.as_ref()?));
            let (old, new) = (walk(before), walk(planned));
            if old.is_none() && new.is_none() {
                return broken(Rule::PlanReplacePath, format!("\"requires replacement\" on {path:?}"));
            }
            let Some(Selector::AttributeName(root)) = path.steps.first().and_then(|step| step.selector.clone()) else { continue };
            let write_only = self.kind(name).attrs.get(&root).is_some_and(|attr| attr.write_only);
            if old != new || new == Some(Val::Unknown) || write_only {
                replace.push(root);
            }
        }
        Ok(replace)
    }

    /// `terraform apply`: plans, and carries it out in the same breath.
    pub async fn apply(&mut self, thing: &mut Thing, config: &Json) -> Outcome<Action> {
        let planned = self.plan(thing, config).await?;
        self.carry_out(thing, planned, config).await
    }

    /// Applies a plan whose configuration is known by now.
    pub async fn carry_out(&mut self, thing: &mut Thing, first: Planned, config: &Json) -> Outcome<Action> {
        let name = thing.type_name.clone();
        let config = self.json(&self.kind(&name).ty, config);
        assert!(config.known(), "an apply has a known configuration");
        *thing = first.prior.clone();
        if first.action == Action::Replace {
            // The old object goes before the last plan is made, which is therefore that of a create.
            self.remove(thing, first.private.clone()).await?;
        }
        let last = self.plan_from(thing.clone(), config).await?;
        let same = match (first.action, last.action) {
            (Action::Replace, Action::Create) | (Action::Update, Action::NoOp) => true,
            (first, last) => first == last,
        };
        if !same {
            return broken(Rule::FinalPlan, format!("planned action changed from {:?} to {:?}", first.action, last.action));
        }
        found(rules::compatible(Rule::FinalPlan, &first.value, &last.value))?;
        if last.action != Action::NoOp {
            self.change(thing, &last).await?;
        }
        Ok(if first.action == Action::Replace { first.action } else { last.action })
    }

    async fn change(&mut self, thing: &mut Thing, plan: &Planned) -> Outcome<()> {
        let name = thing.type_name.clone();
        let before = thing.state.as_ref().map_or(Val::Null, |state| state.value.clone());
        let request = tf::apply_resource_change::Request {
            type_name: name.clone(),
            prior_state: before.to_dynamic(),
            planned_state: plan.value.to_dynamic(),
            config: plan.config.to_dynamic(),
            planned_private: plan.private.clone(),
            provider_meta: None,
            planned_identity: plan.identity.clone(),
        };
        let answer = rpc(self.client.apply_resource_change(request).await)?;
        if answer.legacy_type_system {
            return broken(Rule::PlanLegacyTypeSystem, name);
        }
        let value = self.typed(&name, Rule::AppliedType, answer.new_state.as_ref())?;
        if let Err(stop) = self.heed(answer.diagnostics) {
            found(rules::write_only_null(&self.kind(&name).attrs, &value))?;
            match (thing.state.take(), value.is_null()) {
                // Nothing was made, or what was there stands.
                (prior, true) => thing.state = prior,
                (prior, false) => {
                    let identity = self.identity(&name, answer.new_identity.as_ref(), true)?;
                    thing.state = Some(self.stored(&name, value, answer.private, identity, prior.is_none()));
                }
            }
            return Err(stop);
        }
        if value.is_null() {
            return broken(Rule::AppliedNotNull, "root object was present, but now absent");
        }
        self.storable(&name, &value, Rule::AppliedKnown)?;
        found(rules::compatible(Rule::AppliedAsPlanned, &plan.value, &value))?;
        let identity = self.identity(&name, answer.new_identity.as_ref(), true)?;
        if let Some(prior) = &thing.state
            && prior.identity.is_some()
            && prior.identity != identity
        {
            return broken(Rule::IdentityStays, format!("was {:?}, but now {identity:?}", prior.identity));
        }
        thing.state = Some(self.stored(&name, value, answer.private, identity, false));
        Ok(())
    }

    async fn remove(&mut self, thing: &mut Thing, planned_private: Vec<u8>) -> Outcome<()> {
        let (name, state) = (thing.type_name.clone(), thing.state.clone().expect("something to remove"));
        let request = tf::apply_resource_change::Request {
            type_name: name.clone(),
            prior_state: state.value.to_dynamic(),
            planned_state: Val::Null.to_dynamic(),
            config: Val::Null.to_dynamic(),
            planned_private,
            planned_identity: identity_data(state.identity.as_ref()),
            ..Default::default()
        };
        let answer = rpc(self.client.apply_resource_change(request).await)?;
        let value = self.typed(&name, Rule::AppliedType, answer.new_state.as_ref())?;
        self.heed(answer.diagnostics)?;
        if !value.is_null() {
            return broken(Rule::DestroyedIsNull, "Destroying should always produce a null value");
        }
        thing.state = None;
        Ok(())
    }

    /// `terraform destroy`, with the refresh that it starts with.
    pub async fn destroy(&mut self, thing: &mut Thing) -> Outcome<()> {
        if !self.refresh(thing).await? {
            return Ok(());
        }
        self.destroy_unrefreshed(thing).await
    }

    /// `terraform destroy -refresh=false`.
    pub async fn destroy_unrefreshed(&mut self, thing: &mut Thing) -> Outcome<()> {
        let state = thing.state.clone().expect("something to destroy");
        let request = tf::plan_resource_change::Request {
            type_name: thing.type_name.clone(),
            prior_state: state.value.to_dynamic(),
            proposed_new_state: Val::Null.to_dynamic(),
            config: Val::Null.to_dynamic(),
            prior_private: state.private.clone(),
            prior_identity: identity_data(state.identity.as_ref()),
            client_capabilities: Some(self.capabilities),
            ..Default::default()
        };
        let answer = rpc(self.client.plan_resource_change(request).await)?;
        self.heed(answer.diagnostics)?;
        if !self.typed(&thing.type_name, Rule::PlanType, answer.planned_state.as_ref())?.is_null() {
            return broken(Rule::PlanDestroyIsNull, "planned a non-null destroy value");
        }
        self.remove(thing, answer.planned_private).await
    }

    /// `terraform import`, by id.
    pub async fn import(&mut self, type_name: &str, id: &str) -> Outcome<Thing> {
        self.import_by(type_name, id.to_owned(), None).await
    }

    /// An import block with an identity.
    pub async fn import_identity(&mut self, type_name: &str, identity: &Json) -> Outcome<Thing> {
        let ty = self.kind(type_name).identity.clone().expect("an identity");
        let identity = self.json(&ty, identity);
        let thing = self.import_by(type_name, String::new(), Some(identity.clone())).await?;
        let imported = thing.state.as_ref().and_then(|state| state.identity.clone());
        if imported.as_ref() != Some(&identity) {
            return broken(Rule::Identity, "the import didn't return the identity");
        }
        Ok(thing)
    }

    async fn import_by(&mut self, type_name: &str, id: String, identity: Option<Val>) -> Outcome<Thing> {
        let request = tf::import_resource_state::Request {
            type_name: type_name.to_owned(),
            id,
            client_capabilities: Some(self.capabilities),
            identity: identity_data(identity.as_ref()),
        };
        let mut answer = rpc(self.client.import_resource_state(request).await)?;
        self.heed(answer.diagnostics)?;
        let (Some(imported), true) = (answer.imported_resources.pop(), answer.imported_resources.is_empty()) else {
            return broken(Rule::ImportedOne, "exactly one is needed");
        };
        assert_eq!(imported.type_name, type_name, "the type that was asked for");
        let value = self.typed(type_name, Rule::ImportedNotNull, imported.state.as_ref())?;
        if value.is_null() {
            return broken(Rule::ImportedNotNull, type_name);
        }
        self.storable(type_name, &value, Rule::ReadKnown)?;
        let identity = self.identity(type_name, imported.identity.as_ref(), false)?;
        let stored = self.stored(type_name, value.clone(), imported.private, identity, false);
        let mut thing = self.thing(type_name);
        if !self.read(&mut thing, value, stored).await? {
            return broken(Rule::ImportedExists, type_name);
        }
        Ok(thing)
    }

    /// A `moved` block from another provider's resource.
    pub async fn moved(&mut self, type_name: &str, address: &str, source: &str, version: i64, state: &Json) -> Outcome<Thing> {
        let request = tf::move_resource_state::Request {
            source_provider_address: address.to_owned(),
            source_type_name: source.to_owned(),
            source_schema_version: version,
            source_state: Some(tf::RawState { json: state.to_string().into_bytes(), flatmap: BTreeMap::new() }),
            target_type_name: type_name.to_owned(),
            source_private: br#"{"schema_version":"MA=="}"#.to_vec(),
            ..Default::default()
        };
        let answer = rpc(self.client.move_resource_state(request).await)?;
        self.heed(answer.diagnostics)?;
        let value = self.typed(type_name, Rule::UpgradeType, answer.target_state.as_ref())?;
        if value.is_null() {
            return broken(Rule::UpgradeNotNull, "the moved state is null");
        }
        self.storable(type_name, &value, Rule::UpgradeType)?;
        let identity = self.identity(type_name, answer.target_identity.as_ref(), false)?;
        let mut thing = self.thing(type_name);
        thing.state = Some(self.stored(type_name, value, answer.target_private, identity, false));
        Ok(thing)
    }

    /// Reads a data source.
    pub async fn data(&mut self, type_name: &str, config: &Json) -> Outcome<Val> {
        let (attrs, ty) = self.views.get(type_name).cloned().unwrap_or_else(|| panic!("no data source {type_name}"));
        let config = self.json(&ty, config);
        let request = tf::validate_data_resource_config::Request { type_name: type_name.to_owned(), config: config.to_dynamic() };
        let answer = rpc(self.client.validate_data_resource_config(request).await)?;
        self.heed(answer.diagnostics)?;
        let request = tf::read_data_source::Request {
            type_name: type_name.to_owned(),
            config: config.to_dynamic(),
            provider_meta: None,
            client_capabilities: Some(self.capabilities),
        };
        let answer = rpc(self.client.read_data_source(request).await)?;
        self.heed(answer.diagnostics)?;
        let value = Val::from_dynamic(&ty, answer.state.as_ref()).or_else(|why| broken(Rule::DataKnown, why))?;
        if value.is_null() {
            return broken(Rule::DataNotNull, type_name);
        }
        if !value.known() {
            return broken(Rule::DataKnown, type_name);
        }
        let strayed = rules::plan_valid(&attrs, &Val::Null, &config, &value);
        found(strayed.into_iter().map(|one| Broken { rule: Rule::DataMatchesConfig, ..one }).collect())?;
        Ok(value)
    }

    /// The plan after an apply is empty, and the refresh in it changes nothing.
    pub async fn settled(&mut self, thing: &Thing, config: &Json) -> Outcome<()> {
        let plan = self.plan(thing, config).await?;
        let before = thing.state.as_ref().map_or(Val::Null, |state| state.value.clone());
        let refreshed = plan.prior.state.as_ref().map_or(Val::Null, |state| state.value.clone());
        found(rules::compatible(Rule::NoChurn, &before, &refreshed))?;
        match plan.action {
            Action::NoOp => Ok(()),
            action => {
                let mut broken = rules::compatible(Rule::NoChurn, &refreshed, &plan.value);
                broken.push(Rule::NoChurn.broken(format!("{action:?}")));
                Err(Stop::Broken(broken))
            }
        }
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
