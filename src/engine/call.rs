//! Calling functions. Pure: neither a configured provider nor a server is needed, and the same arguments always have the
//! same result.

use super::{Diagnostic, defaults, validate::validate_value};
use crate::{
    schema::{Arguments, Attr, Function, Kind, Object, Refused},
    value::Value,
};

/// Calls the function with the arguments in their order, those of a variadic parameter last.
///
/// # Errors
/// They name the argument at fault by its place, and never repeat a value.
pub fn call(function: &'static Function, arguments: &[Value]) -> Result<Value, Refused> {
    let takes = function.params.len();
    let more = arguments.get(takes..).ok_or_else(|| miscounted(function))?;
    if !more.is_empty() && function.variadic.is_none() {
        return Err(miscounted(function));
    }
    for (place, argument) in arguments.iter().enumerate() {
        if let Some(attr) = parameter(function, place)
            && let Some(wrong) = wrong_with(attr, argument)
        {
            return Err(Refused { argument: Some(place), why: wrong });
        }
    }
    let named = defaults(&function.params, &Value::Object(arguments[..takes].to_vec()));
    let result = (function.run)(&Arguments { named: Object::new(&function.params, &named), more })?;
    match fits(&function.returns, &result) {
        true => Ok(result),
        false => Err(Refused::because(format!(
            "The result of {} is not of the type that it is declared to have. This is a bug in the provider.",
            function.name
        ))),
    }
}

/// What the argument at this place is for.
pub fn parameter(function: &'static Function, place: usize) -> Option<&'static Attr> {
    match place < function.params.len() {
        true => Some(function.params.attr(place)),
        false => function.variadic.as_ref(),
    }
}

fn miscounted(function: &Function) -> Refused {
    let (takes, or_more) = (function.params.len(), if function.variadic.is_some() { " or more" } else { "" });
    let arguments = if takes == 1 && or_more.is_empty() { "argument" } else { "arguments" };
    Refused::because(format!("{} takes {takes}{or_more} {arguments}.", function.name))
}

fn wrong_with(attr: &'static Attr, argument: &Value) -> Option<String> {
    if argument.has_unknown() {
        return Some(format!("`{}` is not known yet. This is a mistake in the tool.", attr.name));
    }
    let found = validate_value(attr, argument);
    let Diagnostic { summary, detail, .. } = found.into_iter().find(Diagnostic::is_error)?;
    Some(format!("{summary}: {detail}"))
}

/// Whether a result is of the kind, known, and not null; inside of it, attributes of objects may be null.
fn fits(kind: &Kind, value: &Value) -> bool {
    match (kind, value) {
        (Kind::Bool, Value::Bool(_)) | (Kind::Number, Value::Number(_)) | (Kind::String, Value::String(_)) => true,
        (Kind::List(of), Value::List(items)) => items.iter().all(|item| fits(of, item)),
        (Kind::Map(of), Value::Map(items)) => items.values().all(|item| fits(of, item)),
        (Kind::Object(nested), Value::Object(fields)) => {
            let table = &nested.table;
            table.len() == fields.len() && table.attrs().zip(fields).all(|(attr, field)| field.is_null() || fits(&attr.kind, field))
        }
        _ => false,
    }
}
