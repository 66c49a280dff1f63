//! Applies a schema to traits: whether they are valid, and which of them are identifiers and addresses.
//!
//! Owns Ory's own keyword. The others are in `schema`.

use std::collections::BTreeMap;

use super::complaint::{Complaint, Place};
use super::formats;
use super::identity::{Address, Credential, Identity};
use super::schema::validate;
use crate::emulator::go::json::{Json, parse_whole, quote};

/// What was found in the traits.
#[derive(Default)]
struct Found {
    identifiers: BTreeMap<&'static str, Vec<String>>,
    /// Channel and address.
    codes: Vec<(String, String)>,
    verifiable: Vec<Address>,
    recovery: Vec<Address>,
}

/// Validates the traits, and updates the identifiers and addresses that are taken from them.
///
/// # Errors
/// What is wrong with them.
pub fn apply(identity: &mut Identity, schema: &Json) -> Result<(), Complaint> {
    let traits = identity.traits.get_or_insert_with(|| Json::Object(Vec::new()));
    let document = Json::Object(vec![("traits".to_owned(), traits.clone())]);
    let mut found = Found::default();
    validate(schema, &document, &mut |place| match place.schema.member("ory.sh/kratos") {
        Some(extension) => found.look(place, extension),
        None => Ok(()),
    })?;
    for (kind, identifiers) in found.identifiers {
        identity.credentials.entry(kind.to_owned()).or_default().identifiers = Some(identifiers);
    }
    if !found.codes.is_empty() {
        let code = identity.credentials.entry("code".to_owned()).or_insert_with(|| Credential { version: 1, ..Credential::default() });
        let addresses: Vec<String> =
            found.codes.iter().map(|(way, address)| format!(r#"{{"channel":{},"address":{}}}"#, quote(way), quote(address))).collect();
        code.config = parse_whole(format!(r#"{{"addresses":[{}]}}"#, addresses.join(",")).as_bytes()).ok();
        code.identifiers = Some(unique(found.codes.into_iter().map(|code| code.1)));
    }
    // Existing addresses keep their facts; those that are no longer in the traits are removed.
    let known = |fresh: Vec<Address>, old: &[Address]| -> Vec<Address> {
        let keep =
            |address: Address| old.iter().find(|old| old.value == address.value && old.via == address.via).cloned().unwrap_or(address);
        fresh.into_iter().map(keep).collect()
    };
    identity.verifiable = known(found.verifiable, &identity.verifiable);
    identity.recovery = known(found.recovery, &identity.recovery);
    Ok(())
}

impl Found {
    fn look(&mut self, place: Place<'_>, extension: &Json) -> Result<(), Complaint> {
        let value = place.value.as_text().unwrap_or_else(|| place.value.compact());
        let credentials = extension.member("credentials");
        let flag = |kind: &str| credentials.and_then(|all| all.member(kind)?.member("identifier")) == Some(&Json::Bool(true));
        for kind in ["password", "webauthn"] {
            if flag(kind) {
                let list = self.identifiers.entry(kind).or_default();
                *list = unique(std::mem::take(list).into_iter().chain([value.to_lowercase()]));
            }
        }
        if flag("code") {
            let way = credentials.and_then(|all| all.member("code")?.member("via")?.as_text()).unwrap_or_default();
            if way != "email" && way != "sms" {
                let message = format!("channel type {} must be one of email, sms", quote(&way));
                return Err(place.complain("ory.sh~/kratos/credentials/code/via", message));
            }
            let address = if way == "email" { value.trim().to_lowercase() } else { value.trim().to_owned() };
            if !self.codes.contains(&(way.clone(), address.clone())) {
                self.codes.push((way, address));
                self.codes.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
            }
        }
        let via = |member: &str| extension.member(member).and_then(|inner| inner.member("via")?.as_text()).unwrap_or_default();
        self.verification(place, &via("verification"), &value)?;
        self.recovery(place, &via("recovery"), &value)
    }

    fn verification(&mut self, place: Place<'_>, via: &str, value: &str) -> Result<(), Complaint> {
        if via.is_empty() {
            return Ok(());
        }
        let format = match place.schema.member("format") {
            None => String::new(),
            Some(format) => match format.as_text() {
                Some(format) => format,
                None => return Ok(()),
            },
        };
        let is_email = match (format.as_str(), via) {
            ("", "email") if !formats::fits("email", place.value) => return Err(not_an_email(place, value)),
            ("", "email") | ("email", _) => true,
            ("", _) => {
                let hint = r#"If this was intentional, please set "format" to "no-validate""#;
                return Err(
                    place.complain("format", format!("no format specified. A format is required if verification is enabled. {hint}"))
                );
            }
            _ => false,
        };
        let value = if is_email { value.trim().to_lowercase() } else { value.trim().to_owned() };
        push(&mut self.verifiable, Address { value, via: via.to_owned(), status: "pending".to_owned(), ..Address::default() });
        Ok(())
    }

    fn recovery(&mut self, place: Place<'_>, via: &str, value: &str) -> Result<(), Complaint> {
        match via {
            "" => Ok(()),
            "email" if !formats::fits("email", place.value) => Err(not_an_email(place, value)),
            "email" => {
                push(&mut self.recovery, Address { value: value.trim().to_lowercase(), via: via.to_owned(), ..Address::default() });
                Ok(())
            }
            other => Err(place.complain("", format!("recovery.via has unknown value {}", quote(other)))),
        }
    }
}

fn not_an_email(place: Place<'_>, value: &str) -> Complaint {
    place.complain("format", format!("{} is not valid \"email\"", crate::emulator::go::url::quote(value)))
}

fn push(list: &mut Vec<Address>, address: Address) {
    if !list.iter().any(|old| old.value == address.value && old.via == address.via) {
        list.push(address);
    }
}

/// Each value once, in the order of the first occurrence.
fn unique(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for value in values {
        if !out.contains(&value) {
            out.push(value);
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn applied(property: &str, value: &str) -> Result<Identity, String> {
        let schema = format!(r#"{{"properties":{{"traits":{{"properties":{{"x":{property}}}}}}}}}"#);
        let traits = parse_whole(format!(r#"{{"x":{value}}}"#).as_bytes()).unwrap();
        let mut identity = Identity { traits: Some(traits), ..Identity::default() };
        let schema = parse_whole(schema.as_bytes()).unwrap();
        apply(&mut identity, &schema).map(|()| identity).map_err(|complaint| complaint.to_string())
    }

    #[test]
    fn identifiers_come_from_traits() {
        let found =
            applied(r#"{"ory.sh/kratos":{"credentials":{"password":{"identifier":true},"webauthn":{"identifier":true}}}}"#, r#""Ab""#);
        let found = found.unwrap();
        for kind in ["password", "webauthn"] {
            assert_eq!(found.credentials[kind].identifiers, Some(vec!["ab".to_owned()]));
        }
        let code =
            applied(r#"{"items":{"ory.sh/kratos":{"credentials":{"code":{"identifier":true,"via":"email"}}}}}"#, r#"["B@x.y","a@x.y"]"#);
        let code = &code.unwrap().credentials["code"];
        assert_eq!((code.version, code.identifiers.as_ref().unwrap().len()), (1, 2));
        assert!(code.config.as_ref().unwrap().compact().starts_with(r#"{"addresses":[{"channel":"email","address":"a@x.y"}"#));
    }

    #[test]
    fn addresses_come_from_traits() {
        let found = applied(r#"{"ory.sh/kratos":{"verification":{"via":"sms"}},"format":"no-validate"}"#, r#"" X ""#).unwrap();
        assert_eq!((found.verifiable[0].value.as_str(), found.verifiable[0].via.as_str()), ("X", "sms"));
        let wrong = applied(r#"{"ory.sh/kratos":{"verification":{"via":"email"}}}"#, r#""x""#).unwrap_err();
        assert_eq!(wrong, r#"I[#/traits/x] S[#/properties/traits/properties/x/format] "x" is not valid "email""#);
        assert!(applied(r#"{"ory.sh/kratos":{"recovery":{"via":"pigeon"}}}"#, r#""x""#).unwrap_err().contains("unknown value \"pigeon\""));
    }
}
