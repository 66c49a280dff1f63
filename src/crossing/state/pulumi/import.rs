//! Writes files for `pulumi import --file`. If a file contains inputs and outputs (Pulumi 3.255 and newer), Pulumi requests nothing
//! from the server, and encrypts the values that are marked as secret.

use crate::value::Json;
use std::fmt::Write as _;

/// A resource to import.
#[derive(Clone, Debug)]
pub struct Import {
    /// The token of its type.
    pub kind: String,
    /// Its name in the program.
    pub name: String,
    /// The name of the component that contains it.
    pub parent: Option<String>,
    /// Its contents.
    pub of: Imported,
}

/// The kinds of resources in an import file.
#[derive(Clone, Debug)]
pub enum Imported {
    /// An object.
    Object {
        /// Its id.
        id: String,
        /// The name of the explicit provider that manages it.
        provider: Option<String>,
        /// The inputs, with secrets in envelopes.
        inputs: Json,
        /// The outputs, with secrets in envelopes.
        outputs: Json,
    },
    /// A component.
    Component,
    /// An explicit provider.
    Provider {
        /// Its settings, with secrets in envelopes.
        inputs: Json,
    },
}

/// The text of the file. Only one object at a time is in memory as JSON.
pub fn document(imports: impl IntoIterator<Item = Import>) -> String {
    let mut out = "{\"resources\":[\n".to_owned();
    for (at, import) in imports.into_iter().enumerate() {
        let gap = if at > 0 { ",\n" } else { "" };
        // Writing to a text does not fail.
        let _ = write!(out, "{gap}{}", entry(import));
    }
    out + "\n]}\n"
}

fn entry(Import { kind, name, parent, of }: Import) -> Json {
    // References use names of components and providers that no object has.
    let named = |of: &str| [("name", label(of, &name)), ("logicalName", name.as_str().into())];
    let mut members: Vec<(&str, Json)> = vec![("type", kind.into())];
    match of {
        Imported::Object { id, provider, inputs, outputs } => {
            members.extend([("name", name.as_str().into()), ("id", id.into()), ("inputs", inputs), ("outputs", outputs)]);
            members.extend(provider.map(|name| ("provider", label(PROVIDER, &name))));
        }
        Imported::Component => {
            members.extend(named(COMPONENT));
            members.push(("component", Json::Bool(true)));
        }
        Imported::Provider { inputs } => {
            members.extend(named(PROVIDER));
            members.push(("inputs", inputs));
        }
    }
    members.extend(parent.map(|name| ("parent", label(COMPONENT, &name))));
    Json::object(members)
}

const COMPONENT: &str = "component";
const PROVIDER: &str = "provider";

fn label(of: &str, name: &str) -> Json {
    Json::String(format!("{of} {name}"))
}
