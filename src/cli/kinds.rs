//! The kinds of objects that can be compared between two projects or servers, and the names by which objects are matched where
//! their ids differ.

use crate::{
    crossing::diff::Kind,
    engine::Diagnostic,
    ory::{
        Client,
        resources::{
            action, custom_domain, email_template, event_stream, identity, identity_schema, oauth2_client, organization,
            permission_namespaces, project_config, relationship, saml_provider, scim_client, social_provider, trusted_issuer,
        },
        services::{CONSOLE, HYDRA_ADMIN, KETO_READ, KRATOS_ADMIN},
    },
    rest::{Client as _, Service},
    schema::{Object, Resource},
    value::Json,
};

/// A kind, and the service that has its objects.
pub struct Inside {
    /// The kind, for comparisons.
    pub kind: Kind,
    /// The service.
    pub service: &'static Service,
}

/// The attributes that select the server of an object and its credentials.
const PLACES: &[&str] = &["project_id", "project_slug", "project_api_key", "workspace_id"];

const fn inside(resource: &'static Resource, service: &'static Service, known_by: fn(Object<'_>) -> Option<String>) -> Inside {
    Inside { kind: Kind { resource, known_by, places: PLACES }, service }
}

/// The kinds. A kind comes before the kinds that refer to it.
pub static KINDS: &[Inside] = &[
    inside(&project_config::RESOURCE, &CONSOLE, |_| Some("the project's configuration".to_owned())),
    inside(&permission_namespaces::RESOURCE, &CONSOLE, |_| Some("the project's permission model".to_owned())),
    inside(&organization::RESOURCE, &CONSOLE, |organization| text(organization, "label")),
    inside(&identity_schema::RESOURCE, &CONSOLE, schema_name),
    inside(&email_template::RESOURCE, &CONSOLE, |template| text(template, "template_type")),
    inside(&action::RESOURCE, &CONSOLE, |action| texts(action, &["flow", "timing", "auth_method", "method", "url"])),
    inside(&social_provider::RESOURCE, &CONSOLE, |provider| text(provider, "provider_id")),
    inside(&saml_provider::RESOURCE, &CONSOLE, |provider| text(provider, "provider_id")),
    inside(&scim_client::RESOURCE, &CONSOLE, |client| text(client, "label")),
    inside(&custom_domain::RESOURCE, &CONSOLE, |domain| text(domain, "hostname")),
    inside(&event_stream::RESOURCE, &CONSOLE, |stream| text(stream, "topic_arn").or_else(|| endpoint_name(stream))),
    inside(&oauth2_client::RESOURCE, &HYDRA_ADMIN, |client| text(client, "client_name")),
    inside(&trusted_issuer::RESOURCE, &HYDRA_ADMIN, |issuer| texts(issuer, &["issuer", "subject", "key_id"])),
    inside(&identity::RESOURCE, &KRATOS_ADMIN, identity_name),
    inside(&relationship::RESOURCE, &KETO_READ, |_| None),
];

/// Why the client cannot reach objects of this kind; `None` if it can.
pub async fn unreachable(client: &Client, inside: &Inside) -> Option<Diagnostic> {
    let nothing = inside.kind.resource.table.nulls();
    let endpoint = client.endpoint(inside.service, Object::new(&inside.kind.resource.table, &nothing)).await;
    let project = || if std::ptr::eq(inside.service, &CONSOLE) { client.stands_in("project_id").err() } else { None };
    endpoint.err().or_else(project)
}

fn text(object: Object<'_>, name: &str) -> Option<String> {
    object.str(name).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn texts(object: Object<'_>, names: &[&str]) -> Option<String> {
    let texts: Vec<_> = names.iter().filter_map(|name| text(object, name)).collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}

/// The endpoint without its user, password and query, which are secret.
fn endpoint_name(stream: Object<'_>) -> Option<String> {
    let url = url::Url::parse(stream.str("https_endpoint")?).ok()?;
    Some(format!("{}{}", url.origin().ascii_serialization(), url.path()))
}

/// The title in the schema itself, since Ory does not keep other names.
fn schema_name(schema: Object<'_>) -> Option<String> {
    let json = Json::parse(schema.str("schema")?).ok()?;
    ["$id", "title"].into_iter().find_map(|name| json.get(name)?.as_str().map(str::to_owned))
}

/// What the identity signs in with, as far as its traits show.
fn identity_name(identity: Object<'_>) -> Option<String> {
    let traits = identity.str("traits").and_then(|traits| Json::parse(traits).ok()).unwrap_or_default();
    let of_traits = || ["email", "username", "phone"].into_iter().find_map(|name| traits.get(name)?.as_str().map(str::to_owned));
    text(identity, "external_id").or_else(of_traits)
}
