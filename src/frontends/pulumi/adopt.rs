//! State that Terraform's dynamic bridge wrote for another provider of the same resources.
//!
//! Owns what is peculiar to it. Its property names are understood where properties are read; here is
//! what its outputs do not say and what an object of ours would. Pure, and knows no provider.

use super::property::Struct;
use crate::schema::{Presence, Table};
use crate::value::Value;

/// Whether the outputs were written through the bridge.
pub(super) fn is_bridged(outputs: &Struct) -> bool {
    ["__pulumi_raw_state_delta", "__meta"].iter().any(|key| outputs.fields.contains_key(*key))
}

/// The outputs as ours would have been. An attribute that the other provider did not have was never
/// sent, so the server has its default: it is no change to say so now.
pub(super) fn complete(table: &Table, value: &mut Value) {
    if let Value::Object(fields) = value {
        for (attr, field) in table.attrs().zip(fields) {
            if let Some(default) = attr.default
                && field.is_null()
                && attr.presence == Presence::Optional
            {
                *field = default.value();
            }
        }
    }
}
