//! `ory_project`: a project of Ory Network.
//!
//! Names and types are those of the official provider, and so is the schema version. The revision is left out: it changes with
//! every change of the configuration, so it would show up in every plan.

use super::{
    super::{client::Client, project as document, services::CONSOLE, unpublished::TIER},
    arrival::until_there,
    workspace,
};
use crate::{
    engine::{
        self, Backend, Cx, Diagnostic, Done, Failure, Looked, Makes, Objects, Observed, Offer, State, Wanted, Write, is_as_planned,
        one_line,
    },
    rest::{
        Client as _, Collection, Paging, Rest, SendError, address,
        document::{Change, Edit, Open},
        id_of, mapping, maybe_left, once_listed,
    },
    schema::{Attr, Guards, ID, Lookup, Object, PlanDraft, Problem, Resource, UUID, boolean, known, lookup, refuse, resource, string},
    value::{Json, Value},
};
use async_trait::async_trait;
use reqwest::Method;
use std::time::Duration;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND), Offer::lookup(&LOOKUP, &BACKEND)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "project",
    "A project of Ory Network: identities, OAuth 2.0 clients, permissions and everything else that Ory keeps for an application.\n\n\
     It needs a key of the workspace (`workspace_api_key`). A change of `environment` moves the project to another tier in \
     place, and one of `name` renames it. The region cannot change, so that a plan that changes it is an error. Deleting a \
     project deletes everything in it, for ever: one whose environment is `prod` is protected unless \
     `deletion_protection = false` was applied before.",
)
.sections(&[ATTRIBUTES, PROTECTED])
.protected(|project| (project.str("environment") == Some("prod")).then_some("Its environment is `prod`"))
.on_change(&[another_region])
.modify_plan(first)
.occupies(|project| {
    vec![("project", format!("{}/{}", project.str("workspace_id").unwrap_or_default(), project.str("name").unwrap_or_default()))]
})
.checked();

/// How it is reached.
pub static BACKEND: Projects = Projects;

/// The data source.
static LOOKUP: Lookup = lookup(
    &RESOURCE,
    "A project of Ory Network that is managed elsewhere: by its id, its slug or its name, or, if none is given, the one that the provider is configured with (`project_id`).",
)
.or_by("slug")
.or_by("name")
.within(&["workspace_id"])
.or_own();

const ENVIRONMENTS: &[&str] = &["prod", "stage", "dev"];
/// The regions in which data may be stored.
pub(super) const REGIONS: &[&str] = &["eu-central", "us-east", "us-west", "asia-northeast", "eu", "us", "asia", "global"];

static ATTRIBUTES: &[Attr] = &[
    string("name", "The name that people see.").named(),
    string("environment", "Its tier: `prod` (the default of a new project), `stage` or `dev`. A change keeps the project. The plan of the workspace has to allow the tier, and the project must not use a feature that the tier lacks.")
        .or_server()
        .check(known(ENVIRONMENTS)),
    string("home_region", "Where its data is kept: `eu-central` (the default of a new project), `us-east`, `us-west`, `asia-northeast`, `eu`, `us`, `asia` or `global`. It cannot change.")
        .or_server()
        .check(known(REGIONS)),
    string("workspace_id", "Id of the workspace that it is in; the provider's `workspace_id` when unset.")
        .or_server()
        .replaces()
        .means(UUID)
        .refers_to(&workspace::RESOURCE, ID)
        .check(refuse(address::id)),
    string("slug", "The name of its host: `https://<slug>.projects.oryapis.com`.").read_only(),
    string("state", "`running` or `halted`.").read_only(),
];

/// Protection. A project of the highest tier is protected by default.
static PROTECTED: &[Attr] = &[boolean(
    "deletion_protection",
    "While this is `true` in the state, or unset there and `environment` is `prod`, the project is neither deleted nor replaced. To delete it, apply `false` first.",
)
.guards(Guards::Deletion)];

/// Fills in the defaults of a new project. An existing project keeps what it has.
fn first(draft: &mut PlanDraft<'_>) {
    if draft.prior.is_none() {
        draft.set("environment", Value::text("prod"));
        draft.set("home_region", Value::text("eu-central"));
    }
}

fn another_region(before: Object<'_>, planned: Object<'_>) -> Option<Problem> {
    let (stays, [was, now]) =
        (before.get("workspace_id") == planned.get("workspace_id"), [before, planned].map(|it| it.get("home_region")));
    (stays && was != now && !was.is_null() && !now.is_unknown()).then(|| {
        Problem::refused(
            "home_region",
            "A project cannot move to another region",
            "Ory keeps a project's data in the region in which it was made. Undo the change of `home_region`. For a project in another region, declare another `ory_project` and move the contents of this one over. To delete this project with everything in it, destroy it first in a separate run (`terraform destroy -target`, `pulumi destroy --target`), and then apply.",
        )
    })
}

/// Projects, each with its document.
pub struct Projects;

static ALL: Rest = Rest::new(&CONSOLE, "/projects").paging(Paging::whole(""));
/// The list has no pages. A link to another page is an error, so that no incomplete list is used.
static OF_WORKSPACE: Rest = Rest::new(&CONSOLE, "/workspaces/{workspace_id}/projects").paging(Paging::whole("projects"));

/// The longest wait until a new project can be read.
const PATIENCE: Duration = Duration::from_secs(60);

#[async_trait]
impl Backend<Client> for Projects {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let write = &in_workspace(cx, write);
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let at = ALL.collection(cx, planned).await?;
        // If the write is not allowed, not even a read before it is sent.
        at.endpoint.allows(&at.request(Method::POST))?;
        let attempt = cx.attempt(write, at.endpoint.account(cx), Makes::TheObject);
        let post = || async {
            cx.begin(&attempt, Looked::Not);
            ALL.post(cx, &at, write).await
        };
        let list = || async { listed(cx, planned).await };
        let made = once_listed(cx, post, list, |found| is_as_planned(&RESOURCE, &write.planned, &found.value)).await;
        let mut observed = made.map_err(|error| maybe_left(&RESOURCE, None, error))?;
        observed.warnings.extend(until_shown(cx, &at, &observed.id).await);
        Ok(observed)
    }

    async fn read(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let own = if state.id.is_none() { cx.client.stands_in("project_id")? } else { None };
        let id = id_of(resource, state.id.as_deref().or(own.as_deref()))?;
        let open = open(cx, id).await?;
        let Some(version) = open.read(&who(id)).await? else { return Ok(None) };
        Ok(Some(observed(id, &version.json)?))
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let id = id_of(&RESOURCE, write.id.as_deref())?;
        let at = ALL.collection(cx, Object::new(&RESOURCE.table, &write.planned)).await?;
        let (prior, planned) = (Object::new(&RESOURCE.table, &write.prior), Object::new(&RESOURCE.table, &write.planned));
        // The region may have been unknown in the plan.
        if let Some(problem) = another_region(prior, planned) {
            return Err(Diagnostic::from(problem).into());
        }
        let changed = |name: &str| planned.str(name).filter(|text| prior.str(name) != Some(text));
        // The tier comes first, since this is the change that Ory may refuse.
        let tier = changed("environment");
        if let Some(tier) = tier {
            set_tier(cx, &at, id, tier).await?;
        }
        if let Some(name) = changed("name") {
            let open = open(cx, id).await?;
            let change = Change::Member { at: vec!["name".to_owned()], value: Some(name.into()) };
            let edit = Edit {
                who: who(id),
                is_new: false,
                secrets: Vec::new(),
                insists: false,
                changes: Box::new(move |_| Ok(vec![change.clone()])),
            };
            let edited = open.edit(edit).await.map_err(|error| match tier {
                Some(_) => Failure { done: Done::Yes, left: Some(Box::new(moved(id, write))), diagnostics: vec![error.diagnostic] },
                None => error.into(),
            })?;
            let Some(edited) = edited else { return Err(gone().into()) };
            if tier.is_none() {
                return Ok(observed(id, &edited.version.json)?);
            }
        }
        self.as_it_is(cx, &at, id, planned).await
    }

    async fn delete(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        let id = id_of(resource, state.id.as_deref())?;
        let at = ALL.collection(cx, Object::new(&resource.table, &state.value)).await?;
        let reply = at.endpoint.send(cx, &CONSOLE, at.about(Method::DELETE, id)).await?;
        open(cx, id).await?.withdraw(&who(id));
        if reply.is_success() || CONSOLE.says_missing(&reply) {
            return Ok(());
        }
        // The lost answer may have been the one to the deletion.
        match shown(cx, &at, id).await {
            Ok(None) => Ok(()),
            _ => Err(CONSOLE.refuse(&reply).into()),
        }
    }

    async fn list(&self, cx: &Cx<Client>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        let all = if wanted.filter.get("workspace_id").is_null() { &ALL } else { &OF_WORKSPACE };
        let mut found = engine::objects(cx, all, *wanted);
        while let Some(project) = found.next().await? {
            if !is_deleted(&project) {
                objects.send(project).await;
            }
        }
        Ok(())
    }
}

impl Projects {
    /// The project after a change whose answer does not show it. A read may still show the earlier state.
    async fn as_it_is(&self, cx: &Cx<Client>, at: &Collection, id: &str, planned: Object<'_>) -> Result<Observed, Failure> {
        for pause in [1, 2, 0] {
            let Some(project) = shown(cx, at, id).await.map_err(|error| SendError { done: Done::Yes, ..error })? else { break };
            let observed = observed(id, &project)?;
            let now = Object::new(&RESOURCE.table, &observed.value);
            if pause == 0 || now.get("environment") == planned.get("environment") {
                return Ok(observed);
            }
            tokio::select! {
                biased;
                () = cx.stopped() => return Ok(observed),
                () = tokio::time::sleep(Duration::from_secs(pause)) => {}
            }
        }
        Err(Failure { done: Done::Yes, left: None, diagnostics: vec![gone()] })
    }
}

/// The project's document. `project_id` is an attribute of objects in a project, not of the project itself.
async fn open<'a>(cx: &'a Cx<Client>, id: &str) -> Result<Open<'a, Client>, SendError> {
    document::PROJECT.open(cx, Object::new(&document::NAMED, &document::NAMED.holding([("project_id", Value::text(id))]))).await
}

/// The name of the project, for those who read and write its document.
fn who(id: &str) -> String {
    format!("project `{id}`")
}

/// The project in the document of this id.
fn observed(id: &str, project: &Json) -> Result<Observed, Diagnostic> {
    let strange = |why: String| {
        let detail = format!("{why} Check that `console_api_url` is that of {}.", CONSOLE.name);
        Diagnostic::error("The project is not as expected", detail)
    };
    let shown = project.at("id").as_str().unwrap_or_default();
    if !(UUID.same)(id, shown) {
        return Err(strange(format!("The project `{}` was requested, but the answer shows `{}`.", one_line(id), one_line(shown))));
    }
    let value = mapping::observe(&RESOURCE.table, project).map_err(|misfit| strange(misfit.to_string()))?;
    Ok(Observed { id: id.to_owned(), value, warnings: Vec::new() })
}

/// The project as it is shown now; `None` if it is gone.
async fn shown(cx: &Cx<Client>, at: &Collection, id: &str) -> Result<Option<Json>, SendError> {
    let reply = at.endpoint.send(cx, &CONSOLE, at.about(Method::GET, id)).await?;
    if CONSOLE.says_missing(&reply) {
        return Ok(None);
    }
    if !reply.is_success() {
        return Err(CONSOLE.refuse(&reply));
    }
    let project = CONSOLE.json(&reply)?;
    Ok((!(document::PROJECT.is_gone)(&project)).then_some(project))
}

/// Waits until a new project can be read, as objects in it need; returns a warning if it cannot in time.
async fn until_shown(cx: &Cx<Client>, at: &Collection, id: &str) -> Option<Diagnostic> {
    let ask = || async {
        match shown(cx, at, id).await {
            Ok(Some(_)) => Ok(()),
            Ok(None) => Err(String::new()),
            Err(SendError { diagnostic: error, .. }) => Err(format!(" {}: {}", error.summary, error.detail)),
        }
    };
    let why = until_there(cx, PATIENCE, "waiting until the new project can be read", ask).await.err()?;
    let detail = format!(
        "The project `{id}` was made, but cannot be read yet, so resources that depend on it may fail. If they do, apply again.{why}"
    );
    Some(Diagnostic::warning("The new project cannot be read yet", detail))
}

/// Changes the tier, by the only route for it. The answer has only a part of the project, so it is ignored.
async fn set_tier(cx: &Cx<Client>, at: &Collection, id: &str, tier: &str) -> Result<(), SendError> {
    let request = at.about(Method::PUT, id).id("environment").body(Json::object([("environment", tier.into())]));
    let reply = at.endpoint.send(cx, &CONSOLE, request).await?;
    if reply.is_success() { Ok(()) } else { Err(TIER.refuse(&CONSOLE, &reply)) }
}

/// The projects in the workspace of this one or, if that is unknown, all projects.
async fn listed(cx: &Cx<Client>, project: Object<'_>) -> Result<Vec<Observed>, SendError> {
    let all = if project.str("workspace_id").is_none() { &ALL } else { &OF_WORKSPACE };
    let at = all.collection(cx, project).await.map_err(SendError::unsent)?;
    let name = project.str("name").unwrap_or_default();
    let mut found = all.listing(cx, &at, &RESOURCE, "name", name).await?;
    found.retain(|project| !is_deleted(project));
    Ok(found)
}

fn is_deleted(project: &Observed) -> bool {
    Object::new(&RESOURCE.table, &project.value).str("state") == Some("deleted")
}

/// The write, with the provider's workspace if the plan does not set one.
fn in_workspace(cx: &Cx<Client>, write: &Write) -> Write {
    let mut planned = write.planned.clone();
    if let (Value::Object(fields), Some(place)) = (&mut planned, RESOURCE.table.index("workspace_id"))
        && fields[place].is_unknown()
    {
        fields[place] = cx.client.workspace_id().map(Value::text).unwrap_or(Value::Unknown);
    }
    Write { planned, ..write.clone() }
}

/// The project after only its tier was changed.
fn moved(id: &str, write: &Write) -> Observed {
    let (prior, planned) = (Object::new(&RESOURCE.table, &write.prior), Object::new(&RESOURCE.table, &write.planned));
    let fields = prior.iter().map(|(attr, value)| if attr.name == "environment" { planned.get(attr.name).clone() } else { value.clone() });
    Observed { id: id.to_owned(), value: Value::Object(fields.collect()), warnings: Vec::new() }
}

fn gone() -> Diagnostic {
    Diagnostic::error("The project does not exist any more", "Refresh to bring the state up to date, and apply again.")
}
