//! The data sources that list the objects of a resource: the filters, and the attributes of each object.

use super::{
    custom_domain, event_stream, onboarding_portal_link, organization, project, project_api_key, project_members, relationship_namespaces,
    talos::{imported, issued},
    target::{TARGET_OF_CALL, WHOLE_TARGET},
    workspace, workspace_api_key,
};
use crate::{
    engine::{Offer, Plural, plural},
    ory::Client,
    schema::{Attr, Kind, Nested, Query, Rule, Table, count_listed, listed, objects, only, query, string},
};

/// A data source of this name that lists the objects of a resource. `$name` is also the attribute with the list, and the filters
/// are an array of attributes.
macro_rules! listing {
    ($name:literal, $type:literal, $doc:literal, $of:expr, $backend:expr, $asked:expr, $rules:expr) => {{
        static ASKED: Table = Table::new(&[$asked]);
        static SHOWN: [Attr; count_listed(&$of, &ASKED)] = listed(&$of, &ASKED);
        static ELEMENT: Nested = Nested { name: $type, table: Table::new(&[&SHOWN]) };
        static KIND: Kind = Kind::Object(&ELEMENT);
        static LIST: &[Attr] = &[objects($name, "The objects found.", &KIND).read_only()];
        static QUERY: Query = query($name, $doc, &[$asked, LIST]).rules($rules);
        static ANSWER: Plural<Client> = plural(&QUERY, $name, &$of, $backend);
        Offer::query(&QUERY, &ANSWER)
    }};
    ($name:literal, $type:literal, $doc:literal, $of:expr, $backend:expr, $asked:expr) => {
        listing!($name, $type, $doc, $of, $backend, $asked, NONE)
    };
}

/// Workspaces and projects.
pub static PROJECTS: &[Offer<Client>] = &[
    listing!(
        "workspaces",
        "ListedWorkspace",
        "The workspaces of Ory Network that the key has access to.",
        workspace::RESOURCE,
        &workspace::BACKEND,
        NOTHING
    ),
    listing!(
        "workspace_api_keys",
        "ListedWorkspaceApiKey",
        "The API keys of a workspace of Ory Network, without their values. Ory shows them only to a person who is signed in, not to a workspace key.",
        workspace_api_key::RESOURCE,
        &workspace_api_key::BACKEND,
        OF_WORKSPACE_OR_OWN
    ),
    listing!(
        "projects",
        "ListedProject",
        "The projects of Ory Network: all that the key has access to, or those of one workspace.",
        project::RESOURCE,
        &project::BACKEND,
        OF_WORKSPACE
    ),
    listing!(
        "project_api_keys",
        "ListedProjectApiKey",
        "The API keys of a project of Ory Network, without their values.",
        project_api_key::RESOURCE,
        &project_api_key::BACKEND,
        IN_PROJECT
    ),
    listing!(
        "project_members",
        "ProjectMember",
        "The people who have access to a project of Ory Network.",
        project_members::MEMBER,
        &project_members::MEMBERS,
        IN_PROJECT
    ),
];

/// Organizations.
pub static ORGANIZATIONS: &[Offer<Client>] = &[
    listing!(
        "organizations",
        "ListedOrganization",
        "The organizations of a project of Ory Network (B2B): all of them, or the one that a domain belongs to.",
        organization::RESOURCE,
        organization::BACKEND,
        BY_DOMAIN
    ),
    listing!(
        "onboarding_portal_links",
        "ListedOnboardingPortalLink",
        "The links to the onboarding portal of an organization of Ory Network.",
        onboarding_portal_link::RESOURCE,
        &onboarding_portal_link::BACKEND,
        OF_ORGANIZATION
    ),
];

/// The configuration of a project.
pub static CONFIGURATION: &[Offer<Client>] = &[
    listing!(
        "event_streams",
        "ListedEventStream",
        "The event streams of a project of Ory Network. Secrets in their endpoints are masked.",
        event_stream::RESOURCE,
        &event_stream::BACKEND,
        IN_PROJECT
    ),
    listing!(
        "custom_domains",
        "ListedCustomDomain",
        "The custom domains of a project of Ory Network.",
        custom_domain::RESOURCE,
        &custom_domain::BACKEND,
        IN_PROJECT
    ),
];

/// API keys.
pub static API_KEYS: &[Offer<Client>] = &[
    listing!(
        "api_keys",
        "ListedApiKey",
        "The API keys that Ory Talos has issued: all of them, those of one actor, or those of one status. Revoked keys are included while their record is kept.",
        issued::RESOURCE,
        &issued::BACKEND,
        OF_ACTOR,
        &[WHOLE_TARGET]
    ),
    listing!(
        "imported_api_keys",
        "ListedImportedApiKey",
        "The API keys that were imported into Ory Talos: all of them, those of one actor, or those of one status.",
        imported::RESOURCE,
        &imported::BACKEND,
        OF_ACTOR,
        &[WHOLE_TARGET]
    ),
];

/// Permissions.
pub static PERMISSIONS: &[Offer<Client>] = &[listing!(
    "relationship_namespaces",
    "ListedRelationshipNamespace",
    "The namespaces of relationships that a project or server has.",
    relationship_namespaces::NAMESPACE,
    &relationship_namespaces::NAMESPACES,
    TARGET_OF_CALL,
    &[WHOLE_TARGET]
)];

pub(super) const NONE: &[Rule] = &[];
pub(super) static NOTHING: &[Attr] = &[];
pub(super) static OF_WORKSPACE_OR_OWN: &[Attr] =
    &[string("workspace_id", "Id of the workspace; the provider's `workspace_id` when unset.")];
pub(super) static IN_PROJECT: &[Attr] = &[string("project_id", "Id of the Ory Network project; the provider's `project_id` when unset.")];
pub(super) static OF_WORKSPACE: &[Attr] = &[string("workspace_id", "Only those of the workspace with this id.")];
pub(super) static BY_DOMAIN: &[Attr] = &[IN_PROJECT[0], string("domain", "Only the one with exactly this domain.")];
pub(super) static OF_ACTOR: &[Attr] = &[
    string("actor_id", "Only those with exactly this actor."),
    string("status", "Only those that are `active`, `revoked` or `expired`.").check(only(&["active", "revoked", "expired"])),
    TARGET_OF_CALL[0],
    TARGET_OF_CALL[1],
];
pub(super) static OF_ORGANIZATION: &[Attr] = &[IN_PROJECT[0], string("organization_id", "Id of the organization.").required()];
