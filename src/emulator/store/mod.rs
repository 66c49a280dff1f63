//! The emulator's storage, in SQLite.
//!
//! Owns the file and the settings; the tables are in the files beside this one. Stores most objects as documents by id, and does
//! not read them; knows nothing of HTTP.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::kind::Kind;

pub mod changes;
pub mod clients;
pub mod identities;
pub mod keys;
pub mod parts;
pub mod projects;
pub mod sessions;
pub mod tuples;

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The key exists already.
    #[error("exists already")]
    Exists,
    /// There is no such row.
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

/// Increased when older versions can no longer read the tables.
const FORMAT: i64 = 1;
/// Identifies the emulator's databases (SQLite's `application_id`).
const OURS: i32 = i32::from_be_bytes(*b"jani");
const SETTINGS: &str = "CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;";

/// The database.
pub struct Store {
    connection: Mutex<Connection>,
    kinds: Vec<&'static Kind>,
    /// Stores that are observed together with this one: those of projects.
    beside: Mutex<Vec<Arc<Store>>>,
    watched: AtomicBool,
}

impl Store {
    /// Opens the file with tables for these kinds of objects, readable by its owner only; without a path, a database in memory.
    ///
    /// # Errors
    /// If the file cannot be opened, or is no database of the emulator: then it is not changed.
    pub fn open(path: Option<&Path>, kinds: Vec<&'static Kind>) -> Result<Self, StoreError> {
        let connection = match path {
            Some(path) => {
                // SQLite gives its side files the mode of the main file.
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
        let tables: String =
            kinds.iter().filter_map(|kind| kind.stored).flat_map(|stored| stored.tables).copied().chain([SETTINGS]).collect();
        connection
            .execute_batch(&format!("BEGIN IMMEDIATE; PRAGMA application_id = {OURS}; PRAGMA user_version = {FORMAT}; {tables} COMMIT;"))?;
        if path.is_some() {
            // Only after the statements above: with WAL, the identification would be in a side file, not in the main file.
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "NORMAL")?;
        }
        Ok(Self { connection: Mutex::new(connection), kinds, beside: Mutex::default(), watched: AtomicBool::new(false) })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic leaves no incomplete statement: SQLite rolls back.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs all statements, or none if one fails.
    fn transaction<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    /// The setting with this name; `make` makes it at the first request.
    ///
    /// # Errors
    /// If the database or `make` fails.
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

/// A length in SQLite's type.
fn span(length: u64) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// Creates the file if necessary, and makes it readable by its owner only. Files of others are not changed.
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
        // A pipe is not opened, since that would wait for a writer.
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

/// The length of the header of an SQLite database (<https://sqlite.org/fileformat.html>, 1.3).
const HEADER: u64 = 100;

fn is_ours(header: &[u8]) -> bool {
    header.starts_with(b"SQLite format 3\0") && header.get(68..72) == Some(&OURS.to_be_bytes())
}

fn foreign() -> io::Error {
    io::Error::other("it is no database of the emulator; nothing of it was changed")
}
