//! The checker is checked: a provider that breaks one rule at a time, and the rule that must be named.

use super::{
    Recorder, THING,
    engine::{Host, Stop},
    rules::Rule,
    toy_server,
    wire::{json_of, properties, secret, unknown, with},
};
use crate::toy::{Remote, Store};
use janiform::frontends::pulumi::Server;
use janiform_proto::pulumirpc::{
    CheckRequest, CheckResponse, ConfigureRequest, ConfigureResponse, CreateRequest, CreateResponse, DeleteRequest, DiffRequest,
    DiffResponse, GetSchemaRequest, GetSchemaResponse, PluginInfo, ProviderHandshakeRequest, ProviderHandshakeResponse, ReadRequest,
    ReadResponse, UpdateRequest, UpdateResponse, diff_response::DiffChanges, resource_provider_server::ResourceProvider,
};
use prost_types::Struct;
use serde_json::{Value as Json, json};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tonic::{Request, Response, Status, async_trait};

/// One way to be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sabotage {
    NoId,
    OtherIdOnRefresh,
    UnknownOutput,
    UnknownInput,
    StrangeInput,
    LosesRequiredInput,
    WrongOutputType,
    StrangeOutput,
    OpenSecretInput,
    OpenDeclaredOutput,
    OpenInputSecretOutput,
    LeadsToSecret,
    LosesInput,
    TellsWriteOnly,
    Churns,
    ChecksAtRandom,
    DiffsAtRandom,
    AppendsInCheck,
    Respells,
    DiffsNobodyKnows,
    DiffsWithoutDetails,
    DetailsWithoutDiffs,
    ReplacesInSecret,
    SomethingForNothing,
    StableThatMoves,
    ForeseesWrong,
    ForeseesWrongId,
    ForeseesOpenly,
    ImportsTooMuch,
    ImportsTooLittle,
}

use Sabotage::*;

/// Each with the rule that it breaks.
const ALL: &[(Sabotage, Rule)] = &[
    (NoId, Rule::IdPresent),
    (OtherIdOnRefresh, Rule::IdStable),
    (UnknownOutput, Rule::NothingUnknown),
    (UnknownInput, Rule::NothingUnknown),
    (StrangeInput, Rule::InputsFitSchema),
    (LosesRequiredInput, Rule::InputsFitSchema),
    (WrongOutputType, Rule::OutputsFitSchema),
    (StrangeOutput, Rule::OutputsFitSchema),
    (OpenSecretInput, Rule::SecretsKept),
    (OpenDeclaredOutput, Rule::SecretsKept),
    (OpenInputSecretOutput, Rule::SecretsKept),
    (LeadsToSecret, Rule::SecretsKept),
    (LosesInput, Rule::OutputsHoldInputs),
    (TellsWriteOnly, Rule::WriteOnlyHidden),
    (Churns, Rule::SecondDiffEmpty),
    (ChecksAtRandom, Rule::Deterministic),
    (DiffsAtRandom, Rule::Deterministic),
    (AppendsInCheck, Rule::CheckIdempotent),
    (Respells, Rule::SpellingKept),
    (DiffsNobodyKnows, Rule::DiffConsistent),
    (DiffsWithoutDetails, Rule::DiffConsistent),
    (DetailsWithoutDiffs, Rule::DiffConsistent),
    (ReplacesInSecret, Rule::DiffConsistent),
    (SomethingForNothing, Rule::DiffConsistent),
    (StableThatMoves, Rule::DiffConsistent),
    (ForeseesWrong, Rule::PreviewFaithful),
    (ForeseesWrongId, Rule::PreviewFaithful),
    (ForeseesOpenly, Rule::SecretsKept),
    (ImportsTooMuch, Rule::InputsFitSchema),
    (ImportsTooLittle, Rule::ImportRoundTrip),
];

struct Saboteur {
    inner: Server<Store>,
    how: Sabotage,
    calls: AtomicUsize,
}

impl Saboteur {
    fn change(&self, how: Sabotage, target: &mut Option<Struct>, more: Json) {
        if self.how == how {
            *target = Some(properties(&with(&json_of(target.as_ref().unwrap()), more)));
        }
    }

    fn turn(&self) -> usize {
        self.calls.fetch_add(1, Ordering::Relaxed)
    }
}

#[async_trait]
impl ResourceProvider for Saboteur {
    async fn handshake(&self, request: Request<ProviderHandshakeRequest>) -> Result<Response<ProviderHandshakeResponse>, Status> {
        self.inner.handshake(request).await
    }

    async fn get_plugin_info(&self, request: Request<()>) -> Result<Response<PluginInfo>, Status> {
        self.inner.get_plugin_info(request).await
    }

    async fn get_schema(&self, request: Request<GetSchemaRequest>) -> Result<Response<GetSchemaResponse>, Status> {
        self.inner.get_schema(request).await
    }

    async fn check_config(&self, request: Request<CheckRequest>) -> Result<Response<CheckResponse>, Status> {
        self.inner.check_config(request).await
    }

    async fn configure(&self, request: Request<ConfigureRequest>) -> Result<Response<ConfigureResponse>, Status> {
        self.inner.configure(request).await
    }

    async fn check(&self, request: Request<CheckRequest>) -> Result<Response<CheckResponse>, Status> {
        let mut response = self.inner.check(request).await?.into_inner();
        if self.how == LeadsToSecret {
            response.failures.iter_mut().for_each(|failure| failure.property = "label".into());
        }
        let inputs = &mut response.inputs;
        let steps = json_of(inputs.as_ref().unwrap())["steps"].as_array().cloned().unwrap_or_default();
        self.change(StrangeInput, inputs, json!({ "nonsense": 1 }));
        self.change(LosesRequiredInput, inputs, json!({ "name": null }));
        self.change(UnknownInput, inputs, json!({ "hint": unknown() }));
        self.change(OpenSecretInput, inputs, json!({ "pin": "1234" }));
        self.change(ChecksAtRandom, inputs, json!({ "hint": format!("try {}", self.turn()) }));
        self.change(AppendsInCheck, inputs, json!({ "steps": ([steps, vec![json!("more")]].concat()) }));
        self.change(Respells, inputs, json!({ "ttl": "1h30m0s" }));
        Ok(Response::new(response))
    }

    async fn diff(&self, request: Request<DiffRequest>) -> Result<Response<DiffResponse>, Status> {
        let mut diff = self.inner.diff(request).await?.into_inner();
        let changes = diff.changes() == DiffChanges::DiffSome;
        match self.how {
            Churns => {
                diff.changes = DiffChanges::DiffSome.into();
                diff.diffs = vec!["name".into()];
                diff.detailed_diff.insert("name".into(), Default::default());
                diff.stables.clear();
            }
            DiffsAtRandom => diff.stables = vec![format!("s{}", self.turn())],
            DiffsNobodyKnows => diff.changes = DiffChanges::DiffUnknown.into(),
            DiffsWithoutDetails if changes => diff.detailed_diff.clear(),
            DetailsWithoutDiffs if changes => drop(diff.diffs.pop()),
            ReplacesInSecret if changes => diff.replaces.clear(),
            SomethingForNothing if changes => diff.changes = DiffChanges::DiffNone.into(),
            StableThatMoves if changes => diff.stables.push("updatedAt".into()),
            _ => {}
        }
        Ok(Response::new(diff))
    }

    async fn create(&self, request: Request<CreateRequest>) -> Result<Response<CreateResponse>, Status> {
        let preview = request.get_ref().preview;
        let mut response = self.inner.create(request).await?.into_inner();
        let outputs = &mut response.properties;
        if preview {
            self.change(ForeseesWrong, outputs, json!({ "line": "another" }));
            self.change(ForeseesOpenly, outputs, json!({ "pin": "1234" }));
            if self.how == ForeseesWrongId {
                response.id = "another".into();
            }
            return Ok(Response::new(response));
        }
        self.change(UnknownOutput, outputs, json!({ "createdAt": unknown() }));
        self.change(WrongOutputType, outputs, json!({ "createdAt": 1 }));
        self.change(StrangeOutput, outputs, json!({ "nonsense": 1 }));
        self.change(OpenDeclaredOutput, outputs, json!({ "clientSecret": "1234" }));
        self.change(OpenInputSecretOutput, outputs, json!({ "label": "hidden" }));
        self.change(LosesInput, outputs, json!({ "steps": null }));
        self.change(TellsWriteOnly, outputs, json!({ "password": "hunter2" }));
        if self.how == NoId {
            response.id.clear();
        }
        Ok(Response::new(response))
    }

    async fn read(&self, request: Request<ReadRequest>) -> Result<Response<ReadResponse>, Status> {
        let mut response = self.inner.read(request).await?.into_inner();
        self.change(ImportsTooMuch, &mut response.inputs, json!({ "createdAt": "2030-01-01T00:00:00Z" }));
        self.change(ImportsTooLittle, &mut response.inputs, json!({ "steps": null }));
        if self.how == OtherIdOnRefresh {
            response.id.push('x');
        }
        Ok(Response::new(response))
    }

    async fn update(&self, request: Request<UpdateRequest>) -> Result<Response<UpdateResponse>, Status> {
        self.inner.update(request).await
    }

    async fn delete(&self, request: Request<DeleteRequest>) -> Result<Response<()>, Status> {
        self.inner.delete(request).await
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

#[tokio::test]
async fn every_broken_rule_is_named() {
    for (how, rule) in ALL {
        let remote = Remote::start();
        let inner = toy_server(Arc::new(Recorder::default()));
        let mut host = Host::start(Saboteur { inner, how: *how, calls: AtomicUsize::new(0) }).await;
        host.configure(json!({ "endpoint": remote.name })).await.unwrap();
        match life(&mut host).await {
            Err(Stop::Broken(named, _)) if named == *rule => {}
            other => panic!("{how:?} was to break {rule:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn who_breaks_none_is_left_alone() {
    let (mut host, _, _) = super::toys().await;
    life(&mut host).await.unwrap();
}
