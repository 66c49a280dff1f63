//! Lists of objects, streamed as they are found. Core cancels the stream when it has enough.

use super::{
    Server,
    answer::{Failed, diagnostics},
};
use crate::{
    engine::{Asked, Call, Diagnostic, ListEntry, Listed},
    frontends::{
        stream::{Event, Events},
        terraform::{identity, object, wire::WireObject},
    },
    schema::BlockSchema,
};
use janiform_proto::tfplugin6::{list_resource, validate_list_resource_config};

pub(super) async fn validate<C: Send + Sync + 'static>(
    server: Server<C>,
    request: validate_list_resource_config::Request,
) -> Result<validate_list_resource_config::Response, Failed> {
    let (entry, block) = list(&server, &request.type_name)?;
    let filter = object::given(block, request.config.as_ref())?;
    Ok(validate_list_resource_config::Response { diagnostics: diagnostics(server.engine.validate_list(entry, &filter)) })
}

/// Sends the objects. The last event contains warnings, or the error that ended the list.
pub(super) async fn run<C: Send + Sync + 'static>(
    server: Server<C>,
    request: list_resource::Request,
    events: Events<list_resource::Event>,
) -> Option<Event<list_resource::Event>> {
    match send(&server, request, &events).await {
        Ok(warnings) if warnings.is_empty() => None,
        Ok(said) | Err(Failed(said)) => Some(Ok(saying(said))),
    }
}

async fn send<C: Send + Sync + 'static>(
    server: &Server<C>,
    request: list_resource::Request,
    events: &Events<list_resource::Event>,
) -> Result<Vec<Diagnostic>, Failed> {
    let (entry, block) = list(server, &request.type_name)?;
    let (_, whole) = server.resource(&request.type_name)?;
    let filter = object::given(block, request.config.as_ref())?;
    let asked = Asked { filter, limit: usize::try_from(request.limit).ok(), whole: request.include_resource_object };
    let event = |Listed { id, name, value, state, warnings }| {
        Some(Ok(list_resource::Event {
            identity: identity::encode(entry.list.of, Some(&id), &value),
            display_name: name,
            resource_object: state.and_then(|state| object::encode(whole, Some(&WireObject::stored(state).wholly_known()))),
            diagnostic: diagnostics(warnings),
        }))
    };
    server.engine.list(entry, asked, Call::default(), events, event).await.map_err(|why| Failed(why.into_errors()))
}

/// An event with only diagnostics: an error in it ends the list.
pub(super) fn saying(said: Vec<Diagnostic>) -> list_resource::Event {
    list_resource::Event { diagnostic: diagnostics(said), ..Default::default() }
}

fn list<'a, C: Send + Sync + 'static>(server: &'a Server<C>, type_name: &str) -> Result<(&'static ListEntry<C>, &'a BlockSchema), Failed> {
    server.offered("list resource", type_name, server.engine.list_resources())
}
