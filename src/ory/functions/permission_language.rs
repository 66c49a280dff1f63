//! Whether a document is one of the Ory Permission Language, as far as that can be told without a server.

use crate::{
    opl,
    ory::resources::{
        opl_validation::{self, ERROR},
        permission_language::document,
    },
    schema::{Function, Kind, Object, Refused, function, objects, string},
    value::Value,
};

/// What is wrong with a document.
pub static ERRORS: Function = function(
    "opl_errors",
    "What is wrong with a document in the Ory Permission Language, in the words of Ory Keto 26.2; nothing where it takes it. No \
     server is asked: the data source `ory_opl_validation` asks one, which may know more.",
    objects("errors", "What is wrong, in the order of the document.", &Kind::Object(&ERROR)),
    errors,
)
.params(&[&[string("source", "The document: its text, or its content as `base64://…`.").required()]]);

fn errors(asked: Object<'_>) -> Result<Value, Refused> {
    let document = asked.str("source").and_then(document);
    let document = document.ok_or_else(|| Refused::argument("source", "Must be the document itself, and not where it is."))?;
    let (_, faults) = opl::parse(&document);
    let place = |at: &opl::Position| [at.line, at.column].map(|number| i64::try_from(number).unwrap_or(i64::MAX));
    let shown = |fault: &opl::Fault| opl_validation::shown(&fault.message, place(&fault.start), place(&fault.end));
    Ok(Value::List(faults.iter().map(shown).collect()))
}
