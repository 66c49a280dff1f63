//! The namespaces of relationships of a project or server. They can only be listed, since they are part of its configuration.

use super::{super::services::KETO_READ, target::TARGET};
use crate::{
    rest::{Paging, Rest},
    schema::{Attr, Resource, resource, string},
};

/// A namespace.
pub static NAMESPACE: Resource =
    resource("relationship_namespace", "A namespace of relationships.").import("name").sections(&[ATTRIBUTES, TARGET]).checked();

static ATTRIBUTES: &[Attr] = &[string("name", "Name of the namespace.").read_only()];

/// How they are reached.
pub static NAMESPACES: Rest = Rest::new(&KETO_READ, "/namespaces").paging(Paging::whole("namespaces"));
