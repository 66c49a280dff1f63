//! Relationships as one text: `namespace:object#relation@subject`, which is also the id of an `ory_relationship`.

use crate::{
    ory::keto::{Subject, Tuple},
    schema::{Function, Nested, Object, Refused, Table, function, list, object, string},
    value::{Path, Value},
};

/// The text of a relationship.
pub static BUILD: Function = function(
    "relationship_build",
    "A relationship as one text, `namespace:object#relation@subject`, which is also the import id of an `ory_relationship`. Separators \
     inside of the parts are encoded.",
    string("relationship", "The text."),
    build,
)
.params(&[&[
    string("namespace", "Namespace of the object.").required(),
    string("object", "The object.").required(),
    string("relation", "The relation of the subject to the object.").required(),
    list("subject", "The subject: its id; or the namespace, object and relation of a subject set, where the relation may be left out."),
]])
.variadic();

/// The parts of a text.
pub static PARSE: Function = function(
    "relationship_parse",
    "The parts of a relationship in one text, `namespace:object#relation@subject`. A subject in the form \
     `namespace:object#relation`, with or without parentheses, is a subject set.",
    object("relationship", "Its parts, by the names of `ory_relationship`.", &PARTS),
    parse,
)
.params(&[&[string("relationship", "The text.").required()]]);

static PARTS: Nested = Nested {
    name: "RelationshipParts",
    table: Table::new(&[&[
        string("namespace", "Namespace of the object.").required(),
        string("object", "The object.").required(),
        string("relation", "The relation of the subject to the object.").required(),
        string("subject_id", "The subject; null if it is a subject set."),
        string("subject_set_namespace", "Namespace of the subject set; null if there is none."),
        string("subject_set_object", "Object of the subject set; null if there is none."),
        string("subject_set_relation", "Relation of the subject set; null if there is none."),
    ]]),
};

fn parse(asked: Object<'_>) -> Result<Value, Refused> {
    let text = asked.str("relationship").unwrap_or_default();
    let tuple =
        Tuple::parse(text).ok_or_else(|| Refused::argument("relationship", "Must be written as `namespace:object#relation@subject`."))?;
    let text = |text: String| Value::String(text);
    let mut parts = vec![("namespace", text(tuple.namespace)), ("object", text(tuple.object)), ("relation", text(tuple.relation))];
    match tuple.subject {
        Subject::Id(id) => parts.push(("subject_id", text(id))),
        Subject::Set { namespace, object, relation } => parts.extend([
            ("subject_set_namespace", text(namespace)),
            ("subject_set_object", text(object)),
            ("subject_set_relation", text(relation)),
        ]),
    }
    let part = |name: &str| parts.iter().find(|(part, _)| *part == name).map(|(_, value)| value.clone()).unwrap_or_default();
    Ok(Value::Object(PARTS.table.attrs().map(|attr| part(attr.name)).collect()))
}

fn build(asked: Object<'_>) -> Result<Value, Refused> {
    let text = |name: &str| asked.str(name).unwrap_or_default().to_owned();
    let subject = match asked.strs("subject").as_slice() {
        [id] => Subject::Id((*id).to_owned()),
        [namespace, object] => Subject::Set { namespace: (*namespace).into(), object: (*object).into(), relation: String::new() },
        [namespace, object, relation] => {
            Subject::Set { namespace: (*namespace).into(), object: (*object).into(), relation: (*relation).into() }
        }
        _ => {
            let why =
                "Must be one text, the id of the subject; or two or three texts, the namespace, object and relation of a subject set.";
            return Err(Refused { at: Path::attr("subject"), why: why.into() });
        }
    };
    Ok(Value::String(Tuple { namespace: text("namespace"), object: text("object"), relation: text("relation"), subject }.id()))
}
