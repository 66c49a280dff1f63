//! Keywords of a JSON Schema that Ory's validator ignores, or reads in another way than the author means.
//!
//! Owns the keywords, as seen with Ory Kratos 1.3.1 and 26.2 (`github.com/ory/jsonschema/v3` 3.0.8, which knows the drafts 4, 6 and
//! 7). Must not know where the schema comes from.

use crate::value::Json;

/// Keywords that came after draft 7: Ory ignores them, so what they forbid is allowed.
const LATER: [&str; 9] = [
    "dependentRequired",
    "dependentSchemas",
    "maxContains",
    "minContains",
    "prefixItems",
    "unevaluatedItems",
    "unevaluatedProperties",
    "$dynamicRef",
    "$anchor",
];
/// Drafts that a schema may name in `$schema`.
const DRAFTS: [&str; 4] = [
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/draft-06/schema#",
    "http://json-schema.org/draft-07/schema#",
    "http://json-schema.org/schema#",
];
/// Members whose own members have names of the author's choice, which are not keywords.
const NAMED: [&str; 4] = ["properties", "patternProperties", "definitions", "$defs"];
/// Members that hold data.
const DATA: [&str; 4] = ["const", "default", "enum", "examples"];

/// The first such keyword in a schema, explained in a sentence.
pub fn misunderstood(schema: &Json) -> Option<String> {
    let draft =
        schema.at("$schema").as_str().filter(|draft| !DRAFTS.contains(draft)).map(|draft| {
            format!("Ory Kratos does not know the draft `{draft}` and refuses the schema: name `{}`, with the `#`.", DRAFTS[2])
        });
    draft.or_else(|| keyword(schema))
}

fn keyword(schema: &Json) -> Option<String> {
    if let Some(schemas) = schema.as_array() {
        return schemas.iter().find_map(keyword);
    }
    schema.as_object()?.iter().find_map(|(name, value)| match name.as_str() {
        later if LATER.contains(&later) => Some(format!(
            "`{later}` came after draft 7 of JSON Schema, and Ory Kratos ignores it: what it forbids is allowed. Use keywords of draft 7 instead."
        )),
        "multipleOf" if matches!(value, Json::Number(unit) if !unit.is_whole()) => Some(format!(
            "Ory Kratos computes `multipleOf` in binary fractions, in which 0.15 is no multiple of 0.01: with {value} it refuses some values that are multiples. Use whole numbers (cents), or a text with a `pattern`."
        )),
        data if DATA.contains(&data) => None,
        named if NAMED.contains(&named) => value.as_object()?.values().find_map(keyword),
        _ => keyword(value),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_held_is_found_wherever_it_stands() {
        for (schema, found) in [
            (r#"{"properties":{"traits":{"dependentRequired":{"a":["b"]}}}}"#, "`dependentRequired`"),
            (r#"{"properties":{"traits":{"allOf":[{"prefixItems":[]}]}}}"#, "`prefixItems`"),
            (r#"{"properties":{"traits":{"properties":{"amount":{"multipleOf":0.01}}}}}"#, "0.01"),
            (r#"{"$schema":"https://json-schema.org/draft/2020-12/schema"}"#, "2020-12"),
            (r#"{"$schema":"http://json-schema.org/draft-07/schema"}"#, "with the `#`"),
        ] {
            let text = misunderstood(&Json::parse(schema).unwrap()).unwrap_or_default();
            assert!(text.contains(found), "{schema}: {text}");
        }
        for schema in [
            r#"{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"traits":{"properties":{"prefixItems":{"multipleOf":5}}}}}"#,
            r#"{"default":{"minContains":1},"enum":[{"multipleOf":0.1}]}"#,
        ] {
            assert_eq!(misunderstood(&Json::parse(schema).unwrap()), None, "{schema}");
        }
    }
}
