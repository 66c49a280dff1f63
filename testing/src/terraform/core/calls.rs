//! Everything that is not an object: functions, ephemeral resources, lists and actions.

use super::{Core, Outcome, Stop, broken, found, rpc};
use crate::terraform::{
    rules::{self, Broken, Rule},
    val::{self, Attrs, Ty, Val},
};
use janiform_proto::tfplugin6 as tf;
use serde_json::Value as Json;
use std::time::{Duration, SystemTime};

/// An ephemeral resource that is open.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its type, with the provider's name in front.
    pub type_name: String,
    /// Its value.
    pub value: Val,
    /// The private data of the opening, and of the last renewal.
    pub private: [Option<Vec<u8>>; 2],
    /// The time until it must be renewed.
    pub renew_in: Option<Duration>,
}

/// One object of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Its identity.
    pub identity: Val,
    /// Its display name.
    pub name: String,
    /// The whole object, if it was asked for.
    pub state: Option<Val>,
}

fn attrs(schema: Option<&tf::Schema>) -> Result<Attrs, String> {
    val::attrs(&schema.and_then(|schema| schema.block.as_ref()).ok_or("a schema without block")?.attributes)
}

fn ty(json: &[u8]) -> Option<Ty> {
    val::ty(&serde_json::from_slice(json).ok()?)
}

impl Core {
    /// Schemas of calls on which core would crash, or which it would refuse.
    pub(super) fn check_calls(&self) -> Outcome<()> {
        for (name, function) in &self.schemas.functions {
            let mut names = Vec::new();
            for parameter in function.parameters.iter().chain(&function.variadic_parameter) {
                if ty(&parameter.r#type).is_none() || names.contains(&&parameter.name) {
                    return broken(Rule::Schema, format!("{name}: parameter {}", parameter.name));
                }
                names.push(&parameter.name);
            }
            if function.r#return.as_ref().and_then(|of| ty(&of.r#type)).is_none() {
                return broken(Rule::Schema, format!("{name}: what it returns"));
            }
        }
        let blocks = self.schemas.ephemeral_resource_schemas.iter().chain(&self.schemas.list_resource_schemas);
        let actions = self.schemas.action_schemas.iter().map(|(name, action)| (name, action.schema.as_ref()));
        for (name, schema) in blocks.map(|(name, schema)| (name, Some(schema))).chain(actions) {
            attrs(schema).or_else(|why| broken(Rule::Schema, format!("{name}: {why}")))?;
        }
        if let Some(name) =
            self.schemas.list_resource_schemas.keys().find(|name| self.resources.get(*name).is_none_or(|of| of.identity.is_none()))
        {
            return broken(Rule::Schema, format!("Identity schema not found for {name}"));
        }
        Ok(())
    }

    /// Calls a function, whether the provider is configured or not.
    pub async fn call(&mut self, name: &str, arguments: &[Json]) -> Outcome<Result<Val, tf::FunctionError>> {
        let function = self.schemas.functions.get(name).unwrap_or_else(|| panic!("no function {name}")).clone();
        let fixed = function.parameters.len();
        assert!(arguments.len() == fixed || arguments.len() > fixed && function.variadic_parameter.is_some(), "core counts");
        let value = |(place, argument): (usize, &Json)| {
            let parameter = function.parameters.get(place).or(function.variadic_parameter.as_ref()).expect("a parameter");
            assert!(parameter.allow_null_value || !argument.is_null(), "core refuses null");
            self.json(&ty(&parameter.r#type).expect("a type"), argument).to_dynamic().expect("a value")
        };
        let request = tf::call_function::Request { name: name.to_owned(), arguments: arguments.iter().enumerate().map(value).collect() };
        let answer = rpc(self.client.call_function(request).await)?;
        let returns = ty(&function.r#return.expect("a return").r#type).expect("a type");
        match (answer.error, answer.result) {
            (Some(error), None) if error.text.is_empty() => broken(Rule::FunctionResult, "an error without a text"),
            (Some(error), None) => Ok(Err(error)),
            (None, result @ Some(_)) => match Val::from_dynamic(&returns, result.as_ref()) {
                Ok(value) if !value.is_null() && value.known() => Ok(Ok(value)),
                other => broken(Rule::FunctionResult, format!("{other:?}")),
            },
            other => broken(Rule::FunctionResult, format!("{other:?}")),
        }
    }

    /// Opens an ephemeral resource, as core does in each of its walks.
    pub async fn open(&mut self, type_name: &str, config: &Json) -> Outcome<Opened> {
        let attrs = attrs(self.schemas.ephemeral_resource_schemas.get(type_name)).expect("a schema");
        let ty = val::object(&attrs);
        let config = self.json(&ty, config);
        let request = tf::validate_ephemeral_resource_config::Request { type_name: type_name.to_owned(), config: config.to_dynamic() };
        let answer = rpc(self.client.validate_ephemeral_resource_config(request).await)?;
        self.heed(answer.diagnostics)?;
        let request = tf::open_ephemeral_resource::Request {
            type_name: type_name.to_owned(),
            config: config.to_dynamic(),
            client_capabilities: None,
        };
        let answer = rpc(self.client.open_ephemeral_resource(request).await)?;
        self.heed(answer.diagnostics)?;
        let value = Val::from_dynamic(&ty, answer.result.as_ref()).or_else(|why| broken(Rule::Ephemeral, why))?;
        if value.is_null() || !value.known() {
            return broken(Rule::Ephemeral, format!("{value:?}"));
        }
        let strayed = rules::plan_valid(&attrs, &Val::Null, &config, &value);
        found(strayed.into_iter().map(|one| Broken { rule: Rule::Ephemeral, ..one }).collect())?;
        let renew_in = ahead(answer.renew_at)?;
        Ok(Opened { type_name: type_name.to_owned(), value, private: [answer.private.clone(), answer.private], renew_in })
    }

    /// Renews it, as core does at the time that the provider gave.
    pub async fn renew(&mut self, open: &mut Opened) -> Outcome<()> {
        let request = tf::renew_ephemeral_resource::Request { type_name: open.type_name.clone(), private: open.private[1].clone() };
        let answer = rpc(self.client.renew_ephemeral_resource(request).await)?;
        self.heed(answer.diagnostics)?;
        (open.private[1], open.renew_in) = (answer.private, ahead(answer.renew_at)?);
        Ok(())
    }

    /// Closes it, with the private data of the opening.
    pub async fn close(&mut self, open: Opened) -> Outcome<()> {
        let [private, _] = open.private;
        let answer =
            rpc(self.client.close_ephemeral_resource(tf::close_ephemeral_resource::Request { type_name: open.type_name, private }).await)?;
        self.heed(answer.diagnostics)
    }

    /// `terraform query`, with one list block. As in core, an error discards the results before it.
    pub async fn query(&mut self, type_name: &str, config: &Json, limit: usize, whole: bool) -> Outcome<Vec<Listed>> {
        let mut events = self.listing(type_name, config, limit as i64, whole).await?;
        let mut listed = Vec::new();
        while listed.len() < limit
            && let Some(event) = events.message().await.or_else(|status| broken(Rule::CrashClass, status))?
        {
            let quiet = event.diagnostic.is_empty();
            self.heed(event.diagnostic)?;
            if event.identity.is_none() && !quiet {
                continue;
            }
            let identity = self.identity(type_name, event.identity.as_ref(), true)?.expect("an identity");
            let state =
                event.resource_object.filter(|_| whole).map(|state| self.typed(type_name, Rule::ReadType, Some(&state))).transpose()?;
            if let Some(state) = &state {
                self.storable(type_name, state, Rule::ReadKnown)?;
            }
            listed.push(Listed { identity, name: event.display_name, state });
        }
        Ok(listed)
    }

    /// Only the stream of a list.
    pub async fn listing(
        &mut self,
        type_name: &str,
        config: &Json,
        limit: i64,
        whole: bool,
    ) -> Outcome<tonic::Streaming<tf::list_resource::Event>> {
        let ty = val::object(&attrs(self.schemas.list_resource_schemas.get(type_name)).expect("a schema"));
        let config = self.json(&ty, config).to_dynamic();
        let request =
            tf::validate_list_resource_config::Request { type_name: type_name.to_owned(), config: config.clone(), ..Default::default() };
        let answer = rpc(self.client.validate_list_resource_config(request).await)?;
        self.heed(answer.diagnostics)?;
        let request = tf::list_resource::Request { type_name: type_name.to_owned(), config, include_resource_object: whole, limit };
        rpc(self.client.list_resource(request).await)
    }

    /// Plans an action and runs it; returns its progress messages.
    pub async fn invoke(&mut self, type_name: &str, config: &Json) -> Result<Vec<String>, (Vec<String>, Stop)> {
        let mut told = Vec::new();
        let mut events = self.invoking(type_name, config).await.map_err(|stop| (Vec::new(), stop))?;
        loop {
            use tf::invoke_action::event::Type;
            match events.message().await.map(|event| event.map(|event| event.r#type)) {
                Ok(Some(Some(Type::Progress(progress)))) => told.push(progress.message),
                Ok(Some(Some(Type::Completed(completed)))) => {
                    self.heed(completed.diagnostics).map_err(|stop| (told.clone(), stop))?;
                    assert!(events.message().await.expect("no failure").is_none(), "an event after the last");
                    return Ok(told);
                }
                other => return Err((told, Stop::Broken(vec![Rule::ActionEvents.broken(format!("{other:?}"))]))),
            }
        }
    }

    /// Only the stream of an action.
    pub async fn invoking(&mut self, type_name: &str, config: &Json) -> Outcome<tonic::Streaming<tf::invoke_action::Event>> {
        let action = self.schemas.action_schemas.get(type_name).expect("an action");
        let ty = val::object(&attrs(action.schema.as_ref()).expect("a schema"));
        let config = self.json(&ty, config).to_dynamic();
        let request = tf::validate_action_config::Request { action_type: type_name.to_owned(), config: config.clone() };
        let answer = rpc(self.client.validate_action_config(request).await)?;
        self.heed(answer.diagnostics)?;
        let capabilities = Some(self.capabilities);
        let request =
            tf::plan_action::Request { action_type: type_name.to_owned(), config: config.clone(), client_capabilities: capabilities };
        let answer = rpc(self.client.plan_action(request).await)?;
        assert!(answer.deferred.is_none(), "nobody allowed that");
        self.heed(answer.diagnostics)?;
        let request = tf::invoke_action::Request { action_type: type_name.to_owned(), config, client_capabilities: capabilities };
        rpc(self.client.invoke_action(request).await)
    }
}

/// The time until the renewal. If it is not in the future, core would ask again and again without a pause.
fn ahead(renew_at: Option<prost_types::Timestamp>) -> Outcome<Option<Duration>> {
    let Some(at) = renew_at else { return Ok(None) };
    let at = SystemTime::try_from(at).or_else(|why| broken(Rule::Ephemeral, why))?;
    at.duration_since(SystemTime::now()).map(Some).or_else(|_| broken(Rule::Ephemeral, "it was to be renewed before now"))
}
