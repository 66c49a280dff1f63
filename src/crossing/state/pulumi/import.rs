//! Import files: what `pulumi import --file` takes in. With inputs and outputs (Pulumi 3.255 and newer) it asks no server, and
//! encrypts what is marked as secret.

use crate::value::Json;

/// What is to be taken in.
#[derive(Clone, Debug)]
pub struct Import {
    /// The token of its type.
    pub kind: String,
    /// Its name in the program.
    pub name: String,
    /// The component in which it is, by its name.
    pub parent: Option<String>,
    /// What it is.
    pub of: Imported,
}

/// What may be in an import file.
#[derive(Clone, Debug)]
pub enum Imported {
    /// An object.
    Object {
        /// Its id.
        id: String,
        /// The explicit provider that manages it, by its name.
        provider: Option<String>,
        /// The inputs, secrets in envelopes.
        inputs: Json,
        /// The outputs, the same.
        outputs: Json,
    },
    /// A component.
    Component,
    /// An explicit provider.
    Provider {
        /// Its settings, secrets in envelopes.
        inputs: Json,
    },
}

/// The file.
pub fn document(imports: &[Import]) -> String {
    let one = |import: &Import| {
        let text = |text: &str| Json::String(text.to_owned());
        let mut members = vec![("type", text(&import.kind))];
        // Others name components and providers by names that no object has.
        let mut named = |of: &str| members.extend([("name", label(of, &import.name)), ("logicalName", text(&import.name))]);
        match &import.of {
            Imported::Object { id, provider, inputs, outputs } => {
                members.extend([("name", text(&import.name)), ("id", text(id))]);
                members.extend(provider.iter().map(|name| ("provider", label(PROVIDER, name))));
                members.extend([("inputs", inputs.clone()), ("outputs", outputs.clone())]);
            }
            Imported::Component => {
                named(COMPONENT);
                members.push(("component", Json::Bool(true)));
            }
            Imported::Provider { inputs } => {
                named(PROVIDER);
                members.push(("inputs", inputs.clone()));
            }
        }
        members.extend(import.parent.iter().map(|name| ("parent", label(COMPONENT, name))));
        Json::object(members).to_string()
    };
    let lines: Vec<_> = imports.iter().map(one).collect();
    format!("{{\"resources\":[\n{}\n]}}\n", lines.join(",\n"))
}

const COMPONENT: &str = "component";
const PROVIDER: &str = "provider";

fn label(of: &str, name: &str) -> Json {
    Json::String(format!("{of} {name}"))
}
