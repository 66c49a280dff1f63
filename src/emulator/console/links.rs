//! Links to the onboarding portal of organizations.
//!
//! Owns the handlers. The portal itself is not served.

use super::column::Kind;
use super::console::Console;
use super::failure::Failure;
use super::parts::{flag, maybe_empty, text_of};
use super::project::{Project, body, new_id, now};
use super::value::Found;
use super::{organizations, tree};
use crate::emulator::go::json::Json;
use crate::emulator::reply::Reply;
use crate::emulator::store::parts::LINKS;
use crate::emulator::{clock, secret};

/// The feature of the plan that links need.
const FEATURE: &str = "onboarding_portal";
/// A link lasts for at least a day, and for a week by default.
const SHORTEST: i64 = 24 * 3600;
const LIFE: i64 = 7 * SHORTEST;
/// Members that stay as they are sent. The others are content.
const TEXTS: [&str; 4] = ["proxy_acs_url", "proxy_oidc_redirect_url", "proxy_saml_audience_override", "proxy_scim_server_url"];
const MAPPERS: [&str; 11] = [
    "apple_mapper_url",
    "auth0_mapper_url",
    "facebook_mapper_url",
    "generic_oidc_mapper_url",
    "github_mapper_url",
    "gitlab_mapper_url",
    "google_mapper_url",
    "microsoft_mapper_url",
    "netid_mapper_url",
    "saml_mapper_url",
    "scim_mapper_url",
];

impl Console {
    pub(super) fn list_links(&self, project: &str, organization: &str) -> Result<Reply, Failure> {
        let (project, organization) = self.organization_of(project, organization)?;
        let links = self.parts(&LINKS, &organizations::owner_of_links(&project.id, &organization))?;
        Ok(Reply::document(200, tree::object([("links", Json::Array(links))]).compact()))
    }

    pub(super) fn create_link(&self, project: &str, organization: &str, sent: &[u8]) -> Result<Reply, Failure> {
        let (project, organization) = self.organization_of(project, organization)?;
        self.has(FEATURE)?;
        let sent = body(sent)?;
        let value = secret::draw(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 32)?;
        let mut link = tree::object([
            ("id", Json::text(&new_id())),
            ("project_id", Json::text(&project.id)),
            ("organization_id", Json::text(&organization)),
            ("value", Json::text(&value)),
            ("created_at", Json::text(&now())),
            ("expires_at", Json::text(&clock::to_microsecond(clock::later(clock::now(), LIFE)).to_string())),
        ]);
        if let Some(host) = maybe_empty(&sent, "custom_hostname_id")?.filter(|host| !host.is_empty()) {
            uuid::Uuid::parse_str(&host).map_err(|_| Failure::bad_request("custom_hostname_id is not a UUID."))?;
            tree::put(&mut link, &["custom_hostname_id"], Json::text(&host.to_ascii_lowercase()));
        }
        for name in TEXTS {
            if let Some(text) = maybe_empty(&sent, name)?.filter(|text| !text.is_empty()) {
                tree::put(&mut link, &[name], Json::text(&text));
            }
        }
        let mut found = Found::default();
        for name in MAPPERS {
            let Some(content) = sent.member(name) else { continue };
            if let Some(url) =
                found.read(Kind::Content("jsonnet"), content).map_err(|why| Failure::bad_request(format!("{name}: {why}")))?
            {
                tree::put(&mut link, &[name], url);
            }
        }
        for (url, content) in &found.files {
            self.store.keep_file(url, content)?;
        }
        self.keep_link(201, &organizations::owner_of_links(&project.id, &organization), said(link, &sent)?)
    }

    pub(super) fn update_link(&self, project: &str, organization: &str, id: &str, sent: &[u8]) -> Result<Reply, Failure> {
        let (project, organization) = self.organization_of(project, organization)?;
        let owner = organizations::owner_of_links(&project.id, &organization);
        let link = self.part(&LINKS, &owner, id)?;
        self.keep_link(200, &owner, said(link, &body(sent)?)?)
    }

    pub(super) fn delete_link(&self, project: &str, organization: &str, id: &str) -> Result<Reply, Failure> {
        let (project, organization) = self.organization_of(project, organization)?;
        self.drop_part(&LINKS, &organizations::owner_of_links(&project.id, &organization), id)?;
        Ok(Reply::empty(204))
    }

    /// The project, and the id of one of its organizations.
    fn organization_of(&self, project: &str, organization: &str) -> Result<(Project, String), Failure> {
        let project = self.living_project(project)?;
        let row = organizations::find(&project, organization)?;
        Ok((project, text_of(&row, "id")))
    }

    fn keep_link(&self, status: u16, owner: &str, link: Json) -> Result<Reply, Failure> {
        let link = tree::sorted(link);
        self.keep_part(&LINKS, owner, "", &link)?;
        Ok(Reply::document(status, link.compact()))
    }
}

/// The link with the members that every write has.
fn said(mut link: Json, sent: &Json) -> Result<Json, Failure> {
    for name in ["enable_sso", "enable_scim"] {
        let flag = flag(sent, name)?.ok_or_else(|| Failure::bad_request(format!("{name} is missing.")))?;
        tree::put(&mut link, &[name], Json::Bool(flag));
    }
    if let Some(ends) = maybe_empty(sent, "expires_at")?.filter(|ends| !ends.is_empty()) {
        let ends =
            clock::parse(&ends).map_err(Failure::bad_request)?.ok_or_else(|| Failure::bad_request("expires_at is not a valid time."))?;
        let is_soon = |ends: jiff::Timestamp| ends.as_nanosecond() < clock::nanoseconds() + i128::from(SHORTEST) * 1_000_000_000;
        if ends.to_string().parse().is_ok_and(is_soon) {
            return Err(Failure::bad_request("A link has to last for at least a day."));
        }
        tree::put(&mut link, &["expires_at"], Json::text(&ends.to_string()));
    }
    Ok(link)
}

/// Whether a member of a link is secret.
pub(super) fn is_secret(path: &[String]) -> bool {
    matches!(path, [name] if name == "value")
}
