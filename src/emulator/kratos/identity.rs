//! An identity: its content, and how it is printed and read back.
//!
//! Owns the order of the members and which ones are left out. Does not check their values.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::emulator::go::decode::{Fields, fold};
use crate::emulator::go::json::{Json, html_safe, quote};
use crate::emulator::go::uuid;

/// Go's zero time, which it prints for an unset time.
pub const NEVER: &str = "0001-01-01T00:00:00Z";

/// A way to sign in.
#[derive(Clone, Debug, PartialEq)]
pub struct Credential {
    /// The identifiers that it is found by; `None` until some were set.
    pub identifiers: Option<Vec<String>>,
    /// Its secrets; `None` until there are some.
    pub config: Option<Json>,
    /// The version of `config`.
    pub version: i64,
    /// When it was first stored.
    pub created: String,
    /// When it was last stored.
    pub updated: String,
}

impl Default for Credential {
    fn default() -> Self {
        Self { identifiers: None, config: None, version: 0, created: NEVER.to_owned(), updated: NEVER.to_owned() }
    }
}

/// An address for verification or for recovery. The latter is never verified.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Address {
    /// Its own id.
    pub id: String,
    /// The address.
    pub value: String,
    /// Whether it is verified.
    pub verified: bool,
    /// How it is reached: `email` or `sms`.
    pub via: String,
    /// The status of the verification.
    pub status: String,
    /// When it was verified.
    pub verified_at: Option<String>,
    /// When it was first stored.
    pub created: String,
    /// When it was last stored.
    pub updated: String,
}

/// An identity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Identity {
    /// Its id.
    pub id: String,
    /// The id that the API's user gave to it.
    pub external_id: String,
    /// Credentials, by their type.
    pub credentials: BTreeMap<String, Credential>,
    /// The schema of its traits.
    pub schema: String,
    /// The schema whose URL is shown. A change of the schema shows only in the next read.
    pub shown_schema: String,
    /// `active` or `inactive`.
    pub state: String,
    /// When the state last changed.
    pub state_changed: String,
    /// The traits.
    pub traits: Option<Json>,
    /// Addresses to verify.
    pub verifiable: Vec<Address>,
    /// Addresses to recover with.
    pub recovery: Vec<Address>,
    /// Metadata that its owner may see.
    pub metadata_public: Option<Json>,
    /// Metadata for administrators.
    pub metadata_admin: Option<Json>,
    /// When it was first stored.
    pub created: String,
    /// When it was last stored.
    pub updated: String,
    /// Its organization.
    pub organization: Option<String>,
    /// Its region; empty if there is only one.
    pub region: String,
}

/// Which credentials are shown.
#[derive(Clone, Copy, PartialEq)]
pub enum Show<'a> {
    /// Nothing.
    Nothing,
    /// Everything except secrets; for these types, the secrets too.
    Only(&'a [String]),
    /// Everything, to be stored or patched.
    Everything,
}

/// The members of an object, in the order they are added.
#[derive(Default)]
struct Members(Vec<String>);

impl Members {
    fn raw(&mut self, name: &str, value: &str) {
        self.0.push(format!("\"{name}\":{value}"));
    }

    fn text(&mut self, name: &str, value: &str) {
        self.raw(name, &quote(value));
    }

    fn end(self) -> String {
        format!("{{{}}}", self.0.join(","))
    }
}

fn or_never(text: String) -> String {
    if text.is_empty() { NEVER.to_owned() } else { text }
}

fn printed(json: Option<&Json>) -> String {
    json.map_or_else(|| "null".to_owned(), |json| html_safe(&json.compact()))
}

impl Address {
    fn wire(&self, verifiable: bool) -> String {
        let mut out = Members::default();
        out.text("id", &self.id);
        out.text("value", &self.value);
        if verifiable {
            out.raw("verified", if self.verified { "true" } else { "false" });
        }
        out.text("via", &self.via);
        if verifiable {
            out.text("status", &self.status);
            if let Some(at) = &self.verified_at {
                out.text("verified_at", at);
            }
        }
        out.text("created_at", &self.created);
        out.text("updated_at", &self.updated);
        out.end()
    }

    /// Reads an address in a Go struct with this name.
    ///
    /// # Errors
    /// Go's text for the first member that is wrong.
    pub fn read(json: &Json, owner: &str, strict: bool) -> Result<Self, String> {
        let mut fields = Fields::read(json, "identity", owner)?;
        if strict {
            let known = ["id", "value", "verified", "via", "status", "verified_at", "created_at", "updated_at"];
            fields.only(if owner == "VerifiableAddress" { &known } else { &["id", "value", "via", "created_at", "updated_at"] });
        }
        let address = Self {
            id: fields.text("id"),
            value: fields.text("value"),
            verified: fields.flag("verified"),
            via: fields.text("via"),
            status: fields.text("status"),
            verified_at: fields.optional_text("verified_at"),
            created: or_never(fields.text("created_at")),
            updated: or_never(fields.text("updated_at")),
        };
        fields.finish().map(|()| address)
    }
}

impl Credential {
    fn wire(&self, kind: &str, secret: bool) -> String {
        let mut out = Members::default();
        out.text("type", kind);
        let list = |identifiers: &Vec<String>| format!("[{}]", identifiers.iter().map(|one| quote(one)).collect::<Vec<_>>().join(","));
        out.raw("identifiers", &self.identifiers.as_ref().map_or_else(|| "null".to_owned(), list));
        if secret && self.config.is_some() {
            out.raw("config", &printed(self.config.as_ref()));
        }
        out.raw("version", &self.version.to_string());
        out.text("created_at", &self.created);
        out.text("updated_at", &self.updated);
        out.end()
    }

    fn read(json: &Json) -> Result<Self, String> {
        let mut fields = Fields::read(json, "identity", "Credentials")?;
        let credential = Self {
            identifiers: fields.texts("identifiers"),
            config: fields.raw("config").filter(|config| **config != Json::Null).cloned(),
            version: fields.integer("version"),
            created: or_never(fields.text("created_at")),
            updated: or_never(fields.text("updated_at")),
        };
        fields.finish().map(|()| credential)
    }
}

impl Identity {
    /// The URL of its schema.
    #[must_use]
    pub fn schema_url(&self, base: &str) -> String {
        format!("{base}/schemas/{}", URL_SAFE_NO_PAD.encode(&self.shown_schema))
    }

    /// The JSON object. `base` is the beginning of the URLs of schemas.
    #[must_use]
    pub fn wire(&self, base: &str, show: Show<'_>) -> String {
        let mut out = Members::default();
        out.text("id", &self.id);
        if !self.external_id.is_empty() {
            out.text("external_id", &self.external_id);
        }
        if show != Show::Nothing && !self.credentials.is_empty() {
            let mut credentials = Members::default();
            for (kind, credential) in &self.credentials {
                let secret = match show {
                    Show::Only(kinds) => kinds.contains(kind),
                    _ => true,
                };
                credentials.raw(kind, &credential.wire(kind, secret));
            }
            out.raw("credentials", &credentials.end());
        }
        out.text("schema_id", &self.schema);
        out.text("schema_url", &self.schema_url(base));
        out.text("state", &self.state);
        out.text("state_changed_at", &self.state_changed);
        out.raw("traits", &printed(self.traits.as_ref()));
        for (name, addresses, verifiable) in
            [("verifiable_addresses", &self.verifiable, true), ("recovery_addresses", &self.recovery, false)]
        {
            if !addresses.is_empty() {
                let addresses: Vec<String> = addresses.iter().map(|address| address.wire(verifiable)).collect();
                out.raw(name, &format!("[{}]", addresses.join(",")));
            }
        }
        out.raw("metadata_public", &printed(self.metadata_public.as_ref()));
        if self.metadata_admin.is_some() {
            out.raw("metadata_admin", &printed(self.metadata_admin.as_ref()));
        }
        out.text("created_at", &self.created);
        out.text("updated_at", &self.updated);
        out.raw("organization_id", &self.organization.as_ref().map_or_else(|| "null".to_owned(), |id| quote(id)));
        if !self.region.is_empty() {
            out.text("region", &self.region);
        }
        out.end()
    }

    /// Decodes the output of [`wire`](Self::wire), which may have been patched, over this identity.
    ///
    /// # Errors
    /// Go's text for the first member of a wrong type.
    pub fn read_over(mut self, json: &Json) -> Result<Self, String> {
        let mut fields = Fields::read(json, "identity", "localIdentity")?;
        let has = |name: &str| matches!(json, Json::Object(members) if members.iter().any(|member| fold(&member.0) == name && member.1 != Json::Null));
        for (name, into) in [
            ("id", &mut self.id),
            ("external_id", &mut self.external_id),
            ("schema_id", &mut self.schema),
            ("state", &mut self.state),
            ("state_changed_at", &mut self.state_changed),
            ("created_at", &mut self.created),
            ("updated_at", &mut self.updated),
            ("region", &mut self.region),
        ] {
            if let Some(text) = fields.optional_text(name) {
                *into = text;
            }
        }
        for (name, into) in
            [("traits", &mut self.traits), ("metadata_public", &mut self.metadata_public), ("metadata_admin", &mut self.metadata_admin)]
        {
            if let Some(value) = fields.raw(name) {
                *into = Some(value.clone());
            }
        }
        if fields.raw("organization_id").is_some() {
            self.organization = organization(&mut fields, "organization_id");
        }
        if let Some(Json::Object(members)) = fields.raw("credentials") {
            for (kind, credential) in members {
                match Credential::read(credential) {
                    Ok(credential) => {
                        self.credentials.insert(kind.clone(), credential);
                    }
                    Err(why) => fields.inside("credentials", why),
                }
            }
        }
        for (name, owner, into) in [
            ("verifiable_addresses", "VerifiableAddress", &mut self.verifiable),
            ("recovery_addresses", "RecoveryAddress", &mut self.recovery),
        ] {
            if !has(name) {
                continue;
            }
            let items = fields.items(name, &format!("identity.{owner}")).unwrap_or_default();
            match items.iter().map(|item| Address::read(item, owner, false)).collect() {
                Ok(addresses) => *into = addresses,
                Err(why) => fields.inside(name, why),
            }
        }
        fields.finish().map(|()| self)
    }
}

/// The organization in the member of this name, in the usual spelling of its id. A value that is not text is used in its own
/// spelling.
pub fn organization(fields: &mut Fields<'_>, name: &'static str) -> Option<String> {
    let id = fields.raw(name).filter(|json| **json != Json::Null)?;
    match uuid::parse(&id.as_text().unwrap_or_else(|| id.compact())) {
        Ok(id) => Some(id),
        Err(why) => {
            fields.inside(name, why);
            None
        }
    }
}
