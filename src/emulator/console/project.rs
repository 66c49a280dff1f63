//! A project: its record, its settings, and the forms in which it is answered.
//!
//! Owns reading and writing it as a whole, and the members of each form. The handlers of requests are in
//! [`super::projects`].

use serde::{Deserialize, Serialize};

use super::address;
use super::document::{self, View};
use super::failure::Failure;
use super::revision::{self, About};
use super::settings::Settings;
use super::tree;
use crate::emulator::clock;
use crate::emulator::go::json::{Json, parse_whole, quote};
use crate::emulator::secret;
use crate::emulator::store::projects::ProjectRow;

/// The facts about a project besides its settings.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Its environment: `prod`, `stage` or `dev`.
    pub environment: String,
    /// Its region.
    pub home_region: String,
    /// The workspace that it is in.
    pub workspace_id: String,
    /// `running` or `deleted`.
    pub state: String,
    /// The current revision.
    pub revision_id: String,
    /// When it was made.
    pub created_at: String,
    /// When it was changed last.
    pub updated_at: String,
}

/// A project.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its id.
    pub id: String,
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The facts besides its settings.
    pub record: Record,
    /// Its settings.
    pub settings: Settings,
}

/// The current time, in the form of answers.
pub(super) fn now() -> String {
    clock::to_microsecond(clock::now()).to_string()
}

/// A new id.
pub(super) fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// A slug: two words and ten letters or digits, as in real slugs.
pub(super) fn new_slug() -> Result<String, Failure> {
    const FIRST: [&str; 6] = ["brave", "calm", "eager", "gentle", "quiet", "vivid"];
    const SECOND: [&str; 6] = ["brook", "curie", "hopper", "lovelace", "noether", "turing"];
    let [one, other] = secret::random::<2>()?.map(usize::from);
    let end = secret::draw(b"abcdefghijklmnopqrstuvwxyz0123456789", 10)?;
    Ok(format!("{}-{}-{end}", FIRST[one % FIRST.len()], SECOND[other % SECOND.len()]))
}

impl Project {
    pub(super) fn open(row: &ProjectRow, base: &str) -> Result<Self, Failure> {
        let record = serde_json::from_str(&row.record).map_err(|_| Failure::internal())?;
        let settings = Settings::open(&row.settings, &address::url(base, &row.slug));
        Ok(Self { id: row.id.clone(), slug: row.slug.clone(), name: row.name.clone(), record, settings })
    }

    /// Whether it is deleted.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.record.state == "deleted"
    }

    /// The project as a document.
    #[must_use]
    pub fn document(&self, view: View) -> Json {
        let Record { environment, home_region, workspace_id, state, revision_id, .. } = &self.record;
        let own = [
            ("id", &self.id),
            ("slug", &self.slug),
            ("name", &self.name),
            ("environment", environment),
            ("home_region", home_region),
            ("workspace_id", workspace_id),
            ("state", state),
            ("revision_id", revision_id),
        ];
        let mut members: Vec<(String, Json)> = own.into_iter().map(|(name, text)| (name.to_owned(), Json::text(text))).collect();
        if let Json::Object(settings) = document::render(&self.settings, view) {
            members.extend(settings);
        }
        Json::Object(members)
    }

    /// The current revision as one object.
    #[must_use]
    pub fn revision(&self, view: View) -> Json {
        let Record { revision_id, created_at, updated_at, .. } = &self.record;
        let about = About { id: revision_id, project: &self.id, name: &self.name, created: created_at, updated: updated_at };
        revision::render(&self.settings, &about, view)
    }

    /// The project around its current revision.
    #[must_use]
    pub fn normalized(&self) -> Json {
        let mut members = self.summary();
        members.push(("current_revision".to_owned(), self.revision(View::Read)));
        members.retain(|member| member.0 != "name");
        Json::Object(members)
    }

    /// Its form in lists.
    #[must_use]
    pub fn metadata(&self) -> Json {
        Json::Object(self.summary())
    }

    fn summary(&self) -> Vec<(String, Json)> {
        let Record { environment, home_region, workspace_id, state, created_at, updated_at, .. } = &self.record;
        let texts = [
            ("id", &self.id),
            ("slug", &self.slug),
            ("name", &self.name),
            ("environment", environment),
            ("home_region", home_region),
            ("workspace_id", workspace_id),
            ("state", state),
            ("created_at", created_at),
            ("updated_at", updated_at),
        ];
        let mut members: Vec<(String, Json)> = texts.into_iter().map(|(name, text)| (name.to_owned(), Json::text(text))).collect();
        let host = self.settings.base.split("://").nth(1).unwrap_or_default();
        members.push(("hosts".to_owned(), Json::Array(vec![Json::text(host)])));
        members
    }
}

/// The body, which has to be a JSON object.
pub(super) fn body(body: &[u8]) -> Result<Json, Failure> {
    match parse_whole(body) {
        Ok(json @ Json::Object(_)) => Ok(json),
        Ok(other) => Err(Failure::bad_request(format!("Expected a JSON object, but got {}.", other.kind()))),
        Err(why) => Err(Failure::bad_request(format!("Unable to decode JSON payload: {why}"))),
    }
}

/// A required text member, which must not be empty.
pub(super) fn text(body: &Json, name: &str) -> Result<String, Failure> {
    optional(body, name)?.ok_or_else(|| Failure::bad_request(format!("{} is missing.", quote(name))))
}

/// A text member, if it is set.
pub(super) fn optional(body: &Json, name: &str) -> Result<Option<String>, Failure> {
    match tree::get(body, &[name]) {
        None | Some(Json::Null) => Ok(None),
        Some(value @ Json::Text(_)) => Ok(value.as_text().filter(|text| !text.is_empty())),
        Some(other) => Err(Failure::bad_request(format!("{} has to be a string, but is {}.", quote(name), other.kind()))),
    }
}

/// Checks that a text is one of these.
pub(super) fn one_of(name: &str, word: String, words: &[&str]) -> Result<String, Failure> {
    if words.contains(&word.as_str()) {
        return Ok(word);
    }
    Err(Failure::bad_request(format!("{} must be one of {}, but is {}.", quote(name), words.join(", "), quote(&word))))
}
