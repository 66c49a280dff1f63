//! What the engine remembers of an object beside its attributes, in an output that Pulumi shows to nobody.
//!
//! The inputs tell which write-only arguments are in use; what they cannot tell is kept here. Most objects have nothing to
//! keep, and no such output.

use super::property::{Struct, text, wire};
use crate::engine::Private;
use prost_types::{ListValue, value::Kind};

/// The output; names that begin like this are no properties of a program.
const APPLIED: &str = "__applied";

/// Adds what is remembered to the outputs.
pub(super) fn keep(outputs: &mut Struct, private: &Private) {
    if !private.applied.is_empty() {
        let values = private.applied.iter().map(text).collect();
        outputs.fields.insert(APPLIED.to_owned(), wire(Kind::ListValue(ListValue { values })));
    }
}

/// The names that were kept in the outputs.
pub(super) fn applied(outputs: &Struct) -> Vec<String> {
    let Some(Kind::ListValue(list)) = outputs.fields.get(APPLIED).and_then(|wire| wire.kind.as_ref()) else { return Vec::new() };
    let texts = list.values.iter().filter_map(|value| match &value.kind {
        Some(Kind::StringValue(text)) => Some(text.clone()),
        _ => None,
    });
    texts.collect()
}
