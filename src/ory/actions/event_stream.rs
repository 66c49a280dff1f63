//! Pausing and resuming an event stream.

use super::{gone, tell};
use crate::{
    engine::{ActionBackend, Cx, Failure},
    ory::{
        Client,
        resources::event_stream::{RESOURCE, REST},
        services::CONSOLE,
    },
    rest::address,
    schema::{Action, Attr, Object, action, boolean, flag, refuse, string},
    value::{Json, Value},
};
use async_trait::async_trait;
use reqwest::Method;

/// Pauses or resumes a stream.
pub(super) static PAUSE: Action = action(
    "event_stream_pause",
    "Pauses an event stream of a project of Ory Network, such as during maintenance of its destination, or resumes it. Events are \
     kept for 7 days meanwhile, and sent afterwards.\n\n\
     If an `ory_event_stream` sets `status`, its next plan changes that back: change it there instead.",
    &[STREAM],
);

static STREAM: &[Attr] = &[
    string("project_id", "Id of the Ory Network project; the provider's `project_id` when unset."),
    string("event_stream_id", "Id of the event stream.").required().check(refuse(address::id)),
    boolean("paused", "Whether to pause the stream; `false` resumes it.").default(flag(true)),
];

pub(super) struct Pause;

#[async_trait]
impl ActionBackend<Client> for Pause {
    async fn invoke(&self, cx: &Cx<Client>, action: &'static Action, config: &Value) -> Result<(), Failure> {
        let asked = Object::new(&action.table, config);
        let id = asked.str("event_stream_id").unwrap_or_default();
        let at = REST.collection(cx, asked).await?;
        let Some(stream) = REST.find(cx, &at, &RESOURCE, id).await? else {
            gone(cx, "event stream");
            return Ok(());
        };
        let (status, done) = if asked.bool("paused") == Some(false) { ("active", "is active") } else { ("paused", "is paused") };
        if Object::new(&RESOURCE.table, &stream.value).str("status") == Some(status) {
            tell(cx, &format!("The event stream {id} {done} already."));
            return Ok(());
        }
        let reply = at.endpoint.send(cx, &CONSOLE, at.about(Method::PUT, id).body(Json::object([("status", status.into())]))).await?;
        if CONSOLE.says_missing(&reply) {
            gone(cx, "event stream");
            return Ok(());
        }
        if !reply.is_success() {
            return Err(CONSOLE.refuse(&reply).into());
        }
        tell(cx, &format!("The event stream {id} {done}."));
        Ok(())
    }
}
