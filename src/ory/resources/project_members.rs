//! The members of a project. They can only be listed: the API has no way to invite one.

use super::{super::services::CONSOLE, project_id::PROJECT};
use crate::{
    rest::{Paging, Rest},
    schema::{Attr, Resource, UUID, boolean, resource, string},
};

/// A member.
pub static MEMBER: Resource =
    resource("project_member", "A person who has access to a project of Ory Network.").sections(&[PROJECT, ATTRIBUTES]).checked();

static ATTRIBUTES: &[Attr] = &[
    string("email", "The e-mail address.").read_only(),
    boolean("email_verified", "Whether the address was verified.").read_only(),
    string("name", "The person's name.").read_only(),
    string("role", "Role of the person: `owner`, `developer` (read and write) or `viewer`.").read_only(),
    string("source", "Where the access comes from: the `project` itself, or its `workspace`.").read_only(),
    string("organization_id", "Id of the person's organization.").read_only().means(UUID),
    boolean("break_glass", "Whether the person may recover the account by e-mail although the organization requires its own sign-in.")
        .read_only(),
];

/// How they are reached.
pub static MEMBERS: Rest = Rest::new(&CONSOLE, "/projects/{project_id}/members").paging(Paging::whole(""));
