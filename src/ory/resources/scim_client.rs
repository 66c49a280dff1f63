//! `ory_scim_client`: the credentials and the mapping with which an identity provider provisions people into an organization.
//!
//! Names and types are those of the official provider, and so is the schema version.
//!
//! SCIM clients are elements of a list in the project's normalised revision, whose route is unpublished, and of no other document.
//! The official provider sends the whole client with its secret. This one sends the changed members, and the secret of the state
//! with every change: the patch (RFC 6902) has the same result whether the server's copy contains the secret or, as in answers, an
//! empty text. Members that the table does not have stay.
//! A write-only secret is sent only when its version changes. No source says whether Ory then keeps the secret during other
//! changes; it must, since any other change of the revision would lose it.

use super::{
    super::{
        client::Client,
        project::{PROJECT as DOCUMENT, REVISION},
    },
    content::{self, FETCHED},
    guards::PROTECTION,
    organization,
    project_id::{self, PROJECT},
    social_provider::STATES,
};
use crate::{
    engine::{Backend, Cx, Failure, Objects, Observed, Offer, State, Wanted, Write, objects},
    rest::document::{Items, List},
    schema::{Attr, ID, Object, PlanDraft, Problem, Resource, UUID, conflicts, only, refuse, requires, resource, string},
    value::Value,
};
use async_trait::async_trait;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "scim_client",
    "A SCIM client of a project of Ory Network: with it, an identity provider such as Okta or Microsoft Entra provisions people \
     into one organization.\n\n\
     It needs a key of the workspace (`workspace_api_key`), a plan that includes SCIM, and an organization. The identity provider \
     is given the `base_url` and the secret, which it sends as a bearer token. No answer shows the secret, so a change of it \
     elsewhere is not found, and an import does not have it. Deleting an organization deletes its SCIM clients.\n\n\
     It is imported by `<project_id>/<client_id>`, or its id alone where the provider is configured with the project. A client that is \
     imported while it is disabled stays disabled until `state` is set.",
)
.import("client_id")
.imported_as(|id| project_id::parts("client_id", id))
.identified_with(&["project_id"])
.sections(&[PROJECT, ATTRIBUTES, PROTECTION])
.rules(&[
    conflicts(&["authorization_header_secret", "authorization_header_secret_wo"]),
    requires(&["authorization_header_secret_wo_version", "authorization_header_secret_wo"]),
])
.on_create(&[some_secret])
.modify_plan(enabled_at_first)
.checked();

/// How it is reached.
pub static BACKEND: Clients = Clients;

static ATTRIBUTES: &[Attr] = &[
    string("client_id", "Identifies the client in the project, and is part of its URL: lower-case letters, digits, `_` and `-`.").required().replaces().check(refuse(word)),
    string("organization_id", "Id of the organization into which people are provisioned.").required()
        .means(UUID)
        .refers_to(&organization::RESOURCE, ID),
    string("label", "The name that people see.").required().check(refuse(content::there)),
    string("mapper_url", "Jsonnet that maps the data of the identity provider to an identity: the text itself, `base64://…`, or a URL from which Ory fetches it when it is written. It is compared by its content; a change behind a URL is not found.")
        .required()
        .means(FETCHED)
        .check(refuse(content::there)),
    string("authorization_header_secret", "The bearer token that the identity provider sends. Either this or `authorization_header_secret_wo`.")
        .secret()
        .once()
        .check(refuse(content::there)),
    string("authorization_header_secret_wo", "The same as `authorization_header_secret`, kept out of the state.").write_only().at("authorization_header_secret").check(refuse(content::there)),
    string("authorization_header_secret_wo_version", "Any text; a change sends `authorization_header_secret_wo` again.").local(),
    string("state", "`enabled`, or `disabled`: then its URL answers 404. When unset, a new client is enabled, and an existing one is not changed.")
        .or_server()
        .check(only(STATES)),
    string("proxy_scim_server_url", "A URL of your own in place of the `base_url`."),
    string("base_url", "The URL for the identity provider: `https://<slug>.projects.oryapis.com/scim/<client_id>/v2`.").read_only(),
];

fn word(text: &str) -> Result<(), String> {
    let fits =
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-'));
    if fits { Ok(()) } else { Err("Must be one or more lower-case letters, digits, `_` and `-`.".into()) }
}

/// Checks that a new client has a secret. An existing one may have a secret that cannot be read.
fn some_secret(client: Object<'_>) -> Option<Problem> {
    let all = ["authorization_header_secret", "authorization_header_secret_wo", "authorization_header_secret_wo_version"];
    let has_one = all.iter().any(|name| !client.get(name).is_null());
    (!has_one).then(|| {
        Problem::refused(
            "authorization_header_secret",
            "The client has no secret",
            "Set `authorization_header_secret`, or `authorization_header_secret_wo` to keep it out of the state.",
        )
    })
}

/// Enables a new client by default: without a state, Ory answers 500. An existing client keeps its state.
fn enabled_at_first(draft: &mut PlanDraft<'_>) {
    if draft.prior.is_none() {
        draft.set("state", Value::text("enabled"));
    }
}

static ITEMS: Items = Items { resent: &["authorization_header_secret"], ..Items::of(&REVISION, List::At("scim_clients")) };

/// SCIM clients, each with its URL.
pub struct Clients;

#[async_trait]
impl Backend<Client> for Clients {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let made = ITEMS.create(cx, write).await?;
        Ok(with_url(cx, made, &Value::Null).await)
    }

    async fn read(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        Ok(match ITEMS.read(cx, resource, state).await? {
            Some(found) => Some(with_url(cx, found, &state.value).await),
            None => None,
        })
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let changed = ITEMS.update(cx, write).await?;
        Ok(with_url(cx, changed, &write.prior).await)
    }

    async fn delete(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        ITEMS.delete(cx, resource, state).await
    }

    async fn list(&self, cx: &Cx<Client>, wanted: &Wanted<'_>, to: &Objects) -> Result<(), Failure> {
        let mut all = objects(cx, &ITEMS, *wanted);
        while let Some(found) = all.next().await? {
            to.send(if wanted.whole { with_url(cx, found, &Value::Null).await } else { found }).await;
        }
        Ok(())
    }
}

/// The client with the URL that it had before or, if that is not known, with the one that the project's slug makes.
async fn with_url(cx: &Cx<Client>, mut observed: Observed, before: &Value) -> Observed {
    let known = Object::new(&RESOURCE.table, before).str("base_url").map(str::to_owned);
    let url = match known {
        Some(url) => Some(url),
        None => url(cx, Object::new(&RESOURCE.table, &observed.value)).await,
    };
    if let (Value::Object(fields), Some(place)) = (&mut observed.value, RESOURCE.table.index("base_url")) {
        fields[place] = url.map(Value::text).unwrap_or_default();
    }
    observed
}

/// `None` if the project cannot be read now; a later read fills it in.
async fn url(cx: &Cx<Client>, client: Object<'_>) -> Option<String> {
    let id = client.str("client_id")?;
    let project = DOCUMENT.open(cx, client).await.ok()?.look(&format!("scim_client `{id}`")).await.ok()??;
    let mut url = cx.client.project_url(project.json.at("slug").as_str()?).ok()?;
    url.path_segments_mut().ok()?.pop_if_empty().extend(["scim", id, "v2"]);
    Some(url.into())
}
