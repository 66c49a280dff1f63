//! The provider's configuration: check, diff and configure.
//!
//! Owns that every value may be a text, and that the user's spelling stays.

use super::{
    diff, failure, names,
    property::{self, Decoded, Origin, Struct, decode},
    rpc::Server,
};
use crate::{
    engine::{self, has_errors},
    schema::Presence,
    value::Value,
};
use janiform_proto::pulumirpc::{
    CheckRequest, CheckResponse, ConfigureErrorMissingKeys, ConfigureRequest, ConfigureResponse, DiffRequest, DiffResponse,
    configure_error_missing_keys::MissingKey,
};
use tonic::{Code, Status};

impl<C: Send + Sync + 'static> Server<C> {
    pub(super) fn check_configuration(&self, request: CheckRequest) -> Result<CheckResponse, Status> {
        let block = self.engine.config();
        let mut inputs = request.news.unwrap_or_default();
        let Decoded { value, problems, renamed, secrets, .. } = decode(block, &inputs, Origin::Config);
        for (formerly, now) in &renamed {
            self.messages.warn(&request.urn, format!("`{formerly}` is called `{now}` now: rename it in your configuration."));
        }
        let diagnostics = self.engine.validate_config(&self.with_env(value));
        self.warn(&request.urn, block.table, &diagnostics);
        let failures = failure::check_failures(&self.tables(block.table), &secrets, problems, &diagnostics);
        // The engine sends the values without marks of secrecy; declared secrets get them back here.
        for attr in block.table.attrs().filter(|attr| attr.holds_secret()) {
            if let Some(wire) = inputs.fields.get_mut(&names::camel(attr.name))
                && !is_marked(wire)
            {
                *wire = property::secret(std::mem::take(wire));
            }
        }
        inputs.fields.remove("__internal");
        Ok(CheckResponse { inputs: Some(inputs), failures })
    }

    pub(super) fn diff_configuration(&self, request: DiffRequest) -> Result<DiffResponse, Status> {
        let block = self.engine.config();
        // The inputs are the user's values; older engines send only the outputs, which are the same.
        let olds = request.old_inputs.filter(|inputs| !inputs.fields.is_empty()).or(request.olds).unwrap_or_default();
        let read = |properties: &Struct| decode(block, properties, Origin::Config).value;
        let (before, now) = (read(&olds), read(&request.news.unwrap_or_default()));
        Ok(diff::of_config(block.table, &before, &now))
    }

    pub(super) fn take_configuration(&self, request: ConfigureRequest) -> Result<ConfigureResponse, Status> {
        let block = self.engine.config();
        let args = request.args.clone().unwrap_or_else(|| variables(&request));
        let Decoded { value, problems, .. } = decode(block, &args, Origin::Config);
        if !problems.is_empty() {
            return Err(failure::refused(&problems));
        }
        let diagnostics = self.engine.configure(&value, &*self.env);
        self.warn("", block.table, &diagnostics);
        if has_errors(&diagnostics) {
            return Err(self.refused_configuration(&value, &diagnostics));
        }
        Ok(ConfigureResponse {
            accept_secrets: true,
            supports_preview: true,
            accept_resources: true,
            accept_outputs: true,
            supports_autonaming_configuration: true,
        })
    }

    fn refused_configuration(&self, value: &Value, diagnostics: &[engine::Diagnostic]) -> Status {
        let table = self.engine.config().table;
        let texts = failure::errors(&self.tables(table), diagnostics);
        let resolved = self.with_env(value.clone());
        let missing: Vec<_> = table
            .attrs()
            .zip(resolved.fields())
            .filter(|(attr, value)| attr.presence == Presence::Required && value.is_null())
            .map(|(attr, _)| MissingKey { name: names::camel(attr.name), description: names::speak(&[table], attr.doc) })
            .collect();
        match missing.is_empty() {
            true => Status::invalid_argument(texts.join("\n")),
            false => failure::with_detail(Code::InvalidArgument, texts.join("\n"), &ConfigureErrorMissingKeys { missing_keys: missing }),
        }
    }

    /// The configuration completed by the environment. An unusable variable is reported by `configure`.
    fn with_env(&self, mut value: Value) -> Value {
        if let Value::Object(fields) = &mut value {
            for (attr, field) in self.engine.config().table.attrs().zip(fields) {
                if let Some(text) = attr.env.filter(|_| field.is_null()).and_then(|name| (self.env)(name)).filter(|text| !text.is_empty()) {
                    *field = engine::parse(attr, &text).unwrap_or(Value::Unknown);
                }
            }
        }
        value
    }
}

/// The settings of engines before `args`: `<package>:config:<name>`, all as texts.
fn variables(request: &ConfigureRequest) -> Struct {
    #[allow(deprecated, reason = "older engines send nothing else")]
    let variables = &request.variables;
    let named = variables.iter().filter_map(|(key, text)| Some((key.rsplit(':').next()?.to_owned(), property::text(text.clone()))));
    Struct { fields: named.collect() }
}

fn is_marked(wire: &property::Wire) -> bool {
    match &wire.kind {
        Some(prost_types::value::Kind::StructValue(properties)) => properties.fields.contains_key(property::SIGNATURE),
        None | Some(prost_types::value::Kind::NullValue(_)) => true,
        _ => false,
    }
}
