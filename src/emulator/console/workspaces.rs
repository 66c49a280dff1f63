//! Workspaces. There is always one.
//!
//! Owns the handlers and the forms of answers.

use super::console::Console;
use super::failure::Failure;
use super::project::{body, new_id, now, one_of, optional, text};
use super::{page, tree};
use crate::emulator::call::Call;
use crate::emulator::go::form::Form;
use crate::emulator::go::json::{Json, parse_whole};
use crate::emulator::reply::Reply;

/// The access policies of a workspace, which only have an effect in an organization.
const POLICIES: &[&str] = &["CHECK_ORGANIZATION_AND_WORKSPACE_MEMBERSHIP", "CHECK_ACCESS_PERMISSION"];
/// The policy of a workspace without an organization, whatever was sent. The description does not have this value.
const NO_POLICY: &str = "INVITED_MEMBERS";

impl Console {
    pub(super) fn default_workspace(&self) -> Result<String, Failure> {
        let first = self.workspaces()?.into_iter().next();
        first.and_then(|workspace| workspace.member("id")?.as_text()).ok_or_else(Failure::internal)
    }

    fn workspaces(&self) -> Result<Vec<Json>, Failure> {
        let (id, name) = (new_id(), "Default workspace");
        let first = workspace_of(&id, name).compact();
        self.store
            .workspaces([&id, name, &first])?
            .iter()
            .map(|document| parse_whole(document.as_bytes()).map_err(|_| Failure::internal()))
            .collect()
    }

    /// The workspace with this id.
    ///
    /// # Errors
    /// 403 if there is none.
    pub(super) fn workspace(&self, id: &str) -> Result<Json, Failure> {
        let wanted = Json::text(&id.to_ascii_lowercase());
        let found = self.workspaces()?.into_iter().find(|workspace| workspace.member("id") == Some(&wanted));
        found.ok_or_else(|| Failure::forbidden("There is no such workspace, or this key has no access to it."))
    }

    fn keep_workspace(&self, workspace: &Json) -> Result<(), Failure> {
        let text = |name: &str| workspace.member(name).and_then(Json::as_text).unwrap_or_default();
        self.store.put_workspace(&text("id"), &text("name"), &workspace.compact())?;
        Ok(())
    }

    pub(super) fn list_workspaces(&self, query: &Form) -> Result<Reply, Failure> {
        page::of("workspaces", self.workspaces()?, query)
    }

    pub(super) fn create_workspace(&self, call: &Call) -> Result<Reply, Failure> {
        self.is_a_person(call)?;
        let workspace = workspace_of(&new_id(), &text(&body(&call.body)?, "name")?);
        // Makes the first workspace, so that the new one is not the first.
        self.workspaces()?;
        self.keep_workspace(&workspace)?;
        Ok(Reply::document(201, workspace.compact()))
    }

    pub(super) fn show_workspace(&self, id: &str) -> Result<Reply, Failure> {
        Ok(Reply::document(200, self.workspace(id)?.compact()))
    }

    pub(super) fn update_workspace(&self, id: &str, sent: &[u8]) -> Result<Reply, Failure> {
        let (mut workspace, sent) = (self.workspace(id)?, body(sent)?);
        tree::put(&mut workspace, &["name"], Json::text(&text(&sent, "name")?));
        if let Some(policy) = optional(&sent, "access_policy")? {
            one_of("access_policy", policy, POLICIES)?;
            tree::put(&mut workspace, &["access_policy"], Json::text(NO_POLICY));
        }
        tree::put(&mut workspace, &["updated_at"], Json::text(&now()));
        self.keep_workspace(&workspace)?;
        Ok(Reply::document(200, workspace.compact()))
    }

    /// Lists all of them: this list has no pages.
    pub(super) fn list_projects_of(&self, id: &str) -> Result<Reply, Failure> {
        let workspace = self.workspace(id)?.member("id").and_then(Json::as_text).unwrap_or_default();
        let projects = self.projects_that(|project| project.record.workspace_id == workspace)?;
        let list = [("projects", Json::Array(projects)), ("has_next_page", Json::Bool(false)), ("next_page", Json::text(""))];
        Ok(Reply::document(200, tree::object(list).compact()))
    }
}

fn workspace_of(id: &str, name: &str) -> Json {
    let at = now();
    tree::object([("id", Json::text(id)), ("name", Json::text(name)), ("created_at", Json::text(&at)), ("updated_at", Json::text(&at))])
}
