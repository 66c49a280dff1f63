//! Rules over several attributes, and advice that may be turned down.

use super::Object;

/// What is wrong with an object.
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
    /// Something that the server refuses.
    pub fn refused(at: &'static str, summary: impl Into<String>, detail: impl Into<String>) -> Problem {
        Problem { refused: true, at, summary: summary.into(), detail: detail.into() }
    }

    /// Something that is probably a mistake.
    pub fn doubtful(at: &'static str, summary: impl Into<String>, detail: impl Into<String>) -> Problem {
        Problem { refused: false, at, summary: summary.into(), detail: detail.into() }
    }
}

/// A rule over the attributes that it names.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Every attribute that it reads.
    pub reads: &'static [&'static str],
    /// What it demands.
    pub demand: Demand,
}

/// What a rule demands.
#[derive(Clone, Copy)]
pub enum Demand {
    /// At most one of the attributes is set.
    Conflicts,
    /// The second is set wherever the first is.
    Requires,
    /// What the function says; it runs only when all that it reads is known.
    Holds(fn(Object<'_>) -> Option<Problem>),
}

/// At most one of these may be set.
pub const fn conflicts(names: &'static [&'static str]) -> Rule {
    Rule { reads: names, demand: Demand::Conflicts }
}

/// Wherever the first is set, the second has to be.
pub const fn requires(names: &'static [&'static str; 2]) -> Rule {
    Rule { reads: names, demand: Demand::Requires }
}

/// What the function says of these attributes.
pub const fn rule(names: &'static [&'static str], holds: fn(Object<'_>) -> Option<Problem>) -> Rule {
    Rule { reads: names, demand: Demand::Holds(holds) }
}

/// A warning about what is allowed and unwise, with a name by which it can be turned down.
#[derive(Clone, Copy)]
pub struct Advice {
    /// Its name, for the attribute that [guards](super::Guards::Advice) against it.
    pub name: &'static str,
    /// Every attribute that it reads.
    pub reads: &'static [&'static str],
    /// What it says; it runs only when all that it reads is known.
    pub says: fn(Object<'_>) -> Option<Problem>,
}

/// What the function says of these attributes, unless it is turned down by this name.
pub const fn advice(name: &'static str, reads: &'static [&'static str], says: fn(Object<'_>) -> Option<Problem>) -> Advice {
    Advice { name, reads, says }
}

impl Advice {
    /// The advice on the configuration, if it is needed; `ignored` is the attribute that turns it down.
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
    /// What the rule has against the configuration, in which no empty text says "not set" any more. An unknown value may turn out to be set or not,
    /// so it never breaks a rule.
    pub fn run(&self, config: Object<'_>) -> Option<Problem> {
        let set = |name: &&str| !config.get(name).is_null() && !config.get(name).is_unknown();
        match self.demand {
            Demand::Conflicts => {
                // Where a write-only value is not there in this run, its version says that it is in use.
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
            Demand::Holds(holds) => {
                if self.reads.iter().any(|name| config.get(name).has_unknown()) {
                    return None;
                }
                holds(config)
            }
        }
    }
}

fn names(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
