//! Tests of the players themselves: a toy provider breaks one rule at a time, and each must be noticed. The rules that
//! every provider can break are in `janiform-testing`; here are those that need a special attribute.

use super::{
    core::{Core, Outcome, unknown},
    rules::Rule,
    samples,
    toys::{Blind, Toys},
};
use crate::toy::{Remote, TOY};
use janiform::{engine::Engine, frontends::terraform::Server};
use janiform_proto::tfplugin6::{self as tf, invoke_action::event::Type, provider_server::ProviderServer};
use janiform_testing::terraform::saboteur::{self, Saboteur, Spoil, edit, null, set};
use rmpv::Value as Wire;
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Sabotage {
    SchemaOfNoType,
    ReadWriteOnly,
    ReadOtherIdentity,
    ReadChurns,
    PlanKnownForUnknown,
    PlanNonComputed,
    PlanNullNested,
    PlanShorterList,
    PlanNestedField,
    PlanWriteOnly,
    PlanNotTwiceTheSame,
    ApplyDropsElement,
    ApplyWriteOnly,
    ApplyOtherIdentity,
    DataNull,
    DataUnknown,
    DataOtherThanConfig,
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

use Sabotage as S;

/// Each with the rule that it breaks.
const ALL: &[(Sabotage, Rule)] = &[
    (S::SchemaOfNoType, Rule::Schema),
    (S::ReadWriteOnly, Rule::WriteOnlyIsNull),
    (S::ReadOtherIdentity, Rule::IdentityStays),
    (S::ReadChurns, Rule::NoChurn),
    (S::PlanKnownForUnknown, Rule::PlanMatchesConfig),
    (S::PlanNonComputed, Rule::PlanNonComputed),
    (S::PlanNullNested, Rule::PlanMatchesConfig),
    (S::PlanShorterList, Rule::PlanMatchesConfig),
    (S::PlanNestedField, Rule::PlanNonComputed),
    (S::PlanWriteOnly, Rule::WriteOnlyIsNull),
    (S::PlanNotTwiceTheSame, Rule::FinalPlan),
    (S::ApplyDropsElement, Rule::AppliedAsPlanned),
    (S::ApplyWriteOnly, Rule::WriteOnlyIsNull),
    (S::ApplyOtherIdentity, Rule::IdentityStays),
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
];

#[derive(Clone)]
struct Toy {
    how: Sabotage,
    turn: Arc<AtomicU64>,
}

fn other_identity(identity: &mut Option<tf::ResourceIdentityData>) {
    set(&mut identity.as_mut().unwrap().identity_data, "thing_id", "somebody else");
}

impl Toy {
    fn turn(&self) -> u64 {
        self.turn.fetch_add(1, Ordering::Relaxed)
    }
}

impl Spoil for Toy {
    fn schema(&self, _: &tf::get_provider_schema::Request, answer: &mut tf::get_provider_schema::Response) {
        let thing = answer.resource_schemas.get_mut("toy_thing").unwrap();
        if self.how == S::SchemaOfNoType {
            thing.block.as_mut().unwrap().attributes[0].r#type = b"\"text\"".to_vec();
        }
    }

    fn read(&self, _: &tf::read_resource::Request, answer: &mut tf::read_resource::Response) {
        if saboteur::is_null(&answer.new_state) {
            return;
        }
        match self.how {
            S::ReadWriteOnly => set(&mut answer.new_state, "password", "hunter22"),
            S::ReadOtherIdentity => other_identity(&mut answer.new_identity),
            S::ReadChurns => set(&mut answer.new_state, "updated_at", format!("now {}", self.turn())),
            _ => {}
        }
    }

    fn planned(&self, request: &tf::plan_resource_change::Request, answer: &mut tf::plan_resource_change::Response) {
        if saboteur::is_null(&request.proposed_new_state) {
            return;
        }
        let planned = &mut answer.planned_state;
        match self.how {
            S::PlanKnownForUnknown => set(planned, "hint", "guessed"),
            S::PlanNonComputed => set(planned, "label", "mine"),
            S::PlanNullNested => set(planned, "owner", Wire::Nil),
            S::PlanShorterList => set(planned, "ports", Wire::Array(vec![])),
            S::PlanNestedField => edit(planned, |members| {
                let (_, owner) = members.iter_mut().find(|(key, _)| key.as_str() == Some("owner")).unwrap();
                let Wire::Map(owner) = owner else { return };
                owner.iter_mut().find(|(key, _)| key.as_str() == Some("email")).unwrap().1 = "x@example.com".into();
            }),
            S::PlanWriteOnly => set(planned, "password", "hunter22"),
            S::PlanNotTwiceTheSame => set(planned, "shelf", format!("shelf {}", self.turn())),
            _ => {}
        }
    }

    fn applied(&self, request: &tf::apply_resource_change::Request, answer: &mut tf::apply_resource_change::Response) {
        if saboteur::is_null(&request.planned_state) {
            return;
        }
        let new = &mut answer.new_state;
        match self.how {
            S::ApplyDropsElement => set(new, "steps", Wire::Array(vec!["one".into()])),
            S::ApplyWriteOnly => set(new, "password", "hunter22"),
            S::ApplyOtherIdentity if !saboteur::is_null(&request.prior_state) => other_identity(&mut answer.new_identity),
            _ => {}
        }
    }

    fn data(&self, _: &tf::read_data_source::Request, answer: &mut tf::read_data_source::Response) {
        match self.how {
            S::DataNull => answer.state = null(),
            S::DataUnknown => set(&mut answer.state, "slug", saboteur::unknown()),
            S::DataOtherThanConfig => set(&mut answer.state, "name", "Cube"),
            _ => {}
        }
    }

    fn called(&self, _: &tf::call_function::Request, answer: &mut tf::call_function::Response) {
        if self.how == S::FunctionNull {
            answer.result = null();
        }
    }

    fn opened(&self, _: &tf::open_ephemeral_resource::Request, answer: &mut tf::open_ephemeral_resource::Response) {
        match self.how {
            S::EphemeralOther => set(&mut answer.result, "holder", "you"),
            S::EphemeralNonComputed => set(&mut answer.result, "hint", "lost"),
            S::EphemeralUnknown => set(&mut answer.result, "token", saboteur::unknown()),
            S::EphemeralPastRenewal => answer.renew_at = Some(prost_types::Timestamp::default()),
            _ => {}
        }
    }

    fn listed(&self, event: &mut tf::list_resource::Event) {
        match self.how {
            S::ListNoIdentity => event.identity = None,
            S::ListUnknown => set(&mut event.resource_object, "slug", saboteur::unknown()),
            _ => {}
        }
    }

    fn told(&self, event: &mut tf::invoke_action::Event) -> bool {
        let is_last = matches!(event.r#type, Some(Type::Completed(_)));
        if self.how == S::ActionEmptyEvent {
            *event = Default::default();
        }
        self.how != S::ActionNotCompleted || !is_last
    }
}

async fn core(spoil: impl Spoil, remote: &Remote) -> Outcome<Core> {
    let make = move || {
        let inner = Server::new(Arc::new(Engine::new(&TOY)), |_| None);
        ProviderServer::new(Saboteur { inner, spoil: spoil.clone() })
    };
    Core::direct_over(make, json!({ "endpoint": remote.name })).await
}

/// Nothing is spoilt.
#[derive(Clone)]
struct Honest;

impl Spoil for Honest {}

/// A life in which every call occurs.
async fn life(spoil: impl Spoil) -> Outcome<()> {
    let remote = Remote::start();
    let mut core = core(spoil, &remote).await?;
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
async fn every_broken_rule_is_named() {
    life(Honest).await.unwrap();
    let breaks = |how: &dyn std::fmt::Debug, rule, outcome: Outcome<()>| match outcome {
        Err(stop) if stop.breaks(rule) => {}
        other => panic!("{how:?} was to break {rule:?}, and what came was {other:?}"),
    };
    for &(how, rule) in ALL {
        breaks(&how, rule, life(Toy { how, turn: Arc::default() }).await);
    }
    for how in saboteur::Sabotage::ALL {
        if let Some(rule) = how.rule() {
            breaks(how, rule, life(*how).await);
        }
    }
}

/// What breaks no rule of core and is wrong all the same is seen by the lifecycles; and so is the rest.
#[tokio::test]
async fn the_lifecycles_notice_mistakes_that_core_cannot() {
    let fresh = || {
        let remote = Remote::start();
        (json!({ "endpoint": remote.name }), Toys(remote))
    };
    let link = TOY.resources().find(|entry| entry.resource.name == "link").unwrap();
    assert_eq!(saboteur::unnoticed(&TOY, async || fresh(), link, samples::none).await, []);
    // Who does not look at the server sees no drift.
    let blind = async || {
        let (config, toys) = fresh();
        (config, Blind(toys))
    };
    let unnoticed = saboteur::unnoticed(&TOY, blind, link, samples::none).await;
    assert_eq!(unnoticed, [saboteur::Sabotage::ReadBlind]);
}
