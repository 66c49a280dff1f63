//! `ory_organization`: the people of a company that is a customer, who sign in by that company's own means.
//!
//! Names and types are those of the official provider, and so is the schema version.
//!
//! There are two ways to an organization: its own endpoints, and the project's document, in which it is an element of a list.
//! Both are here and tested alike; `BACKEND` says which one is in use.

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

/// How it is reached. The endpoints are known to work and choose the id themselves, while nobody has seen yet which id one
/// gets that is added to the document (`&IN_DOCUMENT`). Their description calls them deprecated in favour of the document: when
/// they go, this is the line to change.
pub static BACKEND: &dyn Backend<Client> = &ENDPOINTS;

/// The resource.
pub static RESOURCE: Resource = resource(
    "organization",
    "An organization of a project of Ory Network (B2B): the people of one customer, who sign in with that customer's own \
     provider.\n\n\
     It needs a key of the workspace (`workspace_api_key`), a plan that includes organizations, and a project whose \
     `environment` is not `dev`. Deleting an organization deletes its SCIM clients too. It is imported by \
     `<project_id>/<id>`, or its id alone where the project is the provider's.",
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
    string("label", "What people call it.").required(),
    list("domains", "Domains of its people's addresses: who signs in with one of these is sent to the organization's provider.")
        .unordered()
        .cleared_by(Cleared::Empty),
    string("default_region", "Where the data of people is kept who are made when they first sign in: `eu-central`, `us-east`, `us-west`, `asia-northeast`, `eu`, `us`, `asia` or `global`. It has to be inside the project's `home_region`. When unset, that is where the request came in.")
        .check(known(project::REGIONS)),
    string("session_lifespan", "How long a session of its people lasts, as a duration such as `24h`: whole seconds, from `1m` to `8760h`. When unset, as long as any session of the project.")
        .means(LIFESPAN_IN_FORM)
        // Go's zero, of which the description says that it means as much as null.
        .unset_as(text("0s")),
    // The project's document does not tell it.
    string("created_at", "When it was made.").read_only().means(MOMENT).may_be_untold(),
];

/// A duration, which answers have in one unit.
const LIFESPAN: &Equality =
    &Equality { form: Some(|text| in_one_unit(text).map_or(Cow::Borrowed(text), Cow::Owned)), valid: lifespan, ..*DURATION };

const LIFESPAN_IN_FORM: &Equality = &LIFESPAN.in_form();

/// The duration in the largest unit that it is a multiple of, if that is not smaller than a second.
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
        return Err("Must be from `1m` to `8760h`. To have what the project has, leave it out.".into());
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

/// The member of an answer to a read that the organization is in.
const READ: &str = "organization";

/// So long a new organization is waited for until it can be read.
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

/// Changes what the plan changes: what a `PUT` leaves out stays, and what it sends empty goes. Of the default region, the
/// description says both that it stays and that it goes where it is left out, so that it is always sent.
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

/// The organization, with the project that the path says.
fn in_project(at: &Collection, mut observed: Observed) -> Observed {
    if let (Value::Object(fields), Some(place), Some(id)) = (&mut observed.value, RESOURCE.table.index("project_id"), at.says("project_id"))
    {
        fields[place] = Value::text(id);
    }
    observed
}

/// The write of an organization that has domains, be it none: no body may leave them out.
fn with_domains(write: &Write) -> Write {
    let mut planned = write.planned.clone();
    if let (Value::Object(fields), Some(place)) = (&mut planned, RESOURCE.table.index("domains"))
        && fields[place].is_null()
    {
        fields[place] = Value::List(Vec::new());
    }
    Write { planned, ..write.clone() }
}

/// What else is to be said to who may have no organization.
fn explained(mut error: SendError) -> SendError {
    if matches!(error.status, Some(402 | 403)) {
        error
            .diagnostic
            .detail
            .push_str("\n\nOrganizations are part of some plans only, and a project whose `environment` is `dev` has none.");
    }
    error
}

/// Waits until a new organization can be read, which may not be so at first. What is to be said if it cannot.
async fn until_shown(cx: &Cx<Client>, at: &Collection, id: &str) -> Option<Diagnostic> {
    let ask = || async {
        match at.endpoint.send(cx, &CONSOLE, at.about(Method::GET, id)).await {
            Ok(reply) if CONSOLE.says_missing(&reply) => Err(CONSOLE.refuse(&reply).diagnostic.detail),
            _ => Ok(()),
        }
    };
    let why = until_there(cx, PATIENCE, "waiting until the new organization can be read", ask).await.err()?;
    let detail = format!(
        "The organization `{id}` was made, and cannot be read yet, so that what comes after it may fail. Apply again if it does. {why}"
    );
    Some(Diagnostic::warning("The new organization is not there yet", detail))
}
