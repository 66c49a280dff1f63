//! A stored state, of this or another provider, converted to the current shape. Pure.

use super::{Diagnostic, without_write_only};
use crate::{
    schema::{
        BlockSchema, Upgrade,
        json::{self, ReadError, Stored},
    },
    value::Json,
};
use std::borrow::Cow;

/// The object that was stored as this JSON in this version's shape. Unknown members are ignored, missing ones are null, and
/// write-only ones are dropped.
pub fn upgrade(resource: &BlockSchema, version: i64, stored: &[u8]) -> Result<Stored, Diagnostic> {
    if version > resource.version() {
        return Err(Diagnostic::error(
            "The state is newer than the provider",
            format!(
                "The state of this {} has schema version {version}; this provider supports versions up to {}. Use the provider version that wrote it, or a newer one.",
                resource.name,
                resource.version()
            ),
        ));
    }
    let unreadable = |error: ReadError| Diagnostic::error("The state cannot be read", format!("The stored {} {error}.", resource.name));
    let steps = steps(resource.upgrades, version);
    let mut stored = match steps.is_empty() {
        true => json::read(resource, stored).map_err(unreadable)?,
        false => {
            let mut object = Json::parse(stored).map_err(|error| unreadable(error.into()))?;
            steps.iter().for_each(|step| step(&mut object));
            json::read(resource, object.to_string().as_bytes()).map_err(unreadable)?
        }
    };
    if let Cow::Owned(value) = without_write_only(resource.table, &stored.value) {
        stored.value = value;
    }
    Ok(stored)
}

/// The upgrades for an object with this version's shape.
pub fn steps(upgrades: &'static [Upgrade], version: i64) -> &'static [Upgrade] {
    usize::try_from(version).ok().and_then(|done| upgrades.get(done..)).unwrap_or_default()
}
