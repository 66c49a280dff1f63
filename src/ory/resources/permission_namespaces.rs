//! `ory_permission_namespaces`: the permission model of a project.
//!
//! The official provider only has two attributes of `ory_project_config` for it. They are about the same member of the project's
//! document, so if both write it in one run, the second one is refused.

use super::{
    content::WRITTEN,
    guards::PROTECTION,
    permission_language::{self as language, document},
    project_config::shapes::NAMESPACES,
    project_id::PROJECT as PROJECT_ID,
};
use crate::{
    engine::{Backend, Cx, Diagnostic, Failure, Observed, Offer, Part, State, Write, semantically_equal},
    ory::{Client, project::PROJECT},
    rest::document::Members,
    schema::{Attr, Object, Problem, Resource, Rule, list, resource, rule, string, under},
    value::Path,
};
use async_trait::async_trait;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &Checked)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "permission_namespaces",
    "The permission model of a project of Ory Network: the namespaces of its relationships with their rules, in the Ory \
     Permission Language, or only their names.\n\n\
     Ory checks a document before anything is changed, with the limits of the project's plan, and its errors are shown \
     with line and column. The data source `ory_opl_validation` checks one at plan. It needs a key of the workspace \
     (`workspace_api_key`). A project has one model: set either this, or `keto_namespace_configuration` or `keto_namespaces` of \
     `ory_project_config`. Destroying it leaves the project without namespaces; `deletion_protection` guards against \
     that.",
)
.import("project_id")
.sections(&[PROJECT_ID, NAMESPACES_OF, PROTECTION])
.rules(RULES)
.checked();

static NAMESPACES_OF: &[Attr] = &under(
    "services/permission/config/namespaces",
    [
        string(
            "source",
            "The document in the Ory Permission Language: its text, such as `file(\"namespaces.keto.ts\")`, its content as `base64://…`, or a URL from which Ory fetches it. Ory shows the hash of its content, so changes made elsewhere are found; after an import, this is the URL at which Ory keeps it.",
        )
        .at("location")
        .means(WRITTEN),
        list("namespaces", "Names of namespaces without rules, in place of a document. The order has no meaning.")
            .at("list")
            .unordered(),
    ],
);

static RULES: &[Rule] =
    &[rule(&["source", "namespaces"], one_of_the_two), rule(&["source"], |config| config.str("source").and_then(language::doubtful))];

fn one_of_the_two(config: Object<'_>) -> Option<Problem> {
    match (config.str("source"), config.get("namespaces").is_null()) {
        (Some(_), false) => Some(Problem::refused(
            "namespaces",
            "namespaces conflicts with source",
            "A document declares its namespaces itself: remove one of the two.",
        )),
        (None, true) => {
            Some(Problem::refused("source", "There is no permission model", "Set `source` or, for names without rules, `namespaces`."))
        }
        (None, false) if config.get("namespaces").is_empty() => Some(Problem::refused(
            "namespaces",
            "There is no permission model",
            "Without namespaces, there is nothing to manage: add one, or remove the resource.",
        )),
        _ => None,
    }
}

/// Where the project's document has the URL of the Ory Permission Language document.
const LOCATION: &str = "services/permission/config/namespaces/location";

static BACKEND: Members = Members { shapes: &[NAMESPACES], ..Members::of(&PROJECT) };

/// The member of the project's document. Ory checks its value before it is written.
struct Checked;

#[async_trait]
impl Backend<Client> for Checked {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        valid(cx, write).await?;
        free(cx, write).await?;
        BACKEND.create(cx, write).await
    }

    async fn read(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        // Without namespaces, there is no model.
        let found = BACKEND.read(cx, resource, state).await?;
        Ok(found.filter(|found| {
            let model = Object::new(&RESOURCE.table, &found.value);
            model.str("source").is_some() || !model.strs("namespaces").is_empty()
        }))
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        valid(cx, write).await?;
        BACKEND.update(cx, write).await
    }

    async fn delete(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        BACKEND.delete(cx, resource, state).await
    }

    fn sets(&self, client: &Client, resource: &'static Resource, config: Object<'_>, is_new: bool) -> Vec<Part> {
        BACKEND.sets(client, resource, config, is_new)
    }
}

/// Refuses to overwrite a document that somebody else gave to the project.
async fn free(cx: &Cx<Client>, write: &Write) -> Result<(), Failure> {
    let planned = Object::new(&RESOURCE.table, &write.planned);
    let open = PROJECT.open(cx, planned).await?;
    let who = format!("permission_namespaces `{}`", open.says("project_id").unwrap_or_default());
    let Some(version) = open.look(&who).await? else { return Err(PROJECT.missing().into()) };
    match version.json.at(LOCATION).as_str() {
        Some(there) if !planned.str("source").is_some_and(|source| (WRITTEN.same)(source, there)) => Err(Diagnostic::error(
            "The project has a permission model already",
            "It has another document in the Ory Permission Language, which is not in the state. Nothing was changed. To manage the model here, import it by the project's id (`terraform import`, an `import` block, or `pulumi import`): the next apply then shows what it changes.",
        )
        .at(Path::attr("source"))
        .into()),
        _ => Ok(()),
    }
}

/// Refuses a document that Ory would not accept, before anything is written.
async fn valid(cx: &Cx<Client>, write: &Write) -> Result<(), Failure> {
    let table = &RESOURCE.table;
    let (prior, planned) = (Object::new(table, &write.prior), Object::new(table, &write.planned));
    let Some(document) = planned.str("source").and_then(document) else { return Ok(()) };
    let is_written = table
        .index("source")
        .is_some_and(|place| write.id.is_none() || !semantically_equal(table.attr(place), prior.at(place), planned.at(place)));
    if !is_written {
        return Ok(());
    }
    match language::validated(cx, planned, &document).await? {
        Some(faults) if !faults.is_empty() => Err(language::refused(&faults, &document, cx.secret.contains(&"source")).into()),
        // If Ory has no such check, it still checks the document when it saves it.
        _ => Ok(()),
    }
}
