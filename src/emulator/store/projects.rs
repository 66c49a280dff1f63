//! Projects of Ory Network, their workspaces and keys, and files with uploaded content.
//!
//! Owns their tables: documents by id. Does not read the documents.

use rusqlite::{OptionalExtension as _, Row, params};

use super::super::kind::Stored;
use super::{Store, StoreError};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS workspace (id TEXT PRIMARY KEY, name TEXT NOT NULL, document TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS project (
    id TEXT PRIMARY KEY, slug TEXT NOT NULL UNIQUE, name TEXT NOT NULL, record TEXT NOT NULL, settings TEXT NOT NULL, document TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS project_key (
    id TEXT PRIMARY KEY, project TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE, name TEXT NOT NULL,
    fingerprint TEXT NOT NULL, made INTEGER NOT NULL, document TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS file (url TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT;
";

/// How projects are observed.
pub static PROJECTS: Stored =
    Stored { tables: &[SCHEMA], table: "project", id: "row.id", label: "row.name", document: "row.document", parts: None, whole: None };
/// How workspaces are observed.
pub static WORKSPACES: Stored =
    Stored { tables: &[], table: "workspace", id: "row.id", label: "row.name", document: "row.document", parts: None, whole: None };
/// How keys of projects are observed.
pub static KEYS: Stored =
    Stored { tables: &[], table: "project_key", id: "row.id", label: "row.name", document: "row.document", parts: None, whole: None };

/// One stored project.
#[derive(Clone)]
pub struct ProjectRow {
    /// Its id.
    pub id: String,
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its data besides the settings.
    pub record: String,
    /// Its settings.
    pub settings: String,
    /// Its document with all secrets, for observers, which must hide them.
    pub document: String,
}

/// One stored key of a project.
pub struct KeyRow {
    /// Its id.
    pub id: String,
    /// The id of its project.
    pub project: String,
    /// Its name.
    pub name: String,
    /// The fingerprint by which it is found.
    pub fingerprint: String,
    /// When it was made, in nanoseconds since 1970.
    pub made: i64,
    /// Its document in lists.
    pub document: String,
}

impl Store {
    /// Adds a workspace, or replaces the one with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put_workspace(&self, id: &str, name: &str, document: &str) -> Result<(), StoreError> {
        let query =
            "INSERT INTO workspace VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, document = excluded.document";
        self.lock().prepare_cached(query)?.execute((id, name, document))?;
        Ok(())
    }

    /// The documents of all workspaces, in the order in which they were added. There is always one: `first` has the id, name and
    /// document of the first one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn workspaces(&self, first: [&str; 3]) -> Result<Vec<String>, StoreError> {
        let connection = self.lock();
        let query = "INSERT INTO workspace SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM workspace)";
        connection.prepare_cached(query)?.execute(first)?;
        let mut statement = connection.prepare_cached("SELECT document FROM workspace ORDER BY rowid")?;
        let documents = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(documents)
    }

    /// Adds a project, or replaces the one with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put_project(&self, row: &ProjectRow) -> Result<(), StoreError> {
        let query = "INSERT INTO project VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
            name = excluded.name, record = excluded.record, settings = excluded.settings, document = excluded.document";
        self.lock().prepare_cached(query)?.execute(params![row.id, row.slug, row.name, row.record, row.settings, row.document])?;
        Ok(())
    }

    /// The project with this id or slug.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if there is none.
    pub fn project(&self, id_or_slug: &str) -> Result<ProjectRow, StoreError> {
        let query = "SELECT id, slug, name, record, settings, document FROM project WHERE id = ?1 OR slug = ?1";
        self.lock().prepare_cached(query)?.query_row([id_or_slug], project_of).optional()?.ok_or(StoreError::Absent)
    }

    /// All projects, in the order in which they were added.
    ///
    /// # Errors
    /// When the database fails.
    pub fn projects(&self) -> Result<Vec<ProjectRow>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT id, slug, name, record, settings, document FROM project ORDER BY rowid")?;
        let rows = statement.query_map([], project_of)?.collect::<Result<_, _>>()?;
        Ok(rows)
    }

    /// Adds a key of a project.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_project_key(&self, row: &KeyRow) -> Result<(), StoreError> {
        let values = params![row.id, row.project, row.name, row.fingerprint, row.made, row.document];
        self.lock().prepare_cached("INSERT INTO project_key VALUES (?, ?, ?, ?, ?, ?)")?.execute(values)?;
        Ok(())
    }

    /// The keys of a project, in the order in which they were added.
    ///
    /// # Errors
    /// When the database fails.
    pub fn project_keys(&self, project: &str) -> Result<Vec<KeyRow>, StoreError> {
        let connection = self.lock();
        let query = "SELECT id, project, name, fingerprint, made, document FROM project_key WHERE project = ? ORDER BY rowid";
        let mut statement = connection.prepare_cached(query)?;
        let rows = statement.query_map([project], |row| {
            let (id, project, name) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(KeyRow { id, project, name, fingerprint: row.get(3)?, made: row.get(4)?, document: row.get(5)? })
        })?;
        let rows = rows.collect::<Result<_, _>>()?;
        Ok(rows)
    }

    /// Removes a key of a project.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if it has none with this id.
    pub fn remove_project_key(&self, project: &str, id: &str) -> Result<(), StoreError> {
        let query = "DELETE FROM project_key WHERE project = ? AND id = ?";
        let removed = self.lock().prepare_cached(query)?.execute((project, id))?;
        if removed == 0 { Err(StoreError::Absent) } else { Ok(()) }
    }

    /// Stores a file; a URL always has the same content.
    ///
    /// # Errors
    /// When the database fails.
    pub fn keep_file(&self, url: &str, content: &[u8]) -> Result<(), StoreError> {
        self.lock().prepare_cached("INSERT OR IGNORE INTO file VALUES (?, ?)")?.execute((url, content))?;
        Ok(())
    }

    /// The content of a file.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if there is none at this URL.
    pub fn file(&self, url: &str) -> Result<Vec<u8>, StoreError> {
        let found = self.lock().prepare_cached("SELECT content FROM file WHERE url = ?")?.query_row([url], |row| row.get(0)).optional()?;
        found.ok_or(StoreError::Absent)
    }
}

fn project_of(row: &Row<'_>) -> rusqlite::Result<ProjectRow> {
    let (id, slug, name) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(ProjectRow { id, slug, name, record: row.get(3)?, settings: row.get(4)?, document: row.get(5)? })
}
