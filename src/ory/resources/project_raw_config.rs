//! `ory_project_raw_config`: any part of a project's document as JSON, for what Ory adds before there is an attribute for it.
//!
//! Owns which members an overlay manages: its leaves, that is, all values in it that are not objects. All other members of the
//! document are neither read, changed nor shown.

use super::{
    project_config,
    project_id::{self, PROJECT as PROJECT_ID},
};
use crate::{
    engine::{Backend, Cx, Diagnostic, Failure, Observed, Offer, Part, Says, State, Write},
    ory::{
        Client,
        project::{PROJECT, is_as_meant},
    },
    rest::document::{Change, Edit, Edited, Open},
    schema::{Attr, ID, Object, Problem, Resource, Rule, Texts, boolean, only, refuse, resource, rule, string},
    value::{Json, Path, Value},
};
use async_trait::async_trait;

/// What the provider offers from here.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &Overlay)];

/// An overlay.
pub static RESOURCE: Resource = resource(
    "project_raw_config",
    "Any part of the configuration of an Ory Network project, as JSON: for settings that `ory_project_config` has no attribute for yet. Only the members that the JSON names are managed. Use an attribute of `ory_project_config` where there is one: attributes are checked before anything is sent.\n\n\
     It needs a key of the workspace (`workspace_api_key`). A project may have many of these beside one \
     `ory_project_config`. If two of them set different values of one member, that is an error which names both. \
     Ory drops settings that it does not know, and a warning names them.",
)
.identified_with(&["project_id"])
.imported_as(parts)
.sections(&[PROJECT_ID, ATTRIBUTES])
.rules(RULES)
.undiscoverable(
    "The settings of a project are found as ory_project_config, if it has an attribute for them. No server knows which members belong to an \
     overlay: write its block yourself.",
)
.checked();

/// The parts of an import id: the project, and optionally the id of the overlay. The project does not show the members that an
/// overlay manages.
fn parts(id: &str) -> Texts {
    match id.split_once('/') {
        Some(_) => project_id::parts(ID, id),
        None => vec![("project_id", id.to_owned()), (ID, id.to_owned())],
    }
}

const ATTRIBUTES: &[Attr] = &[
    string(
        "config",
        "JSON of the members to manage, each where the project's document has it: `{\"services\": {\"identity\": {\"config\": {…}}}}`. Objects are merged into the document; lists and other values replace the existing ones; `null` removes a member.",
    )
    .required()
    .json()
    .check(refuse(overlay)),
    string("sensitive_config", "More of the same, kept out of plans and logs as a secret. It is sent when it changes, and never compared with what Ory has.")
        .json()
        .secret()
        .once()
        .check(refuse(overlay)),
    string(
        "on_remove",
        "What happens to a member that the JSON no longer names: `reset` (the default: the member gets Ory's default value) or `keep`. The value in the state decides: apply it first.",
    )
    .check(only(&["reset", "keep"]))
    .local(),
    string(
        "on_destroy",
        "What happens to the members when this resource is destroyed: `keep` (the default) or `reset` (they get Ory's default values). The value in the state decides: apply it first.",
    )
    .check(only(&["keep", "reset"]))
    .local(),
    boolean("allow_lockout", "Whether a change is made even if it locks people out: nobody could sign in, or no browser could call the project.").local(),
];

const RULES: &[Rule] = &[rule(&["config"], has_attributes)];

/// The parts of a project's document that are configuration.
const PARTS: &[&str] = &["services", "cors_public", "cors_admin"];

fn overlay(text: &str) -> Result<(), String> {
    let Ok(Json::Object(members)) = Json::parse(text) else {
        // Another check holds that it is JSON.
        return if Json::parse(text).is_ok() { Err("Must be a JSON object.".into()) } else { Ok(()) };
    };
    let strange = members.keys().any(|name| !PARTS.contains(&name.as_str()));
    let names: Vec<_> = PARTS.iter().map(|name| format!("`{name}`")).collect();
    if strange {
        Err(format!("Must have only these members at the top: {}. The rest of a project is not configuration.", names.join(", ")))
    } else {
        Ok(())
    }
}

/// Warns about members for which there are typed attributes.
fn has_attributes(object: Object<'_>) -> Option<Problem> {
    let config = Json::parse(object.str("config")?).ok()?;
    let attribute = |(at, _): (Vec<String>, _)| project_config::RESOURCE.table.placed(&at.join("/")).map(|attr| format!("`{}`", attr.name));
    let names: Vec<_> = leaves(&config).into_iter().filter_map(attribute).collect();
    (!names.is_empty()).then(|| {
        Problem::doubtful(
            "config",
            "There are attributes for this",
            format!("Use the attributes of `ory_project_config` instead, which are checked before anything is sent: {}.", names.join(", ")),
        )
    })
}

/// The leaves with their paths: everything that is not an object, and empty objects.
fn leaves(json: &Json) -> Vec<(Vec<String>, &Json)> {
    fn gather<'a>(json: &'a Json, at: &mut Vec<String>, found: &mut Vec<(Vec<String>, &'a Json)>) {
        match json.as_object() {
            Some(members) if !members.is_empty() || at.is_empty() => {
                for (name, member) in members {
                    at.push(name.clone());
                    gather(member, at, found);
                    at.pop();
                }
            }
            _ => found.push((at.clone(), json)),
        }
    }
    let mut found = Vec::new();
    gather(json, &mut Vec::new(), &mut found);
    found
}

/// The JSON of an attribute; null if it is not set.
fn parsed(object: Object<'_>, name: &str) -> Json {
    object.str(name).and_then(|text| Json::parse(text).ok()).unwrap_or_default()
}

/// Whether the server has elements of its own in the list at this place.
fn grows(at: &[String]) -> bool {
    project_config::RESOURCE.table.placed(&at.join("/")).is_some_and(|attr| attr.grows)
}

/// Whether the server has the value. Of a list in which the server has elements of its own, only ours are compared.
fn holds(at: &[String], meant: &Json, there: &Json) -> bool {
    match (meant, there) {
        (Json::Array(meant), Json::Array(there)) if grows(at) => meant.iter().all(|item| there.contains(item)),
        _ => is_as_meant(meant, there),
    }
}

/// How an overlay is reached.
struct Overlay;

#[async_trait]
impl Backend<Client> for Overlay {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        self.write(cx, write).await
    }

    async fn read(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let object = Object::new(&resource.table, &state.value);
        let open = PROJECT.open(cx, object).await?;
        let id = state.id.clone().unwrap_or_default();
        let version = open.read(&who(&id)).await?;
        Ok(version.map(|version| observed(&open, id, object, &version.json)))
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        self.write(cx, write).await
    }

    async fn delete(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        let object = Object::new(&resource.table, &state.value);
        let open = PROJECT.open(cx, object).await?;
        let who = who(state.id.as_deref().unwrap_or_default());
        if object.str("on_destroy") != Some("reset") {
            open.withdraw(&who);
            cx.warn(Diagnostic::warning(
                "The settings of the project_raw_config stay in the project",
                "The project keeps these members; they are no longer managed. To restore Ory's defaults, apply `on_destroy = \"reset\"` before you destroy the resource.",
            ));
            return Ok(());
        }
        let gone = ["config", "sensitive_config"].iter().flat_map(|name| changes(&parsed(object, name), &Json::Null)).collect();
        open.edit(edit(who.clone(), gone, Vec::new(), object.bool("allow_lockout") == Some(true))).await?;
        open.withdraw(&who);
        Ok(())
    }

    fn sets(&self, client: &Client, _: &'static Resource, config: Object<'_>, _: bool) -> Vec<Part> {
        let Some(of) = PROJECT.place(client, config) else { return Vec::new() };
        let of_attribute = |name: &'static str| {
            let (of, json) = (of.clone(), parsed(config, name));
            let set: Vec<_> = leaves(&json).into_iter().filter(|(at, value)| !at.is_empty() && !value.is_null() && !grows(at)).collect();
            set.into_iter().map(|(at, value)| PROJECT.part(&of, &at, name, Says::Is(value.clone()))).collect::<Vec<_>>()
        };
        ["config", "sensitive_config"].into_iter().flat_map(of_attribute).collect()
    }
}

impl Overlay {
    async fn write(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let table = &write.resource.table;
        let (prior, planned) = (Object::new(table, &write.prior), Object::new(table, &write.planned));
        let open = PROJECT.open(cx, planned).await?;
        let (config, hidden) = (parsed(planned, "config"), parsed(planned, "sensitive_config"));
        let mut wanted = Vec::new();
        for (name, now) in [("config", &config), ("sensitive_config", &hidden)] {
            let before = if write.id.is_some() { parsed(prior, name) } else { Json::Null };
            let keeps = prior.str("on_remove") == Some("keep");
            // Secret members are sent when they change, since they cannot be compared with the server's.
            if name == "config" || before != *now {
                wanted.extend(changes(if keeps { &Json::Null } else { &before }, now));
            }
        }
        let secrets = leaves(&hidden).into_iter().filter_map(|(_, value)| value.as_str().map(str::to_owned)).collect();
        // The provider chooses the id, since a project may have several overlays.
        let id = write.id.clone().unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
        let edit = edit(who(&id), wanted, secrets, planned.bool("allow_lockout") == Some(true));
        let Some(Edited { version, unkept }) = open.edit(edit).await? else {
            return Err(Diagnostic::error("The project does not exist", "Check `project_id`, and that the project was not deleted.")
                .at(Path::attr("project_id"))
                .into());
        };
        let mut observed = observed(&open, id, planned, &version.json);
        let is_hidden = |at: &[String]| leaves(&hidden).iter().any(|(hidden, _)| hidden == at);
        observed.warnings.extend(unkept.iter().filter_map(|change| match change {
            Change::Member { at, value } if !is_hidden(at) => {
                let there = version.json.at(at);
                (!holds(at, value.as_ref().unwrap_or(&Json::Null), there)).then(|| dropped(at, there.is_null()))
            }
            _ => None,
        }));
        Ok(observed)
    }
}

fn dropped(at: &[String], is_gone: bool) -> Diagnostic {
    let (path, what) = (format!("/{}", at.join("/")), if is_gone { "dropped" } else { "changed" });
    Diagnostic::warning(
        format!("Ory {what} {path}"),
        format!("The request was accepted, and Ory {what} `{path}`: it may not know this setting, or the plan may not include it. The next plan shows the difference again: correct this member in `config`, or remove it."),
    )
    .at(Path::attr("config"))
}

/// The changes from `before` to `now`: the leaves of `now`, and the removal of leaves that only `before` has.
fn changes(before: &Json, now: &Json) -> Vec<Change> {
    let of = |json| leaves(json).into_iter().filter(|(at, _)| !at.is_empty()).collect::<Vec<_>>();
    let now = of(now);
    let is_about = |at: &[String]| now.iter().any(|(other, _)| other.starts_with(at) || at.starts_with(other));
    let gone = of(before).into_iter().filter(|(at, _)| !is_about(at)).map(|(at, _)| Change::Member { at, value: None });
    let set =
        now.iter().map(|(at, value)| Change::Member { at: at.clone(), value: Some((*value).clone()).filter(|value| !value.is_null()) });
    gone.chain(set.collect::<Vec<_>>()).collect()
}

fn edit(who: String, wanted: Vec<Change>, secrets: Vec<String>, insists: bool) -> Edit {
    let changes = move |seen: crate::rest::document::Current<'_>| {
        let mut wanted = wanted.clone();
        // A value that means the same keeps the server's spelling.
        for change in &mut wanted {
            if let Change::Member { at, value: Some(value) } = change
                && holds(at, value, seen.document.at(at))
            {
                *value = seen.document.at(at).clone();
            }
        }
        wanted.retain(|change| !matches!(change, Change::Member { value: Some(Json::Null), .. }));
        Ok(wanted)
    };
    Edit { who, is_new: false, secrets, insists, changes: Box::new(changes) }
}

/// The name of an overlay in messages, and among the readers and writers of the document.
fn who(id: &str) -> String {
    format!("project_raw_config `{id}`")
}

/// The members that the overlay names, with their current values.
fn observed(open: &Open<'_, Client>, id: String, object: Object<'_>, document: &Json) -> Observed {
    let project = open.says("project_id").unwrap_or_default();
    let said = parsed(object, "config");
    let mut now = said.clone();
    for (at, meant) in leaves(&said) {
        let there = document.at(&at);
        if at.is_empty() || holds(&at, meant, there) {
            continue;
        }
        match there {
            Json::Null => drop(now.remove(&at)),
            there => drop(now.put(&at, there.clone())),
        }
    }
    let config = if object.str("config").is_some() { Value::text(now.to_string()) } else { Value::Null };
    let value = RESOURCE.table.holding([("project_id", Value::text(project)), ("config", config)]);
    Observed { id, value, warnings: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text).unwrap()
    }

    #[test]
    fn an_overlay_is_about_its_leaves() {
        let config = json(r#"{"services":{"identity":{"config":{"a":{"b":[1],"c":null},"d":{}}}}}"#);
        let paths: Vec<_> = leaves(&config).into_iter().map(|(at, _)| at[3..].join("/")).collect();
        assert_eq!(paths, ["a/b", "a/c", "d"]);
        let said: Vec<_> =
            changes(&json(r#"{"x":{"y":1,"z":2}}"#), &json(r#"{"x":{"y":{"w":1}}}"#)).iter().map(ToString::to_string).collect();
        assert_eq!(said, ["/x/z", "/x/y/w"], "a member that becomes an object is not removed first");
    }

    #[test]
    fn an_overlay_is_of_configuration() {
        assert!(overlay(r#"{"services":{}}"#).is_ok() && overlay(r#"{"name":"x"}"#).is_err() && overlay("[]").is_err());
    }
}
