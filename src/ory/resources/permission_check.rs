//! `ory_permission_check`: whether a subject has a permission in Ory Keto (Ory Permissions).

use super::{
    relationship::{one_subject, tuple},
    target::{TARGET_OF_CALL, WHOLE_TARGET},
};
use crate::{
    engine::{Cx, Diagnostic, Failure, Offer, QueryBackend},
    ory::{Client, keto::Keto},
    schema::{Attr, Object, Query, Rule, between, boolean, integer, query, rule, string},
    value::{Path, Value},
};
use async_trait::async_trait;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::query(&QUERY, &ANSWER)];

/// The data source.
static QUERY: Query = query(
    "permission_check",
    "Whether a subject has a relation to an object in Ory Permissions (Ory Keto), directly, by way of subject sets, or by the \
     rules of the namespace.\n\n\
     In a namespace that Ory Keto does not know, nothing is allowed, without an error. Where the namespace has rules (Ory \
     Permission Language), a relation that they do not declare is an error: Ory Keto refuses the check, even if only a subject \
     set on the way names it.\n\n\
     Ory Keto looks into at most 100 subject sets of one relation (its setting `limit.max_read_width`). Of more, it leaves some \
     out without an error, and then may answer no for a subject that is allowed by way of several sets.",
    &[CHECK, TARGET_OF_CALL],
)
.rules(RULES);

/// How it is answered.
static ANSWER: PermissionCheck = PermissionCheck;

static CHECK: &[Attr] = &[
    string("namespace", "Namespace of the object.").required(),
    string("object", "The object.").required(),
    string("relation", "The relation, or the permission that the namespace's rules define.").required(),
    string("subject_id", "The subject. Either this or a whole subject set has to be set.").empty_counts(),
    string("subject_set_namespace", "Namespace of the subject set, which stands for everybody in the set.").empty_counts(),
    string("subject_set_object", "Object of the subject set.").empty_counts(),
    string("subject_set_relation", "Relation of the subject set; unset or empty for the object itself."),
    integer(
        "max_depth",
        "How many steps the check may take from the object to the subject. The server's own limit applies when this is unset or larger. The first step leads to the relation itself, so 2 finds direct subjects, and each subject set on the way takes one more.",
    )
    .check(between(2, i32::MAX as i64)),
    boolean("allowed", "Whether it is allowed.").read_only(),
];

static RULES: &[Rule] =
    &[rule(&["subject_id", "subject_set_namespace", "subject_set_object", "subject_set_relation"], one_subject), WHOLE_TARGET];

/// The request to Keto.
pub struct PermissionCheck;

#[async_trait]
impl QueryBackend<Client> for PermissionCheck {
    async fn answer(&self, cx: &Cx<Client>, query: &'static Query, asked: &Value) -> Result<Value, Failure> {
        let asked = Object::new(&query.table, asked);
        let wanted =
            asked.str("namespace").zip(asked.str("object")).and_then(|(namespace, object)| Some(tuple(namespace, object, asked)?.own()));
        let wanted = wanted.ok_or_else(|| {
            Diagnostic::error(
                "A check needs a whole relationship",
                "Set `namespace`, `object`, `relation` and a subject (`subject_id`, or the attributes of a subject set).",
            )
            .at(Path::attr("subject_id"))
        })?;
        let allowed = Keto::of(cx, asked).await?.allows(&wanted, asked.get("max_depth").as_i64()).await?;
        Ok(query.table.holding([("allowed", Value::Bool(allowed))]))
    }
}
