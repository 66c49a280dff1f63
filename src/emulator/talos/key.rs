//! A key: its stored form, what may be changed, and its form in answers.

use std::net::IpAddr;

use super::problem::Problem;
use super::read::{member, text, texts, word};
use super::{Settings, object};
use crate::emulator::clock;
use crate::emulator::go::json::{Json, parse_whole};

/// Who may see a key.
pub const VISIBILITIES: [&str; 3] = ["KEY_VISIBILITY_UNSPECIFIED", "KEY_VISIBILITY_SECRET", "KEY_VISIBILITY_PUBLIC"];
/// Why a key was revoked.
pub const REASONS: [&str; 5] = [
    "REVOCATION_REASON_UNSPECIFIED",
    "REVOCATION_REASON_KEY_COMPROMISE",
    "REVOCATION_REASON_AFFILIATION_CHANGED",
    "REVOCATION_REASON_SUPERSEDED",
    "REVOCATION_REASON_PRIVILEGE_WITHDRAWN",
];
/// The only reason that may have an explanation.
pub const WITHDRAWN: &str = REASONS[4];
const MOST_METADATA: usize = 64 << 10;

/// An API key, issued or imported.
#[derive(Clone)]
pub struct Key {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who uses it.
    pub actor: String,
    /// What may be changed, besides the name.
    pub mutable: Mutable,
    /// Who may see it.
    pub visibility: &'static str,
    /// The reason of the revocation, and its explanation.
    pub revoked: Option<(&'static str, String)>,
    /// When it was made (RFC 3339).
    pub created: String,
    /// When it was last changed.
    pub updated: String,
    /// When it expires.
    pub expires: String,
    /// When it was last verified.
    pub used: Option<String>,
    /// The id of the request that made it.
    pub request: String,
}

/// What an update may change, besides the name.
#[derive(Clone, Default)]
pub struct Mutable {
    /// Its scopes.
    pub scopes: Vec<String>,
    /// Its metadata: an object.
    pub metadata: Option<Json>,
    /// Its rate limit: how many requests, in how many seconds.
    pub policy: Option<(i64, i64)>,
    /// The networks from which it may be used.
    pub cidrs: Vec<String>,
}

impl Mutable {
    /// Reads a request.
    pub fn read(body: &Json) -> Result<Self, Problem> {
        Ok(Self {
            scopes: texts(body, "scopes")?.unwrap_or_default(),
            metadata: metadata(body)?,
            policy: policy(body)?,
            cidrs: cidrs(body)?,
        })
    }

    /// Takes over the named members of a request.
    pub fn take(&mut self, said: Self, is_named: impl Fn(&str) -> bool) {
        if is_named("scopes") {
            self.scopes = said.scopes;
        }
        if is_named("metadata") {
            self.metadata = said.metadata;
        }
        if is_named("rate_limit_policy") {
            self.policy = said.policy;
        }
        if is_named("ip_restriction") {
            self.cidrs = said.cidrs;
        }
    }
}

fn metadata(body: &Json) -> Result<Option<Json>, Problem> {
    let Some(found) = member(body, "metadata") else { return Ok(None) };
    match found {
        Json::Object(_) if found.compact().len() > MOST_METADATA => Err(Problem::bad_request("metadata exceeds 64 KiB")),
        Json::Object(_) => Ok(Some(found.clone())),
        _ => Err(Problem::bad_request("proto: invalid value for field metadata")),
    }
}

fn policy(body: &Json) -> Result<Option<(i64, i64)>, Problem> {
    let Some(policy) = member(body, "rate_limit_policy") else { return Ok(None) };
    let wrong = |why: &str| Problem::bad_request(format!("rate_limit_policy.{why}"));
    // A 64-bit integer is a text in protojson, and a number is accepted, too.
    let quota = match member(policy, "quota") {
        Some(Json::Number(number)) => number.parse().ok(),
        Some(text) => text.as_text().and_then(|text| text.parse().ok()),
        None => None,
    };
    let quota: i64 = quota.filter(|quota| *quota > 0).ok_or_else(|| wrong("quota: value must be greater than 0"))?;
    let window = text(policy, "window")?.unwrap_or_default();
    let window = window.strip_suffix('s').and_then(|seconds| seconds.parse().ok());
    let window = window.filter(|window| *window >= 1).ok_or_else(|| wrong("window: must be whole seconds, at least 1s"))?;
    match text(policy, "unit")?.as_deref() {
        None | Some("" | "requests") => Ok(Some((quota, window))),
        Some(_) => Err(wrong("unit: value must be \"requests\"")),
    }
}

fn cidrs(body: &Json) -> Result<Vec<String>, Problem> {
    let Some(restriction) = member(body, "ip_restriction") else { return Ok(Vec::new()) };
    let cidrs = texts(restriction, "allowed_cidrs")?.unwrap_or_default();
    match cidrs.iter().find(|cidr| block(cidr).is_none()) {
        Some(wrong) => Err(Problem::bad_request(format!("ip_restriction.allowed_cidrs: invalid CIDR {wrong:?}"))),
        None => Ok(cidrs),
    }
}

/// The address of a network, and the length of its prefix in bits.
fn block(cidr: &str) -> Option<(IpAddr, u32)> {
    let (address, bits) = cidr.split_once('/')?;
    let (address, bits): (IpAddr, u32) = (address.parse().ok()?, bits.parse().ok()?);
    (bits <= if address.is_ipv4() { 32 } else { 128 }).then_some((address, bits))
}

/// Whether an address is in one of these networks; without any, every address is allowed.
pub fn lets_in(cidrs: &[String], address: IpAddr) -> bool {
    let number = |address: IpAddr| match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let holds = |cidr: &String| {
        let Some((first, bits)) = block(cidr) else { return false };
        let ((first, length), (asked, other)) = (number(first), number(address));
        length == other && (bits == 0 || (first ^ asked) >> (128 - bits) == 0)
    };
    cidrs.is_empty() || cidrs.iter().any(holds)
}

impl Key {
    /// A key that is made now and lasts for this many seconds.
    pub fn new(id: String, name: String, actor: String, mutable: Mutable, visibility: &'static str, seconds: i64) -> Self {
        let now = clock::to_microsecond(clock::now());
        let (created, expires) = (now.to_string(), clock::later(now, seconds).to_string());
        // A key is secret by default.
        let visibility = if visibility == VISIBILITIES[2] { visibility } else { VISIBILITIES[1] };
        Self {
            id,
            name,
            actor,
            mutable,
            visibility,
            revoked: None,
            updated: created.clone(),
            created,
            expires,
            used: None,
            request: String::new(),
        }
    }

    /// Whether it has expired.
    pub fn is_expired(&self) -> bool {
        nanoseconds(&self.expires).is_some_and(|end| end <= clock::nanoseconds())
    }

    /// Whether it can be used.
    pub fn is_active(&self) -> bool {
        self.revoked.is_none() && !self.is_expired()
    }

    /// Its status in answers.
    pub fn status(&self, settings: &Settings) -> &'static str {
        match &self.revoked {
            Some(_) => "KEY_STATUS_REVOKED",
            None if self.is_expired() && !settings.stale_status => "KEY_STATUS_EXPIRED",
            None => "KEY_STATUS_ACTIVE",
        }
    }

    /// Sets the time of the last change to now.
    pub fn touch(&mut self) {
        self.updated = clock::to_microsecond(clock::now()).to_string();
    }

    /// Revokes it now. Its record is kept for at least 30 days.
    pub fn revoke(&mut self, reason: &'static str, description: String) {
        self.touch();
        let kept = clock::later(clock::to_microsecond(clock::now()), 30 * 86400).to_string();
        if nanoseconds(&self.expires) < nanoseconds(&kept) {
            self.expires = kept;
        }
        self.revoked = Some((reason, description));
    }

    /// The rate limit in answers.
    pub fn policy(&self) -> Json {
        self.mutable.policy.map_or(Json::Null, |(quota, window)| {
            object(vec![
                ("quota", Json::text(&quota.to_string())),
                ("window", Json::text(&format!("{window}s"))),
                ("unit", Json::text("requests")),
            ])
        })
    }

    /// The key in answers, with all members, set or not.
    pub fn wire(&self, settings: &Settings) -> Json {
        let moment = |at: Option<&str>| at.map_or(Json::Null, Json::text);
        let list = |texts: &[String]| Json::Array(texts.iter().map(|text| Json::text(text)).collect());
        let (reason, description) = self.revoked.as_ref().map_or((REASONS[0], ""), |(reason, description)| (*reason, description));
        let cidrs = &self.mutable.cidrs;
        object(vec![
            ("key_id", Json::text(&self.id)),
            ("name", Json::text(&self.name)),
            ("actor_id", Json::text(&self.actor)),
            ("scopes", list(&self.mutable.scopes)),
            ("metadata", self.mutable.metadata.clone().unwrap_or_else(|| object(Vec::new()))),
            ("status", Json::text(self.status(settings))),
            ("create_time", moment(Some(&self.created))),
            ("update_time", moment(Some(&self.updated))),
            ("expire_time", moment(Some(&self.expires))),
            ("last_used_time", moment(self.used.as_deref())),
            ("revocation_reason", Json::text(reason)),
            ("revocation_description", Json::text(description)),
            ("rate_limit_policy", self.policy()),
            ("ip_restriction", if cidrs.is_empty() { Json::Null } else { object(vec![("allowed_cidrs", list(cidrs))]) }),
            ("visibility", Json::text(self.visibility)),
        ])
    }

    /// The stored form.
    pub fn kept(&self, settings: &Settings) -> String {
        let mut kept = self.wire(settings);
        if let Json::Object(members) = &mut kept {
            members.push(("request_id".to_owned(), Json::text(&self.request)));
        }
        kept.compact()
    }

    /// Reads the stored form.
    pub fn open(document: &str) -> Option<Self> {
        let kept = parse_whole(document.as_bytes()).ok()?;
        let get = |name: &str| kept.member(name).and_then(Json::as_text);
        let reason = word(&kept, "revocation_reason", &REASONS).ok()?;
        Some(Self {
            id: get("key_id")?,
            name: get("name")?,
            actor: get("actor_id")?,
            mutable: Mutable::read(&kept).ok()?,
            visibility: word(&kept, "visibility", &VISIBILITIES).ok()?,
            revoked: (reason != REASONS[0]).then(|| (reason, get("revocation_description").unwrap_or_default())),
            created: get("create_time")?,
            updated: get("update_time")?,
            expires: get("expire_time")?,
            used: get("last_used_time"),
            request: get("request_id").unwrap_or_default(),
        })
    }
}

/// A time (RFC 3339), in nanoseconds since 1970.
pub fn nanoseconds(moment: &str) -> Option<i128> {
    moment.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_nanosecond)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn blocks_hold_their_addresses() {
        let cidrs = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        for (blocks, address, expected) in [
            (&[][..], "192.0.2.1", true),
            (&["192.0.2.0/24"], "192.0.2.255", true),
            (&["192.0.2.0/24"], "192.0.3.0", false),
            (&["10.0.0.0/8", "0.0.0.0/0"], "192.0.2.1", true),
            (&["192.0.2.1/32"], "192.0.2.1", true),
            (&["::/0"], "192.0.2.1", false),
            (&["2001:db8::/32"], "2001:db8:1::", true),
            (&["2001:db8::/32"], "2001:db9::", false),
        ] {
            assert_eq!(lets_in(&cidrs(blocks), address.parse().unwrap()), expected, "{blocks:?} {address}");
        }
        for wrong in ["192.0.2.1", "192.0.2.0/33", "::/129", "x/8", "10.0.0.0/-1"] {
            assert!(block(wrong).is_none(), "{wrong}");
        }
    }
}
