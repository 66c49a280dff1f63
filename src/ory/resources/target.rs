//! The project of Ory Network that an object names for itself, on whatever lives in a project.

use super::super::client::slug;
use crate::{
    schema::{Attr, Object, Problem, Resource, Rule, refuse, rule, string},
    value::Value,
};

/// The attributes.
pub static TARGET: &[Attr] = &[
    string(
        "project_slug",
        "Slug of the Ory Network project that this belongs to, with `project_api_key`; the provider's project when unset.",
    )
    .local()
    .check(refuse(slug)),
    string("project_api_key", "Key of that project.").secret().local(),
];

/// They only work together.
pub const WHOLE_TARGET: Rule = rule(&["project_slug", "project_api_key"], whole_target);

fn whole_target(object: Object<'_>) -> Option<Problem> {
    (object.get("project_slug").is_null() != object.get("project_api_key").is_null()).then(|| {
        Problem::doubtful(
            "project_slug",
            "Only half of the project is named",
            "`project_slug` and `project_api_key` work together; one alone is ignored, and the provider's own project is used. Set both or neither.",
        )
    })
}

/// The object, to be asked for where `asked` says: what only steers the provider is taken from there.
pub fn steered(resource: &'static Resource, object: &Value, asked: &Value) -> Value {
    let asked = Object::new(&resource.table, asked);
    let fields = Object::new(&resource.table, object).iter();
    Value::Object(fields.map(|(attr, value)| if attr.remote() { value.clone() } else { asked.get(attr.name).clone() }).collect())
}
