//! A stored state, of this or another provider's making, in today's shape. Pure.

use super::Diagnostic;
use crate::{
    schema::{Resource, json},
    value::Value,
};

/// The stored attributes as an object. Unknown members are ignored, missing ones are null, and
/// write-only ones are dropped.
pub fn upgrade(resource: &Resource, version: i64, stored: &serde_json::Value) -> Result<Value, Diagnostic> {
    if version > resource.version {
        return Err(Diagnostic::error(
            "The state is newer than the provider",
            format!(
                "The state of this {} has schema version {version}; this provider knows up to {}. Use the provider version that wrote it, or a newer one.",
                resource.name, resource.version
            ),
        ));
    }
    let mut value = json::from_json(&resource.table, stored).map_err(|error| {
        Diagnostic::error("The state cannot be read", format!("The stored {} has an unexpected shape: {error}.", resource.name))
    })?;
    if let Value::Object(fields) = &mut value {
        for (attr, field) in resource.table.attrs().zip(fields) {
            if attr.write_only {
                *field = Value::Null;
            }
        }
    }
    Ok(value)
}
