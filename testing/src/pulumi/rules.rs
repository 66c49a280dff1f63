//! The rules that Pulumi's engine and its users rely on, each by its name, for single answers.

use super::wire::{has_secret, has_unknown, is_secret, members, plain};
use janiform_proto::pulumirpc::{DiffResponse, diff_response::DiffChanges, property_diff};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// The rules. Those on ids, unknown values and secrets are the engine's own; breaking another shows its users a preview that does
/// not come true, or a change that never ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// An object that exists has an id.
    IdPresent,
    /// An object keeps its id.
    IdStable,
    /// Nothing is unknown after an update.
    NothingUnknown,
    /// Inputs are what the schema allows.
    InputsFitSchema,
    /// Outputs are what the schema says.
    OutputsFitSchema,
    /// Values that were secret, or are declared to be, stay secret.
    SecretsKept,
    /// Outputs contain the inputs.
    OutputsHoldInputs,
    /// Write-only inputs are not outputs.
    WriteOnlyHidden,
    /// A second update does nothing.
    SecondDiffEmpty,
    /// The same request has the same answer.
    Deterministic,
    /// Checked inputs pass the check again, unchanged.
    CheckIdempotent,
    /// The user's spelling is kept.
    SpellingKept,
    /// The parts of a diff agree.
    DiffConsistent,
    /// The update does what the preview showed.
    PreviewFaithful,
    /// After an import, nothing changes.
    ImportRoundTrip,
}

/// A rule that was broken, and how.
pub type Broken = (Rule, String);

fn broken<T>(rule: Rule, what: impl Into<String>) -> Result<T, Broken> {
    Err((rule, what.into()))
}

/// The schema of a resource.
pub struct Shape<'a> {
    /// The schema of the provider.
    pub schema: &'a Json,
    /// That of the resource in it.
    pub resource: &'a Json,
}

impl Shape<'_> {
    /// Whether the property is an input that no output ever shows, although one of this name is declared.
    pub fn write_only(&self, name: &str) -> bool {
        self.resource["inputProperties"][name]["description"].as_str().is_some_and(|text| text.ends_with("never as an output."))
    }

    /// Checks a failure of a check: engines print the value of the property that it names.
    pub fn failure(&self, property: &str, program: &Json) -> Result<(), Broken> {
        let name = janiform::frontends::pulumi::names::root(property).0;
        let declared = ["inputProperties", "properties"].into_iter().find_map(|part| self.resource[part].get(&name)).unwrap_or(&Json::Null);
        match name.is_empty() || !(declared.is_null() || self.holds_secret(declared, 0) || has_secret(&program[&name])) {
            true => Ok(()),
            false => broken(Rule::SecretsKept, format!("a failure leads to the value of {name}")),
        }
    }

    fn holds_secret(&self, declared: &Json, depth: usize) -> bool {
        let parts = ["items", "additionalProperties"].into_iter().filter_map(|part| declared.get(part));
        let token = declared["$ref"].as_str().and_then(|at| at.strip_prefix("#/types/")).unwrap_or_default().replace("%2F", "/");
        let members = self.schema["types"][token]["properties"].as_object().into_iter().flatten().map(|(_, member)| member);
        declared["secret"] == true || depth < 8 && parts.chain(members).any(|part| self.holds_secret(part, depth + 1))
    }

    /// Checks the inputs that a check returned.
    pub fn inputs(&self, inputs: &Json, program: &Json) -> Result<(), Broken> {
        self.fit(Rule::InputsFitSchema, &self.resource["inputProperties"], inputs)?;
        for name in self.resource["requiredInputs"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            if inputs.get(name).is_none_or(Json::is_null) {
                return broken(Rule::InputsFitSchema, format!("the required input {name} is missing"));
            }
        }
        self.secrets(&self.resource["inputProperties"], inputs, program)
    }

    /// Checks the outputs of an object with its inputs.
    pub fn outputs(&self, outputs: &Json, inputs: &Json, preview: bool) -> Result<(), Broken> {
        for name in members(outputs).keys() {
            if self.write_only(name) {
                return broken(Rule::WriteOnlyHidden, format!("{name} is an output"));
            }
        }
        self.fit(Rule::OutputsFitSchema, &self.resource["properties"], outputs)?;
        if !preview && has_unknown(outputs) {
            return broken(Rule::NothingUnknown, "an output is unknown");
        }
        for (name, value) in members(inputs) {
            if !self.write_only(&name) && outputs.get(&name).is_none_or(Json::is_null) && !is_empty(&plain(&value)) {
                return broken(Rule::OutputsHoldInputs, format!("the input {name} is no output"));
            }
        }
        self.secrets(&self.resource["properties"], outputs, inputs)
    }

    fn fit(&self, rule: Rule, declared: &Json, values: &Json) -> Result<(), Broken> {
        // The engine does not show such outputs or pass them to programs.
        for (name, value) in members(values).into_iter().filter(|(name, _)| !name.starts_with("__")) {
            match declared.get(&name) {
                Some(declared) => self.fits(declared, &value).or_else(|why| broken(rule, format!("{name}: {why}")))?,
                None => return broken(rule, format!("there is no property {name}")),
            }
        }
        Ok(())
    }

    fn fits(&self, declared: &Json, value: &Json) -> Result<(), String> {
        if has_unknown(value) && value.is_string() {
            return Ok(());
        }
        if is_secret(value) {
            return self.fits(declared, &value["value"]);
        }
        if let Some(either) = declared["oneOf"].as_array() {
            return match either.iter().any(|declared| self.fits(declared, value).is_ok()) {
                true => Ok(()),
                false => Err("none of the alternatives".to_owned()),
            };
        }
        if declared["$ref"] == "pulumi.json#/Any" {
            return Ok(());
        }
        if let Some(token) = declared["$ref"].as_str().and_then(|at| at.strip_prefix("#/types/")) {
            let of = &self.schema["types"][token.replace("%2F", "/")];
            if let Some(values) = of["enum"].as_array() {
                return match values.iter().any(|known| known["value"] == *value) {
                    true => Ok(()),
                    false => Err(format!("no value of {token}")),
                };
            }
            for (name, value) in members(value) {
                match of["properties"].get(&name) {
                    Some(declared) => self.fits(declared, &value).map_err(|why| format!("{name}: {why}"))?,
                    None => return Err(format!("there is no property {name} in {token}")),
                }
            }
            return if value.is_object() { Ok(()) } else { Err("no object".to_owned()) };
        }
        let fine = match declared["type"].as_str() {
            Some("boolean") => value.is_boolean(),
            Some("integer") => value.is_i64(),
            Some("number") => value.is_number(),
            Some("string") => value.is_string(),
            Some("array") => {
                value.as_array().into_iter().flatten().try_for_each(|item| self.fits(&declared["items"], item))?;
                value.is_array()
            }
            Some("object") => {
                value.as_object().into_iter().flatten().try_for_each(|(_, item)| self.fits(&declared["additionalProperties"], item))?;
                value.is_object()
            }
            _ => false,
        };
        if fine { Ok(()) } else { Err(format!("no {}", declared["type"])) }
    }

    /// Checks that declared secrets, and properties that contain a secret in `source`, are secret.
    fn secrets(&self, declared: &Json, values: &Json, source: &Json) -> Result<(), Broken> {
        for (name, value) in members(values) {
            if declared[&name]["secret"] == true && !is_secret(&value) {
                return broken(Rule::SecretsKept, format!("{name} is told in the open"));
            }
            if let Some(source) = source.get(&name) {
                self.nested_secrets(&name, &value, source)?;
            }
        }
        Ok(())
    }

    /// Checks that a secret member stays secret by itself, or as a part of a secret value.
    fn nested_secrets(&self, path: &str, value: &Json, source: &Json) -> Result<(), Broken> {
        if is_secret(value) {
            return Ok(());
        }
        if is_secret(source) {
            return broken(Rule::SecretsKept, format!("{path} is told in the open"));
        }
        match (value, source) {
            (Json::Object(members), Json::Object(_)) => members
                .iter()
                .filter_map(|(key, value)| Some((key, value, source.get(key)?)))
                .try_for_each(|(key, value, source)| self.nested_secrets(&format!("{path}.{key}"), value, source)),
            (Json::Array(_), Json::Array(_)) if has_secret(source) && !has_secret(value) => {
                broken(Rule::SecretsKept, format!("{path} holds a secret in the open"))
            }
            _ => Ok(()),
        }
    }
}

fn is_empty(value: &Json) -> bool {
    matches!(value, Json::Null)
        || value == ""
        || value.as_array().is_some_and(Vec::is_empty)
        || value.as_object().is_some_and(|object| object.is_empty())
}

/// Checks that the parts of a diff agree.
pub fn diff(diff: &DiffResponse) -> Result<(), Broken> {
    let fail = |what: String| broken(Rule::DiffConsistent, what);
    let set = |names: &[String]| names.iter().cloned().collect::<BTreeSet<_>>();
    let (diffs, replaces) = (set(&diff.diffs), set(&diff.replaces));
    if diffs.len() != diff.diffs.len() || replaces.len() != diff.replaces.len() {
        return fail("a name is there twice".into());
    }
    match diff.changes() {
        DiffChanges::DiffUnknown => return fail("it does not say whether anything changes".into()),
        DiffChanges::DiffNone if !diffs.is_empty() || !diff.detailed_diff.is_empty() || !replaces.is_empty() => {
            return fail("nothing changes, and yet something does".into());
        }
        DiffChanges::DiffSome if diffs.is_empty() => return fail("something changes, and nothing is named".into()),
        _ => {}
    }
    if !diff.has_detailed_diff {
        return fail("there are no details".into());
    }
    let root = |path: &String| janiform::frontends::pulumi::names::root(path).0;
    let detailed: BTreeSet<_> = diff.detailed_diff.keys().map(root).collect();
    if detailed != diffs {
        return fail(format!("{diffs:?} change, and the details are of {detailed:?}"));
    }
    use property_diff::Kind::{AddReplace, DeleteReplace, UpdateReplace};
    let replacing = diff.detailed_diff.iter().filter(|(_, detail)| matches!(detail.kind(), AddReplace | DeleteReplace | UpdateReplace));
    let replacing: BTreeSet<_> = replacing.map(|(path, _)| root(path)).collect();
    if replacing != replaces {
        return fail(format!("{replaces:?} replace, and by the details {replacing:?}"));
    }
    if diff.stables.iter().any(|name| diffs.contains(name)) {
        return fail("something changes and is stable".into());
    }
    Ok(())
}

/// Checks that the update did what the preview showed.
pub fn preview(foreseen: &Json, real: &Json) -> Result<(), Broken> {
    for (name, foreseen) in foreseen.as_object().into_iter().flatten() {
        let real = real.get(name).unwrap_or(&Json::Null);
        if !matches(&plain(foreseen), &plain(real)) {
            return broken(Rule::PreviewFaithful, format!("{name} was foreseen otherwise"));
        }
        if has_secret(foreseen) != has_secret(real) && !has_unknown(foreseen) {
            return broken(Rule::PreviewFaithful, format!("the secrecy of {name} was foreseen otherwise"));
        }
    }
    Ok(())
}

/// Whether both are equal where the first is known. Null equals a missing value.
pub fn matches(foreseen: &Json, real: &Json) -> bool {
    match (foreseen, real) {
        (Json::String(_), _) if has_unknown(foreseen) => true,
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| matches(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            let keys: BTreeSet<_> = left.keys().chain(right.keys()).collect();
            keys.into_iter().all(|key| matches(left.get(key).unwrap_or(&Json::Null), right.get(key).unwrap_or(&Json::Null)))
        }
        _ => foreseen == real,
    }
}
