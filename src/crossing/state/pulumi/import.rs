//! Import files: what `pulumi import --file` takes in. With inputs and outputs (Pulumi 3.255 and newer) it asks no server, and
//! encrypts what is marked as secret.

use crate::value::Json;
use std::fmt::Write as _;

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

/// The file. Of very many objects, one at a time is a tree.
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
    // Others name components and providers by names that no object has.
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
