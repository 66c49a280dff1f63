//! Sessions: the admin API for them, and what a session token shows.
//!
//! Owns the wire form, the lists and their pages. Sessions begin in `login`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::identity::{Identity, Show};
use super::{Kratos, schemas};
use crate::emulator::call::Call;
use crate::emulator::envelope::Problem;
use crate::emulator::go::form::Form;
use crate::emulator::go::json::quote;
use crate::emulator::go::uuid;
use crate::emulator::paging::OffsetPage;
use crate::emulator::reply::Reply;
use crate::emulator::store::sessions::{SessionRow, SessionSelection};
use crate::emulator::{Profile, clock, secret};

/// How long a session lasts.
pub const LIFESPAN: i64 = 24 * 3600;
const DEFAULT: u64 = 250;
const MOST: u64 = 1000;
/// Before every session in the order of lists: a time in the far future.
const START: (&str, &str) = ("2200-12-31 23:59:59", "00000000-0000-0000-0000-000000000000");

/// Which devices are shown with a session.
#[derive(Clone, Copy)]
pub enum Devices {
    /// `null`.
    Null,
    /// An empty list, although there are devices.
    Empty,
    /// The devices that it was used on.
    All,
}

/// How an identity is shown in a session.
#[derive(Clone, Copy, PartialEq)]
pub enum Whose {
    /// `null`.
    Null,
    /// Without its addresses.
    Bare,
    /// Without its addresses and the URL of its schema, as the server does by mistake.
    Unplaced,
    /// With its addresses.
    Whole,
}

fn bad(message: impl Into<String>) -> Problem {
    Problem::bad_request().saying(message)
}

fn id_of(text: &str) -> Result<String, Problem> {
    uuid::parse(text).map_err(bad)
}

impl Kratos {
    /// The JSON object.
    ///
    /// # Errors
    /// When the identity cannot be read.
    pub fn session_wire(&self, row: &SessionRow, whose: Whose, devices: Devices) -> Result<String, Problem> {
        let mut active = row.active && row.ends >= clock::seconds();
        let identity = if whose == Whose::Null {
            "null".to_owned()
        } else {
            let stored = self.store.identity(&row.identity)?;
            let identity = if whose == Whose::Unplaced { self.read(&stored)? } else { self.placed(&stored)? };
            let mut identity = Identity { metadata_admin: None, ..identity };
            // Only an answer with the identity shows that the identity is inactive.
            active &= identity.state == "active";
            if whose != Whose::Whole {
                identity.verifiable.clear();
                identity.recovery.clear();
            }
            let text = identity.wire(&self.base, Show::Nothing);
            match whose {
                Whose::Unplaced => text.replace(&identity.schema_url(&self.base), ""),
                _ => text,
            }
        };
        let devices = match devices {
            Devices::Null => "null".to_owned(),
            Devices::Empty => "[]".to_owned(),
            Devices::All => format!("[{}]", row.device),
        };
        Ok(format!(
            r#"{{"id":"{}","active":{active},"expires_at":"{}","authenticated_at":"{authenticated}","authenticator_assurance_level":"aal1","authentication_methods":[{{"method":"password","aal":"aal1","completed_at":"{}"}}],"issued_at":"{authenticated}","identity":{identity},"devices":{devices}}}"#,
            row.id,
            row.expires,
            row.completed,
            authenticated = row.authenticated,
        ))
    }

    /// `GET /admin/sessions`.
    ///
    /// # Errors
    /// When the query cannot be read.
    pub fn list_sessions(&self, path: &str, query: &Form) -> Result<Reply, Problem> {
        let mut which = SessionSelection { active: active(query)?, ..SessionSelection::default() };
        let size = match query.get("page_size") {
            "" => DEFAULT,
            text => match text.parse::<i64>() {
                Ok(size) if size > 0 => size.unsigned_abs().min(MOST),
                Ok(_) => DEFAULT,
                Err(_) => return Err(bad("could not parse parameter page_size")),
            },
        };
        which.after = match query.get("page_token") {
            "" => None,
            token => Some(
                open(token)
                    .ok_or_else(|| Problem::bad_request().because("The page token is invalid, do not craft your own page tokens"))?,
            ),
        };
        let (whose, devices) = expand(query, Whose::Bare, Devices::Null)?;
        which.limit = size + 1;
        let mut rows = self.store.sessions(&which)?;
        let more = rows.len() as u64 > size;
        rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        let link = |relation: &str, (created, id): (&str, &str)| {
            let mut query = query.clone();
            query.set("page_size", &size.to_string());
            query.set("page_token", &URL_SAFE_NO_PAD.encode(format!("id={id}/created_at={created}")));
            format!("<{path}?{}>; rel=\"{relation}\"", query.encode())
        };
        let mut links = vec![link("first", START)];
        links.extend(rows.last().filter(|_| more).map(|row| link("next", (&row.created, &row.id))));
        let sessions = rows.iter().map(|row| self.session_wire(row, whose, devices)).collect::<Result<Vec<_>, _>>()?;
        let reply = Reply::document(200, format!("[{}]", sessions.join(","))).with("link", links.join(","));
        match self.profile {
            Profile::V26_2 => Ok(reply),
            Profile::V2_3 => Ok(reply.with("x-total-count", self.store.count_sessions(&which)?.to_string())),
        }
    }

    /// `GET /admin/identities/{id}/sessions`. For an unknown identity, the list is empty.
    ///
    /// # Errors
    /// When the query cannot be read.
    pub fn list_sessions_of(&self, id: &str, path: &str, query: &Form) -> Result<Reply, Problem> {
        let id = id_of(id)?;
        let page = OffsetPage::read_mixed(query);
        let active = active(query)?;
        let which = SessionSelection { identity: Some(&id), active, limit: page.size, offset: page.offset, after: None };
        let rows = self.store.sessions(&which)?;
        let sessions = rows.iter().map(|row| self.session_wire(row, Whose::Unplaced, Devices::All)).collect::<Result<Vec<_>, _>>()?;
        let total = self.store.count_sessions(&which)?;
        let links = schemas::links(&page, path, query, total);
        Ok(Reply::document(200, format!("[{}]", sessions.join(","))).with("x-total-count", total.to_string()).with("link", links))
    }

    /// `DELETE /admin/identities/{id}/sessions`.
    ///
    /// # Errors
    /// When it has no sessions.
    pub fn delete_sessions_of(&self, id: &str) -> Result<Reply, Problem> {
        self.store.remove_sessions(&id_of(id)?)?;
        Ok(Reply::empty(204))
    }

    /// `GET /admin/sessions/{id}`.
    ///
    /// # Errors
    /// When there is none with this id.
    pub fn show_session(&self, id: &str, query: &Form) -> Result<Reply, Problem> {
        let id = id_of(id)?;
        let (whose, devices) = expand(query, Whose::Whole, Devices::Empty)?;
        Ok(Reply::document(200, &self.session_wire(&self.store.session(&id)?, whose, devices)?))
    }

    /// `DELETE /admin/sessions/{id}`: ends it, which may be repeated.
    ///
    /// # Errors
    /// When there is none with this id.
    pub fn end_session(&self, id: &str) -> Result<Reply, Problem> {
        self.store.end_session(&id_of(id)?)?;
        Ok(Reply::empty(204).with("content-type", "application/json; charset=utf-8"))
    }

    /// `PATCH /admin/sessions/{id}/extend`. An ended session stays ended.
    ///
    /// # Errors
    /// When there is none with this id.
    pub fn extend_session(&self, id: &str) -> Result<Reply, Problem> {
        let id = id_of(id)?;
        let expires = clock::later(clock::now(), LIFESPAN).to_string();
        self.store.extend_session(&id, clock::seconds() + LIFESPAN, &expires)?;
        Ok(Reply::document(200, &self.session_wire(&self.store.session(&id)?, Whose::Whole, Devices::Empty)?))
    }

    /// `GET /sessions/whoami`.
    ///
    /// # Errors
    /// When the token is not that of a valid session.
    pub fn whoami(&self, call: &Call) -> Result<Reply, Problem> {
        let none = || Problem::unauthorized().because("No valid session credentials found in the request.");
        let bearer = || {
            call.authorization.as_deref()?.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|pair| pair.1)
        };
        let token = call.session_token.as_deref().or_else(bearer).ok_or_else(none)?;
        let row = self.store.session_of(&secret::fingerprint(token)).map_err(|_| none())?;
        if !row.active || row.ends < clock::seconds() || self.load(&row.identity).map_err(|_| none())?.state != "active" {
            return Err(none());
        }
        let document = self.session_wire(&row, Whose::Whole, Devices::All)?;
        Ok(Reply::document(200, &document).with("x-kratos-authenticated-identity-id", row.identity))
    }
}

/// Go's `strconv.ParseBool` for a parameter that is set.
fn active(query: &Form) -> Result<Option<(bool, i64)>, Problem> {
    let active = match query.get("active") {
        "" => return Ok(None),
        "1" | "t" | "T" | "true" | "TRUE" | "True" => true,
        "0" | "f" | "F" | "false" | "FALSE" | "False" => false,
        _ => return Err(bad("could not parse parameter active")),
    };
    Ok(Some((active, clock::seconds())))
}

/// How the identity and the devices are shown for a query: `with` if it requests the identity, `without` if it does not request
/// devices.
fn expand(query: &Form, with: Whose, without: Devices) -> Result<(Whose, Devices), Problem> {
    let (mut whose, mut devices) = (Whose::Null, without);
    for wanted in query.all("expand") {
        match wanted.to_lowercase().as_str() {
            "identity" => whose = with,
            "devices" => devices = Devices::All,
            _ => return Err(Problem::bad_request().because(format!("Could not parse expand option: {wanted}"))),
        }
    }
    Ok((whose, devices))
}

/// The time and the id of the last session of a page.
fn open(token: &str) -> Option<(String, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let part = |name: &str| text.split('/').find_map(|part| part.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned);
    Some((part("created_at")?, part("id")?))
}

/// A device, as a session shows it.
#[must_use]
pub fn device(agent: &str) -> String {
    format!(r#"{{"id":"{}","ip_address":"127.0.0.1","user_agent":{},"location":""}}"#, ::uuid::Uuid::new_v4(), quote(agent))
}
