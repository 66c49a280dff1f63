//! Reads and writes the state files of Terraform, OpenTofu and Pulumi.
//!
//! Owns the common model of states, and the errors of files that cannot be read. Must not know the meaning of attributes: it keeps
//! them in the tool's spelling, and a frontend converts them to objects. A state may have tens of thousands of objects: only one
//! of them at a time is parsed as JSON.

mod object;
pub mod pulumi;
pub mod terraform;

pub use object::{Object, Objects, objects};

use super::Problem;
use crate::value::{Json, Outline, ParseError};
use std::{collections::BTreeSet, fmt};

/// The tool that wrote a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Terraform or OpenTofu.
    Terraform,
    /// Pulumi.
    Pulumi,
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Tool::Terraform => "Terraform",
            Tool::Pulumi => "Pulumi",
        })
    }
}

/// The contents of a state.
#[derive(Clone, Debug)]
pub struct State {
    /// The tool that wrote it.
    pub tool: Tool,
    /// The objects that it manages, in the state's order.
    pub objects: Vec<Held>,
    /// The provider configurations that it contains; Terraform's states contain none.
    pub providers: Vec<Configured>,
    /// The number of data sources, and of components without objects.
    pub others: usize,
}

/// An object of a state, in the tool's spelling.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its address in the state: `module.team["a"].ory_relationship.reads["ann"]`, or a URN.
    pub address: String,
    /// Its type: `ory_relationship`, or `ory:index/relationship:Relationship`.
    pub kind: String,
    /// Its name in the program.
    pub name: String,
    /// The key of the instance, if the block has several.
    pub instance: Option<String>,
    /// The modules or components that contain it, the outermost first.
    pub within: Vec<String>,
    /// The provider that manages it.
    pub provider: ProviderRef,
    /// Its id.
    pub id: Option<String>,
    /// Its attributes or outputs, with decrypted secrets.
    pub attributes: Spelled,
    /// Its inputs; null in Terraform's states, which have none.
    pub inputs: Spelled,
    /// The paths of the values that Terraform's state marks as sensitive; null in Pulumi's states.
    pub marks: Spelled,
    /// The inputs that Pulumi's state marks as secret.
    pub secret_inputs: BTreeSet<String>,
    /// The attributes that are encrypted, if the reader accepts that.
    pub hidden: BTreeSet<String>,
    /// The version of the attributes' schema. In Pulumi's states, it is in the outputs.
    pub schema_version: i64,
    /// The private data of the provider.
    pub private: Vec<u8>,
    /// The addresses of the objects that it depends on.
    pub dependencies: Vec<String>,
    /// Whether the state protects it against deletion. Terraform has this only in programs.
    pub protect: bool,
    /// Options of the resource in the state that the other tool does not have.
    pub options: Vec<String>,
    /// Why the object is not in a final state, such as `tainted`.
    pub unfinished: Option<String>,
}

/// JSON as text, which needs a fifth of the memory of the parsed value. `Debug` does not show the text.
#[derive(Clone)]
pub struct Spelled(Box<str>);

impl Spelled {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The parsed JSON.
    pub fn json(&self) -> Json {
        // The text was written from JSON.
        Json::parse(&*self.0).unwrap_or_default()
    }
}

impl From<&Json> for Spelled {
    fn from(json: &Json) -> Spelled {
        Spelled(json.to_string().into())
    }
}

impl fmt::Debug for Spelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "json({})", self.0.len())
    }
}

/// A reference to a provider configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProviderRef {
    /// Its source address (`registry.terraform.io/janiform/ory`), or the name of its package (`ory`).
    pub source: String,
    /// The modules or components that contain the configuration, the outermost first.
    pub within: Vec<String>,
    /// The alias of the configuration, or the name of an explicit provider.
    pub alias: Option<String>,
}

impl ProviderRef {
    /// Whether it is the default configuration.
    pub fn is_default(&self) -> bool {
        self.within.is_empty() && self.alias.is_none()
    }

    /// Whether the provider has this namespace and name. A Pulumi package has only a name.
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        self.source == name
            || self.source.rsplit_once('/').is_some_and(|(rest, last)| last == name && rest.rsplit('/').next() == Some(namespace))
    }
}

/// A provider configuration in a state.
#[derive(Clone, Debug)]
pub struct Configured {
    /// The provider and the name of the configuration.
    pub provider: ProviderRef,
    /// Its settings in the tool's spelling, with decrypted secrets.
    pub settings: Json,
    /// The settings that the state marks as secret.
    pub secrets: BTreeSet<String>,
}

/// The error that a part of the state is not as the tool writes it.
fn malformed(address: &str, what: &str) -> Problem {
    Problem::new(format_args!("{address}: {what}"), "The file is damaged or was edited: get the state from the tool again.")
}

/// Reads a state of any tool.
///
/// # Errors
/// With the problem and the resource.
pub fn read(text: &[u8]) -> Result<State, Problem> {
    read_with(text, Encrypted::IsAnError)
}

/// The same for a state that may contain encrypted secrets, whose values are unknown.
///
/// # Errors
/// With the problem and the resource.
pub fn read_as_shown(text: &[u8]) -> Result<State, Problem> {
    read_with(text, Encrypted::IsHidden)
}

/// How an encrypted secret in a Pulumi stack is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encrypted {
    IsAnError,
    IsHidden,
}

fn read_with(text: &[u8], encrypted: Encrypted) -> Result<State, Problem> {
    let outline = outline(text)?;
    match outline.document.get("deployment").or(outline.document.get("checkpoint")) {
        Some(_) => pulumi::of_outline(&outline, encrypted),
        None => terraform::of_outline(&outline),
    }
}

/// The places of the resources in the formats.
const RESOURCES: &[&[&str]] = &[&["resources"], &["deployment", "resources"], &["checkpoint", "latest", "resources"]];

/// A state whose resources are not parsed yet.
fn outline(text: &[u8]) -> Result<Outline<'_>, Problem> {
    if text.iter().all(u8::is_ascii_whitespace) {
        return Err(Problem::new(
            "The state is empty.",
            "Apply something first: before that, `terraform state pull` prints nothing, and an export fails.",
        ));
    }
    Outline::read(text, RESOURCES).map_err(unreadable)
}

fn unreadable(why: ParseError) -> Problem {
    Problem::new(format!("The state cannot be read: {why}."), "Give the output of `terraform state pull` or `pulumi stack export`.")
}

/// The version of the format in the file.
fn version(document: &Json) -> Result<i64, Problem> {
    document.at("version").as_i64().ok_or_else(|| {
        Problem::new(
            "This is not a state: it has no format version.",
            "Give the output of `terraform state pull` or `pulumi stack export --show-secrets`.",
        )
    })
}
