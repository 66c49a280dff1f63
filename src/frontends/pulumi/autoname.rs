//! Names that a program need not choose: the one that the engine proposes, as a stack's configuration says
//! (`pulumi:autonaming`), or else the name of the object in the program with random digits behind it.
//!
//! Owns which it is. An object keeps the name that it has: the engine asks anew, without any, for one that takes its place.

use super::property::{self, Secrets, secrets_where};
use crate::{schema::Table, value::Value};
use janiform_proto::pulumirpc::{CheckRequest, check_request::autonaming_options::Mode};

/// How many random digits follow the name, as in Pulumi's other packages.
const DIGITS: usize = 7;

/// Names the object where the program does not. `last` has the inputs that the state has of it, and what was secret in them: what was
/// secret in the name that it keeps stays so.
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

/// The name of a new object; none where the stack's configuration wants programs to choose.
fn chosen(asked: &CheckRequest) -> Option<String> {
    if let Some(naming) = &asked.autonaming {
        return (naming.mode() != Mode::Disable && !naming.proposed_name.is_empty()).then(|| naming.proposed_name.clone());
    }
    // Older engines send the name in the URN alone.
    let own = if asked.name.is_empty() { asked.urn.rsplit("::").next().unwrap_or_default() } else { &asked.name };
    let digits: String = asked.random_seed.iter().map(|byte| format!("{byte:02x}")).collect();
    match digits.get(..DIGITS) {
        Some(digits) => Some(format!("{own}-{digits}")),
        None => Some(own.to_owned()).filter(|own| !own.is_empty()),
    }
}
