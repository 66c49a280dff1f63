//! Names that programs need not choose: the name that the engine proposes by the stack's configuration (`pulumi:autonaming`),
//! otherwise the object's name in the program with random digits.
//!
//! Owns which of the two is used. An existing object keeps its name; for a replacement, the engine asks again without old inputs.

use super::property::{self, Secrets, secrets_where};
use crate::{schema::Table, value::Value};
use janiform_proto::pulumirpc::{CheckRequest, check_request::autonaming_options::Mode};

/// The number of random digits, as in other Pulumi packages.
const DIGITS: usize = 7;

/// Sets the object's name if the program does not. `last` has the inputs in the state and their secrets: a kept name that was
/// secret stays secret.
pub(super) fn name(
    table: &'static Table,
    value: &mut Value,
    secrets: &mut Secrets,
    last: Option<(&Value, &Secrets)>,
    asked: &CheckRequest,
) {
    let Value::Object(fields) = value else { return };
    for (index, attr) in table.attrs().enumerate().filter(|(_, attr)| attr.named) {
        if !fields[index].is_null() {
            continue;
        }
        match last.map(|(inputs, secrets)| (property::member(inputs, index), secrets)) {
            Some((kept, before)) if !kept.is_null() => {
                fields[index] = kept.clone();
                secrets.extend(secrets_where(before, |name| name == attr.name));
            }
            _ => fields[index] = chosen(asked).map(Value::String).unwrap_or_default(),
        }
    }
}

/// The name of a new object; `None` if the stack's configuration requires programs to choose.
fn chosen(asked: &CheckRequest) -> Option<String> {
    if let Some(naming) = &asked.autonaming {
        return (naming.mode() != Mode::Disable && !naming.proposed_name.is_empty()).then(|| naming.proposed_name.clone());
    }
    // Older engines send the name only in the URN.
    let own = if asked.name.is_empty() { asked.urn.rsplit("::").next().unwrap_or_default() } else { &asked.name };
    let digits: String = asked.random_seed.iter().map(|byte| format!("{byte:02x}")).collect();
    match digits.get(..DIGITS) {
        Some(digits) => Some(format!("{own}-{digits}")),
        None => Some(own.to_owned()).filter(|own| !own.is_empty()),
    }
}
