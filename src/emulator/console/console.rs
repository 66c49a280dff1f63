//! The state of the console between requests, and the key of a request.
//!
//! Owns how a project is found and stored; the handlers are in other files.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::document::View;
use super::failure::Failure;
use super::project::{Project, new_id, now};
use super::settings::Written;
use crate::emulator::Options;
use crate::emulator::call::Call;
use crate::emulator::go::json::quote;
use crate::emulator::service::{Answering, Services};
use crate::emulator::store::projects::ProjectRow;
use crate::emulator::store::{Store, StoreError};
use crate::emulator::switches::Board;

/// The service.
pub struct Console {
    pub(super) store: Arc<Store>,
    pub(super) options: Options,
    /// Its own address, without a slash at the end.
    pub(super) base: String,
    /// Held while a project is changed, so that no write is lost between a read and its write.
    pub(super) writing: Mutex<()>,
    pub(super) planes: Mutex<HashMap<String, Arc<Plane>>>,
    pub(super) switches: Arc<Board>,
    /// Projects before their last write, and how many more reads show them like that.
    pub(super) stale: Mutex<HashMap<String, (Project, u32)>>,
    /// How many more reads show a custom domain as not verified, by its id.
    pub(super) unverified: Mutex<HashMap<String, u32>>,
    /// The services of each project.
    pub(super) services: Services,
}

/// A project's services.
pub struct Plane {
    pub(super) store: Arc<Store>,
    /// The revision that they are configured with.
    pub(super) revision: String,
    pub(super) services: Vec<Answering>,
}

impl Console {
    /// The project with this id, even if it is deleted.
    ///
    /// # Errors
    /// 403 if there is none.
    pub(super) fn load(&self, id: &str) -> Result<Project, Failure> {
        if uuid::Uuid::parse_str(id).is_err() {
            return Err(Failure::not_found(format!("{} is not the id of a project.", quote(id))));
        }
        self.load_any(&id.to_ascii_lowercase())
    }

    /// The project with this id or slug.
    ///
    /// # Errors
    /// 403 if there is none.
    pub(super) fn load_any(&self, id_or_slug: &str) -> Result<Project, Failure> {
        match self.store.project(id_or_slug) {
            Ok(row) => Project::open(&row, &self.base),
            Err(StoreError::Absent) => Err(Failure::forbidden("There is no such project, or this key has no access to it.")),
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

    /// Stores what was written as a new revision.
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

/// The key of a request.
pub(super) fn bearer(call: &Call) -> Option<&str> {
    let (scheme, key) = call.authorization.as_deref()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
}
