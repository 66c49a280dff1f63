//! Core's rules, as pure functions: its proposals, and its checks of a provider. Each rule has a name, and the message of a broken
//! rule uses core's words.

use super::val::{Attr, Attrs, Val};
use janiform_proto::tfplugin6::schema::object::NestingMode;
use std::fmt;

/// The rules, by name. Parentheses hold the place of a rule in Terraform 1.15; the others are in
/// `internal/terraform/node_resource_abstract_instance.go`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A schema is one that core can load (`providers.Schema`'s `InternalValidate`).
    Schema,
    /// A planned object has the schema's type.
    PlanType,
    /// A configured value is planned as configured, or as it was before (`objchange.AssertPlanValid`).
    PlanMatchesConfig,
    /// An attribute that is neither computed nor set is planned as null (`objchange.AssertPlanValid`).
    PlanNonComputed,
    /// The plan of a destroy is null.
    PlanDestroyIsNull,
    /// An attribute that requires a new object exists, before or after.
    PlanReplacePath,
    /// A provider of this protocol does not ask for the relaxed rules of legacy SDKs.
    PlanLegacyTypeSystem,
    /// A write-only value is in no plan and no state.
    WriteOnlyIsNull,
    /// A second plan during the apply equals the first: known values stay (`objchange.AssertObjectCompatible`).
    FinalPlan,
    /// The result of an apply has the schema's type.
    AppliedType,
    /// The result of an apply is wholly known.
    AppliedKnown,
    /// The result of an apply is as planned (`objchange.AssertObjectCompatible`).
    AppliedAsPlanned,
    /// A created object exists.
    AppliedNotNull,
    /// A destroyed object does not.
    DestroyedIsNull,
    /// An object that was read has the schema's type.
    ReadType,
    /// An object that was read is wholly known.
    ReadKnown,
    /// An upgraded state has the schema's type, and is wholly known.
    UpgradeType,
    /// An upgrade does not lose the state.
    UpgradeNotNull,
    /// An import returns one object.
    ImportedOne,
    /// An imported object is not null.
    ImportedNotNull,
    /// An imported object can be read.
    ImportedExists,
    /// An identity has its type and, if there is an object, is known.
    Identity,
    /// An object keeps its identity: a rule of HashiCorp's plugin framework, which core leaves to it.
    IdentityStays,
    /// A diagnostic has a severity and a summary.
    Severity,
    /// The plan after an apply is empty, and a refresh changes nothing: a rule of HashiCorp's plugin testing framework.
    NoChurn,
    /// The result of a data source is not null.
    DataNotNull,
    /// The result of a data source has its type, and is wholly known.
    DataKnown,
    /// The result of a data source contains its configuration.
    DataMatchesConfig,
    /// A function returns either a known value or an error.
    FunctionResult,
    /// The result of an ephemeral resource is known, contains the configuration, and its renewal is in the future.
    Ephemeral,
    /// The last event of an action is its completion.
    ActionEvents,
    /// Every call gets an answer: a gRPC error is a crash or a bug, never a user's mistake.
    CrashClass,
}

/// A rule that the provider broke.
#[derive(Clone, Debug)]
pub struct Broken {
    /// The rule.
    pub rule: Rule,
    /// The details, in core's words.
    pub detail: String,
}

impl Rule {
    /// The title under which core reports it (the last few are rules of test frameworks or SDKs).
    pub fn title(self) -> &'static str {
        match self {
            Rule::Schema => "Failed to load plugin schemas",
            Rule::PlanType | Rule::PlanMatchesConfig | Rule::PlanNonComputed | Rule::PlanDestroyIsNull | Rule::PlanReplacePath => {
                "Provider produced invalid plan"
            }
            Rule::PlanLegacyTypeSystem => "Provider asked for the legacy type system",
            Rule::WriteOnlyIsNull => "Provider returned a value for the write-only attribute",
            Rule::FinalPlan => "Provider produced inconsistent final plan",
            Rule::AppliedType | Rule::ReadType | Rule::ReadKnown | Rule::DataKnown => "Provider produced invalid object",
            Rule::AppliedKnown => "Provider returned invalid result object after apply",
            Rule::AppliedAsPlanned | Rule::AppliedNotNull | Rule::DestroyedIsNull => "Provider produced inconsistent result after apply",
            Rule::UpgradeType | Rule::UpgradeNotNull => "Invalid resource state upgrade",
            Rule::ImportedOne => "Multiple import states not supported",
            Rule::ImportedNotNull => "Import returned null resource",
            Rule::ImportedExists => "Cannot import non-existent remote object",
            Rule::Identity => "Provider produced invalid identity",
            Rule::IdentityStays => "Unexpected Identity Change",
            Rule::Severity => "Diagnostic without severity",
            Rule::NoChurn => "After applying this test step, the plan was not empty",
            Rule::DataNotNull => "Provider produced null object",
            Rule::DataMatchesConfig => "Provider produced invalid object: configuration changed",
            Rule::FunctionResult => "Error in function call",
            Rule::Ephemeral => "Provider produced invalid ephemeral resource instance",
            Rule::ActionEvents => "Error when invoking action",
            Rule::CrashClass => "Plugin error",
        }
    }

    /// A break of this rule, with details.
    pub fn broken(self, detail: impl fmt::Display) -> Broken {
        Broken { rule: self, detail: format!("{}: {detail}", self.title()) }
    }
}

/// Core's proposal: the configuration, with prior values for attributes that it does not set.
pub fn proposed(attrs: &Attrs, prior: &Val, config: &Val) -> Val {
    if config.is_null() {
        return Val::Null;
    }
    let one = |(name, attr): (&String, &Attr)| (name.clone(), proposed_value(attr, prior.get(name), config.get(name)));
    Val::Map(attrs.iter().map(one).collect())
}

fn proposed_value(attr: &Attr, prior: &Val, config: &Val) -> Val {
    match (&attr.nested, config) {
        (nested, Val::Null) if attr.computed => match nested {
            // It was configured earlier, and has been removed from the configuration.
            Some((_, inner)) if attr.optional && configured(inner, prior) => Val::Null,
            _ => prior.clone(),
        },
        (None, _) | (_, Val::Null | Val::Unknown) => config.clone(),
        (Some((NestingMode::Single, inner)), _) => proposed(inner, prior, config),
        (Some((_, inner)), Val::List(items)) => {
            let prior = if let Val::List(prior) = prior { prior.as_slice() } else { &[] };
            let item = |(index, item): (usize, &Val)| match (prior.get(index), item) {
                (Some(prior), Val::Map(_)) => proposed(inner, prior, item),
                _ => item.clone(),
            };
            Val::List(items.iter().enumerate().map(item).collect())
        }
        (Some((_, inner)), Val::Map(items)) => {
            Val::Map(items.iter().map(|(key, item)| (key.clone(), proposed(inner, prior.get(key), item))).collect())
        }
        _ => config.clone(),
    }
}

fn configured(attrs: &Attrs, prior: &Val) -> bool {
    match prior {
        Val::List(items) => items.iter().any(|item| configured(attrs, item)),
        Val::Map(_) => attrs.iter().any(|(name, attr)| !attr.computed && !prior.get(name).is_null()),
        _ => false,
    }
}

/// Every reason why core refuses a plan.
pub fn plan_valid(attrs: &Attrs, prior: &Val, config: &Val, planned: &Val) -> Vec<Broken> {
    let mut broken = Vec::new();
    attributes_valid(attrs, prior, config, planned, "", &mut broken);
    broken
}

fn attributes_valid(attrs: &Attrs, prior: &Val, config: &Val, planned: &Val, path: &str, broken: &mut Vec<Broken>) {
    for (name, attr) in attrs {
        let path = format!("{path}.{name}");
        if attr.write_only {
            if !planned.get(name).is_null() {
                broken.push(Rule::WriteOnlyIsNull.broken(path));
            }
            continue;
        }
        value_valid(attr, prior.get(name), config.get(name), planned.get(name), &path, broken);
    }
}

fn value_valid(attr: &Attr, prior: &Val, config: &Val, planned: &Val, path: &str, broken: &mut Vec<Broken>) {
    if planned == config || (config.is_null() && attr.computed) || (planned == prior && !prior.is_null() && !config.is_null()) {
        return;
    }
    if let Some((nesting, inner)) = &attr.nested {
        return nested_valid((*nesting, inner), prior, config, planned, path, broken);
    }
    broken.push(if config.is_null() {
        Rule::PlanNonComputed.broken(format!("{path}: planned value {planned:?} for a non-computed attribute"))
    } else if prior.is_null() {
        Rule::PlanMatchesConfig.broken(format!("{path}: planned value {planned:?} does not match config value {config:?}"))
    } else {
        Rule::PlanMatchesConfig
            .broken(format!("{path}: planned value {planned:?} does not match config value {config:?} nor prior value {prior:?}"))
    });
}

fn nested_valid((nesting, inner): (NestingMode, &Attrs), prior: &Val, config: &Val, planned: &Val, path: &str, broken: &mut Vec<Broken>) {
    let mut wrong = |rule: Rule, detail: String| broken.push(rule.broken(format!("{path}: {detail}")));
    match (nesting, config, planned) {
        (_, Val::Null, _) => wrong(Rule::PlanNonComputed, "planned for existence but config wants nonexistence".into()),
        (_, _, Val::Null) => wrong(Rule::PlanMatchesConfig, "planned for nonexistence but config wants existence".into()),
        (NestingMode::Single, Val::Map(_), Val::Map(_)) => attributes_valid(inner, prior, config, planned, path, broken),
        (_, Val::List(configs), Val::List(plans)) if configs.len() != plans.len() => {
            wrong(Rule::PlanMatchesConfig, format!("count in plan ({}) disagrees with count in config ({})", plans.len(), configs.len()));
        }
        (_, Val::List(configs), Val::List(plans)) => {
            let prior = if let Val::List(prior) = prior { prior.as_slice() } else { &[] };
            for (index, (config, planned)) in configs.iter().zip(plans).enumerate() {
                let prior = prior.get(index).unwrap_or(&Val::Null);
                if !matches!(config, Val::Map(_)) && config != planned {
                    broken.push(Rule::PlanMatchesConfig.broken(format!("{path}[{index}]: planned value does not match config value")));
                } else {
                    attributes_valid(inner, prior, config, planned, &format!("{path}[{index}]"), broken);
                }
            }
        }
        (_, Val::Map(configs), Val::Map(plans)) => {
            if let Some(key) = configs.keys().find(|key| !plans.contains_key(*key)) {
                wrong(Rule::PlanMatchesConfig, format!("map key {key:?} missing from plan"));
            } else if let Some(key) = plans.keys().find(|key| !configs.contains_key(*key)) {
                wrong(Rule::PlanMatchesConfig, format!("map key {key:?} present in plan, but not in config"));
            } else {
                for (key, config) in configs {
                    attributes_valid(inner, prior.get(key), config, planned.get(key), &format!("{path}[{key:?}]"), broken);
                }
            }
        }
        _ => wrong(Rule::PlanMatchesConfig, "planned value does not match config value".into()),
    }
}

/// Whether the result agrees with the plan: known values stay, unknown ones become any value.
pub fn compatible(rule: Rule, planned: &Val, actual: &Val) -> Vec<Broken> {
    let mut broken = Vec::new();
    values_compatible(rule, planned, actual, "", &mut broken);
    broken
}

fn values_compatible(rule: Rule, planned: &Val, actual: &Val, path: &str, broken: &mut Vec<Broken>) {
    match (planned, actual) {
        (Val::Unknown, _) => {}
        (Val::List(before), Val::List(after)) if before.len() == after.len() => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                values_compatible(rule, before, after, &format!("{path}[{index}]"), broken);
            }
        }
        (Val::List(before), Val::List(after)) => {
            broken.push(rule.broken(format!("{path}: length changed from {} to {}", before.len(), after.len())));
        }
        (Val::Map(before), Val::Map(after)) => {
            for (key, before) in before {
                match after.get(key) {
                    Some(after) => values_compatible(rule, before, after, &format!("{path}.{key}"), broken),
                    None => broken.push(rule.broken(format!("{path}: element {key:?} has vanished"))),
                }
            }
            for key in after.keys().filter(|key| !before.contains_key(*key)) {
                broken.push(rule.broken(format!("{path}: new element {key:?} has appeared")));
            }
        }
        (before, after) if before == after => {}
        (before, after) => broken.push(rule.broken(format!("{path}: was {before:?}, but now {after:?}"))),
    }
}

/// Write-only attributes hold nothing, at any depth.
pub fn write_only_null(attrs: &Attrs, value: &Val) -> Vec<Broken> {
    let mut broken = Vec::new();
    fn walk(attrs: &Attrs, value: &Val, path: &str, broken: &mut Vec<Broken>) {
        for (name, attr) in attrs {
            let (value, path) = (value.get(name), format!("{path}.{name}"));
            if attr.write_only && !value.is_null() {
                broken.push(Rule::WriteOnlyIsNull.broken(path));
            } else if let Some((nesting, inner)) = &attr.nested {
                match value {
                    Val::List(items) => items.iter().for_each(|item| walk(inner, item, &path, broken)),
                    Val::Map(items) if *nesting == NestingMode::Map => items.values().for_each(|item| walk(inner, item, &path, broken)),
                    item => walk(inner, item, &path, broken),
                }
            }
        }
    }
    walk(attrs, value, "", &mut broken);
    broken
}
