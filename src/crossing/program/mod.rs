//! Programs: a model of a stack's code, and a printer for each language.
//!
//! Owns one model of a program (resources, references, variables, explicit providers, groups, imports) and how each language writes it. What is printed
//! passes `terraform fmt -check`, `tsc --strict`, `mypy --strict` and `go vet`. Knows no state and no server: whoever has
//! objects makes [`Expression`]s of their configurations.

mod expression;
mod go;
mod hcl;
mod modules;
mod names;
mod needed;
mod public_keys;
mod python;
mod said;
mod typescript;
mod words;
mod yaml;

pub use expression::{Expression, Reference};
pub use names::{Named, identifier, named};
pub use needed::with_needed;
pub use public_keys::is_public;
pub use said::{AtHand, Called, Secret, said, said_by};
pub use words::is_plain;

use crate::{
    engine,
    export::File,
    frontends::pulumi::{
        names::{camel, pascal, resource_token},
        schema::choice,
    },
    schema::{self, Attr},
    value::{Json, Path},
};
use std::collections::BTreeSet;

/// A language that programs are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// HCL, for Terraform and OpenTofu.
    Terraform,
    /// Pulumi YAML.
    Yaml,
    /// TypeScript, for Pulumi.
    TypeScript,
    /// Python, for Pulumi.
    Python,
    /// Go, for Pulumi.
    Go,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 5] = [Language::Terraform, Language::Yaml, Language::TypeScript, Language::Python, Language::Go];

    /// Whether its programs use an SDK of the package.
    pub fn has_sdk(self) -> bool {
        !matches!(self, Language::Terraform | Language::Yaml)
    }

    /// Whether Pulumi runs it.
    pub fn is_pulumi(self) -> bool {
        self != Language::Terraform
    }

    /// Whether a program can have groups. Programs in YAML can make no component of their own.
    pub fn has_groups(self) -> bool {
        self != Language::Yaml
    }
}

/// The package whose resources a program has.
#[derive(Clone, Copy, Debug)]
pub struct Package {
    /// Its short name.
    pub name: &'static str,
    /// Who publishes it.
    pub namespace: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Where its source is.
    pub repository: &'static str,
}

impl Package {
    /// That of a provider.
    pub const fn of<C>(provider: &engine::Provider<C>) -> Package {
        Package { name: provider.name, namespace: provider.namespace, version: provider.version, repository: provider.repository }
    }
}

/// A resource in a program.
#[derive(Clone)]
pub struct Resource {
    /// Its kind.
    pub of: &'static schema::Resource,
    /// Its name: an identifier in snake_case, unique within its kind.
    pub name: String,
    /// The attributes that are set.
    pub inputs: Vec<(&'static Attr, Expression)>,
    /// Whether it is protected against deletion.
    pub protect: bool,
    /// Further resources that have to be made before it: kinds and names.
    pub depends_on: Vec<(&'static schema::Resource, String)>,
    /// The explicit provider that manages it, by its name; the default one otherwise.
    pub provider: Option<String>,
    /// The group in which it is, by its name.
    pub group: Option<String>,
}

impl Resource {
    /// A resource without inputs.
    pub fn new(of: &'static schema::Resource, name: impl Into<String>) -> Resource {
        Resource { of, name: name.into(), inputs: Vec::new(), protect: false, depends_on: Vec::new(), provider: None, group: None }
    }

    /// The places in the inputs whose values are secret, since a variable or a secret of another resource sets them.
    pub fn secrets(&self) -> BTreeSet<Path> {
        let mut found = BTreeSet::new();
        self.inputs.iter().for_each(|(attr, value)| value.secrets(Path::attr(attr.name), &mut found));
        found
    }

    fn has_options(&self) -> bool {
        self.protect || !self.depends_on.is_empty() || self.provider.is_some() || self.group.is_some()
    }
}

/// One of the provider's configurations.
#[derive(Clone)]
pub struct Provider {
    /// Its name, an identifier in snake_case; `None` for the default configuration. Programs for Pulumi do not contain that one: it
    /// is the configuration of the stack.
    pub name: Option<String>,
    /// The settings that are set.
    pub inputs: Vec<(&'static Attr, Expression)>,
}

/// Resources that belong together: a component in Pulumi, a module in Terraform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name: an identifier in snake_case.
    pub name: String,
    /// Its type, which several groups can have: an identifier in snake_case.
    pub kind: String,
    /// The group in which it is, by its name.
    pub within: Option<String>,
}

impl Group {
    /// The token of its type where it is a component.
    pub fn token(&self) -> String {
        format!("modules:index:{}", pascal(&self.kind))
    }
}

/// An input of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name, an identifier in snake_case.
    pub name: String,
    /// Its description, on one line.
    pub doc: String,
    /// Whether it is a secret.
    pub secret: bool,
}

/// An existing object that the program imports.
#[derive(Clone, Copy)]
pub struct Import<'a> {
    /// Its kind.
    pub of: &'static schema::Resource,
    /// The name of the resource that it becomes.
    pub name: &'a str,
    /// Its import id.
    pub id: &'a str,
    /// Whether HCL has its identity instead of the id, which Terraform 1.12 and OpenTofu 1.12 support.
    pub by_identity: bool,
}

/// The module of explicit providers, in languages with a module for each kind.
pub(super) const PROVIDERS: &str = "providers";

/// The module of groups.
pub(super) const GROUPS: &str = "components";

/// Module names that no kind has.
pub const MODULES: [&str; 2] = [PROVIDERS, GROUPS];

/// What the resources in one file use. The head of the file depends on it.
#[derive(Clone, Debug, Default)]
pub struct Uses {
    /// Whether values are encoded as JSON.
    pub json: bool,
    /// Whether there are variables.
    pub variables: bool,
    /// Whether resources have options.
    pub options: bool,
    /// The kinds of resources in other files that are referred to.
    pub kinds: BTreeSet<&'static str>,
    /// Resources that others may refer to, where they have to be declared before they are made.
    pub declared: Vec<String>,
}

impl Uses {
    /// Adds what further resources of the same file use.
    pub fn add(&mut self, other: Uses) {
        self.json |= other.json;
        self.variables |= other.variables;
        self.options |= other.options;
        self.kinds.extend(other.kinds);
        self.declared.extend(other.declared);
    }
}

/// The kinds to which others refer. Some languages need them in advance.
#[derive(Clone, Debug, Default)]
pub struct Referred(pub BTreeSet<&'static str>);

/// The printer of a language for a package. A file has a head, resources and a foot; kinds that share a file share both.
#[derive(Clone, Copy, Debug)]
pub struct Printer {
    /// The language.
    pub language: Language,
    /// The package.
    pub package: Package,
}

impl Printer {
    /// The file for resources of this kind.
    pub fn file(self, kind: &str) -> String {
        match self.language {
            Language::Terraform => format!("{kind}.tf"),
            Language::Yaml => "Pulumi.yaml".to_owned(),
            Language::TypeScript => format!("{kind}.ts"),
            Language::Python => format!("{kind}.py"),
            Language::Go => format!("{kind}.go"),
        }
    }

    /// The text before the resources of a file.
    pub fn head(self, kind: &str, project: &str, uses: &Uses, referred: &Referred) -> String {
        match self.language {
            Language::Terraform => String::new(),
            Language::Yaml => yaml::head(project),
            Language::TypeScript => typescript::head(self.package, uses),
            Language::Python => python::head(self.package, uses),
            Language::Go => go::head(self.package, kind, uses, referred),
        }
    }

    /// A resource. What it uses is added to `uses`.
    pub fn resource(self, resource: &Resource, uses: &mut Uses, referred: &Referred) -> String {
        resource.inputs.iter().for_each(|(_, value)| value.tell(resource.of.name, uses));
        uses.options |= resource.has_options();
        uses.kinds.extend(resource.provider.as_ref().map(|_| PROVIDERS));
        uses.kinds.extend(resource.group.as_ref().map(|_| GROUPS));
        uses.kinds.extend(resource.depends_on.iter().map(|(of, _)| of.name).filter(|name| *name != resource.of.name));
        match self.language {
            Language::Terraform => hcl::resource(self.package, resource, &hcl::Alone(self.package)),
            Language::Yaml => yaml::resource(self.package, resource),
            Language::TypeScript => typescript::resource(self.package, resource),
            Language::Python => python::resource(self.package, resource),
            Language::Go => go::resource(self.package, resource, uses, referred),
        }
    }

    /// The text between two resources.
    pub fn between(self) -> &'static str {
        match self.language {
            Language::Terraform | Language::TypeScript => "\n",
            Language::Yaml | Language::Python | Language::Go => "",
        }
    }

    /// The text after the resources of a file.
    pub fn foot(self, variables: &[Variable]) -> String {
        match self.language {
            Language::Yaml => yaml::foot(variables),
            Language::Go => go::FOOT.to_owned(),
            _ => String::new(),
        }
    }

    /// The files of explicit providers and of groups, each with the name of its module.
    fn around(self, providers: &[(&str, &Provider)], groups: &[Group]) -> Vec<(&'static str, File)> {
        let mut files = Vec::new();
        let mut add = |module: &'static str, content: String| files.push((module, File { path: self.file(module), content }));
        match self.language {
            Language::Terraform | Language::Yaml => return Vec::new(),
            language => {
                if !providers.is_empty() {
                    add(
                        PROVIDERS,
                        match language {
                            Language::TypeScript => typescript::providers(self.package, providers),
                            Language::Python => python::providers(self.package, providers),
                            _ => go::providers(self.package, providers),
                        },
                    );
                }
                if !groups.is_empty() {
                    add(
                        GROUPS,
                        match language {
                            Language::TypeScript => typescript::groups(groups),
                            Language::Python => python::groups(groups),
                            _ => go::groups(groups),
                        },
                    );
                }
            }
        }
        files
    }

    /// The files around those of the kinds, which are given in an order in which each comes after those that it refers to. The
    /// program depends on the SDK in `sdk`, where there is one, in place of the published one.
    pub fn frame(self, project: &str, kinds: &[&str], variables: &[Variable], sdk: Option<&str>) -> Vec<File> {
        match self.language {
            Language::Terraform => hcl::frame(self.package, variables),
            Language::Yaml => Vec::new(),
            Language::TypeScript => typescript::frame(self.package, project, kinds, sdk),
            Language::Python => python::frame(self.package, project, kinds, sdk),
            Language::Go => go::frame(self.package, project, kinds, sdk),
        }
    }

    /// The file of imports.
    pub fn import_file(self) -> &'static str {
        if self.language.is_pulumi() { "import.json" } else { "imports.tf" }
    }

    /// The texts before, between and after the imports.
    pub fn around_imports(self) -> [&'static str; 3] {
        if self.language.is_pulumi() { ["{\"resources\":[\n", ",\n", "\n]}\n"] } else { ["", "\n", ""] }
    }

    /// An import.
    pub fn import(self, import: Import<'_>) -> String {
        let Import { of, name, id, .. } = import;
        match self.language {
            Language::Terraform => hcl::import(self.package, import),
            _ => {
                let kind = resource_token(self.package.name, of.name);
                Json::object([("type", Json::from(kind.as_str())), ("name", name.into()), ("id", id.into())]).to_string()
            }
        }
    }
}

/// A whole program in memory.
#[derive(Clone)]
pub struct Program {
    /// The name of the project.
    pub project: String,
    /// Its resources; those of one kind are next to each other.
    pub resources: Vec<Resource>,
    /// Its inputs.
    pub variables: Vec<Variable>,
    /// The provider's configurations.
    pub providers: Vec<Provider>,
    /// The groups that resources name, each behind the one in which it is.
    pub groups: Vec<Group>,
}

impl Program {
    /// An empty program.
    pub fn new(project: impl Into<String>) -> Program {
        Program { project: project.into(), resources: Vec::new(), variables: Vec::new(), providers: Vec::new(), groups: Vec::new() }
    }

    /// The files of the program, one a kind where the language allows that.
    pub fn files(&self, printer: Printer) -> Vec<File> {
        if printer.language == Language::Terraform {
            return modules::files(printer.package, self);
        }
        let referred = self.referred();
        let kinds = kinds(&self.resources.iter().collect::<Vec<_>>());
        let mut files: Vec<(&str, File, Uses)> = Vec::new();
        for kind in &kinds {
            let path = printer.file(kind.name);
            if files.last().is_none_or(|(_, file, _)| file.path != path) {
                files.push((kind.name, File { path, content: String::new() }, Uses::default()));
            }
            let Some((_, file, uses)) = files.last_mut() else { continue };
            for resource in self.resources.iter().filter(|one| std::ptr::eq(one.of, *kind)) {
                if !file.content.is_empty() {
                    file.content += printer.between();
                }
                file.content += &printer.resource(resource, uses, &referred);
            }
        }
        let explicit: Vec<_> = self.providers.iter().filter_map(|provider| Some((provider.name.as_deref()?, provider))).collect();
        let around = printer.around(&explicit, &self.groups);
        let names: Vec<_> = around.iter().map(|(kind, _)| *kind).chain(kinds.iter().map(|kind| kind.name)).collect();
        if let (Language::Yaml, Some((_, file, _))) = (printer.language, files.first_mut()) {
            let providers: String = explicit.iter().map(|(name, provider)| yaml::provider(printer.package, name, provider)).collect();
            file.content.insert_str(0, &providers);
        }
        let whole = files.into_iter().map(|(kind, file, uses)| {
            let head = printer.head(kind, &self.project, &uses, &referred);
            File { content: head + &file.content + &printer.foot(&self.variables), ..file }
        });
        let frame = printer.frame(&self.project, &names, &self.variables, None);
        around.into_iter().map(|(_, file)| file).chain(whole).chain(frame).collect()
    }

    fn referred(&self) -> Referred {
        Referred(self.resources.iter().flat_map(Resource::kinds).collect())
    }
}

impl Resource {
    /// The kinds of resources that it refers to.
    pub fn kinds(&self) -> BTreeSet<&'static str> {
        let mut uses = Uses::default();
        // No kind has an empty name, so its own kind counts as well.
        self.inputs.iter().for_each(|(_, value)| value.tell("", &mut uses));
        uses.kinds.into_iter().chain(self.depends_on.iter().map(|(of, _)| of.name)).collect()
    }
}

/// The kinds of these resources, each after those that it refers to.
fn kinds(resources: &[&Resource]) -> Vec<&'static schema::Resource> {
    let mut kinds: Vec<&schema::Resource> = Vec::new();
    for resource in resources {
        if !kinds.iter().any(|kind| std::ptr::eq(*kind, resource.of)) {
            kinds.push(resource.of);
        }
    }
    in_order(kinds, |kind| resources.iter().filter(|one| std::ptr::eq(one.of, kind)).flat_map(|one| one.kinds()).collect())
}

/// Kinds in an order in which each comes after those that it refers to; otherwise as they come.
pub fn in_order(kinds: Vec<&schema::Resource>, refers: impl Fn(&schema::Resource) -> BTreeSet<&'static str>) -> Vec<&schema::Resource> {
    let mut left = kinds;
    let mut ordered: Vec<&schema::Resource> = Vec::new();
    while !left.is_empty() {
        let waits =
            |kind: &schema::Resource| refers(kind).iter().any(|name| *name != kind.name && left.iter().any(|other| other.name == *name));
        // In a cycle, the first one comes first.
        let next = left.iter().position(|kind| !waits(kind)).unwrap_or_default();
        ordered.push(left.remove(next));
    }
    ordered
}

/// The name of a resource where all kinds share one scope. It is unique, since the camelCase name of a kind has no underscore.
fn among_all(kind: &str, name: &str) -> String {
    format!("{}_{}", camel(kind), camel(name))
}

/// The SDKs' type of an attribute's texts, or its elements, where there are no other values than it lists.
fn closed(kind: &str, attr: &Attr) -> Option<String> {
    choice(kind, attr).filter(|choice| choice.complete).map(|choice| choice.name)
}
