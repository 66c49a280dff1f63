//! The members of a project, who can only be listed: nobody can be invited through the API.

use super::{super::services::CONSOLE, project_id::PROJECT};
use crate::{
    rest::{Paging, Rest},
    schema::{Attr, Resource, UUID, boolean, resource, string},
};

/// What a member is.
pub static MEMBER: Resource =
    resource("project_member", "Somebody who may get into a project of Ory Network.").sections(&[PROJECT, ATTRIBUTES]).checked();

static ATTRIBUTES: &[Attr] = &[
    string("email", "The e-mail address.").read_only(),
    boolean("email_verified", "Whether it is known to be theirs.").read_only(),
    string("name", "What people call them.").read_only(),
    string("role", "What they may do: `owner`, `developer` (read and write) or `viewer`.").read_only(),
    string("source", "Through what they are in: the `project` itself, or its `workspace`.").read_only(),
    string("organization_id", "Id of the organization that they belong to.").read_only().means(UUID),
    boolean("break_glass", "Whether they may recover their account by e-mail although their organization demands its own sign-in.")
        .read_only(),
];

/// How they are reached.
pub static MEMBERS: Rest = Rest::new(&CONSOLE, "/projects/{project_id}/members").paging(Paging::whole(""));
