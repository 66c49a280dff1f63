//! Tests of the engine itself: a toy provider breaks one rule at a time, and the engine must name the rule. The rules that every
//! provider can break are in `janiform-testing`; here are those that need a special attribute.

use super::{
    Recorder, THING,
    engine::{Host, Stop},
    rules::Rule,
    toy_server,
    wire::{json_of, secret, with},
};
use crate::{
    terraform::{
        samples,
        toys::{Blind, Toys},
    },
    toy::{Remote, TOY},
};
use janiform_proto::pulumirpc::{
    CheckRequest, CheckResponse, CreateRequest, CreateResponse, DiffRequest, DiffResponse, ReadRequest, ReadResponse,
    diff_response::DiffChanges,
};
use janiform_testing::pulumi::saboteur::{self, Saboteur, Spoil, change};
use prost_types::Struct;
use serde_json::{Value as Json, json};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// One way to be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sabotage {
    LosesRequiredInput,
    WrongOutputType,
    OpenSecretInput,
    OpenDeclaredOutput,
    OpenInputSecretOutput,
    LeadsToSecret,
    TellsWriteOnly,
    ChecksAtRandom,
    AppendsInCheck,
    Respells,
    StableThatMoves,
    ForeseesWrong,
    ForeseesOpenly,
    ImportsTooMuch,
    ImportsTooLittle,
}

use Sabotage::*;

/// Each with the rule that it breaks.
const ALL: &[(Sabotage, Rule)] = &[
    (LosesRequiredInput, Rule::InputsFitSchema),
    (WrongOutputType, Rule::OutputsFitSchema),
    (OpenSecretInput, Rule::SecretsKept),
    (OpenDeclaredOutput, Rule::SecretsKept),
    (OpenInputSecretOutput, Rule::SecretsKept),
    (LeadsToSecret, Rule::SecretsKept),
    (TellsWriteOnly, Rule::WriteOnlyHidden),
    (ChecksAtRandom, Rule::Deterministic),
    (AppendsInCheck, Rule::CheckIdempotent),
    (Respells, Rule::SpellingKept),
    (StableThatMoves, Rule::DiffConsistent),
    (ForeseesWrong, Rule::PreviewFaithful),
    (ForeseesOpenly, Rule::SecretsKept),
    (ImportsTooMuch, Rule::InputsFitSchema),
    (ImportsTooLittle, Rule::ImportRoundTrip),
];

struct Toy {
    how: Sabotage,
    calls: AtomicUsize,
}

impl Toy {
    fn change(&self, how: Sabotage, target: &mut Option<Struct>, more: Json) {
        if self.how == how {
            change(target, more);
        }
    }
}

impl Spoil for Toy {
    fn checked(&self, _: &CheckRequest, answer: &mut CheckResponse) {
        if self.how == LeadsToSecret {
            answer.failures.iter_mut().for_each(|failure| failure.property = "label".into());
        }
        let inputs = &mut answer.inputs;
        let steps = json_of(inputs.as_ref().unwrap())["steps"].as_array().cloned().unwrap_or_default();
        let turn = self.calls.fetch_add(1, Ordering::Relaxed);
        self.change(LosesRequiredInput, inputs, json!({ "name": null }));
        self.change(OpenSecretInput, inputs, json!({ "pin": "1234" }));
        self.change(ChecksAtRandom, inputs, json!({ "hint": format!("try {turn}") }));
        self.change(AppendsInCheck, inputs, json!({ "steps": ([steps, vec![json!("more")]].concat()) }));
        self.change(Respells, inputs, json!({ "ttl": "1h30m0s" }));
    }

    fn diffed(&self, _: &DiffRequest, answer: &mut DiffResponse) {
        if self.how == StableThatMoves && answer.changes() == DiffChanges::DiffSome {
            answer.stables.push("updatedAt".into());
        }
    }

    fn created(&self, asked: &CreateRequest, answer: &mut CreateResponse) {
        let outputs = &mut answer.properties;
        if asked.preview {
            self.change(ForeseesWrong, outputs, json!({ "line": "another" }));
            self.change(ForeseesOpenly, outputs, json!({ "pin": "1234" }));
            return;
        }
        self.change(WrongOutputType, outputs, json!({ "createdAt": 1 }));
        self.change(OpenDeclaredOutput, outputs, json!({ "clientSecret": "1234" }));
        self.change(OpenInputSecretOutput, outputs, json!({ "label": "hidden" }));
        self.change(TellsWriteOnly, outputs, json!({ "password": "hunter2" }));
    }

    fn read(&self, _: &ReadRequest, answer: &mut ReadResponse) {
        self.change(ImportsTooMuch, &mut answer.inputs, json!({ "createdAt": "2030-01-01T00:00:00Z" }));
        self.change(ImportsTooLittle, &mut answer.inputs, json!({ "steps": null }));
    }
}

/// A life in which each rule has its occasion.
async fn life(host: &mut Host) -> Result<(), Stop> {
    let program = json!({
        "name": "Thing",
        "label": secret("hidden"),
        "pin": "1234",
        "password": "hunter2",
        "steps": ["one"],
        "ttl": "90m",
        "region": "near",
    });
    host.up(THING, "it", &program).await?;
    match host.check(THING, "it", &json!({}), &with(&program, json!({ "label": secret(json!([1])) }))).await {
        Err(Stop::Refused(_)) => {}
        other => return other.map(drop),
    }
    host.refresh("it").await?;
    host.up(THING, "it", &with(&program, json!({ "size": 9, "hint": "new" }))).await?;
    host.up(THING, "it", &with(&program, json!({ "region": "far", "size": 9 }))).await?;
    let id = host.state["it"].id.clone();
    host.import(THING, "imported", &id).await?;
    Ok(())
}

/// The life of a thing of which the answers are spoilt.
async fn spoilt(spoil: impl Spoil) -> Result<(), Stop> {
    let remote = Remote::start();
    let mut host = Host::start(Saboteur { inner: toy_server(Arc::new(Recorder::default())), spoil }).await;
    host.configure(json!({ "endpoint": remote.name })).await.unwrap();
    life(&mut host).await
}

#[tokio::test]
async fn every_broken_rule_is_named() {
    let names = |how: &dyn std::fmt::Debug, rule, outcome: Result<(), Stop>| match outcome {
        Err(Stop::Broken(named, _)) if named == rule => {}
        other => panic!("{how:?} was to break {rule:?}: {other:?}"),
    };
    for &(how, rule) in ALL {
        names(&how, rule, spoilt(Toy { how, calls: AtomicUsize::new(0) }).await);
    }
    for how in saboteur::Sabotage::ALL {
        if let Some(rule) = how.rule() {
            names(how, rule, spoilt(*how).await);
        }
    }
}

/// What no single answer shows is seen by the lifecycles; and so is the rest.
#[tokio::test]
async fn the_lifecycles_notice_mistakes_that_no_answer_shows() {
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

#[tokio::test]
async fn a_provider_that_breaks_no_rule_passes() {
    let (mut host, _, _) = super::toys().await;
    life(&mut host).await.unwrap();
}
