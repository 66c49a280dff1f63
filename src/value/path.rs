//! Paths into values.

use std::fmt;

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// An attribute of an object.
    Attr(&'static str),
    /// An element of a list.
    Index(usize),
    /// A member of a map.
    Key(String),
}

/// The path from an object to a value inside it; the empty path is the object itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(pub Vec<Step>);

impl Path {
    /// The object itself.
    pub const ROOT: Path = Path(Vec::new());

    /// A top-level attribute.
    pub fn attr(name: &'static str) -> Path {
        Path(vec![Step::Attr(name)])
    }

    /// This path and one step more.
    pub fn then(&self, step: Step) -> Path {
        let mut steps = self.0.clone();
        steps.push(step);
        Path(steps)
    }

    /// The top-level attribute that this path leads into.
    pub fn root(&self) -> Option<&'static str> {
        match self.0.first() {
            Some(Step::Attr(name)) => Some(name),
            _ => None,
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attr(name) if position == 0 => f.write_str(name)?,
                Step::Attr(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
            }
        }
        Ok(())
    }
}
