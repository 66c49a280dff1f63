//! The namespaces of relationships that a project or server knows, which can only be listed: its configuration says them.

use super::{super::services::KETO_READ, target::TARGET};
use crate::{
    rest::{Paging, Rest},
    schema::{Attr, Resource, resource, string},
};

/// What a namespace is.
pub static NAMESPACE: Resource =
    resource("relationship_namespace", "A namespace of relationships.").import("name").sections(&[ATTRIBUTES, TARGET]).checked();

static ATTRIBUTES: &[Attr] = &[string("name", "What it is called.").read_only()];

/// How they are reached.
pub static NAMESPACES: Rest = Rest::new(&KETO_READ, "/namespaces").paging(Paging::whole("namespaces"));
