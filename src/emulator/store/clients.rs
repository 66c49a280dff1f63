//! Clients, their tokens, and devices that wait for authorization.
//!
//! Owns their tables: documents by id. Removing a client removes all that belongs to it. Does not read the documents.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::super::kind::Stored;
use super::{Store, StoreError, span};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS client (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, owner TEXT NOT NULL,
    secret TEXT NOT NULL, registration TEXT NOT NULL, created TEXT NOT NULL, document TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS token (
    signature TEXT PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    scope TEXT NOT NULL, audience TEXT NOT NULL, issued INTEGER NOT NULL, expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS device_code (
    signature TEXT PRIMARY KEY, client_id TEXT NOT NULL REFERENCES client (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rotated_secret (
    client_id TEXT NOT NULL REFERENCES client (id) ON DELETE CASCADE, age INTEGER NOT NULL, hash TEXT NOT NULL,
    PRIMARY KEY (client_id, age)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS token_client ON token (client_id);
";

/// How clients are observed; the caller completes the stored documents.
pub const STORED: Stored = Stored {
    tables: &[SCHEMA],
    table: "client",
    id: "row.id",
    label: "row.name",
    // The hash shows whether the secret has changed.
    document: "json_set(row.document, '$.client_id', row.id, '$.client_name', row.name, '$.owner', row.owner,
        '$.created_at', row.created, '$.client_secret', row.secret)",
    parts: None,
    whole: None,
};

/// One stored client.
pub struct ClientRow {
    /// Its id.
    pub id: String,
    /// Its name, for filtering.
    pub name: String,
    /// Its owner, for filtering.
    pub owner: String,
    /// The hash of its secret.
    pub secret: String,
    /// The hashes of older secrets that still work, the newest first. Lists of clients contain neither secrets nor tokens.
    pub rotated: Vec<String>,
    /// The signature of its registration token; empty if it has none.
    pub registration: String,
    /// The time of creation, which no update changes.
    pub created: String,
    /// Everything else.
    pub document: String,
}

/// One stored access token.
pub struct TokenRow {
    /// The signature by which it is found.
    pub signature: String,
    /// The id of its client.
    pub client_id: String,
    /// Granted scopes, separated by spaces.
    pub scope: String,
    /// Granted audiences, a JSON array.
    pub audience: String,
    /// When it was issued, in seconds.
    pub issued: i64,
    /// When it ends, in seconds.
    pub expires: i64,
}

/// The clients to list.
#[derive(Clone, Debug, Default)]
pub struct Selection<'a> {
    /// Exactly this name, unless empty.
    pub name: &'a str,
    /// Exactly this owner, unless empty.
    pub owner: &'a str,
    /// Only ids after this one.
    pub after: Option<&'a str>,
    /// The number of clients to skip.
    pub offset: u64,
    /// The largest number of clients.
    pub limit: u64,
}

impl Store {
    /// Adds a client.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if the id is taken.
    pub fn add_client(&self, row: &ClientRow) -> Result<(), StoreError> {
        self.lock().prepare_cached("INSERT INTO client VALUES (?, ?, ?, ?, ?, ?, ?)")?.execute(params![
            row.id,
            row.name,
            row.owner,
            row.secret,
            row.registration,
            row.created,
            row.document
        ])?;
        Ok(())
    }

    /// One client.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if there is none with this id.
    pub fn client(&self, id: &str) -> Result<ClientRow, StoreError> {
        read_client(&self.lock(), id)
    }

    /// Replaces a client by the result of `change`, in one transaction.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if there is none with this id.
    pub fn change_client(&self, id: &str, change: impl FnOnce(ClientRow) -> ClientRow) -> Result<(), StoreError> {
        let connection = self.lock();
        let row = change(read_client(&connection, id)?);
        connection
            .prepare_cached("UPDATE client SET name = ?, owner = ?, secret = ?, registration = ?, document = ? WHERE id = ?")?
            .execute(params![row.name, row.owner, row.secret, row.registration, row.document, id])?;
        connection.prepare_cached("DELETE FROM rotated_secret WHERE client_id = ?")?.execute([id])?;
        let mut keep = connection.prepare_cached("INSERT INTO rotated_secret VALUES (?, ?, ?)")?;
        for (age, hash) in (0_i64..).zip(&row.rotated) {
            keep.execute(params![id, age, hash])?;
        }
        Ok(())
    }

    /// Removes a client and its tokens.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if there is none with this id.
    pub fn remove_client(&self, id: &str) -> Result<(), StoreError> {
        match self.lock().prepare_cached("DELETE FROM client WHERE id = ?")?.execute([id])? {
            0 => Err(StoreError::Absent),
            _ => Ok(()),
        }
    }

    /// Clients in the order of their ids.
    ///
    /// # Errors
    /// When the database fails.
    pub fn clients(&self, which: &Selection<'_>) -> Result<Vec<ClientRow>, StoreError> {
        let connection = self.lock();
        // Every id has at least one character. Skipped clients are passed in the index of ids, and not read.
        let mut statement = connection.prepare_cached(
            "SELECT id, name, owner, '', '', created, document FROM client
             WHERE id > ?3 AND (?1 = '' OR name = ?1) AND (?2 = '' OR owner = ?2)
             ORDER BY id LIMIT ?4 OFFSET ?5",
        )?;
        let after = which.after.unwrap_or_default();
        let rows = statement.query_map(params![which.name, which.owner, after, span(which.limit), span(which.offset)], client_of)?;
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        Ok(rows)
    }

    /// The number of clients.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_clients(&self) -> Result<u64, StoreError> {
        let count: i64 = self.lock().query_row("SELECT count(*) FROM client", [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// Adds an access token.
    ///
    /// # Errors
    /// If its client no longer exists.
    pub fn add_token(&self, row: &TokenRow) -> Result<(), StoreError> {
        self.lock().prepare_cached("INSERT INTO token VALUES (?, ?, ?, ?, ?, ?)")?.execute(params![
            row.signature,
            row.client_id,
            row.scope,
            row.audience,
            row.issued,
            row.expires
        ])?;
        Ok(())
    }

    /// One access token.
    ///
    /// # Errors
    /// When the database fails.
    pub fn token(&self, signature: &str) -> Result<Option<TokenRow>, StoreError> {
        let connection = self.lock();
        let row = connection
            .prepare_cached("SELECT signature, client_id, scope, audience, issued, expires FROM token WHERE signature = ?")?
            .query_row([signature], |row| {
                Ok(TokenRow {
                    signature: row.get(0)?,
                    client_id: row.get(1)?,
                    scope: row.get(2)?,
                    audience: row.get(3)?,
                    issued: row.get(4)?,
                    expires: row.get(5)?,
                })
            })
            .optional()?;
        Ok(row)
    }

    /// Removes one access token if it belongs to this client.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove_token(&self, signature: &str, client_id: &str) -> Result<(), StoreError> {
        self.lock().prepare_cached("DELETE FROM token WHERE signature = ? AND client_id = ?")?.execute([signature, client_id])?;
        Ok(())
    }

    /// Removes every access token of a client.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove_tokens(&self, client_id: &str) -> Result<(), StoreError> {
        self.lock().prepare_cached("DELETE FROM token WHERE client_id = ?")?.execute([client_id])?;
        Ok(())
    }

    /// Adds the code of a device that waits for authorization.
    ///
    /// # Errors
    /// If its client no longer exists.
    pub fn add_device_code(&self, signature: &str, client_id: &str) -> Result<(), StoreError> {
        self.lock().prepare_cached("INSERT INTO device_code VALUES (?, ?)")?.execute([signature, client_id])?;
        Ok(())
    }

    /// Whether a device waits with this code.
    ///
    /// # Errors
    /// When the database fails.
    pub fn has_device_code(&self, signature: &str) -> Result<bool, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM device_code WHERE signature = ?)")?;
        Ok(statement.query_row([signature], |row| row.get(0))?)
    }
}

fn read_client(connection: &Connection, id: &str) -> Result<ClientRow, StoreError> {
    let client = connection
        .prepare_cached("SELECT id, name, owner, secret, registration, created, document FROM client WHERE id = ?")?
        .query_row([id], client_of)
        .optional()?
        .ok_or(StoreError::Absent)?;
    let mut rotated = connection.prepare_cached("SELECT hash FROM rotated_secret WHERE client_id = ? ORDER BY age")?;
    let rotated = rotated.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(ClientRow { rotated, ..client })
}

fn client_of(row: &Row<'_>) -> rusqlite::Result<ClientRow> {
    Ok(ClientRow {
        id: row.get(0)?,
        name: row.get(1)?,
        owner: row.get(2)?,
        secret: row.get(3)?,
        rotated: Vec::new(),
        registration: row.get(4)?,
        created: row.get(5)?,
        document: row.get(6)?,
    })
}
