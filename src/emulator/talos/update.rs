//! Updates by a mask (AIP-134): the body is the key itself. A member that the mask names and the body lacks is cleared, and unknown
//! members are ignored, even the key in an envelope.

use super::key::Mutable;
use super::problem::Problem;
use super::read::{member, text};
use super::{Asked, Reply, Stored, Talos, body, document};

const PATHS: [(&str, &str); 5] = [
    ("name", "name"),
    ("scopes", "scopes"),
    ("metadata", "metadata"),
    ("rate_limit_policy", "rateLimitPolicy"),
    ("ip_restriction", "ipRestriction"),
];

impl Talos {
    pub(super) fn update(&self, of: &Stored, asked: &Asked<'_>) -> Result<Reply, Problem> {
        let body = body(asked)?;
        let said = Mutable::read(&body)?;
        let name = text(&body, "name")?.unwrap_or_default();
        let mask = read(asked.call.query.get("update_mask"))?;
        let _writing = self.writing();
        let mut key = self.key(of, asked.at("key_id"))?;
        let names = |path: &str| match &mask {
            Some(mask) => mask.contains(&path),
            None => member(&body, path).is_some(),
        };
        if names("name") {
            key.name = name;
        }
        key.mutable.take(said, names);
        key.touch();
        self.keep(of, &key)?;
        Ok(document(200, &key.wire(&self.settings)))
    }
}

/// The fields in a mask; `None` if there is no mask.
fn read(mask: &str) -> Result<Option<Vec<&'static str>>, Problem> {
    if mask.is_empty() {
        return Ok(None);
    }
    let path = |name: &str| {
        let found = PATHS.iter().find(|(snake, camel)| [*snake, *camel].contains(&name)).map(|(snake, _)| *snake);
        found.ok_or_else(|| Problem::bad_request(format!("update_mask: unknown field {name:?}")))
    };
    mask.split(',').map(|name| path(name.trim())).collect::<Result<_, _>>().map(Some)
}
