//! `ory_permission_expand`: who is in a relation in Ory Keto (Ory Permissions), directly and by way of subject sets.

use super::target::{TARGET_OF_CALL, WHOLE_TARGET};
use crate::{
    engine::{Cx, Failure, Offer, QueryBackend},
    ory::{Client, keto::Keto},
    schema::{Attr, Kind, Nested, Object, Query, Rule, Table, between, integer, list, objects, query, string},
    value::{Json, Value},
};
use async_trait::async_trait;
use std::collections::BTreeSet;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::query(&QUERY, &ANSWER)];

/// The data source.
static QUERY: Query = query(
    "permission_expand",
    "Who is in a relation to an object in Ory Permissions (Ory Keto), directly and by way of subject sets: as a tree, and as lists.\n\n\
     It follows relationships, not the rules of a namespace (Ory Permission Language): of a permission that rules define, it finds only \
     direct relationships. It looks no deeper than `max_depth`: `unopened` has the sets that it did not open.",
    &[ASKED, TARGET_OF_CALL],
)
.rules(RULES);

/// How it is answered.
static ANSWER: PermissionExpand = PermissionExpand;

static ASKED: &[Attr] = &[
    string("namespace", "Namespace of the object.").required(),
    string("object", "The object.").required(),
    string("relation", "The relation.").required(),
    integer(
        "max_depth",
        "How many levels the tree may have, including the relation itself. The server's own limit (5 by default) applies when this is unset or larger.",
    )
    .check(between(1, i32::MAX as i64)),
    string("tree", "The tree, as JSON in Ory Keto's form: `type`, `tuple` and `children` of each node. Null if nobody is in the relation.")
        .json()
        .read_only(),
    list("subject_ids", "The single subjects in the tree, each once, in order.").read_only(),
    objects("unopened", "The subject sets at the ends of the tree: empty ones, those that the tree has already, and those that are too deep.", &SET_KIND).read_only(),
];

static SET_KIND: Kind = Kind::Object(&SET);

static SET: Nested = Nested {
    name: "UnopenedSubjectSet",
    table: Table::new(&[&[
        string("namespace", "Namespace of the set."),
        string("object", "Object of the set."),
        string("relation", "Relation of the set; null for the object itself."),
    ]]),
};

static RULES: &[Rule] = &[WHOLE_TARGET];

/// The request to Keto.
pub struct PermissionExpand;

/// The leaves of a tree.
#[derive(Default)]
struct Ends {
    ids: BTreeSet<String>,
    sets: BTreeSet<[String; 3]>,
}

impl Ends {
    /// This uses a list instead of recursion, since the server decides how deep the tree is.
    fn of(tree: &Json) -> Ends {
        let (mut ends, mut open) = (Ends::default(), vec![tree]);
        while let Some(node) = open.pop() {
            let children = node.at("children").as_array().unwrap_or_default();
            open.extend(children);
            match node.at("tuple/subject_id").as_str() {
                Some(id) => drop(ends.ids.insert(id.to_owned())),
                None if children.is_empty() => {
                    let set = node.at("tuple/subject_set");
                    let part = |name: &str| set.at(name).as_str().unwrap_or_default().to_owned();
                    if set.is_object() {
                        ends.sets.insert(["namespace", "object", "relation"].map(part));
                    }
                }
                None => {}
            }
        }
        ends
    }
}

#[async_trait]
impl QueryBackend<Client> for PermissionExpand {
    async fn answer(&self, cx: &Cx<Client>, query: &'static Query, asked: &Value) -> Result<Value, Failure> {
        let asked = Object::new(&query.table, asked);
        let part = |name: &str| asked.str(name).unwrap_or_default();
        let of = [part("namespace"), part("object"), part("relation")];
        let tree = Keto::of(cx, asked).await?.expand(of, asked.get("max_depth").as_i64()).await?;
        let ends = tree.as_ref().map(Ends::of).unwrap_or_default();
        let set = |[namespace, object, relation]: [String; 3]| {
            SET.table.holding([
                ("namespace", Value::String(namespace)),
                ("object", Value::String(object)),
                ("relation", if relation.is_empty() { Value::Null } else { Value::String(relation) }),
            ])
        };
        Ok(query.table.holding([
            ("tree", tree.map(|tree| Value::String(tree.to_string())).unwrap_or_default()),
            ("subject_ids", Value::List(ends.ids.into_iter().map(Value::String).collect())),
            ("unopened", Value::List(ends.sets.into_iter().map(set).collect())),
        ]))
    }
}
