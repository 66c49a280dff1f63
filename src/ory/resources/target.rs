//! The project that an object belongs to, where that is not the provider's: what every resource of a project
//! shares.

use crate::schema::{Attr, Object, Problem, Rule, rule, string};

/// Per-resource credentials: with them a project, its key and what is in it can be made in one apply.
pub static TARGET: &[Attr] = &[
    string(
        "project_slug",
        "Slug of the Ory Network project that the object belongs to, with `project_api_key`; the provider's project when unset.",
    )
    .local(),
    string("project_api_key", "Key of that project.").secret().local(),
];

/// What holds between them.
pub const WHOLE_TARGET: Rule = rule(&["project_slug", "project_api_key"], whole);

fn whole(object: Object<'_>) -> Option<Problem> {
    (object.get("project_slug").is_null() != object.get("project_api_key").is_null()).then(|| {
        Problem::doubtful(
            "project_slug",
            "Only half of the project is named",
            "`project_slug` and `project_api_key` work together; one alone is ignored, and the object goes to the provider's own project. Set both or neither.",
        )
    })
}
