//! The Ory Network project that an object selects for itself; for every object in a project.

use super::super::client::slug;
use crate::{
    schema::{Attr, Object, Problem, Resource, Rule, refuse, rule, string},
    value::Value,
};

const SLUG: Attr = string(
    "project_slug",
    "Slug of the Ory Network project that this belongs to, together with `project_api_key`. When unset, it is the project that the provider is configured with.",
)
.local()
.check(refuse(slug));

const KEY: Attr = string("project_api_key", "Key of that project.").secret().local();

/// The attributes of an object. The slug says in which project the object is; a project may have many keys, and they change.
pub static TARGET: &[Attr] = &[SLUG.replaces(), KEY];

/// The same for what has no object, such as a query or an action.
pub static TARGET_OF_CALL: &[Attr] = &[SLUG, KEY];

/// Both attributes must be set, or none.
pub const WHOLE_TARGET: Rule = rule(&["project_slug", "project_api_key"], whole_target);

fn whole_target(object: Object<'_>) -> Option<Problem> {
    (object.get("project_slug").is_null() != object.get("project_api_key").is_null()).then(|| {
        Problem::doubtful(
            "project_slug",
            "The project is only half set",
            "`project_slug` and `project_api_key` only work together; one alone is ignored, and the project that the provider is configured with is used. Set both or neither.",
        )
    })
}

/// The object, with the attributes that only select the server taken from `asked`.
pub fn steered(resource: &'static Resource, object: &Value, asked: &Value) -> Value {
    let asked = Object::new(&resource.table, asked);
    let fields = Object::new(&resource.table, object).iter();
    Value::Object(fields.map(|(attr, value)| if attr.remote() { value.clone() } else { asked.get(attr.name).clone() }).collect())
}
