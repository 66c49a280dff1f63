//! The strict mode of permissions may be locked: then Ory answers that a change was made, but changes nothing. Only the normalised
//! revision shows the lock.

use super::BACKEND;
use crate::{
    engine::{Backend, Cx, Diagnostic, Failure, Observed, Part, State, Write},
    ory::{Client, project::REVISION},
    schema::{Object, Resource},
    value::{Json, Path},
};
use async_trait::async_trait;

const STRICT_MODE: &str = "keto_feature_flags_strict_mode";

/// The members of the document; before a write, the lock is checked.
pub(super) struct Guarded;

#[async_trait]
impl Backend<Client> for Guarded {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        unlocked(cx, write).await?;
        BACKEND.create(cx, write).await
    }

    async fn read(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        BACKEND.read(cx, resource, state).await
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        unlocked(cx, write).await?;
        BACKEND.update(cx, write).await
    }

    async fn delete(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        BACKEND.delete(cx, resource, state).await
    }

    fn sets(&self, client: &Client, resource: &'static Resource, config: Object<'_>, is_new: bool) -> Vec<Part> {
        BACKEND.sets(client, resource, config, is_new)
    }
}

/// Refuses a write that changes a locked strict mode.
async fn unlocked(cx: &Cx<Client>, write: &Write) -> Result<(), Failure> {
    let table = &write.resource.table;
    let (prior, planned) = (Object::new(table, &write.prior), Object::new(table, &write.planned));
    let Some(wanted) = planned.bool(STRICT_MODE).filter(|wanted| prior.bool(STRICT_MODE) != Some(*wanted)) else { return Ok(()) };
    let open = REVISION.open(cx, planned).await?;
    let Some(revision) = open.look(STRICT_MODE).await? else { return Ok(()) };
    let is_on = *revision.json.at(STRICT_MODE) == Json::Bool(true);
    if *revision.json.at("keto_strict_mode_readonly") != Json::Bool(true) || is_on == wanted {
        return Ok(());
    }
    let (is, state) = if is_on { ("on", "true") } else { ("off", "false") };
    Err(Diagnostic::error(
        "The strict mode is locked",
        format!(
            "Ory keeps the strict mode of permissions {is} in this project: it would accept a change without making it. Nothing was changed. Set `{STRICT_MODE} = {state}`, or remove it."
        ),
    )
    .at(Path::attr(STRICT_MODE))
    .into())
}
