//! Keys of projects: made, listed and removed; and whether one opens a project.
//!
//! Owns the handlers. A key's value is told once and kept as a fingerprint.

use super::failure::Failure;
use super::project::{Project, body, new_id, now, optional, text};
use super::{Console, tree};
use crate::emulator::clock;
use crate::emulator::go::json::{Json, parse_whole};
use crate::emulator::reply::Reply;
use crate::emulator::secret;
use crate::emulator::store::projects::KeyRow;

/// How many of a key's last letters are told. That some are is said, and not how many.
const LAST: usize = 4;

impl Console {
    pub(super) fn list_keys(&self, project: &str) -> Result<Reply, Failure> {
        let project = self.load_any(project).and_then(|project| self.living(project))?;
        let keys: Vec<String> = self.store.project_keys(&project.id)?.into_iter().map(|key| key.document).collect();
        Ok(Reply::document(200, &format!("[{}]", keys.join(","))))
    }

    pub(super) fn create_key(&self, project: &str, sent: &[u8]) -> Result<Reply, Failure> {
        let sent = body(sent)?;
        let (name, ends) = (text(&sent, "name")?, optional(&sent, "expires_at")?);
        let project = self.load_any(project).and_then(|project| self.living(project))?;
        let ends = ends.as_deref().map(|ends| clock::parse(ends).map_err(Failure::bad_request)).transpose()?.flatten();
        let value = format!("ory_pat_{}", secret::draw(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 32)?);
        let (id, at) = (new_id(), now());
        let mut document = tree::object([
            ("id", Json::text(&id)),
            ("name", Json::text(&name)),
            // Whoever has the key that made it; nobody is known here, so it is the workspace.
            ("owner_id", Json::text(&project.record.workspace_id)),
            ("project_id", Json::text(&project.id)),
            ("last_characters", Json::text(&value[value.len() - LAST..])),
            ("expires_at", ends.map_or(Json::Null, |ends| Json::text(&ends.to_string()))),
            ("created_at", Json::text(&at)),
            ("updated_at", Json::text(&at)),
        ]);
        self.store.add_project_key(&KeyRow {
            id,
            project: project.id,
            name,
            fingerprint: secret::fingerprint(&value),
            made: i64::try_from(clock::nanoseconds()).unwrap_or(i64::MAX),
            document: document.compact(),
        })?;
        tree::put(&mut document, &["value"], Json::text(&value));
        Ok(Reply::document(201, &document.compact()))
    }

    pub(super) fn delete_key(&self, project: &str, id: &str) -> Result<Reply, Failure> {
        let project = self.load_any(project).and_then(|project| self.living(project))?;
        self.store.remove_project_key(&project.id, &id.to_ascii_lowercase())?;
        Ok(Reply::empty(204))
    }

    /// Whether this key opens the project.
    pub(super) fn opens(&self, project: &Project, key: &str) -> Result<bool, Failure> {
        let fingerprint = secret::fingerprint(key);
        let found = self.store.project_keys(&project.id)?.into_iter().find(|row| secret::same(&row.fingerprint, &fingerprint));
        let delay = i128::try_from(self.switches.get().key_delay.as_nanos()).unwrap_or(i128::MAX);
        let works = |row: &KeyRow| i128::from(row.made).saturating_add(delay) <= clock::nanoseconds();
        Ok(found.is_some_and(|row| works(&row) && !is_over(&row.document)))
    }
}

fn is_over(document: &str) -> bool {
    let ends = parse_whole(document.as_bytes()).ok().and_then(|key| key.member("expires_at")?.as_text());
    let ends = ends.and_then(|ends| ends.parse::<jiff::Timestamp>().ok());
    ends.is_some_and(|ends| ends.as_nanosecond() <= clock::nanoseconds())
}
