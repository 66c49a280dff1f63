//! Objects that belong to a project, an organization or a workspace and have a document of their own: finding and storing them.
//!
//! Owns what all of these kinds share; the kinds are in the files beside this one.

use super::console::Console;
use super::failure::Failure;
use super::project::Project;
use crate::emulator::go::json::{Json, parse_whole};
use crate::emulator::kind::Stored;

impl Console {
    /// The project, if it exists and is not deleted.
    pub(super) fn living_project(&self, id: &str) -> Result<Project, Failure> {
        self.load(id).and_then(|project| self.living(project))
    }

    /// All parts of this owner.
    pub(super) fn parts(&self, of: &Stored, owner: &str) -> Result<Vec<Json>, Failure> {
        read(self.store.parts(of, Some(owner))?)
    }

    /// All parts of this kind, of all projects that are not deleted.
    pub(super) fn parts_of_projects(&self, of: &Stored) -> Result<Vec<Json>, Failure> {
        let mut all = Vec::new();
        for project in self.store.projects()?.iter().map(|row| Project::open(row, &self.base)) {
            let project = project?;
            all.extend(if project.is_deleted() { Vec::new() } else { self.parts(of, &project.id)? });
        }
        Ok(all)
    }

    /// The part with this id.
    ///
    /// # Errors
    /// 404 if there is none. The description has no status for that.
    pub(super) fn part(&self, of: &Stored, owner: &str, id: &str) -> Result<Json, Failure> {
        let found = self.parts(of, owner)?.into_iter().find(|part| text_of(part, "id").eq_ignore_ascii_case(id));
        found.ok_or_else(|| Failure::not_found("There is no such object."))
    }

    pub(super) fn keep_part(&self, of: &Stored, owner: &str, name: &str, part: &Json) -> Result<(), Failure> {
        Ok(self.store.put_part(of, owner, &text_of(part, "id"), name, &part.compact())?)
    }

    pub(super) fn drop_part(&self, of: &Stored, owner: &str, id: &str) -> Result<(), Failure> {
        Ok(self.store.remove_part(of, owner, &id.to_ascii_lowercase())?)
    }

    /// Checks that the plan has this feature.
    ///
    /// # Errors
    /// 403 if it lacks it.
    pub(super) fn has(&self, feature: &str) -> Result<(), Failure> {
        if self.switches.get().without.contains(feature) { Err(Failure::feature_not_available(feature)) } else { Ok(()) }
    }
}

fn read(documents: Vec<String>) -> Result<Vec<Json>, Failure> {
    documents.iter().map(|document| parse_whole(document.as_bytes()).map_err(|_| Failure::internal())).collect()
}

/// The text of a member; empty if there is none.
pub(super) fn text_of(object: &Json, name: &str) -> String {
    object.member(name).and_then(Json::as_text).unwrap_or_default()
}

/// A boolean member, if it is set.
pub(super) fn flag(body: &Json, name: &str) -> Result<Option<bool>, Failure> {
    match body.member(name) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Bool(flag)) => Ok(Some(*flag)),
        Some(other) => Err(Failure::bad_request(format!("{name} has to be a boolean, but is {}.", other.kind()))),
    }
}

/// A member with a list of texts, if it is set.
pub(super) fn texts(body: &Json, name: &str) -> Result<Option<Vec<String>>, Failure> {
    let wrong = |other: &Json| Failure::bad_request(format!("{name} has to be an array of strings, but has {}.", other.kind()));
    match body.member(name) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Array(items)) => items.iter().map(|item| item.as_text().ok_or_else(|| wrong(item))).collect::<Result<_, _>>().map(Some),
        Some(other) => Err(wrong(other)),
    }
}

/// A text member, if it is set; it may be empty.
pub(super) fn maybe_empty(body: &Json, name: &str) -> Result<Option<String>, Failure> {
    match body.member(name) {
        None | Some(Json::Null) => Ok(None),
        Some(value) => {
            let text = value.as_text();
            text.map(Some).ok_or_else(|| Failure::bad_request(format!("{name} has to be a string, but is {}.", value.kind())))
        }
    }
}
