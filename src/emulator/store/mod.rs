//! What the emulator remembers, in SQLite.
//!
//! Owns the file and the tables of clients, tokens and settings; the other tables are in the files
//! beside this one. Keeps most things as documents under their id and does not look inside; knows
//! nothing of HTTP.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

pub mod changes;
pub mod identities;
pub mod keys;
pub mod sessions;
pub mod tuples;

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The key is taken.
    #[error("exists already")]
    Exists,
    /// No such row.
    #[error("absent")]
    Absent,
    /// The database failed.
    #[error("{0}")]
    Broken(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) => Self::Exists,
            _ => Self::Broken(error.to_string()),
        }
    }
}

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
    /// The signature of its registration token; empty if it has none.
    pub registration: String,
    /// When it was created; no update changes that.
    pub created: String,
    /// Everything else.
    pub document: String,
}

/// One stored access token.
pub struct TokenRow {
    /// What it is found by.
    pub signature: String,
    /// Whose it is.
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

/// Which clients to list.
#[derive(Clone, Debug, Default)]
pub struct Selection<'a> {
    /// Exactly this name, unless empty.
    pub name: &'a str,
    /// Exactly this owner, unless empty.
    pub owner: &'a str,
    /// Only ids behind this one.
    pub after: Option<&'a str>,
    /// How many to leave out.
    pub offset: u64,
    /// At most so many.
    pub limit: u64,
}

/// Counts up when older programs can no longer read what newer ones write.
const FORMAT: i64 = 1;
/// What tells a database of ours from all others (SQLite's `application_id`).
const OURS: i32 = i32::from_be_bytes(*b"jani");
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
CREATE INDEX IF NOT EXISTS token_client ON token (client_id);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
";

/// The database.
pub struct Store(Mutex<Connection>);

impl Store {
    /// Opens the file, making it readable by its owner only, or a database in memory.
    ///
    /// # Errors
    /// When the file cannot be opened or is no database of this kind: then nothing of it is changed.
    pub fn open(path: Option<&Path>) -> Result<Self, StoreError> {
        let connection = match path {
            Some(path) => {
                // SQLite gives its side files the mode of the main one.
                private(path).map_err(|error| StoreError::Broken(format!("cannot open {}: {error}", path.display())))?;
                Connection::open(path)?
            }
            None => Connection::open_in_memory()?,
        };
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.pragma_update(None, "foreign_keys", true)?;
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version != 0 && version != FORMAT {
            return Err(StoreError::Broken(format!("the data has format {version}, this program writes format {FORMAT}")));
        }
        let tables = [SCHEMA, keys::SCHEMA, tuples::SCHEMA, identities::SCHEMA, sessions::SCHEMA].concat();
        connection
            .execute_batch(&format!("BEGIN IMMEDIATE; PRAGMA application_id = {OURS}; PRAGMA user_version = {FORMAT}; {tables} COMMIT;"))?;
        if path.is_some() {
            // Not before: by what is in the file itself, and not beside it, it is known again.
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "NORMAL")?;
        }
        Ok(Self(Mutex::new(connection)))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic cannot leave a statement half done: SQLite rolls back.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does all of it or, if it fails, nothing.
    fn transaction<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

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
    /// [`StoreError::Absent`] if there is none of that id.
    pub fn client(&self, id: &str) -> Result<ClientRow, StoreError> {
        read_client(&self.lock(), id)
    }

    /// Replaces a client by what `change` makes of it, both at one moment.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if there is none of that id.
    pub fn change_client(&self, id: &str, change: impl FnOnce(ClientRow) -> ClientRow) -> Result<(), StoreError> {
        let connection = self.lock();
        let row = change(read_client(&connection, id)?);
        connection
            .prepare_cached("UPDATE client SET name = ?, owner = ?, secret = ?, registration = ?, document = ? WHERE id = ?")?
            .execute(params![row.name, row.owner, row.secret, row.registration, row.document, id])?;
        Ok(())
    }

    /// Removes a client and its tokens.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if there is none of that id.
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
        let mut statement = connection.prepare_cached(
            "SELECT id, name, owner, secret, registration, created, document FROM client
             WHERE (?1 = '' OR name = ?1) AND (?2 = '' OR owner = ?2) AND (?3 IS NULL OR id > ?3)
             ORDER BY id LIMIT ?4 OFFSET ?5",
        )?;
        let rows = statement.query_map(params![which.name, which.owner, which.after, span(which.limit), span(which.offset)], client_of)?;
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        Ok(rows)
    }

    /// How many clients there are.
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
    /// When its client is gone meanwhile.
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

    /// Removes one access token if it is this client's.
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

    /// Adds the code of a device that waits to be let in.
    ///
    /// # Errors
    /// When its client is gone meanwhile.
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

    /// The setting of that name, made by `make` the first time it is asked for.
    ///
    /// # Errors
    /// When the database or `make` fails.
    pub fn setting<E>(&self, name: &str, make: impl FnOnce() -> Result<Vec<u8>, E>) -> Result<Vec<u8>, E>
    where
        E: From<StoreError>,
    {
        let connection = self.lock();
        let found = connection
            .query_row("SELECT value FROM setting WHERE name = ?", [name], |row| row.get(0))
            .optional()
            .map_err(StoreError::from)?;
        if let Some(value) = found {
            return Ok(value);
        }
        let value = make()?;
        connection.execute("INSERT INTO setting VALUES (?, ?)", params![name, value]).map_err(StoreError::from)?;
        Ok(value)
    }
}

/// A length as SQLite takes it.
fn span(length: u64) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn read_client(connection: &Connection, id: &str) -> Result<ClientRow, StoreError> {
    connection
        .prepare_cached("SELECT id, name, owner, secret, registration, created, document FROM client WHERE id = ?")?
        .query_row([id], client_of)
        .optional()?
        .ok_or(StoreError::Absent)
}

fn client_of(row: &Row<'_>) -> rusqlite::Result<ClientRow> {
    Ok(ClientRow {
        id: row.get(0)?,
        name: row.get(1)?,
        owner: row.get(2)?,
        secret: row.get(3)?,
        registration: row.get(4)?,
        created: row.get(5)?,
        document: row.get(6)?,
    })
}

/// Sees to it that nobody else can read the file, and makes it where there is none. What is not ours is left alone.
fn private(path: &Path) -> io::Result<()> {
    let file = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut options = fs::OpenOptions::new();
            options.append(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            return options.open(path).map(drop);
        }
        Err(error) => return Err(error),
        // A pipe is not opened, which would wait for whoever writes to it.
        Ok(found) if !found.is_file() => return Err(foreign()),
        Ok(_) => fs::File::open(path)?,
    };
    let mut header = Vec::new();
    (&file).take(HEADER).read_to_end(&mut header)?;
    if !header.is_empty() && !is_ours(&header) {
        return Err(foreign());
    }
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(())
}

/// How long the header of an SQLite database is (<https://sqlite.org/fileformat.html>, 1.3).
const HEADER: u64 = 100;

fn is_ours(header: &[u8]) -> bool {
    header.starts_with(b"SQLite format 3\0") && header.get(68..72) == Some(&OURS.to_be_bytes())
}

fn foreign() -> io::Error {
    io::Error::other("it is no database of the emulator; nothing of it was changed")
}
