//! Custom domains of projects, at routes that Ory has not published.
//!
//! Owns the handlers, and when a domain is verified: at once, or after as many reads of the list as the switches say.

use std::sync::PoisonError;

use super::console::Console;
use super::failure::Failure;
use super::parts::{flag, maybe_empty, text_of, texts};
use super::project::{Project, body, new_id, now, text};
use super::tree;
use crate::emulator::go::json::{Json, quote};
use crate::emulator::reply::Reply;
use crate::emulator::store::parts::DOMAINS;
use url::Url;

/// The feature of the plan that custom domains need.
const FEATURE: &str = "custom_domains";
/// How many origins there may be.
const MOST_ORIGINS: usize = 50;

impl Console {
    pub(super) fn list_domains(&self, project: &str) -> Result<Reply, Failure> {
        let project = self.living_project(project)?;
        let domains = self.parts(&DOMAINS, &project.id)?;
        let shown: Vec<Json> = domains.iter().map(|domain| self.verified(&project, domain, true)).collect();
        Ok(Reply::document(200, Json::Array(shown).compact()))
    }

    pub(super) fn create_domain(&self, project: &str, sent: &[u8]) -> Result<Reply, Failure> {
        let (project, sent) = (self.living_project(project)?, body(sent)?);
        self.has(FEATURE)?;
        text(&sent, "hostname")?;
        let at = now();
        let domain = tree::object([("id", Json::text(&new_id())), ("created_at", Json::text(&at)), ("updated_at", Json::text(&at))]);
        self.write_domain(201, &project, domain, &sent)
    }

    pub(super) fn set_domain(&self, project: &str, id: &str, sent: &[u8]) -> Result<Reply, Failure> {
        let (project, sent) = (self.living_project(project)?, body(sent)?);
        let mut domain = self.part(&DOMAINS, &project.id, id)?;
        tree::put(&mut domain, &["updated_at"], Json::text(&now()));
        self.write_domain(200, &project, domain, &sent)
    }

    pub(super) fn delete_domain(&self, project: &str, id: &str) -> Result<Reply, Failure> {
        let project = self.living_project(project)?;
        self.drop_part(&DOMAINS, &project.id, id)?;
        Ok(Reply::empty(204))
    }

    /// Members that are left out stay, and empty ones are cleared. The answer does not have the certificate's status.
    fn write_domain(&self, status: u16, project: &Project, before: Json, sent: &Json) -> Result<Reply, Failure> {
        let domain = said(before.clone(), sent)?;
        let (id, host) = (text_of(&domain, "id"), text_of(&domain, "hostname"));
        if self.parts_of_projects(&DOMAINS)?.iter().any(|other| text_of(other, "hostname") == host && text_of(other, "id") != id) {
            return Err(Failure::conflict("The hostname is in use."));
        }
        if text_of(&before, "hostname") != host {
            let looks = self.switches.get().unverified_looks;
            self.unverified.lock().unwrap_or_else(PoisonError::into_inner).insert(id, looks);
        }
        self.keep_part(&DOMAINS, &project.id, &host, &domain)?;
        Ok(Reply::document(status, self.verified(project, &domain, false).compact()))
    }

    /// The domain with its status of verification. Each read of the list brings it closer to being verified.
    fn verified(&self, project: &Project, domain: &Json, is_look: bool) -> Json {
        let mut unverified = self.unverified.lock().unwrap_or_else(PoisonError::into_inner);
        let mut domain = domain.clone();
        let left = unverified.get_mut(&text_of(&domain, "id"));
        let is_verified = left.as_ref().is_none_or(|left| **left == 0);
        if let Some(left) = left.filter(|_| is_look) {
            *left = left.saturating_sub(u32::from(*left != u32::MAX));
        }
        let target = format!("{}.projects.oryapis.com", project.slug);
        let why = format!("The CNAME record of {} does not point to {target}.", text_of(&domain, "hostname"));
        let errors = if is_verified { Vec::new() } else { vec![Json::text(&why)] };
        tree::put(&mut domain, &["verification_status"], Json::text(if is_verified { "active" } else { "pending" }));
        tree::put(&mut domain, &["verification_errors"], Json::Array(errors));
        if is_look {
            tree::put(&mut domain, &["ssl_status"], Json::text(if is_verified { "active" } else { "initializing" }));
        }
        tree::sorted(domain)
    }
}

fn said(mut domain: Json, sent: &Json) -> Result<Json, Failure> {
    let wrong = |why: String| Err(Failure::bad_request(why));
    for name in ["hostname", "cookie_domain", "custom_ui_base_url"] {
        if let Some(text) = maybe_empty(sent, name)? {
            tree::put(&mut domain, &[name], Json::text(&text));
        }
    }
    if let Some(origins) = texts(sent, "cors_allowed_origins")? {
        let is_refused = |origin: &&String| {
            let local = Url::parse(origin).map_or(true, |url| matches!(url.host_str(), None | Some("localhost" | "127.0.0.1" | "[::1]")));
            origin.contains('*') || *origin == "null" || local
        };
        if let Some(origin) = origins.iter().find(is_refused) {
            return wrong(format!("The origin {} is not allowed.", quote(origin)));
        }
        if origins.len() > MOST_ORIGINS {
            return wrong(format!("There are at most {MOST_ORIGINS} origins."));
        }
        tree::put(&mut domain, &["cors_allowed_origins"], Json::Array(origins.iter().map(|origin| Json::text(origin)).collect()));
    }
    if let Some(enabled) = flag(sent, "cors_enabled")? {
        tree::put(&mut domain, &["cors_enabled"], Json::Bool(enabled));
    } else if domain.member("cors_enabled").is_none() {
        tree::put(&mut domain, &["cors_enabled"], Json::Bool(false));
    }
    let (host, cookies) = (text_of(&domain, "hostname"), text_of(&domain, "cookie_domain"));
    if host.is_empty() {
        return wrong("The hostname is missing.".to_owned());
    }
    let is_inside = host == cookies || host.strip_suffix(&cookies).is_some_and(|rest| rest.ends_with('.'));
    if !cookies.is_empty() && !is_inside {
        return wrong("The cookie domain has to be a parent domain of the hostname.".to_owned());
    }
    Ok(domain)
}
