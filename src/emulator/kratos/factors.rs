//! Second factors and passkeys that are imported with an identity: TOTP, lookup codes, WebAuthn.
//!
//! Owns how they are read, as on Ory Network (no release does so yet), and what an import does to existing ones. Follows
//! `identity/handler_import.go` of Kratos' main branch as of July 2026.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::frame::config;
use super::identity::{Credential, Identity, NEVER};
use crate::emulator::envelope::Problem;
use crate::emulator::go::decode::Fields;
use crate::emulator::go::json::{Json, parse_whole, quote};

/// The types, as members of a body.
pub const KINDS: [&str; 4] = ["totp", "lookup_secret", "webauthn", "passkey"];

/// The imported ones. `Debug` is not derived, since they contain secrets.
#[derive(Default)]
pub struct Factors {
    totp: Option<String>,
    /// Codes, in the stored form.
    codes: Option<Vec<Json>>,
    /// Type, credentials in the stored form, and the bytes of the user handle.
    keys: Vec<(&'static str, Vec<Json>, Vec<u8>)>,
}

impl Factors {
    /// Reads them from the credentials of a body.
    ///
    /// # Errors
    /// Go's text for the first member that is wrong.
    pub fn read(fields: &Fields<'_>, strict: bool) -> Result<Self, String> {
        let mut factors = Self::default();
        let there = |kind: &str| fields.raw(kind).filter(|json| **json != Json::Null);
        if let Some(totp) = there("totp") {
            let mut inner = config(totp, strict, &["totp_url"])?;
            factors.totp = Some(inner.text("totp_url"));
            inner.finish()?;
        }
        if let Some(lookup) = there("lookup_secret") {
            let mut inner = config(lookup, strict, &["codes"])?;
            let items = inner.items("codes", "identity.RecoveryCode").unwrap_or_default();
            factors.codes = Some(items.iter().map(|item| code(item, strict)).collect::<Result<_, _>>()?);
            inner.finish()?;
        }
        for kind in ["webauthn", "passkey"] {
            let Some(keys) = there(kind) else { continue };
            let mut inner = config(keys, strict, &["credentials", "user_handle"])?;
            let items = inner.items("credentials", "identity.CredentialWebAuthn").unwrap_or_default();
            let items = items.iter().map(|item| key(item, strict)).collect::<Result<_, _>>()?;
            let handle = bytes(&mut inner, "user_handle")?;
            inner.finish()?;
            factors.keys.push((kind, items, handle));
        }
        Ok(factors)
    }

    /// Adds them to the identity: TOTP replaces the old one, codes are added to the existing ones, and a key replaces the one
    /// with the same id.
    ///
    /// # Errors
    /// When a passkey could never be found.
    pub fn apply(&self, identity: &mut Identity) -> Result<(), Problem> {
        for (kind, items, handle) in &self.keys {
            let old = identity.credentials.get(*kind);
            let before = |name: &str| old.and_then(|old| old.config.as_ref()?.member(name).cloned());
            let mut all = match before("credentials") {
                Some(Json::Array(items)) => items,
                _ => Vec::new(),
            };
            for item in items {
                match all.iter_mut().find(|there| there.member("id") == item.member("id")) {
                    Some(there) => there.clone_from(item),
                    None => all.push(item.clone()),
                }
            }
            let mut identifiers = old.and_then(|old| old.identifiers.clone()).unwrap_or_default();
            let kept = match (handle.is_empty(), before("user_handle")) {
                (true, kept) => kept.unwrap_or_else(|| Json::text("")),
                (false, _) => Json::text(&STANDARD.encode(handle)),
            };
            if *kind == "passkey" {
                let name = String::from_utf8_lossy(handle).into_owned();
                if !name.is_empty() && !identifiers.contains(&name) {
                    identifiers.push(name);
                }
                if kept.as_text().is_none_or(|kept| kept.is_empty()) {
                    return Err(Problem::bad_request().because("Passkey credential import requires a non-empty user_handle. It must match the WebAuthn user handle stored on the authenticator."));
                }
                if all.is_empty() {
                    return Err(Problem::bad_request()
                        .because("Passkey credential import requires at least one entry in credentials.passkey.config.credentials."));
                }
            }
            let config = Json::Object(vec![("credentials".to_owned(), Json::Array(all)), ("user_handle".to_owned(), kept)]);
            put(identity, kind, config, Some(identifiers));
        }
        if let Some(codes) = &self.codes {
            let before = identity.credentials.get("lookup_secret").and_then(|old| old.config.as_ref()?.member("recovery_codes").cloned());
            let mut all = match before {
                Some(Json::Array(items)) => items,
                _ => Vec::new(),
            };
            all.extend(codes.iter().cloned());
            put(identity, "lookup_secret", Json::Object(vec![("recovery_codes".to_owned(), Json::Array(all))]), None);
        }
        if let Some(url) = &self.totp {
            put(identity, "totp", Json::Object(vec![("totp_url".to_owned(), Json::text(url))]), None);
        }
        Ok(())
    }
}

/// Sets the identifier: signing in finds these two types by the id of their identity.
pub fn name(kind: &str, credential: &mut Credential, id: &str) {
    if matches!(kind, "totp" | "lookup_secret") && credential.identifiers.as_ref().is_none_or(Vec::is_empty) {
        credential.identifiers = Some(vec![id.to_owned()]);
    }
}

/// The credential without the keys that are only a second factor; `None` if nothing is left.
#[must_use]
pub fn without_second_factors(mut credential: Credential) -> Option<Credential> {
    let Some(Json::Object(members)) = &mut credential.config else { return None };
    let keys = members.iter_mut().find(|member| member.0 == "credentials");
    let Some((_, Json::Array(keys))) = keys else { return None };
    keys.retain(|key| key.member("is_passwordless") == Some(&Json::Bool(true)));
    (!keys.is_empty()).then_some(credential)
}

fn put(identity: &mut Identity, kind: &str, config: Json, identifiers: Option<Vec<String>>) {
    identity.credentials.insert(kind.to_owned(), Credential { config: Some(config), identifiers, ..Credential::default() });
}

fn code(json: &Json, strict: bool) -> Result<Json, String> {
    let mut fields = Fields::read(json, "identity", "RecoveryCode")?;
    if strict {
        fields.only(&["code", "used_at"]);
    }
    let mut members = vec![("code".to_owned(), Json::text(&fields.text("code")))];
    members.push(("used_at".to_owned(), fields.optional_text("used_at").map_or(Json::Null, |at| Json::text(&at))));
    fields.finish().map(|()| Json::Object(members))
}

/// A key in the form in which Go prints it.
fn key(json: &Json, strict: bool) -> Result<Json, String> {
    let mut fields = Fields::read(json, "identity", "CredentialWebAuthn")?;
    if strict {
        fields.only(&[
            "id",
            "public_key",
            "attestation_type",
            "authenticator",
            "display_name",
            "added_at",
            "is_passwordless",
            "flags",
            "transport",
            "attestation",
        ]);
    }
    let [id, public] = [bytes(&mut fields, "id")?, bytes(&mut fields, "public_key")?].map(|bytes| quote(&STANDARD.encode(bytes)));
    let mut printed = format!(r#"{{"id":{id},"public_key":{public},"attestation_type":{}"#, quote(&fields.text("attestation_type")));
    if let Some(authenticator) = fields.raw("authenticator").filter(|json| **json != Json::Null) {
        let mut inner = Fields::read(authenticator, "identity", "AuthenticatorWebAuthn")?;
        if strict {
            inner.only(&["aaguid", "sign_count", "clone_warning"]);
        }
        printed.push_str(&format!(
            r#","authenticator":{{"aaguid":{},"sign_count":{},"clone_warning":{}}}"#,
            quote(&STANDARD.encode(bytes(&mut inner, "aaguid")?)),
            inner.integer("sign_count"),
            inner.flag("clone_warning")
        ));
        inner.finish()?;
    }
    let added = fields.optional_text("added_at").unwrap_or_else(|| NEVER.to_owned());
    printed.push_str(&format!(
        r#","display_name":{},"added_at":{},"is_passwordless":{}"#,
        quote(&fields.text("display_name")),
        quote(&added),
        fields.flag("is_passwordless")
    ));
    if let Some(flags) = fields.raw("flags").filter(|json| **json != Json::Null) {
        const FLAGS: [&str; 4] = ["user_present", "user_verified", "backup_eligible", "backup_state"];
        let mut inner = Fields::read(flags, "identity", "CredentialWebAuthnFlags")?;
        if strict {
            inner.only(&FLAGS);
        }
        let flags = FLAGS.map(|name| format!(r#""{name}":{}"#, inner.flag(name)));
        printed.push_str(&format!(r#","flags":{{{}}}"#, flags.join(",")));
        inner.finish()?;
    }
    if let Some(transport) = fields.texts("transport").filter(|transport| !transport.is_empty()) {
        let transport: Vec<String> = transport.iter().map(|one| quote(one)).collect();
        printed.push_str(&format!(r#","transport":[{}]"#, transport.join(",")));
    }
    if let Some(attestation) = fields.raw("attestation").filter(|json| **json != Json::Null) {
        printed.push_str(&format!(r#","attestation":{}"#, attestation.compact()));
    }
    printed.push('}');
    fields.finish()?;
    parse_whole(printed.as_bytes())
}

/// Bytes, which Go reads from base64 or from a list of numbers.
fn bytes(fields: &mut Fields<'_>, name: &str) -> Result<Vec<u8>, String> {
    let unfit = |json: &Json| Err(format!("json: cannot unmarshal {} into Go value of type []uint8", json.kind()));
    match fields.raw(name) {
        None | Some(Json::Null) => Ok(Vec::new()),
        Some(text @ Json::Text(_)) => STANDARD.decode(text.as_text().unwrap_or_default()).map_err(|error| match error {
            base64::DecodeError::InvalidByte(at, _) => format!("illegal base64 data at input byte {at}"),
            _ => "illegal base64 data at input byte 0".to_owned(),
        }),
        Some(list @ Json::Array(items)) => {
            let numbers: Option<Vec<u8>> = items.iter().map(|item| item.compact().parse().ok()).collect();
            numbers.map_or_else(|| unfit(list), Ok)
        }
        Some(other) => unfit(other),
    }
}
