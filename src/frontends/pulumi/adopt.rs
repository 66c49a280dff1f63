//! State that Terraform's dynamic bridge wrote for another provider of the same resources.
//!
//! Owns how such a state is recognised. The bridge's property names are handled where properties are decoded. Pure; knows no
//! provider.

use super::property::Struct;

/// Whether the outputs were written through the bridge.
pub(super) fn is_bridged(outputs: &Struct) -> bool {
    ["__pulumi_raw_state_delta", "__meta"].iter().any(|key| outputs.fields.contains_key(*key))
}
