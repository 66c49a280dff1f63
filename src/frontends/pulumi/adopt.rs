//! State that Terraform's dynamic bridge wrote for another provider of the same resources.
//!
//! Owns what is peculiar to it. Its property names are understood where properties are read. Pure, and knows no provider.

use super::property::Struct;

/// Whether the outputs were written through the bridge.
pub(super) fn is_bridged(outputs: &Struct) -> bool {
    ["__pulumi_raw_state_delta", "__meta"].iter().any(|key| outputs.fields.contains_key(*key))
}
