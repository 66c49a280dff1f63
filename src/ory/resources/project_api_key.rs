//! `ory_project_api_key`: a key for the APIs of a project.
//!
//! Names and types are those of the official provider, and so is the schema version.

use super::{
    super::{
        client::Client,
        services::{CONSOLE, HYDRA_ADMIN},
    },
    api_key::{KEY, Keys},
    arrival::until_there,
    guards::PROTECTION,
    project_id::{self, PROJECT},
};
use crate::{
    engine::{Backend, Cx, Diagnostic, Failure, Objects, Observed, Offer, State, Wanted, Write},
    rest::{Collection, Endpoint, Paging, Request, Rest, SendError},
    schema::{ID, Object, Resource, resource},
};
use async_trait::async_trait;
use reqwest::Method;
use std::time::Duration;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "project_api_key",
    "An API key of a project of Ory Network (`ory_pat_…`), for what is in the project: clients, identities, \
     permissions.\n\n\
     It needs a key of the workspace (`workspace_api_key`). The provider waits until the project accepts a new key, so that a \
     provider which is configured with it can be used in the same apply. Ory shows the value only once, when the key is made: a key \
     that is imported, by `<project_id>/<id>` or its id alone where the provider is configured with the project, has none. Every \
     change makes a new key: if applications use the old one, make the new one first (`create_before_destroy` in Terraform; Pulumi \
     does so by itself).",
)
.imported_as(|id| project_id::parts(ID, id))
.identified_with(&["project_id"])
.sections(&[PROJECT, KEY, PROTECTION])
.occupies(|key| vec![("project_api_key", format!("{}/{}", key.str("project_id").unwrap_or_default(), key.str("name").unwrap_or_default()))])
.checked();

/// How it is reached.
pub static BACKEND: ProjectKeys = ProjectKeys;

/// API keys of projects.
pub struct ProjectKeys;

static REST: Rest = Rest::new(&CONSOLE, "/projects/{project_id}/tokens").paging(Paging::whole("")).only_listed();
static KEYS: Keys = Keys { resource: &RESOURCE, rest: &REST, explain: |error| error };

/// How long to wait until a new key works.
const PATIENCE: Duration = Duration::from_secs(120);

#[async_trait]
impl Backend<Client> for ProjectKeys {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let at = KEYS.at(cx, Object::new(&RESOURCE.table, &write.planned)).await?;
        let mut observed = KEYS.create(cx, &at, write).await?;
        observed.warnings.extend(until_it_works(cx, &at, Object::new(&RESOURCE.table, &observed.value)).await);
        Ok(observed)
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

/// Waits until the project accepts the key, as resources that use it need; returns a warning if it does not in time.
async fn until_it_works(cx: &Cx<Client>, at: &Collection, key: Object<'_>) -> Option<Diagnostic> {
    let project = match host(cx, at, key).await {
        Ok(project) => project,
        Err(error) => return Some(untried(&error.diagnostic.detail)),
    };
    let ask = || async {
        let probe = Request::new(Method::GET, "/admin/clients").query("page_size", "1").dispensable();
        match project.send(cx, &HYDRA_ADMIN, probe).await {
            // A new host and a new key are both unknown at first.
            Ok(reply) if !matches!(reply.status, 401 | 404 | 500..=599) => Ok(()),
            Ok(reply) => Err(HYDRA_ADMIN.refuse(&reply).diagnostic.detail),
            Err(error) => Err(error.diagnostic.detail),
        }
    };
    let why = until_there(cx, PATIENCE, "waiting until the new API key works", ask).await.err()?;
    Some(untried(&why))
}

fn untried(why: &str) -> Diagnostic {
    let detail = format!(
        "The key was made and is in the state, but the project does not accept it yet, so resources that use it may fail. If they do, apply again. {why}"
    );
    Diagnostic::warning("The new API key may not work yet", detail)
}

/// The project's API with this key.
async fn host(cx: &Cx<Client>, at: &Collection, key: Object<'_>) -> Result<Endpoint, SendError> {
    let slug = project_id::slug(cx, at).await?;
    cx.client.of_console(&slug, key.str("value").unwrap_or_default()).map_err(SendError::unsent)
}
