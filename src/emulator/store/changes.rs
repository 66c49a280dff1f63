//! What changes in the store, for whoever watches: objects before and after.
//!
//! Owns which rows are objects and what their documents are. SQLite itself writes down each change, by triggers that
//! are there only while somebody watches, so that no other file here has to know. Documents are whole: whoever shows
//! them hides their secrets.

use rusqlite::{OptionalExtension as _, Transaction};

use super::{Store, StoreError};

/// A kind of object: where its rows are, and in SQL what stands for `row`'s id, name and document.
struct Kind {
    name: &'static str,
    table: &'static str,
    id: &'static str,
    label: &'static str,
    document: &'static str,
}

/// The key sets of which keys are rows; see [`KEYS_BUT`].
const KEY_SET: &str = "key_set";

static KINDS: [Kind; 5] = [
    Kind {
        name: "client",
        table: "client",
        id: "row.id",
        label: "row.name",
        // The hash tells whether the secret is another one.
        document: "json_set(row.document, '$.client_secret', row.secret)",
    },
    Kind {
        name: KEY_SET,
        table: "jwk",
        id: "row.key_set",
        label: "''",
        document: "(SELECT json_object('keys', json_group_array(json(document))) FROM (SELECT document FROM jwk WHERE key_set = row.key_set ORDER BY added DESC))",
    },
    Kind { name: "trust", table: "trust", id: "row.id", label: "row.issuer", document: "row.document" },
    Kind {
        name: "identity",
        table: "identity",
        id: "row.id",
        label: "coalesce(json_extract(row.document, '$.traits.email'), row.external_id, '')",
        document: "row.document",
    },
    Kind {
        name: "tuple",
        table: "tuple",
        id: "row.namespace || ':' || row.object || '#' || row.relation || '@' || iif(row.set_namespace IS NULL, row.subject, row.set_namespace || ':' || row.subject || '#' || row.set_relation)",
        label: "''",
        document: "iif(row.set_namespace IS NULL, json_object('namespace', row.namespace, 'object', row.object, 'relation', row.relation, 'subject_id', row.subject), json_object('namespace', row.namespace, 'object', row.object, 'relation', row.relation, 'subject_set', json_object('namespace', row.set_namespace, 'object', row.subject, 'relation', row.set_relation)))",
    },
];

/// A key set without the key of `row`, and with it: as it is while the other half is not there, or not there any more.
const KEYS_BUT: &str = "(SELECT iif(count(*) = 0, NULL, json_object('keys', json_group_array(json(document)))) FROM (SELECT document FROM jwk WHERE key_set = row.key_set AND added <> row.added ORDER BY added DESC))";
const KEYS_AND: &str = "(SELECT json_object('keys', json_group_array(json(document))) FROM (SELECT added, document FROM jwk WHERE key_set = row.key_set AND added <> row.added UNION ALL SELECT row.added, row.document ORDER BY added DESC))";

/// An object that was added, changed or removed.
#[derive(Clone, PartialEq)]
pub struct Change {
    /// What it is: `client`, `key_set`, `trust`, `identity` or `tuple`.
    pub kind: &'static str,
    /// Which one.
    pub id: String,
    /// Its name for people; empty if it has none but its id.
    pub label: String,
    /// Its JSON before; none if it was not there.
    pub before: Option<String>,
    /// Its JSON afterwards; none if it is not there any more.
    pub after: Option<String>,
}

/// An object that is there: its kind, its id and its name for people.
pub type Held = (&'static str, String, String);

impl Kind {
    fn find(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// The triggers that write its changes down.
    fn triggers(&self) -> String {
        let Self { name, table, id, label, document } = self;
        let (lacking, whole) = if *name == KEY_SET { (KEYS_BUT, KEYS_AND) } else { ("NULL", *document) };
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
    /// Writes down every change from now on, for [`Store::take_changes`].
    ///
    /// # Errors
    /// When the database fails.
    pub fn watch(&self) -> Result<(), StoreError> {
        let mut script = "PRAGMA temp_store = MEMORY;
            CREATE TEMP TABLE change (at INTEGER PRIMARY KEY, kind TEXT, id TEXT, label TEXT, before TEXT, after TEXT);"
            .to_owned();
        KINDS.iter().for_each(|kind| script.push_str(&kind.triggers()));
        Ok(self.lock().execute_batch(&script)?)
    }

    /// What has changed since this was last asked: of an object once, however many steps it took.
    ///
    /// # Errors
    /// When the database fails, or nobody watches.
    pub fn take_changes(&self) -> Result<Vec<Change>, StoreError> {
        self.transaction(|transaction| {
            let changes = read_changes(transaction)?;
            if !changes.is_empty() {
                transaction.execute("DELETE FROM change", [])?;
            }
            Ok(merge(changes))
        })
    }

    /// How many objects there are of each kind.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_objects(&self) -> Result<Vec<(&'static str, u64)>, StoreError> {
        let connection = self.lock();
        let counts = KINDS.iter().map(|Kind { name, table, .. }| {
            let what = if *name == KEY_SET { "DISTINCT key_set" } else { "*" };
            let query = format!("SELECT count({what}) FROM {table}");
            let count: i64 = connection.prepare_cached(&query)?.query_row([], |row| row.get(0))?;
            Ok((*name, count.unsigned_abs()))
        });
        counts.collect()
    }

    /// The objects that are there, at most so many of each kind.
    ///
    /// # Errors
    /// When the database fails.
    pub fn objects(&self, most: u32) -> Result<Vec<Held>, StoreError> {
        let connection = self.lock();
        let mut held = Vec::new();
        for Kind { name, table, id, label, .. } in &KINDS {
            let query = format!("SELECT DISTINCT {id}, {label} FROM {table} AS o LIMIT ?").replace("row.", "o.");
            let mut statement = connection.prepare_cached(&query)?;
            let rows = statement.query_map([most], |row| Ok((*name, row.get(0)?, row.get(1)?)))?;
            held.extend(rows.collect::<Result<Vec<Held>, _>>()?);
        }
        Ok(held)
    }

    /// An object's JSON; none if there is no such object.
    ///
    /// # Errors
    /// When the database fails.
    pub fn object(&self, kind: &str, id: &str) -> Result<Option<String>, StoreError> {
        let Some(Kind { table, id: key, document, .. }) = Kind::find(kind) else { return Ok(None) };
        let query = format!("SELECT {document} FROM {table} AS o WHERE {key} = ?").replace("row.", "o.");
        Ok(self.lock().prepare_cached(&query)?.query_row([id], |row| row.get(0)).optional()?)
    }
}

fn read_changes(transaction: &Transaction<'_>) -> Result<Vec<Change>, StoreError> {
    let mut statement = transaction.prepare_cached("SELECT kind, id, label, before, after FROM change ORDER BY at")?;
    let rows = statement.query_map([], |row| {
        let kind = Kind::find(row.get_ref(0)?.as_str()?).map_or("", |kind| kind.name);
        Ok(Change { kind, id: row.get(1)?, label: row.get(2)?, before: row.get(3)?, after: row.get(4)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Several steps of one object are one change, and what ends where it began is none.
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
