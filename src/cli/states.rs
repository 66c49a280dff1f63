//! Reads the states of both tools as objects of the provider's resources.

use super::Error;
use crate::{
    crossing::{diff::Found, state},
    engine::Engine,
    ory::ORY,
    schema::Resource,
};
use std::{fs, path::Path};

/// The objects of a state that belong to this provider.
pub fn objects(file: &Path) -> Result<Vec<(&'static Resource, Found)>, Error> {
    let text = fs::read(file).map_err(|error| {
        Error::new(
            format_args!("{} cannot be read: {error}", file.display()),
            "Give the file that `terraform state pull` or `pulumi stack export --show-secrets` printed.",
        )
    })?;
    let told = |error: state::StateError| Error::new(format_args!("{}: {}", file.display(), error.what), error.hint);
    let engine = Engine::new(&ORY);
    let state = state::read(&text).map_err(told)?;
    let (ours, _) = state::objects(&engine, &state).map_err(told)?;
    let found = |object: state::Object<'_>| {
        let id = object.state.id.unwrap_or_default();
        (object.resource, Found { id, value: object.state.value })
    };
    Ok(ours.into_iter().map(found).collect())
}
