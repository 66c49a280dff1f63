//! State files of Terraform, OpenTofu and Pulumi, read and written whole.
//!
//! Owns one model of what a state holds, and why a file is none that can be read. Must not know what an attribute means:
//! attributes are kept as the tool spells them, and a face makes objects of them. A state may hold objects by the ten thousand:
//! of these, one at a time is a tree.

mod object;
pub mod pulumi;
pub mod terraform;

pub use object::{Object, objects};

use super::Problem;
use crate::value::{Json, Outline, ParseError};
use std::{collections::BTreeSet, fmt};

/// Whose state it is.
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

/// What a state holds.
#[derive(Clone, Debug)]
pub struct State {
    /// Whose it is.
    pub tool: Tool,
    /// The objects that it manages, in the state's order.
    pub objects: Vec<Held>,
    /// The providers that it has the configuration of; Terraform's states have none.
    pub providers: Vec<Configured>,
    /// What is neither: data sources, and components with no object in them.
    pub others: usize,
}

/// An object in a state, as its tool spells it.
#[derive(Clone, Debug)]
pub struct Held {
    /// Where it stands in the state: `module.team["a"].ory_relationship.reads["ann"]`, or a URN.
    pub address: String,
    /// Its type: `ory_relationship`, or `ory:index/relationship:Relationship`.
    pub kind: String,
    /// Its name in the program.
    pub name: String,
    /// Which of several instances of that name it is.
    pub instance: Option<String>,
    /// The modules or components that it is in, the outermost first.
    pub within: Vec<String>,
    /// Which provider manages it.
    pub provider: ProviderRef,
    /// Its id.
    pub id: Option<String>,
    /// Its attributes or outputs, secrets in the clear.
    pub attributes: Spelled,
    /// The inputs that led to them; null in Terraform's states, which have none.
    pub inputs: Spelled,
    /// Which of the attributes the state marks as secret.
    pub secrets: BTreeSet<String>,
    /// Which of the inputs it does.
    pub secret_inputs: BTreeSet<String>,
    /// Which of the attributes are encrypted, if that was allowed.
    pub hidden: BTreeSet<String>,
    /// The version of the attributes' shape; Pulumi's states keep it among the outputs.
    pub schema_version: i64,
    /// What the provider remembers beside them.
    pub private: Vec<u8>,
    /// The addresses of what it depends on.
    pub dependencies: Vec<String>,
    /// Whether the state protects it against deletion; Terraform keeps that in programs only.
    pub protect: bool,
    /// Options of the resource that the state knows of and that no other tool has.
    pub options: Vec<String>,
    /// Why the tool is not done with it, such as `tainted`.
    pub unfinished: Option<String>,
}

/// JSON as text, which takes a fifth of the memory that its tree would. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Spelled(Box<str>);

impl Spelled {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tree.
    pub fn json(&self) -> Json {
        // It was written of one.
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

/// Which provider manages an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProviderRef {
    /// Its source address (`registry.terraform.io/janiform/ory`), or the name of its package (`ory`).
    pub source: String,
    /// The modules or components in which that configuration is said, the outermost first.
    pub within: Vec<String>,
    /// Which of its configurations: an alias, or the name of an explicit provider.
    pub alias: Option<String>,
}

impl ProviderRef {
    /// Whether it is the one that resources have which name none.
    pub fn is_default(&self) -> bool {
        self.within.is_empty() && self.alias.is_none()
    }

    /// Whether it is the provider of this namespace and name; a package has only a name.
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        self.source == name
            || self.source.rsplit_once('/').is_some_and(|(rest, last)| last == name && rest.rsplit('/').next() == Some(namespace))
    }
}

/// A provider's configuration in a state.
#[derive(Clone, Debug)]
pub struct Configured {
    /// Which one.
    pub provider: ProviderRef,
    /// Its settings as the tool spells them, secrets in the clear.
    pub settings: Json,
    /// Which of them the state marks as secret.
    pub secrets: BTreeSet<String>,
}

/// A part of the state is not as its tool writes it.
fn malformed(address: &str, what: &str) -> Problem {
    Problem::new(format_args!("{address}: {what}"), "The file is damaged or was edited: get the state from the tool again.")
}

/// The state in a text, whichever tool's it is.
///
/// # Errors
/// They name what is wrong and the resource.
pub fn read(text: &[u8]) -> Result<State, Problem> {
    read_with(text, Encrypted::IsAnError)
}

/// The same, where secrets may be encrypted: of these it is only known that there are some.
///
/// # Errors
/// They name what is wrong and the resource.
pub fn read_as_shown(text: &[u8]) -> Result<State, Problem> {
    read_with(text, Encrypted::IsHidden)
}

/// What becomes of a secret that a stack of Pulumi has encrypted.
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

/// Where the formats have their resources.
const RESOURCES: &[&[&str]] = &[&["resources"], &["deployment", "resources"], &["checkpoint", "latest", "resources"]];

/// A state with its resources unread.
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

/// The version of a format as the file says it.
fn version(document: &Json) -> Result<i64, Problem> {
    document.at("version").as_i64().ok_or_else(|| {
        Problem::new(
            "This is not a state: it has no format version.",
            "Give the output of `terraform state pull` or `pulumi stack export --show-secrets`.",
        )
    })
}
