//! What was seen and what is wanted, as data; how both are written for people.
//!
//! Owns units, bounds and ratios. Knows nothing of how anything is measured. No bound fails a run: figures are for people.

use serde::{Deserialize, Serialize};

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Seconds,
    Bytes,
    /// Requests, patches and the like.
    Count,
    PerSecond,
    /// How many times another one, which the measuring worked out itself.
    Times,
}

/// One quantity: what was seen of it in each round, and of what stands beside it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Figure {
    /// Of what, such as "provider CPU, plan of 1,000 clients".
    pub what: String,
    pub unit: Unit,
    /// Ours, by round.
    pub seen: Vec<f64>,
    /// The same of something else in the same rounds.
    pub beside: Option<Beside>,
}

/// What does the same in turn.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Beside {
    /// Who, such as "the older build".
    pub who: String,
    pub seen: Vec<f64>,
}

/// Whose the figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose<'a> {
    Ours,
    /// Of something beside it, by its name.
    Beside(&'a str),
}

/// The figures of a row, gathered round by round.
#[derive(Default)]
pub struct Figures {
    /// In the order in which they were first seen.
    pub all: Vec<Figure>,
    /// What else was seen, for programs.
    pub more: serde_json::Value,
}

impl Figures {
    /// One more round of this.
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

/// What is wanted of a figure.
#[derive(Clone, Copy)]
pub struct Wanted {
    /// Which one.
    pub what: &'static str,
    pub bound: Bound,
}

/// How much is wanted.
#[derive(Clone, Copy)]
#[allow(dead_code, reason = "rows come and go, and the words for them stay")]
pub enum Bound {
    AtMost(f64),
    AtLeast(f64),
    /// Of what stands beside it.
    TimesAtMost(f64),
    TimesAtLeast(f64),
}

/// What is wanted of this figure.
pub const fn wanted(what: &'static str, bound: Bound) -> Wanted {
    Wanted { what, bound }
}

/// A target, and what was seen of it.
#[derive(Serialize, Deserialize)]
pub struct Verdict {
    pub what: String,
    pub wanted: String,
    /// "–" where it was not measured.
    pub seen: String,
    pub met: Option<bool>,
}

impl Wanted {
    /// What these figures say of it.
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
    /// Ours.
    pub fn median(&self) -> Option<f64> {
        median(&self.seen)
    }

    /// Ours as so many times what stands beside it: the median of the rounds' ratios, since what disturbs one round disturbs
    /// both of its sides.
    pub fn ratio(&self) -> Option<f64> {
        let beside = self.beside.as_ref()?;
        median(&self.seen.iter().zip(&beside.seen).map(|(ours, other)| ours / other).collect::<Vec<_>>())
    }

    /// Both sides, ours first.
    fn sides(&self) -> String {
        let text = |seen: &[f64]| median(seen).map_or_else(|| "–".to_owned(), |value| written(self.unit, value));
        match &self.beside {
            Some(beside) => format!("{} : {}, {}", text(&self.seen), text(&beside.seen), beside.who),
            None => text(&self.seen),
        }
    }

    /// All of it, as a line says it.
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

/// With three digits that count.
fn short(value: f64) -> String {
    let decimals = match value.abs() {
        value if value >= 100.0 || value.fract() == 0.0 => 0,
        value if value >= 10.0 => 1,
        value if value >= 0.1 => 2,
        _ => 3,
    };
    format!("{value:.decimals$}")
}

/// As people write it.
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
