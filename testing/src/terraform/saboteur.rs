//! A provider that breaks one rule at a time. It passes every call to a real provider and changes the answer: a test that does not
//! notice it would not notice the same mistake in a provider.
//!
//! [`unnoticed`] is for authors of providers: their lifecycles must notice each [`Sabotage`] that is possible for any provider. For
//! a mistake that is special to one provider, write a [`Spoil`].

use super::{core::Core, lifecycle::Lifecycle, rules::Rule};
use crate::{Backdoor, samples::Known};
use janiform::{
    engine::{Engine, Entry, Provider as Tables},
    frontends::terraform::Server,
};
use janiform_proto::tfplugin6::{
    self as tf, DynamicValue,
    provider_server::{Provider, ProviderServer},
};
use rmpv::Value as Wire;
use serde_json::Value as Json;
use std::sync::Arc;
use tokio_stream::StreamExt as _;
use tonic::{Request, Response, Status, codegen::BoxStream};

/// Changes to a provider's answers. The default of each method leaves the answer as it is.
#[allow(unused_variables, reason = "names say what an answer is about")]
pub trait Spoil: Clone + Send + Sync + 'static {
    /// Whether this call fails instead. `call` is the name in the protocol's service, in snake_case.
    fn fails(&self, call: &str) -> bool {
        false
    }
    /// The schemas.
    fn schema(&self, asked: &tf::get_provider_schema::Request, answer: &mut tf::get_provider_schema::Response) {}
    /// The diagnostics of a configuration.
    fn validated(&self, asked: &tf::validate_resource_config::Request, answer: &mut tf::validate_resource_config::Response) {}
    /// A state, after the upgrade to the current version.
    fn upgraded(&self, asked: &tf::upgrade_resource_state::Request, answer: &mut tf::upgrade_resource_state::Response) {}
    /// The answer of a read.
    fn read(&self, asked: &tf::read_resource::Request, answer: &mut tf::read_resource::Response) {}
    /// A plan.
    fn planned(&self, asked: &tf::plan_resource_change::Request, answer: &mut tf::plan_resource_change::Response) {}
    /// The result of an apply.
    fn applied(&self, asked: &tf::apply_resource_change::Request, answer: &mut tf::apply_resource_change::Response) {}
    /// The result of an import.
    fn imported(&self, asked: &tf::import_resource_state::Request, answer: &mut tf::import_resource_state::Response) {}
    /// The result of a data source.
    fn data(&self, asked: &tf::read_data_source::Request, answer: &mut tf::read_data_source::Response) {}
    /// The result of a function.
    fn called(&self, asked: &tf::call_function::Request, answer: &mut tf::call_function::Response) {}
    /// The result of an ephemeral resource.
    fn opened(&self, asked: &tf::open_ephemeral_resource::Request, answer: &mut tf::open_ephemeral_resource::Response) {}
    /// One object of a list.
    fn listed(&self, event: &mut tf::list_resource::Event) {}
    /// A progress message of an action; false drops it.
    fn told(&self, event: &mut tf::invoke_action::Event) -> bool {
        true
    }
    /// For calls that no sabotage changes.
    fn nothing<Q, A>(&self, asked: &Q, answer: &mut A) {}
}

/// A provider whose answers are changed.
#[derive(Clone)]
pub struct Saboteur<P, S> {
    /// The real provider.
    pub inner: P,
    /// The changes to its answers.
    pub spoil: S,
}

macro_rules! spoil {
    ($($method:ident: $spoil:ident,)*) => {
        #[tonic::async_trait]
        impl<P: Provider, S: Spoil> Provider for Saboteur<P, S> {
            $(async fn $method(&self, request: Request<tf::$method::Request>) -> Result<Response<tf::$method::Response>, Status> {
                if self.spoil.fails(stringify!($method)) {
                    return Err(Status::internal("no idea"));
                }
                let asked = request.get_ref().clone();
                let mut answer = self.inner.$method(request).await?;
                self.spoil.$spoil(&asked, answer.get_mut());
                Ok(answer)
            })*

            async fn list_resource(
                &self,
                request: Request<tf::list_resource::Request>,
            ) -> Result<Response<BoxStream<tf::list_resource::Event>>, Status> {
                let (spoil, events) = (self.spoil.clone(), self.inner.list_resource(request).await?.into_inner());
                Ok(Response::new(Box::pin(events.map(move |event| event.map(|mut event| {
                    spoil.listed(&mut event);
                    event
                })))))
            }

            async fn invoke_action(
                &self,
                request: Request<tf::invoke_action::Request>,
            ) -> Result<Response<BoxStream<tf::invoke_action::Event>>, Status> {
                let (spoil, events) = (self.spoil.clone(), self.inner.invoke_action(request).await?.into_inner());
                Ok(Response::new(Box::pin(events.filter_map(move |event| match event {
                    Ok(mut event) => spoil.told(&mut event).then_some(Ok(event)),
                    failed => Some(failed),
                }))))
            }
        }
    };
}

spoil! {
    get_provider_schema: schema,
    get_resource_identity_schemas: nothing,
    validate_provider_config: nothing,
    configure_provider: nothing,
    validate_resource_config: validated,
    upgrade_resource_state: upgraded,
    read_resource: read,
    plan_resource_change: planned,
    apply_resource_change: applied,
    import_resource_state: imported,
    validate_data_resource_config: nothing,
    read_data_source: data,
    call_function: called,
    validate_ephemeral_resource_config: nothing,
    open_ephemeral_resource: opened,
    renew_ephemeral_resource: nothing,
    close_ephemeral_resource: nothing,
    validate_list_resource_config: nothing,
    validate_action_config: nothing,
    plan_action: nothing,
}

/// Edits the members of an object on the wire; other values stay as they are.
pub fn edit(value: &mut Option<DynamicValue>, change: impl FnOnce(&mut Vec<(Wire, Wire)>)) {
    let Some(bytes) = value.as_mut().map(|value| &mut value.msgpack) else { return };
    if let Wire::Map(mut members) = rmpv::decode::read_value(&mut bytes.as_slice()).expect("msgpack") {
        change(&mut members);
        bytes.clear();
        rmpv::encode::write_value(bytes, &Wire::Map(members)).expect("memory");
    }
}

/// Replaces an existing member.
pub fn set(value: &mut Option<DynamicValue>, name: &str, new: impl Into<Wire>) {
    edit(value, |members| members.iter_mut().find(|(key, _)| key.as_str() == Some(name)).expect("a member").1 = new.into());
}

/// Removes a member.
pub fn lose(value: &mut Option<DynamicValue>, name: &str) {
    edit(value, |members| members.retain(|(key, _)| key.as_str() != Some(name)));
}

/// A null value.
pub fn null() -> Option<DynamicValue> {
    Some(DynamicValue { msgpack: vec![0xc0], json: Vec::new() })
}

/// Whether the value is null.
pub fn is_null(value: &Option<DynamicValue>) -> bool {
    value.as_ref().is_none_or(|value| value.msgpack == [0xc0])
}

/// An unknown value.
pub fn unknown() -> Wire {
    Wire::Ext(0, vec![0])
}

/// A rule to break, possible with every provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// The schemas of resources have no block.
    SchemaWithoutBlock,
    /// Validation returns a diagnostic without a severity.
    NoSeverity,
    /// Reading fails like a crash.
    GrpcError,
    /// Upgrading an older state loses it.
    UpgradeToNull,
    /// Upgrading an older state loses an attribute.
    UpgradeLosesAttribute,
    /// The object that was read is unknown.
    ReadUnknown,
    /// The object that was read lacks an attribute.
    ReadLosesAttribute,
    /// The object that was read has no identity.
    ReadNoIdentity,
    /// Reading returns the state and does not ask the server.
    ReadBlind,
    /// A configured value is planned differently.
    PlanOtherThanConfig,
    /// A configured value is planned as unknown.
    PlanUnknownForConfig,
    /// The plan lacks an attribute.
    PlanLosesAttribute,
    /// The plan has an attribute that is not in the schema.
    PlanExtraAttribute,
    /// There is no plan.
    PlanNull,
    /// An attribute that does not exist requires a new object.
    PlanReplacesNowhere,
    /// The provider asks for the relaxed rules of legacy SDKs.
    PlanLegacy,
    /// The plan of a destroy keeps the object.
    PlanDestroyNotNull,
    /// Every plan of an existing object changes something.
    PlanChurns,
    /// No change requires a new object.
    PlanNeverReplaces,
    /// The result of an apply is unknown.
    ApplyUnknown,
    /// The result of an apply differs from the plan.
    ApplyOther,
    /// An apply returns no object.
    ApplyNull,
    /// The result of an apply lacks an attribute.
    ApplyLosesAttribute,
    /// The result of an apply has no identity.
    ApplyNoIdentity,
    /// A destroy keeps the object.
    DestroyNotNull,
    /// An import finds nothing.
    ImportNothing,
    /// An import finds two objects.
    ImportTwo,
    /// An import returns a null object.
    ImportNull,
}

impl Sabotage {
    /// All of them.
    pub const ALL: &[Sabotage] = &[
        Sabotage::SchemaWithoutBlock,
        Sabotage::NoSeverity,
        Sabotage::GrpcError,
        Sabotage::UpgradeToNull,
        Sabotage::UpgradeLosesAttribute,
        Sabotage::ReadUnknown,
        Sabotage::ReadLosesAttribute,
        Sabotage::ReadNoIdentity,
        Sabotage::ReadBlind,
        Sabotage::PlanOtherThanConfig,
        Sabotage::PlanUnknownForConfig,
        Sabotage::PlanLosesAttribute,
        Sabotage::PlanExtraAttribute,
        Sabotage::PlanNull,
        Sabotage::PlanReplacesNowhere,
        Sabotage::PlanLegacy,
        Sabotage::PlanDestroyNotNull,
        Sabotage::PlanChurns,
        Sabotage::PlanNeverReplaces,
        Sabotage::ApplyUnknown,
        Sabotage::ApplyOther,
        Sabotage::ApplyNull,
        Sabotage::ApplyLosesAttribute,
        Sabotage::ApplyNoIdentity,
        Sabotage::DestroyNotNull,
        Sabotage::ImportNothing,
        Sabotage::ImportTwo,
        Sabotage::ImportNull,
    ];

    /// The rule of core that it breaks; `None` for a mistake that core cannot see, but a test that looks at the server can.
    pub const fn rule(self) -> Option<Rule> {
        Some(match self {
            Sabotage::ReadBlind | Sabotage::PlanNeverReplaces => return None,
            Sabotage::SchemaWithoutBlock => Rule::Schema,
            Sabotage::NoSeverity => Rule::Severity,
            Sabotage::GrpcError => Rule::CrashClass,
            Sabotage::UpgradeToNull => Rule::UpgradeNotNull,
            Sabotage::UpgradeLosesAttribute => Rule::UpgradeType,
            Sabotage::ReadUnknown => Rule::ReadKnown,
            Sabotage::ReadLosesAttribute => Rule::ReadType,
            Sabotage::ReadNoIdentity | Sabotage::ApplyNoIdentity => Rule::Identity,
            Sabotage::PlanOtherThanConfig | Sabotage::PlanUnknownForConfig | Sabotage::PlanNull => Rule::PlanMatchesConfig,
            Sabotage::PlanLosesAttribute | Sabotage::PlanExtraAttribute => Rule::PlanType,
            Sabotage::PlanReplacesNowhere => Rule::PlanReplacePath,
            Sabotage::PlanLegacy => Rule::PlanLegacyTypeSystem,
            Sabotage::PlanDestroyNotNull => Rule::PlanDestroyIsNull,
            Sabotage::PlanChurns => Rule::NoChurn,
            Sabotage::ApplyUnknown => Rule::AppliedKnown,
            Sabotage::ApplyOther => Rule::AppliedAsPlanned,
            Sabotage::ApplyNull => Rule::AppliedNotNull,
            Sabotage::ApplyLosesAttribute => Rule::AppliedType,
            Sabotage::DestroyNotNull => Rule::DestroyedIsNull,
            Sabotage::ImportNothing | Sabotage::ImportTwo => Rule::ImportedOne,
            Sabotage::ImportNull => Rule::ImportedNotNull,
        })
    }
}

/// An attribute that every object has.
const ID: &str = "id";

/// The first text of the configuration that is in this object too.
fn configured(config: &Option<DynamicValue>, object: &Option<DynamicValue>) -> Option<String> {
    let (mut config, mut object) = (config.clone(), object.clone());
    let (mut texts, mut found) = (Vec::new(), None);
    edit(&mut config, |members| texts = members.iter().filter(|(_, value)| value.is_str()).cloned().collect());
    edit(&mut object, |members| {
        found = texts.into_iter().find(|text| members.contains(text)).and_then(|(key, _)| key.as_str().map(str::to_owned));
    });
    found
}

impl Spoil for Sabotage {
    fn fails(&self, call: &str) -> bool {
        *self == Sabotage::GrpcError && call == "read_resource"
    }

    fn schema(&self, _: &tf::get_provider_schema::Request, answer: &mut tf::get_provider_schema::Response) {
        if *self == Sabotage::SchemaWithoutBlock {
            answer.resource_schemas.values_mut().for_each(|schema| schema.block = None);
        }
    }

    fn validated(&self, _: &tf::validate_resource_config::Request, answer: &mut tf::validate_resource_config::Response) {
        if *self == Sabotage::NoSeverity {
            answer.diagnostics.push(tf::Diagnostic { summary: "Well".into(), ..Default::default() });
        }
    }

    fn upgraded(&self, _: &tf::upgrade_resource_state::Request, answer: &mut tf::upgrade_resource_state::Response) {
        match self {
            Sabotage::UpgradeToNull => answer.upgraded_state = None,
            Sabotage::UpgradeLosesAttribute => lose(&mut answer.upgraded_state, ID),
            _ => {}
        }
    }

    fn read(&self, asked: &tf::read_resource::Request, answer: &mut tf::read_resource::Response) {
        if is_null(&answer.new_state) {
            return;
        }
        match self {
            Sabotage::ReadUnknown => set(&mut answer.new_state, ID, unknown()),
            Sabotage::ReadLosesAttribute => lose(&mut answer.new_state, ID),
            Sabotage::ReadNoIdentity => answer.new_identity = None,
            // An imported object whose attributes are not known yet gets them.
            Sabotage::ReadBlind => {
                let mut held = Vec::new();
                edit(&mut asked.current_state.clone(), |members| {
                    held = members.iter().filter(|(_, value)| !value.is_nil()).cloned().collect()
                });
                edit(&mut answer.new_state, |members| {
                    for member in members {
                        if let Some(of) = held.iter().find(|(name, _)| *name == member.0) {
                            member.1 = of.1.clone();
                        }
                    }
                });
            }
            _ => {}
        }
    }

    fn planned(&self, asked: &tf::plan_resource_change::Request, answer: &mut tf::plan_resource_change::Response) {
        if is_null(&asked.proposed_new_state) {
            if *self == Sabotage::PlanDestroyNotNull {
                answer.planned_state = asked.prior_state.clone();
            }
            return;
        }
        let planned = &mut answer.planned_state;
        match self {
            Sabotage::PlanOtherThanConfig | Sabotage::PlanUnknownForConfig => {
                let new = if *self == Sabotage::PlanOtherThanConfig { "somebody else's".into() } else { unknown() };
                if let Some(name) = configured(&asked.config, planned) {
                    set(planned, &name, new);
                }
            }
            Sabotage::PlanLosesAttribute => lose(planned, ID),
            Sabotage::PlanExtraAttribute => edit(planned, |members| members.push(("more".into(), Wire::Nil))),
            Sabotage::PlanNull => *planned = null(),
            Sabotage::PlanReplacesNowhere => answer.requires_replace.push(tf::AttributePath {
                steps: vec![tf::attribute_path::Step {
                    selector: Some(tf::attribute_path::step::Selector::AttributeName("nowhere".into())),
                }],
            }),
            Sabotage::PlanLegacy => answer.legacy_type_system = true,
            Sabotage::PlanChurns => set(planned, ID, unknown()),
            Sabotage::PlanNeverReplaces => answer.requires_replace.clear(),
            _ => {}
        }
    }

    fn applied(&self, asked: &tf::apply_resource_change::Request, answer: &mut tf::apply_resource_change::Response) {
        if is_null(&asked.planned_state) {
            if *self == Sabotage::DestroyNotNull {
                answer.new_state = asked.prior_state.clone();
            }
            return;
        }
        let new = &mut answer.new_state;
        match self {
            Sabotage::ApplyUnknown => set(new, ID, unknown()),
            Sabotage::ApplyOther => {
                if let Some(name) = configured(&asked.config, new) {
                    set(new, &name, "somebody else's");
                }
            }
            Sabotage::ApplyNull => *new = null(),
            Sabotage::ApplyLosesAttribute => lose(new, ID),
            Sabotage::ApplyNoIdentity => answer.new_identity = None,
            _ => {}
        }
    }

    fn imported(&self, _: &tf::import_resource_state::Request, answer: &mut tf::import_resource_state::Response) {
        let imported = &mut answer.imported_resources;
        match self {
            Sabotage::ImportNothing => imported.clear(),
            Sabotage::ImportTwo => imported.extend(imported.clone()),
            Sabotage::ImportNull => imported.iter_mut().for_each(|one| one.state = null()),
            _ => {}
        }
    }
}

/// The names of all [`Sabotage::ALL`] that the lifecycles of a resource do not notice: with these, no lifecycle failed as it
/// should. Each name is a hole in the test: a `known` that leaves attributes out, or a [`Backdoor`] that changes nothing.
///
/// Each sabotage runs on a server of its own, since a lifecycle that fails leaves its object behind. `fresh` returns the
/// configuration for such a server, with the names of its members as in Terraform, and its backdoor.
///
/// # Panics
/// If the provider refuses the configuration.
pub async fn unnoticed<C: Send + Sync + 'static, B: Backdoor>(
    provider: &'static Tables<C>,
    fresh: impl AsyncFn() -> (Json, B),
    entry: &'static Entry<C>,
    known: Known,
) -> Vec<Sabotage> {
    let mut unnoticed = Vec::new();
    for &sabotage in Sabotage::ALL {
        // If no change requires a new object, this is no mistake.
        if sabotage == Sabotage::PlanNeverReplaces && !entry.resource.table.attrs().any(|attr| attr.configurable() && attr.replaces) {
            continue;
        }
        let (config, backdoor) = fresh().await;
        let make = move || {
            let inner = Server::new(Arc::new(Engine::new(provider)), |_| None);
            ProviderServer::new(Saboteur { inner, spoil: sabotage })
        };
        let noticed = match Core::direct_over(make, config).await {
            Ok(mut core) => {
                let (_, failures) = Lifecycle::new(&mut core, &backdoor, provider.name, entry, known).run().await;
                let sign = match (sabotage, sabotage.rule()) {
                    (_, Some(rule)) => format!("rule: {rule:?}"),
                    (Sabotage::ReadBlind, _) => ": drift".to_owned(),
                    // A server may refuse or accept such an update.
                    _ => String::new(),
                };
                failures.iter().any(|failure| failure.contains(&sign))
            }
            Err(stop) => sabotage.rule().is_some_and(|rule| stop.breaks(rule)),
        };
        if !noticed {
            unnoticed.push(sabotage);
        }
    }
    unnoticed
}
