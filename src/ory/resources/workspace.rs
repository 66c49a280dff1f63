//! `ory_workspace`: a workspace of Ory Network, which contains projects.
//!
//! Names and types are those of the official provider, and so is the schema version.

use super::{
    super::{client::Client, services::CONSOLE},
    guards::PROTECTION,
    moment::MOMENT,
};
use crate::{
    engine::{self, Backend, Cx, Diagnostic, Failure, Looked, Makes, Objects, Observed, Offer, State, Wanted, Write, is_as_planned},
    rest::{Client as _, Paging, Rest, SendError, id_of, maybe_left, once_listed},
    schema::{Attr, Lookup, Object, Resource, UUID, known, lookup, resource, string},
    value::Json,
};
use async_trait::async_trait;
use reqwest::Method;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND), Offer::lookup(&LOOKUP, &BACKEND)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "workspace",
    "A workspace of Ory Network: the projects in it share members and a subscription.\n\n\
     A workspace is usually made in the Ory Console and imported by its id, since a workspace key may not make one; a key that may \
     makes it here. The API has no way to delete a workspace: a destroy leaves it as it is, with a warning.",
)
.sections(&[ATTRIBUTES, PROTECTION])
.occupies(|workspace| vec![("workspace", workspace.str("name").unwrap_or_default().to_owned())])
.checked();

/// How it is reached.
pub static BACKEND: Workspaces = Workspaces;

/// The data source.
static LOOKUP: Lookup = lookup(
    &RESOURCE,
    "A workspace of Ory Network that is managed elsewhere: by its id or name, or, if neither is given, the one that the provider is configured with (`workspace_id`).",
)
.or_by("name")
.or_own();

static ATTRIBUTES: &[Attr] = &[
    string("name", "The name that people see.").named(),
    string("access_policy", "Who has access: `CHECK_ACCESS_PERMISSION` (everybody who was invited) or `CHECK_ORGANIZATION_AND_WORKSPACE_MEMBERSHIP` (only the invited people who belong to the workspace's organization). Not changed when unset. A workspace without an organization ignores it and shows `INVITED_MEMBERS`.")
        .or_server()
        .check(known(&["CHECK_ACCESS_PERMISSION", "CHECK_ORGANIZATION_AND_WORKSPACE_MEMBERSHIP", "INVITED_MEMBERS"])),
    string("organization_id", "Id of the organization that the workspace is linked to.").read_only().means(UUID),
    string("subscription_id", "Id of its subscription.").read_only().means(UUID),
    string("subscription_plan", "Name of its subscription.").read_only(),
    string("created_at", "When it was made.").read_only().means(MOMENT),
    string("updated_at", "When it was last changed.").read_only().means(MOMENT).changes(),
];

/// Workspaces.
pub struct Workspaces;

static REST: Rest = Rest::new(&CONSOLE, "/workspaces").paging(Paging::tokens("workspaces"));

#[async_trait]
impl Backend<Client> for Workspaces {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let at = REST.collection(cx, planned).await?;
        let attempt = cx.attempt(write, at.endpoint.account(cx), Makes::TheObject);
        let name = planned.str("name").unwrap_or_default();
        let post = || async {
            cx.begin(&attempt, Looked::Not);
            REST.post_body(cx, &at, write, Json::object([("name", name.into())])).await
        };
        let list = || async { REST.listing(cx, &at, &RESOURCE, "name", name).await };
        // A create does not send the policy.
        let is_it = |found: &Observed| Object::new(&RESOURCE.table, &found.value).str("name") == Some(name);
        let made = once_listed(cx, post, list, is_it).await.map_err(|error| match error.status {
            Some(401 | 403) => not_for_this_key(error),
            _ => error,
        });
        let made = made.map_err(|error| maybe_left(&RESOURCE, None, error))?;
        match planned.str("access_policy") {
            Some(_) if !is_as_planned(&RESOURCE, &write.planned, &made.value) => {
                let put = self.put(cx, &made.id, &Write { prior: made.value.clone(), ..write.clone() }).await;
                put.map_err(|error| Failure { done: engine::Done::Yes, left: Some(Box::new(made)), diagnostics: vec![error.diagnostic] })
            }
            _ => Ok(made),
        }
    }

    async fn read(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let own = if state.id.is_none() { cx.client.stands_in("workspace_id")? } else { None };
        let id = id_of(resource, state.id.as_deref().or(own.as_deref()))?;
        let at = REST.collection(cx, Object::new(&resource.table, &state.value)).await?;
        let reply = at.endpoint.send(cx, &CONSOLE, at.about(Method::GET, id)).await?;
        if reply.is_success() {
            return Ok(Some(REST.observe(resource, &reply, &CONSOLE.json(&reply)?, Some(id))?));
        }
        let refused = CONSOLE.refuse(&reply);
        if reply.status != 403 && !CONSOLE.says_missing(&reply) {
            return Err(refused.into());
        }
        // A key that may not read a workspace may be allowed to list it. For the read, the answer is the same as for a workspace
        // that does not exist.
        let nothing = resource.table.nulls();
        let wanted = Wanted { resource, filter: Object::new(&resource.table, &nothing), whole: true, all: false };
        let mut all = engine::objects(cx, &REST, wanted);
        loop {
            match all.next().await {
                Ok(Some(found)) if (UUID.same)(&found.id, id) => return Ok(Some(found)),
                Ok(Some(_)) => {}
                Ok(None) => return Ok(None),
                Err(_) => return Err(refused.into()),
            }
        }
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        Ok(self.put(cx, id_of(&RESOURCE, write.id.as_deref())?, write).await?)
    }

    async fn delete(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        let name = Object::new(&resource.table, &state.value).str("name").unwrap_or_default().to_owned();
        let detail = format!(
            "The API has no way to delete a workspace, so `{name}` stays as it is, with its projects, and is removed from the state only. To delete it, use the Ory Console."
        );
        cx.warn(Diagnostic::warning("The workspace was not deleted", detail));
        Ok(())
    }

    async fn list(&self, cx: &Cx<Client>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        Backend::list(&REST, cx, wanted, objects).await
    }
}

impl Workspaces {
    /// Sends the name, and the access policy if it changes: a policy that is left out stays.
    async fn put(&self, cx: &Cx<Client>, id: &str, write: &Write) -> Result<Observed, SendError> {
        let (prior, planned) = (Object::new(&RESOURCE.table, &write.prior), Object::new(&RESOURCE.table, &write.planned));
        let at = REST.collection(cx, planned).await.map_err(SendError::unsent)?;
        let policy = planned.str("access_policy").filter(|policy| prior.str("access_policy") != Some(policy));
        let name = Some(("name", planned.str("name").unwrap_or_default().into()));
        let body = Json::object(name.into_iter().chain(policy.map(|policy| ("access_policy", policy.into()))));
        let reply = at.endpoint.send(cx, &CONSOLE, at.about(Method::PUT, id).body(body)).await?;
        match reply.is_success() {
            true => REST.observe(&RESOURCE, &reply, &CONSOLE.json(&reply)?, Some(id)),
            false => Err(CONSOLE.refuse(&reply)),
        }
    }
}

/// Adds to the error what to do when the key may not make a workspace.
fn not_for_this_key(mut error: SendError) -> SendError {
    error.diagnostic.detail.push_str("\n\nThe key of a workspace may not make another workspace: make it in the Ory Console, and import it by its id (`terraform import`, an `import` block, or `pulumi import`).");
    error
}
