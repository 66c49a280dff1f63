//! The engine's plan as Pulumi's diff. Pure.
//!
//! Owns which paths are shown, and how. The plan decides what changes, and what needs a new object.

use super::{names, property::member};
use crate::{
    engine::{self, Plan, has_errors},
    schema::{Attr, Kind, Object, Presence, Resource, Table},
    value::{Path, Step, Value},
};
use janiform_proto::pulumirpc::{DiffResponse, PropertyDiff, diff_response::DiffChanges, property_diff::Kind as Change};
use std::collections::{BTreeMap, BTreeSet};

/// The diff of a resource. `last` is the configuration that led to `prior`.
pub(super) fn of(resource: &'static Resource, prior: &Value, last: &Value, config: &Value, plan: &Plan) -> DiffResponse {
    let table = &resource.table;
    if plan.changes.is_empty() {
        return unchanged(stables(resource, prior, config, plan));
    }
    let (before, planned, wanted) = (Object::new(table, prior), Object::new(table, &plan.planned), Object::new(table, config));
    let shown = |attr: &&'static Attr| {
        plan.replace.contains(&attr.name)
            || attr.presence != Presence::ReadOnly && !(wanted.get(attr.name).is_null() && planned.get(attr.name).is_unknown())
    };
    let mut changed: Vec<&'static Attr> = table.attrs().filter(|attr| plan.changes.contains(&attr.name)).collect();
    // A value that changes with others is not the reason for a change, unless there is no other.
    if changed.iter().any(shown) {
        changed.retain(|attr| shown(attr));
    }
    let mut details = BTreeMap::new();
    for attr in &changed {
        let replaces = plan.replace.contains(&attr.name);
        if attr.write_only {
            // Write-only values are never outputs: the old value is in the old inputs.
            let kind = change(Object::new(table, last).get(attr.name), wanted.get(attr.name));
            details.insert(names::camel(attr.name), detail(kind, replaces, true));
            continue;
        }
        let root = Path::attr(attr.name);
        let mut found = Vec::new();
        walk(attr, &attr.kind, before.get(attr.name), planned.get(attr.name), root.clone(), &mut found);
        if found.is_empty() {
            found.push((root, Change::Update));
        }
        details.extend(found.into_iter().map(|(path, kind)| (names::path(&path), detail(kind, replaces, false))));
    }
    let names_of = |keep: &dyn Fn(&Attr) -> bool| changed.iter().filter(|attr| keep(attr)).map(|attr| names::camel(attr.name)).collect();
    DiffResponse {
        replaces: names_of(&|attr| plan.replace.contains(&attr.name)),
        stables: if plan.replace.is_empty() { stables(resource, prior, config, plan) } else { Vec::new() },
        // If the object must not be replaced, its deletion is refused: that must happen before a new object is created. Users may
        // replace objects without need, so this holds for every change.
        delete_before_replace: !plan.replace.is_empty() && has_errors(&plan.diagnostics) || excludes(resource, prior, config),
        changes: DiffChanges::DiffSome.into(),
        diffs: names_of(&|_| true),
        detailed_diff: details,
        has_detailed_diff: true,
    }
}

/// The diff of the provider's configuration. A change that makes old objects unreachable replaces all of them. An unknown value
/// does not, since it may be the same as before.
pub(super) fn of_config(table: &Table, before: &Value, now: &Value) -> DiffResponse {
    let mut response = unchanged(Vec::new());
    for (index, attr) in table.attrs().enumerate() {
        let (before, now) = (member(before, index), member(now, index));
        if before == now && !now.has_unknown() || engine::semantically_equal(attr, before, now) {
            continue;
        }
        let name = names::camel(attr.name);
        let replaces = attr.replaces && !now.has_unknown() && !before.has_unknown();
        response.changes = DiffChanges::DiffSome.into();
        response.detailed_diff.insert(name.clone(), detail(change(before, now), replaces, true));
        if replaces {
            response.replaces.push(name.clone());
        }
        response.diffs.push(name);
    }
    response
}

fn unchanged(stables: Vec<String>) -> DiffResponse {
    DiffResponse { changes: DiffChanges::DiffNone.into(), has_detailed_diff: true, stables, ..DiffResponse::default() }
}

/// The outputs that the server decides and that no update changes.
fn stables(resource: &'static Resource, prior: &Value, config: &Value, plan: &Plan) -> Vec<String> {
    let table = &resource.table;
    let (before, planned, wanted) = (Object::new(table, prior), Object::new(table, &plan.planned), Object::new(table, config));
    let stays = |attr: &&'static Attr| {
        let decided_here = attr.name == resource.key || wanted.get(attr.name).is_null() && attr.computed();
        let now = planned.get(attr.name);
        decided_here && !now.is_null() && !now.has_unknown() && now == before.get(attr.name)
    };
    table.attrs().filter(stays).map(|attr| names::camel(attr.name)).collect()
}

/// Whether the old object must be deleted before the new one is created: two objects cannot have the same key, which the new object
/// is known to get if the program or the other attributes decide it; nor can two be found by the same text; and a resource may
/// declare further reasons.
fn excludes(resource: &'static Resource, prior: &Value, config: &Value) -> bool {
    let fresh = engine::plan(resource, None, config).planned;
    let of = |value| Object::new(&resource.table, value);
    let found_by = |value| resource.found_by.and_then(|name| name(of(value)));
    let named = found_by(prior);
    if named.is_some() && named == found_by(&fresh) || resource.excludes.is_some_and(|excludes| excludes(of(prior), of(&fresh))) {
        return true;
    }
    let Some(index) = resource.table.index(resource.key) else { return false };
    let key = member(&fresh, index);
    !key.is_null() && engine::semantically_equal(resource.table.attr(index), member(prior, index), key)
}

pub(super) fn detail(kind: Change, replaces: bool, input_diff: bool) -> PropertyDiff {
    let kind = match (kind, replaces) {
        (Change::Add, true) => Change::AddReplace,
        (Change::Delete, true) => Change::DeleteReplace,
        (Change::Update, true) => Change::UpdateReplace,
        (kind, _) => kind,
    };
    PropertyDiff { kind: kind.into(), input_diff }
}

pub(super) fn change(before: &Value, now: &Value) -> Change {
    match (before.is_null(), now.is_null()) {
        (true, false) => Change::Add,
        (false, true) => Change::Delete,
        _ => Change::Update,
    }
}

/// The innermost paths at which the two values differ.
fn walk(attr: &Attr, kind: &Kind, before: &Value, now: &Value, path: Path, found: &mut Vec<(Path, Change)>) {
    if before == now && !now.has_unknown() {
        return;
    }
    match (kind, before, now) {
        (Kind::List(_), Value::List(left), Value::List(right)) if attr.unordered => {
            // Compared by place, different elements would be compared with each other: each added or removed element is one change.
            let mut of_these = *attr;
            of_these.kind = *kind;
            let (gone, came) = unmatched(&of_these, left, right);
            for index in gone.union(&came) {
                let kind = match (gone.contains(index), came.contains(index)) {
                    (true, true) => Change::Update,
                    (true, false) => Change::Delete,
                    _ => Change::Add,
                };
                found.push((path.then(Step::Index(*index)), kind));
            }
        }
        (Kind::List(of), Value::List(left), Value::List(right)) => {
            for index in 0..left.len().max(right.len()) {
                let at = |items: &[Value]| items.get(index).cloned().unwrap_or_default();
                walk(attr, of, &at(left), &at(right), path.then(Step::Index(index)), found);
            }
        }
        (Kind::Map(of), Value::Map(left), Value::Map(right)) => {
            let keys: BTreeSet<_> = left.keys().chain(right.keys()).collect();
            for key in keys {
                let at = |members: &BTreeMap<String, Value>| members.get(key).cloned().unwrap_or_default();
                walk(attr, of, &at(left), &at(right), path.then(Step::Key(key.clone())), found);
            }
        }
        (Kind::Object(nested), Value::Object(_), Value::Object(_)) => {
            let now = Object::new(&nested.table, now);
            for (member, left) in Object::new(&nested.table, before).iter() {
                walk(member, &member.kind, left, now.get(member.name), path.then(Step::Attr(member.name)), found);
            }
        }
        _ => found.push((path, change(before, now))),
    }
}

/// The places of the elements of `before` and of `now` that mean the same as no element of the other.
fn unmatched(attr: &Attr, before: &[Value], now: &[Value]) -> (BTreeSet<usize>, BTreeSet<usize>) {
    // First the elements of `now` that are in both, in their order there; then the other elements of `before`.
    let settled = engine::keep_spelling_of(attr, &Value::List(now.to_vec()), &Value::List(before.to_vec()));
    let mut settled = settled.as_list().unwrap_or_default().iter().peekable();
    let came = (0..now.len()).filter(|index| settled.next_if_eq(&&now[*index]).is_none()).collect();
    let gone = (0..before.len()).filter(|index| settled.next_if_eq(&&before[*index]).is_some()).collect();
    (gone, came)
}
