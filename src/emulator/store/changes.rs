//! Changes of stored objects, for observers: each object before and after.
//!
//! Owns how rows become objects; the tables declare which rows do. SQLite records each change by triggers, which exist only while
//! there is an observer, so that no other file needs to know of them. Documents are complete: the observer must hide their secrets.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use rusqlite::{OptionalExtension as _, Transaction};

use super::super::kind::Stored;
use super::{Store, StoreError};

/// An object that was added, changed or removed.
#[derive(Clone, PartialEq)]
pub struct Change {
    /// Its kind.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Its name for people; empty if it has only an id.
    pub label: String,
    /// Its JSON before; `None` for a new object.
    pub before: Option<String>,
    /// Its JSON after; `None` for a removed object.
    pub after: Option<String>,
}

/// An existing object: its kind, its id and its name for people.
pub type Held = (&'static str, String, String);

impl Stored {
    /// The complete document, made from the stored one.
    fn shown(&self, kept: String) -> String {
        self.whole.and_then(|whole| whole(&kept)).unwrap_or(kept)
    }

    /// The triggers that record the changes of a kind with this name.
    fn triggers(&self, name: &str) -> String {
        let Self { table, id, label, document, parts, .. } = self;
        let [lacking, whole] = parts.unwrap_or(["NULL", document]);
        let trigger = |when: &str, row: &str, before: &str, after: &str| {
            let values = format!("{id}, {label}").replace("row.", row);
            format!(
                "CREATE TEMP TRIGGER {name}_{when} AFTER {when} ON main.{table} BEGIN
                 INSERT INTO change (kind, id, label, before, after) VALUES ('{name}', {values}, {before}, {after}); END;"
            )
        };
        let [old, new] = ["OLD.", "NEW."];
        trigger("INSERT", new, &lacking.replace("row.", new), &whole.replace("row.", new))
            + &trigger("UPDATE", new, &document.replace("row.", old), &document.replace("row.", new))
            + &trigger("DELETE", old, &whole.replace("row.", old), &lacking.replace("row.", old))
    }
}

impl Store {
    /// Records every change from now on, for [`Store::take_changes`].
    ///
    /// # Errors
    /// If the database fails.
    pub fn watch(&self) -> Result<(), StoreError> {
        let mut script = "PRAGMA temp_store = MEMORY;
            CREATE TEMP TABLE change (at INTEGER PRIMARY KEY, kind TEXT, id TEXT, label TEXT, before TEXT, after TEXT);"
            .to_owned();
        self.kept().for_each(|(name, stored)| script.push_str(&stored.triggers(name)));
        self.lock().execute_batch(&script)?;
        self.watched.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Includes another store's changes and objects with this one's.
    ///
    /// # Errors
    /// If the database fails.
    pub fn look_beside(&self, other: &Arc<Self>) -> Result<(), StoreError> {
        if self.watched.load(Ordering::Relaxed) {
            other.watch()?;
        }
        self.beside.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(other));
        Ok(())
    }

    fn beside(&self) -> Vec<Arc<Self>> {
        self.beside.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The changes since the last call. All changes of one object count as one.
    ///
    /// # Errors
    /// If the database fails, or there is no observer.
    pub fn take_changes(&self) -> Result<Vec<Change>, StoreError> {
        let mut taken = self.transaction(|transaction| {
            let changes = self.read_changes(transaction)?;
            if !changes.is_empty() {
                transaction.execute("DELETE FROM change", [])?;
            }
            Ok(merge(changes))
        })?;
        for other in self.beside() {
            taken.extend(other.take_changes()?);
        }
        Ok(taken)
    }

    fn kept(&self) -> impl Iterator<Item = (&'static str, &'static Stored)> {
        self.kinds.iter().filter_map(|kind| Some((kind.name, kind.stored?)))
    }

    fn kept_as(&self, name: &str) -> Option<(&'static str, &'static Stored)> {
        self.kept().find(|kept| kept.0 == name)
    }

    /// The number of objects of each kind.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_objects(&self) -> Result<Vec<(&'static str, u64)>, StoreError> {
        let beside: Vec<_> = self.beside().iter().map(|other| other.count_objects()).collect::<Result<_, _>>()?;
        let connection = self.lock();
        let counts = self.kept().map(|(name, Stored { table, id, parts, .. })| {
            let what = if parts.is_some() { format!("DISTINCT {id}").replace("row.", "") } else { "*".to_owned() };
            let query = format!("SELECT count({what}) FROM {table}");
            let count: i64 = connection.prepare_cached(&query)?.query_row([], |row| row.get(0))?;
            let others = beside.iter().flatten().filter(|other| other.0 == name).map(|other| other.1);
            Ok((name, count.unsigned_abs() + others.sum::<u64>()))
        });
        counts.collect()
    }

    /// The existing objects, at most this many of each kind.
    ///
    /// # Errors
    /// When the database fails.
    pub fn objects(&self, most: u32) -> Result<Vec<Held>, StoreError> {
        let connection = self.lock();
        let mut held = Vec::new();
        for (name, Stored { table, id, label, .. }) in self.kept() {
            let query = format!("SELECT DISTINCT {id}, {label} FROM {table} AS o LIMIT ?").replace("row.", "o.");
            let mut statement = connection.prepare_cached(&query)?;
            let rows = statement.query_map([most], |row| Ok((name, row.get(0)?, row.get(1)?)))?;
            held.extend(rows.collect::<Result<Vec<Held>, _>>()?);
        }
        drop(connection);
        for other in self.beside() {
            held.extend(other.objects(most)?);
        }
        Ok(held)
    }

    /// An object's JSON; `None` if it does not exist.
    ///
    /// # Errors
    /// When the database fails.
    pub fn object(&self, kind: &str, id: &str) -> Result<Option<String>, StoreError> {
        let Some((_, stored @ Stored { table, id: key, document, .. })) = self.kept_as(kind) else { return Ok(None) };
        let query = format!("SELECT {document} FROM {table} AS o WHERE {key} = ?").replace("row.", "o.");
        let own = self.lock().prepare_cached(&query)?.query_row([id], |row| row.get(0)).optional()?;
        if own.is_some() {
            return Ok(own.map(|kept| stored.shown(kept)));
        }
        self.beside().iter().find_map(|other| other.object(kind, id).transpose()).transpose()
    }

    fn read_changes(&self, transaction: &Transaction<'_>) -> Result<Vec<Change>, StoreError> {
        let mut statement = transaction.prepare_cached("SELECT kind, id, label, before, after FROM change ORDER BY at")?;
        let rows = statement.query_map([], |row| {
            let kept = self.kept_as(row.get_ref(0)?.as_str()?);
            let whole = |kept_as: Option<String>| match kept {
                Some((_, stored)) => kept_as.map(|document| stored.shown(document)),
                None => kept_as,
            };
            let kind = kept.map_or("", |kept| kept.0);
            Ok(Change { kind, id: row.get(1)?, label: row.get(2)?, before: whole(row.get(3)?), after: whole(row.get(4)?) })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// Several changes of one object become one; an object that is unchanged in the end has none.
fn merge(changes: Vec<Change>) -> Vec<Change> {
    let mut merged: Vec<Change> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for change in changes {
        match places.get(&(change.kind, change.id.clone())) {
            Some(&place) => {
                let known: &mut Change = &mut merged[place];
                (known.label, known.after) = (change.label, change.after);
            }
            None => {
                places.insert((change.kind, change.id.clone()), merged.len());
                merged.push(change);
            }
        }
    }
    merged.retain(|change| change.before != change.after);
    merged
}
