//! Reads the states of both tools as objects of the provider's resources.

use super::Error;
use crate::{
    crossing::{Problem, diff::Found, input, state},
    engine::Engine,
    ory::ORY,
    schema::Resource,
};
use std::path::Path;

/// The objects of a state that belong to this provider. Encrypted values are unknown.
pub fn objects(file: &Path) -> Result<Vec<(&'static Resource, Found)>, Error> {
    let text = input::read(file).map_err(|error| {
        Error::new(
            format_args!("{} cannot be read: {error}", file.display()),
            "Give the file that `terraform state pull` or `pulumi stack export` printed.",
        )
    })?;
    let told = |problem: Problem| problem.in_file(file.display());
    let engine = Engine::new(&ORY);
    let state = state::read_as_shown(&text).map_err(told)?;
    let ours = state::objects(&engine, &state).map_err(told)?.ours;
    let found = |object: state::Object<'_>| {
        let id = object.state.id.unwrap_or_default();
        (object.resource, Found { id, value: object.state.value })
    };
    Ok(ours.into_iter().map(found).collect())
}
