//! A project's settings: the values of its columns, from which both views are made, and into which they are read.
//!
//! Owns what is stored, which old values survive a write, and the defaults. A value that equals the default is not stored, since a
//! read cannot tell the two apart. The views are in [`super::document`] and [`super::revision`].

use std::collections::BTreeMap;

use super::column::{Column, Field, Kind, Rows};
use super::fields::{FIELDS, field};
use super::tree;
use super::value::{Found, default_of};
use crate::emulator::go::json::{Json, parse_whole};

/// The column that says whether strict mode is locked.
const LOCK: &str = "keto_strict_mode_readonly";
/// The column that it locks.
const LOCKED: &str = "keto_feature_flags_strict_mode";

/// The values of columns, by their names, in the form of the document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    set: BTreeMap<String, Json>,
    /// The project's own URL, without a slash at the end.
    pub base: String,
}

/// The result of a write.
pub struct Written {
    /// The new settings.
    pub settings: Settings,
    /// The content that was sent: URL and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// Keys that were found and ignored.
    pub ignored: Vec<String>,
}

impl Settings {
    /// The defaults, for a project at this URL.
    #[must_use]
    pub fn new(base: &str) -> Self {
        Self { base: base.to_owned(), ..Self::default() }
    }

    /// Reads the form of [`Settings::kept`].
    #[must_use]
    pub fn open(kept: &str, base: &str) -> Self {
        let set = match parse_whole(kept.as_bytes()) {
            Ok(Json::Object(members)) => members.into_iter().collect(),
            _ => BTreeMap::new(),
        };
        Self { set, base: base.to_owned() }
    }

    /// The settings in the form in which they are stored.
    #[must_use]
    pub fn kept(&self) -> String {
        Json::Object(self.set.clone().into_iter().collect()).compact()
    }

    /// The value of a column: the written one, or the default.
    #[must_use]
    pub fn value(&self, field: &Field) -> Option<Json> {
        self.set.get(&field.name).cloned().or_else(|| self.filled_in(field))
    }

    /// The value of the column with this name.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<Json> {
        self.value(field(name)?)
    }

    /// Whether this flag is set.
    #[must_use]
    pub fn is_set(&self, name: &str) -> bool {
        self.of(name) == Some(Json::Bool(true))
    }

    /// Takes the value of this column from `other`.
    pub fn keep(&mut self, name: &str, other: &Self) {
        match other.set.get(name) {
            Some(value) => self.set.insert(name.to_owned(), value.clone()),
            None => self.set.remove(name),
        };
    }

    /// Sets this member in every row of a column that does not have it.
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

    /// Whether the document shows the column at present.
    #[must_use]
    pub fn shows(&self, column: &Column) -> bool {
        match column.with {
            None => true,
            Some((name, None)) => self.of(name).is_some(),
            Some((name, Some(value))) => self.of(name) == Some(Json::text(value)),
        }
    }

    /// Whether its path in the document means this column at present.
    #[must_use]
    pub fn picks(&self, column: &Column) -> bool {
        column.picked.is_none_or(|(name, is)| self.is_set(name) == is)
    }

    /// Reads new settings. `find` gives the value that was sent for a column, and `None` if the column is not to be changed.
    /// The value is checked by its kind, and old values that survive are put back.
    ///
    /// # Errors
    /// Which column cannot have the value that was sent, and why.
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

/// The value that was sent for a column.
pub struct Sent {
    /// The value in the stored form; `None` if it is empty.
    pub value: Option<Json>,
    /// Whether an empty value was sent, in contrast to none.
    pub blank: bool,
}

/// The rows, with the values that survive from old rows with the same key.
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
