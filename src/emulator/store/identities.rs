//! Identities.
//!
//! Owns their tables: documents by id, and the values that no two identities may share. Does not read the documents; knows nothing
//! of traits.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::super::kind::Stored;
use super::{Store, StoreError, sessions, span};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS identity (
    id TEXT PRIMARY KEY, external_id TEXT UNIQUE, organization TEXT, document TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS identity_claim (
    kind TEXT NOT NULL, value TEXT NOT NULL,
    identity_id TEXT NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS identity_claim_owner ON identity_claim (identity_id);
";

/// How identities are observed.
pub static STORED: Stored = Stored {
    tables: &[SCHEMA, sessions::SCHEMA],
    table: "identity",
    id: "row.id",
    label: "coalesce(json_extract(row.document, '$.traits.email'), row.external_id, '')",
    document: "row.document",
    parts: None,
    whole: None,
};

/// One identity.
#[derive(Clone, Debug, Default)]
pub struct IdentityRow {
    /// Its id.
    pub id: String,
    /// The id that the API's user gave to it.
    pub external_id: Option<String>,
    /// The organization it belongs to.
    pub organization: Option<String>,
    /// The whole identity.
    pub document: String,
    /// Values that no other identity may have, each with its kind.
    pub claims: Vec<(String, String)>,
}

/// The identities to list.
#[derive(Clone, Debug, Default)]
pub struct IdentitySelection {
    /// One of these ids, unless empty.
    pub ids: Vec<String>,
    /// Only in this organization.
    pub organization: Option<String>,
    /// Only with a claim of one of these kinds and values; the flag says whether the value is a pattern.
    pub claim: Option<(Vec<(String, String)>, bool)>,
    /// Only ids after this one.
    pub after: String,
    /// The number of identities to skip.
    pub offset: u64,
    /// The largest number of identities.
    pub limit: u64,
}

impl Store {
    /// Adds an identity.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if another one has its external id or one of its claims.
    pub fn add_identity(&self, row: &IdentityRow) -> Result<(), StoreError> {
        self.transaction(|transaction| {
            transaction.prepare_cached("INSERT INTO identity VALUES (?, ?, ?, ?)")?.execute(params![
                row.id,
                row.external_id,
                row.organization,
                row.document
            ])?;
            claim(transaction, row)
        })
    }

    /// Replaces an identity.
    ///
    /// [`StoreError::Absent`] if there is none with this id, [`StoreError::Exists`] if another one has its external id or one of
    /// its claims.
    pub fn replace_identity(&self, row: &IdentityRow) -> Result<(), StoreError> {
        self.transaction(|transaction| {
            let changed = transaction
                .prepare_cached("UPDATE identity SET external_id = ?, organization = ?, document = ? WHERE id = ?")?
                .execute(params![row.external_id, row.organization, row.document, row.id])?;
            if changed == 0 {
                return Err(StoreError::Absent);
            }
            transaction.execute("DELETE FROM identity_claim WHERE identity_id = ?", [&row.id])?;
            claim(transaction, row)
        })
    }

    /// One identity's document.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if there is none with this id.
    pub fn identity(&self, id: &str) -> Result<String, StoreError> {
        self.identity_by("SELECT document FROM identity WHERE id = ?", id)
    }

    /// One identity's document, found by its external id.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if there is none.
    pub fn identity_by_external_id(&self, id: &str) -> Result<String, StoreError> {
        self.identity_by("SELECT document FROM identity WHERE external_id = ?", id)
    }

    fn identity_by(&self, query: &str, id: &str) -> Result<String, StoreError> {
        let connection = self.lock();
        let found = connection.prepare_cached(query)?.query_row([id], |row| row.get(0)).optional()?;
        found.ok_or(StoreError::Absent)
    }

    /// Removes an identity.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if there is none with this id.
    pub fn remove_identity(&self, id: &str) -> Result<(), StoreError> {
        match self.lock().prepare_cached("DELETE FROM identity WHERE id = ?")?.execute([id])? {
            0 => Err(StoreError::Absent),
            _ => Ok(()),
        }
    }

    /// Ids and documents in the order of the ids.
    ///
    /// # Errors
    /// When the database fails.
    pub fn identities(&self, which: &IdentitySelection) -> Result<Vec<(String, String)>, StoreError> {
        let connection = self.lock();
        let mut query = "SELECT id, document FROM identity WHERE id > ? AND (? IS NULL OR organization = ?)".to_owned();
        let mut bound = vec![which.after.clone().into(), which.organization.clone().into(), which.organization.clone().into()];
        if !which.ids.is_empty() {
            query.push_str(&format!(" AND id IN ({})", vec!["?"; which.ids.len()].join(", ")));
            bound.extend(which.ids.iter().cloned().map(rusqlite::types::Value::from));
        }
        if let Some((claims, pattern)) = &which.claim {
            let same = if *pattern { r"value LIKE ? ESCAPE '\'" } else { "value = ?" };
            let one = format!("kind = ? AND {same}");
            query.push_str(&format!(
                " AND id IN (SELECT identity_id FROM identity_claim WHERE {})",
                vec![one.as_str(); claims.len()].join(" OR ")
            ));
            bound.extend(claims.iter().flat_map(|(kind, value)| [kind.clone().into(), value.clone().into()]));
        }
        query.push_str(" ORDER BY id LIMIT ? OFFSET ?");
        bound.extend([span(which.limit).into(), span(which.offset).into()]);
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let rows = connection.prepare_cached(&query)?.query_map(rusqlite::params_from_iter(bound), read)?.collect::<Result<Vec<_>, _>>()?;
        Ok(rows)
    }

    /// The ids of all schemas that identities use.
    ///
    /// # Errors
    /// When the database fails.
    pub fn used_schemas(&self) -> Result<Vec<String>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT DISTINCT json_extract(document, '$.schema_id') FROM identity")?;
        let ids = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(ids)
    }

    /// The number of identities.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_identities(&self) -> Result<u64, StoreError> {
        let count: i64 = self.lock().query_row("SELECT count(*) FROM identity", [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }
}

fn claim(transaction: &Transaction<'_>, row: &IdentityRow) -> Result<(), StoreError> {
    let mut statement = transaction.prepare_cached("INSERT INTO identity_claim VALUES (?, ?, ?)")?;
    for (kind, value) in &row.claims {
        statement.execute([kind, value, &row.id])?;
    }
    Ok(())
}
