//! An OAuth 2.0 client: its members, and its JSON.
//!
//! Owns the members, their order, and when they are left out. Does not decode, validate or store.

use std::fmt::Write as _;

use crate::emulator::Profile;
use crate::emulator::clock::Instant;
use crate::emulator::go::json::{push_html_safe, push_quoted};
use crate::value::duration;

/// A list in JSON: `null` and `[]` differ in the answer to the request that sent them.
pub type List = Option<Vec<String>>;

/// The members with lifespans, in the order of the JSON. The last three came after version 2.3.
pub const LIFESPANS: [&str; 13] = [
    "authorization_code_grant_access_token_lifespan",
    "authorization_code_grant_id_token_lifespan",
    "authorization_code_grant_refresh_token_lifespan",
    "client_credentials_grant_access_token_lifespan",
    "implicit_grant_access_token_lifespan",
    "implicit_grant_id_token_lifespan",
    "jwt_bearer_grant_access_token_lifespan",
    "refresh_token_grant_id_token_lifespan",
    "refresh_token_grant_access_token_lifespan",
    "refresh_token_grant_refresh_token_lifespan",
    "device_authorization_grant_id_token_lifespan",
    "device_authorization_grant_access_token_lifespan",
    "device_authorization_grant_refresh_token_lifespan",
];

/// The position of the lifespan of client credentials tokens in [`LIFESPANS`].
pub const CLIENT_CREDENTIALS: usize = 3;

/// The default of the authentication method, in new and in stored clients.
pub const USUAL_AUTH_METHOD: &str = "client_secret_basic";
/// The default of the subject type.
pub const USUAL_SUBJECT_TYPE: &str = "public";
/// The default of the algorithm that signs userinfo.
pub const USUAL_USERINFO_ALG: &str = "none";

/// The length, in bytes, of the JSON of a client; few are longer.
pub const USUAL_LENGTH: usize = 1536;

/// The number of [`LIFESPANS`] in this profile.
#[must_use]
pub fn lifespans_of(profile: Profile) -> usize {
    match profile {
        Profile::V26_2 => LIFESPANS.len(),
        Profile::V2_3 => LIFESPANS.len() - 3,
    }
}

/// The key set. Hydra distinguishes "not sent" from "sent without keys".
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Jwks {
    /// Not sent, or `null`.
    #[default]
    Nil,
    /// An object without `keys`.
    Empty,
    /// An object with `keys`: its JSON, and whether every key may be used.
    Keys {
        /// `{"keys":[…]}`.
        text: String,
        /// False if one of them is symmetric.
        valid: bool,
    },
}

/// An OAuth 2.0 client. `Debug` is not derived, since it contains secrets.
#[derive(Clone, Default)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// `client_name`.
    pub name: String,
    /// `client_secret`: clear text in requests and answers, the hash from the store.
    pub secret: String,
    /// `redirect_uris`.
    pub redirect_uris: List,
    /// `grant_types`.
    pub grant_types: List,
    /// `response_types`.
    pub response_types: List,
    /// `scope`.
    pub scope: String,
    /// `audience`.
    pub audience: List,
    /// `owner`.
    pub owner: String,
    /// `policy_uri`.
    pub policy_uri: String,
    /// `allowed_cors_origins`.
    pub allowed_cors_origins: List,
    /// `tos_uri`.
    pub tos_uri: String,
    /// `client_uri`.
    pub client_uri: String,
    /// `logo_uri`.
    pub logo_uri: String,
    /// `contacts`.
    pub contacts: List,
    /// `client_secret_expires_at`.
    pub secret_expires_at: i64,
    /// `subject_type`.
    pub subject_type: String,
    /// `sector_identifier_uri`.
    pub sector_identifier_uri: String,
    /// `jwks_uri`.
    pub jwks_uri: String,
    /// `jwks`.
    pub jwks: Jwks,
    /// `token_endpoint_auth_method`.
    pub auth_method: String,
    /// `token_endpoint_auth_signing_alg`.
    pub auth_signing_alg: String,
    /// `request_uris`.
    pub request_uris: List,
    /// `request_object_signing_alg`.
    pub request_object_signing_alg: String,
    /// `userinfo_signed_response_alg`.
    pub userinfo_signed_response_alg: String,
    /// `created_at`.
    pub created_at: Option<Instant>,
    /// `updated_at`.
    pub updated_at: Option<Instant>,
    /// `frontchannel_logout_uri`.
    pub frontchannel_logout_uri: String,
    /// `frontchannel_logout_session_required`.
    pub frontchannel_logout_session_required: bool,
    /// `post_logout_redirect_uris`.
    pub post_logout_redirect_uris: List,
    /// `backchannel_logout_uri`.
    pub backchannel_logout_uri: String,
    /// `backchannel_logout_session_required`.
    pub backchannel_logout_session_required: bool,
    /// `metadata`: any JSON, in its original spelling.
    pub metadata: Option<String>,
    /// `registration_access_token`.
    pub registration_access_token: String,
    /// `registration_client_uri`.
    pub registration_client_uri: String,
    /// `access_token_strategy`.
    pub access_token_strategy: String,
    /// `skip_consent`.
    pub skip_consent: bool,
    /// `skip_logout_consent`.
    pub skip_logout_consent: Option<bool>,
    /// The lifespans in nanoseconds, in the order of [`LIFESPANS`].
    pub lifespans: [Option<i64>; 13],
}

impl Client {
    /// Whether it has no way to authenticate.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.auth_method == "none"
    }

    /// Sets the defaults of a new client.
    pub fn fill(&mut self) {
        if self.jwks == Jwks::Nil {
            self.jwks = Jwks::Empty;
        }
        self.metadata.get_or_insert_with(|| "{}".to_owned());
        self.audience.get_or_insert_default();
        self.allowed_cors_origins.get_or_insert_default();
    }

    /// Changes the client as a read from the store does: no list is `null` any more, and all defaults are set.
    pub fn settle(&mut self) {
        self.fill();
        for (text, usual) in [
            (&mut self.auth_method, USUAL_AUTH_METHOD),
            (&mut self.subject_type, USUAL_SUBJECT_TYPE),
            (&mut self.userinfo_signed_response_alg, USUAL_USERINFO_ALG),
        ] {
            if text.is_empty() {
                usual.clone_into(text);
            }
        }
        for list in [&mut self.redirect_uris, &mut self.grant_types, &mut self.response_types, &mut self.contacts] {
            list.get_or_insert_default();
        }
    }

    /// The client as a JSON object.
    #[must_use]
    pub fn wire(&self, profile: Profile) -> String {
        let mut out = String::with_capacity(USUAL_LENGTH);
        self.write(profile, &mut out);
        out
    }

    /// The same, appended to `out`.
    pub fn write(&self, profile: Profile, out: &mut String) {
        self.members(profile, Writer { out, is_begun: false, is_brief: false });
    }

    /// The part of the client that is stored as a JSON object: without members that have columns, and without those that a read
    /// sets by default. Of a hundred thousand clients, the latter are the greater part.
    #[must_use]
    pub fn brief(&self) -> String {
        let mut text = String::with_capacity(512);
        self.members(Profile::V26_2, Writer { out: &mut text, is_begun: false, is_brief: true });
        text
    }

    fn members(&self, profile: Profile, mut out: Writer<'_>) {
        if !out.is_brief {
            out.text("client_id", &self.id);
            out.text("client_name", &self.name);
            out.text_unless_empty("client_secret", &self.secret);
        }
        out.list("redirect_uris", &self.redirect_uris);
        out.list("grant_types", &self.grant_types);
        out.list("response_types", &self.response_types);
        out.text("scope", &self.scope);
        out.list("audience", &self.audience);
        if !out.is_brief {
            out.text("owner", &self.owner);
        }
        out.text("policy_uri", &self.policy_uri);
        out.list("allowed_cors_origins", &self.allowed_cors_origins);
        out.text("tos_uri", &self.tos_uri);
        out.text("client_uri", &self.client_uri);
        out.text("logo_uri", &self.logo_uri);
        out.list("contacts", &self.contacts);
        out.number("client_secret_expires_at", self.secret_expires_at);
        out.usual("subject_type", &self.subject_type, USUAL_SUBJECT_TYPE);
        out.text_unless_empty("sector_identifier_uri", &self.sector_identifier_uri);
        out.text_unless_empty("jwks_uri", &self.jwks_uri);
        match &self.jwks {
            Jwks::Nil => {}
            Jwks::Empty => out.unless_brief("jwks", "{}"),
            Jwks::Keys { text, .. } => push_html_safe(out.name("jwks"), text),
        }
        if !self.auth_method.is_empty() {
            out.usual("token_endpoint_auth_method", &self.auth_method, USUAL_AUTH_METHOD);
        }
        out.text_unless_empty("token_endpoint_auth_signing_alg", &self.auth_signing_alg);
        out.list_unless_empty("request_uris", &self.request_uris);
        out.text_unless_empty("request_object_signing_alg", &self.request_object_signing_alg);
        if !self.userinfo_signed_response_alg.is_empty() {
            out.usual("userinfo_signed_response_alg", &self.userinfo_signed_response_alg, USUAL_USERINFO_ALG);
        }
        if !out.is_brief {
            out.instant("created_at", self.created_at);
        }
        out.instant("updated_at", self.updated_at);
        out.text_unless_empty("frontchannel_logout_uri", &self.frontchannel_logout_uri);
        out.true_only("frontchannel_logout_session_required", self.frontchannel_logout_session_required);
        out.list_unless_empty("post_logout_redirect_uris", &self.post_logout_redirect_uris);
        out.text_unless_empty("backchannel_logout_uri", &self.backchannel_logout_uri);
        out.true_only("backchannel_logout_session_required", self.backchannel_logout_session_required);
        match self.metadata.as_deref() {
            None => {}
            Some("{}") => out.unless_brief("metadata", "{}"),
            Some(metadata) => push_html_safe(out.name("metadata"), metadata),
        }
        if !out.is_brief {
            out.text_unless_empty("registration_access_token", &self.registration_access_token);
            out.text_unless_empty("registration_client_uri", &self.registration_client_uri);
        }
        out.text_unless_empty("access_token_strategy", &self.access_token_strategy);
        match self.skip_consent {
            false => out.unless_brief("skip_consent", "false"),
            true => out.raw("skip_consent", "true"),
        }
        match self.skip_logout_consent {
            None => out.unless_brief("skip_logout_consent", "null"),
            Some(false) => out.raw("skip_logout_consent", "false"),
            Some(true) => out.raw("skip_logout_consent", "true"),
        }
        for (name, lifespan) in LIFESPANS.iter().zip(self.lifespans).take(lifespans_of(profile)) {
            match lifespan {
                Some(nanoseconds) => out.text(name, &duration::format(nanoseconds)),
                None => out.unless_brief(name, "null"),
            }
        }
        out.finish();
    }
}

/// Writes an object. A brief one leaves out members that a read sets by default.
struct Writer<'a> {
    out: &'a mut String,
    is_begun: bool,
    is_brief: bool,
}

impl Writer<'_> {
    /// Begins a member; the caller writes its value.
    fn name(&mut self, name: &str) -> &mut String {
        self.out.push_str(if self.is_begun { ",\"" } else { "{\"" });
        self.is_begun = true;
        self.out.push_str(name);
        self.out.push_str("\":");
        self.out
    }

    fn raw(&mut self, name: &str, json: &str) {
        self.name(name).push_str(json);
    }

    fn unless_brief(&mut self, name: &str, json: &str) {
        if !self.is_brief {
            self.raw(name, json);
        }
    }

    fn number(&mut self, name: &str, number: i64) {
        if !(self.is_brief && number == 0) {
            // Writing to a String cannot fail.
            let _ = write!(self.name(name), "{number}");
        }
    }

    fn text(&mut self, name: &str, value: &str) {
        if !(self.is_brief && value.is_empty()) {
            push_quoted(self.name(name), value);
        }
    }

    fn usual(&mut self, name: &str, value: &str, usual: &str) {
        if !(self.is_brief && value == usual) {
            self.text(name, value);
        }
    }

    fn text_unless_empty(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.text(name, value);
        }
    }

    fn list(&mut self, name: &str, value: &List) {
        match value {
            None => self.unless_brief(name, "null"),
            Some(items) if items.is_empty() => self.unless_brief(name, "[]"),
            Some(items) => {
                let out = self.name(name);
                for (at, item) in items.iter().enumerate() {
                    out.push(if at > 0 { ',' } else { '[' });
                    push_quoted(out, item);
                }
                out.push(']');
            }
        }
    }

    fn list_unless_empty(&mut self, name: &str, value: &List) {
        if value.as_ref().is_some_and(|items| !items.is_empty()) {
            self.list(name, value);
        }
    }

    fn true_only(&mut self, name: &str, value: bool) {
        if value {
            self.raw(name, "true");
        }
    }

    fn instant(&mut self, name: &str, value: Option<Instant>) {
        match value {
            Some(at) => {
                // As above.
                let _ = write!(self.name(name), "\"{at}\"");
            }
            None => self.raw(name, "\"0001-01-01T00:00:00Z\""),
        }
    }

    fn finish(self) {
        if !self.is_begun {
            self.out.push('{');
        }
        self.out.push('}');
    }
}
