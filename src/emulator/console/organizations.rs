//! Organizations: the rows of a project's settings that have routes of their own.
//!
//! Owns the handlers, and the rules that apply to every organization, by whichever route it is written: by its own routes, in the
//! document or in the revision. The row is in [`super::rows`].

use super::console::Console;
use super::failure::Failure;
use super::project::{Project, Record, body, new_id, now};
use super::settings::{Sent, Settings, Written};
use super::{page, rows, tree};
use crate::emulator::go::form::Form;
use crate::emulator::go::json::{Json, quote};
use crate::emulator::reply::Reply;
use crate::emulator::store::parts::LINKS;
use crate::value::duration;

/// The name of the column.
const COLUMN: &str = "organizations";
/// The feature of the plan that organizations need.
const FEATURE: &str = "organizations";
/// The members of a body, which are all optional.
const MEMBERS: [&str; 4] = ["label", "domains", "default_region", "session_lifespan"];
const SECOND: i64 = 1_000_000_000;
/// A session lasts for at least a minute and at most a year.
const LIFESPANS: std::ops::RangeInclusive<i64> = 60 * SECOND..=8760 * 3600 * SECOND;

impl Console {
    pub(super) fn list_organizations(&self, project: &str, query: &Form) -> Result<Reply, Failure> {
        let mut all = rows(&self.seen_living(project)?.settings);
        let domain = query.get("domain");
        if !domain.is_empty() {
            let domain = Json::text(domain);
            all.retain(|row| matches!(row.member("domains"), Some(Json::Array(domains)) if domains.contains(&domain)));
        }
        page::of(COLUMN, all.iter().map(shown).collect(), query)
    }

    pub(super) fn show_organization(&self, project: &str, id: &str) -> Result<Reply, Failure> {
        let project = self.seen_living(project)?;
        Ok(Reply::document(200, tree::object([("organization", shown(&find(&project, id)?))]).compact()))
    }

    pub(super) fn create_organization(&self, project: &str, sent: &[u8]) -> Result<Reply, Failure> {
        let id = new_id();
        let row = said(tree::object([("id", Json::text(&id))]), &body(sent)?)?;
        self.write_organizations(project, |rows| {
            rows.push(row);
            Ok(())
        })
        .and_then(|project| answered(201, &project, &id))
    }

    pub(super) fn update_organization(&self, project: &str, id: &str, sent: &[u8]) -> Result<Reply, Failure> {
        let sent = body(sent)?;
        self.write_organizations(project, |rows| {
            let row = rows.iter_mut().find(|row| is(row, id)).ok_or_else(|| missing(id))?;
            if let Json::Object(members) = row {
                members.retain(|member| member.0 != "default_region");
            }
            *row = said(row.clone(), &sent)?;
            Ok(())
        })
        .and_then(|project| answered(200, &project, id))
    }

    /// Deletes an organization with its SCIM clients and its links.
    pub(super) fn delete_organization(&self, project: &str, id: &str) -> Result<Reply, Failure> {
        let (deleted, _) = self.changed(project, None, |project| {
            let (kept, found): (Vec<_>, Vec<_>) = rows(&project.settings).into_iter().partition(|row| !is(row, id));
            if found.is_empty() {
                return Err(missing(id));
            }
            let clients = match project.settings.of("scim_clients") {
                Some(Json::Array(clients)) => clients,
                _ => Vec::new(),
            };
            let of_it =
                |client: &Json| client.member("organization_id").and_then(Json::as_text).is_some_and(|of| of.eq_ignore_ascii_case(id));
            let clients = clients.into_iter().filter(|client| !of_it(client)).collect();
            write(&project.settings, &[(COLUMN, Json::Array(kept)), ("scim_clients", Json::Array(clients))])
        })?;
        self.store.remove_parts(&LINKS, &owner_of_links(&deleted.id, id))?;
        Ok(Reply::empty(204))
    }

    fn seen_living(&self, project: &str) -> Result<Project, Failure> {
        self.load(project).and_then(|project| self.living(project))?;
        self.seen(project)
    }

    /// Changes the rows, like a change of the document.
    fn write_organizations(&self, project: &str, work: impl FnOnce(&mut Vec<Json>) -> Result<(), Failure>) -> Result<Project, Failure> {
        let written = self.changed(project, None, |project| {
            let mut all = rows(&project.settings);
            work(&mut all)?;
            write(&project.settings, &[(COLUMN, Json::Array(all))])
        });
        written.map(|(project, _)| project)
    }
}

/// The settings with these rows, and otherwise unchanged.
fn write(settings: &Settings, columns: &[(&str, Json)]) -> Result<Written, Failure> {
    let written = settings.write(|field, found| {
        let Some((_, rows)) = columns.iter().find(|(name, _)| *name == field.name) else { return Ok(None) };
        Ok(Some(Sent { value: found.read(field.column.kind, rows).map_err(|why| format!("{}: {why}", field.name))?, blank: false }))
    });
    written.map_err(Failure::bad_request)
}

/// Checks organizations that are written, by whichever route.
///
/// # Errors
/// Why they are not allowed.
pub(super) fn settle(record: &Record, before: &Settings, written: &mut Written) -> Result<(), Failure> {
    if rows(before) == rows(&written.settings) {
        return Ok(());
    }
    let after = rows(&written.settings);
    if record.environment == "dev" && !after.is_empty() {
        return Err(Failure::feature_not_available(FEATURE));
    }
    for row in &after {
        let of = |name: &str| row.member(name).and_then(Json::as_text);
        if uuid::Uuid::parse_str(&of("id").unwrap_or_default()).is_err() {
            return Err(Failure::bad_request(format!("{COLUMN}: the id is not a UUID.")));
        }
        if let Some(region) = of("default_region").filter(|region| !is_inside(region, &record.home_region)) {
            let why = format!("{COLUMN}: the region {} is not inside the project's region {}.", quote(&region), record.home_region);
            return Err(Failure::bad_request(why));
        }
        let is_too_long = |text: &String| duration::parse(text).is_ok_and(|nanoseconds| !LIFESPANS.contains(&nanoseconds));
        if let Some(lifespan) = of("session_lifespan").filter(is_too_long) {
            return Err(Failure::bad_request(format!("{COLUMN}: the lifespan of sessions has to be from 1m to 8760h, but is {lifespan}.")));
        }
    }
    written.settings.say_of_rows(COLUMN, rows::MADE, &Json::text(&now()));
    Ok(())
}

/// Whether a region is within the home region of a project.
fn is_inside(region: &str, home: &str) -> bool {
    region == home
        || home == "global"
        || region.split_once('-').is_some_and(|(part, _)| part == home)
        || home == "asia" && region == "asia-northeast"
}

fn rows(settings: &Settings) -> Vec<Json> {
    match settings.of(COLUMN) {
        Some(Json::Array(rows)) => rows,
        _ => Vec::new(),
    }
}

fn is(row: &Json, id: &str) -> bool {
    row.member("id").and_then(Json::as_text).is_some_and(|own| own.eq_ignore_ascii_case(id))
}

/// The organization with this id.
///
/// # Errors
/// 404 if the project has none.
pub(super) fn find(project: &Project, id: &str) -> Result<Json, Failure> {
    rows(&project.settings).into_iter().find(|row| is(row, id)).ok_or_else(|| missing(id))
}

fn missing(id: &str) -> Failure {
    match uuid::Uuid::parse_str(id) {
        Ok(_) => Failure::not_found("There is no such organization."),
        Err(_) => Failure::bad_request(format!("{} is not the id of an organization.", quote(id))),
    }
}

/// The row with the members of a body. Members that are left out stay, and empty ones are cleared.
fn said(mut row: Json, sent: &Json) -> Result<Json, Failure> {
    for name in MEMBERS {
        match sent.member(name) {
            None | Some(Json::Null) => {}
            Some(value) => tree::put(&mut row, &[name], value.clone()),
        }
    }
    if let Some(Json::Text(_)) = row.member("session_lifespan") {
        let text = row.member("session_lifespan").and_then(Json::as_text).unwrap_or_default();
        let plain = if text.is_empty() { Json::Null } else { Json::text(&plain(&text)?) };
        tree::put(&mut row, &["session_lifespan"], plain);
    }
    Ok(row)
}

/// A duration in the form of answers: in the largest unit of which it is a whole multiple.
fn plain(text: &str) -> Result<String, Failure> {
    let seconds = duration::parse(text).ok().filter(|nanoseconds| nanoseconds % SECOND == 0).map(|nanoseconds| nanoseconds / SECOND);
    let seconds = seconds.ok_or_else(|| Failure::bad_request(format!("{} is not a duration of whole seconds.", quote(text))))?;
    Ok(match seconds {
        seconds if seconds % 3600 == 0 => format!("{}h", seconds / 3600),
        seconds if seconds % 60 == 0 => format!("{}m", seconds / 60),
        seconds => format!("{seconds}s"),
    })
}

/// An organization in the form of its own routes.
fn shown(row: &Json) -> Json {
    let mut row = row.clone();
    if row.member("domains").is_none() {
        tree::put(&mut row, &["domains"], Json::Array(Vec::new()));
    }
    tree::sorted(row)
}

fn answered(status: u16, project: &Project, id: &str) -> Result<Reply, Failure> {
    Ok(Reply::document(status, shown(&find(project, id)?).compact()))
}

/// The owner of the links of an organization.
pub(super) fn owner_of_links(project: &str, organization: &str) -> String {
    format!("{project}/{}", organization.to_ascii_lowercase())
}
