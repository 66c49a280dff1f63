//! Second factors and passkeys that are imported into an identity: TOTP, lookup codes, WebAuthn.
//!
//! Owns their attributes, which credentials a plan removes, and what the server cannot do. No answer shows their secrets.
//! Credentials that people enrol themselves are not managed. The rules of the server are from Kratos' `identity/handler_import.go`
//! and `identity/handler.go` on its main branch.

use crate::{
    engine::Write,
    schema::{
        Attr, Equality, INSTANT, Kind, Nested, Object, Problem, Rule, Table, boolean, integer, list, object, objects, only, rule, string,
        warn,
    },
    value::{Json, Value},
};
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    prelude::BASE64_STANDARD,
};
use std::borrow::Cow;

/// Lookup codes. Sent by this name only with a new identity: the server adds them to existing ones.
pub const LOOKUP: &str = "lookup_secret";
const PASSKEY: &str = "passkey";
const WEBAUTHN: &str = "webauthn";
const TOTP: &str = "totp";
/// The kinds of credentials to remove. Never sent.
pub const REMOVED: &str = "removed_credentials";

/// All that is imported, by attributes that have the API's names.
pub const KINDS: [&str; 4] = [TOTP, LOOKUP, WEBAUTHN, PASSKEY];

/// The attributes.
pub static ATTRIBUTES: &[Attr] = &[
    object(
        TOTP,
        "An authenticator app to import, as a second factor. Never read; a change replaces the old one, and removing it here removes it from the identity. On Ory Network only: no release of Ory Kratos up to 26.2 imports it.",
        &TOTP_KIND,
    )
    .once()
    .at("credentials/totp/config"),
    object(
        LOOKUP,
        "Recovery codes to import, as a second factor. Never read; a change replaces all codes of the identity, and removing them here removes them from the identity. On Ory Network only, like `totp`.",
        &LOOKUP_KIND,
    )
    .once()
    .at("credentials/lookup_secret/config"),
    object(
        WEBAUTHN,
        "Security keys to import (WebAuthn). Never read. A changed key is changed at Ory, by its `id`. A key that is removed here stays, since Ory can only remove all second factors of this kind at once: remove the whole attribute for that. On Ory Network only, like `totp`.",
        &WEBAUTHN_KIND,
    )
    .once()
    .at("credentials/webauthn/config"),
    object(
        PASSKEY,
        "Passkeys to import. Never read. A changed passkey is changed at Ory, by its `id`; a passkey that is removed here stays, since Ory cannot remove passkeys. On Ory Network only, like `totp`.",
        &PASSKEY_KIND,
    )
    .once()
    .at("credentials/passkey/config"),
    list(
        REMOVED,
        "Kinds of credentials to remove, also those that people have enrolled themselves: `password`, `totp`, `lookup_secret` or `webauthn`. Each is removed once, when it is added here. Ory does not remove the last way to sign in, and Ory Kratos 1.3 does not remove passwords.",
    )
    .unordered()
    .each(only(&["password", TOTP, LOOKUP, WEBAUTHN]))
    .once(),
];

static TOTP_KIND: Nested = Nested {
    name: "IdentityTotp",
    table: Table::new(&[&[
        string("url", "The app's key, as in its QR code: `otpauth://totp/…?secret=…`.").secret().check(warn(key_uri)).at("totp_url"),
        string("url_wo", "The same as `url`, kept out of the state.").write_only().check(warn(key_uri)).at("totp_url"),
        string("url_wo_version", "Any text; a change sends `url_wo` again.").local(),
    ]]),
};

static LOOKUP_KIND: Nested = Nested {
    name: "IdentityLookupSecret",
    table: Table::new(&[&[
        list("codes", "The codes, each good for one sign-in.").secret(),
        list("codes_wo", "The same as `codes`, kept out of the state.").write_only().at("codes"),
        string("codes_wo_version", "Any text; a change sends `codes_wo` again.").local(),
    ]]),
};

static WEBAUTHN_KIND: Nested = Nested {
    name: "IdentityWebauthn",
    table: Table::new(&[&[string("user_handle", "The user handle that the keys were registered with, in base64.").means(BYTES), KEYS]]),
};

static PASSKEY_KIND: Nested = Nested {
    name: "IdentityPasskey",
    table: Table::new(&[&[
        string("user_handle", "The user handle that the authenticator knows, in base64: signing in finds the identity by it.")
            .required()
            .means(BYTES),
        KEYS,
    ]]),
};

const KEYS: Attr = objects("credentials", "The keys.", &KEY_KIND).required().keyed("id");

static KEY_KIND: Kind = Kind::Object(&KEY);

static KEY: Nested = Nested {
    name: "IdentityWebauthnCredential",
    table: Table::new(&[&[
        string("id", "The credential's id, in base64.").required().means(BYTES),
        string("public_key", "Its public key in COSE form, in base64.").required().means(BYTES),
        string("attestation_type", "Type of the attestation, such as `none`."),
        string("display_name", "The name that its owner gave it."),
        string("added_at", "When it was registered (RFC 3339).").means(INSTANT),
        boolean("is_passwordless", "Whether it is enough to sign in without another factor. A passkey always is."),
        list("transport", "How it is reached, such as `usb`, `nfc`, `ble`, `internal` or `hybrid`."),
        object("authenticator", "The authenticator that holds the key.", &AUTHENTICATOR),
        object(
            "flags",
            "The flags that the authenticator gave when it was registered. `backup_eligible` has to be right, or signing in fails.",
            &FLAGS,
        ),
    ]]),
};

static AUTHENTICATOR: Nested = Nested {
    name: "IdentityWebauthnAuthenticator",
    table: Table::new(&[&[
        string("aaguid", "Its model (AAGUID), 16 bytes in base64.").means(BYTES),
        integer("sign_count", "How often it has signed. A lower number than the authenticator's own is fine."),
        boolean("clone_warning", "Whether it may have been cloned."),
    ]]),
};

static FLAGS: Nested = Nested {
    name: "IdentityWebauthnFlags",
    table: Table::new(&[&[
        boolean("user_present", "Whether a person was present."),
        boolean("user_verified", "Whether that person was verified, such as by a PIN or a fingerprint."),
        boolean("backup_eligible", "Whether it can be backed up, as passkeys that are synchronized are."),
        boolean("backup_state", "Whether it is backed up."),
    ]]),
};

/// Bytes in base64, with either alphabet and with or without padding. The server accepts one form only.
const BYTES: &Equality = &Equality {
    name: "base64",
    same: |left, right| match (decoded(left), decoded(right)) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    },
    form: None,
    sent: Some(|text| decoded(text).map_or(Cow::Borrowed(text), |bytes| Cow::Owned(BASE64_STANDARD.encode(bytes)))),
    redacted: None,
    valid: |text| match decoded(text) {
        Some(bytes) if !bytes.is_empty() => Ok(()),
        _ => Err("Must be bytes in base64.".into()),
    },
};

fn decoded(text: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
    );
    LENIENT.decode(text.replace('-', "+").replace('_', "/")).ok()
}

fn key_uri(text: &str) -> Result<(), String> {
    let fine = text.starts_with("otpauth://totp/");
    fine.then_some(()).ok_or_else(|| "Does not look like the key of an authenticator app (`otpauth://totp/…?secret=…`).".into())
}

/// The rules for these attributes in a configuration.
pub const RULES: [Rule; 4] = [
    rule(&[TOTP], |identity| one_of(identity, TOTP, &TOTP_KIND, "url")),
    rule(&[LOOKUP], |identity| one_of(identity, LOOKUP, &LOOKUP_KIND, "codes")),
    rule(&[PASSKEY], signs_in_alone),
    rule(&[REMOVED, TOTP, LOOKUP, WEBAUTHN, "password", "hashed_password"], not_both),
];

fn inside<'a>(identity: Object<'a>, name: &str, nested: &'static Nested) -> Option<Object<'a>> {
    let value = identity.get(name);
    matches!(value, Value::Object(_)).then(|| Object::new(&nested.table, value))
}

/// Exactly one of the value itself and the write-only one is set. A write-only value may be missing in a run.
fn one_of(identity: Object<'_>, name: &'static str, nested: &'static Nested, value: &str) -> Option<Problem> {
    let inside = inside(identity, name, nested)?;
    let set = |name: String| !inside.get(&name).is_empty();
    let (open, hidden) = (set(value.to_owned()), set(format!("{value}_wo")) || set(format!("{value}_wo_version")));
    (open == hidden).then(|| {
        Problem::refused(
            name,
            format!("{name} needs one value"),
            format!("Set either `{value}` or `{value}_wo` of `{name}`, or remove it."),
        )
    })
}

fn signs_in_alone(identity: Object<'_>) -> Option<Problem> {
    let keys = inside(identity, PASSKEY, &PASSKEY_KIND)?.get("credentials").as_list()?;
    let is_mere_factor = |key: &Value| Object::new(&KEY.table, key).bool("is_passwordless") == Some(false);
    keys.iter().any(is_mere_factor).then(|| {
        Problem::refused(
            PASSKEY,
            "A passkey is always passwordless",
            "Remove `is_passwordless = false`; a second factor belongs in `webauthn`.",
        )
    })
}

fn not_both(identity: Object<'_>) -> Option<Problem> {
    let removed = identity.strs(REMOVED);
    let names = [(TOTP, TOTP), (LOOKUP, LOOKUP), (WEBAUTHN, WEBAUTHN), ("password", "password"), ("password", "hashed_password")];
    let (kind, name) = names.into_iter().find(|(kind, name)| removed.contains(kind) && !identity.get(name).is_null())?;
    Some(Problem::refused(
        REMOVED,
        format!("{name} is both set and removed"),
        format!("Remove `{kind}` from `{REMOVED}`, or remove `{name}`."),
    ))
}

/// Warns about keys that stay on the server although the configuration no longer has them.
pub fn stays(before: Object<'_>, planned: Object<'_>) -> Option<Problem> {
    let ids = |identity: Object<'_>, name: &str, nested: &'static Nested| -> Vec<Vec<u8>> {
        let keys = inside(identity, name, nested).and_then(|inside| inside.get("credentials").as_list()).unwrap_or_default();
        keys.iter().filter_map(|key| decoded(Object::new(&KEY.table, key).str("id")?)).collect()
    };
    let left = |name: &'static str, nested: &'static Nested| {
        let now = ids(planned, name, nested);
        let all_go = name == WEBAUTHN && planned.get(name).is_null();
        (!all_go && !planned.get(name).is_unknown() && ids(before, name, nested).iter().any(|id| !now.contains(id))).then_some(name)
    };
    let name = left(PASSKEY, &PASSKEY_KIND).or_else(|| left(WEBAUTHN, &WEBAUTHN_KIND))?;
    let why = match name {
        PASSKEY => "Ory cannot remove a passkey: only its owner can, in the settings.",
        _ => "Ory can only remove all second factors of this kind at once: remove the whole attribute for that.",
    };
    Some(Problem::doubtful(name, "A key that is removed here stays", format!("People can still sign in with it. {why}")))
}

/// Adds what the server expects of a passkey.
pub fn completed(mut identity: Value, table: &Table) -> Value {
    if let (Value::Object(fields), Some(place)) = (&mut identity, table.index(PASSKEY))
        && let (Value::Object(inside), Some(keys)) = (&mut fields[place], PASSKEY_KIND.table.index("credentials"))
        && let Value::List(keys) = &mut inside[keys]
    {
        let alone = KEY.table.index("is_passwordless");
        for (key, alone) in keys.iter_mut().filter_map(|key| Some((key, alone?))) {
            if let Value::Object(members) = key {
                members[alone] = Value::Bool(true);
            }
        }
    }
    identity
}

/// The lookup codes that a write sends, if any. In an update they replace the existing ones.
pub fn codes(write: &Write) -> Option<Vec<&str>> {
    let table = &write.resource.table;
    let of = |value| inside(Object::new(table, value), LOOKUP, &LOOKUP_KIND);
    let planned = of(&write.planned)?;
    let hidden = planned.strs("codes_wo");
    if !hidden.is_empty() {
        return Some(hidden);
    }
    let codes = planned.strs("codes");
    let before = of(&write.prior).map(|before| before.strs("codes"));
    (before.is_none_or(|before| before != codes) && !codes.is_empty()).then_some(codes)
}

/// Lookup codes, as the API has them.
pub fn of_codes(codes: &[&str]) -> Json {
    codes.iter().map(|code| Json::object([("code", Json::from(*code))])).collect()
}

/// The kinds of credentials that a write sends.
pub fn sent(write: &Write) -> Vec<&'static str> {
    let table = &write.resource.table;
    let (prior, planned) = (Object::new(table, &write.prior), Object::new(table, &write.planned));
    KINDS.into_iter().filter(|kind| !planned.get(kind).is_null() && planned.get(kind) != prior.get(kind)).collect()
}

/// The kinds of credentials that an update removes, each with the attribute that causes it.
pub fn leaving(write: &Write) -> Vec<(&'static str, &'static str)> {
    let table = &write.resource.table;
    let (prior, planned) = (Object::new(table, &write.prior), Object::new(table, &write.planned));
    let gone = [TOTP, LOOKUP, WEBAUTHN].into_iter().filter(|kind| !prior.get(kind).is_null() && planned.get(kind).is_null());
    let before = prior.strs(REMOVED);
    let named = planned.strs(REMOVED);
    let named = ["password", TOTP, LOOKUP, WEBAUTHN].into_iter().filter(|kind| named.contains(kind) && !before.contains(kind));
    let mut leaving: Vec<_> = gone.map(|kind| (kind, kind)).collect();
    leaving.extend(named.map(|kind| (kind, REMOVED)));
    leaving
}

/// A value of this kind with nothing set, for the state: so the next apply sends it.
pub fn unsent(kind: &str) -> Value {
    match kind {
        TOTP => TOTP_KIND.table.nulls(),
        LOOKUP => LOOKUP_KIND.table.nulls(),
        WEBAUTHN => WEBAUTHN_KIND.table.nulls(),
        _ => PASSKEY_KIND.table.nulls(),
    }
}
