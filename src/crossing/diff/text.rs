//! The report as text for people: kinds, objects and attributes.

use super::{
    attributes::Shown,
    report::{Object, Report, Section},
};
use crate::engine::one_line;
use std::fmt::Write as _;

/// Longer values are cut.
const MOST_CHARS: usize = 200;

/// Whether and how lines are coloured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Colors {
    /// With the colours of a terminal: red for the left side, green for the right side.
    Terminal,
    /// Without colours.
    None,
}

impl Colors {
    fn paint(self, code: u8, text: &str) -> String {
        match self {
            Colors::Terminal => format!("\x1b[{code}m{text}\x1b[0m"),
            Colors::None => text.to_owned(),
        }
    }

    fn left(self, text: &str) -> String {
        self.paint(31, text)
    }

    fn right(self, text: &str) -> String {
        self.paint(32, text)
    }

    fn changed(self, text: &str) -> String {
        self.paint(33, text)
    }

    fn title(self, text: &str) -> String {
        self.paint(1, text)
    }
}

/// The report as text, in which types begin with the prefix.
pub fn text(report: &Report, prefix: &str, colors: Colors) -> String {
    let mut out = String::new();
    let line = |out: &mut String, line: &str| {
        // Writing to a text does not fail.
        let _ = writeln!(out, "{line}");
    };
    line(&mut out, &colors.left(&format!("- {}", one_line(&report.left))));
    line(&mut out, &colors.right(&format!("+ {}", one_line(&report.right))));
    for section in report.sections.iter().filter(|section| !section.is_same() || !section.changed.is_empty()) {
        line(&mut out, "");
        line(&mut out, &colors.title(&format!("{prefix}_{}: {}", section.kind, summary(section))));
        for changed in &section.changed {
            line(&mut out, &format!("  {}", colors.changed(&format!("~ {}", pair(&changed.left, &changed.right)))));
            for difference in &changed.differences {
                let is_secret = difference.left == Shown::Secret || difference.right == Shown::Secret;
                let both = match is_secret {
                    true => "differs (secret)".to_owned(),
                    false => format!("{} → {}", colors.left(&value(&difference.left)), colors.right(&value(&difference.right))),
                };
                line(&mut out, &format!("      {}: {both}", difference.attribute));
            }
            for name in &changed.unknown {
                line(&mut out, &format!("      {name}: not compared, since one side does not show it"));
            }
        }
        for object in &section.only_left {
            line(&mut out, &format!("  {}", colors.left(&format!("- {}", named(object)))));
        }
        for object in &section.only_right {
            line(&mut out, &format!("  {}", colors.right(&format!("+ {}", named(object)))));
        }
    }
    let same: Vec<_> =
        report.sections.iter().filter(|section| section.is_same() && section.changed.is_empty() && section.same > 0).collect();
    if !same.is_empty() {
        line(&mut out, "");
        for section in same {
            line(&mut out, &format!("{prefix}_{}: {}", section.kind, summary(section)));
        }
    }
    if !report.skipped.is_empty() {
        line(&mut out, "");
        line(&mut out, "Not compared:");
        not_compared(report, prefix).iter().for_each(|skipped| line(&mut out, &format!("  {skipped}")));
    }
    line(&mut out, "");
    let said = match (report.is_same(), report.skipped.is_empty()) {
        (true, true) => "Nothing differs.",
        (true, false) => "Nothing that was compared differs.",
        (false, _) => "They differ.",
    };
    line(&mut out, said);
    out
}

/// The kinds that were not compared: one line for each reason.
pub fn not_compared(report: &Report, prefix: &str) -> Vec<String> {
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for skipped in &report.skipped {
        let name = format!("{prefix}_{}", skipped.kind);
        match reasons.iter_mut().find(|(why, _)| *why == skipped.why) {
            Some((_, names)) => names.push(name),
            None => reasons.push((&skipped.why, vec![name])),
        }
    }
    reasons.into_iter().map(|(why, names)| format!("{} ({})", names.join(", "), one_line(why))).collect()
}

fn summary(section: &Section) -> String {
    let changed = section.changed.iter().filter(|changed| !changed.differences.is_empty()).count();
    let parts = [
        (changed, "changed"),
        (section.only_left.len(), "only on the left"),
        (section.only_right.len(), "only on the right"),
        (section.same, "the same"),
    ];
    parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}

fn named(object: &Object) -> String {
    match &object.name {
        Some(name) => format!("{} ({})", one_line(name), one_line(&object.id)),
        None => one_line(&object.id).into_owned(),
    }
}

fn pair(left: &Object, right: &Object) -> String {
    match (&left.name, left.id == right.id) {
        (_, true) => named(left),
        (Some(name), false) => format!("{} ({} → {})", one_line(name), one_line(&left.id), one_line(&right.id)),
        (None, false) => format!("{} → {}", one_line(&left.id), one_line(&right.id)),
    }
}

fn value(shown: &Shown) -> String {
    let text = match shown {
        Shown::Nothing => return "(not set)".to_owned(),
        Shown::Secret => return "(secret)".to_owned(),
        Shown::Value(value) => value.to_string(),
    };
    let text = one_line(&text);
    match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}
