//! The report of a migration for people: which attributes move, which do not, and why. It contains no values.

use super::{
    links::Links,
    stack::{Moved, Stack},
};
use crate::{
    crossing::state::Tool,
    engine::one_line,
    schema::{Attr, Object},
    value::Path,
};
use std::{collections::BTreeSet, fmt};

/// The report of a migration.
pub struct Report {
    from: Tool,
    to: Tool,
    objects: Vec<Line>,
    left: Vec<[String; 2]>,
    not_carried: Vec<String>,
    next: Vec<String>,
}

struct Line {
    address: String,
    becomes: String,
    in_program: Vec<&'static str>,
    in_state: Vec<&'static str>,
    secret: Vec<&'static str>,
    lost: Vec<String>,
}

impl Report {
    pub(super) fn of(stack: &Stack<'_>, becomes: impl Fn(&Moved<'_>) -> String, lost: impl Fn(&Moved<'_>) -> Vec<String>) -> Report {
        let (from, to) = match stack.tool {
            Tool::Terraform => (Tool::Terraform, Tool::Pulumi),
            Tool::Pulumi => (Tool::Pulumi, Tool::Terraform),
        };
        let links = Links::of(stack.tool, &stack.moved);
        let line = |moved: &Moved<'_>| {
            let is_secret = |attr: &Attr| attr.holds_secret() || moved.object.secrets.contains(attr.name);
            let mut line = Line {
                address: moved.object.held.address.clone(),
                becomes: becomes(moved),
                in_program: Vec::new(),
                in_state: Vec::new(),
                secret: Vec::new(),
                lost: lost(moved),
            };
            let mut parts = BTreeSet::new();
            links.within(moved, &stack.moved, &moved.inputs, &mut parts);
            line.lost.extend(parts.into_iter().map(|of| {
                let other = &stack.moved[of];
                format!("a text with a value of {} in it is written as it is now: refer to that object in the program", becomes(other))
            }));
            let table = &moved.of().table;
            let inputs = Object::new(table, &moved.inputs);
            for (place, (attr, value)) in Object::new(table, &moved.object.state.value).iter().enumerate() {
                match (!inputs.at(place).is_null(), !value.is_null()) {
                    (false, false) => {}
                    _ if is_secret(attr) => line.secret.push(attr.name),
                    (true, _) => line.in_program.push(attr.name),
                    (false, true) => line.in_state.push(attr.name),
                }
            }
            line
        };
        Report {
            from,
            to,
            objects: stack.moved.iter().map(line).collect(),
            left: stack.left.iter().map(|left| [left.address.clone(), left.why.clone()]).collect(),
            not_carried: not_carried(stack),
            next: Vec::new(),
        }
    }

    /// Adds the next steps for the user.
    pub(super) fn then(mut self, next: Vec<String>) -> Report {
        self.next = next;
        self
    }

    /// The number of objects that move.
    pub fn moved(&self) -> usize {
        self.objects.len()
    }

    /// The objects that stay in the source, and why.
    pub fn left(&self) -> impl Iterator<Item = &[String; 2]> {
        self.left.iter()
    }

    /// A summary: the number of objects, those that stay, and the next steps.
    pub fn summary(&self) -> String {
        let Report { from, to, .. } = self;
        let mut out = format!("{} objects move from {from} to {to}.\n", self.objects.len());
        for line in self.objects.iter().filter(|line| !line.lost.is_empty()) {
            line.lost.iter().for_each(|lost| out += &format!("  {}: {lost}\n", one_line(&line.address)));
        }
        for [address, why] in &self.left {
            out += &format!("Left where it is: {} ({})\n", one_line(address), one_line(why));
        }
        self.not_carried.iter().for_each(|text| out += &format!("Not carried: {}\n", one_line(text)));
        out += &self.next.iter().enumerate().map(|(at, step)| format!("{}. {step}\n", at + 1)).collect::<String>();
        if !self.objects.is_empty() {
            out += &format!("Warning: until release.sh has run, both {from} and {to} manage these objects. Apply neither in between.\n");
        }
        out
    }
}

/// The whole report, attribute by attribute.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.objects {
            writeln!(f, "{} -> {}", one_line(&line.address), one_line(&line.becomes))?;
            let lists = [("in the program", &line.in_program), ("in the state", &line.in_state), ("secret, carried", &line.secret)];
            for (what, names) in lists.iter().filter(|(_, names)| !names.is_empty()) {
                writeln!(f, "  {what}: {}", names.join(", "))?;
            }
            line.lost.iter().try_for_each(|lost| writeln!(f, "  not carried: {lost}"))?;
        }
        Ok(())
    }
}

/// What does not move although it belongs to no single object.
fn not_carried(stack: &Stack<'_>) -> Vec<String> {
    let mut all = Vec::new();
    if stack.tool == Tool::Terraform {
        let unknown = stack.moved.iter().filter(|moved| moved.protect.is_none()).count();
        if unknown > 0 {
            all.push(format!(
                "`prevent_destroy` and other `lifecycle` settings of {unknown} objects: no state has them. `--config DIR` reads them, and which attributes are set, from the program."
            ));
        }
    }
    for of in &stack.providers {
        let which = match &of.name {
            Some(name) => format!("the provider's configuration `{name}`"),
            None => "the provider's configuration".to_owned(),
        };
        if !of.unknown.is_empty() {
            all.push(format!(
                "{} of {which}: their values in the program are expressions. Set them in the new program, or in the environment.",
                of.unknown.join(", ")
            ));
        }
        if of.name.is_some() && !of.is_known {
            all.push(format!("the settings of {which}: they are in no state. `--config DIR` reads them from the program."));
        }
    }
    if stack.groups.is_empty() && stack.moved.iter().any(|moved| !moved.object.held.within.is_empty()) {
        all.push("modules: a program in YAML cannot define components. They become parts of the names.".to_owned());
    }
    for action in &stack.actions {
        all.push(format!("{}: an action, which manages no object. In Terraform, it is an `action` block.", action.address));
    }
    if stack.others > 0 {
        all.push(format!("{} data sources, components and the like: they belong to the program, and manage no objects.", stack.others));
    }
    all
}

/// The options of an object that do not move.
pub(super) fn lost_options(moved: &Moved<'_>) -> Vec<String> {
    moved.options.iter().map(|option| format!("`{}`: set it in the new program", one_line(option))).collect()
}

/// Numbers that the other tool cannot represent.
pub(super) fn lost_digits(paths: &[Path]) -> Vec<String> {
    paths.iter().map(|path| format!("{path} has more digits than Pulumi's numbers can have, and is rounded")).collect()
}
