//! Members of projects: only the person who made the project, since nobody can be invited.
//!
//! Owns the handlers.

use super::console::Console;
use super::failure::Failure;
use super::project::{Project, new_id};
use super::tree;
use crate::emulator::go::json::Json;
use crate::emulator::reply::Reply;
use crate::emulator::store::parts::MEMBERS;

impl Console {
    /// Makes the person who makes a project its owner.
    pub(super) fn add_owner(&self, project: &Project) -> Result<(), Failure> {
        let owner = tree::object([
            ("id", Json::text(&new_id())),
            ("email", Json::text("owner@example.com")),
            ("email_verified", Json::Bool(true)),
            ("name", Json::text("Owner")),
            ("role", Json::text("owner")),
            ("source", Json::text("workspace")),
            ("organization_id", Json::Null),
            ("break_glass", Json::Bool(false)),
        ]);
        self.keep_part(&MEMBERS, &project.id, "owner@example.com", &owner)
    }

    pub(super) fn list_members(&self, project: &str) -> Result<Reply, Failure> {
        let project = self.load_any(project).and_then(|project| self.living(project))?;
        Ok(Reply::document(200, Json::Array(self.parts(&MEMBERS, &project.id)?).compact()))
    }

    pub(super) fn remove_member(&self, project: &str, id: &str) -> Result<Reply, Failure> {
        let project = self.load_any(project).and_then(|project| self.living(project))?;
        self.drop_part(&MEMBERS, &project.id, id)?;
        Ok(Reply::empty(204))
    }
}
