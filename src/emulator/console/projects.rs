//! Requests about projects.
//!
//! Owns the handlers. The forms of a project are in [`super::project`], its two views in [`super::document`] and
//! [`super::revision`].

use std::{sync::PoisonError, thread};

use super::console::Console;
use super::document::{self, View};
use super::failure::Failure;
use super::project::{Project, Record, body, new_id, new_slug, now, one_of, optional, text};
use super::rows::REGIONS;
use super::settings::{Settings, Written};
use super::{address, belongings, features, organizations, permissions, revision, tree};
use crate::emulator::call::Call;
use crate::emulator::go::json::{Json, quote};
use crate::emulator::patch;
use crate::emulator::profile::Profile;
use crate::emulator::reply::Reply;

/// The code of a warning. Only its type, a number, is known.
const IGNORED: i64 = 1;

/// The environments of projects.
const ENVIRONMENTS: &[&str] = &["prod", "stage", "dev"];

impl Console {
    /// Lists all projects that are not deleted.
    pub(super) fn list_projects(&self) -> Result<Reply, Failure> {
        let list = self.projects_that(|_| true)?;
        Ok(Reply::document(200, Json::Array(list).compact()))
    }

    pub(super) fn projects_that(&self, fits: impl Fn(&Project) -> bool) -> Result<Vec<Json>, Failure> {
        let rows = self.store.projects()?;
        let projects = rows.iter().map(|row| Project::open(row, &self.base)).collect::<Result<Vec<_>, _>>()?;
        Ok(projects.iter().filter(|project| !project.is_deleted() && fits(project)).map(Project::metadata).collect())
    }

    pub(super) fn create_project(&self, call: &Call) -> Result<Reply, Failure> {
        let sent = body(&call.body)?;
        let (name, environment) = (text(&sent, "name")?, one_of("environment", text(&sent, "environment")?, ENVIRONMENTS)?);
        let region = optional(&sent, "home_region")?.unwrap_or_else(|| "eu-central".to_owned());
        let home_region = one_of("home_region", region, REGIONS)?;
        let workspace_id = match optional(&sent, "workspace_id")? {
            Some(id) => self.workspace(&id).map(|_| id)?,
            None => self.default_workspace()?,
        };
        if self.switches.get().most_projects.is_some_and(|most| self.projects_that(|_| true).is_ok_and(|all| all.len() >= most)) {
            return Err(Failure::payment_required("The plan allows no more projects. Upgrade it, or delete one."));
        }
        let (slug, at) = (new_slug()?, now());
        let settings = Settings::new(&address::url(&self.base, &slug));
        let record = Record {
            environment,
            home_region,
            workspace_id,
            state: "running".to_owned(),
            revision_id: new_id(),
            created_at: at.clone(),
            updated_at: at,
        };
        let project = Project { id: new_id(), slug, name, record, settings };
        self.keep(&project)?;
        self.add_owner(&project)?;
        Ok(Reply::document(201, project.document(View::Read).compact()))
    }

    pub(super) fn show_project(&self, id: &str) -> Result<Reply, Failure> {
        Ok(Reply::document(200, self.seen(id)?.document(View::Read).compact()))
    }

    pub(super) fn show_revision(&self, id: &str) -> Result<Reply, Failure> {
        Ok(Reply::document(200, self.seen(id)?.normalized().compact()))
    }

    /// The project as a read shows it, which may be outdated.
    pub(super) fn seen(&self, id: &str) -> Result<Project, Failure> {
        let project = self.load(id)?;
        let mut stale = self.stale.lock().unwrap_or_else(PoisonError::into_inner);
        match stale.get_mut(&project.id) {
            Some((before, left)) if *left > 0 && !project.is_deleted() => {
                *left -= 1;
                Ok(before.clone())
            }
            _ => Ok(project),
        }
    }

    /// Deletes a project. It stays stored, with the state `deleted`.
    pub(super) fn delete_project(&self, id: &str) -> Result<Reply, Failure> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut project = self.load(id).and_then(|project| self.living(project))?;
        "deleted".clone_into(&mut project.record.state);
        project.record.updated_at = now();
        self.keep(&project)?;
        Ok(Reply::empty(204))
    }

    /// Waits as long as a patch takes. Concurrent patches wait at the same time.
    fn take_time(&self) {
        thread::sleep(self.switches.get().patch_time);
    }

    /// Patches the document; if a revision is given, only if it is still the current one.
    pub(super) fn patch_document(&self, id: &str, revision: Option<&str>, patch: &[u8]) -> Result<Reply, Failure> {
        self.take_time();
        self.change(id, revision, |project| {
            let document = patched(patch, &project.document(View::Whole))?;
            renamed(project, &document)?;
            document::read(&document, &project.settings).map_err(Failure::bad_request)
        })
    }

    /// Sets the document, with the whole configuration of each service.
    pub(super) fn set_project(&self, id: &str, sent: &[u8]) -> Result<Reply, Failure> {
        let sent = body(sent)?;
        for name in ["name", "services", "cors_admin", "cors_public", "organizations"] {
            if sent.member(name).is_none_or(|value| *value == Json::Null) {
                return Err(Failure::bad_request(format!("{} is missing.", quote(name))));
            }
        }
        self.change(id, None, |project| {
            let mut document = project.document(View::Whole);
            for name in ["name", "cors_admin", "cors_public", "organizations"] {
                tree::put(&mut document, &[name], sent.member(name).cloned().unwrap_or(Json::Null));
            }
            if let Some(Json::Object(services)) = sent.member("services") {
                services.iter().for_each(|(name, service)| tree::put(&mut document, &["services", name], service.clone()));
            }
            renamed(project, &document)?;
            document::read(&document, &project.settings).map_err(Failure::bad_request)
        })
    }

    pub(super) fn patch_revision(&self, id: &str, revision: &str, patch: &[u8]) -> Result<Reply, Failure> {
        self.take_time();
        self.changed(id, Some(revision), |project| {
            let sent = patched(patch, &project.revision(View::Whole))?;
            renamed(project, &sent)?;
            revision::read(&sent, &project.settings).map_err(Failure::bad_request)
        })
        .map(|(project, _)| Reply::document(200, project.normalized().compact()))
    }

    /// Changes the tier. The answer has only a part of the project.
    pub(super) fn set_environment(&self, id: &str, sent: &[u8]) -> Result<Reply, Failure> {
        let environment = one_of("environment", text(&body(sent)?, "environment")?, ENVIRONMENTS)?;
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut project = self.load(id).and_then(|project| self.living(project))?;
        project.record.environment = environment;
        project.record.updated_at = now();
        self.keep(&project)?;
        let told = [
            ("id", Json::text(&project.id)),
            ("name", Json::text(&project.name)),
            ("environment", Json::text(&project.record.environment)),
        ];
        Ok(Reply::document(200, tree::object(told).compact()))
    }

    fn change(
        &self,
        id: &str,
        revision: Option<&str>,
        work: impl FnOnce(&mut Project) -> Result<Written, Failure>,
    ) -> Result<Reply, Failure> {
        let (project, ignored) = self.changed(id, revision, work)?;
        let warning = |key: &String| {
            let message = format!("The key {} is unknown and was ignored.", quote(key));
            tree::object([("code", Json::Number(IGNORED.to_string())), ("message", Json::text(&message))])
        };
        let warnings = Json::Array(ignored.iter().map(warning).collect());
        Ok(Reply::document(200, tree::object([("project", project.document(View::Read)), ("warnings", warnings)]).compact()))
    }

    /// Makes a new revision by one write. Returns the project, and the keys that were ignored.
    pub(super) fn changed(
        &self,
        id: &str,
        revision: Option<&str>,
        work: impl FnOnce(&mut Project) -> Result<Written, Failure>,
    ) -> Result<(Project, Vec<String>), Failure> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut project = self.load(id).and_then(|project| self.living(project))?;
        if revision.is_some_and(|revision| !revision.eq_ignore_ascii_case(&project.record.revision_id)) {
            return Err(Failure::conflict("The revision is not the project's current one: read the project again."));
        }
        let (before, switches) = (project.clone(), self.switches.get());
        let mut written = work(&mut project)?;
        features::restore_dropped(&switches, &before.settings, &mut written.settings);
        if let Some(feature) = features::lacking(&switches, &before.settings, &written.settings) {
            return Err(Failure::feature_not_available(feature));
        }
        organizations::settle(&project.record, &before.settings, &mut written)?;
        belongings::settle(&before.settings, &written)?;
        permissions::settle(&before.settings, &written)?;
        self.settle_schemas(&before, &written.settings)?;
        let ignored = std::mem::take(&mut written.ignored);
        self.keep_written(&mut project, written)?;
        if switches.stale_reads > 0 {
            self.stale.lock().unwrap_or_else(PoisonError::into_inner).insert(before.id.clone(), (before, switches.stale_reads));
        }
        Ok((project, ignored))
    }
}

fn patched(patch: &[u8], document: &Json) -> Result<Json, Failure> {
    patch::apply(patch, document, Profile::V26_2, |_| false).map_err(|bad| Failure::bad_request(bad.0))
}

fn renamed(project: &mut Project, document: &Json) -> Result<(), Failure> {
    project.name = text(document, "name")?;
    Ok(())
}
