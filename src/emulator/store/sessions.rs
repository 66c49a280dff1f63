//! Sessions, and the logins that begin them.
//!
//! Owns both tables. Removing an identity removes its sessions; of a session's token, only a fingerprint is stored.

use rusqlite::{OptionalExtension as _, Row, named_params, params};

use super::{Store, StoreError, span};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS session (
    id TEXT PRIMARY KEY, identity_id TEXT NOT NULL REFERENCES identity (id) ON DELETE CASCADE, token TEXT NOT NULL UNIQUE,
    active INTEGER NOT NULL, ends INTEGER NOT NULL, expires TEXT NOT NULL, authenticated TEXT NOT NULL, completed TEXT NOT NULL,
    created TEXT NOT NULL, device TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS session_identity ON session (identity_id);
CREATE TABLE IF NOT EXISTS login (id TEXT PRIMARY KEY, issued TEXT NOT NULL, expires TEXT NOT NULL, ends INTEGER NOT NULL) STRICT, WITHOUT ROWID;
";

/// One session.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// Its id.
    pub id: String,
    /// The id of its identity.
    pub identity: String,
    /// The fingerprint of its token.
    pub token: String,
    /// Whether it has not been ended.
    pub active: bool,
    /// When it ends, in seconds.
    pub ends: i64,
    /// The same time as it is printed.
    pub expires: String,
    /// When it began.
    pub authenticated: String,
    /// When the sign-in was completed.
    pub completed: String,
    /// When it was stored.
    pub created: String,
    /// The device on which it began, a JSON object.
    pub device: String,
}

/// The sessions to list.
#[derive(Clone, Debug, Default)]
pub struct SessionSelection<'a> {
    /// Only those of this identity.
    pub identity: Option<&'a str>,
    /// Only valid or only invalid ones, at this time in seconds.
    pub active: Option<(bool, i64)>,
    /// Only those after this one: its time of storage and its id.
    pub after: Option<(String, String)>,
    /// The number of sessions to skip.
    pub offset: u64,
    /// The largest number of sessions.
    pub limit: u64,
}

/// One login that has begun.
pub struct LoginRow {
    /// Its id.
    pub id: String,
    /// When it began.
    pub issued: String,
    /// When it ends, as it is printed.
    pub expires: String,
    /// The same time in seconds.
    pub ends: i64,
}

const MATCHING: &str = "(:identity IS NULL OR identity_id = :identity)
    AND (:active IS NULL OR (active AND ends >= :now) = :active)
    AND (:created IS NULL OR created < :created OR created = :created AND id > :id)";

impl Store {
    /// Adds a session.
    ///
    /// # Errors
    /// If the identity no longer exists.
    pub fn add_session(&self, row: &SessionRow) -> Result<(), StoreError> {
        self.lock().prepare_cached("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?.execute(params![
            row.id,
            row.identity,
            row.token,
            row.active,
            row.ends,
            row.expires,
            row.authenticated,
            row.completed,
            row.created,
            row.device
        ])?;
        Ok(())
    }

    /// One session.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if there is none with this id.
    pub fn session(&self, id: &str) -> Result<SessionRow, StoreError> {
        self.session_by("SELECT * FROM session WHERE id = ?", id)
    }

    /// The session of a token with this fingerprint.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if there is none.
    pub fn session_of(&self, token: &str) -> Result<SessionRow, StoreError> {
        self.session_by("SELECT * FROM session WHERE token = ?", token)
    }

    fn session_by(&self, query: &str, key: &str) -> Result<SessionRow, StoreError> {
        let connection = self.lock();
        let found = connection.prepare_cached(query)?.query_row([key], session_of).optional()?;
        found.ok_or(StoreError::Absent)
    }

    /// Sessions, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn sessions(&self, which: &SessionSelection<'_>) -> Result<Vec<SessionRow>, StoreError> {
        let connection = self.lock();
        let query = format!("SELECT * FROM session WHERE {MATCHING} ORDER BY created DESC, id LIMIT :limit OFFSET :offset");
        let (created, id) = which.after.as_ref().map_or((None, None), |(created, id)| (Some(created), Some(id)));
        let mut statement = connection.prepare_cached(&query)?;
        let rows = statement.query_map(
            named_params! {
                ":identity": which.identity, ":active": which.active.map(|active| active.0), ":now": which.active.map(|active| active.1),
                ":created": created, ":id": id, ":limit": span(which.limit), ":offset": span(which.offset),
            },
            session_of,
        )?;
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        Ok(rows)
    }

    /// The number of these sessions on all pages.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_sessions(&self, which: &SessionSelection<'_>) -> Result<u64, StoreError> {
        Ok(self.sessions(&SessionSelection { limit: u64::MAX, offset: 0, after: None, ..which.clone() })?.len() as u64)
    }

    /// Ends a session, which remains visible.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if there is none with this id.
    pub fn end_session(&self, id: &str) -> Result<(), StoreError> {
        match self.lock().prepare_cached("UPDATE session SET active = FALSE WHERE id = ?")?.execute([id])? {
            0 => Err(StoreError::Absent),
            _ => Ok(()),
        }
    }

    /// Changes the end of a session.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if there is none with this id.
    pub fn extend_session(&self, id: &str, ends: i64, expires: &str) -> Result<(), StoreError> {
        match self.lock().prepare_cached("UPDATE session SET ends = ?, expires = ? WHERE id = ?")?.execute(params![ends, expires, id])? {
            0 => Err(StoreError::Absent),
            _ => Ok(()),
        }
    }

    /// Removes every session of an identity.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if it has none.
    pub fn remove_sessions(&self, identity: &str) -> Result<(), StoreError> {
        match self.lock().prepare_cached("DELETE FROM session WHERE identity_id = ?")?.execute([identity])? {
            0 => Err(StoreError::Absent),
            _ => Ok(()),
        }
    }

    /// The document of the identity that signs in with this identifier.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if there is none.
    pub fn identity_by_claim(&self, kind: &str, value: &str) -> Result<String, StoreError> {
        let connection = self.lock();
        let found = connection
            .prepare_cached(
                "SELECT document FROM identity WHERE id IN (SELECT identity_id FROM identity_claim WHERE kind = ? AND value = ?)",
            )?
            .query_row([kind, value], |row| row.get(0))
            .optional()?;
        found.ok_or(StoreError::Absent)
    }

    /// Adds a login.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_login(&self, row: &LoginRow) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        // Remove logins that ended some time ago.
        transaction.execute("DELETE FROM login WHERE ends < ?", [row.ends - 2 * 3600])?;
        transaction.prepare_cached("INSERT INTO login VALUES (?, ?, ?, ?)")?.execute(params![row.id, row.issued, row.expires, row.ends])?;
        transaction.commit()?;
        Ok(())
    }

    /// One login.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if there is none with this id.
    pub fn login(&self, id: &str) -> Result<LoginRow, StoreError> {
        let connection = self.lock();
        let read = |row: &Row<'_>| Ok(LoginRow { id: row.get(0)?, issued: row.get(1)?, expires: row.get(2)?, ends: row.get(3)? });
        let found =
            connection.prepare_cached("SELECT id, issued, expires, ends FROM login WHERE id = ?")?.query_row([id], read).optional()?;
        found.ok_or(StoreError::Absent)
    }
}

fn session_of(row: &Row<'_>) -> rusqlite::Result<SessionRow> {
    Ok(SessionRow {
        id: row.get(0)?,
        identity: row.get(1)?,
        token: row.get(2)?,
        active: row.get(3)?,
        ends: row.get(4)?,
        expires: row.get(5)?,
        authenticated: row.get(6)?,
        completed: row.get(7)?,
        created: row.get(8)?,
        device: row.get(9)?,
    })
}
