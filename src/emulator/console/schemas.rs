//! The identity schemas of a project: one that identities use cannot be removed.
//!
//! The source is Ory (pull request 2681 of `ory/docs`, 303 of `ory/terraform-provider-ory`), with the status and the id of the
//! error. [`super::document`] decides which schema is the default.

use super::console::Console;
use super::failure::Failure;
use super::project::Project;
use super::settings::Settings;
use crate::emulator::go::json::Json;

impl Console {
    /// Checks the schemas that were written.
    pub(super) fn settle_schemas(&self, before: &Project, after: &Settings) -> Result<(), Failure> {
        let (before_ids, after_ids) = (ids(&before.settings), ids(after));
        let gone: Vec<_> = before_ids.into_iter().filter(|id| !after_ids.contains(id)).collect();
        if gone.is_empty() {
            return Ok(());
        }
        let used = self.used_schemas(before).map_err(|_| Failure::internal())?;
        match gone.iter().find(|id| used.contains(id)) {
            Some(id) => Err(Failure::in_use_by_identity(format!("Identities use the schema {id}: delete them, or give them another one."))),
            None => Ok(()),
        }
    }
}

fn ids(settings: &Settings) -> Vec<String> {
    match settings.of("kratos_identity_schemas") {
        Some(Json::Array(rows)) => rows.iter().filter_map(|row| row.member("import_id")?.as_text()).collect(),
        _ => Vec::new(),
    }
}
