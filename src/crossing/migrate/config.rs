//! Reads from a Terraform program what its state does not contain: which attributes a block sets, `prevent_destroy`, and the
//! configuration of the provider.
//!
//! Reads HCL with a library, and follows modules in local directories. Evaluates only literals, and variables whose values are
//! literals. Must not know states.

use super::stack::without_key;
use crate::{
    crossing::{
        Problem, input,
        state::{Held, ProviderRef},
    },
    value::{Json, Number},
};
use hcl_edit::{
    expr::{Expression, ObjectKey, TraversalOperator},
    parser::parse_body,
    structure::{Block, Body},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
};

/// The depth to which modules in modules are read.
const DEEPEST: usize = 16;

/// Arguments that every resource has, and that no state contains.
const META: [&str; 5] = ["count", "depends_on", "for_each", "lifecycle", "provider"];

/// The blocks of a program.
#[derive(Debug, Default)]
pub struct Config {
    blocks: HashMap<String, ResourceBlock>,
    /// By the module's address and the alias. A key has several blocks if several providers are configured.
    providers: HashMap<(String, Option<String>), Vec<ProviderBlock>>,
}

/// A configuration of a provider.
#[derive(Debug, Default)]
pub(super) struct ProviderBlock {
    /// The source of the provider as the program has it: `janiform/ory`.
    source: String,
    /// The settings whose values are literals, or variables with literal values.
    pub settings: BTreeMap<String, Json>,
    /// The settings whose variable is declared sensitive.
    pub secrets: BTreeSet<String>,
    /// The settings whose values only Terraform can evaluate.
    pub unknown: Vec<String>,
}

/// A variable whose value is a literal.
struct Given {
    value: Json,
    is_secret: bool,
}

type Variables = HashMap<String, Given>;

/// The contents of one block.
#[derive(Debug, Default)]
pub(super) struct ResourceBlock {
    /// The attributes that it sets.
    pub set: BTreeSet<String>,
    /// Whether Terraform refuses to destroy it.
    pub prevent_destroy: bool,
    /// Its other meta-arguments.
    pub others: Vec<String>,
}

impl Config {
    /// The program in a directory.
    ///
    /// # Errors
    /// If a file cannot be read. The error names the place, and never shows a line of the file.
    pub fn read(dir: &Path) -> Result<Config, Problem> {
        let mut config = Config::default();
        config.read_module(dir, "", 0)?;
        Ok(config)
    }

    /// The block that configures this provider.
    pub(super) fn provider(&self, of: &ProviderRef, namespace: &str, name: &str) -> Option<&ProviderBlock> {
        let is_it = |block: &&ProviderBlock| ProviderRef { source: block.source.clone(), ..ProviderRef::default() }.is(namespace, name);
        // One block with `for_each` is several configurations.
        let alias = of.alias.as_deref().map(|alias| without_key(alias).to_owned());
        self.providers.get(&(address(&of.within), alias))?.iter().find(is_it)
    }

    /// The block of this object.
    pub(super) fn block(&self, held: &Held) -> Option<&ResourceBlock> {
        self.blocks.get(&format!("{}{}.{}", address(&held.within), held.kind, held.name))
    }

    fn read_module(&mut self, dir: &Path, prefix: &str, depth: usize) -> Result<(), Problem> {
        let bodies = bodies(dir, |name| [".tf", ".tofu"].iter().any(|end| name.ends_with(end)))?;
        let sources = sources(&bodies);
        // The variables of a module are set by expressions of its caller.
        let values = if prefix.is_empty() { bodies_of_values(dir)? } else { Vec::new() };
        let variables = variables(&bodies, &values);
        for body in &bodies {
            for block in body.blocks() {
                match (block.ident.as_str(), labels(block).as_slice()) {
                    ("provider", [name]) => {
                        let source = sources.get(*name).cloned().unwrap_or_else(|| (*name).to_owned());
                        let (alias, found) = ProviderBlock::of(source, block, &variables);
                        self.providers.entry((prefix.to_owned(), alias)).or_default().push(found);
                    }
                    ("resource", [kind, name]) => {
                        self.blocks.insert(format!("{prefix}{kind}.{name}"), ResourceBlock::of(block));
                    }
                    ("module", [name]) => {
                        let source = block.body.get_attribute("source").and_then(|attr| attr.value.as_str());
                        // Only Terraform knows where it has downloaded other modules.
                        let beside = source.filter(|source| source.starts_with("./") || source.starts_with("../"));
                        if let (Some(source), true) = (beside, depth < DEEPEST) {
                            self.read_module(&dir.join(source), &format!("{prefix}module.{name}."), depth + 1)?;
                        }
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

impl ResourceBlock {
    fn of(block: &Block) -> ResourceBlock {
        let mut found = ResourceBlock::default();
        for attribute in block.body.attributes() {
            let is_null = matches!(attribute.value, Expression::Null(_));
            if !META.contains(&attribute.key.as_str()) && !is_null {
                found.set.insert(attribute.key.as_str().to_owned());
            }
        }
        for inner in block.body.blocks() {
            match inner.ident.as_str() {
                "lifecycle" => found.lifecycle(inner),
                // Lists of objects may be written as blocks.
                name if META.contains(&name) || matches!(name, "provisioner" | "connection") => found.others.push(name.to_owned()),
                name => drop(found.set.insert(name.to_owned())),
            }
        }
        found
    }

    fn lifecycle(&mut self, block: &Block) {
        for attribute in block.body.attributes() {
            let is_on = attribute.value.as_bool() == Some(true);
            match attribute.key.as_str() {
                "prevent_destroy" => self.prevent_destroy = is_on,
                // This is the default of Pulumi.
                "create_before_destroy" if is_on => {}
                other => self.others.push(format!("lifecycle.{other}")),
            }
        }
        self.others.extend(block.body.blocks().map(|block| format!("lifecycle.{}", block.ident.as_str())));
    }
}

impl ProviderBlock {
    fn of(source: String, block: &Block, variables: &Variables) -> (Option<String>, ProviderBlock) {
        let mut found = ProviderBlock { source, ..ProviderBlock::default() };
        let mut alias = None;
        for attribute in block.body.attributes() {
            match (attribute.key.as_str(), &attribute.value) {
                ("alias", value) => alias = value.as_str().map(str::to_owned),
                ("version" | "for_each", _) | (_, Expression::Null(_)) => {}
                (name, value) => match given(value, variables) {
                    Some(Given { value: Json::Null, .. }) => {}
                    Some(Given { value, is_secret }) => {
                        found.settings.insert(name.to_owned(), value);
                        found.secrets.extend(is_secret.then(|| name.to_owned()));
                    }
                    None => found.unknown.push(name.to_owned()),
                },
            }
        }
        found.unknown.extend(block.body.blocks().map(|block| block.ident.as_str().to_owned()));
        (alias, found)
    }
}

/// The value of an expression, if it is a literal or a variable with such a value.
fn given(expression: &Expression, variables: &Variables) -> Option<Given> {
    let open = |value| Some(Given { value, is_secret: false });
    match expression {
        Expression::Null(_) => open(Json::Null),
        Expression::Bool(flag) => open(Json::Bool(*flag.value())),
        Expression::Number(number) => open(Json::Number(Number::parse(&number.value().to_string()).ok()?)),
        Expression::String(text) => open(Json::String(text.value().clone())),
        Expression::Parenthesis(inner) => given(inner.inner(), variables),
        Expression::Array(items) => {
            let items = items.iter().map(|item| given(item, variables)).collect::<Option<Vec<_>>>()?;
            let is_secret = items.iter().any(|item| item.is_secret);
            Some(Given { value: items.into_iter().map(|item| item.value).collect(), is_secret })
        }
        Expression::Object(members) => {
            let mut is_secret = false;
            let mut value = BTreeMap::new();
            for (key, member) in members.iter() {
                let key = match key {
                    ObjectKey::Ident(name) => name.as_str(),
                    ObjectKey::Expression(key) => key.as_str()?,
                };
                let member = given(member.expr(), variables)?;
                is_secret |= member.is_secret;
                value.insert(key.to_owned(), member.value);
            }
            Some(Given { value: Json::Object(value), is_secret })
        }
        Expression::Traversal(of) => match (of.expr.as_variable()?.as_str(), of.operators.as_slice()) {
            ("var", [only]) => match only.value() {
                TraversalOperator::GetAttr(name) => {
                    variables.get(name.as_str()).map(|of| Given { value: of.value.clone(), is_secret: of.is_secret })
                }
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// The variables of a module with literal values: from the files of values, of which later ones win, or their defaults.
fn variables(bodies: &[Body], values: &[Body]) -> Variables {
    let mut variables = Variables::new();
    for block in bodies.iter().flat_map(Body::blocks).filter(|block| block.ident.as_str() == "variable") {
        let [name] = labels(block)[..] else { continue };
        let attribute = values.iter().rev().find_map(|body| body.get_attribute(name)).or_else(|| block.body.get_attribute("default"));
        let value = attribute.and_then(|attribute| given(&attribute.value, &Variables::new()));
        let is_secret = block.body.get_attribute("sensitive").is_some_and(|attribute| attribute.value.as_bool() == Some(true));
        variables.extend(value.map(|Given { value, .. }| (name.to_owned(), Given { value, is_secret })));
    }
    variables
}

/// The sources of providers by their local names in a module.
fn sources(bodies: &[Body]) -> HashMap<String, String> {
    let terraform = bodies.iter().flat_map(Body::blocks).filter(|block| block.ident.as_str() == "terraform");
    let required = terraform.flat_map(|block| block.body.get_blocks("required_providers"));
    let one = |attribute: &hcl_edit::structure::Attribute| {
        let members = attribute.value.as_object()?;
        let source = members.iter().find_map(|(key, value)| match key {
            ObjectKey::Ident(name) if name.as_str() == "source" => value.expr().as_str(),
            _ => None,
        })?;
        Some((attribute.key.as_str().to_owned(), source.to_owned()))
    };
    required.flat_map(|block| block.body.attributes()).filter_map(one).collect()
}

/// The files of values that Terraform reads by itself, in its order.
fn bodies_of_values(dir: &Path) -> Result<Vec<Body>, Problem> {
    let mut all = bodies(dir, |name| name == "terraform.tfvars")?;
    all.extend(bodies(dir, |name| name.ends_with(".auto.tfvars"))?);
    Ok(all)
}

/// The files of a directory whose names `counts` accepts, in the order of their names.
fn bodies(dir: &Path, counts: impl Fn(&str) -> bool) -> Result<Vec<Body>, Problem> {
    let unreadable = |path: &Path, why: &dyn std::fmt::Display| {
        let what = format_args!("the Terraform program cannot be read: {}: {why}", path.display());
        Problem::new(what, "Check that `terraform validate` passes there.")
    };
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(dir).map_err(|why| unreadable(dir, &why))? {
        let entry = entry.map_err(|why| unreadable(dir, &why))?;
        if entry.file_name().to_str().is_some_and(&counts) {
            files.push(entry.path());
        }
    }
    files.sort();
    let body = |path: &PathBuf| {
        let text = input::read_text(path).map_err(|why| unreadable(path, &why))?;
        parse_body(&text).map_err(|why| {
            let (line, column) = (why.location().line(), why.location().column());
            unreadable(path, &format_args!("line {line}, column {column} cannot be read"))
        })
    };
    files.iter().map(body).collect()
}

/// The modules of a path as a prefix of addresses, without keys.
fn address(within: &[String]) -> String {
    within.iter().map(|step| format!("module.{}.", without_key(step))).collect()
}

fn labels(block: &Block) -> Vec<&str> {
    block.labels.iter().map(|label| label.as_str()).collect()
}
