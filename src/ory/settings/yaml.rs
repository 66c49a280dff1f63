//! Converts YAML to JSON, and back. JSON is valid YAML, so both kinds of files can be read.

use crate::value::{Json, Number};
use saphyr::{LoadableYamlNode, Mapping, Scalar, ScalarStyle, Yaml, YamlEmitter};
use std::collections::BTreeMap;

/// Parses a text with one document.
///
/// # Errors
/// With the line and column of the error, and never with the text.
pub fn parse(text: &str) -> Result<Json, String> {
    let documents = Yaml::load_from_str(text).map_err(|error| {
        let at = error.marker();
        format!("it is not valid YAML (line {}, column {})", at.line(), at.col() + 1)
    })?;
    match documents.as_slice() {
        [] => Ok(Json::Null),
        [document] => read(document),
        _ => Err("it has more than one document".to_owned()),
    }
}

fn read(node: &Yaml<'_>) -> Result<Json, String> {
    match node {
        Yaml::Value(Scalar::Null) => Ok(Json::Null),
        Yaml::Value(Scalar::Boolean(flag)) => Ok(Json::Bool(*flag)),
        Yaml::Value(Scalar::Integer(number)) => Ok(Json::Number(Number::from(*number))),
        Yaml::Value(Scalar::FloatingPoint(number)) => {
            Number::parse(&number.to_string()).map(Json::Number).map_err(|_| "it has a number that cannot be read".to_owned())
        }
        Yaml::Value(Scalar::String(text)) => Ok(Json::String(text.to_string())),
        Yaml::Sequence(items) => items.iter().map(read).collect::<Result<Vec<_>, _>>().map(Json::Array),
        Yaml::Mapping(members) => object(members),
        Yaml::Tagged(_, inner) => read(inner),
        Yaml::Representation(..) | Yaml::Alias(_) | Yaml::BadValue => Err("it has a value of an unknown kind".to_owned()),
    }
}

/// Members of the mapping itself win over merged ones (`<<: *defaults`), as in the servers' own parser.
fn object(mapping: &Mapping<'_>) -> Result<Json, String> {
    let (mut members, mut merged) = (BTreeMap::new(), Vec::new());
    for (key, value) in mapping {
        match key {
            Yaml::Value(Scalar::String(name)) if name == "<<" => merged.push(read(value)?),
            Yaml::Value(Scalar::String(name)) => drop(members.insert(name.to_string(), read(value)?)),
            Yaml::Value(Scalar::Integer(name)) => drop(members.insert(name.to_string(), read(value)?)),
            _ => return Err("it has a key that is not text".to_owned()),
        }
    }
    let one_by_one = merged.into_iter().flat_map(|merged| match merged {
        Json::Array(items) => items,
        other => vec![other],
    });
    for source in one_by_one {
        let Json::Object(source) = source else { return Err("it merges (`<<`) a value that is not a mapping".to_owned()) };
        for (name, value) in source {
            members.entry(name).or_insert(value);
        }
    }
    Ok(Json::Object(members))
}

/// Writes the value as YAML, with members in alphabetical order.
pub fn print(json: &Json) -> String {
    let mut text = String::new();
    let mut emitter = YamlEmitter::new(&mut text);
    emitter.multiline(true);
    // Writing to a text does not fail.
    let _ = emitter.dump(&node(json));
    let text = text.strip_prefix("---\n").unwrap_or(&text);
    format!("{}\n", text.trim_end_matches('\n'))
}

fn node(json: &Json) -> Yaml<'_> {
    match json {
        Json::Null => Yaml::Value(Scalar::Null),
        Json::Bool(flag) => Yaml::Value(Scalar::Boolean(*flag)),
        // The digits are kept: a float would lose some.
        Json::Number(number) => Yaml::Representation(number.as_str().into(), ScalarStyle::Plain, None),
        Json::String(text) if may_be_number(text) => Yaml::Representation(text.as_str().into(), ScalarStyle::DoubleQuoted, None),
        Json::String(text) => Yaml::Value(Scalar::String(text.as_str().into())),
        Json::Array(items) => Yaml::Sequence(items.iter().map(node).collect()),
        Json::Object(members) => {
            Yaml::Mapping(members.iter().map(|(name, value)| (Yaml::Value(Scalar::String(name.as_str().into())), node(value))).collect())
        }
    }
}

/// Whether the servers' parser may read a plain text as a number or a timestamp, such as `2001-01-01`, `1_000` and `0b11`. The
/// emitter quotes texts that its own parser would read so, and those that need escapes.
fn may_be_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || c == '+') && !text.contains(|c: char| c.is_control() || matches!(c, '"' | '\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text).unwrap()
    }

    /// By YAML 1.2 (10.3.2), with the merge keys of YAML 1.1, which the servers' parser knows.
    #[test]
    fn yaml_is_read_as_the_servers_read_it() {
        let text = "a: &a {x: 1, y: two}\nb:\n  <<: *a\n  y: 3\nc: [on, 'true', ~, 1.5, 0x10]\nd: |\n  one\n  two\n";
        let wanted = r#"{"a":{"x":1,"y":"two"},"b":{"x":1,"y":3},"c":["on","true",null,1.5,16],"d":"one\ntwo\n"}"#;
        assert_eq!(parse(text).unwrap(), json(wanted));
        assert_eq!(parse(wanted).unwrap(), json(wanted), "JSON is YAML");
        assert_eq!(parse("").unwrap(), Json::Null);
        for wrong in ["a: [", "a: 1\na: 2", "a\n---\nb", "a: .inf", "{[1]: 2}", "<<: 1"] {
            let why = parse(wrong).unwrap_err();
            assert!(why.starts_with("it "), "{wrong}: {why}");
        }
        let why = parse("secret: hunter22\nb: [").unwrap_err();
        assert!(!why.contains("hunter22") && why.contains("line"), "{why}");
    }

    #[test]
    fn printed_yaml_is_read_as_the_same_value() {
        let all = r#"{"empty":[],"flag":true,"list":["yes","1","- a","",null,{"b":"c: d"},"12h","~"],"n":8,"none":{},"text":"one\ntwo","url":"https://a.example/#x"}"#;
        let printed = print(&json(all));
        assert_eq!(parse(&printed).unwrap(), json(all), "{printed}");
        // yaml.v3 3.0.1 reads these as a moment, a number and an octal number where they are plain; the numbers lose nothing.
        let all = r#"{"date":"2001-01-01","grouped":"1_000","long":12345678901234567890.123,"octal":"0o17","phone":"+1_000"}"#;
        let wanted = "date: \"2001-01-01\"\ngrouped: \"1_000\"\nlong: 12345678901234567890.123\noctal: \"0o17\"\nphone: \"+1_000\"\n";
        assert_eq!(print(&json(all)), wanted);
        assert!(!printed.starts_with("---") && printed.ends_with('\n') && !printed.ends_with("\n\n"));
    }
}
