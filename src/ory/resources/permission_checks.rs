//! `ory_permission_checks`: many checks of Ory Keto (Ory Permissions) in few requests.

use super::{
    relationship::{subject_problem, tuple},
    target::{TARGET_OF_CALL, WHOLE_TARGET},
};
use crate::{
    engine::{Cx, Diagnostic, Failure, Offer, QueryBackend},
    ory::{
        Client,
        keto::{Keto, Verdict},
    },
    schema::{Attr, Kind, Nested, Object, Problem, Query, Rule, Table, between, boolean, integer, objects, query, rule, string},
    value::{Path, Value},
};
use async_trait::async_trait;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::query(&QUERY, &ANSWER)];

/// The data source.
static QUERY: Query = query(
    "permission_checks",
    "Whether subjects have relations to objects in Ory Permissions (Ory Keto): like `ory_permission_check`, for many checks at once, ten in each \
     request.\n\n\
     A check that Ory Keto cannot make is not allowed, and its `error` says why: a namespace that it does not know, or a relation that the \
     rules of the namespace (Ory Permission Language) do not declare. The other checks are still answered.",
    &[ASKED, TARGET_OF_CALL],
)
.rules(RULES);

/// How it is answered.
static ANSWER: PermissionChecks = PermissionChecks;

static ASKED: &[Attr] = &[
    objects("checks", "The checks to make.", &CHECK_KIND).required(),
    integer(
        "max_depth",
        "How many steps each check may take from the object to the subject. The server's own limit applies when this is unset or larger. 2 finds direct subjects.",
    )
    .check(between(2, i32::MAX as i64)),
    objects("results", "The answers, in the order of `checks`.", &RESULT_KIND).read_only(),
    boolean("allowed", "Whether all checks are allowed.").read_only(),
];

static CHECK_KIND: Kind = Kind::Object(&CHECK);

static CHECK: Nested = Nested {
    name: "PermissionToCheck",
    table: Table::new(&[&[
        string("namespace", "Namespace of the object.").required(),
        string("object", "The object.").required(),
        string("relation", "The relation, or the permission that the namespace's rules define.").required(),
        string("subject_id", "The subject. Either this or a whole subject set has to be set.").empty_counts(),
        string("subject_set_namespace", "Namespace of the subject set, which stands for everybody in the set.").empty_counts(),
        string("subject_set_object", "Object of the subject set.").empty_counts(),
        string("subject_set_relation", "Relation of the subject set; unset or empty for the object itself."),
    ]]),
};

static RESULT_KIND: Kind = Kind::Object(&RESULT);

static RESULT: Nested = Nested {
    name: "CheckedPermission",
    table: Table::new(&[&[
        boolean("allowed", "Whether it is allowed."),
        string("error", "Why Ory Keto could not make the check; null if it could."),
    ]]),
};

static RULES: &[Rule] = &[rule(&["checks"], whole), WHOLE_TARGET];

fn whole(asked: Object<'_>) -> Option<Problem> {
    let checks = asked.get("checks").as_list()?;
    checks.iter().enumerate().find_map(|(place, check)| {
        let (_, why) = subject_problem(Object::new(&CHECK.table, check))?;
        Some(Problem::refused("checks", "A check has one subject", format!("In `checks[{place}]`: {why}")))
    })
}

/// The requests to Keto.
pub struct PermissionChecks;

#[async_trait]
impl QueryBackend<Client> for PermissionChecks {
    async fn answer(&self, cx: &Cx<Client>, query: &'static Query, asked: &Value) -> Result<Value, Failure> {
        let asked = Object::new(&query.table, asked);
        let wanted = asked.get("checks").as_list().unwrap_or_default().iter().map(|check| {
            let check = Object::new(&CHECK.table, check);
            check.str("namespace").zip(check.str("object")).and_then(|(namespace, object)| Some(tuple(namespace, object, check)?.own()))
        });
        let wanted = wanted.collect::<Option<Vec<_>>>().ok_or_else(|| {
            Diagnostic::error(
                "A check needs a whole relationship",
                "Set `namespace`, `object`, `relation` and a subject of each of `checks`.",
            )
            .at(Path::attr("checks"))
        })?;
        let verdicts = Keto::of(cx, asked).await?.allow_each(&wanted, asked.get("max_depth").as_i64()).await?;
        let allowed = verdicts.iter().all(|verdict| verdict.allowed);
        let results = verdicts.into_iter().map(|Verdict { allowed, error }| {
            RESULT.table.holding([("allowed", Value::Bool(allowed)), ("error", error.map(Value::String).unwrap_or_default())])
        });
        Ok(query.table.holding([("results", Value::List(results.collect())), ("allowed", Value::Bool(allowed))]))
    }
}
