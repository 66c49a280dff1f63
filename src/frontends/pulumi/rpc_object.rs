//! Check, Diff, Create, Update and Delete.
//!
//! Owns which of a call's property sets is the prior state, and which is the configuration. The engine decides: Diff, both previews
//! and both writes are made from one plan.

use super::{
    adopt, autoname, diff, failure, memory, names,
    property::{self, Decoded, Form, Origin, Secrets, Struct, decode, encode, secrets_where},
    rpc::Server,
};
use crate::{
    engine::{self, Applied, Change, Diagnostic, Plan, Prior, Private, Severity, State, Told, Unapplied},
    schema::{BlockSchema, Object, Reads, Resource, Table},
    value::{Path, Value},
};
use janiform_proto::pulumirpc::{
    CheckRequest, CheckResponse, CreateRequest, CreateResponse, DeleteRequest, DiffRequest, DiffResponse, UpdateRequest, UpdateResponse,
};
use tonic::Status;

/// An object in Pulumi's state.
pub(super) struct Stored {
    /// The outputs, without write-only values.
    pub value: Value,
    /// The inputs of the last apply.
    pub inputs: Value,
    /// The secrets in both.
    pub secrets: Secrets,
    /// Whether an apply has written those values that are managed only while they are set.
    applied: bool,
}

impl Stored {
    pub(super) fn read(resource: &'static Resource, block: &BlockSchema, outputs: &Struct, inputs: &Struct) -> Stored {
        // State of the bridge has the last shape of its provider.
        let is_bridged = adopt::is_bridged(outputs);
        let steps = if is_bridged { &[] } else { memory::steps(block, outputs) };
        let [outputs, inputs] = [outputs, inputs].map(|stored| memory::upgraded(block.table, stored, steps));
        let decoded = decode(block, &outputs, Origin::Stored);
        let last = decode(block, &inputs, Origin::Stored);
        let mut value = engine::without_write_only(&resource.table, &decoded.value).into_owned();
        if is_bridged {
            let config = Object::new(&resource.table, &last.value);
            value = engine::without_unasked(&resource.table, &value, |attr| !config.get(attr.name).is_null()).into_owned();
            engine::with_defaults(&resource.table, &mut value);
        }
        as_applied(&resource.table, &mut value, &last.value);
        Stored {
            value,
            inputs: last.value,
            secrets: decoded.secrets.into_iter().chain(last.secrets).collect(),
            applied: memory::applied(&outputs),
        }
    }

    /// The inputs of the object for a check and, from engines since 3.260, its outputs, which contain the version of both.
    fn checked(resource: &'static Resource, block: &BlockSchema, outputs: Option<&Struct>, inputs: &Struct) -> Stored {
        match outputs.filter(|outputs| !outputs.fields.is_empty()) {
            Some(outputs) => Stored::read(resource, block, outputs, inputs),
            None => {
                let Decoded { value, secrets, .. } = decode(block, inputs, Origin::Stored);
                Stored { value: value.clone(), inputs: value, secrets, applied: false }
            }
        }
    }

    /// The engine's private data, most of which follows from the inputs.
    pub(super) fn private(&self, table: &Table) -> Private {
        Private { applied: self.applied, ..engine::used_by(table, &self.inputs) }
    }
}

/// A configuration, with the secrets in it and in the values that follow from it.
struct Wish {
    config: Value,
    secrets: Secrets,
}

impl<C: Send + Sync + 'static> Server<C> {
    pub(super) fn check_object(&self, request: CheckRequest) -> Result<CheckResponse, Status> {
        let (entry, block) = self.resource(&request.urn, &request.r#type)?;
        let table = &entry.resource.table;
        let news = request.news.clone().unwrap_or_default();
        let Decoded { mut value, mut secrets, problems, renamed, .. } = decode(block, &news, Origin::Inputs);
        for (formerly, now) in &renamed {
            self.messages.warn(&request.urn, format!("`{formerly}` is called `{now}` now: rename it in your program."));
        }
        let olds = request.olds.as_ref().filter(|olds| !olds.fields.is_empty());
        let last = olds.map(|olds| Stored::checked(entry.resource, block, request.old_outputs.as_ref(), olds));
        let before = last.as_ref().map(|last| (&last.inputs, &last.secrets));
        autoname::name(table, &mut value, &mut secrets, before, &request);
        let mut diagnostics = engine::validate(entry.resource, &value);
        // The old inputs show which write-only arguments were in use.
        let used = last.as_ref().map(|last| last.private(table)).unwrap_or_default();
        let prior = last.as_ref().map(|last| Prior { id: None, value: &last.inputs, private: &used, config: Some(&last.inputs) });
        diagnostics.extend(engine::validate_use(entry.resource, prior, &value));
        diagnostics.extend(self.engine.contradiction(entry, Told::Named(&request.urn, last.is_none()), &value));
        if last.is_none() {
            diagnostics.extend(self.engine.forbids(entry.resource, &value));
        }
        self.warn(&request.urn, table, &diagnostics);
        let failures = failure::check_failures(&self.tables(table), &secrets, problems, &diagnostics);
        let config = engine::defaults(table, &value);
        let inputs = encode(block, &config, None, &secrets, Form::Inputs).properties;
        Ok(CheckResponse { inputs: Some(inputs), failures })
    }

    pub(super) fn diff_object(&self, request: DiffRequest) -> Result<DiffResponse, Status> {
        let (entry, block) = self.resource(&request.urn, &request.r#type)?;
        let stored = Stored::read(entry.resource, block, &request.olds.unwrap_or_default(), &request.old_inputs.unwrap_or_default());
        self.engine.seen(entry.resource, property::id(&request.id), &stored.value, false);
        // In a refresh, these are the inputs of the state, perhaps written by another provider.
        let news = decode(block, &request.news.unwrap_or_default(), Origin::Stored).value;
        let config = ignoring(&entry.resource.table, news, &stored, &request.ignore_changes);
        let plan = self.plan(entry.resource, &request.id, &stored, &config);
        // An error here would break a refresh, which calls Diff with exchanged roles: the deletion is what fails later.
        let told: Vec<_> = plan.diagnostics.iter().map(|told| Diagnostic { severity: Severity::Warning, ..told.clone() }).collect();
        self.warn(&request.urn, &entry.resource.table, &told);
        Ok(diff::of(entry.resource, &stored.value, &stored.inputs, &config, &plan))
    }

    pub(super) async fn create_object(&self, request: CreateRequest) -> Result<CreateResponse, Status> {
        let (entry, block) = self.resource(&request.urn, &request.r#type)?;
        let table = &entry.resource.table;
        let wish = self.wish(block, request.properties)?;
        let plan = engine::plan(entry.resource, None, &wish.config);
        self.warn_of_open_id(&request.urn, entry.resource, &plan, &wish.secrets);
        if request.preview {
            let properties = self.outputs(&request.urn, block, &plan.planned, &wish.secrets, Form::Preview);
            // Without an id: programs that look the object up by it must wait until it exists.
            return Ok(CreateResponse { id: String::new(), properties: Some(properties), refresh_before_update: false });
        }
        refuse_unknown(&wish.config)?;
        match self.engine.create(entry, plan, wish.config.clone(), self.call(&request.urn, request.timeout, &wish.secrets)).await {
            Ok(Applied { state: State { id: Some(id), value, private }, warnings }) if !id.is_empty() => {
                self.warn(&request.urn, table, &warnings);
                let properties = self.stored(&request.urn, block, &value, &private, &wish.secrets);
                Ok(CreateResponse { id, properties: Some(properties), refresh_before_update: false })
            }
            Ok(_) => Err(Status::internal(format!("The provider made a {} without an id. This is a bug in the provider.", block.name))),
            Err(unapplied) => Err(self.left_behind(&request.urn, block, &wish, unapplied)),
        }
    }

    pub(super) async fn update_object(&self, request: UpdateRequest) -> Result<UpdateResponse, Status> {
        let (entry, block) = self.resource(&request.urn, &request.r#type)?;
        let table = &entry.resource.table;
        let stored = Stored::read(entry.resource, block, &request.olds.unwrap_or_default(), &request.old_inputs.unwrap_or_default());
        let Wish { config, mut secrets } = self.wish(block, request.news)?;
        let config = ignoring(table, config, &stored, &request.ignore_changes);
        let plan = self.plan(entry.resource, &request.id, &stored, &config);
        // A value that the program does not set stays secret if it was.
        let unset = |name: &'static str| table.index(name).is_some_and(|index| property::member(&config, index).is_null());
        secrets.extend(secrets_where(&stored.secrets, unset));
        if request.preview {
            let properties = self.outputs(&request.urn, block, &plan.planned, &secrets, Form::Preview);
            return Ok(UpdateResponse { properties: Some(properties), refresh_before_update: false });
        }
        refuse_unknown(&config)?;
        let private = stored.private(table);
        let prior = State { id: Some(request.id), value: stored.value, private };
        let change = Change { prior, plan, config: config.clone(), last_config: Some(stored.inputs) };
        match self.engine.update(entry, change, self.call(&request.urn, request.timeout, &secrets)).await {
            Ok(Applied { state, warnings }) => {
                self.warn(&request.urn, table, &warnings);
                let properties = self.stored(&request.urn, block, &state.value, &state.private, &secrets);
                Ok(UpdateResponse { properties: Some(properties), refresh_before_update: false })
            }
            Err(unapplied) => Err(self.left_behind(&request.urn, block, &Wish { config, secrets }, unapplied)),
        }
    }

    pub(super) async fn delete_object(&self, request: DeleteRequest) -> Result<(), Status> {
        let (entry, block) = self.resource(&request.urn, &request.r#type)?;
        let stored = Stored::read(entry.resource, block, &request.properties.unwrap_or_default(), &request.old_inputs.unwrap_or_default());
        let private = stored.private(&entry.resource.table);
        let state = State { id: Some(request.id), value: stored.value, private };
        let done = self.engine.delete(entry, state, self.call(&request.urn, request.timeout, &stored.secrets)).await;
        let warnings = done.map_err(|unapplied| failure::unapplied(&self.tables(&entry.resource.table), &unapplied))?;
        self.warn(&request.urn, &entry.resource.table, &warnings);
        Ok(())
    }

    fn plan(&self, resource: &'static Resource, id: &str, stored: &Stored, config: &Value) -> Plan {
        let private = stored.private(&resource.table);
        let prior = Prior { id: property::id(id), value: &stored.value, private: &private, config: Some(&stored.inputs) };
        self.engine.plan(resource, Some(prior), config)
    }

    /// Inputs that have passed the check.
    fn wish(&self, block: &BlockSchema, inputs: Option<Struct>) -> Result<Wish, Status> {
        let Decoded { value, secrets, problems, .. } = decode(block, &inputs.unwrap_or_default(), Origin::Inputs);
        match problems.is_empty() {
            true => Ok(Wish { secrets: spread(block.table, &value, secrets), config: value }),
            false => Err(failure::refused(&problems)),
        }
    }

    fn left_behind(&self, urn: &str, block: &BlockSchema, wish: &Wish, unapplied: Unapplied) -> Status {
        self.warn(urn, block.table, &unapplied.diagnostics);
        match &unapplied.state {
            Some(State { id: Some(id), value, private }) if !id.is_empty() => {
                let outputs = self.stored(urn, block, value, private, &wish.secrets);
                let inputs = encode(block, &wish.config, None, &wish.secrets, Form::Inputs).properties;
                failure::half_done(&self.tables(block.table), &unapplied.diagnostics, id.clone(), outputs, inputs)
            }
            _ => failure::unapplied(&self.tables(block.table), &unapplied),
        }
    }

    /// Warns that the id of the new object contains a secret, which cannot be hidden.
    fn warn_of_open_id(&self, urn: &str, resource: &'static Resource, plan: &Plan, secrets: &Secrets) {
        let table = &resource.table;
        let named = |value| resource.name_of(Object::new(table, value));
        let roots = secrets.iter().filter_map(Path::root).collect();
        let (Some(name), id) = (named(&plan.planned), &plan.id) else { return };
        let is_id = resource.keyless() || id.as_ref() == Some(&name);
        if is_id && named(&engine::without(table, &plan.planned, &roots)).as_ref() != Some(&name) {
            let names: Vec<_> = roots.iter().map(|name| format!("`{}`", names::camel(name))).collect();
            let (is, name) = (if names.len() == 1 { "is" } else { "are" }, resource.name);
            let text = format!(
                "The id of this {name} is made from its properties, and {} {is} secret. Ids cannot be encrypted: the value is in clear text in the state and on the screen.",
                names.join(" and ")
            );
            self.messages.warn(urn, text);
        }
    }
}

/// With the values that follow from secrets.
pub(super) fn spread(table: &'static Table, config: &Value, secrets: Secrets) -> Secrets {
    let following = engine::following(table, config, secrets.iter().filter_map(Path::root));
    let more: Vec<_> =
        following.into_iter().map(Path::attr).filter(|path| !secrets.iter().any(|marked| marked.root() == path.root())).collect();
    secrets.into_iter().chain(more).collect()
}

/// If no answer shows a value, an input without an output is the value of the last apply: from an import file, or from a state that
/// is older than the output.
fn as_applied(table: &Table, value: &mut Value, inputs: &Value) {
    if let Value::Object(fields) = value {
        for ((attr, field), input) in table.attrs().zip(fields).zip(inputs.fields()) {
            let untold = matches!(attr.reads, Reads::Never | Reads::Once) && !attr.write_only;
            if untold && field.is_null() {
                *field = input.clone();
            }
        }
    }
}

fn refuse_unknown(config: &Value) -> Result<(), Status> {
    match config.has_unknown() {
        true => Err(Status::invalid_argument("A value is unknown outside of a preview. This is a bug in the tool.")),
        false => Ok(()),
    }
}

/// Keeps the old values of properties whose changes the user ignores. The engine has already copied the old inputs; this handles
/// values that the check added since, and values that others changed.
fn ignoring(table: &Table, mut config: Value, stored: &Stored, ignored: &[String]) -> Value {
    for path in ignored {
        let (name, further) = names::root(path);
        let attr = table.attrs().enumerate().find(|(_, attr)| names::camel(attr.name) == name || attr.formerly == Some(name.as_str()));
        if let (Some((index, attr)), false, Value::Object(fields)) = (attr, further, &mut config) {
            let old = if attr.write_only { &stored.inputs } else { &stored.value };
            fields[index] = property::member(old, index).clone();
        }
    }
    config
}
