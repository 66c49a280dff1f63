//! A stored state, of this or another provider's making, in today's shape. Pure.

use super::Diagnostic;
use crate::{
    schema::{
        BlockSchema,
        json::{self, Stored},
    },
    value::Value,
};

/// The object that was stored as this JSON. Unknown members are ignored, missing ones are null, and
/// write-only ones are dropped.
pub fn upgrade(resource: &BlockSchema, version: i64, stored: &[u8]) -> Result<Stored, Diagnostic> {
    if version > resource.version {
        return Err(Diagnostic::error(
            "The state is newer than the provider",
            format!(
                "The state of this {} has schema version {version}; this provider knows up to {}. Use the provider version that wrote it, or a newer one.",
                resource.name, resource.version
            ),
        ));
    }
    let mut stored = json::read(resource, stored)
        .map_err(|error| Diagnostic::error("The state cannot be read", format!("The stored {} {error}.", resource.name)))?;
    if let Value::Object(fields) = &mut stored.value {
        for (attr, field) in resource.table.attrs().zip(fields) {
            if attr.write_only {
                *field = Value::Null;
            }
        }
    }
    Ok(stored)
}
