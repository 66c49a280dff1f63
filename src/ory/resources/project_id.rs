//! The Ory Network project of an object of the console, by its id, which the provider's configuration may set for all objects. The
//! project's document is in [`project`](crate::ory::project).
//!
//! The paths of such objects name the attribute (`/projects/{project_id}/…`). If the object does not set it, the client fills it
//! in when the path is made ([`rest::Client::stands_in`](crate::rest::Client::stands_in)); from then on it is in the state, so
//! another project in the provider's configuration does not move the object.

use super::{
    super::{client::Client, project as document},
    project,
};
use crate::{
    engine::Cx,
    rest::{Collection, SendError, address},
    schema::{Attr, Equality, ID, Object, Texts, UUID, refuse, string},
    value::Value,
};

/// An id. In some places, the API also accepts a project's slug.
const PROJECT_ID: &Equality = &Equality { valid: |_| Ok(()), ..*UUID };

/// The attribute, on everything in a project that is managed with a workspace key.
pub static PROJECT: &[Attr] = &[string("project_id", "Id of the Ory Network project; the provider's `project_id` when unset.")
    .or_server()
    .replaces()
    .means(PROJECT_ID)
    .refers_to(&project::RESOURCE, ID)
    .check(refuse(address::id))];

/// The parts of an id that is given to an import: `<project_id>/<id>`, or the id alone for the provider's project.
pub fn parts(key: &'static str, id: &str) -> Texts {
    match id.split_once('/') {
        Some((project, id)) => vec![("project_id", project.to_owned()), (key, id.to_owned())],
        None => vec![(key, id.to_owned())],
    }
}

/// The slug of the project in the path of this collection.
pub async fn slug(cx: &Cx<Client>, at: &Collection) -> Result<String, SendError> {
    let project = at.says("project_id").unwrap_or_default();
    if uuid::Uuid::try_parse(project).is_err() {
        // In some paths, the project may be given by its slug.
        return Ok(project.to_owned());
    }
    let named = document::NAMED.holding([("project_id", Value::text(project))]);
    let open = document::PROJECT.open(cx, Object::new(&document::NAMED, &named)).await?;
    let version = open.look(&format!("slug of `{project}`")).await?;
    Ok(version.and_then(|version| version.json.at("slug").as_str().map(str::to_owned)).unwrap_or_default())
}

/// Whether the project in the path of this collection no longer exists.
pub async fn is_gone(cx: &Cx<Client>, at: &Collection) -> Result<bool, SendError> {
    let project = at.says("project_id").unwrap_or_default();
    let named = document::NAMED.holding([("project_id", Value::text(project))]);
    let open = document::PROJECT.open(cx, Object::new(&document::NAMED, &named)).await?;
    Ok(open.read(&format!("end of `{project}`")).await?.is_none())
}
