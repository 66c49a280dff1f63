//! Values in Pulumi's wire format.
//!
//! Owns the encoding of the protocol's structs: special values, unknown values and secrets. Decoding turns marks of secrecy into a
//! set of paths, and encoding puts them back; the engine never sees them. Knows nothing of calls.

mod decode;
mod encode;

pub use decode::{Decoded, Origin, Problem, decode};
pub use encode::{Encoded, Form, encode, encode_result};

use crate::value::{Path, Value};
use prost_types::value::Kind as WireKind;
use std::collections::BTreeSet;

/// A value in a message.
pub type Wire = prost_types::Value;
/// Properties in a message.
pub type Struct = prost_types::Struct;

/// The paths of secrets. A path ends where a list begins: a secret element makes the whole list secret, since its order may change.
pub type Secrets = BTreeSet<Path>;

/// The key that marks a struct as a special value.
pub const SIGNATURE: &str = "4dabf18193072939515e22adb298388d";
/// The signature of a secret.
pub const SECRET: &str = "1b47061264138c4ac30d75fd1eb44270";
const ASSET: &str = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE: &str = "0def7320c3a5731c473e5ecbe6d01bc7";
const REFERENCE: &str = "5cf8f73096256a8f31e491e813e4eb8e";
/// The signature of an output: a value with its dependencies.
pub const OUTPUT: &str = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const BYTES: &str = "803fd3297a5875dc03ca845dda5d2a98";

/// The texts that mean an unknown value, one for each type. SDKs send the first one for every type.
pub const UNKNOWN: [&str; 7] = [
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
];

/// The deepest nesting that is read: a deeper value is no valid one, and must not exhaust the stack.
const DEEPEST: usize = 64;

/// A value of this kind.
pub fn wire(kind: WireKind) -> Wire {
    Wire { kind: Some(kind) }
}

/// A text as a wire value.
pub fn text(text: impl Into<String>) -> Wire {
    wire(WireKind::StringValue(text.into()))
}

/// The value as a secret.
pub fn secret(value: Wire) -> Wire {
    let fields = [(SIGNATURE.to_owned(), text(SECRET)), ("value".to_owned(), value)];
    wire(WireKind::StructValue(Struct { fields: fields.into() }))
}

/// The text of an id, which may be unknown.
pub fn id(id: &str) -> Option<&str> {
    (!id.is_empty() && !UNKNOWN.contains(&id)).then_some(id)
}

/// The secrets within attributes for which the test is true.
pub fn secrets_where(secrets: &Secrets, test: impl Fn(&'static str) -> bool) -> Secrets {
    secrets.iter().filter(|path| path.root().is_some_and(&test)).cloned().collect()
}

/// The value of this attribute of an object, or null.
pub(super) fn member(value: &Value, index: usize) -> &Value {
    value.fields().get(index).unwrap_or(&Value::Null)
}
