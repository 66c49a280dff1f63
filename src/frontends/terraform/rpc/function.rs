//! Functions. Terraform calls them in a process that is not configured and whose schema it has not requested.

use super::{
    Server,
    answer::{Failed, in_one_text},
};
use crate::{
    engine::{self, Diagnostic, named},
    frontends::terraform::{object, schema},
    schema::Function,
    value::{Path, Step, Value},
};
use janiform_proto::tfplugin6::{DynamicValue, FunctionError, call_function, get_functions};

pub(super) async fn all<C: Send + Sync + 'static>(server: Server<C>, _: get_functions::Request) -> Result<get_functions::Response, Failed> {
    Ok(get_functions::Response { functions: schema::functions(&server.engine), diagnostics: Vec::new() })
}

pub(super) async fn call<C: Send + Sync + 'static>(
    server: Server<C>,
    request: call_function::Request,
) -> Result<call_function::Response, Failed> {
    let found = named(server.engine.functions(), &request.name);
    let (function, _) = found.ok_or_else(|| server.unknown("function", &request.name))?;
    let arguments = arguments(function, &request.arguments)?;
    Ok(match engine::call(function, &arguments) {
        Ok(result) => call_function::Response { result: Some(object::encode_kind(&function.returns.kind, &result)), error: None },
        Err(why) => {
            let at = why.iter().find(|why| why.is_error()).and_then(|why| place(function, &why.path));
            let text = in_one_text(why.into_iter().filter(Diagnostic::is_error));
            call_function::Response { result: None, error: Some(FunctionError { text, function_argument: at }) }
        }
    })
}

/// The arguments, in their order, as an object of the parameters.
fn arguments(function: &'static Function, given: &[DynamicValue]) -> Result<Value, Failed> {
    let fixed = function.fixed();
    if given.len() < fixed || (given.len() > fixed && !function.variadic) {
        let or_more = if function.variadic { " or more" } else { "" };
        let arguments = if fixed == 1 && !function.variadic { "argument" } else { "arguments" };
        let what = format!("{} takes {fixed}{or_more} {arguments}", function.name);
        let wrong = Diagnostic::error(what, format!("It was given {}.", given.len()));
        return Err(wrong.into());
    }
    let (given, further) = given.split_at(fixed);
    let named = function.params.attrs().zip(given);
    let mut fields: Vec<_> = named.map(|(attr, value)| object::decode_kind(&attr.kind, value)).collect::<Result<_, _>>()?;
    if let Some((_, each)) = function.further() {
        fields.push(Value::List(further.iter().map(|value| object::decode_kind(each, value)).collect::<Result<_, _>>()?));
    }
    Ok(Value::Object(fields))
}

/// The position of the argument at this path, among all arguments.
fn place(function: &'static Function, path: &Path) -> Option<i64> {
    let at = function.params.index(path.root()?)?;
    let element = match path.0.get(1) {
        Some(Step::Index(index)) if at == function.fixed() => *index,
        _ => 0,
    };
    i64::try_from(at + element).ok()
}
