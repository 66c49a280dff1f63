//! A provider that breaks one rule at a time. It passes every call to a real provider and changes the answer: a test that does not
//! notice it would not notice the same mistake in a provider.
//!
//! [`unnoticed`] is for authors of providers: their lifecycles must notice each [`Sabotage`] that is possible for any provider. For
//! a mistake that is special to one provider, write a [`Spoil`].

use super::{
    Recorder,
    engine::Host,
    lifecycle::{Lifecycle, spell},
    rules::Rule,
    wire::{has_unknown, json_of, properties, unknown, with},
};
use crate::{Backdoor, samples::Known};
use janiform::{
    engine::{Engine, Entry, Provider},
    frontends::pulumi::Server,
};
use janiform_proto::pulumirpc::{
    CheckRequest, CheckResponse, ConfigureRequest, ConfigureResponse, CreateRequest, CreateResponse, DeleteRequest, DiffRequest,
    DiffResponse, GetSchemaRequest, GetSchemaResponse, PluginInfo, PropertyDiff, ProviderHandshakeRequest, ProviderHandshakeResponse,
    ReadRequest, ReadResponse, UpdateRequest, UpdateResponse,
    diff_response::DiffChanges,
    property_diff::Kind::{Add, AddReplace, Delete, DeleteReplace, Update, UpdateReplace},
    resource_provider_server::ResourceProvider,
};
use prost_types::Struct;
use serde_json::{Value as Json, json};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tonic::{Request, Response, Status, async_trait};

/// Changes to a provider's answers. The default of each method leaves the answer as it is.
#[allow(unused_variables, reason = "names say what an answer is about")]
pub trait Spoil: Send + Sync + 'static {
    /// Checked inputs.
    fn checked(&self, asked: &CheckRequest, answer: &mut CheckResponse) {}
    /// A diff.
    fn diffed(&self, asked: &DiffRequest, answer: &mut DiffResponse) {}
    /// The result of a create, or of its preview.
    fn created(&self, asked: &CreateRequest, answer: &mut CreateResponse) {}
    /// The result of a read.
    fn read(&self, asked: &ReadRequest, answer: &mut ReadResponse) {}
    /// The result of an update, or of its preview.
    fn updated(&self, asked: &UpdateRequest, answer: &mut UpdateResponse) {}
}

/// A provider whose answers are changed. It implements the calls that objects need.
pub struct Saboteur<P, S> {
    /// The real provider.
    pub inner: P,
    /// The changes to its answers.
    pub spoil: S,
}

macro_rules! spoil {
    ($($method:ident($request:ty) -> $response:ty $(, $spoil:ident)?;)*) => {
        #[async_trait]
        impl<P: ResourceProvider, S: Spoil> ResourceProvider for Saboteur<P, S> {
            $(async fn $method(&self, request: Request<$request>) -> Result<Response<$response>, Status> {
                $(let asked = request.get_ref().clone();
                let mut answer = self.inner.$method(request).await?;
                self.spoil.$spoil(&asked, answer.get_mut());
                return Ok(answer);)?
                #[allow(unreachable_code, reason = "of those that are spoilt")]
                self.inner.$method(request).await
            })*
        }
    };
}

spoil! {
    handshake(ProviderHandshakeRequest) -> ProviderHandshakeResponse;
    get_plugin_info(()) -> PluginInfo;
    get_schema(GetSchemaRequest) -> GetSchemaResponse;
    check_config(CheckRequest) -> CheckResponse;
    configure(ConfigureRequest) -> ConfigureResponse;
    check(CheckRequest) -> CheckResponse, checked;
    diff(DiffRequest) -> DiffResponse, diffed;
    create(CreateRequest) -> CreateResponse, created;
    read(ReadRequest) -> ReadResponse, read;
    update(UpdateRequest) -> UpdateResponse, updated;
    delete(DeleteRequest) -> ();
}

/// Replaces these members; null removes one.
pub fn change(target: &mut Option<Struct>, more: Json) {
    *target = Some(properties(&with(&json_of(target.as_ref().expect("properties")), more)));
}

/// A rule to break, possible with every provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// A new object has no id.
    NoId,
    /// A refresh gives the object another id.
    OtherIdOnRefresh,
    /// A refresh returns the state and does not ask the server.
    ReadBlind,
    /// An output is unknown after the write.
    UnknownOutput,
    /// A check makes an input unknown.
    UnknownInput,
    /// A check adds an input that is not in the schema.
    StrangeInput,
    /// There is an output that is not in the schema.
    StrangeOutput,
    /// An input is missing in the outputs.
    LosesInput,
    /// Every existing object changes.
    Churns,
    /// Two diffs of the same request differ.
    DiffsAtRandom,
    /// A diff does not say whether anything changes.
    DiffsNobodyKnows,
    /// A diff names changes and has no details.
    DiffsWithoutDetails,
    /// A diff has more details than changes.
    DetailsWithoutDiffs,
    /// A diff has details that require a new object, and does not name them as replacements.
    ReplacesInSecret,
    /// No change needs a new object.
    NeverReplaces,
    /// A diff names changes, and says that nothing changes.
    SomethingForNothing,
    /// A preview names another id.
    ForeseesWrongId,
}

impl Sabotage {
    /// All of them.
    pub const ALL: &[Sabotage] = &[
        Sabotage::NoId,
        Sabotage::OtherIdOnRefresh,
        Sabotage::ReadBlind,
        Sabotage::UnknownOutput,
        Sabotage::UnknownInput,
        Sabotage::StrangeInput,
        Sabotage::StrangeOutput,
        Sabotage::LosesInput,
        Sabotage::Churns,
        Sabotage::DiffsAtRandom,
        Sabotage::DiffsNobodyKnows,
        Sabotage::DiffsWithoutDetails,
        Sabotage::DetailsWithoutDiffs,
        Sabotage::ReplacesInSecret,
        Sabotage::NeverReplaces,
        Sabotage::SomethingForNothing,
        Sabotage::ForeseesWrongId,
    ];

    /// The rule that it breaks; `None` for a mistake that only a test that looks at the server can notice.
    pub const fn rule(self) -> Option<Rule> {
        Some(match self {
            Sabotage::ReadBlind | Sabotage::NeverReplaces => return None,
            Sabotage::NoId => Rule::IdPresent,
            Sabotage::OtherIdOnRefresh => Rule::IdStable,
            Sabotage::UnknownOutput | Sabotage::UnknownInput => Rule::NothingUnknown,
            Sabotage::StrangeInput => Rule::InputsFitSchema,
            Sabotage::StrangeOutput => Rule::OutputsFitSchema,
            Sabotage::LosesInput => Rule::OutputsHoldInputs,
            Sabotage::Churns => Rule::SecondDiffEmpty,
            Sabotage::DiffsAtRandom => Rule::Deterministic,
            Sabotage::DiffsNobodyKnows
            | Sabotage::DiffsWithoutDetails
            | Sabotage::DetailsWithoutDiffs
            | Sabotage::ReplacesInSecret
            | Sabotage::SomethingForNothing => Rule::DiffConsistent,
            Sabotage::ForeseesWrongId => Rule::PreviewFaithful,
        })
    }
}

/// The first property that is a plain text in both.
fn text(of: &Option<Struct>, and: &Option<Struct>) -> Option<String> {
    let [of, and] = [of, and].map(|properties| json_of(&properties.clone().unwrap_or_default()));
    let texts = of.as_object().into_iter().flatten().filter(|(_, value)| value.is_string());
    texts.map(|(name, _)| name.clone()).find(|name| and.get(name).is_some_and(Json::is_string))
}

impl Spoil for Sabotage {
    fn checked(&self, asked: &CheckRequest, answer: &mut CheckResponse) {
        match self {
            Sabotage::StrangeInput => change(&mut answer.inputs, json!({ "nonsense": 1 })),
            Sabotage::UnknownInput if !has_unknown(&json_of(&asked.news.clone().unwrap_or_default())) => {
                if let Some(name) = text(&asked.news, &answer.inputs) {
                    change(&mut answer.inputs, json!({ name: unknown() }));
                }
            }
            _ => {}
        }
    }

    fn diffed(&self, asked: &DiffRequest, answer: &mut DiffResponse) {
        static TURN: AtomicUsize = AtomicUsize::new(0);
        let changes = answer.changes() == DiffChanges::DiffSome;
        match self {
            Sabotage::Churns => {
                let name = asked.news.iter().flat_map(|news| news.fields.keys()).next().cloned().unwrap_or_default();
                answer.changes = DiffChanges::DiffSome.into();
                (answer.diffs, answer.replaces) = (vec![name.clone()], Vec::new());
                answer.detailed_diff = [(name, PropertyDiff::default())].into();
                answer.detailed_diff.values_mut().for_each(|detail| detail.kind = Update.into());
                answer.stables.clear();
            }
            Sabotage::DiffsAtRandom => answer.stables = vec![format!("s{}", TURN.fetch_add(1, Ordering::Relaxed))],
            Sabotage::DiffsNobodyKnows => answer.changes = DiffChanges::DiffUnknown.into(),
            Sabotage::DiffsWithoutDetails if changes => answer.detailed_diff.clear(),
            Sabotage::DetailsWithoutDiffs if changes => drop(answer.diffs.pop()),
            Sabotage::ReplacesInSecret if changes => answer.replaces.clear(),
            Sabotage::NeverReplaces => {
                answer.replaces.clear();
                for detail in answer.detailed_diff.values_mut() {
                    let kind = match detail.kind() {
                        AddReplace => Add,
                        DeleteReplace => Delete,
                        UpdateReplace => Update,
                        kind => kind,
                    };
                    detail.kind = kind.into();
                }
            }
            Sabotage::SomethingForNothing if changes => answer.changes = DiffChanges::DiffNone.into(),
            _ => {}
        }
    }

    fn created(&self, asked: &CreateRequest, answer: &mut CreateResponse) {
        match (self, asked.preview) {
            (Sabotage::ForeseesWrongId, true) => answer.id = "another".into(),
            (Sabotage::NoId, false) => answer.id.clear(),
            (Sabotage::StrangeOutput, false) => change(&mut answer.properties, json!({ "nonsense": 1 })),
            (Sabotage::UnknownOutput | Sabotage::LosesInput, false) => {
                let new = if *self == Sabotage::LosesInput { Json::Null } else { unknown() };
                if let Some(name) = text(&asked.properties, &answer.properties) {
                    change(&mut answer.properties, json!({ name: new }));
                }
            }
            _ => {}
        }
    }

    fn read(&self, asked: &ReadRequest, answer: &mut ReadResponse) {
        match self {
            Sabotage::OtherIdOnRefresh if !answer.id.is_empty() => answer.id.push('x'),
            // For an import, there is no state to return instead.
            Sabotage::ReadBlind if asked.inputs.is_some() && !answer.id.is_empty() => {
                (answer.properties, answer.inputs) = (asked.properties.clone(), asked.inputs.clone());
            }
            _ => {}
        }
    }
}

/// The names of all [`Sabotage::ALL`] that the lifecycles of a resource do not notice. Each name is a hole in the test: a `known`
/// that leaves attributes out, or a [`Backdoor`] that changes nothing.
///
/// Each sabotage runs on a server of its own, since a lifecycle that fails leaves its object behind. `fresh` returns the
/// configuration for such a server, with the names of its members as in Terraform, and its backdoor.
///
/// # Panics
/// If the provider refuses the configuration.
pub async fn unnoticed<C: Send + Sync + 'static, B: Backdoor>(
    provider: &'static Provider<C>,
    fresh: impl AsyncFn() -> (Json, B),
    entry: &'static Entry<C>,
    known: Known,
) -> Vec<Sabotage> {
    let mut unnoticed = Vec::new();
    for &sabotage in Sabotage::ALL {
        // If no change needs a new object, this sabotage changes nothing.
        let replaces = entry.resource.table.attrs().any(|attr| attr.configurable() && attr.replaces);
        if !replaces && matches!(sabotage, Sabotage::NeverReplaces | Sabotage::ReplacesInSecret) {
            continue;
        }
        let (config, backdoor) = fresh().await;
        let inner = Server::new(Arc::new(Engine::new(provider)), Arc::new(Recorder::default()), Arc::new(|_| None));
        let mut host = Host::start(Saboteur { inner, spoil: sabotage }).await;
        host.configure(spell(provider.config, &config)).await.expect("a configuration that the provider takes");
        let (_, failures) = Lifecycle::new(&mut host, &backdoor, provider.name, entry, known).run().await;
        let sign = match (sabotage, sabotage.rule()) {
            (_, Some(rule)) => format!("Broken({rule:?}"),
            (Sabotage::ReadBlind, _) => ": drift".to_owned(),
            // A server may refuse or accept such an update.
            _ => String::new(),
        };
        if !failures.iter().any(|failure| failure.contains(&sign)) {
            unnoticed.push(sabotage);
        }
    }
    unnoticed
}
