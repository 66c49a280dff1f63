//! The JSON of an error in a document of the Ory Permission Language.

use super::console::tree::object;
use super::go::json::Json;
use crate::opl::{Fault, Position};

/// An error. `line` is the name of its members for lines, which differs between Keto and the console.
pub fn shown(fault: &Fault, line: &str) -> Json {
    let number = |number: usize| Json::Number(number.to_string());
    let at = |at: Position| object([(line, number(at.line)), ("column", number(at.column))]);
    object([("message", Json::text(&fault.message)), ("start", at(fault.start)), ("end", at(fault.end))])
}
