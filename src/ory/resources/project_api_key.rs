//! `ory_project_api_key`: a key with which what is inside a project is managed.
//!
//! Names and types are those of the official provider, and so is the schema version.

use super::{
    super::{
        client::Client,
        project as document,
        services::{CONSOLE, HYDRA_ADMIN},
    },
    guards::PROTECTION,
    identities::UUID,
    project_id::{self, PROJECT},
};
use crate::{
    engine::{Backend, Cx, Diagnostic, Done, Failure, Looked, Makes, Observed, Offer, State, Write, is_as_planned},
    rest::{Collection, Endpoint, Paging, Request, Rest, SendError, maybe_left, once_listed},
    schema::{Attr, ID, INSTANT, Object, Resource, resource, string},
    value::instant,
};
use async_trait::async_trait;
use reqwest::Method;
use std::time::{Duration, Instant};

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "project_api_key",
    "An API key of a project of Ory Network (`ory_pat_…`), with which what is inside it is managed: clients, identities, \
     permissions.\n\n\
     It needs a key of the workspace (`workspace_api_key`). A new key is waited for until the project accepts it, so that a \
     provider which is configured from it can be used in the same apply. Its value is told once, when it is made: a key that \
     is imported, by `<project_id>/<id>` or its id alone where the project is the provider's, has none. Every change makes a \
     new key: where applications use the old one, make the new one first (`create_before_destroy` in Terraform; Pulumi does \
     so by itself).",
)
.imported_as(|id| project_id::parts(ID, id))
.identified_with(&["project_id"])
.sections(&[PROJECT, ATTRIBUTES, PROTECTION])
.occupies(|key| vec![("project_api_key", format!("{}/{}", key.str("project_id").unwrap_or_default(), key.str("name").unwrap_or_default()))])
.checked();

/// How it is reached.
pub static BACKEND: Keys = Keys;

static ATTRIBUTES: &[Attr] = &[
    string("name", "What people call it.").required().replaces(),
    string("expires_at", "When it stops to work (RFC 3339); never when unset.").replaces().means(INSTANT),
    string("value", "The key. Told once, when it is made.").read_only().secret().once(),
    string("last_characters", "The last characters of the key, by which people tell keys apart.").read_only(),
    string("owner_id", "Id of who owns it.").read_only().means(UUID),
    string("created_at", "When it was made (RFC 3339).").read_only().means(INSTANT),
    string("updated_at", "When it was last changed (RFC 3339).").read_only().means(INSTANT),
];

/// API keys, which can only be listed.
pub struct Keys;

static REST: Rest = Rest::new(&CONSOLE, "/projects/{project_id}/tokens").paging(Paging::whole("")).only_listed();

/// So long a new key is waited for until it works.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often it is made, where the answers with its value get lost.
const TRIES: usize = 3;

#[async_trait]
impl Backend<Client> for Keys {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let at = REST.collection(cx, planned).await?;
        let attempt = cx.attempt(write, at.endpoint.account(cx), Makes::TheObject);
        let mut observed = self.make(cx, &at, write, || cx.begin(&attempt, Looked::Not)).await?;
        observed.warnings.extend(until_it_works(cx, &at, Object::new(&RESOURCE.table, &observed.value)).await);
        Ok(observed)
    }

    async fn read(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let found = REST.read(cx, resource, state).await?;
        found.iter().filter_map(expired).for_each(|warning| cx.warn(warning));
        Ok(found)
    }

    /// Only what is ours alone can change, such as its protection.
    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let state = State { id: write.id.clone(), value: write.planned.clone(), private: write.private.clone() };
        REST.read(cx, write.resource, &state).await?.ok_or_else(|| {
            Diagnostic::error("The API key does not exist any more", "Refresh to bring the state up to date, and apply again.").into()
        })
    }

    async fn delete(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        REST.delete(cx, resource, state).await
    }
}

impl Keys {
    /// Makes the key. One whose value was in an answer that was lost is of no use to anybody, so that it goes again.
    async fn make(&self, cx: &Cx<Client>, at: &Collection, write: &Write, begin: impl Fn()) -> Result<Observed, Failure> {
        let name = Object::new(&RESOURCE.table, &write.planned).str("name").unwrap_or_default();
        let mut tries = 0;
        loop {
            tries += 1;
            let post = || async {
                // What an earlier try made is gone by now.
                if tries == 1 {
                    begin();
                }
                REST.post(cx, at, write).await
            };
            let list = || async { REST.listing(cx, at, &RESOURCE, "name", name).await };
            let made = once_listed(cx, post, list, |found| is_as_planned(&RESOURCE, &write.planned, &found.value)).await;
            let observed = made.map_err(|error| maybe_left(&RESOURCE, None, error))?;
            if !Object::new(&RESOURCE.table, &observed.value).get("value").is_null() {
                return Ok(observed);
            }
            let state = State { id: Some(observed.id), value: observed.value, private: Default::default() };
            Backend::delete(&REST, cx, &RESOURCE, &state).await.map_err(|failure| Failure { done: Done::Maybe, ..failure })?;
            if tries == TRIES {
                let detail =
                    "The console made it, and each time the answer with its value got lost, so that it was deleted again. Try again later.";
                return Err(Diagnostic::error("The API key was not told", detail).into());
            }
        }
    }
}

/// What is to be said of a key that works no more.
fn expired(observed: &Observed) -> Option<Diagnostic> {
    let key = Object::new(&RESOURCE.table, &observed.value);
    let at = key.str("expires_at")?;
    let is_over = instant::parse(at)? < jiff::Timestamp::now().as_nanosecond();
    is_over.then(|| {
        let detail = format!(
            "The API key `{}` stopped to work at {at}. Set another `expires_at` to have a new one made, or remove it.",
            key.str("name").unwrap_or_default()
        );
        Diagnostic::warning("An API key has expired", detail)
    })
}

/// Waits until the project accepts the key, as whatever comes after it needs. What is to be said if it does not.
async fn until_it_works(cx: &Cx<Client>, at: &Collection, key: Object<'_>) -> Option<Diagnostic> {
    let ends = cx.deadline.into_iter().chain([Instant::now() + PATIENCE]).min()?;
    let project = match host(cx, at, key).await {
        Ok(project) => project,
        Err(error) => return Some(untried(&error.diagnostic.detail)),
    };
    let mut pause = Duration::from_millis(250);
    loop {
        let probe = Request::new(Method::GET, "/admin/clients").query("page_size", "1").dispensable();
        let why = match project.send(cx, &HYDRA_ADMIN, probe).await {
            // A new host is unknown at first, and so is a new key.
            Ok(reply) if !matches!(reply.status, 401 | 404 | 500..=599) => return None,
            Ok(reply) => HYDRA_ADMIN.refuse(&reply).diagnostic.detail,
            Err(error) => error.diagnostic.detail,
        };
        if Instant::now() + pause > ends {
            return Some(untried(&why));
        }
        (cx.progress)("waiting until the new API key works");
        tokio::select! {
            biased;
            () = cx.stopped() => return None,
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(Duration::from_secs(5));
    }
}

fn untried(why: &str) -> Diagnostic {
    let detail = format!(
        "It was made and is in the state, but could not be seen to work, so that what comes after it may fail. Apply again if it does. {why}"
    );
    Diagnostic::warning("The new API key may not work yet", detail)
}

/// The project as who has the key reaches it.
async fn host(cx: &Cx<Client>, at: &Collection, key: Object<'_>) -> Result<Endpoint, SendError> {
    let project = at.says("project_id").unwrap_or_default();
    let slug = match uuid::Uuid::try_parse(project) {
        // The path takes a slug as well.
        Err(_) => project.to_owned(),
        Ok(_) => {
            let version = document::PROJECT.open(cx, key).await?.look(&format!("API key of `{project}`")).await?;
            version.and_then(|version| version.json.at("slug").as_str().map(str::to_owned)).unwrap_or_default()
        }
    };
    cx.client.of_console(&slug, key.str("value").unwrap_or_default()).map_err(SendError::unsent)
}
