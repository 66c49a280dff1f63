//! Actions: planned by validation, and run with progress messages for core.

use super::{
    Server,
    answer::{Failed, diagnostics},
};
use crate::{
    engine::{ActionEntry, Call, Diagnostic, one_line},
    frontends::{
        stream::{Event, Events},
        terraform::object,
    },
    schema::BlockSchema,
};
use invoke_action::event::{Completed, Progress, Type};
use janiform_proto::tfplugin6::{DynamicValue, invoke_action, plan_action, validate_action_config};
use std::{pin::pin, sync::Arc};
use tokio::sync::mpsc;

pub(super) async fn validate<C: Send + Sync + 'static>(
    server: Server<C>,
    request: validate_action_config::Request,
) -> Result<validate_action_config::Response, Failed> {
    let found = checked(&server, &request.action_type, request.config.as_ref())?;
    Ok(validate_action_config::Response { diagnostics: diagnostics(found) })
}

pub(super) async fn plan<C: Send + Sync + 'static>(
    server: Server<C>,
    request: plan_action::Request,
) -> Result<plan_action::Response, Failed> {
    let found = checked(&server, &request.action_type, request.config.as_ref())?;
    Ok(plan_action::Response { diagnostics: diagnostics(found), deferred: None })
}

/// Sends progress messages; the last event contains the result, without which core treats the action as successful.
pub(super) async fn run<C: Send + Sync + 'static>(
    server: Server<C>,
    request: invoke_action::Request,
    events: Events<invoke_action::Event>,
) -> Option<Event<invoke_action::Event>> {
    let said = match invoke(&server, request, &events).await {
        Ok(said) | Err(Failed(said)) => said,
    };
    Some(Ok(completed(said)))
}

async fn invoke<C: Send + Sync + 'static>(
    server: &Server<C>,
    request: invoke_action::Request,
    events: &Events<invoke_action::Event>,
) -> Result<Vec<Diagnostic>, Failed> {
    let (entry, block) = action(server, &request.action_type)?;
    let config = object::given(block, request.config.as_ref())?;
    // Reporting progress does not wait for core.
    let (say, mut said) = mpsc::unbounded_channel();
    let call = Call { progress: Arc::new(move |text| drop(say.send(progress(text)))), ..Call::default() };
    let mut running = pin!(server.engine.invoke(entry, &config, call));
    let ended = loop {
        tokio::select! {
            biased;
            Some(progress) = said.recv() => drop(events.send(Ok(progress)).await),
            ended = &mut running => break ended,
        }
    };
    while let Ok(progress) = said.try_recv() {
        drop(events.send(Ok(progress)).await);
    }
    ended.map_err(|why| Failed(why.into_errors()))
}

fn progress(text: &str) -> invoke_action::Event {
    invoke_action::Event { r#type: Some(Type::Progress(Progress { message: one_line(text).into_owned() })) }
}

/// The event that ends an action.
pub(super) fn completed(said: Vec<Diagnostic>) -> invoke_action::Event {
    invoke_action::Event { r#type: Some(Type::Completed(Completed { diagnostics: diagnostics(said) })) }
}

fn checked<C: Send + Sync + 'static>(server: &Server<C>, type_name: &str, given: Option<&DynamicValue>) -> Result<Vec<Diagnostic>, Failed> {
    let (entry, block) = action(server, type_name)?;
    Ok(server.engine.validate_action(entry, &object::given(block, given)?))
}

fn action<'a, C: Send + Sync + 'static>(
    server: &'a Server<C>,
    type_name: &str,
) -> Result<(&'static ActionEntry<C>, &'a BlockSchema), Failed> {
    server.offered("action", type_name, server.engine.actions())
}
