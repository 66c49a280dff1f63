//! Listing identities.
//!
//! Owns the filters and both ways of paging.

use super::Kratos;
use super::identities::{included, normal};
use super::identity::Show;
use crate::emulator::Profile;
use crate::emulator::call::Call;
use crate::emulator::envelope::Problem;
use crate::emulator::go::form::Form;
use crate::emulator::paging::OffsetPage;
use crate::emulator::reply::Reply;
use crate::emulator::store::identities::IdentitySelection;

const DEFAULT: u64 = 250;
const MOST: u64 = 500;
/// Before every id.
const START: &str = "00000000-0000-0000-0000-000000000000";
/// Up to which item pages may be requested by number.
const FARTHEST: u64 = 1000;

fn wrong(reason: impl Into<String>) -> Problem {
    Problem::bad_request().because(reason)
}

impl Kratos {
    /// `GET /admin/identities`.
    ///
    /// # Errors
    /// When the query cannot be read.
    pub fn list(&self, path: &str, call: &Call) -> Result<Reply, Problem> {
        let query = &call.query;
        let newer = self.profile == Profile::V26_2;
        let secret = if newer { Vec::new() } else { included(query, false)? };
        let (mut which, filters) = selection(query, newer)?;
        let secret = if newer { included(query, true)? } else { secret };
        if newer && filters > 1 {
            return Err(wrong("You cannot combine multiple filters in this API"));
        }
        if !newer && !query.get("credentials_identifier").is_empty() && !query.get("preview_credentials_identifier_similar").is_empty() {
            return Err(wrong("Cannot pass both credentials_identifier and preview_credentials_identifier_similar."));
        }
        let show = if which.claim.is_some() || !secret.is_empty() { Show::Only(&secret) } else { Show::Nothing };
        let print = |document: &str| Ok(self.public(&self.placed(document)?).wire(&self.base, show));
        if query.has("page") && !query.has("page_token") && !query.has("page_size") {
            let page = OffsetPage::read_pages(query, MOST);
            if page.offset > FARTHEST {
                let why = format!("Legacy pagination is not supported for enumerating over {FARTHEST} items.");
                return Err(wrong(format!("{why} Please switch to using page_token and page_size.")));
            }
            (which.limit, which.offset) = (page.size, page.offset);
            let rows = self.store.identities(&which)?;
            let exact = !query.get("credentials_identifier").is_empty();
            let total = if exact { rows.len() as u64 } else { self.store.count_identities()? };
            let links = page.links_with(total, |size, offset| {
                let mut query = query.clone();
                query.set("per_page", &size.to_string());
                query.set("page", &(offset / i128::from(size.max(1))).to_string());
                format!("{path}?{}", query.encode())
            });
            let documents = rows.iter().map(|row| print(&row.1)).collect::<Result<Vec<_>, Problem>>()?;
            let reply = Reply::document(200, format!("[{}]", documents.join(",")));
            return Ok(reply.with("x-total-count", total.to_string()).with("link", links));
        }
        let (size, query) = page_size(query, newer)?;
        which.after = match query.get("page_token") {
            "" => START.to_owned(),
            token => match uuid::Uuid::parse_str(token) {
                Ok(_) => token.to_owned(),
                Err(_) => return Err(wrong("The page token is invalid, do not craft your own page tokens")),
            },
        };
        which.limit = size + 1;
        let mut rows = self.store.identities(&which)?;
        let more = rows.len() as u64 > size;
        rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        let link = |relation: &str, token: &str| {
            let mut query = query.clone();
            query.set("page_token", token);
            query.set("page_size", &size.to_string());
            format!("<{path}?{}>; rel=\"{relation}\"", query.encode())
        };
        let mut links = vec![link("first", START)];
        links.extend(rows.last().filter(|_| more).map(|row| link("next", &row.0)));
        let documents = rows.iter().map(|row| print(&row.1)).collect::<Result<Vec<_>, Problem>>()?;
        Ok(Reply::document(200, format!("[{}]", documents.join(","))).with("link", links.join(",")))
    }
}

/// The size, and the query for links, in which the new name of the size replaces the old one.
fn page_size(query: &Form, newer: bool) -> Result<(u64, Form), Problem> {
    let mut query = query.clone();
    if query.has("per_page") && !query.has("page_size") && !query.has("page_token") {
        let size = query.get("per_page").to_owned();
        query.remove("per_page");
        query.set("page_size", &size);
    }
    let size = match query.get("page_size") {
        "" => DEFAULT,
        text => match text.parse::<i64>() {
            Ok(size) if size > 0 => size.unsigned_abs(),
            Ok(_) => DEFAULT,
            Err(_) => return Err(wrong(format!("strconv.Atoi: parsing {text:?}: invalid syntax"))),
        },
    };
    Ok((if newer { size.min(MOST) } else { size.min(u64::from(u32::MAX)) }, query))
}

/// The selection, and the number of filters.
fn selection(query: &Form, newer: bool) -> Result<(IdentitySelection, usize), Problem> {
    let mut which = IdentitySelection::default();
    let mut filters = 0;
    let uuid = |text: &str, name: &str| match uuid::Uuid::parse_str(text) {
        Ok(id) => Ok(id.to_string()),
        Err(_) => Err(wrong(format!("Invalid UUID value `{text}` for parameter `{name}`."))),
    };
    for id in query.all("ids") {
        which.ids.push(uuid(id, "ids")?);
    }
    filters += usize::from(!which.ids.is_empty());
    if newer && which.ids.len() > 500 {
        return Err(wrong("The number of ids to filter must not exceed 500."));
    }
    if newer && !query.get("organization_id").is_empty() {
        which.organization = Some(uuid(query.get("organization_id"), "organization_id")?);
        filters += 1;
    }
    for (name, pattern) in [("preview_credentials_identifier_similar", true), ("credentials_identifier", false)] {
        let identifier = query.get(name);
        if identifier.is_empty() {
            continue;
        }
        filters += 1;
        let value = |kind: &str| {
            let value = normal(kind, identifier);
            if pattern { format!("{}%", value.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")) } else { value }
        };
        let claims = ["webauthn", "password", "code", "oidc", "saml"].map(|kind| (format!("credential:{kind}"), value(kind)));
        which.claim = Some((claims.to_vec(), pattern));
    }
    Ok((which, filters))
}
