//! Key sets, and the trusted issuers that refer to keys.
//!
//! Owns the two tables and their relation: removing a key removes the trusted issuers that use it. Does not read keys.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::super::kind::Stored;
use super::{Store, StoreError, span};

const KEY_TABLE: &str = "
CREATE TABLE IF NOT EXISTS jwk (
    added INTEGER PRIMARY KEY AUTOINCREMENT, key_set TEXT NOT NULL, kid TEXT NOT NULL, document TEXT NOT NULL,
    UNIQUE (key_set, kid)
) STRICT;
";
const TRUST_TABLE: &str = "
CREATE TABLE IF NOT EXISTS trust (
    id TEXT PRIMARY KEY, issuer TEXT NOT NULL, subject TEXT NOT NULL, kid TEXT NOT NULL, document TEXT NOT NULL,
    UNIQUE (issuer, subject, kid),
    FOREIGN KEY (issuer, kid) REFERENCES jwk (key_set, kid) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS trust_key ON trust (issuer, kid);
";

/// How key sets are observed: each is an object, and its keys are the rows.
pub static KEY_SETS: Stored = Stored {
    tables: &[KEY_TABLE],
    table: "jwk",
    id: "row.key_set",
    label: "''",
    document: "(SELECT json_object('keys', json_group_array(json(document))) FROM (SELECT document FROM jwk WHERE key_set = row.key_set ORDER BY added DESC))",
    parts: Some([
        "(SELECT iif(count(*) = 0, NULL, json_object('keys', json_group_array(json(document)))) FROM (SELECT document FROM jwk WHERE key_set = row.key_set AND added <> row.added ORDER BY added DESC))",
        "(SELECT json_object('keys', json_group_array(json(document))) FROM (SELECT added, document FROM jwk WHERE key_set = row.key_set AND added <> row.added UNION ALL SELECT row.added, row.document ORDER BY added DESC))",
    ]),
    whole: None,
};

/// How trusted issuers are observed.
pub static TRUSTS: Stored = Stored {
    tables: &[TRUST_TABLE],
    table: "trust",
    id: "row.id",
    label: "row.issuer",
    document: "row.document",
    parts: None,
    whole: None,
};

/// One key: its id, and its JSON.
pub type KeyRow = (String, String);

/// One trusted issuer.
pub struct TrustRow {
    /// Its id.
    pub id: String,
    /// The issuer, which also names the key set.
    pub issuer: String,
    /// The subject for which it may issue assertions; empty for any.
    pub subject: String,
    /// The key's id.
    pub kid: String,
    /// Everything else.
    pub document: String,
}

/// The trusted issuers to list.
#[derive(Clone, Debug, Default)]
pub struct TrustSelection<'a> {
    /// Exactly this issuer, unless empty.
    pub issuer: &'a str,
    /// Only ids after this one.
    pub after: Option<&'a str>,
    /// The number of issuers to skip.
    pub offset: u64,
    /// The largest number of issuers.
    pub limit: u64,
}

impl Store {
    /// Adds a key to a set.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if the set has a key with this id.
    pub fn add_key(&self, set: &str, key: &KeyRow) -> Result<(), StoreError> {
        self.transaction(|transaction| insert(transaction, set, key))
    }

    /// Adds a key to a set without keys; does not change any other set.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_first_key(&self, set: &str, key: &KeyRow) -> Result<(), StoreError> {
        self.transaction(|transaction| {
            let any: bool = transaction.query_row("SELECT EXISTS (SELECT 1 FROM jwk WHERE key_set = ?)", [set], |row| row.get(0))?;
            if any { Ok(()) } else { insert(transaction, set, key) }
        })
    }

    /// Replaces all keys of a set by these, in this order.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if two have the same id; nothing changes then.
    pub fn replace_keys(&self, set: &str, keys: &[KeyRow]) -> Result<(), StoreError> {
        self.transaction(|transaction| {
            transaction.execute("DELETE FROM jwk WHERE key_set = ?", [set])?;
            keys.iter().try_for_each(|key| insert(transaction, set, key))
        })
    }

    /// Replaces the key with this id in a set, or adds it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn replace_key(&self, set: &str, key: &KeyRow) -> Result<(), StoreError> {
        self.transaction(|transaction| {
            transaction.execute("DELETE FROM jwk WHERE key_set = ? AND kid = ?", [set, &key.0])?;
            insert(transaction, set, key)
        })
    }

    /// One key.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if there is none with this id.
    pub fn key(&self, set: &str, kid: &str) -> Result<String, StoreError> {
        let connection = self.lock();
        let found = connection
            .prepare_cached("SELECT document FROM jwk WHERE key_set = ? AND kid = ?")?
            .query_row([set, kid], |row| row.get(0))
            .optional()?;
        found.ok_or(StoreError::Absent)
    }

    /// The keys of a set, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn keys(&self, set: &str) -> Result<Vec<String>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT document FROM jwk WHERE key_set = ? ORDER BY added DESC")?;
        let keys = statement.query_map([set], |row| row.get(0))?.collect::<Result<Vec<_>, _>>()?;
        Ok(keys)
    }

    /// Removes one key, if it exists, and the trusted issuers that use it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove_key(&self, set: &str, kid: &str) -> Result<(), StoreError> {
        self.lock().prepare_cached("DELETE FROM jwk WHERE key_set = ? AND kid = ?")?.execute([set, kid])?;
        Ok(())
    }

    /// Removes the keys of a set, if there are any, and the trusted issuers that use them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove_keys(&self, set: &str) -> Result<(), StoreError> {
        self.lock().prepare_cached("DELETE FROM jwk WHERE key_set = ?")?.execute([set])?;
        Ok(())
    }

    /// Adds a trusted issuer, and its key unless the issuer has one with that id.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if this issuer, subject and key are trusted already.
    pub fn add_trust(&self, row: &TrustRow, key: &str) -> Result<(), StoreError> {
        self.transaction(|transaction| {
            transaction.execute(
                "INSERT INTO jwk (key_set, kid, document) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [&row.issuer, &row.kid, key],
            )?;
            transaction
                .execute("INSERT INTO trust VALUES (?, ?, ?, ?, ?)", [&row.id, &row.issuer, &row.subject, &row.kid, &row.document])?;
            Ok(())
        })
    }

    /// One trusted issuer.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if there is none with this id.
    pub fn trust(&self, id: &str) -> Result<TrustRow, StoreError> {
        let connection = self.lock();
        let found = connection
            .prepare_cached("SELECT id, issuer, subject, kid, document FROM trust WHERE id = ?")?
            .query_row([id], trust_of)
            .optional()?;
        found.ok_or(StoreError::Absent)
    }

    /// Trusted issuers in the order of their ids.
    ///
    /// # Errors
    /// When the database fails.
    pub fn trusts(&self, which: &TrustSelection<'_>) -> Result<Vec<TrustRow>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT id, issuer, subject, kid, document FROM trust
             WHERE (?1 = '' OR issuer = ?1) AND (?2 IS NULL OR id > ?2) ORDER BY id LIMIT ?3 OFFSET ?4",
        )?;
        let rows = statement.query_map(params![which.issuer, which.after, span(which.limit), span(which.offset)], trust_of)?;
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        Ok(rows)
    }

    /// The number of trusted issuers.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_trusts(&self) -> Result<u64, StoreError> {
        let count: i64 = self.lock().query_row("SELECT count(*) FROM trust", [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// Removes a trusted issuer and its key, and so all others that use that key.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if there is none with this id.
    pub fn remove_trust(&self, id: &str) -> Result<(), StoreError> {
        let keys = "DELETE FROM jwk WHERE (key_set, kid) IN (SELECT issuer, kid FROM trust WHERE id = ?)";
        match self.lock().prepare_cached(keys)?.execute([id])? {
            0 => Err(StoreError::Absent),
            _ => Ok(()),
        }
    }
}

fn insert(transaction: &Transaction<'_>, set: &str, key: &KeyRow) -> Result<(), StoreError> {
    transaction.prepare_cached("INSERT INTO jwk (key_set, kid, document) VALUES (?, ?, ?)")?.execute([set, &key.0, &key.1])?;
    Ok(())
}

fn trust_of(row: &Row<'_>) -> rusqlite::Result<TrustRow> {
    Ok(TrustRow { id: row.get(0)?, issuer: row.get(1)?, subject: row.get(2)?, kid: row.get(3)?, document: row.get(4)? })
}
