//! Figures and targets as data, and their text for people.
//!
//! Owns units, bounds and ratios. Knows nothing about the measurements. A missed target does not fail a run.

use serde::{Deserialize, Serialize};

/// The unit of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Seconds,
    Bytes,
    /// Requests, patches and the like.
    Count,
    PerSecond,
    /// A ratio that the measurement itself calculated.
    Times,
}

/// One quantity, measured in each round, with the same quantity of something else beside it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Figure {
    /// Its name, such as "provider CPU, plan of 1,000 clients".
    pub what: String,
    pub unit: Unit,
    /// Ours, by round.
    pub seen: Vec<f64>,
    /// The same quantity of something else in the same rounds.
    pub beside: Option<Beside>,
}

/// What does the same work in turn.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Beside {
    /// Its name, such as "the older build".
    pub who: String,
    pub seen: Vec<f64>,
}

/// The owner of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose<'a> {
    Ours,
    /// Something beside our build, by its name.
    Beside(&'a str),
}

/// The figures of a row, collected round by round.
#[derive(Default)]
pub struct Figures {
    /// In the order of the first measurements.
    pub all: Vec<Figure>,
    /// Other results, for programs.
    pub more: serde_json::Value,
}

impl Figures {
    /// Adds the value of one round.
    pub fn see(&mut self, whose: Whose<'_>, what: impl Into<String>, unit: Unit, value: f64) {
        let what = what.into();
        let place = self.all.iter().position(|figure| figure.what == what).unwrap_or_else(|| {
            self.all.push(Figure { what, unit, seen: Vec::new(), beside: None });
            self.all.len() - 1
        });
        let figure = &mut self.all[place];
        match whose {
            Whose::Ours => figure.seen.push(value),
            Whose::Beside(who) => {
                figure.beside.get_or_insert_with(|| Beside { who: who.to_owned(), seen: Vec::new() }).seen.push(value);
            }
        }
    }
}

/// A target for a figure.
#[derive(Clone, Copy)]
pub struct Wanted {
    /// The name of the figure.
    pub what: &'static str,
    pub bound: Bound,
}

/// The bound of a target.
#[derive(Clone, Copy)]
#[allow(dead_code, reason = "not every kind is in use at any time")]
pub enum Bound {
    AtMost(f64),
    AtLeast(f64),
    /// Relative to the figure beside it.
    TimesAtMost(f64),
    TimesAtLeast(f64),
}

/// A target for the figure with this name.
pub const fn wanted(what: &'static str, bound: Bound) -> Wanted {
    Wanted { what, bound }
}

/// A target with its result.
#[derive(Serialize, Deserialize)]
pub struct Verdict {
    pub what: String,
    pub wanted: String,
    /// "–" if it was not measured.
    pub seen: String,
    pub met: Option<bool>,
}

impl Wanted {
    /// The result in these figures.
    pub fn verdict(&self, figures: &[Figure]) -> Verdict {
        let figure = figures.iter().find(|figure| figure.what == self.what);
        let unit = figure.map_or(Unit::Count, |figure| figure.unit);
        let (most, bound, is_ratio) = match self.bound {
            Bound::AtMost(bound) => (true, bound, false),
            Bound::AtLeast(bound) => (false, bound, false),
            Bound::TimesAtMost(bound) => (true, bound, true),
            Bound::TimesAtLeast(bound) => (false, bound, true),
        };
        let seen = figure.and_then(|figure| if is_ratio { figure.ratio() } else { figure.median() });
        let met = seen.map(|seen| if most { seen <= bound } else { seen >= bound });
        let text = |value: f64| if is_ratio { times(value) } else { written(unit, value) };
        let seen = match (figure, seen) {
            (Some(figure), Some(seen)) if is_ratio => format!("{} ({})", text(seen), figure.sides()),
            (_, Some(seen)) => text(seen),
            _ => "–".to_owned(),
        };
        Verdict { what: self.what.to_owned(), wanted: format!("{} {}", if most { "≤" } else { "≥" }, text(bound)), seen, met }
    }
}

impl Figure {
    /// The median of our build.
    pub fn median(&self) -> Option<f64> {
        median(&self.seen)
    }

    /// The ratio to the figure beside it: the median over the rounds, because a disturbance of a round affects both of its
    /// sides.
    pub fn ratio(&self) -> Option<f64> {
        let beside = self.beside.as_ref()?;
        median(&self.seen.iter().zip(&beside.seen).map(|(ours, other)| ours / other).collect::<Vec<_>>())
    }

    /// The medians of both sides, our build first.
    fn sides(&self) -> String {
        let text = |seen: &[f64]| median(seen).map_or_else(|| "–".to_owned(), |value| written(self.unit, value));
        match &self.beside {
            Some(beside) => format!("{} : {}, {}", text(&self.seen), text(&beside.seen), beside.who),
            None => text(&self.seen),
        }
    }

    /// The figure as one line of text.
    pub fn line(&self) -> String {
        let range = |seen: &[f64]| {
            let (least, most) = (seen.iter().copied().fold(f64::MAX, f64::min), seen.iter().copied().fold(f64::MIN, f64::max));
            format!("{} to {}", written(self.unit, least), written(self.unit, most))
        };
        let rounds = if self.seen.len() > 1 { format!("; {} rounds, {}", self.seen.len(), range(&self.seen)) } else { String::new() };
        let ratio = self.ratio().map(|ratio| format!(", {}", times(ratio))).unwrap_or_default();
        format!("{}: {}{ratio}{rounds}", self.what, self.sides())
    }
}

fn median(values: &[f64]) -> Option<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let (below, above) = (values.get(values.len().checked_sub(1)? / 2)?, values.get(values.len() / 2)?);
    Some(f64::midpoint(*below, *above))
}

fn times(value: f64) -> String {
    format!("{} ×", short(value))
}

/// With about three significant digits.
fn short(value: f64) -> String {
    let decimals = match value.abs() {
        value if value >= 100.0 || value.fract() == 0.0 => 0,
        value if value >= 10.0 => 1,
        value if value >= 0.1 => 2,
        _ => 3,
    };
    format!("{value:.decimals$}")
}

/// The value with its unit.
pub fn written(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Seconds if value < 0.1 => format!("{} ms", short(value * 1000.0)),
        Unit::Seconds => format!("{} s", short(value)),
        Unit::Bytes if value >= f64::from(1 << 20) => format!("{} MiB", short(value / f64::from(1 << 20))),
        Unit::Bytes if value >= 10.0 * 1024.0 => format!("{} KiB", short(value / 1024.0)),
        Unit::Bytes => format!("{} bytes", short(value)),
        Unit::Count => short(value),
        Unit::PerSecond => format!("{} a second", short(value)),
        Unit::Times => times(value),
    }
}
