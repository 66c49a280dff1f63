//! `ory_workspace_api_key`: a key for the projects of a workspace.
//!
//! No release of the official provider has it; the names are those of the keys of projects.

use super::{
    super::{client::Client, services::CONSOLE},
    api_key::{KEY, Keys},
    guards::PROTECTION,
    workspace,
};
use crate::{
    engine::{Backend, Cx, Failure, Objects, Observed, Offer, State, Wanted, Write},
    rest::{Paging, Rest, SendError, address},
    schema::{Attr, ID, Object, Resource, Texts, UUID, refuse, resource, string},
};
use async_trait::async_trait;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "workspace_api_key",
    "An API key of a workspace of Ory Network (`ory_wak_…`), for its projects.\n\n\
     **Ory does not let workspace keys manage the keys of workspaces: only a person who is signed in may.** So `workspace_api_key` in \
     the provider's configuration has to be the token of such a person's session; with the key of a workspace, each operation \
     ends with an error that says so. If no person runs this, make the key in the Ory Console instead. Ory shows the value only once, when the key \
     is made: a key that is imported, by `<workspace_id>/<id>` or its id alone where the provider is configured with the workspace, has none. \
     Every change makes a new key: if programs use the old one, make the new one first (`create_before_destroy` in \
     Terraform; Pulumi does so by itself).",
)
.imported_as(parts)
.identified_with(&["workspace_id"])
.sections(&[WORKSPACE, KEY, PROTECTION])
.occupies(|key| {
    let of = |name: &str| key.str(name).unwrap_or_default();
    vec![("workspace_api_key", format!("{}/{}", of("workspace_id"), of("name")))]
})
.checked();

/// How it is reached.
pub static BACKEND: WorkspaceKeys = WorkspaceKeys;

/// The attribute for the workspace.
pub static WORKSPACE: &[Attr] = &[string("workspace_id", "Id of the workspace; the provider's `workspace_id` when unset.")
    .or_server()
    .replaces()
    .means(UUID)
    .refers_to(&workspace::RESOURCE, ID)
    .check(refuse(address::id))];

/// API keys of workspaces.
pub struct WorkspaceKeys;

static REST: Rest = Rest::new(&CONSOLE, "/workspaces/{workspace_id}/tokens").paging(Paging::whole("")).only_listed();
static KEYS: Keys = Keys { resource: &RESOURCE, rest: &REST, explain: not_for_a_key };

#[async_trait]
impl Backend<Client> for WorkspaceKeys {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let at = KEYS.at(cx, Object::new(&RESOURCE.table, &write.planned)).await?;
        KEYS.create(cx, &at, write).await
    }

    async fn read(&self, cx: &Cx<Client>, _: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        KEYS.read(cx, state).await
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        KEYS.update(cx, write).await
    }

    async fn delete(&self, cx: &Cx<Client>, _: &'static Resource, state: &State) -> Result<(), Failure> {
        KEYS.delete(cx, state).await
    }

    async fn list(&self, cx: &Cx<Client>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        KEYS.list(cx, wanted, objects).await
    }
}

/// The parts of an id that is given to an import.
fn parts(id: &str) -> Texts {
    match id.split_once('/') {
        Some((workspace, id)) => vec![("workspace_id", workspace.to_owned()), (ID, id.to_owned())],
        None => vec![(ID, id.to_owned())],
    }
}

/// Adds to the error what to do when the key may not manage keys of workspaces.
fn not_for_a_key(mut error: SendError) -> SendError {
    if matches!(error.status, Some(401 | 403)) {
        error.diagnostic.detail.push_str("\n\nOry does not let a workspace key manage workspace keys: only a person who is signed in may. Make the key in the Ory Console, or configure a provider for this resource only, with the token of your session as `workspace_api_key`.");
    }
    error
}
