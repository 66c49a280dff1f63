//! A provider that breaks one rule at a time, and the proof that the checkers see it.
//!
//! It hands every call to the real face and spoils the answer. A checker that lets one of these pass
//! would let the same mistake pass in the face.

use super::{
    core::{Core, Outcome, unknown},
    lifecycle::Lifecycle,
    rules::Rule,
    samples,
    toys::Toys,
};
use crate::toy::{Remote, Store, TOY};
use janiform::{engine::Engine, frontends::terraform::Server};
use janiform_proto::tfplugin6::{
    self as tf, DynamicValue,
    provider_server::{Provider, ProviderServer},
};
use rmpv::Value as Wire;
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use tokio_stream::StreamExt as _;
use tonic::{Request, Response, Status, codegen::BoxStream};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Sabotage {
    None,
    // Schemas and diagnostics.
    SchemaWithoutBlock,
    SchemaOfNoType,
    NoSeverity,
    GrpcError,
    // Upgrade and read.
    UpgradeToNull,
    UpgradeLosesKey,
    ReadUnknown,
    ReadLosesKey,
    ReadWriteOnly,
    ReadOtherIdentity,
    ReadNoIdentity,
    ReadChurns,
    ReadBlind,
    // Plan.
    PlanOtherThanConfig,
    PlanUnknownForConfig,
    PlanKnownForUnknown,
    PlanNonComputed,
    PlanNullNested,
    PlanShorterList,
    PlanNestedField,
    PlanWriteOnly,
    PlanLosesKey,
    PlanExtraKey,
    PlanNull,
    PlanReplacesNowhere,
    PlanLegacy,
    PlanDestroyNotNull,
    PlanChurns,
    PlanNeverReplaces,
    PlanNotTwiceTheSame,
    // Apply.
    ApplyUnknown,
    ApplyOther,
    ApplyDropsElement,
    ApplyNull,
    ApplyWriteOnly,
    ApplyLosesKey,
    ApplyNoIdentity,
    ApplyOtherIdentity,
    DestroyNotNull,
    // Import and data.
    ImportNothing,
    ImportTwo,
    ImportNull,
    DataNull,
    DataUnknown,
    DataOtherThanConfig,
    // Calls.
    FunctionNull,
    EphemeralOther,
    EphemeralNonComputed,
    EphemeralUnknown,
    EphemeralPastRenewal,
    ListNoIdentity,
    ListUnknown,
    ActionNotCompleted,
    ActionEmptyEvent,
}

#[derive(Clone)]
struct Saboteur {
    inner: Server<Store>,
    how: Sabotage,
    turn: Arc<AtomicU64>,
}

fn edit(value: &mut Option<DynamicValue>, change: impl FnOnce(&mut Vec<(Wire, Wire)>)) {
    let Some(bytes) = value.as_mut().map(|value| &mut value.msgpack) else { return };
    if let Wire::Map(mut members) = rmpv::decode::read_value(&mut bytes.as_slice()).unwrap() {
        change(&mut members);
        bytes.clear();
        rmpv::encode::write_value(bytes, &Wire::Map(members)).unwrap();
    }
}

fn set(value: &mut Option<DynamicValue>, name: &str, new: impl Into<Wire>) {
    edit(value, |members| members.iter_mut().find(|(key, _)| key.as_str() == Some(name)).unwrap().1 = new.into());
}

fn lose(value: &mut Option<DynamicValue>, name: &str) {
    edit(value, |members| members.retain(|(key, _)| key.as_str() != Some(name)));
}

fn null() -> Option<DynamicValue> {
    Some(DynamicValue { msgpack: vec![0xc0], json: Vec::new() })
}

fn is_null(value: &Option<DynamicValue>) -> bool {
    value.as_ref().is_none_or(|value| value.msgpack == [0xc0])
}

fn unknown_wire() -> Wire {
    Wire::Ext(0, vec![0])
}

fn other_identity(identity: &mut Option<tf::ResourceIdentityData>) {
    set(&mut identity.as_mut().unwrap().identity_data, "thing_id", "somebody else");
}

impl Saboteur {
    fn turn(&self) -> u64 {
        self.turn.fetch_add(1, Ordering::Relaxed)
    }

    fn schema(&self, _: &tf::get_provider_schema::Request, answer: &mut tf::get_provider_schema::Response) {
        let thing = answer.resource_schemas.get_mut("toy_thing").unwrap();
        match self.how {
            Sabotage::SchemaWithoutBlock => thing.block = None,
            Sabotage::SchemaOfNoType => thing.block.as_mut().unwrap().attributes[0].r#type = b"\"text\"".to_vec(),
            _ => {}
        }
    }

    fn validated(&self, _: &tf::validate_resource_config::Request, answer: &mut tf::validate_resource_config::Response) {
        if self.how == Sabotage::NoSeverity {
            answer.diagnostics.push(tf::Diagnostic { summary: "Well".into(), ..Default::default() });
        }
    }

    fn upgraded(&self, _: &tf::upgrade_resource_state::Request, answer: &mut tf::upgrade_resource_state::Response) {
        match self.how {
            Sabotage::UpgradeToNull => answer.upgraded_state = None,
            Sabotage::UpgradeLosesKey => lose(&mut answer.upgraded_state, "label"),
            _ => {}
        }
    }

    fn read(&self, request: &tf::read_resource::Request, answer: &mut tf::read_resource::Response) {
        if is_null(&answer.new_state) {
            return;
        }
        match self.how {
            Sabotage::ReadUnknown => set(&mut answer.new_state, "slug", unknown_wire()),
            Sabotage::ReadLosesKey => lose(&mut answer.new_state, "slug"),
            Sabotage::ReadWriteOnly => set(&mut answer.new_state, "password", "hunter22"),
            Sabotage::ReadOtherIdentity => other_identity(&mut answer.new_identity),
            Sabotage::ReadNoIdentity => answer.new_identity = None,
            Sabotage::ReadChurns => set(&mut answer.new_state, "updated_at", format!("now {}", self.turn())),
            Sabotage::ReadBlind => answer.new_state = request.current_state.clone(),
            _ => {}
        }
    }

    fn planned(&self, request: &tf::plan_resource_change::Request, answer: &mut tf::plan_resource_change::Response) {
        if is_null(&request.proposed_new_state) {
            if self.how == Sabotage::PlanDestroyNotNull {
                answer.planned_state = request.prior_state.clone();
            }
            return;
        }
        let planned = &mut answer.planned_state;
        match self.how {
            Sabotage::PlanOtherThanConfig => set(planned, "name", "Cube"),
            Sabotage::PlanUnknownForConfig => set(planned, "name", unknown_wire()),
            Sabotage::PlanKnownForUnknown => set(planned, "hint", "guessed"),
            Sabotage::PlanNonComputed => set(planned, "label", "mine"),
            Sabotage::PlanNullNested => set(planned, "owner", Wire::Nil),
            Sabotage::PlanShorterList => set(planned, "ports", Wire::Array(vec![])),
            Sabotage::PlanNestedField => edit(planned, |members| {
                let (_, owner) = members.iter_mut().find(|(key, _)| key.as_str() == Some("owner")).unwrap();
                let Wire::Map(owner) = owner else { return };
                owner.iter_mut().find(|(key, _)| key.as_str() == Some("email")).unwrap().1 = "x@example.com".into();
            }),
            Sabotage::PlanWriteOnly => set(planned, "password", "hunter22"),
            Sabotage::PlanLosesKey => lose(planned, "label"),
            Sabotage::PlanExtraKey => edit(planned, |members| members.push(("more".into(), Wire::Nil))),
            Sabotage::PlanNull => *planned = null(),
            Sabotage::PlanReplacesNowhere => answer.requires_replace.push(tf::AttributePath {
                steps: vec![tf::attribute_path::Step {
                    selector: Some(tf::attribute_path::step::Selector::AttributeName("nowhere".into())),
                }],
            }),
            Sabotage::PlanLegacy => answer.legacy_type_system = true,
            Sabotage::PlanChurns => set(planned, "updated_at", unknown_wire()),
            Sabotage::PlanNeverReplaces => answer.requires_replace.clear(),
            Sabotage::PlanNotTwiceTheSame => set(planned, "shelf", format!("shelf {}", self.turn())),
            _ => {}
        }
    }

    fn applied(&self, request: &tf::apply_resource_change::Request, answer: &mut tf::apply_resource_change::Response) {
        if is_null(&request.planned_state) {
            if self.how == Sabotage::DestroyNotNull {
                answer.new_state = request.prior_state.clone();
            }
            return;
        }
        let new = &mut answer.new_state;
        match self.how {
            Sabotage::ApplyUnknown => set(new, "updated_at", unknown_wire()),
            Sabotage::ApplyOther => set(new, "ttl", "1h30m0s"),
            Sabotage::ApplyDropsElement => set(new, "steps", Wire::Array(vec!["one".into()])),
            Sabotage::ApplyNull => *new = null(),
            Sabotage::ApplyWriteOnly => set(new, "password", "hunter22"),
            Sabotage::ApplyLosesKey => lose(new, "slug"),
            Sabotage::ApplyNoIdentity => answer.new_identity = None,
            Sabotage::ApplyOtherIdentity if !is_null(&request.prior_state) => other_identity(&mut answer.new_identity),
            _ => {}
        }
    }

    fn imported(&self, _: &tf::import_resource_state::Request, answer: &mut tf::import_resource_state::Response) {
        let imported = &mut answer.imported_resources;
        match self.how {
            Sabotage::ImportNothing => imported.clear(),
            Sabotage::ImportTwo => imported.extend(imported.clone()),
            Sabotage::ImportNull => imported[0].state = null(),
            _ => {}
        }
    }

    fn data(&self, _: &tf::read_data_source::Request, answer: &mut tf::read_data_source::Response) {
        match self.how {
            Sabotage::DataNull => answer.state = null(),
            Sabotage::DataUnknown => set(&mut answer.state, "slug", unknown_wire()),
            Sabotage::DataOtherThanConfig => set(&mut answer.state, "name", "Cube"),
            _ => {}
        }
    }

    fn called(&self, _: &tf::call_function::Request, answer: &mut tf::call_function::Response) {
        if self.how == Sabotage::FunctionNull {
            answer.result = null();
        }
    }

    fn opened(&self, _: &tf::open_ephemeral_resource::Request, answer: &mut tf::open_ephemeral_resource::Response) {
        match self.how {
            Sabotage::EphemeralOther => set(&mut answer.result, "holder", "you"),
            Sabotage::EphemeralNonComputed => set(&mut answer.result, "hint", "lost"),
            Sabotage::EphemeralUnknown => set(&mut answer.result, "token", unknown_wire()),
            Sabotage::EphemeralPastRenewal => answer.renew_at = Some(prost_types::Timestamp::default()),
            _ => {}
        }
    }

    fn listed(&self, event: &mut tf::list_resource::Event) {
        match self.how {
            Sabotage::ListNoIdentity => event.identity = None,
            Sabotage::ListUnknown => set(&mut event.resource_object, "slug", unknown_wire()),
            _ => {}
        }
    }

    fn nothing<Q, A>(&self, _: &Q, _: &mut A) {}
}

macro_rules! spoil {
    ($($method:ident: $spoil:ident,)*) => {
        #[tonic::async_trait]
        impl Provider for Saboteur {
            $(async fn $method(&self, request: Request<tf::$method::Request>) -> Result<Response<tf::$method::Response>, Status> {
                if self.how == Sabotage::GrpcError && stringify!($method) == "read_resource" {
                    return Err(Status::internal("no idea"));
                }
                let asked = request.get_ref().clone();
                let mut answer = self.inner.$method(request).await?;
                self.$spoil(&asked, answer.get_mut());
                Ok(answer)
            })*

            async fn list_resource(
                &self,
                request: Request<tf::list_resource::Request>,
            ) -> Result<Response<BoxStream<tf::list_resource::Event>>, Status> {
                let (saboteur, events) = (self.clone(), self.inner.list_resource(request).await?.into_inner());
                Ok(Response::new(Box::pin(events.map(move |event| event.map(|mut event| {
                    saboteur.listed(&mut event);
                    event
                })))))
            }

            async fn invoke_action(
                &self,
                request: Request<tf::invoke_action::Request>,
            ) -> Result<Response<BoxStream<tf::invoke_action::Event>>, Status> {
                let (how, events) = (self.how, self.inner.invoke_action(request).await?.into_inner());
                let ended = |event: &tf::invoke_action::Event| matches!(event.r#type, Some(tf::invoke_action::event::Type::Completed(_)));
                let kept = move |event: &Result<tf::invoke_action::Event, Status>| {
                    how != Sabotage::ActionNotCompleted || !event.as_ref().is_ok_and(ended)
                };
                let emptied = move |event: tf::invoke_action::Event| if how == Sabotage::ActionEmptyEvent { Default::default() } else { event };
                Ok(Response::new(Box::pin(events.filter(kept).map(move |event| event.map(emptied)))))
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

async fn core(how: Sabotage, remote: &Remote) -> Outcome<Core> {
    let turn = Arc::new(AtomicU64::new(0));
    let make = move || {
        let inner = Server::new(Arc::new(Engine::new(&TOY)), |_| None);
        ProviderServer::new(Saboteur { inner, how, turn: turn.clone() })
    };
    Core::direct_over(make, json!({ "endpoint": remote.name })).await
}

/// A life in which every call occurs.
async fn life(how: Sabotage, remote: &Remote) -> Outcome<()> {
    let mut core = core(how, remote).await?;
    let mut thing = core.thing("toy_thing");
    let mut config = json!({
        "name": "Ball",
        "ttl": "90m",
        "steps": ["one", "two"],
        "owner": { "login": "ann" },
        "ports": [{ "number": 80 }],
        "password": "hunter22",
        "password_version": 1,
        "hint": unknown(),
    });
    let planned = core.plan(&thing, &config).await?;
    config["hint"] = "later".into();
    core.carry_out(&mut thing, planned, &config).await?;
    core.settled(&thing, &config).await?;
    config["name"] = "Bowl".into();
    core.apply(&mut thing, &config).await?;
    core.settled(&thing, &config).await?;
    config["region"] = "far".into();
    core.apply(&mut thing, &config).await?;
    core.settled(&thing, &config).await?;
    let id = thing.state.as_ref().unwrap().value.get("id").text().unwrap().to_owned();
    core.import("toy_thing", &id).await?;
    core.data("toy_thing", &json!({ "name": "Bowl" })).await?;
    core.call("shout", &[json!("ball"), json!(1)]).await?.unwrap();
    let mut token = core.open("toy_token", &json!({ "holder": "me", "lasts": 90 })).await?;
    core.renew(&mut token).await?;
    core.close(token).await?;
    core.query("toy_thing", &json!({}), 10, true).await?;
    core.invoke("toy_ring", &json!({ "bell": "door" })).await.map_err(|(_, stop)| stop)?;
    core.destroy(&mut thing).await
}

#[tokio::test]
async fn whoever_breaks_a_rule_is_told_which() {
    use Sabotage as S;
    life(S::None, &Remote::start()).await.unwrap();
    for (how, rule) in [
        (S::SchemaWithoutBlock, Rule::Schema),
        (S::SchemaOfNoType, Rule::Schema),
        (S::NoSeverity, Rule::Severity),
        (S::GrpcError, Rule::CrashClass),
        (S::UpgradeToNull, Rule::UpgradeNotNull),
        (S::UpgradeLosesKey, Rule::UpgradeType),
        (S::ReadUnknown, Rule::ReadKnown),
        (S::ReadLosesKey, Rule::ReadType),
        (S::ReadWriteOnly, Rule::WriteOnlyIsNull),
        (S::ReadOtherIdentity, Rule::IdentityStays),
        (S::ReadNoIdentity, Rule::Identity),
        (S::ReadChurns, Rule::NoChurn),
        (S::PlanOtherThanConfig, Rule::PlanMatchesConfig),
        (S::PlanUnknownForConfig, Rule::PlanMatchesConfig),
        (S::PlanKnownForUnknown, Rule::PlanMatchesConfig),
        (S::PlanNonComputed, Rule::PlanNonComputed),
        (S::PlanNullNested, Rule::PlanMatchesConfig),
        (S::PlanShorterList, Rule::PlanMatchesConfig),
        (S::PlanNestedField, Rule::PlanNonComputed),
        (S::PlanWriteOnly, Rule::WriteOnlyIsNull),
        (S::PlanLosesKey, Rule::PlanType),
        (S::PlanExtraKey, Rule::PlanType),
        (S::PlanNull, Rule::PlanMatchesConfig),
        (S::PlanReplacesNowhere, Rule::PlanReplacePath),
        (S::PlanLegacy, Rule::PlanLegacyTypeSystem),
        (S::PlanDestroyNotNull, Rule::PlanDestroyIsNull),
        (S::PlanChurns, Rule::NoChurn),
        (S::PlanNotTwiceTheSame, Rule::FinalPlan),
        (S::ApplyUnknown, Rule::AppliedKnown),
        (S::ApplyOther, Rule::AppliedAsPlanned),
        (S::ApplyDropsElement, Rule::AppliedAsPlanned),
        (S::ApplyNull, Rule::AppliedNotNull),
        (S::ApplyWriteOnly, Rule::WriteOnlyIsNull),
        (S::ApplyLosesKey, Rule::AppliedType),
        (S::ApplyNoIdentity, Rule::Identity),
        (S::ApplyOtherIdentity, Rule::IdentityStays),
        (S::DestroyNotNull, Rule::DestroyedIsNull),
        (S::ImportNothing, Rule::ImportedOne),
        (S::ImportTwo, Rule::ImportedOne),
        (S::ImportNull, Rule::ImportedNotNull),
        (S::DataNull, Rule::DataNotNull),
        (S::DataUnknown, Rule::DataKnown),
        (S::DataOtherThanConfig, Rule::DataMatchesConfig),
        (S::FunctionNull, Rule::FunctionResult),
        (S::EphemeralOther, Rule::Ephemeral),
        (S::EphemeralNonComputed, Rule::Ephemeral),
        (S::EphemeralUnknown, Rule::Ephemeral),
        (S::EphemeralPastRenewal, Rule::Ephemeral),
        (S::ListNoIdentity, Rule::Identity),
        (S::ListUnknown, Rule::ReadKnown),
        (S::ActionNotCompleted, Rule::ActionEvents),
        (S::ActionEmptyEvent, Rule::ActionEvents),
    ] {
        match life(how, &Remote::start()).await {
            Err(stop) if stop.breaks(rule) => {}
            other => panic!("{how:?} was to break {rule:?}, and what came was {other:?}"),
        }
    }
}

/// What breaks no rule of core and is wrong all the same is seen by the lifecycles.
#[tokio::test]
async fn the_lifecycles_see_what_core_cannot() {
    for (how, sign) in [(Sabotage::ReadBlind, "drift"), (Sabotage::PlanNeverReplaces, "was to be Replace and is Update")] {
        let remote = Remote::start();
        let mut core = core(how, &remote).await.unwrap();
        let backdoor = Toys(remote);
        let lifecycle = Lifecycle::new(&mut core, &backdoor, "toy", TOY.resources().next().unwrap(), samples::none);
        let (_, failures) = lifecycle.only(|attr| ["region", "size", "label"].contains(&attr.name)).run().await;
        assert!(failures.iter().any(|failure| failure.contains(sign)), "{how:?}: {failures:?}");
    }
}
