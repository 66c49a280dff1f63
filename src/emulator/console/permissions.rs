//! Validates documents in the Ory Permission Language for a project.
//!
//! Owns the route that validates a document, and the same check when the configuration is saved: the description says that both
//! are the same.

use super::console::Console;
use super::failure::Failure;
use super::settings::{Settings, Written};
use super::tree::object;
use crate::emulator::go::json::Json;
use crate::emulator::opl_fault::shown;
use crate::emulator::reply::Reply;
use crate::opl::{self, Fault};

/// The name of the column.
const COLUMN: &str = "keto_namespace_configuration";

impl Console {
    pub(super) fn validate_opl(&self, project: &str, source: &[u8]) -> Result<Reply, Failure> {
        self.load(project).and_then(|project| self.living(project))?;
        let faults = opl::parse(&String::from_utf8_lossy(source)).faults;
        Ok(Reply::document(200, object([("errors", Json::Array(faults.iter().map(|fault| shown(fault, "line")).collect()))]).compact()))
    }
}

/// Checks the permissions that were written.
///
/// # Errors
/// What is wrong with them.
pub(super) fn settle(before: &Settings, written: &Written) -> Result<(), Failure> {
    let (old, new) = (before.of(COLUMN), written.settings.of(COLUMN).and_then(|url| url.as_text()));
    let sent = written.files.iter().find(|(url, _)| old != Some(Json::text(url)) && new.as_ref() == Some(url));
    let faults = sent.map(|(_, content)| opl::parse(&String::from_utf8_lossy(content)).faults).unwrap_or_default();
    match faults.first() {
        None => Ok(()),
        Some(Fault { message, start, .. }) => {
            let why = format!("{COLUMN}: the Ory Permission Language has an error at {}:{}: {message}", start.line, start.column);
            Err(Failure::bad_request(why))
        }
    }
}
