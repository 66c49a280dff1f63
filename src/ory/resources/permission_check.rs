//! `ory_permission_check`: whether Ory Keto (Ory Permissions) allows a subject something.

use super::{
    relationship::{one_subject, tuple},
    target::{TARGET, WHOLE_TARGET},
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
     In a namespace that Ory Keto does not know, nothing is allowed: that is no error. Where the namespace has rules (Ory \
     Permission Language), a relation that they do not declare is one: Ory Keto refuses the check, also if just a subject set on \
     the way names it.\n\n\
     More than 100 subject sets in one relation are too many for Ory Keto (its setting `limit.max_read_width`): then it does not \
     look into all of them, and somebody who is allowed by way of several sets may be told not to be, without an error.",
    &[CHECK, TARGET],
)
.rules(RULES);

/// How it is answered.
static ANSWER: PermissionCheck = PermissionCheck;

static CHECK: &[Attr] = &[
    string("namespace", "Namespace of the object.").required(),
    string("object", "The object.").required(),
    string("relation", "The relation, or the permission that the namespace's rules define.").required(),
    string("subject_id", "The subject. Either this or a whole subject set has to be set.").empty_counts(),
    string("subject_set_namespace", "Namespace of the subject set: asks for whoever is in the set.").empty_counts(),
    string("subject_set_object", "Object of the subject set.").empty_counts(),
    string("subject_set_relation", "Relation of the subject set; none, or an empty one, stands for the object itself."),
    integer(
        "max_depth",
        "How many steps may lead from the object to the subject; the server's own limit when unset, and where that is lower. The first step leads to the relation itself, so that 2 finds who is in it directly, and each subject set on the way takes one more.",
    )
    .check(between(2, i32::MAX as i64)),
    boolean("allowed", "Whether it is allowed.").read_only(),
];

static RULES: &[Rule] =
    &[rule(&["subject_id", "subject_set_namespace", "subject_set_object", "subject_set_relation"], one_subject), WHOLE_TARGET];

/// A question to Keto.
pub struct PermissionCheck;

#[async_trait]
impl QueryBackend<Client> for PermissionCheck {
    async fn answer(&self, cx: &Cx<Client>, query: &'static Query, asked: &Value) -> Result<Value, Failure> {
        let asked = Object::new(&query.table, asked);
        let wanted = asked.str("namespace").zip(asked.str("object")).and_then(|(namespace, object)| tuple(namespace, object, asked));
        let wanted = wanted.ok_or_else(|| {
            Diagnostic::error("A check needs a whole relationship", "Set `namespace`, `object`, `relation` and a subject.")
                .at(Path::attr("subject_id"))
        })?;
        let allowed = Keto::of(cx, asked).await?.allows(&wanted, asked.get("max_depth").as_i64()).await?;
        Ok(query.table.holding([("allowed", Value::Bool(allowed))]))
    }
}
