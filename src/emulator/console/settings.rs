//! A project's settings: the values of its columns, which both views are made of and read into.
//!
//! Owns what is kept, what of an old value survives a write, and what Ory fills in. A value that is what Ory fills in
//! is not kept: that cannot be told apart by reading. The views are for [`super::document`] and [`super::revision`].

use std::collections::BTreeMap;

use super::column::{Column, Field, Kind, Rows};
use super::fields::{FIELDS, field};
use super::tree;
use super::value::{Found, default_of};
use crate::emulator::go::json::{Json, parse_whole};

/// Says whether strict mode is locked.
const LOCK: &str = "keto_strict_mode_readonly";
/// What it locks.
const LOCKED: &str = "keto_feature_flags_strict_mode";

/// The values of columns, by their names; as they are in the document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    set: BTreeMap<String, Json>,
    /// The project's own URL, without a slash at the end.
    pub base: String,
}

/// Settings that were written.
pub struct Written {
    /// As they are now.
    pub settings: Settings,
    /// What was sent as content: URL and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// Keys that were found and ignored.
    pub ignored: Vec<String>,
}

impl Settings {
    /// None but what Ory fills in, for a project at this URL.
    #[must_use]
    pub fn new(base: &str) -> Self {
        Self { base: base.to_owned(), ..Self::default() }
    }

    /// What was kept as [`Settings::kept`].
    #[must_use]
    pub fn open(kept: &str, base: &str) -> Self {
        let set = match parse_whole(kept.as_bytes()) {
            Ok(Json::Object(members)) => members.into_iter().collect(),
            _ => BTreeMap::new(),
        };
        Self { set, base: base.to_owned() }
    }

    /// What is to be kept.
    #[must_use]
    pub fn kept(&self) -> String {
        Json::Object(self.set.clone().into_iter().collect()).compact()
    }

    /// What holds for a column: what was written, or what Ory fills in.
    #[must_use]
    pub fn value(&self, field: &Field) -> Option<Json> {
        self.set.get(&field.name).cloned().or_else(|| self.filled_in(field))
    }

    /// The same by its name.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<Json> {
        self.value(field(name)?)
    }

    /// Whether this flag is set.
    #[must_use]
    pub fn is_set(&self, name: &str) -> bool {
        self.of(name) == Some(Json::Bool(true))
    }

    /// Has for this column what another has.
    pub fn keep(&mut self, name: &str, other: &Self) {
        match other.set.get(name) {
            Some(value) => self.set.insert(name.to_owned(), value.clone()),
            None => self.set.remove(name),
        };
    }

    /// Says this of every row of a column that says nothing there.
    pub fn say_of_rows(&mut self, name: &str, member: &str, value: &Json) {
        let Some(Json::Array(rows)) = self.set.get_mut(name) else { return };
        for row in rows.iter_mut().filter(|row| row.member(member).is_none()) {
            tree::put(row, &[member], value.clone());
        }
    }

    fn filled_in(&self, field: &Field) -> Option<Json> {
        match field.name.as_str() {
            "kratos_identity_schemas" => {
                let preset = Json::text("preset://email");
                let row = [("import_id", preset.clone()), ("import_url", preset), ("is_default", Json::Bool(true))];
                Some(Json::Array(vec![tree::object(row)]))
            }
            _ => default_of(field.column, &self.base),
        }
    }

    /// Whether it is read in the document at present.
    #[must_use]
    pub fn shows(&self, column: &Column) -> bool {
        match column.with {
            None => true,
            Some((name, None)) => self.of(name).is_some(),
            Some((name, Some(value))) => self.of(name) == Some(Json::text(value)),
        }
    }

    /// Whether it is what its place in the document means at present.
    #[must_use]
    pub fn picks(&self, column: &Column) -> bool {
        column.picked.is_none_or(|(name, is)| self.is_set(name) == is)
    }

    /// Reads new settings: `find` gives what was sent for a column, and none if that is not to be changed. What it gives
    /// is looked at by kind, and what of the old values survives is put back.
    ///
    /// # Errors
    /// Which column cannot be what was sent, and why.
    pub fn write(&self, find: impl Fn(&Field, &mut Found) -> Result<Option<Sent>, String>) -> Result<Written, String> {
        let mut found = Found::default();
        let mut settings = Self { set: BTreeMap::new(), base: self.base.clone() };
        for field in FIELDS.iter().filter(|field| !matches!(field.column.kind, Kind::Own)) {
            let sent = if field.column.fixed || field.name == LOCKED && self.is_set(LOCK) { None } else { find(field, &mut found)? };
            let old = self.set.get(&field.name);
            let value = match sent {
                None => old.cloned(),
                Some(Sent { value: None, blank }) if field.column.sticky || field.column.kept && blank => old.cloned(),
                Some(Sent { value, .. }) => value.map(|value| surviving(field.column.kind, value, old)),
            };
            if let Some(value) = value.filter(|value| Some(value) != self.filled_in(field).as_ref()) {
                settings.set.insert(field.name.clone(), value);
            }
        }
        Ok(Written { settings, files: found.files, ignored: Vec::new() })
    }
}

/// What was sent for a column.
pub struct Sent {
    /// The value as it is kept; none if it is empty.
    pub value: Option<Json>,
    /// Whether an empty value was sent, and not none at all.
    pub blank: bool,
}

/// The rows with what survives of old ones of the same key.
fn surviving(kind: Kind, value: Json, old: Option<&Json>) -> Json {
    match (kind, value, old) {
        (Kind::Rows(rows), Json::Array(items), Some(Json::Array(old))) if rows.columns.iter().any(|column| column.kept) => {
            Json::Array(items.into_iter().map(|row| with_kept(rows, row, old)).collect())
        }
        (_, value, _) => value,
    }
}

fn with_kept(rows: &Rows, row: Json, old: &[Json]) -> Json {
    let Some(first) = rows.columns.first() else { return row };
    let before = old.iter().find(|other| other.member(first.row_name()) == row.member(first.row_name()));
    let Json::Object(mut members) = row else { return row };
    for name in rows.columns.iter().filter(|column| column.kept).map(Column::row_name) {
        let is_there = members.iter().any(|member| member.0 == name);
        if let Some(value) = before.and_then(|before| before.member(name)).filter(|_| !is_there) {
            members.push((name.to_owned(), value.clone()));
        }
    }
    Json::Object(members)
}
