//! `ory_opl_validation`: whether Ory accepts a document of the Ory Permission Language, before anything is written.

use super::{
    permission_language::{self as language, Fault},
    target::{TARGET_OF_CALL, WHOLE_TARGET},
};
use crate::{
    engine::{Cx, Diagnostic, Failure, Offer, QueryBackend},
    ory::{Client, services::CONSOLE},
    rest::Client as _,
    schema::{Attr, Kind, Nested, Object, Query, Rule, Table, boolean, integer, objects, query, string},
    value::{Number, Path, Value},
};
use async_trait::async_trait;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::query(&QUERY, &ANSWER)];

/// The data source.
static QUERY: Query = query(
    "opl_validation",
    "Whether a document in the Ory Permission Language is valid, and what is wrong with it. It changes nothing, so a condition \
     on its result can stop a plan before anything is changed.\n\n\
     With a key of the workspace (`workspace_api_key`), Ory checks the document with the limits of the project's plan, as when it is \
     saved. Otherwise, Ory Keto checks its syntax and types: that of the project, with a key of the project, or a self-hosted one.",
    &[ASKED, TARGET_OF_CALL],
)
.rules(RULES);

/// How it is answered.
static ANSWER: Validation = Validation;

static ASKED: &[Attr] = &[
    string("project_id", "Id of the Ory Network project with whose limits it is checked; the provider's `project_id` when unset.")
        .or_server(),
    string("source", "The document: its text, or its content as `base64://…`.").required(),
    boolean("valid", "Whether the document is valid.").read_only(),
    objects("errors", "The errors in the document.", &ERROR_KIND).read_only(),
];

static ERROR_KIND: Kind = Kind::Object(&ERROR);

/// What is wrong with a document.
pub static ERROR: Nested = Nested {
    name: "OplError",
    table: Table::new(&[&[
        string("message", "Description of the error."),
        integer("line", "The line where the error begins, from 1."),
        integer("column", "The column where the error begins, from 0: the number of characters before it in the line."),
        integer("end_line", "The line where the error ends."),
        integer("end_column", "The column where the error ends."),
    ]]),
};

static RULES: &[Rule] = &[WHOLE_TARGET];

/// The request to the console or to Keto.
struct Validation;

#[async_trait]
impl QueryBackend<Client> for Validation {
    async fn answer(&self, cx: &Cx<Client>, query: &'static Query, asked: &Value) -> Result<Value, Failure> {
        let asked = Object::new(&query.table, asked);
        let document = asked.str("source").and_then(language::document).ok_or_else(|| {
            Diagnostic::error("There is no document to check", "Set `source` to the document itself, not to its URL.")
                .at(Path::attr("source"))
        })?;
        let project = asked.str("project_id").map(str::to_owned).or(cx.client.stands_in("project_id").ok().flatten());
        let by_console = project.is_some() && cx.client.is_meant(&CONSOLE) && asked.get("project_slug").is_null();
        let found = match by_console {
            true => language::validated(cx, asked, &document).await?,
            false => None,
        };
        let found = match found {
            Some(found) => found,
            None => language::checked(cx, asked, &document).await?,
        };
        let errors = found.iter().map(|Fault { message, start, end }| shown(message, *start, *end)).collect();
        let told = [
            ("valid", Value::Bool(found.is_empty())),
            ("errors", Value::List(errors)),
            ("project_id", project.map(Value::text).unwrap_or_default()),
        ];
        Ok(query.table.holding(told))
    }
}

/// An error with the line and column where it begins and ends.
pub fn shown(message: &str, [line, column]: [i64; 2], [end_line, end_column]: [i64; 2]) -> Value {
    let number = |number: i64| Value::Number(Number::from(number));
    ERROR.table.holding([
        ("message", Value::text(message)),
        ("line", number(line)),
        ("column", number(column)),
        ("end_line", number(end_line)),
        ("end_column", number(end_column)),
    ])
}
