//! Rules over several attributes, and advice that can be turned off.

use super::{Attr, Object};

/// A problem with an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether the server would refuse it; otherwise it is a warning.
    pub refused: bool,
    /// The attribute to point at.
    pub at: &'static str,
    /// What is wrong, in a few words.
    pub summary: String,
    /// Why, and what to do; never repeats a value.
    pub detail: String,
}

impl Problem {
    /// A problem because of which the server refuses the object.
    pub fn refused(at: &'static str, summary: impl Into<String>, detail: impl Into<String>) -> Problem {
        Problem { refused: true, at, summary: summary.into(), detail: detail.into() }
    }

    /// A problem that is probably a mistake.
    pub fn doubtful(at: &'static str, summary: impl Into<String>, detail: impl Into<String>) -> Problem {
        Problem { refused: false, at, summary: summary.into(), detail: detail.into() }
    }
}

/// A rule over the attributes that it names.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Every attribute that it reads.
    pub reads: &'static [&'static str],
    /// Its condition.
    pub demand: Demand,
}

/// The condition of a rule.
#[derive(Clone, Copy)]
pub enum Demand {
    /// At most one of the attributes is set.
    Conflicts,
    /// If the first is set, the second must be set.
    Requires,
    /// If the first has this value, the others must be set; if it has another value, or none, they must not be set.
    OnlyWith(&'static str),
    /// A function decides; it runs only if all attributes that it reads are known.
    Holds(fn(Object<'_>) -> Option<Problem>),
}

/// At most one of these may be set.
pub const fn conflicts(names: &'static [&'static str]) -> Rule {
    Rule { reads: names, demand: Demand::Conflicts }
}

/// If the first is set, the second must be set.
pub const fn requires(names: &'static [&'static str; 2]) -> Rule {
    Rule { reads: names, demand: Demand::Requires }
}

/// If the first attribute has this value, the others must be set, and only then. A write-only attribute, and its version, stand for
/// the attribute with the same place in the API's object.
pub const fn only_with(value: &'static str, names: &'static [&'static str]) -> Rule {
    Rule { reads: names, demand: Demand::OnlyWith(value) }
}

/// A rule of a function over these attributes.
pub const fn rule(names: &'static [&'static str], holds: fn(Object<'_>) -> Option<Problem>) -> Rule {
    Rule { reads: names, demand: Demand::Holds(holds) }
}

/// A warning about a valid but unwise configuration, with a name by which it can be turned off.
#[derive(Clone, Copy)]
pub struct Advice {
    /// Its name, for the attribute that [guards](super::Guards::Advice) against it.
    pub name: &'static str,
    /// Every attribute that it reads.
    pub reads: &'static [&'static str],
    /// The warning; the function runs only if all attributes that it reads are known.
    pub says: fn(Object<'_>) -> Option<Problem>,
}

/// A warning of a function over these attributes, unless it is turned off by this name.
pub const fn advice(name: &'static str, reads: &'static [&'static str], says: fn(Object<'_>) -> Option<Problem>) -> Advice {
    Advice { name, reads, says }
}

impl Advice {
    /// The warning about the configuration, if there is one; `ignored` is the attribute that turns it off.
    pub fn run(&self, config: Object<'_>, ignored: &'static str) -> Option<Problem> {
        let unknown = self.reads.iter().chain([&ignored]).any(|name| config.get(name).has_unknown());
        if unknown || config.strs(ignored).contains(&self.name) {
            return None;
        }
        let mut problem = (self.says)(config)?;
        problem.refused = false;
        problem.detail.push_str(&format!(" If it is meant, add `{}` to `{ignored}`.", self.name));
        Some(problem)
    }
}

impl Rule {
    /// The problem of the configuration, in which empty texts that mean "not set" are null already. An unknown value may turn
    /// out to be set or not, so it never breaks a rule.
    pub fn run(&self, config: Object<'_>) -> Option<Problem> {
        let set = |name: &&str| !config.get(name).is_null() && !config.get(name).is_unknown();
        match self.demand {
            Demand::Conflicts => {
                // If this run does not have the value of a write-only argument, its version shows that it is in use.
                let version = |name: &str| config.table.version_of(config.table.attr(config.table.index(name)?));
                let versioned = |name: &&str| config.get(name).is_null() && version(name).is_some_and(|version| set(&version.name));
                let mut used = self.reads.iter().filter(|name| set(name) || versioned(name));
                let (first, second) = (used.next()?, used.next()?);
                Some(Problem::refused(
                    second,
                    format!("{second} conflicts with {first}"),
                    format!("Only one of {} can be set: remove the others.", names(self.reads)),
                ))
            }
            Demand::Requires => {
                let (first, second) = (self.reads[0], self.reads[1]);
                (set(&first) && config.get(second).is_null()).then(|| {
                    Problem::refused(
                        first,
                        format!("{first} needs {second}"),
                        format!("`{first}` has no effect without `{second}`: set both, or remove `{first}`."),
                    )
                })
            }
            Demand::OnlyWith(value) => only_with_value(config, self.reads, value),
            Demand::Holds(holds) => {
                if self.reads.iter().any(|name| config.get(name).has_unknown()) {
                    return None;
                }
                holds(config)
            }
        }
    }
}

/// The problem of attributes that belong to one value of the first one.
fn only_with_value(config: Object<'_>, names: &[&'static str], value: &str) -> Option<Problem> {
    let attr = |name: &str| config.table.index(name).map(|place| config.table.attr(place));
    let (chooser, chosen) = (attr(names[0])?, config.get(names[0]));
    if chosen.is_unknown() {
        return None;
    }
    // A version or a write-only attribute counts for the attribute that it stands for.
    let own = || names[1..].iter().filter_map(|name| attr(name)).filter(|attr| attr.remote() && !attr.write_only);
    let twin = |of: &Attr| {
        names[1..].iter().filter_map(|name| attr(name)).find(|attr| attr.write_only && attr.pointer().hash() == of.pointer().hash())
    };
    let is_set = |of: &&Attr| !config.get(of.name).is_empty() || twin(of).is_some_and(|twin| config.uses(twin));
    if chosen.as_str() == Some(value) {
        let missing = own().find(|attr| !is_set(attr))?;
        let or = twin(missing).map(|twin| format!(" or `{}`", twin.name)).unwrap_or_default();
        let detail = format!("With `{} = \"{value}\"`, `{}`{or} has to be set.", chooser.name, missing.name);
        return Some(Problem::refused(missing.name, format!("{} is missing", missing.name), detail));
    }
    let set = own().find(is_set)?;
    let detail = format!("`{}` is used only with `{} = \"{value}\"`: set that, or remove `{0}`.", set.name, chooser.name);
    Some(Problem::refused(set.name, format!("{} needs another {}", set.name, chooser.name), detail))
}

fn names(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
