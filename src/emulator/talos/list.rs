//! Lists of keys: pages, and the few filters.

use super::problem::Problem;
use super::{Json, Reply, Stored, Talos, document, object};
use crate::emulator::go::form::Form;
use crate::emulator::paging;

const DEFAULT: usize = 50;
const MOST: usize = 1000;
const STATUSES: [&str; 4] = ["KEY_STATUS_UNSPECIFIED", "KEY_STATUS_ACTIVE", "KEY_STATUS_REVOKED", "KEY_STATUS_EXPIRED"];

/// What a filter asks for.
#[derive(Debug, Default, PartialEq)]
struct Filter {
    actor: Option<String>,
    status: Option<String>,
}

impl Talos {
    pub(super) fn list(&self, of: &Stored, member: &str, query: &Form) -> Result<Reply, Problem> {
        let size = match query.get("page_size") {
            "" => DEFAULT,
            text => match text.parse::<i32>() {
                Ok(0) => DEFAULT,
                Ok(size) if size > 0 => usize::try_from(size).unwrap_or(DEFAULT).min(MOST),
                _ => return Err(Problem::bad_request("page_size: value must be greater than or equal to 0")),
            },
        };
        let filter = Filter::read(query.get("filter"))?;
        let after = match query.get("page_token") {
            "" => None,
            token => paging::open(token, self.secret()).map_err(|_| Problem::bad_request("invalid page token"))?,
        };
        let mut keys = self.keys(of)?;
        // In the order of the ids, as the page token needs it.
        keys.sort_by(|one, other| one.id.cmp(&other.id));
        keys.retain(|key| filter.actor.as_ref().is_none_or(|actor| key.actor == *actor));
        // The stored status does not have expiry.
        let kept = |key: &super::Key| if key.revoked.is_some() { STATUSES[2] } else { STATUSES[1] };
        keys.retain(|key| filter.status.as_ref().is_none_or(|status| kept(key) == status));
        keys.retain(|key| after.as_ref().is_none_or(|after| key.id > *after));
        let more = keys.len() > size;
        keys.truncate(size);
        let token = match keys.last().filter(|_| more) {
            Some(last) => paging::seal(&last.id, self.secret()).map_err(|_| Problem::internal("no randomness"))?,
            None => String::new(),
        };
        let keys = keys.iter().map(|key| key.wire(&self.settings)).collect();
        Ok(document(200, &object(vec![(member, Json::Array(keys)), ("next_page_token", Json::text(&token))])))
    }
}

impl Filter {
    /// Reads `actor_id="x"`, optionally followed by ` AND status=KEY_STATUS_…`.
    fn read(text: &str) -> Result<Self, Problem> {
        let refused = |why: &str| Problem::bad_request(format!("invalid filter: {why}"));
        let mut filter = Self::default();
        if text.trim().is_empty() {
            return Ok(filter);
        }
        for part in split(text) {
            let (name, value) = part.split_once('=').ok_or_else(|| refused("expected a comparison"))?;
            let value = value.trim();
            match name.trim() {
                "actor_id" if filter.actor.is_none() => {
                    let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
                    filter.actor =
                        Some(inner.filter(|inner| !inner.contains('"')).ok_or_else(|| refused("expected a quoted text"))?.to_owned());
                }
                "status" if filter.status.is_none() && STATUSES.contains(&value) => filter.status = Some(value.to_owned()),
                _ => return Err(refused("unknown or repeated field")),
            }
        }
        // The second example of Ory's description is refused.
        if filter.actor.is_none() { Err(refused("status needs actor_id")) } else { Ok(filter) }
    }
}

/// The parts between `AND`s outside of quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, letter) in text.char_indices() {
        quoted ^= letter == '"';
        if !quoted && at >= start && text[at..].starts_with(" AND ") {
            parts.push(text[start..at].trim());
            start = at + " AND ".len();
        }
    }
    parts.push(text[start..].trim());
    parts
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_an_actor_and_perhaps_a_status() {
        let of = |actor: &str, status: Option<&str>| Filter { actor: Some(actor.to_owned()), status: status.map(str::to_owned) };
        assert_eq!(Filter::read(r#"actor_id="user_123""#).unwrap(), of("user_123", None));
        let both = Filter::read(r#"actor_id="a AND b" AND status=KEY_STATUS_ACTIVE"#).unwrap();
        assert_eq!(both, of("a AND b", Some("KEY_STATUS_ACTIVE")));
        for refused in
            ["status=KEY_STATUS_ACTIVE", r#"actor_id="a" OR actor_id="b""#, r#"actor_id="a" AND actor_id="b""#, r#"name="a""#, "actor_id=a"]
        {
            assert!(Filter::read(refused).is_err(), "{refused}");
        }
    }
}
