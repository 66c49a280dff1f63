//! `ory_identity_schema`: a JSON Schema for the traits of a project's identities.
//!
//! Names and types are those of the official provider, and so is the schema version.
//!
//! Ory renames a schema by its content, so the name that was sent is lost, and the content of a schema never changes: an element
//! of the project's list is found by its id, and a new one by its content. The data sources are in [`identity_schemas`].

use super::{
    arrival::until_there,
    content::{self, WRITTEN},
    guards::PROTECTION,
    identity_schema_keywords::misunderstood,
    identity_schemas,
    project_id::{self, PROJECT as PROJECT_ID},
};
use crate::{
    engine::{
        Backend, Cx, Diagnostic, Done, Failure, Looked, Makes, Objects, Observed, Offer, Part, Says, State, Wanted as Asked, Write,
        one_line,
    },
    ory::{Client, project::PROJECT, services::KRATOS_PUBLIC},
    rest::{
        REPLACING, SendError,
        document::{Change, Current, Edit, Edited, Open, Position, Version, Wanted},
        maybe_left, secrets,
    },
    schema::{Attr, ID, JSON, Object, Problem, Resource, Rule, Texts, boolean, only, refuse, resource, rule, string},
    value::{Json, Path, Value},
};
use async_trait::async_trait;
use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &Schemas)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "identity_schema",
    "An identity schema of a project of Ory Network: a JSON Schema that the traits of identities follow.\n\n\
     Ory gives it an id that is made from its content: refer to `id` in `schema_id` of an identity. A schema never changes: \
     other content makes another schema, while another spelling of the same JSON changes nothing. Identities keep the schema that \
     they were made with, and Ory does not delete a schema that is in use or is the default: to replace a schema, make the new one \
     first (`create_before_destroy` in Terraform; Pulumi does so by itself), and give the identities the new id.\n\n\
     It needs a key of the workspace (`workspace_api_key`). A schema that the project has already is not taken over silently: import \
     it by `<project_id>/<id>`, or by its id alone where the provider is configured with the project. Schemas that Ory provides \
     (`preset://…`) can be used, but neither changed nor imported.",
)
.imported_as(parts)
.identified_with(&["project_id"])
.sections(&[PROJECT_ID, ATTRIBUTES, PROTECTION])
.rules(RULES)
.found_by(|schema| schema.str("schema").and_then(|text| (WRITTEN.form?)(text).into_owned().into()))
.occupies(|schema| {
    let of = |name: &str| schema.str(name).unwrap_or_default();
    vec![("identity_schema", format!("{}/{}", of("project_id"), WRITTEN.form.map(|form| form(of("schema"))).unwrap_or_default()))]
})
.checked();

static ATTRIBUTES: &[Attr] = &[
    string(
        "schema_id",
        "Your name for the schema. Ory does not keep it, so another name changes nothing at Ory. After an import it is the id.",
    )
    .required()
    .check(refuse(name)),
    string("schema", "The JSON Schema, as JSON. Its `properties.traits` declares the traits.").required().replaces().means(JSON).check(refuse(schema)),
    boolean(
        "set_default",
        "Whether it is the project's default schema, which new identities get. While this is `true`, the schema is made the default; `false` or unset leaves that to others: a default schema stays the default until another schema becomes it.",
    )
    .or_server(),
    string(
        "on_destroy",
        "What happens to the schema when this resource is destroyed: `delete` (Ory refuses that while identities use the schema, and while it is the default) or `keep` (it stays in the project). When unset, the schema is deleted; only the default schema stays, with a warning. The value in the state decides: apply it first.",
    )
    .check(only(&["delete", "keep"]))
    .local(),
];

static RULES: &[Rule] = &[rule(&["schema"], has_traits), rule(&["schema"], understood)];

/// The place of the schemas in the project's document.
const LIST: [&str; 5] = ["services", "identity", "config", "identity", "schemas"];
/// The place of the default schema's id in the document.
const DEFAULT: [&str; 5] = ["services", "identity", "config", "identity", "default_schema_id"];
/// The prefix of the ids of schemas that Ory provides.
const PRESET: &str = "preset://";

/// Whether a schema with this id is one that Ory provides.
pub fn is_preset(id: &str) -> bool {
    id.starts_with(PRESET)
}

/// The longest wait until Ory has named a new schema by its content.
const NAMING: Duration = Duration::from_secs(5);
/// The longest wait until identities can use a new schema.
const PATIENCE: Duration = Duration::from_secs(60);

fn name(id: &str) -> Result<(), String> {
    match id {
        "" => Err("Must not be empty.".into()),
        _ if id.starts_with(PRESET) => Err("Must not be the id of a schema that Ory provides: such a schema is used as it is.".into()),
        _ => Ok(()),
    }
}

fn schema(text: &str) -> Result<(), String> {
    // Another check holds that it is JSON.
    match Json::parse(text) {
        Ok(json) if !json.is_object() => Err("Must be a JSON object.".into()),
        _ => Ok(()),
    }
}

fn has_traits(config: Object<'_>) -> Option<Problem> {
    let schema = Json::parse(config.str("schema")?).ok()?;
    (schema.is_object() && !schema.at("properties/traits").is_object()).then(|| {
        Problem::doubtful(
            "schema",
            "The schema declares no traits",
            "Ory Kratos finds the traits of an identity at `properties.traits` of its schema, and this one has no object there: identities could have any traits, and would have nothing to sign in with.",
        )
    })
}

fn understood(config: Object<'_>) -> Option<Problem> {
    let found = misunderstood(&Json::parse(config.str("schema")?).ok()?)?;
    Some(Problem::doubtful("schema", "Ory reads the schema in another way", found))
}

fn parts(id: &str) -> Texts {
    if id.starts_with(PRESET) { vec![(ID, id.to_owned())] } else { project_id::parts(ID, id) }
}

fn steps(path: &[&str]) -> Vec<String> {
    path.iter().map(|step| (*step).to_owned()).collect()
}

/// The project's schemas.
fn schemas(project: &Json) -> &[Json] {
    project.at(&steps(&LIST)).as_array().unwrap_or_default()
}

fn id_of(schema: &Json) -> &str {
    schema.at(ID).as_str().unwrap_or_default()
}

fn by_id<'a>(project: &'a Json, id: &str) -> Option<&'a Json> {
    schemas(project).iter().find(|schema| id_of(schema) == id)
}

/// The schema with this content, as far as its URL shows the content.
fn by_content<'a>(project: &'a Json, text: &str) -> Option<&'a Json> {
    schemas(project).iter().find(|schema| is_content(schema, text))
}

fn is_content(schema: &Json, text: &str) -> bool {
    schema.at("url").as_str().is_some_and(|url| (WRITTEN.same)(text, url))
}

/// Its name in messages and among the writers of the document.
fn who(object: Object<'_>, id: Option<&str>) -> String {
    format!("identity_schema `{}`", object.str("schema_id").or(id).unwrap_or_default())
}

/// Elements of the project's list of schemas.
pub struct Schemas;

#[async_trait]
impl Backend<Client> for Schemas {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let (text, who) = (planned.str("schema").unwrap_or_default().to_owned(), who(planned, None));
        let open = PROJECT.open(cx, planned).await?;
        let attempt = cx.attempt(write, open.account(), Makes::TheObject);
        let Some(version) = open.look(&who).await? else { return Err(PROJECT.missing().into()) };
        let is_begun = match by_content(&version.json, &text) {
            None => {
                cx.begin(&attempt, Looked::Missing(version.date));
                false
            }
            Some(_) => {
                let is_ours = attempt.begun.as_ref().is_some_and(|begun| begun.saw_nothing());
                if is_ours {
                    cx.resume(&attempt);
                }
                is_ours
            }
        };
        let before = Arc::<OnceLock<Vec<String>>>::default();
        let edit = making(write, who.clone(), is_begun, before.clone());
        let edited = open.edit(edit).await.map_err(|error| maybe_left(&RESOURCE, None, error))?;
        let Some(Edited { version, .. }) = edited else { return Err(PROJECT.missing().into()) };
        let made = made(&version.json, &text, &before).ok_or_else(|| Failure { done: Done::Yes, ..unkept().into() })?.clone();
        let (version, made) = named(cx, &open, &who, version, made, planned).await;
        let mut observed = observe(cx, &open, &version.json, &made, planned).await?;
        observed.warnings.extend(until_shown(cx, &version.json, &observed.id).await);
        Ok(observed)
    }

    async fn read(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let object = Object::new(&resource.table, &state.value);
        let id = state.id.as_deref().unwrap_or_default();
        if id.starts_with(PRESET) {
            return Err(preset(id).into());
        }
        let open = PROJECT.open(cx, object).await?;
        let Some(version) = open.read(&who(object, Some(id))).await? else { return Ok(None) };
        match found(&version.json, id, object) {
            Some(schema) => observe(cx, &open, &version.json, schema, object).await.map(Some),
            None => Ok(None),
        }
    }

    /// The content of a schema never changes; only whether it is the default.
    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let table = &RESOURCE.table;
        let (prior, planned) = (Object::new(table, &write.prior), Object::new(table, &write.planned));
        let id = write.id.clone().unwrap_or_default();
        let (open, who) = (PROJECT.open(cx, planned).await?, who(planned, Some(&id)));
        let wants = planned.bool("set_default") == Some(true);
        if prior.bool("set_default") == Some(true) && !wants {
            open.withdraw(&who);
        }
        let version = if wants && prior.bool("set_default") != Some(true) {
            open.edit(defaulting(write, who)).await?.map(|edited| edited.version)
        } else {
            open.look(&who).await?
        };
        let version = version.ok_or_else(|| PROJECT.missing())?;
        let schema = found(&version.json, &id, planned).ok_or_else(gone)?;
        observe(cx, &open, &version.json, schema, planned).await
    }

    async fn delete(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        let object = Object::new(&resource.table, &state.value);
        let id = state.id.clone().unwrap_or_default();
        let (open, who) = (PROJECT.open(cx, object).await?, who(object, Some(&id)));
        if object.str("on_destroy") == Some("keep") {
            open.withdraw(&who);
            cx.warn(Diagnostic::warning(
                "The identity_schema stays in the project",
                format!("The project keeps the schema `{}`, as `on_destroy` asks; it is no longer managed.", one_line(&id)),
            ));
            return Ok(());
        }
        // No resource of this run wants it to be the default any more.
        open.withdraw(&who);
        let text = object.str("schema").map(str::to_owned);
        // Ory does not delete the default schema. When a whole project is destroyed, this resource is destroyed before the project.
        let (must_go, stays) = (object.str("on_destroy") == Some("delete"), Arc::<AtomicBool>::default());
        let kept = stays.clone();
        let changes = move |seen: Current<'_>| {
            let there = by_id(seen.document, &id).or_else(|| by_content(seen.document, text.as_deref()?));
            match there {
                None => Ok(Vec::new()),
                Some(schema) if seen.document.at(&steps(&DEFAULT)) == schema.at(ID) && must_go => Err(is_default()),
                Some(schema) if seen.document.at(&steps(&DEFAULT)) == schema.at(ID) => {
                    kept.store(true, Ordering::Relaxed);
                    Ok(Vec::new())
                }
                Some(schema) => Ok(vec![Change::Element { list: steps(&LIST), like: like(id_of(schema)), wanted: Wanted::Absent }]),
            }
        };
        // If the project is gone, so are its schemas.
        match open.edit(Edit { who, is_new: false, secrets: Vec::new(), insists: false, changes: Box::new(changes) }).await {
            Ok(Some(edited)) if !edited.unkept.is_empty() => Err(unkept().into()),
            Ok(_) if stays.load(Ordering::Relaxed) => {
                cx.warn(Diagnostic::warning(
                    "The identity_schema stays in the project",
                    "It is the project's default, which new identities get, so Ory does not delete it. It is no longer managed. To delete it, make another schema the default first.",
                ));
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(mut error) => {
                if error.status == Some(409) {
                    error.diagnostic.summary = "The identity schema is in use".into();
                }
                Err(error.into())
            }
        }
    }

    /// A project has one default schema. Other resources name it by its id, which depends on its content, so that they are not compared.
    fn sets(&self, client: &Client, _: &'static Resource, config: Object<'_>, _: bool) -> Vec<Part> {
        let default = config.str("schema").filter(|_| config.bool("set_default") == Some(true));
        let of = PROJECT.place(client, config).zip(default.and_then(|text| Json::parse(text).ok()));
        let part = |(of, schema): (String, Json)| {
            PROJECT.part(&format!("the schemas of {of}"), &steps(&DEFAULT), "set_default", Says::Is(schema.to_string().into()))
        };
        of.map(part).into_iter().collect()
    }

    async fn list(&self, cx: &Cx<Client>, wanted: &Asked<'_>, objects: &Objects) -> Result<(), Failure> {
        let open = PROJECT.open(cx, wanted.filter).await?;
        let Some(version) = open.read("every identity_schema").await? else { return Ok(()) };
        let nothing = RESOURCE.table.nulls();
        let with_presets = wanted.filter.bool("include_presets") == Some(true);
        for schema in schemas(&version.json).iter().filter(|schema| with_presets || !id_of(schema).starts_with(PRESET)) {
            let observed = observe(cx, &open, &version.json, schema, Object::new(&RESOURCE.table, &nothing)).await?;
            if wanted.holds(&observed.value) {
                objects.send(observed).await;
            }
        }
        Ok(())
    }
}

fn like(id: &str) -> Json {
    Json::object([(ID, id.into())])
}

/// The schema of an object with this id. A new schema, whose id was not yet made from its content, may have another id by now.
fn found<'a>(project: &'a Json, id: &str, object: Object<'_>) -> Option<&'a Json> {
    by_id(project, id).or_else(|| by_content(project, object.str("schema")?))
}

/// The new schema: found by its content or, if its URL does not show that, as the only one that did not exist before.
fn made<'a>(project: &'a Json, text: &str, before: &OnceLock<Vec<String>>) -> Option<&'a Json> {
    let mut new =
        schemas(project).iter().filter(|schema| before.get().is_some_and(|before| before.iter().all(|known| known != id_of(schema))));
    by_content(project, text).or_else(|| new.next().filter(|_| new.next().is_none()))
}

/// The edit that makes the schema.
fn making(write: &Write, who: String, is_begun: bool, before: Arc<OnceLock<Vec<String>>>) -> Edit {
    let planned = Object::new(&RESOURCE.table, &write.planned);
    let text = planned.str("schema").unwrap_or_default().to_owned();
    let name = planned.str("schema_id").unwrap_or_default().to_owned();
    let wants = planned.bool("set_default") == Some(true);
    let changes = move |seen: Current<'_>| {
        let known = before.get_or_init(|| schemas(seen.document).iter().map(|schema| id_of(schema).to_owned()).collect());
        let is_ours = |schema: &Json| is_begun || seen.may_be_made && known.iter().all(|known| known != id_of(schema));
        let (id, mut changes) = match by_content(seen.document, &text) {
            Some(schema) if is_ours(schema) => (id_of(schema).to_owned(), Vec::new()),
            Some(schema) => return Err(exists(id_of(schema))),
            None => {
                let name = free_name(seen.document, &name, &text);
                let url = WRITTEN.sent.map(|sent| sent(&text).into_owned()).unwrap_or_default();
                let schema = Json::object([(ID, name.as_str().into()), ("url", url.into())]);
                (name.clone(), vec![Change::Element { list: steps(&LIST), like: like(&name), wanted: Wanted::Is(schema, Position::Last) }])
            }
        };
        if wants {
            changes.push(Change::Member { at: steps(&DEFAULT), value: Some(id.into()) });
        }
        Ok(changes)
    };
    Edit { who, is_new: true, secrets: secrets(write), insists: false, changes: Box::new(changes) }
}

/// The name to send, which Ory replaces. It must not be the id of an existing schema: after an import, for example, the name is the
/// id that Ory made from other content.
fn free_name(project: &Json, name: &str, text: &str) -> String {
    if by_id(project, name).is_none() {
        return name.to_owned();
    }
    let hash = WRITTEN.form.map(|form| form(text).into_owned()).unwrap_or_default();
    let start: String = hash.trim_start_matches("sha512:").chars().take(8).collect();
    format!("{name}-{start}")
}

/// The edit that makes the schema the default.
fn defaulting(write: &Write, who: String) -> Edit {
    let owned = write.clone();
    let changes = move |seen: Current<'_>| {
        let planned = Object::new(&RESOURCE.table, &owned.planned);
        let schema = found(seen.document, owned.id.as_deref().unwrap_or_default(), planned).ok_or_else(gone)?;
        Ok(vec![Change::Member { at: steps(&DEFAULT), value: Some(schema.at(ID).clone()) }])
    };
    Edit { who, is_new: false, secrets: Vec::new(), insists: false, changes: Box::new(changes) }
}

/// The schema once Ory has named it by its content, which may take a moment; until then, its id is the name that was
/// sent.
async fn named(
    cx: &Cx<Client>,
    open: &Open<'_, Client>,
    who: &str,
    version: Arc<Version>,
    made: Json,
    planned: Object<'_>,
) -> (Arc<Version>, Json) {
    let (name, text) = (planned.str("schema_id").unwrap_or_default(), planned.str("schema").unwrap_or_default());
    let sent = id_of(&made).to_owned();
    let is_as_sent = sent.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    if !is_as_sent {
        return (version, made);
    }
    let later = std::sync::Mutex::new(None);
    let ask = || async {
        let version = open.read(who).await.ok().flatten().ok_or_else(String::new)?;
        let schema = by_content(&version.json, text).filter(|schema| id_of(schema) != sent).cloned().ok_or_else(String::new)?;
        *later.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some((version, schema));
        Ok(())
    };
    // A server that never renames it keeps the name as the id.
    let _ = until_there(cx, NAMING, "waiting until the new schema has its id", ask).await;
    later.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).unwrap_or((version, made))
}

/// The object for an element of the list. What the list does not have stays as in `before`.
async fn observe(cx: &Cx<Client>, open: &Open<'_, Client>, project: &Json, schema: &Json, before: Object<'_>) -> Result<Observed, Failure> {
    let id = id_of(schema).to_owned();
    let mut warnings = Vec::new();
    let known = before.str("schema");
    let carried = || schema.at("url").as_str().and_then(content::carried);
    let text = match known {
        Some(text) if is_content(schema, text) => text.to_owned(),
        _ => match (carried(), known) {
            (Some(text), _) => text,
            (None, known) => match (content_of(cx, project, &id).await, known) {
                (Ok(text), _) => text,
                (Err(error), None) => return Err(error.into()),
                (Err(error), Some(text)) => {
                    warnings.push(unread(&id, &error.diagnostic.detail));
                    text.to_owned()
                }
            },
        },
    };
    let is_default = project.at(&steps(&DEFAULT)) == schema.at(ID);
    // A configuration without `set_default = true` leaves the default to others.
    let default = if before.bool("set_default") == Some(false) { false } else { is_default };
    let value = RESOURCE.table.holding([
        ("project_id", open.says("project_id").map(Value::text).unwrap_or_default()),
        ("schema_id", Value::text(before.str("schema_id").unwrap_or(&id))),
        ("schema", Value::text(text)),
        ("set_default", Value::Bool(default)),
    ]);
    Ok(Observed { id, value, warnings })
}

/// The content of a schema, as the project serves it publicly.
async fn content_of(cx: &Cx<Client>, project: &Json, id: &str) -> Result<String, SendError> {
    let host = cx.client.public_of_console(project.at("slug").as_str().unwrap_or_default()).map_err(SendError::unsent)?;
    let reply = host.send(cx, &KRATOS_PUBLIC, identity_schemas::of_id(id)).await?;
    if !reply.is_success() {
        return Err(KRATOS_PUBLIC.refuse(&reply));
    }
    match reply.json().filter(Json::is_object) {
        Some(schema) => Ok(schema.to_string()),
        None => Err(KRATOS_PUBLIC.unreadable(&reply, "expected a JSON Schema")),
    }
}

/// Waits until identities can use a new schema; returns a warning if they cannot in time.
async fn until_shown(cx: &Cx<Client>, project: &Json, id: &str) -> Option<Diagnostic> {
    let host = cx.client.public_of_console(project.at("slug").as_str().unwrap_or_default()).ok()?;
    let ask = || async {
        match host.send(cx, &KRATOS_PUBLIC, identity_schemas::of_id(id).dispensable()).await {
            Ok(reply) if KRATOS_PUBLIC.says_missing(&reply) => Err(KRATOS_PUBLIC.refuse(&reply).diagnostic.detail),
            _ => Ok(()),
        }
    };
    let why = until_there(cx, PATIENCE, "waiting until identities can use the new schema", ask).await.err()?;
    let detail = format!(
        "The identity schema `{}` was made, but the project does not serve it yet, so resources that depend on it may fail. If they do, apply again. {why}",
        one_line(id)
    );
    Some(Diagnostic::warning("The new identity schema is not usable yet", detail))
}

fn exists(id: &str) -> Diagnostic {
    Diagnostic::error(
        "The identity schema exists already",
        format!(
            "The project has a schema of the same content that is not in the state: `{}`. Nothing was changed. To manage it, import it by this id (`terraform import`, an `import` block, or `pulumi import`); to use it without managing it, refer to its id; otherwise choose another content.{REPLACING}",
            one_line(id)
        ),
    )
    .at(Path::attr("schema"))
}

fn is_default() -> Diagnostic {
    Diagnostic::error(
        "The identity schema is the default",
        "Without it, new identities would have no schema. Nothing was changed. Make another schema the default first (`set_default = true` on that one, or in the Ory Console), and apply again. To replace this schema, make the new one before it is destroyed (`create_before_destroy`). To keep it in the project, apply `on_destroy = \"keep\"`, and then destroy it.",
    )
}

fn preset(id: &str) -> Diagnostic {
    Diagnostic::error(
        "A schema that Ory provides cannot be managed",
        format!("`{}` is the same for all projects. Refer to it by its id; the data source `ory_identity_schema` shows it.", one_line(id)),
    )
}

fn gone() -> Diagnostic {
    Diagnostic::error(
        "The identity_schema no longer exists",
        "It is no longer in the project. Nothing was changed. Refresh to bring the state up to date, and apply again.",
    )
}

fn unkept() -> Diagnostic {
    Diagnostic::error(
        "The server did not keep what was sent",
        "Ory accepted the patch, but the schemas of the project are the same as before. It may have this content already in another spelling: `ory_identity_schemas` lists the schemas.",
    )
}

fn unread(id: &str, why: &str) -> Diagnostic {
    Diagnostic::warning(
        "An identity schema cannot be compared",
        format!(
            "The schema `{}` exists, but not in the spelling of the state, and its content cannot be read: the state keeps its value. {why}",
            one_line(id)
        ),
    )
}
