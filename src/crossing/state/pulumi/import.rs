//! Import files: what `pulumi import --file` takes in. With inputs and outputs (Pulumi 3.255 and newer) it asks no server, and
//! encrypts what is marked as secret.

use crate::value::Json;
use std::fmt::Write as _;

/// An object to be taken in.
#[derive(Clone, Debug)]
pub struct Import {
    /// The token of its type.
    pub kind: String,
    /// Its name in the program.
    pub name: String,
    /// Its id.
    pub id: String,
    /// The inputs, secrets in envelopes.
    pub inputs: Json,
    /// The outputs, the same.
    pub outputs: Json,
}

/// The file. Of very many objects, one at a time is a tree.
pub fn document(imports: impl IntoIterator<Item = Import>) -> String {
    let mut out = "{\"resources\":[\n".to_owned();
    for (at, Import { kind, name, id, inputs, outputs }) in imports.into_iter().enumerate() {
        let gap = if at > 0 { ",\n" } else { "" };
        let one = Json::object([("type", kind.into()), ("name", name.into()), ("id", id.into()), ("inputs", inputs), ("outputs", outputs)]);
        // Writing to a text does not fail.
        let _ = write!(out, "{gap}{one}");
    }
    out + "\n]}\n"
}
