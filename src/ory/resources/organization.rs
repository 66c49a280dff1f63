//! `ory_organization`: the people of a customer (B2B), who sign in with that customer's own provider.
//!
//! Names and types are those of the official provider, and so is the schema version.
//!
//! An organization can be reached in two ways: by its own endpoints, and in the project's document, where it is an element of a
//! list. Both are implemented and tested alike; `BACKEND` selects the one that is used.

use super::{
    super::{client::Client, project as document, services::CONSOLE},
    arrival::until_there,
    guards::PROTECTION,
    moment::MOMENT,
    project,
    project_id::{self, PROJECT},
};
use crate::{
    engine::{Backend, Cx, Diagnostic, Failure, Looked, Makes, Objects, Observed, Offer, State, Wanted, Write, is_as_planned},
    rest::{
        Collection, Envelope, Paging, Rest, SendError,
        document::{Items, List},
        id_of, mapping, maybe_left, once_listed,
    },
    schema::{Attr, Cleared, DURATION, Equality, ID, Lookup, Object, Resource, known, list, lookup, resource, string, text},
    value::{Json, Value, duration},
};
use async_trait::async_trait;
use reqwest::Method;
use std::{borrow::Cow, time::Duration};

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, BACKEND), Offer::lookup(&LOOKUP, BACKEND)];

/// How it is reached. The endpoints are known to work and choose the id themselves. Nobody has seen yet which id an organization
/// gets that is added to the document (`&IN_DOCUMENT`). The API description calls the endpoints deprecated in favour of the
/// document: when they are removed, this is the line to change.
pub static BACKEND: &dyn Backend<Client> = &ENDPOINTS;

/// The resource.
pub static RESOURCE: Resource = resource(
    "organization",
    "An organization of a project of Ory Network (B2B): the people of one customer, who sign in with that customer's own \
     provider.\n\n\
     It needs a key of the workspace (`workspace_api_key`), a plan that includes organizations, and a project whose \
     `environment` is not `dev`. Deleting an organization deletes its SCIM clients too. It is imported by \
     `<project_id>/<id>`, or its id alone where the provider is configured with the project.",
)
.imported_as(|id| project_id::parts(ID, id))
.identified_with(&["project_id"])
.sections(&[PROJECT, ATTRIBUTES, PROTECTION])
.occupies(|organization| {
    let of = |name: &str| organization.str(name).unwrap_or_default();
    vec![("organization", format!("{}/{}", of("project_id"), of("label")))]
})
.checked();

/// The data source.
pub static LOOKUP: Lookup =
    lookup(&RESOURCE, "An organization of a project of Ory Network that is managed elsewhere: by its id or its label.")
        .or_by("label")
        .within(&["project_id"]);

static ATTRIBUTES: &[Attr] = &[
    string("label", "The name that people see.").required(),
    list("domains", "Domains of mail addresses, such as `customer.example`: people who sign in with an address of one of them are sent to the organization's provider.")
        .unordered()
        .cleared_by(Cleared::Empty),
    string("default_region", "Where the data of people is kept whose identity is created at their first sign-in: `eu-central`, `us-east`, `us-west`, `asia-northeast`, `eu`, `us`, `asia` or `global`. It has to be inside the project's `home_region`. When unset, it is the region in which the request arrives.")
        .check(known(project::REGIONS)),
    string("session_lifespan", "How long sessions of its people last, as a duration such as `24h`: whole seconds, from `1m` to `8760h`. When unset, the project's lifespan of sessions applies.")
        .means(LIFESPAN)
        // Go's zero duration, which means the same as null, as the API description says.
        .unset_as(text("0s")),
    // The project's document does not have it.
    string("created_at", "When it was made.").read_only().means(MOMENT).may_be_untold(),
];

/// A duration, which answers show in a single unit.
const LIFESPAN: &Equality = &Equality { form: Some(in_form), sent: Some(in_form), valid: lifespan, ..*DURATION };

fn in_form(text: &str) -> Cow<'_, str> {
    in_one_unit(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The duration in the largest unit of which it is a whole multiple; `None` if it has fractions of a second.
fn in_one_unit(text: &str) -> Option<String> {
    let nanoseconds = duration::parse(text).ok()?;
    let units = [("h", 3600), ("m", 60), ("s", 1)].map(|(unit, seconds)| (unit, seconds * 1_000_000_000));
    units.into_iter().find(|(_, one)| nanoseconds % one == 0).map(|(unit, one)| format!("{}{unit}", nanoseconds / one))
}

fn lifespan(text: &str) -> Result<(), String> {
    (DURATION.valid)(text)?;
    let limits = ["1m", "8760h"].map(|limit| duration::parse(limit).ok());
    let lasts = duration::parse(text).ok();
    if in_one_unit(text).is_none() {
        return Err("Must be a number of whole seconds, such as `90s` or `24h`.".into());
    }
    if lasts < limits[0] || lasts > limits[1] {
        return Err("Must be from `1m` to `8760h`. To use the project's lifespan, leave it out.".into());
    }
    Ok(())
}

/// Organizations in the project's document.
pub static IN_DOCUMENT: InDocument = InDocument;
/// Organizations by their own endpoints.
pub static ENDPOINTS: Endpoints = Endpoints;

/// Organizations as elements of a list in the project's document.
pub struct InDocument;

static ITEMS: Items = Items::of(&document::PROJECT, List::At("organizations"));

#[async_trait]
impl Backend<Client> for InDocument {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        ITEMS.create(cx, &with_domains(write)).await
    }

    async fn read(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        ITEMS.read(cx, resource, state).await
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        ITEMS.update(cx, write).await
    }

    async fn delete(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        ITEMS.delete(cx, resource, state).await
    }

    async fn list(&self, cx: &Cx<Client>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        ITEMS.list(cx, wanted, objects).await
    }
}

/// Organizations as objects behind endpoints of their own.
pub struct Endpoints;

static REST: Rest = Rest::new(&CONSOLE, "/projects/{project_id}/organizations")
    .paging(Paging::tokens("organizations"))
    .filters(&[("domain", "domain")])
    .envelope(Envelope { read: READ, ..Envelope::NONE });

/// The member in which the answer to a read has the organization.
const READ: &str = "organization";

/// How long to wait until a new organization can be read.
const PATIENCE: Duration = Duration::from_secs(60);

#[async_trait]
impl Backend<Client> for Endpoints {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let at = REST.collection(cx, planned).await?;
        let attempt = cx.attempt(write, at.endpoint.account(cx), Makes::TheObject);
        let label = planned.str("label").unwrap_or_default();
        let post = || async {
            let _turn = document::PROJECT.turn(cx, planned).await?;
            cx.begin(&attempt, Looked::Not);
            REST.post(cx, &at, &with_domains(write)).await
        };
        let list = || async { REST.listing(cx, &at, &RESOURCE, "label", label).await };
        let made = once_listed(cx, post, list, |found| is_as_planned(&RESOURCE, &write.planned, &found.value)).await;
        let mut made = made.map_err(|error| maybe_left(&RESOURCE, None, explained(error)))?;
        made.warnings.extend(until_shown(cx, &at, &made.id).await);
        Ok(made)
    }

    async fn read(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        REST.read(cx, resource, state).await
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let id = id_of(&RESOURCE, write.id.as_deref())?;
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let at = REST.collection(cx, planned).await?;
        let _turn = document::PROJECT.turn(cx, planned).await?;
        Ok(put(cx, &at, id, write).await?)
    }

    async fn delete(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        let _turn = document::PROJECT.turn(cx, Object::new(&resource.table, &state.value)).await?;
        REST.delete(cx, resource, state).await
    }

    async fn list(&self, cx: &Cx<Client>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        Backend::list(&REST, cx, wanted, objects).await
    }
}

/// Changes what the plan changes: members that a `PUT` leaves out stay, and those that it sends empty are cleared. The default
/// region is always sent, since the description says both that it stays and that it is cleared when it is left out.
async fn put(cx: &Cx<Client>, at: &Collection, id: &str, write: &Write) -> Result<Observed, SendError> {
    let current = at.endpoint.send(cx, &CONSOLE, at.about(Method::GET, id)).await?;
    if !current.is_success() {
        return Err(CONSOLE.refuse(&current));
    }
    let unreadable = |reply, why: &str| CONSOLE.unreadable(reply, why);
    let there = CONSOLE.json(&current)?.remove(READ).ok_or_else(|| unreadable(&current, "`organization` is missing"))?;
    let as_it_is = REST.observe(&RESOURCE, &current, &there, Some(id))?;
    let (before, after) = mapping::change(write, there).map_err(|misfit| unreadable(&current, &misfit.to_string()))?;
    let (nothing, none) = (Json::from(""), Json::Array(Vec::new()));
    let members = [("label", &nothing), ("domains", &none), ("session_lifespan", &nothing), ("default_region", &nothing)];
    let differs = |name: &str| before.at(name) != after.at(name);
    if !members.iter().any(|(name, _)| differs(name)) {
        return Ok(in_project(at, as_it_is));
    }
    let sent = members.into_iter().filter(|(name, _)| differs(name) || *name == "default_region");
    let body = Json::object(sent.map(|(name, empty)| (name, if after.at(name).is_null() { empty } else { after.at(name) }.clone())));
    let reply = at.endpoint.send(cx, &CONSOLE, at.about(Method::PUT, id).body(body)).await?;
    match reply.is_success() {
        true => REST.observe(&RESOURCE, &reply, &CONSOLE.json(&reply)?, Some(id)).map(|observed| in_project(at, observed)),
        false => Err(explained(CONSOLE.refuse(&reply))),
    }
}

/// The organization, with the project of the path.
fn in_project(at: &Collection, mut observed: Observed) -> Observed {
    if let (Value::Object(fields), Some(place), Some(id)) = (&mut observed.value, RESOURCE.table.index("project_id"), at.says("project_id"))
    {
        fields[place] = Value::text(id);
    }
    observed
}

/// The write with its domains, even an empty list: every body has to have them.
fn with_domains(write: &Write) -> Write {
    let mut planned = write.planned.clone();
    if let (Value::Object(fields), Some(place)) = (&mut planned, RESOURCE.table.index("domains"))
        && fields[place].is_null()
    {
        fields[place] = Value::List(Vec::new());
    }
    Write { planned, ..write.clone() }
}

/// Adds to the error when a project cannot have organizations.
fn explained(mut error: SendError) -> SendError {
    if matches!(error.status, Some(402 | 403)) {
        error
            .diagnostic
            .detail
            .push_str("\n\nOnly some plans include organizations, and a project whose `environment` is `dev` cannot have any.");
    }
    error
}

/// Waits until a new organization can be read, which may take a moment; returns a warning if it cannot in time.
async fn until_shown(cx: &Cx<Client>, at: &Collection, id: &str) -> Option<Diagnostic> {
    let ask = || async {
        match at.endpoint.send(cx, &CONSOLE, at.about(Method::GET, id)).await {
            Ok(reply) if CONSOLE.says_missing(&reply) => Err(CONSOLE.refuse(&reply).diagnostic.detail),
            _ => Ok(()),
        }
    };
    let why = until_there(cx, PATIENCE, "waiting until the new organization can be read", ask).await.err()?;
    let detail = format!(
        "The organization `{id}` was made, but cannot be read yet, so resources that depend on it may fail. If they do, apply again. {why}"
    );
    Some(Diagnostic::warning("The new organization cannot be read yet", detail))
}
