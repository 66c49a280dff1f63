//! Relation tuples.
//!
//! Owns their table. A tuple may exist several times, as on a real server; knows nothing of the meaning of relations.

use rusqlite::{Row, ToSql, Transaction, named_params};

use super::super::kind::Stored;
use super::{Store, StoreError, span};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS tuple (
    added INTEGER PRIMARY KEY AUTOINCREMENT, namespace TEXT NOT NULL, object TEXT NOT NULL, relation TEXT NOT NULL,
    subject TEXT NOT NULL, set_namespace TEXT, set_relation TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS tuple_object ON tuple (namespace, object, relation);
";

/// How tuples are observed: each is an object, and its id is its usual spelling.
pub static STORED: Stored = Stored {
    tables: &[SCHEMA],
    table: "tuple",
    id: "row.namespace || ':' || row.object || '#' || row.relation || '@' || iif(row.set_namespace IS NULL, row.subject, row.set_namespace || ':' || row.subject || '#' || row.set_relation)",
    label: "''",
    document: "iif(row.set_namespace IS NULL, json_object('namespace', row.namespace, 'object', row.object, 'relation', row.relation, 'subject_id', row.subject), json_object('namespace', row.namespace, 'object', row.object, 'relation', row.relation, 'subject_set', json_object('namespace', row.set_namespace, 'object', row.subject, 'relation', row.set_relation)))",
    parts: None,
    whole: None,
};

/// The subject of a relation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A single subject.
    Id(String),
    /// All subjects with a relation to an object: namespace, object, relation.
    Set(String, String, String),
}

/// One tuple.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tuple {
    /// The object's namespace.
    pub namespace: String,
    /// The object.
    pub object: String,
    /// The relation.
    pub relation: String,
    /// Its subject.
    pub subject: Subject,
}

/// A query for tuples; a part that is `None` matches everything.
#[derive(Clone, Debug, Default)]
pub struct TupleQuery {
    /// The object's namespace.
    pub namespace: Option<String>,
    /// The object.
    pub object: Option<String>,
    /// The relation.
    pub relation: Option<String>,
    /// The subject.
    pub subject: Option<Subject>,
}

const MATCHING: &str = "(:namespace IS NULL OR namespace = :namespace) AND (:object IS NULL OR object = :object)
    AND (:relation IS NULL OR relation = :relation)
    AND (:subject IS NULL OR subject = :subject AND set_namespace IS :set_namespace AND set_relation IS :set_relation)";

impl Subject {
    fn columns(&self) -> (&str, Option<&str>, Option<&str>) {
        match self {
            Self::Id(id) => (id, None, None),
            Self::Set(namespace, object, relation) => (object, Some(namespace), Some(relation)),
        }
    }
}

impl TupleQuery {
    /// Exactly this tuple.
    #[must_use]
    pub fn exactly(tuple: &Tuple) -> Self {
        Self {
            namespace: Some(tuple.namespace.clone()),
            object: Some(tuple.object.clone()),
            relation: Some(tuple.relation.clone()),
            subject: Some(tuple.subject.clone()),
        }
    }

    fn run<T>(&self, more: &[(&str, &dyn ToSql)], work: impl FnOnce(&[(&str, &dyn ToSql)]) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let (subject, set_namespace, set_relation) = match &self.subject {
            Some(subject) => {
                let (subject, namespace, relation) = subject.columns();
                (Some(subject), namespace, relation)
            }
            None => (None, None, None),
        };
        let own: &[(&str, &dyn ToSql)] = named_params! {
            ":namespace": self.namespace, ":object": self.object, ":relation": self.relation,
            ":subject": subject, ":set_namespace": set_namespace, ":set_relation": set_relation,
        };
        work(&[own, more].concat())
    }
}

impl Store {
    /// Adds and then removes tuples, in one transaction. All copies of a removed tuple are removed.
    ///
    /// # Errors
    /// If the database fails.
    pub fn change_tuples(&self, added: &[Tuple], removed: &[Tuple]) -> Result<(), StoreError> {
        self.transaction(|transaction| {
            added.iter().try_for_each(|tuple| insert(transaction, tuple))?;
            removed.iter().try_for_each(|tuple| remove(transaction, &TupleQuery::exactly(tuple)))
        })
    }

    /// Removes every tuple that matches.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove_tuples(&self, which: &TupleQuery) -> Result<(), StoreError> {
        self.transaction(|transaction| remove(transaction, which))
    }

    /// Matching tuples with their row numbers, in the order in which they were added.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tuples(&self, which: &TupleQuery, after: i64, limit: u64) -> Result<Vec<(i64, Tuple)>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(&format!(
            "SELECT added, namespace, object, relation, subject, set_namespace, set_relation FROM tuple
             WHERE {MATCHING} AND added > :after ORDER BY added LIMIT :limit"
        ))?;
        let more: &[(&str, &dyn ToSql)] = named_params! { ":after": after, ":limit": span(limit) };
        Ok(which.run(more, |bound| statement.query_map(bound, tuple_of)?.collect())?)
    }

    /// For each subject set with the tuple's relation: the tuple that would put its subject into the set, and whether that tuple
    /// exists.
    ///
    /// # Errors
    /// When the database fails.
    pub fn sets_of(&self, tuple: &Tuple) -> Result<Vec<(Tuple, bool)>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT s.set_namespace, s.subject, s.set_relation, EXISTS (
                 SELECT 1 FROM tuple WHERE namespace = s.set_namespace AND object = s.subject AND relation = s.set_relation
                 AND subject = ?4 AND set_namespace IS ?5 AND set_relation IS ?6
             ) FROM tuple AS s WHERE s.namespace = ?1 AND s.object = ?2 AND s.relation = ?3 AND s.set_relation <> '' ORDER BY s.added",
        )?;
        let (subject, namespace, relation) = tuple.subject.columns();
        let bound = (&tuple.namespace, &tuple.object, &tuple.relation, subject, namespace, relation);
        let rows = statement.query_map(bound, |row| {
            let set = Tuple { namespace: row.get(0)?, object: row.get(1)?, relation: row.get(2)?, subject: tuple.subject.clone() };
            Ok((set, row.get(3)?))
        })?;
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        Ok(rows)
    }

    /// The namespaces of all tuples.
    ///
    /// # Errors
    /// When the database fails.
    pub fn namespaces(&self) -> Result<Vec<String>, StoreError> {
        let connection = self.lock();
        let mut statement = connection
            .prepare_cached("SELECT namespace FROM tuple UNION SELECT set_namespace FROM tuple WHERE set_namespace IS NOT NULL")?;
        let names = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<_>, _>>()?;
        Ok(names)
    }
}

fn insert(transaction: &Transaction<'_>, tuple: &Tuple) -> Result<(), StoreError> {
    let (subject, namespace, relation) = tuple.subject.columns();
    transaction
        .prepare_cached("INSERT INTO tuple (namespace, object, relation, subject, set_namespace, set_relation) VALUES (?, ?, ?, ?, ?, ?)")?
        .execute((&tuple.namespace, &tuple.object, &tuple.relation, subject, namespace, relation))?;
    Ok(())
}

fn remove(transaction: &Transaction<'_>, which: &TupleQuery) -> Result<(), StoreError> {
    let mut statement = transaction.prepare_cached(&format!("DELETE FROM tuple WHERE {MATCHING}"))?;
    which.run(&[], |bound| statement.execute(bound))?;
    Ok(())
}

fn tuple_of(row: &Row<'_>) -> rusqlite::Result<(i64, Tuple)> {
    let subject = match row.get::<_, Option<String>>(5)? {
        None => Subject::Id(row.get(4)?),
        Some(namespace) => Subject::Set(namespace, row.get(4)?, row.get(6)?),
    };
    Ok((row.get(0)?, Tuple { namespace: row.get(1)?, object: row.get(2)?, relation: row.get(3)?, subject }))
}
