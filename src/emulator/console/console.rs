//! What the console remembers between requests, and whose key came with one.
//!
//! Owns how a project is found and kept; what is asked of one is for the files that answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::document::View;
use super::failure::Failure;
use super::project::{Project, new_id, now};
use super::settings::Written;
use super::switches::Board;
use crate::emulator::Options;
use crate::emulator::call::Call;
use crate::emulator::go::json::quote;
use crate::emulator::service::{Answering, Services};
use crate::emulator::store::projects::ProjectRow;
use crate::emulator::store::{Store, StoreError};

/// The service.
pub struct Console {
    pub(super) store: Arc<Store>,
    pub(super) options: Options,
    /// Its own address, without a slash at the end.
    pub(super) base: String,
    /// Held while a project is changed: what is read before is what is written over.
    pub(super) writing: Mutex<()>,
    pub(super) planes: Mutex<HashMap<String, Arc<Plane>>>,
    pub(super) switches: Arc<Board>,
    /// Projects as they were before a write, and how many more reads see them so.
    pub(super) stale: Mutex<HashMap<String, (Project, u32)>>,
    /// Custom domains, by their ids, and how many more looks at them see that they are not verified.
    pub(super) unverified: Mutex<HashMap<String, u32>>,
    /// Who serves a project.
    pub(super) services: Services,
}

/// A project's services.
pub struct Plane {
    pub(super) store: Arc<Store>,
    /// Which revision they are set up by.
    pub(super) revision: String,
    pub(super) services: Vec<Answering>,
}

impl Console {
    /// The project of that id, as long as anybody may know of it.
    ///
    /// # Errors
    /// 403 if there is none.
    pub(super) fn load(&self, id: &str) -> Result<Project, Failure> {
        if uuid::Uuid::parse_str(id).is_err() {
            return Err(Failure::not_found(format!("{} is no id of a project.", quote(id))));
        }
        self.load_any(&id.to_ascii_lowercase())
    }

    /// The project of that id or slug.
    ///
    /// # Errors
    /// 403 if there is none.
    pub(super) fn load_any(&self, id_or_slug: &str) -> Result<Project, Failure> {
        match self.store.project(id_or_slug) {
            Ok(row) => Project::open(&row, &self.base),
            Err(StoreError::Absent) => Err(Failure::forbidden("There is no such project, or it is not for this key.")),
            Err(error) => Err(error.into()),
        }
    }

    /// The same, if it is not deleted.
    ///
    /// # Errors
    /// 404 if it is.
    pub(super) fn living(&self, project: Project) -> Result<Project, Failure> {
        if project.is_deleted() { Err(Failure::not_found("The project was deleted.")) } else { Ok(project) }
    }

    pub(super) fn keep(&self, project: &Project) -> Result<(), Failure> {
        let record = serde_json::to_string(&project.record).map_err(|_| Failure::internal())?;
        self.store.put_project(&ProjectRow {
            id: project.id.clone(),
            slug: project.slug.clone(),
            name: project.name.clone(),
            record,
            settings: project.settings.kept(),
            document: project.document(View::Whole).compact(),
        })?;
        Ok(())
    }

    /// Keeps what was written as a new revision.
    pub(super) fn keep_written(&self, project: &mut Project, written: Written) -> Result<(), Failure> {
        for (url, content) in &written.files {
            self.store.keep_file(url, content)?;
        }
        project.settings = written.settings;
        project.record.revision_id = new_id();
        project.record.updated_at = now();
        self.keep(project)
    }
}

/// The key that came with a request.
pub(super) fn bearer(call: &Call) -> Option<&str> {
    let (scheme, key) = call.authorization.as_deref()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
}
