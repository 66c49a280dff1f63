//! Guards against changes, and warnings about changes, with a valid configuration.
//! Pure.

use super::{Diagnostic, State};
use crate::{
    schema::{Guards, Object, Resource},
    value::Path,
};

/// Why the object must not be deleted, according to its state. A changed configuration counts only after it
/// is applied.
pub fn guard_deletion(resource: &'static Resource, state: &State) -> Option<Diagnostic> {
    refuse(resource, Object::new(&resource.table, &state.value), "deleted")
}

/// The messages about a change of the object from `before` to `planned`.
pub(super) fn change(resource: &'static Resource, before: Object<'_>, planned: Object<'_>, replaces: bool) -> Vec<Diagnostic> {
    let refused = if replaces { refuse(resource, before, "replaced") } else { None };
    let said = resource.on_change.iter().filter_map(|says| says(before, planned)).map(Diagnostic::from);
    refused.into_iter().chain(said).collect()
}

fn refuse(resource: &'static Resource, state: Object<'_>, what: &str) -> Option<Diagnostic> {
    let guard = resource.guard(Guards::Deletion)?.name;
    let why = match state.bool(guard) {
        Some(true) => format!("Its state has `{guard} = true`"),
        Some(false) => return None,
        None => format!("{}, and its state does not have `{guard} = false`", resource.protected.and_then(|why| why(state))?),
    };
    Some(
        Diagnostic::error(
            format!("The {} is protected", resource.name),
            format!("{why}, so it is not {what}. To allow that, set `{guard} = false`, apply only this change, and try again."),
        )
        .at(Path::attr(guard)),
    )
}
