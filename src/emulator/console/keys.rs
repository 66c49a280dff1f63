//! Keys of projects and of workspaces: creating, listing and deleting them, and whether a key gives access to a project.
//!
//! Owns the handlers. A key's value is shown once and stored as a fingerprint.

use super::console::{Console, bearer};
use super::failure::Failure;
use super::parts::text_of;
use super::project::{Project, body, new_id, now, optional, text};
use super::tree;
use crate::emulator::call::Call;
use crate::emulator::clock;
use crate::emulator::go::json::{Json, parse_whole};
use crate::emulator::reply::Reply;
use crate::emulator::secret;
use crate::emulator::store::parts::WORKSPACE_KEYS;
use crate::emulator::store::projects::KeyRow;

/// The number of a key's last characters that are shown. The description says that some are, but not how many.
const LAST: usize = 4;

impl Console {
    pub(super) fn list_keys(&self, project: &str) -> Result<Reply, Failure> {
        let project = self.load_any(project).and_then(|project| self.living(project))?;
        let keys: Vec<String> = self.store.project_keys(&project.id)?.into_iter().map(|key| key.document).collect();
        Ok(Reply::document(200, format!("[{}]", keys.join(","))))
    }

    pub(super) fn create_key(&self, project: &str, sent: &[u8]) -> Result<Reply, Failure> {
        let sent = body(sent)?;
        let project = self.load_any(project).and_then(|project| self.living(project))?;
        // The owner is the person whose key made it. People are unknown here, so it is the workspace.
        let key = Key::new("ory_pat_", &sent, &project.record.workspace_id, ("project_id", &project.id))?;
        self.store.add_project_key(&KeyRow {
            id: key.id.clone(),
            project: project.id,
            name: key.name.clone(),
            fingerprint: secret::fingerprint(&key.value),
            made: i64::try_from(clock::nanoseconds()).unwrap_or(i64::MAX),
            document: key.document.compact(),
        })?;
        Ok(key.told())
    }

    pub(super) fn list_workspace_keys(&self, call: &Call, workspace: &str) -> Result<Reply, Failure> {
        let workspace = self.workspace_of_keys(call, workspace)?;
        Ok(Reply::document(200, Json::Array(self.parts(&WORKSPACE_KEYS, &workspace)?).compact()))
    }

    pub(super) fn create_workspace_key(&self, call: &Call, workspace: &str) -> Result<Reply, Failure> {
        let workspace = self.workspace_of_keys(call, workspace)?;
        let key = Key::new("ory_wak_", &body(&call.body)?, &workspace, ("workspace_id", &workspace))?;
        self.keep_part(&WORKSPACE_KEYS, &workspace, &key.name, &key.document)?;
        Ok(key.told())
    }

    pub(super) fn delete_workspace_key(&self, call: &Call, workspace: &str, id: &str) -> Result<Reply, Failure> {
        let workspace = self.workspace_of_keys(call, workspace)?;
        self.drop_part(&WORKSPACE_KEYS, &workspace, id)?;
        Ok(Reply::empty(204))
    }

    /// The id of the workspace, if the caller may manage its keys.
    fn workspace_of_keys(&self, call: &Call, workspace: &str) -> Result<String, Failure> {
        self.is_a_person(call)?;
        Ok(text_of(&self.workspace(workspace)?, "id"))
    }

    /// Checks that the request has a person's token, and not just a key.
    ///
    /// # Errors
    /// 403 if it has not.
    pub(super) fn is_a_person(&self, call: &Call) -> Result<(), Failure> {
        let is_key = self.switches.get().mere_keys && bearer(call).is_some_and(|key| key.starts_with("ory_wak_"));
        if is_key { Err(Failure::forbidden("A key of a workspace may not do this: only a person who is signed in may.")) } else { Ok(()) }
    }

    pub(super) fn delete_key(&self, project: &str, id: &str) -> Result<Reply, Failure> {
        let project = self.load_any(project).and_then(|project| self.living(project))?;
        self.store.remove_project_key(&project.id, &id.to_ascii_lowercase())?;
        Ok(Reply::empty(204))
    }

    /// Whether this key gives access to the project.
    pub(super) fn opens(&self, project: &Project, key: &str) -> Result<bool, Failure> {
        let fingerprint = secret::fingerprint(key);
        let found = self.store.project_keys(&project.id)?.into_iter().find(|row| secret::same(&row.fingerprint, &fingerprint));
        let delay = i128::try_from(self.switches.get().key_delay.as_nanos()).unwrap_or(i128::MAX);
        let works = |row: &KeyRow| i128::from(row.made).saturating_add(delay) <= clock::nanoseconds();
        Ok(found.is_some_and(|row| works(&row) && !is_over(&row.document)))
    }
}

/// A new key.
struct Key {
    id: String,
    name: String,
    value: String,
    document: Json,
}

impl Key {
    fn new(prefix: &str, sent: &Json, owner: &str, of: (&str, &str)) -> Result<Self, Failure> {
        let (name, ends) = (text(sent, "name")?, optional(sent, "expires_at")?);
        let ends = ends.as_deref().map(|ends| clock::parse(ends).map_err(Failure::bad_request)).transpose()?.flatten();
        let value = format!("{prefix}{}", secret::draw(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 32)?);
        let (id, at) = (new_id(), now());
        let document = tree::object([
            ("id", Json::text(&id)),
            ("name", Json::text(&name)),
            ("owner_id", Json::text(owner)),
            (of.0, Json::text(of.1)),
            ("last_characters", Json::text(&value[value.len() - LAST..])),
            ("expires_at", ends.map_or(Json::Null, |ends| Json::text(&ends.to_string()))),
            ("created_at", Json::text(&at)),
            ("updated_at", Json::text(&at)),
        ]);
        Ok(Self { id, name, value, document })
    }

    /// The only answer with its value.
    fn told(mut self) -> Reply {
        tree::put(&mut self.document, &["value"], Json::text(&self.value));
        Reply::document(201, self.document.compact())
    }
}

fn is_over(document: &str) -> bool {
    let ends = parse_whole(document.as_bytes()).ok().and_then(|key| key.member("expires_at")?.as_text());
    let ends = ends.and_then(|ends| ends.parse::<jiff::Timestamp>().ok());
    ends.is_some_and(|ends| ends.as_nanosecond() <= clock::nanoseconds())
}
