//! A plan that people can edit: one line for each selected object, with its kind, its id and its name in the program.

use super::{Problem, Survey};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

const HEAD: &str = "\
# The objects that `janiform discover` selects: one per line, with its kind, its name in the program, and its id.
# Remove a line to leave the object out, change a name to have another one.
# Then: janiform discover --from-plan THIS-FILE --out DIRECTORY
";

/// The selected objects: names by kinds and ids.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    names: BTreeMap<String, BTreeMap<String, String>>,
}

impl Plan {
    /// Writes the objects that a survey found.
    pub fn write(survey: &Survey, to: &mut impl Write) -> io::Result<()> {
        to.write_all(HEAD.as_bytes())?;
        for kind in &survey.kinds {
            for found in &kind.objects {
                writeln!(to, "{}\t{}\t{}", kind.resource.name, found.name, found.id.escape_debug())?;
            }
        }
        Ok(())
    }

    /// Reads a plan.
    ///
    /// # Errors
    /// They name the line.
    pub fn parse(text: &str) -> Result<Plan, Problem> {
        let mut names: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        let mut taken = BTreeSet::new();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#')) {
            let wrong = |why: &str| {
                Problem::new(
                    format_args!("line {} of the plan {why}", number + 1),
                    "Each line has a kind, a name and an id with tabs in between.",
                )
            };
            let parts: Vec<_> = line.split('\t').collect();
            let [kind, name, id] = parts.as_slice() else { return Err(wrong("does not have three parts")) };
            let is_small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(is_small) {
                return Err(wrong("has a name that is not an identifier: use lower-case ASCII letters, digits and underscores"));
            }
            if !taken.insert((*kind, *name)) {
                return Err(wrong("repeats a name"));
            }
            names.entry((*kind).to_owned()).or_default().insert((*id).to_owned(), (*name).to_owned());
        }
        Ok(Plan { names })
    }

    /// Its objects: kinds and ids.
    pub fn objects(&self) -> impl Iterator<Item = (String, String)> {
        self.names.iter().flat_map(|(kind, names)| names.keys().map(move |id| (kind.clone(), id.clone())))
    }

    /// The kinds of its objects.
    pub fn kinds(&self) -> Vec<String> {
        self.names.keys().cloned().collect()
    }

    /// Whether the object is in it.
    pub fn takes(&self, kind: &str, id: &str) -> bool {
        self.name(kind, id).is_some()
    }

    /// Gives the objects the names of the plan, and returns the objects of the plan that no longer exist.
    pub fn rename(&self, survey: &mut Survey) -> Vec<String> {
        for kind in &mut survey.kinds {
            for found in &mut kind.objects {
                if let Some(name) = self.name(kind.resource.name, &found.id) {
                    found.name = name.to_owned();
                }
            }
            kind.objects.sort_by(|one, other| one.name.cmp(&other.name));
        }
        let found: BTreeSet<_> = survey
            .kinds
            .iter()
            .flat_map(|kind| kind.objects.iter().map(|found| (kind.resource.name, found.id.escape_debug().to_string())))
            .collect();
        let all = self.names.iter().flat_map(|(kind, names)| names.iter().map(move |(id, name)| (kind, id, name)));
        all.filter(|(kind, id, _)| !found.contains(&(kind.as_str(), (*id).clone())))
            .map(|(kind, _, name)| format!("{kind} {name}"))
            .collect()
    }

    fn name(&self, kind: &str, id: &str) -> Option<&str> {
        self.names.get(kind)?.get(&id.escape_debug().to_string()).map(String::as_str)
    }
}
