//! Import files: what `pulumi import --file` takes in. With inputs and outputs (Pulumi 3.255 and newer) it asks no server, and
//! encrypts what is marked as secret.

use crate::value::Json;

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

/// The file.
pub fn document(imports: &[Import]) -> String {
    let one = |import: &Import| {
        let text = |text: &String| Json::String(text.clone());
        Json::object([
            ("type", text(&import.kind)),
            ("name", text(&import.name)),
            ("id", text(&import.id)),
            ("inputs", import.inputs.clone()),
            ("outputs", import.outputs.clone()),
        ])
        .to_string()
    };
    let lines: Vec<_> = imports.iter().map(one).collect();
    format!("{{\"resources\":[\n{}\n]}}\n", lines.join(",\n"))
}
