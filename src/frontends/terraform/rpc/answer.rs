//! Diagnostics in answers: a call with an error succeeds, and its answer contains the error.
//!
//! Owns the conversion of diagnostics and paths. Must not know what an RPC does.

use crate::{
    engine::{Diagnostic, Severity},
    value::{Path, Step},
};
use janiform_proto::tfplugin6::{self as tf, attribute_path, diagnostic};

/// The diagnostics of an RPC that has no other result.
pub(super) struct Failed(pub Vec<Diagnostic>);

impl From<Diagnostic> for Failed {
    fn from(diagnostic: Diagnostic) -> Self {
        Failed(vec![diagnostic])
    }
}

/// An answer that can contain diagnostics.
pub(super) trait Answer: Default {
    /// The answer with only these diagnostics.
    fn failed(failed: Failed) -> Self;
}

macro_rules! answers {
    ($($module:ident)*) => {
        $(#[allow(clippy::needless_update, reason = "some answers are diagnostics alone")]
        impl Answer for tf::$module::Response {
            fn failed(failed: Failed) -> Self {
                Self { diagnostics: diagnostics(failed.0), ..Self::default() }
            }
        })*
    };
}

answers! {
    apply_resource_change close_ephemeral_resource configure_provider get_functions get_metadata get_provider_schema
    get_resource_identity_schemas import_resource_state move_resource_state open_ephemeral_resource plan_action plan_resource_change
    read_data_source read_resource renew_ephemeral_resource upgrade_resource_identity upgrade_resource_state validate_action_config
    validate_data_resource_config validate_ephemeral_resource_config validate_list_resource_config validate_resource_config
    validate_provider_config
}

impl Answer for tf::call_function::Response {
    fn failed(failed: Failed) -> Self {
        Self { error: Some(tf::FunctionError { text: in_one_text(failed.0), function_argument: None }), result: None }
    }
}

impl Answer for tf::stop_provider::Response {
    fn failed(failed: Failed) -> Self {
        Self { error: in_one_text(failed.0) }
    }
}

/// Diagnostics as one text, for answers that allow only that.
pub(super) fn in_one_text(diagnostics: impl IntoIterator<Item = Diagnostic>) -> String {
    let texts = diagnostics.into_iter().map(Diagnostic::harmless).map(|Diagnostic { summary, detail, .. }| format!("{summary}: {detail}"));
    texts.collect::<Vec<_>>().join("\n")
}

/// The diagnostics in Terraform's form.
pub(super) fn diagnostics(diagnostics: impl IntoIterator<Item = Diagnostic>) -> Vec<tf::Diagnostic> {
    let one = |Diagnostic { severity, summary, detail, path, .. }| {
        let severity = match severity {
            Severity::Error => diagnostic::Severity::Error,
            Severity::Warning => diagnostic::Severity::Warning,
        };
        let attribute = if path == Path::ROOT { None } else { Some(attribute_path(&path)) };
        tf::Diagnostic { severity: severity.into(), summary, detail, attribute }
    };
    diagnostics.into_iter().map(Diagnostic::harmless).map(one).collect()
}

/// The path in Terraform's form.
pub(super) fn attribute_path(path: &Path) -> tf::AttributePath {
    use attribute_path::step::Selector;
    let step = |step: &Step| {
        let selector = match step {
            Step::Attr(name) => Selector::AttributeName((*name).to_owned()),
            Step::Index(index) => Selector::ElementKeyInt(i64::try_from(*index).unwrap_or(i64::MAX)),
            Step::Key(key) => Selector::ElementKeyString(key.clone()),
        };
        attribute_path::Step { selector: Some(selector) }
    };
    tf::AttributePath { steps: path.0.iter().map(step).collect() }
}
