//! What the program of Terraform says and its state does not: which attributes a block sets, and what protects it.
//!
//! Reads HCL with a library, evaluates nothing, and follows modules in directories beside it. Must not know states.

use super::stack::without_key;
use crate::crossing::state::Held;
use hcl_edit::{expr::Expression, parser::parse_body, structure::Block};
use std::{
    collections::{BTreeSet, HashMap},
    fs, io,
    path::{Path, PathBuf},
};

/// Modules in modules, and no further.
const DEEPEST: usize = 16;

/// Arguments that every resource has and no state.
const META: [&str; 5] = ["count", "depends_on", "for_each", "lifecycle", "provider"];

/// The resource blocks of a program.
#[derive(Debug, Default)]
pub struct Config {
    blocks: HashMap<String, ResourceBlock>,
}

/// What one block says.
#[derive(Debug, Default)]
pub(super) struct ResourceBlock {
    /// The attributes that it sets.
    pub set: BTreeSet<String>,
    /// Whether Terraform refuses to destroy it.
    pub prevent_destroy: bool,
    /// What it says beside that.
    pub others: Vec<String>,
}

/// Why a program is not read: which file, and what is wrong. Never a line of it.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file or directory cannot be read.
    #[error("{}: {why}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// A file is not in Terraform's language.
    #[error("{}: line {line}, column {column} cannot be read", path.display())]
    Syntax {
        /// Which.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
}

impl Config {
    /// The program in a directory.
    ///
    /// # Errors
    /// When a file of it cannot be read.
    pub fn read(dir: &Path) -> Result<Config, ConfigError> {
        let mut config = Config::default();
        config.read_module(dir, "", 0)?;
        Ok(config)
    }

    /// The block that made this object.
    pub(super) fn block(&self, held: &Held) -> Option<&ResourceBlock> {
        let modules: String = held.within.iter().map(|step| format!("module.{}.", without_key(step))).collect();
        self.blocks.get(&format!("{modules}{}.{}", held.kind, held.name))
    }

    fn read_module(&mut self, dir: &Path, prefix: &str, depth: usize) -> Result<(), ConfigError> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |why| ConfigError::Io { path, why }
        };
        let mut files = Vec::new();
        for entry in fs::read_dir(dir).map_err(unreadable(dir))? {
            let path = entry.map_err(unreadable(dir))?.path();
            if path.extension().is_some_and(|end| end == "tf" || end == "tofu") {
                files.push(path);
            }
        }
        files.sort();
        for path in files {
            let text = fs::read_to_string(&path).map_err(unreadable(&path))?;
            let body = parse_body(&text).map_err(|why| ConfigError::Syntax {
                path: path.clone(),
                line: why.location().line(),
                column: why.location().column(),
            })?;
            for block in body.blocks() {
                match (block.ident.as_str(), labels(block).as_slice()) {
                    ("resource", [kind, name]) => {
                        self.blocks.insert(format!("{prefix}{kind}.{name}"), ResourceBlock::of(block));
                    }
                    ("module", [name]) => {
                        let source = block.body.get_attribute("source").and_then(|attr| attr.value.as_str());
                        // What is elsewhere was fetched to where only Terraform looks.
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
                // Pulumi does so unless it is told otherwise.
                "create_before_destroy" if is_on => {}
                other => self.others.push(format!("lifecycle.{other}")),
            }
        }
        self.others.extend(block.body.blocks().map(|block| format!("lifecycle.{}", block.ident.as_str())));
    }
}

fn labels(block: &Block) -> Vec<&str> {
    block.labels.iter().map(|label| label.as_str()).collect()
}
