//! Calling functions. Pure: neither a configured provider nor a server is needed, and the same arguments always have the
//! same result.

use super::{Diagnostic, defaults, has_errors, validate_block};
use crate::{
    schema::{Function, Kind, Object, Refused},
    value::Value,
};

/// Calls the function with an object of its parameters.
///
/// # Errors
/// They point at the argument with the error, and never repeat a value.
pub fn call(function: &'static Function, arguments: &Value) -> Result<Value, Vec<Diagnostic>> {
    let wrong = validate_block(&function.params, &[], arguments);
    if has_errors(&wrong) {
        return Err(wrong);
    }
    if arguments.has_unknown() {
        return Err(vec![Diagnostic::error("An argument is not known yet", "Functions are called when all arguments are known.")]);
    }
    let mut arguments = defaults(&function.params, arguments);
    if let (true, Value::Object(fields)) = (function.variadic, &mut arguments)
        && let Some(further @ Value::Null) = fields.last_mut()
    {
        *further = Value::List(Vec::new());
    }
    let result = (function.run)(Object::new(&function.params, &arguments)).map_err(|refused| vec![because(function, refused)])?;
    match fits(&function.returns.kind, &result) {
        true => Ok(result),
        false => {
            Err(vec![Diagnostic::error(format!("{} has a result of the wrong type", function.name), "This is a bug in the provider.")])
        }
    }
}

fn because(function: &Function, Refused { at, why }: Refused) -> Diagnostic {
    let what = if at.0.is_empty() { format!("{} has no result", function.name) } else { format!("{at} is not valid") };
    Diagnostic::error(what, why).at(at)
}

/// Whether a result has the kind, is known, and not null; attributes of objects in it may be null.
fn fits(kind: &Kind, value: &Value) -> bool {
    match kind {
        Kind::Bool => matches!(value, Value::Bool(_)),
        Kind::Number => matches!(value, Value::Number(_)),
        Kind::Integer => matches!(value, Value::Number(number) if number.is_whole()),
        Kind::String => matches!(value, Value::String(_)),
        Kind::List(of) => matches!(value, Value::List(items) if items.iter().all(|item| fits(of, item))),
        Kind::Map(of) => matches!(value, Value::Map(items) if items.values().all(|item| fits(of, item))),
        Kind::Object(nested) => {
            let table = &nested.table;
            let of_table = |fields: &[Value]| table.attrs().zip(fields).all(|(attr, field)| field.is_null() || fits(&attr.kind, field));
            matches!(value, Value::Object(fields) if table.len() == fields.len() && of_table(fields))
        }
    }
}
