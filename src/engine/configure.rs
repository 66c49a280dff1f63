//! Configures a provider: from its block and the environment to a client.

use super::{Call, Cx, Diagnostic, Engine, Failure, has_errors, validate_block};
use crate::{
    schema::{Attr, Kind, Object},
    value::{Json, Number, Path, Value},
};
use std::sync::{Arc, PoisonError};

/// The state of the provider's configuration.
pub enum Configuration<C> {
    /// Not configured yet.
    None,
    /// A value of the configuration is known only after an apply.
    Unknown,
    /// The client is ready (it has not done anything yet).
    Ready(Arc<C>),
}

/// The context of an operation before it starts.
pub(super) enum Reach<C: 'static> {
    Ready(Cx<C>),
    Unknown,
}

impl<C: Send + Sync + 'static> Engine<C> {
    /// The errors in the provider's configuration.
    pub fn validate_config(&self, config: &Value) -> Vec<Diagnostic> {
        validate_block(self.provider().config, self.provider().rules, config)
    }

    /// Applies the configuration, replacing an earlier one. `env` looks up environment variables.
    /// A value that the configuration does not set comes from its environment variable, else from its default. A value that is
    /// unknown, or contains an unknown value, stays unknown: the environment may name another server. No I/O.
    pub fn configure(&self, config: &Value, env: &dyn Fn(&str) -> Option<String>) -> Vec<Diagnostic> {
        let (resolved, mut diagnostics) = resolve(Object::new(self.provider().config, config), env);
        if !has_errors(&diagnostics) {
            diagnostics.extend(self.validate_config(&resolved));
        }
        if has_errors(&diagnostics) {
            return diagnostics;
        }
        let configuration = if resolved.has_unknown() {
            Configuration::Unknown
        } else {
            match (self.provider().configure)(&resolved) {
                Ok(client) => Configuration::Ready(Arc::new(client)),
                Err(errors) => {
                    diagnostics.extend(errors);
                    return diagnostics;
                }
            }
        };
        *self.configuration.write().unwrap_or_else(PoisonError::into_inner) = configuration;
        self.shared.clear();
        *self.cancel.write().unwrap_or_else(PoisonError::into_inner) = Default::default();
        diagnostics
    }

    /// The configured client, if there is one: for operations other than plan and apply.
    pub fn client(&self) -> Option<Arc<C>> {
        match &*self.configuration.read().unwrap_or_else(PoisonError::into_inner) {
            Configuration::Ready(client) => Some(client.clone()),
            _ => None,
        }
    }

    /// The context of an operation, or why it cannot run.
    pub(super) fn reach(&self, call: Call) -> Result<Reach<C>, Failure> {
        let cancel = self.cancel.read().unwrap_or_else(PoisonError::into_inner).clone();
        match &*self.configuration.read().unwrap_or_else(PoisonError::into_inner) {
            Configuration::Ready(client) => Ok(Reach::Ready(Cx::new(client.clone(), cancel, call).recording(self.journal.clone()))),
            Configuration::Unknown => Ok(Reach::Unknown),
            Configuration::None => Err(Diagnostic::error(
                "The provider is not configured",
                "The tool asked for an object before it configured the provider. This is a bug in the tool, or a mistake in how it was started.",
            )
            .into()),
        }
    }
}

fn resolve(config: Object<'_>, env: &dyn Fn(&str) -> Option<String>) -> (Value, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let fields = config.iter().map(|(attr, value)| {
        if !value.is_null() {
            return value.clone();
        }
        let from_env = attr.env.and_then(|name| env(name).filter(|text| !text.is_empty()).map(|text| (name, text)));
        match from_env {
            Some((name, text)) => parse(attr, &text).unwrap_or_else(|why| {
                let detail =
                    format!("The environment variable {name}, which is used for `{}`, has a value that cannot be used: {why}.", attr.name);
                diagnostics.push(Diagnostic::error(format!("{name} is not valid"), detail).at(Path::attr(attr.name)));
                Value::Null
            }),
            None => attr.default.map(|default| default.value()).unwrap_or_default(),
        }
    });
    (Value::Object(fields.collect()), diagnostics)
}

/// A text as a value of the attribute's kind: environment variables and Pulumi's configuration carry
/// everything as text. Lists are separated by commas or are JSON, maps are JSON.
pub fn parse(attr: &Attr, text: &str) -> Result<Value, String> {
    let text = text.trim();
    match &attr.kind {
        Kind::String => Ok(Value::text(text)),
        Kind::Bool => match text {
            "true" | "1" => Ok(Value::Bool(true)),
            "false" | "0" => Ok(Value::Bool(false)),
            _ => Err("expected `true` or `false`".into()),
        },
        Kind::Number | Kind::Integer => Number::parse(text).map(Value::Number).map_err(|_| "expected a number".into()),
        Kind::List(_) if !text.starts_with('[') => {
            let items: Vec<_> = text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Value::text).collect();
            Ok(if items.is_empty() { Value::Null } else { Value::List(items) })
        }
        kind => {
            let json = Json::parse(text).map_err(|_| "expected JSON".to_owned())?;
            crate::schema::json::kind_from_json(kind, &json)
        }
    }
}
