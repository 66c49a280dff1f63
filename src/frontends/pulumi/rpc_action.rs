//! Actions in Pulumi: resources whose creation runs the action. A change of an input creates another one, which runs the action
//! again; `triggers` is for further dependencies.
//!
//! Owns that a preview runs nothing, and that nothing is read or deleted. The engine validates and runs the action.

use super::{
    diff, failure,
    names::{self, TRIGGERS},
    property::{self, Decoded, Form, OUTPUT, Origin, Problem, SECRET, SIGNATURE, Secrets, Struct, UNKNOWN, Wire, decode, encode, wire},
    rpc::Server,
};
use crate::{engine::ActionEntry, schema::BlockSchema, value::Value};
use janiform_proto::pulumirpc::{
    CheckRequest, CheckResponse, CreateRequest, CreateResponse, DiffRequest, DiffResponse, ReadRequest, ReadResponse,
    diff_response::DiffChanges, property_diff::Kind as Change,
};
use prost_types::value::Kind as WireKind;
use std::collections::BTreeMap;
use tonic::Status;

/// An action and its schema.
pub(super) type Action<'a, C> = (&'static ActionEntry<C>, &'a BlockSchema);

/// The arguments of a run.
struct Asked {
    value: Value,
    secrets: Secrets,
    problems: Vec<Problem>,
    triggers: Option<Wire>,
}

impl Asked {
    fn read(block: &BlockSchema, properties: Option<Struct>, origin: Origin) -> Asked {
        let mut properties = properties.unwrap_or_default();
        let triggers = properties.fields.remove(TRIGGERS);
        let Decoded { value, secrets, problems, .. } = decode(block, &properties, origin);
        Asked { value, secrets, problems, triggers }
    }

    fn encoded(&self, block: &BlockSchema, form: Form) -> Struct {
        let mut properties = encode(block, &self.value, None, &self.secrets, form).properties;
        properties.fields.extend(self.triggers.clone().map(|triggers| (TRIGGERS.to_owned(), triggers)));
        properties
    }
}

impl<C: Send + Sync + 'static> Server<C> {
    /// The action of this type, if it is one.
    pub(super) fn action(&self, urn: &str, token: &str) -> Option<Action<'_, C>> {
        let token = if token.is_empty() { super::rpc::type_of(urn) } else { token };
        self.engine.actions().find(|(entry, _)| names::resource_token(self.package(), entry.action.name) == token)
    }

    pub(super) fn check_action(&self, (entry, block): Action<'_, C>, request: CheckRequest) -> CheckResponse {
        let mut asked = Asked::read(block, request.news, Origin::Inputs);
        let diagnostics = self.engine.validate_action(entry, &asked.value);
        self.warn(&request.urn, block.table, &diagnostics);
        let problems = std::mem::take(&mut asked.problems);
        let failures = failure::check_failures(&self.tables(block.table), &asked.secrets, problems, &diagnostics);
        CheckResponse { inputs: Some(asked.encoded(block, Form::Inputs)), failures }
    }

    pub(super) fn diff_action(&self, (_, block): Action<'_, C>, request: DiffRequest) -> DiffResponse {
        let before = Asked::read(block, request.old_inputs, Origin::Stored);
        let now = Asked::read(block, request.news, Origin::Stored);
        let shown = |name: String, kind| (name, diff::detail(kind, true, true));
        let attrs = block.table.attrs().enumerate().filter_map(|(index, attr)| {
            let (before, now) = (property::member(&before.value, index), property::member(&now.value, index));
            (before != now).then(|| shown(names::camel(attr.name), diff::change(before, now)))
        });
        let triggers =
            [&before, &now].map(|asked| asked.triggers.as_ref().map(bare).filter(|value| value.kind != Some(WireKind::NullValue(0))));
        let triggered = match triggers {
            [before, now] if before == now => None,
            [None, _] => Some(Change::Add),
            [_, None] => Some(Change::Delete),
            _ => Some(Change::Update),
        };
        let mut details: BTreeMap<_, _> = attrs.chain(triggered.map(|kind| shown(TRIGGERS.to_owned(), kind))).collect();
        details.retain(|name, _| !request.ignore_changes.contains(name));
        let changed: Vec<String> = details.keys().cloned().collect();
        let changes = if changed.is_empty() { DiffChanges::DiffNone } else { DiffChanges::DiffSome };
        DiffResponse {
            replaces: changed.clone(),
            diffs: changed,
            changes: changes.into(),
            detailed_diff: details,
            has_detailed_diff: true,
            ..DiffResponse::default()
        }
    }

    pub(super) async fn create_action(&self, (entry, block): Action<'_, C>, request: CreateRequest) -> Result<CreateResponse, Status> {
        let asked = Asked::read(block, request.properties, Origin::Inputs);
        if !asked.problems.is_empty() {
            return Err(failure::refused(&asked.problems));
        }
        if request.preview {
            let properties = Some(asked.encoded(block, Form::Preview));
            return Ok(CreateResponse { id: String::new(), properties, refresh_before_update: false });
        }
        let call = self.call(&request.urn, request.timeout, &asked.secrets);
        let ran = self.engine.invoke(entry, &asked.value, call).await;
        let warnings = ran.map_err(|failure| failure::failed(&self.tables(block.table), &failure))?;
        self.warn(&request.urn, block.table, &warnings);
        let properties = Some(asked.encoded(block, Form::Outputs));
        // The id stands for one run.
        Ok(CreateResponse { id: uuid::Uuid::new_v4().to_string(), properties, refresh_before_update: false })
    }

    /// There is nothing to read: the state stays as it is.
    pub(super) fn read_action(&self, (entry, _): Action<'_, C>, request: ReadRequest) -> Result<ReadResponse, Status> {
        match request.properties.filter(|properties| !properties.fields.is_empty()) {
            Some(properties) => {
                let inputs = request.inputs.or_else(|| Some(properties.clone()));
                Ok(ReadResponse { id: request.id, properties: Some(properties), inputs, refresh_before_update: false })
            }
            None => {
                Err(Status::invalid_argument(format!("{} is an action and not an object, so it cannot be imported.", entry.action.name)))
            }
        }
    }
}

/// The value without marks of secrecy and of dependencies.
fn bare(value: &Wire) -> Wire {
    let kind = match &value.kind {
        Some(WireKind::StructValue(of)) => {
            let signature = of
                .fields
                .get(SIGNATURE)
                .and_then(|mark| if let Some(WireKind::StringValue(mark)) = &mark.kind { Some(mark.as_str()) } else { None });
            match (signature, of.fields.get("value")) {
                (Some(SECRET | OUTPUT), Some(inner)) => return bare(inner),
                (Some(OUTPUT), None) => WireKind::StringValue(UNKNOWN[0].to_owned()),
                _ => WireKind::StructValue(Struct { fields: of.fields.iter().map(|(key, value)| (key.clone(), bare(value))).collect() }),
            }
        }
        Some(WireKind::ListValue(list)) => WireKind::ListValue(prost_types::ListValue { values: list.values.iter().map(bare).collect() }),
        Some(other) => other.clone(),
        None => WireKind::NullValue(0),
    };
    wire(kind)
}
