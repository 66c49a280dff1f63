//! Reads Pulumi stacks: the output of `pulumi stack export`, and the files of its own backends, in versions 3 and 4 of the format.
//!
//! Owns URNs, the envelopes of secrets, and the other contents of a stack. Also writes import files for `pulumi import`.

mod import;
mod urn;

pub use import::{Import, Imported, document as import_file};
pub use urn::Urn;

use super::{Configured, Encrypted, Held, Problem, ProviderRef, Spelled, State, Tool, malformed, outline, unreadable, version};
use crate::{
    frontends::pulumi::property::{SECRET, SIGNATURE},
    value::{Json, Outline},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The versions of the format that are read.
const VERSIONS: std::ops::RangeInclusive<i64> = 3..=4;

/// Options of resources that a stack contains.
const OPTIONS: [&str; 5] = ["aliases", "customTimeouts", "deletedWith", "ignoreChanges", "retainOnDelete"];

const STACK: &str = "pulumi:pulumi:Stack";
const PROVIDERS: &str = "pulumi:providers:";

/// Reads a stack.
///
/// # Errors
/// With the problem and the resource.
pub fn read(text: &[u8]) -> Result<State, Problem> {
    of_outline(&outline(text)?, Encrypted::IsAnError)
}

pub(super) fn of_outline(outline: &Outline<'_>, encrypted: Encrypted) -> Result<State, Problem> {
    let document = &outline.document;
    if document.get("lineage").is_some() || document.get("terraform_version").is_some() {
        return Err(Problem::new("This is a state of Terraform, not of Pulumi.", "Use `--from terraform`."));
    }
    let version = version(document)?;
    if !VERSIONS.contains(&version) {
        let is_older = version < *VERSIONS.start();
        return Err(Problem::new(
            format!(
                "The stack has {} format, version {version}; versions 3 and 4 are read.",
                if is_older { "an older" } else { "a newer" }
            ),
            if is_older { "Export it with Pulumi 3." } else { "Use a newer Janiform." },
        ));
    }
    let deployment = match (document.get("deployment"), document.at("checkpoint/latest")) {
        (Some(deployment), _) => deployment,
        (None, latest) => latest,
    };
    if !deployment.at("resources").is_array() {
        return Err(Problem::new(
            "The stack has no resources.",
            "Give the output of `pulumi stack export --show-secrets` of a deployed stack.",
        ));
    }
    let pending = deployment.at("pending_operations").as_array().and_then(|all| all.first());
    if let Some(pending) = pending {
        let urn = pending.at("resource/urn").as_str().unwrap_or("a resource");
        return Err(Problem::new(
            format!("{urn}: an operation on it is still pending."),
            "Run `pulumi refresh`, which finds out its result, and export the stack again.",
        ));
    }
    let mut state = State { tool: Tool::Pulumi, objects: Vec::new(), providers: Vec::new(), others: 0 };
    let (mut parents, mut others) = (Parents::new(), Vec::new());
    // The URNs of the objects' providers, and of the configured providers.
    let (mut managers, mut configured) = (Vec::new(), Vec::new());
    for (place, element) in outline.elements.iter().enumerate() {
        let resource = outline.element(element).map_err(unreadable)?;
        let entry = Entry::of(place, &resource, encrypted)?;
        let parent = entry.resource.at("parent").as_str().unwrap_or_default().to_owned();
        parents.insert(entry.urn.to_owned(), (parent, entry.is_component()));
        match entry.kind.strip_prefix(PROVIDERS) {
            Some(package) => {
                state.providers.push(entry.provider(package)?);
                configured.push(entry.urn.to_owned());
            }
            None if entry.is_object() => {
                state.objects.push(entry.held()?);
                managers.push(entry.manager().map(str::to_owned));
            }
            // A stack contains itself as a resource.
            None if entry.kind == STACK => {}
            None => others.push(entry.urn.to_owned()),
        }
    }
    let mut around: BTreeSet<&str> = BTreeSet::new();
    for (held, manager) in state.objects.iter_mut().zip(managers) {
        held.within = within(&held.address, &parents);
        held.provider.within = manager.map(|urn| within(&urn, &parents)).unwrap_or_default();
        around.extend(components(&held.address, &parents));
    }
    for (provider, urn) in state.providers.iter_mut().zip(configured) {
        provider.provider.within = within(&urn, &parents);
    }
    state.others = others.iter().filter(|urn| !around.contains(urn.as_str())).count();
    Ok(state)
}

/// The parent of each resource, and whether the resource is a component.
type Parents = HashMap<String, (String, bool)>;

/// A resource of the stack.
struct Entry<'a> {
    resource: &'a Json,
    urn: &'a str,
    kind: &'a str,
    encrypted: Encrypted,
}

/// Properties with decrypted secrets.
struct Properties {
    members: Json,
    /// The properties that are secret or contain a secret.
    secrets: BTreeSet<String>,
    /// The properties that contain an encrypted secret. They are null.
    hidden: BTreeSet<String>,
}

impl<'a> Entry<'a> {
    fn of(place: usize, resource: &'a Json, encrypted: Encrypted) -> Result<Entry<'a>, Problem> {
        let of = |name| resource.at(name).as_str();
        match (of("urn"), of("type")) {
            (Some(urn), Some(kind)) if Urn::parse(urn).is_some() => Ok(Entry { resource, urn, kind, encrypted }),
            _ => Err(malformed(&format!("Resource {} of the stack", place + 1), "it has no URN or no type.")),
        }
    }

    fn name(&self) -> String {
        Urn::parse(self.urn).map(|urn| urn.name.to_owned()).unwrap_or_default()
    }

    fn is_component(&self) -> bool {
        self.resource.at("custom").as_bool() != Some(true) && self.kind != STACK
    }

    fn is_object(&self) -> bool {
        let is = |name| self.resource.at(name).as_bool() == Some(true);
        is("custom") && !is("external") && !self.kind.starts_with(PROVIDERS)
    }

    /// The URN of the provider that manages it.
    fn manager(&self) -> Option<&str> {
        self.resource.at("provider").as_str()?.rsplit_once("::").map(|(urn, _)| urn)
    }

    fn provider(&self, package: &str) -> Result<Configured, Problem> {
        let Properties { members: settings, secrets, .. } = self.properties("inputs")?;
        let provider = ProviderRef { source: package.to_owned(), within: Vec::new(), alias: alias(&self.name()) };
        Ok(Configured { provider, settings, secrets })
    }

    /// The object without the components that contain it, which other resources show.
    fn held(&self) -> Result<Held, Problem> {
        let malformed = |what: &str| malformed(self.urn, what);
        let (outputs, inputs) = (self.properties("outputs")?, self.properties("inputs")?);
        let provider = match self.resource.at("provider").as_str() {
            None => ProviderRef { source: self.kind.split(':').next().unwrap_or_default().to_owned(), within: Vec::new(), alias: None },
            Some(_) => {
                let urn = self.manager().and_then(Urn::parse).ok_or_else(|| malformed("the reference to its provider cannot be read."))?;
                let source = urn.kind().strip_prefix(PROVIDERS).unwrap_or_default().to_owned();
                ProviderRef { source, within: Vec::new(), alias: alias(urn.name) }
            }
        };
        let flag = |name| self.resource.at(name).as_bool() == Some(true);
        let unfinished = match (flag("delete"), flag("taint")) {
            (true, _) => Some("it is left from a replacement and will be deleted".to_owned()),
            (_, true) => Some("it is tainted".to_owned()),
            _ => None,
        };
        let dependencies = self.resource.at("dependencies").as_array().into_iter().flatten();
        Ok(Held {
            address: self.urn.to_owned(),
            kind: self.kind.to_owned(),
            name: self.name(),
            instance: None,
            within: Vec::new(),
            provider,
            id: self.resource.at("id").as_str().filter(|id| !id.is_empty()).map(str::to_owned),
            attributes: Spelled::from(&outputs.members),
            inputs: Spelled::from(&inputs.members),
            marks: Spelled::from(&Json::Null),
            secret_inputs: inputs.secrets,
            hidden: outputs.hidden,
            schema_version: 0,
            private: Vec::new(),
            dependencies: dependencies.filter_map(|urn| urn.as_str().map(str::to_owned)).collect(),
            protect: flag("protect"),
            options: OPTIONS.iter().filter(|option| is_set(self.resource.at(**option))).map(|option| (*option).to_owned()).collect(),
            unfinished,
        })
    }

    fn properties(&self, of: &str) -> Result<Properties, Problem> {
        let (mut secrets, mut hidden) = (BTreeSet::new(), BTreeSet::new());
        let members = match self.resource.at(of) {
            Json::Null => Json::Object(BTreeMap::new()),
            Json::Object(members) => {
                let open = |(name, value): (&String, &Json)| {
                    let mut is_secret = false;
                    let value = match (opened(value, &mut is_secret), self.encrypted) {
                        (Err(Closed::Encrypted), Encrypted::IsHidden) => {
                            hidden.insert(name.clone());
                            Json::Null
                        }
                        (opened, _) => opened.map_err(|why| self.closed(name, why))?,
                    };
                    if is_secret {
                        secrets.insert(name.clone());
                    }
                    Ok((name.clone(), value))
                };
                Json::Object(members.iter().map(open).collect::<Result<_, Problem>>()?)
            }
            _ => return Err(malformed(self.urn, &format!("its {of} are not an object."))),
        };
        Ok(Properties { members, secrets, hidden })
    }

    fn closed(&self, name: &str, why: Closed) -> Problem {
        match why {
            Closed::Encrypted => Problem::new(
                format!("{}: the secret `{name}` is encrypted.", self.urn),
                "Give the output of `pulumi stack export --show-secrets`. It contains unencrypted secrets, so keep it private (`umask 077`), or use a pipe.",
            ),
            Closed::Malformed => malformed(self.urn, &format!("the secret `{name}` cannot be read.")),
        }
    }
}

enum Closed {
    Encrypted,
    Malformed,
}

/// The value with decrypted secrets.
fn opened(value: &Json, is_secret: &mut bool) -> Result<Json, Closed> {
    Ok(match value {
        Json::Object(members) if value.at(SIGNATURE) == SECRET => {
            *is_secret = true;
            match members.get("plaintext") {
                Some(Json::String(text)) => opened(&Json::parse(text).map_err(|_| Closed::Malformed)?, is_secret)?,
                // The form of other writers.
                None if members.contains_key("value") => opened(value.at("value"), is_secret)?,
                None if members.contains_key("ciphertext") => return Err(Closed::Encrypted),
                _ => return Err(Closed::Malformed),
            }
        }
        Json::Object(members) => {
            Json::Object(members.iter().map(|(name, member)| Ok((name.clone(), opened(member, is_secret)?))).collect::<Result<_, _>>()?)
        }
        Json::Array(items) => Json::Array(items.iter().map(|item| opened(item, is_secret)).collect::<Result<_, _>>()?),
        other => other.clone(),
    })
}

/// The components that contain the resource, the innermost first.
fn components<'a>(urn: &str, parents: &'a Parents) -> Vec<&'a str> {
    let mut path = Vec::new();
    let mut at = urn;
    // The depth is limited, so that a circle of parents ends.
    for _ in 0..parents.len() {
        let Some((above, _)) = parents.get(at) else { break };
        if let Some((_, true)) = parents.get(above) {
            path.push(above.as_str());
        }
        at = above.as_str();
    }
    path
}

/// The names of the components, the outermost first.
fn within(urn: &str, parents: &Parents) -> Vec<String> {
    components(urn, parents).into_iter().rev().filter_map(|urn| Urn::parse(urn).map(|urn| urn.name.to_owned())).collect()
}

/// Whether an option differs from its default.
fn is_set(option: &Json) -> bool {
    match option {
        Json::Null | Json::Bool(false) => false,
        Json::Array(items) => !items.is_empty(),
        Json::Object(members) => members.values().any(is_set),
        _ => true,
    }
}

/// The name of an explicit provider. Default providers have names that Pulumi chooses.
fn alias(name: &str) -> Option<String> {
    (name != "default" && !name.starts_with("default_")).then(|| name.to_owned())
}
