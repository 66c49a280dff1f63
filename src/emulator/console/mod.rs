//! Ory Network's console: workspaces, projects with their configuration, and the keys of projects.
//!
//! Owns the routes, the kinds of objects and the access checks; the handlers are in the files beside this one. The facts are those
//! of Ory's own description of the API (client-go v1.22.92), and of what users observed; they are in `columns` and `rows`.
//! Each project has its own services at `/p/SLUG` (`plane`).
//!
//! Intended differences from the real console:
//! * any key that begins with `ory_wak_` or `ory_st_` is that of a person who may do everything, in every workspace, and make
//!   workspaces, unless the switches say otherwise;
//! * nothing takes time unless a switch says so: no read lags behind, and keys work at once;
//! * a file with uploaded content is stored, but not served at its URL;
//! * one set of rate limits applies to all projects together.
//!
//! Assumptions that no source confirms (those about a single column or kind of row are beside it):
//! * a project that never existed is 403, like one of another owner; a malformed id is 404; a deleted project is shown,
//!   left out of lists, and 404 for everything else;
//! * without a workspace in the body, a new project is in the first workspace;
//! * a value that Ory filled in can be removed like one that was written, and is then filled in again;
//! * a write lists the keys that it ignores, except for those within rows, which are ignored silently;
//! * secrets are left out of answers, without a placeholder; a list that is written back without them loses them, except for
//!   the keys of tokenizers, which stay according to the description;
//! * the answer to a patch of the revision is the same as to a read of it, and the answer to a change of the tier has the id,
//!   the name and the tier;
//! * the tier can be changed whatever the plan and the settings are;
//! * the id of a schema is the SHA-512 of its content, and the trigger of a hook is its path in Kratos' configuration;
//! * a change of an organization through its own routes is a new revision, like a change of the document; organizations
//!   differ only by their ids, so there are no conflicts between them; an update without a default region clears it;
//!   deleting an organization deletes its SCIM clients, and keeps its providers;
//! * the content behind a URL that Ory fetches is the URL itself, so it is stored under the hash of the URL;
//! * a development project cannot have organizations, like one whose plan lacks them;
//! * event streams are not sent anywhere, and an active one with an HTTPS endpoint counts as tested; masked values are `xxxxx`;
//! * an object that is not in its list is 404 when it is changed or deleted, and so are the links of a deleted organization;
//! * an update of a custom domain keeps the members that it leaves out, and answers to its writes do not have the certificate's
//!   status;
//! * a project has one member, its owner, and the portal behind the links is not served;
//! * the default lifetime of authorization codes is 720 hours, as in Ory's description, whereas Hydra's schema has 10 minutes.

use std::sync::{Arc, Mutex};

use super::call::Call;
use super::kind::{Kind, Named, Stored};
use super::profile::Profile;
use super::reply::Reply;
use super::router::{self, Route, Routed};
use super::service::{Ground, Service};
use super::store::{parts as parted, projects as stored};
use console::{Console, bearer};
use failure::Failure;

pub mod address;
mod belongings;
pub mod column;
pub mod columns;
#[allow(clippy::module_inception)]
pub mod console;
pub mod document;
pub mod domains;
pub mod failure;
pub mod features;
pub mod fields;
pub mod keys;
pub mod links;
pub mod members;
pub mod organizations;
mod page;
mod parts;
pub mod permissions;
pub mod plane;
pub mod project;
pub mod projects;
pub mod revision;
pub mod rows;
mod schemas;
pub mod settings;
pub mod streams;
pub mod tree;
pub mod value;
pub mod workspaces;

/// A route of this service, so that the handlers need no type annotations.
const fn at(path: &'static str) -> Route<Console> {
    Route::at(path)
}

/// A kind of object that belongs to another one. Requests about it count for the other kind.
const fn part(
    name: &'static str,
    words: [&'static str; 2],
    rank: u8,
    stored: &'static Stored,
    secret: Option<fn(&[String]) -> bool>,
) -> Kind {
    Kind { name, words, rank, paths: &[], named: Named::Never, stored: Some(stored), secret }
}

const LOW: &str = "backoffice-admin-low";
const MEDIUM: &str = "backoffice-admin-medium";

impl Routed for Console {
    const ROUTES: &'static [Route<Self>] = &[
        at("/projects")
            .reads(LOW)
            .writes(LOW)
            .get(|console, _| console.list_projects())
            .post(|console, asked| console.create_project(asked.call)),
        at("/projects/{project}")
            .reads(MEDIUM)
            .writes(LOW)
            .get(|console, asked| console.show_project(asked.at("project")))
            .put(|console, asked| console.set_project(asked.at("project"), &asked.call.body))
            .patch(|console, asked| console.patch_document(asked.at("project"), None, &asked.call.body))
            .delete(|console, asked| console.delete_project(asked.at("project")).map_err(Failure::flat)),
        at("/projects/{project}/revision/{revision}")
            .writes(LOW)
            .patch(|console, asked| console.patch_document(asked.at("project"), Some(asked.at("revision")), &asked.call.body)),
        at("/projects/{project}/environment")
            .writes(LOW)
            .put(|console, asked| console.set_environment(asked.at("project"), &asked.call.body)),
        at("/projects/{project}/opl/validate")
            .writes(LOW)
            .post(|console, asked| console.validate_opl(asked.at("project"), &asked.call.body)),
        at("/projects/{project}/organizations")
            .reads(MEDIUM)
            .writes(LOW)
            .get(|console, asked| console.list_organizations(asked.at("project"), &asked.call.query))
            .post(|console, asked| console.create_organization(asked.at("project"), &asked.call.body)),
        at("/projects/{project}/organizations/{organization}")
            .reads(MEDIUM)
            .writes(LOW)
            .get(|console, asked| console.show_organization(asked.at("project"), asked.at("organization")))
            .put(|console, asked| console.update_organization(asked.at("project"), asked.at("organization"), &asked.call.body))
            .delete(|console, asked| console.delete_organization(asked.at("project"), asked.at("organization"))),
        at("/projects/{project}/organizations/{organization}/onboarding-portal-links")
            .reads(MEDIUM)
            .writes(LOW)
            .get(|console, asked| console.list_links(asked.at("project"), asked.at("organization")))
            .post(|console, asked| console.create_link(asked.at("project"), asked.at("organization"), &asked.call.body)),
        at("/projects/{project}/organizations/{organization}/onboarding-portal-links/{link}")
            .writes(LOW)
            .post(|console, asked| console.update_link(asked.at("project"), asked.at("organization"), asked.at("link"), &asked.call.body))
            .delete(|console, asked| console.delete_link(asked.at("project"), asked.at("organization"), asked.at("link"))),
        at("/projects/{project}/eventstreams")
            .reads(MEDIUM)
            .writes(LOW)
            .get(|console, asked| console.list_streams(asked.at("project")))
            .post(|console, asked| console.create_stream(asked.at("project"), &asked.call.body)),
        at("/projects/{project}/eventstreams/{stream}")
            .writes(LOW)
            .put(|console, asked| console.set_stream(asked.at("project"), asked.at("stream"), &asked.call.body))
            .delete(|console, asked| console.delete_stream(asked.at("project"), asked.at("stream"))),
        at("/projects/{project}/cname")
            .reads(LOW)
            .writes(LOW)
            .get(|console, asked| console.list_domains(asked.at("project")))
            .post(|console, asked| console.create_domain(asked.at("project"), &asked.call.body)),
        at("/projects/{project}/cname/{domain}")
            .writes(LOW)
            .put(|console, asked| console.set_domain(asked.at("project"), asked.at("domain"), &asked.call.body))
            .delete(|console, asked| console.delete_domain(asked.at("project"), asked.at("domain"))),
        at("/projects/{project}/members").reads(LOW).get(|console, asked| console.list_members(asked.at("project")).map_err(Failure::flat)),
        at("/projects/{project}/members/{member}")
            .writes(LOW)
            .delete(|console, asked| console.remove_member(asked.at("project"), asked.at("member")).map_err(Failure::flat)),
        at("/projects/{project}/tokens")
            .reads(LOW)
            .writes(LOW)
            .get(|console, asked| console.list_keys(asked.at("project")))
            .post(|console, asked| console.create_key(asked.at("project"), &asked.call.body)),
        at("/projects/{project}/tokens/{token}")
            .writes(LOW)
            .delete(|console, asked| console.delete_key(asked.at("project"), asked.at("token"))),
        at("/normalized/projects/{project}").get(|console, asked| console.show_revision(asked.at("project"))),
        at("/normalized/projects/{project}/revision/{revision}")
            .writes(LOW)
            .patch(|console, asked| console.patch_revision(asked.at("project"), asked.at("revision"), &asked.call.body)),
        at("/workspaces")
            .reads(LOW)
            .writes(LOW)
            .get(|console, asked| console.list_workspaces(&asked.call.query))
            .post(|console, asked| console.create_workspace(asked.call)),
        at("/workspaces/{workspace}")
            .reads(MEDIUM)
            .writes(LOW)
            .get(|console, asked| console.show_workspace(asked.at("workspace")))
            .put(|console, asked| console.update_workspace(asked.at("workspace"), &asked.call.body)),
        at("/workspaces/{workspace}/tokens")
            .reads(LOW)
            .writes(LOW)
            .get(|console, asked| console.list_workspace_keys(asked.call, asked.at("workspace")))
            .post(|console, asked| console.create_workspace_key(asked.call, asked.at("workspace"))),
        at("/workspaces/{workspace}/tokens/{token}")
            .writes(LOW)
            .delete(|console, asked| console.delete_workspace_key(asked.call, asked.at("workspace"), asked.at("token"))),
        at("/workspaces/{workspace}/projects").reads(LOW).get(|console, asked| console.list_projects_of(asked.at("workspace"))),
    ];

    type Failure = Failure;
}

impl Service for Console {
    const NAME: &'static str = "console";

    const KINDS: &'static [Kind] = &[
        Kind {
            name: "project",
            words: ["Project", "Projects"],
            rank: 7,
            paths: &["/projects", "/normalized/projects"],
            named: Named::NextOr("id"),
            stored: Some(&stored::PROJECTS),
            secret: Some(document::is_secret),
        },
        Kind {
            name: "project_key",
            words: ["Project API key", "Project API keys"],
            rank: 8,
            paths: &[],
            named: Named::Never,
            stored: Some(&stored::KEYS),
            secret: None,
        },
        Kind {
            name: "workspace",
            words: ["Workspace", "Workspaces"],
            rank: 9,
            paths: &["/workspaces"],
            named: Named::NextOr("id"),
            stored: Some(&stored::WORKSPACES),
            secret: None,
        },
        part("workspace_key", ["Workspace API key", "Workspace API keys"], 10, &parted::WORKSPACE_KEYS, None),
        part("event_stream", ["Event stream", "Event streams"], 11, &parted::STREAMS, Some(streams::is_secret)),
        part("onboarding_portal_link", ["Onboarding link", "Onboarding links"], 12, &parted::LINKS, Some(links::is_secret)),
        part("custom_domain", ["Custom domain", "Custom domains"], 13, &parted::DOMAINS, None),
        part("project_member", ["Member", "Members"], 14, &parted::MEMBERS, None),
    ];

    fn open(ground: &Ground<'_>) -> Result<Self, String> {
        Ok(Self {
            store: Arc::clone(ground.store),
            options: ground.options.clone(),
            base: ground.base.to_owned(),
            writing: Mutex::default(),
            planes: Mutex::default(),
            switches: Arc::clone(ground.switches),
            stale: Mutex::default(),
            unverified: Mutex::default(),
            services: ground.services,
        })
    }

    fn answer(&self, call: &Call) -> Option<Reply> {
        if let Some((slug, path)) = address::inside(&call.path) {
            return Some(self.through(slug, path, call));
        }
        let segments = router::segments(&call.path)?;
        if !["projects", "workspaces", "normalized"].contains(&segments.first()?.as_str()) {
            return None;
        }
        let found = router::find::<Self>(&segments, Profile::V26_2);
        let flat = call.method == "DELETE" && segments.len() == 2;
        if let Err(failure) = allowed(call) {
            return Some(if flat { failure.flat() } else { failure }.reply());
        }
        let Some(found) = found else { return Some(Failure::not_found("This path does not exist.").reply()) };
        Some(found.answer(self, call, &call.path).unwrap_or_else(|| found.wrong_method()).uncached())
    }
}

/// Checks that the request has a key for the console.
fn allowed(call: &Call) -> Result<(), Failure> {
    match bearer(call) {
        Some(key) if ["ory_wak_", "ory_st_"].iter().any(|start| key.len() > start.len() && key.starts_with(start)) => Ok(()),
        Some(key) if key.starts_with("ory_pat_") => {
            Err(Failure::forbidden("A key of a project may not do this: use a key of the workspace."))
        }
        _ => Err(Failure::unauthorized("Send a workspace API key as a bearer token.")),
    }
}
