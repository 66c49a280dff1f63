//! The JSON of a fault in a document of the Ory Permission Language.

use super::console::tree::object;
use super::go::json::Json;
use crate::opl::{Fault, Position};

/// A fault, with `line` as the name of the members for lines: Keto and the console differ in it.
pub fn shown(fault: &Fault, line: &str) -> Json {
    let number = |number: usize| Json::Number(number.to_string());
    let at = |at: Position| object([(line, number(at.line)), ("column", number(at.column))]);
    object([("message", Json::text(&fault.message)), ("start", at(fault.start)), ("end", at(fault.end))])
}
