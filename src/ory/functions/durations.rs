//! Durations in Go's spelling, which Ory uses.

use crate::{
    schema::{Function, Object, Refused, function, number, string},
    value::{Number, Value, duration},
};

const SECOND: i64 = 1_000_000_000;

/// In seconds.
pub static PARSE: Function = function(
    "duration_parse",
    "The seconds of a duration in Ory's spelling, such as `1h30m`.",
    number("seconds", "The seconds, with a fraction if there is one."),
    parse,
)
.params(&[&[
    string("duration", "The duration: numbers with units (`h`, `m`, `s`, `ms`, `us`, `ns`), such as `720h` or `1m30.5s`.").required()
]]);

/// From seconds.
pub static FORMAT: Function = function(
    "duration_format",
    "A number of seconds as a duration in Ory's spelling: `5400` is `1h30m0s`. Use it to compute a duration.",
    string("duration", "The duration, such as `1h30m0s`."),
    format,
)
.params(&[&[number("seconds", "The seconds, with a fraction of up to nine digits.").required()]]);

fn parse(asked: Object<'_>) -> Result<Value, Refused> {
    let nanoseconds = duration::parse(asked.str("duration").unwrap_or_default())
        .map_err(|_| Refused::argument("duration", "Must be a duration such as `1h30m`, `90s` or `1.5h`."))?;
    let (sign, all) = (if nanoseconds < 0 { "-" } else { "" }, nanoseconds.unsigned_abs());
    let (whole, rest) = (all / SECOND.unsigned_abs(), all % SECOND.unsigned_abs());
    let text = format!("{sign}{whole}.{rest:09}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    Number::parse(text).map(Value::Number).map_err(|_| Refused::because("The duration has no number of seconds."))
}

fn format(asked: Object<'_>) -> Result<Value, Refused> {
    let Value::Number(seconds) = asked.get("seconds") else { return Err(Refused::argument("seconds", "Must be a number.")) };
    let plain = seconds.plain();
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let nanoseconds = (fraction.len() <= 9).then(|| format!("{whole}{fraction:0<9}")).and_then(|digits| digits.parse().ok());
    let nanoseconds = nanoseconds
        .ok_or_else(|| Refused::argument("seconds", "Must have at most nine digits after the point, and be less than 292 years."))?;
    Ok(Value::String(duration::format(nanoseconds)))
}
