//! Groups as modules of Terraform, each a directory: values enter them as variables and leave them as outputs.
//!
//! All modules are called by the root, those of groups within groups as well: so each border is crossed once. Knows where things
//! stand, and not how they are written.

use super::{
    Expression, Package, Program, Reference, Resource, Variable,
    hcl::{self, Scope as _},
    kinds,
};
use crate::export::File;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A resource by its kind and name.
type Id<'a> = (&'a str, &'a str);

/// A program, and its resources by their names.
struct Whole<'a> {
    package: Package,
    program: &'a Program,
    resources: HashMap<Id<'a>, &'a Resource>,
    /// What is in each group; in the root, what is in none.
    rooms: BTreeMap<Option<&'a str>, Vec<&'a Resource>>,
}

/// The root, or a module.
struct Room<'a> {
    whole: &'a Whole<'a>,
    group: Option<&'a str>,
    resources: &'a [&'a Resource],
}

/// The files of a program.
pub(super) fn files(package: Package, program: &Program) -> Vec<File> {
    let resources = program.resources.iter().map(|one| ((one.of.name, one.name.as_str()), one)).collect();
    // The root is the first.
    let mut rooms: BTreeMap<Option<&str>, Vec<&Resource>> = BTreeMap::from([(None, Vec::new())]);
    program.resources.iter().for_each(|one| rooms.entry(one.group.as_deref()).or_default().push(one));
    let whole = Whole { package, program, resources, rooms };
    let rooms: Vec<_> = whole.rooms.iter().map(|(group, resources)| Room { whole: &whole, group: *group, resources }).collect();
    let mut files: Vec<_> = rooms.iter().flat_map(|room| room.files(&rooms)).collect();
    let calls: Vec<_> = rooms.iter().filter_map(|room| room.call(&rooms)).collect();
    if !calls.is_empty() {
        files.push(File { path: "modules.tf".to_owned(), content: calls.join("\n") });
    }
    if !program.providers.is_empty() {
        let blocks: Vec<_> = program.providers.iter().map(|provider| hcl::provider(package, provider)).collect();
        files.push(File { path: "providers.tf".to_owned(), content: blocks.join("\n") });
    }
    files
}

impl Whole<'_> {
    fn group_of(&self, kind: &str, name: &str) -> Option<&str> {
        self.resources.get(&(kind, name)).and_then(|one| one.group.as_deref())
    }

    /// Whether a resource needs one of that kind, also through others. A module is waited for as a whole.
    fn needs(&self, of: Id<'_>, is_it: impl Fn(&Resource) -> bool) -> bool {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&Resource> = self.resources.get(&of).copied().into_iter().collect();
        while let Some(one) = next.pop() {
            if is_it(one) {
                return true;
            }
            if !seen.insert((one.of.name, one.name.as_str())) {
                continue;
            }
            next.extend(one.group.as_deref().and_then(|group| self.rooms.get(&Some(group))).into_iter().flatten());
            let mut needed: Vec<Id<'_>> = one.depends_on.iter().map(|(of, name)| (of.name, name.as_str())).collect();
            references(one, &mut |of| needed.push((of.of.name, of.name.as_str())));
            next.extend(needed.iter().filter_map(|of| self.resources.get(of)));
        }
        false
    }
}

fn references<'a>(of: &'a Resource, see: &mut dyn FnMut(&'a Reference)) {
    for (_, value) in &of.inputs {
        value.walk(&mut |part| {
            if let Expression::Reference(of) = part {
                see(of);
            }
        });
    }
}

impl hcl::Scope for Room<'_> {
    fn named(&self, of: &Reference) -> String {
        match (self.group, self.whole.group_of(of.of.name, &of.name)) {
            (here, there) if here == there => format!("{}.{}", hcl::address(self.whole.package, of.of.name, &of.name), of.attr),
            (None, Some(there)) => format!("module.{there}.{}", outside(None, of)),
            (_, there) => format!("var.{}", outside(there, of)),
        }
    }

    /// In a module, what is in it: the rest is waited for by the module as a whole.
    fn waits(&self, resource: &Resource) -> Vec<String> {
        let here = |(kind, name): &Id<'_>| self.group.is_none() || self.is_here(kind, name);
        self.free(resource.depends_on.iter().map(|(of, name)| (of.name, name.as_str())).filter(here).collect(), |one| {
            std::ptr::eq(one, resource)
        })
    }
}

impl<'a> Room<'a> {
    fn is_here(&self, kind: &str, name: &str) -> bool {
        self.whole.group_of(kind, name) == self.group
    }

    /// The addresses to wait for, as they are in this room. Cycles are left out: only a state can have them.
    fn free(&self, targets: BTreeSet<Id<'_>>, waits: impl Fn(&Resource) -> bool) -> Vec<String> {
        let crosses = |kind: &str, name: &str| !self.is_here(kind, name);
        let free = targets.into_iter().filter(|of| !crosses(of.0, of.1) || !self.whole.needs(*of, &waits));
        let named = free.map(|(kind, name)| match self.whole.group_of(kind, name) {
            Some(group) if crosses(kind, name) => format!("module.{group}"),
            _ => hcl::address(self.whole.package, kind, name),
        });
        named.collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn references(&self) -> Vec<&'a Reference> {
        let mut all = Vec::new();
        self.resources.iter().for_each(|one| references(one, &mut |of| all.push(of)));
        all
    }

    /// Attributes of other rooms that this one receives, by the variable's name.
    fn given(&self) -> BTreeMap<String, &'a Reference> {
        let foreign = self.references().into_iter().filter(|of| !self.is_here(of.of.name, &of.name));
        foreign.map(|of| (outside(self.whole.group_of(of.of.name, &of.name), of), of)).collect()
    }

    /// Attributes of this room that others use, by the output's name.
    fn handed_out(&self, rooms: &[Room<'a>]) -> BTreeMap<String, &'a Reference> {
        let others = rooms.iter().filter(|room| room.group != self.group).flat_map(Room::references);
        others.filter(|of| self.is_here(of.of.name, &of.name)).map(|of| (outside(None, of), of)).collect()
    }

    /// The program's variables that are used here.
    fn variables(&self) -> impl Iterator<Item = &'a Variable> {
        let mut used = BTreeSet::new();
        for (_, value) in self.resources.iter().flat_map(|one| &one.inputs) {
            value.walk(&mut |part| {
                if let Expression::Variable(name) | Expression::Base64(name) = part {
                    used.insert(name.as_str());
                }
            });
        }
        self.whole.program.variables.iter().filter(move |variable| used.contains(variable.name.as_str()))
    }

    /// The explicit providers of what is here.
    fn providers(&self) -> Vec<&'a str> {
        let names: BTreeSet<_> = self.resources.iter().filter_map(|one| one.provider.as_deref()).collect();
        names.into_iter().collect()
    }

    fn files(&self, rooms: &[Room<'a>]) -> Vec<File> {
        let package = self.whole.package;
        let dir = self.group.map(|group| format!("{}/", directory(group))).unwrap_or_default();
        let file = |name: &str, content: String| File { path: format!("{dir}{name}"), content };
        let of_kind = |kind: &crate::schema::Resource| {
            let all = self.resources.iter().filter(|one| std::ptr::eq(one.of, kind));
            let blocks: Vec<_> = all.map(|one| hcl::resource(package, one, self)).collect();
            file(&format!("{}.tf", kind.name), blocks.join("\n"))
        };
        let mut files: Vec<_> = kinds(self.resources).into_iter().map(of_kind).collect();
        if self.group.is_none() {
            files.extend(hcl::frame(package, &self.whole.program.variables));
            return files;
        }
        files.push(file("versions.tf", hcl::versions(package, &self.providers())));
        let mut variables: Vec<_> = self.variables().cloned().collect();
        let doc = |of: &Reference| format!("`{}` of {}.", of.attr, hcl::address(package, of.of.name, &of.name));
        variables.extend(self.given().into_iter().map(|(name, of)| Variable { name, doc: doc(of), secret: of.is_secret() }));
        if !variables.is_empty() {
            files.push(file("variables.tf", hcl::variables_of(&variables)));
        }
        let outputs: Vec<_> =
            self.handed_out(rooms).into_iter().map(|(name, of)| hcl::output(&name, &self.named(of), of.is_secret())).collect();
        if !outputs.is_empty() {
            files.push(file("outputs.tf", outputs.join("\n")));
        }
        files
    }

    /// How the root calls this module.
    fn call(&self, rooms: &[Room<'a>]) -> Option<String> {
        let (group, root, package) = (self.group?, rooms.first()?, self.whole.package);
        let mut given: Vec<_> = self.variables().map(|one| (one.name.clone(), format!("var.{}", one.name))).collect();
        given.extend(self.given().into_iter().map(|(name, of)| (name, root.named(of))));
        let mut providers: Vec<_> = self.providers().into_iter().map(|name| format!("{}.{name}", package.name)).collect();
        // If one provider is passed, all have to be passed.
        if !providers.is_empty() && self.resources.iter().any(|one| one.provider.is_none()) {
            providers.insert(0, package.name.to_owned());
        }
        let providers = providers.into_iter().map(|name| (name.clone(), name)).collect();
        let outside = self.resources.iter().flat_map(|one| &one.depends_on).filter(|(of, name)| !self.is_here(of.name, name));
        let outside = outside.map(|(of, name)| (of.name, name.as_str())).collect();
        let waits = self.free(outside, |one| one.group.as_deref() == self.group);
        Some(hcl::call(group, &format!("./{}", directory(group)), waits, providers, given))
    }
}

fn directory(group: &str) -> String {
    format!("modules/{group}")
}

/// What stands for an attribute at a border. No name of a kind, a resource or a group has two underscores in a row.
fn outside(group: Option<&str>, of: &Reference) -> String {
    let group = group.map(|group| format!("{group}__")).unwrap_or_default();
    format!("{group}{}__{}__{}", of.of.name, of.name, of.attr)
}
