//! Checks documents in the Ory Permission Language without a server.

use crate::{
    opl,
    ory::resources::{
        opl_validation::{self, ERROR},
        permission_language::document,
    },
    schema::{Function, Kind, Object, Refused, function, objects, string},
    value::Value,
};

/// The errors in a document.
pub static ERRORS: Function = function(
    "opl_errors",
    "The errors in a document in the Ory Permission Language, as Ory Keto 26.2 reports them; an empty list if it is valid. No \
     server is asked: the data source `ory_opl_validation` asks one, which may support more.",
    objects("errors", "The errors, in the order of the document.", &Kind::Object(&ERROR)),
    errors,
)
.params(&[&[string("source", "The document: its text, or its content as `base64://…`.").required()]]);

fn errors(asked: Object<'_>) -> Result<Value, Refused> {
    let document = asked.str("source").and_then(document);
    let document = document.ok_or_else(|| Refused::argument("source", "Must be the document itself, not its URL."))?;
    let faults = opl::parse(&document).faults;
    let place = |at: &opl::Position| [at.line, at.column].map(|number| i64::try_from(number).unwrap_or(i64::MAX));
    let shown = |fault: &opl::Fault| opl_validation::shown(&fault.message, place(&fault.start), place(&fault.end));
    Ok(Value::List(faults.iter().map(shown).collect()))
}
