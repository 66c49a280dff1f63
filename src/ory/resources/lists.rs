//! The list resources, for `terraform query` and for Pulumi's lists: the filters of each, and the attribute that is shown as an
//! object's name. The backend of the resource lists the objects.
//!
//! Three kinds are missing, because no server can list them: key sets, since Hydra shows a set only by its id; clients that
//! registered themselves, since Hydra does not tell them apart from others; and objects of which a project has only one.

use super::{
    action, custom_domain, email_template, event_stream, identities, identity, identity_schema, oauth2_client, onboarding_portal_link,
    organization,
    plurals::{BY_DOMAIN, IN_PROJECT, NONE, NOTHING, OF_ACTOR, OF_ORGANIZATION, OF_WORKSPACE, OF_WORKSPACE_OR_OWN},
    project, project_api_key, relationship, relationships, saml_provider, scim_client, social_provider,
    talos::{imported, issued},
    target::{TARGET_OF_CALL, WHOLE_TARGET},
    trusted_issuer, workspace, workspace_api_key,
};
use crate::{
    engine::Offer,
    ory::Client,
    schema::{Attr, ListResource, boolean, list_resource, string},
};

/// A list of the objects of a resource: the resource, the filters, and the attribute that people know an object by, if there
/// is one.
macro_rules! list {
    ($of:ident, $backend:expr, $doc:literal, $filters:expr, $rules:expr $(, $shown:literal)?) => {{
        static LIST: ListResource = list_resource(&$of::RESOURCE, $doc).filters($filters).rules($rules)$(.shown_by($shown))?;
        Offer::list(&LIST, $backend)
    }};
}

/// The lists of clients and issuers.
pub static OAUTH2: &[Offer<Client>] = &[
    list!(
        oauth2_client,
        &oauth2_client::BACKEND,
        "The OAuth 2.0 and OpenID Connect clients of a project or server.",
        &[oauth2_client::FILTERS, TARGET_OF_CALL],
        &[WHOLE_TARGET],
        "client_name"
    ),
    list!(
        trusted_issuer,
        &trusted_issuer::BACKEND,
        "The issuers whose assertions (JWTs) a project or server trusts.",
        &[BY_ISSUER, TARGET_OF_CALL],
        &[WHOLE_TARGET],
        "issuer"
    ),
];

/// The lists of identities.
pub static IDENTITIES: &[Offer<Client>] = &[
    list!(
        identity,
        &identity::BACKEND,
        "The identities of a project or server: all of them, or those that match one filter.",
        &[identities::FILTERS, TARGET_OF_CALL],
        identities::RULES,
        "external_id"
    ),
    list!(
        identity_schema,
        &identity_schema::Schemas,
        "The identity schemas of a project of Ory Network. The presets that Ory provides are left out, unless `include_presets` is set.",
        &[IN_PROJECT, PRESETS],
        NONE
    ),
];

/// The lists of permissions.
pub static PERMISSIONS: &[Offer<Client>] = &[list!(
    relationship,
    &relationship::BACKEND,
    "The relationships of Ory Permissions (Ory Keto) that match all filters; all relationships without a filter.",
    &[relationships::FILTERS, TARGET_OF_CALL],
    relationships::FILTER_RULES
)];

/// The lists of API keys.
pub static API_KEYS: &[Offer<Client>] = &[
    list!(
        issued,
        &issued::BACKEND,
        "The API keys that Ory Talos has issued: all of them, those of one actor, or those of one status.",
        &[OF_ACTOR],
        &[WHOLE_TARGET],
        "name"
    ),
    list!(
        imported,
        &imported::BACKEND,
        "The API keys that were imported into Ory Talos: all of them, those of one actor, or those of one status.",
        &[OF_ACTOR],
        &[WHOLE_TARGET],
        "name"
    ),
];

/// The lists of workspaces and projects.
pub static PROJECTS: &[Offer<Client>] = &[
    list!(workspace, &workspace::BACKEND, "The workspaces of Ory Network that the key may see.", &[NOTHING], NONE, "name"),
    list!(
        workspace_api_key,
        &workspace_api_key::BACKEND,
        "The API keys of a workspace of Ory Network, without their values. Ory shows them only to a person who is signed in, not to a workspace key.",
        &[OF_WORKSPACE_OR_OWN],
        NONE,
        "name"
    ),
    list!(
        project,
        &project::BACKEND,
        "The projects of Ory Network: all that the key has access to, or those of one workspace. Deleted ones are not listed.",
        &[OF_WORKSPACE],
        NONE,
        "name"
    ),
    list!(
        project_api_key,
        &project_api_key::BACKEND,
        "The API keys of a project of Ory Network, without their values.",
        &[IN_PROJECT],
        NONE,
        "name"
    ),
];

/// The lists of a project's configuration.
pub static CONFIGURATION: &[Offer<Client>] = &[
    list!(
        action,
        &action::BACKEND,
        "The webhooks of a project of Ory Network, in the order of flows.",
        &[IN_PROJECT, OF_FLOW],
        NONE,
        "url"
    ),
    list!(
        email_template,
        &email_template::BACKEND,
        "The message templates of a project of Ory Network that replace Ory's own.",
        &[IN_PROJECT],
        NONE,
        "template_type"
    ),
    list!(
        social_provider,
        &social_provider::BACKEND,
        "The providers with which people sign in to a project of Ory Network.",
        &[IN_PROJECT, OF_PROVIDERS],
        NONE,
        "provider_id"
    ),
    list!(
        event_stream,
        &event_stream::BACKEND,
        "The event streams of a project of Ory Network. An endpoint with secrets is null, since Ory masks them.",
        &[IN_PROJECT],
        NONE
    ),
    list!(custom_domain, &custom_domain::BACKEND, "The custom domains of a project of Ory Network.", &[IN_PROJECT], NONE, "hostname"),
];

/// The lists of organizations.
pub static ORGANIZATIONS: &[Offer<Client>] = &[
    list!(
        organization,
        organization::BACKEND,
        "The organizations of a project of Ory Network (B2B): all of them, or the one that a domain belongs to.",
        &[BY_DOMAIN],
        NONE,
        "label"
    ),
    list!(
        saml_provider,
        &saml_provider::BACKEND,
        "The SAML providers of a project of Ory Network.",
        &[IN_PROJECT, IN_ORGANIZATION],
        NONE,
        "provider_id"
    ),
    list!(
        scim_client,
        &scim_client::BACKEND,
        "The SCIM clients of a project of Ory Network.",
        &[IN_PROJECT, IN_ORGANIZATION],
        NONE,
        "label"
    ),
    list!(
        onboarding_portal_link,
        &onboarding_portal_link::BACKEND,
        "The links to the onboarding portal of an organization of Ory Network.",
        &[OF_ORGANIZATION],
        NONE
    ),
];

static BY_ISSUER: &[Attr] = &[string("issuer", "Only those of exactly this issuer.")];
static OF_FLOW: &[Attr] =
    &[string("flow", "Only those of this flow, such as `login`."), string("timing", "Only those with this timing: `before` or `after`.")];
static IN_ORGANIZATION: &[Attr] = &[string("organization_id", "Only those of the organization with this id.")];
static OF_PROVIDERS: &[Attr] = &[IN_ORGANIZATION[0], string("provider_type", "Only those of this service, such as `google`.")];
static PRESETS: &[Attr] = &[boolean("include_presets", "Whether the presets that Ory provides are listed too.")];
