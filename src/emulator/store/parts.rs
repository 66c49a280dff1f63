//! Objects that belong to an owner in the console of Ory Network: documents by the owner's id and their own. And API keys, which
//! have no owner.
//!
//! Owns their tables. Does not read the documents.

use rusqlite::{OptionalExtension as _, params};

use super::super::kind::Stored;
use super::{Store, StoreError};

/// A table of such documents, and how it is observed.
const fn part(table: &'static str, script: &'static [&'static str]) -> Stored {
    Stored { tables: script, table, id: "row.id", label: "row.name", document: "row.document", parts: None, whole: None }
}

macro_rules! parts {
    ($($name:ident = $table:literal, $doc:literal;)*) => {
        $(
            #[doc = $doc]
            pub static $name: Stored = part($table, &[concat!(
                "CREATE TABLE IF NOT EXISTS ", $table,
                " (id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL) STRICT;"
            )]);
        )*
    };
}

parts! {
    STREAMS = "event_stream", "Event streams of a project.";
    LINKS = "onboarding_portal_link", "Links to the onboarding portal of an organization.";
    DOMAINS = "custom_domain", "Custom domains of a project.";
    MEMBERS = "project_member", "Members of a project.";
    WORKSPACE_KEYS = "workspace_key", "API keys of a workspace.";
    ISSUED_KEYS = "issued_key", "API keys that Talos has issued.";
    IMPORTED_KEYS = "imported_key", "API keys that were imported into it.";
}

impl Store {
    /// Adds a part, or replaces the one with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put_part(&self, of: &Stored, owner: &str, id: &str, name: &str, document: &str) -> Result<(), StoreError> {
        let query = format!(
            "INSERT INTO {} VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, document = excluded.document",
            of.table
        );
        self.lock().prepare_cached(&query)?.execute(params![id, owner, name, document])?;
        Ok(())
    }

    /// The documents of all parts of this owner, or of all owners, in the order in which they were added.
    ///
    /// # Errors
    /// When the database fails.
    pub fn parts(&self, of: &Stored, owner: Option<&str>) -> Result<Vec<String>, StoreError> {
        let connection = self.lock();
        let query = format!("SELECT document FROM {} WHERE ?1 IS NULL OR owner = ?1 ORDER BY rowid", of.table);
        let mut statement = connection.prepare_cached(&query)?;
        let documents = statement.query_map([owner], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(documents)
    }

    /// The document of the part with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn part(&self, of: &Stored, id: &str) -> Result<Option<String>, StoreError> {
        let query = format!("SELECT document FROM {} WHERE id = ?", of.table);
        Ok(self.lock().prepare_cached(&query)?.query_row([id], |row| row.get(0)).optional()?)
    }

    /// Removes a part.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if the owner has none with this id.
    pub fn remove_part(&self, of: &Stored, owner: &str, id: &str) -> Result<(), StoreError> {
        let query = format!("DELETE FROM {} WHERE owner = ? AND id = ?", of.table);
        let removed = self.lock().prepare_cached(&query)?.execute((owner, id))?;
        if removed == 0 { Err(StoreError::Absent) } else { Ok(()) }
    }

    /// Removes all parts of an owner.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove_parts(&self, of: &Stored, owner: &str) -> Result<(), StoreError> {
        self.lock().prepare_cached(&format!("DELETE FROM {} WHERE owner = ?", of.table))?.execute([owner])?;
        Ok(())
    }
}
