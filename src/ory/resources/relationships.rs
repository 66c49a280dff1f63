//! `ory_relationships`: many relationships of one namespace, or of one object in it, as one resource.
//!
//! It manages only what it lists. With `exclusive`, a read finds all others too, so that plans delete what is not listed: nothing
//! is ever deleted that no plan has shown.

use super::{
    guards::PROTECTION,
    relationship::{self, member, no_subject, subject_problem, tuple},
    target::{TARGET, TARGET_OF_CALL, WHOLE_TARGET},
};
use crate::{
    engine::{Backend, Cx, Diagnostic, Done, Failure, Looked, Makes, Observed, Offer, Plural, State, Write, one_line, plural},
    ory::{
        Client,
        keto::{self, Keto, Partly, Scope, Tuple},
    },
    rest::REPLACING,
    schema::{
        Attr, Kind, Nested, Object, Occupied, Problem, Query, Resource, Rule, Table, boolean, objects, query, resource, rule, string,
    },
    value::{Path, Value},
};
use async_trait::async_trait;
use std::collections::HashSet;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND), Offer::query(&LIST, &LISTING)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "relationships",
    "Many relationships of Ory Permissions (Ory Keto) in one namespace, or about one object.\n\n\
     They are written in batches: hundreds take a few requests. It manages only the relationships that it lists, \
     unless `exclusive` is set. A relationship that exists already when this is created is not taken over; import it instead.\n\n\
     Ory Keto looks into at most 100 subject sets of one relation to one object (its setting `limit.max_read_width`). Of more, it leaves \
     some out, and then a check may answer no for a subject that is allowed by way of several sets. Group the sets in further sets.\n\n\
     It is imported as `namespace`, or as `namespace:object`, with all relationships that exist there. If one of the two contains a `:` \
     itself, put `%` before the whole id and write `:` as `%3A` (and `%` as `%25`) inside of the parts.",
)
.sections(&[SCOPE, TARGET, PROTECTION])
.rules(RULES)
.found_by(|planned| scope(planned).map(|scope| scope.id()))
.occupies_parts(of_one_side)
.listed_as(&relationship::RESOURCE)
// A relationship that moves from one scope to another may stay the same relationship.
.excludes(|_, _| true)
.checked();

/// The largest number of relationships of which an update reads all: they are on two pages.
const FEW_ENOUGH: usize = 1_000;

/// How it is reached.
pub static BACKEND: Relationships = Relationships;

/// The data source.
static LIST: Query = query(
    "relationships",
    "The relationships of Ory Permissions (Ory Keto) that match all filters; all relationships without a filter.\n\n\
     They are sorted, and each is listed once.",
    &[FILTERS, LIST_OF_THEM, TARGET_OF_CALL],
)
.rules(FILTER_RULES);

/// How it is answered.
static LISTING: Plural<Client> = plural(&LIST, "relationships", &relationship::RESOURCE, &relationship::BACKEND);

static SCOPE: &[Attr] = &[
    string("namespace", "Namespace of the objects. Ory Keto has to have it.").required().replaces().empty_counts(),
    string("object", "The object that all of the relationships are about. When unset, each relationship sets its own.").replaces().empty_counts(),
    objects("relationships", "The relationships.", &RELATIONSHIP_KIND).required().unordered(),
    boolean(
        "exclusive",
        "Whether to delete all other relationships in the namespace, or about the object if that is set. They show up as changes in the plan, and the next apply deletes them.",
    )
    .local(),
];

static RELATIONSHIP_KIND: Kind = Kind::Object(&RELATIONSHIP);

static RELATIONSHIP: Nested = Nested {
    name: "RelationshipsRelationship",
    table: Table::new(&[&[
        string("object", "The object, unless the resource sets one for all.").empty_counts(),
        string("relation", "The relation of the subject to the object, such as `owner` or `viewer`.").required().empty_counts(),
        string("subject_id", "The subject. Either this or a whole subject set has to be set.").empty_counts(),
        string("subject_set_namespace", "Namespace of the subject set. The relation holds for everybody in the set.").empty_counts(),
        string("subject_set_object", "Object of the subject set.").empty_counts(),
        string("subject_set_relation", "Relation of the subject set; unset or empty for the object itself."),
    ]]),
};

/// The filters of a list of relationships.
pub static FILTERS: &[Attr] = &[
    string("namespace", "Only in this namespace. Ory Keto has to have it.").empty_counts(),
    string("object", "Only about this object.").empty_counts(),
    string("relation", "Only this relation.").empty_counts(),
    string("subject_id", "Only of this subject.").empty_counts(),
    string("subject_set_namespace", "Only of the subject set in this namespace. A subject set needs a namespace and an object.")
        .empty_counts(),
    string("subject_set_object", "Object of that subject set.").empty_counts(),
    string("subject_set_relation", "Relation of that subject set; unset or empty for the object itself."),
];

static LIST_OF_THEM: &[Attr] = &[objects("relationships", "The relationships.", &LISTED_KIND).read_only()];

static LISTED_KIND: Kind = Kind::Object(&LISTED);

static LISTED: Nested = Nested {
    name: "ListedRelationship",
    table: Table::new(&[&[
        string("id", "The id by which `ory_relationship` imports it."),
        string("namespace", "Namespace of the object."),
        string("object", "The object."),
        string("relation", "The relation of the subject to the object."),
        string("subject_id", "The subject, if it is a single one."),
        string("subject_set_namespace", "Namespace of the subject set, if it is one."),
        string("subject_set_object", "Object of the subject set."),
        string("subject_set_relation", "Relation of the subject set; may be empty."),
    ]]),
};

/// The rules of the filters.
pub static FILTER_RULES: &[Rule] = &[
    rule(&["subject_id", "subject_set_namespace", "subject_set_object", "subject_set_relation"], |asked| {
        let wrong = subject_problem(asked).filter(|_| !no_subject(asked));
        wrong.map(|(at, why)| Problem::refused(at, "A relationship has one subject", why))
    }),
    WHOLE_TARGET,
];

static RULES: &[Rule] = &[rule(&["namespace", "object", "relationships"], whole_tuples), WHOLE_TARGET];

fn whole_tuples(config: Object<'_>) -> Option<Problem> {
    let refused = |summary: &str, detail: String| Some(Problem::refused("relationships", summary, detail));
    let mut seen = HashSet::new();
    for (place, item) in items(config.get("relationships")).enumerate() {
        if let Some((_, why)) = subject_problem(item) {
            return refused("A relationship has one subject", format!("`relationships[{place}]`: {why}"));
        }
        match (config.get("object").is_null(), item.get("object").is_null()) {
            (true, true) => {
                let detail = format!("Neither `relationships[{place}]` nor the resource has an `object`: set one of them.");
                return refused("A relationship has no object", detail);
            }
            (false, false) => {
                let detail = format!(
                    "Both `relationships[{place}]` and the resource have an `object`. Remove one of them; relationships about other objects need a separate resource."
                );
                return refused("A relationship has two objects", detail);
            }
            _ => {}
        }
        let Some(relation) = item.str("relation") else { continue };
        let said = (relation, item.str("object"), item.str("subject_id"));
        let set = ["subject_set_namespace", "subject_set_object"].map(|name| item.str(name));
        if !seen.insert((said, set, item.str("subject_set_relation").unwrap_or_default())) {
            let detail = format!("`relationships[{place}]` is the same as one before it: remove it.");
            return refused("A relationship is listed twice", detail);
        }
    }
    None
}

fn items(list: &Value) -> impl Iterator<Item = Object<'_>> {
    list.as_list().unwrap_or_default().iter().map(|item| Object::new(&RELATIONSHIP.table, item))
}

fn whole<'a>(all: Object<'a>, item: Object<'a>) -> Option<Tuple<&'a str>> {
    tuple(all.str("namespace")?, item.str("object").or(all.str("object"))?, item)
}

/// A tuple with its element of the list.
type Listed<'a> = (Tuple<&'a str>, &'a Value);

/// The listed tuples.
fn listed(all: Object<'_>) -> Vec<Listed<'_>> {
    let values = all.get("relationships").as_list().unwrap_or_default();
    items(all.get("relationships")).zip(values).filter_map(|(item, value)| Some((whole(all, item)?, value))).collect()
}

fn tuples<'a>(all: Object<'a>) -> impl Iterator<Item = Tuple<&'a str>> {
    items(all.get("relationships")).filter_map(move |item| whole(all, item))
}

fn only_tuples(listed: &[Listed<'_>]) -> Vec<Tuple> {
    listed.iter().map(|(tuple, _)| tuple.own()).collect()
}

fn texts(tuples: &HashSet<Tuple>) -> HashSet<Tuple<&str>> {
    tuples.iter().map(Tuple::of_texts).collect()
}

/// The relationships that only one of the two lists, by the names under which single ones are written.
fn of_one_side(before: Object<'_>, after: Object<'_>) -> Vec<Occupied> {
    let [before, after] = [before, after].map(|all| tuples(all).collect::<HashSet<_>>());
    before.symmetric_difference(&after).map(|tuple| (relationship::RESOURCE.name, tuple.id())).collect()
}

/// A tuple as an element of the list, without the object if the resource sets it for all.
fn item(scope: &Scope, tuple: &Tuple) -> Value {
    let fields = RELATIONSHIP.table.attrs().map(|attr| match attr.name {
        "object" if scope.object.as_ref() == Some(&tuple.object) => Value::Null,
        name => member(tuple, name),
    });
    Value::Object(fields.collect())
}

fn scope(all: Object<'_>) -> Option<Scope> {
    Some(Scope { namespace: all.str("namespace")?.to_owned(), object: all.str("object").map(str::to_owned) })
}

fn no_scope() -> Diagnostic {
    let detail =
        "The id is `namespace`, or `namespace:object`. If one of them itself contains a `:`, put `%` before the id and write it as `%3A`.";
    Diagnostic::error("Not the id of relationships", detail).at(Path::attr("id"))
}

fn observed(scope: &Scope, id: String, items: Vec<Value>) -> Observed {
    let object = scope.object.clone().map(Value::String).unwrap_or_default();
    let value =
        RESOURCE.table.holding([("namespace", Value::text(&scope.namespace)), ("object", object), ("relationships", Value::List(items))]);
    Observed { id, value, warnings: Vec::new() }
}

/// The ids of the first few relationships, and how many more there are.
fn some<'a>(tuples: impl IntoIterator<Item = Tuple<&'a str>>) -> String {
    const SHOWN: usize = 5;
    let ids: Vec<_> = tuples.into_iter().map(|tuple| format!("`{}`", one_line(&tuple.id()))).collect();
    match ids.len().checked_sub(SHOWN) {
        Some(more) if more > 0 => format!("{} and {more} more", ids[..SHOWN].join(", ")),
        _ => ids.join(", "),
    }
}

/// The failure of a change that was not carried out completely. The state gets all relationships that may exist: those of `before`
/// that are not known to be deleted, and those that were made or may have been. So the next apply continues from there, and a
/// destroy leaves nothing.
fn failed(partly: Partly, scope: &Scope, id: String, before: &[Listed<'_>], make: &[Listed<'_>], remove: &[Tuple]) -> Failure {
    let Partly { made, removed, done, error } = partly;
    let mut failure = Failure::from(error);
    let gone: HashSet<_> = remove[..removed].iter().map(Tuple::of_texts).collect();
    let there: Vec<Value> =
        before.iter().filter(|(tuple, _)| !gone.contains(tuple)).chain(&make[..made]).map(|(_, item)| (*item).clone()).collect();
    if let Some(diagnostic) = failure.diagnostics.first_mut() {
        if done > 0 {
            diagnostic.detail.push_str(&format!("\n\n{done} changes were made before this one. The next apply goes on from there."));
        }
        if failure.done == Done::Maybe && made > 0 {
            diagnostic.detail.push_str(
                "\n\nThe relationships may have been made nevertheless, so the state has them. The next refresh shows which of them exist.",
            );
        }
    }
    if (done > 0 || failure.done != Done::No) && !there.is_empty() {
        failure.left = Some(Box::new(observed(scope, id, there)));
    }
    failure
}

/// A warning about other relationships in the scope. They may be deleted only after a plan has shown them.
fn others(found: &[Tuple], known: &HashSet<Tuple<&str>>) -> Option<Diagnostic> {
    let others: Vec<_> = found.iter().map(Tuple::of_texts).filter(|tuple| !known.contains(tuple)).collect();
    (!others.is_empty()).then(|| {
        Diagnostic::warning(
            "There are other relationships",
            format!(
                "`exclusive` is set, but no plan has shown these relationships, so they were kept: {}. The next plan deletes them. Add the ones that you want to keep to `relationships`.",
                some(others)
            ),
        )
        .at(Path::attr("exclusive"))
    })
}

/// The tuples that exist, where at least `beside` others are expected. With `exclusive`, also a warning about others, except
/// the `known` ones.
async fn look(
    keto: &Keto<'_>,
    scope: &Scope,
    wanted: &HashSet<Tuple>,
    known: Option<&HashSet<Tuple<&str>>>,
    beside: usize,
) -> Result<(HashSet<Tuple>, Option<Diagnostic>), Failure> {
    let no_namespace = || keto::no_namespace("");
    match known {
        None => Ok((keto.present(scope, wanted, beside).await?.ok_or_else(no_namespace)?, None)),
        Some(known) => {
            let found = keto.all(scope).await?.ok_or_else(no_namespace)?;
            let warning = others(&found, known);
            Ok((found.into_iter().filter(|tuple| wanted.contains(tuple)).collect(), warning))
        }
    }
}

fn exclusive(relationships: Object<'_>) -> bool {
    relationships.bool("exclusive") == Some(true)
}

fn listed_as_written(relationships: Object<'_>) -> Vec<Value> {
    relationships.get("relationships").as_list().unwrap_or_default().to_vec()
}

/// A set of tuples of Keto.
pub struct Relationships;

#[async_trait]
impl Backend<Client> for Relationships {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let (scope, wanted) = (scope(planned).ok_or_else(no_scope)?, listed(planned));
        let keto = Keto::of(cx, planned).await?;
        let all: HashSet<Tuple> = tuples(planned).map(|tuple| tuple.own()).collect();
        let known = exclusive(planned).then(|| texts(&all));
        let (found, warning) = look(&keto, &scope, &all, known.as_ref(), 0).await?;
        let found = texts(&found);
        let result = observed(&scope, scope.id(), listed_as_written(planned));
        let result = Observed { warnings: warning.into_iter().collect(), ..result };
        let (exist, missing): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|(tuple, _)| found.contains(tuple));
        let attempt = cx.attempt(write, keto.account(), Makes::TheObject);
        match &attempt.begun {
            // An earlier, crashed run began to make them when none of them existed.
            Some(begun) if begun.saw_nothing() => cx.resume(&attempt),
            _ if exist.is_empty() => cx.begin(&attempt, Looked::Missing(None)),
            _ => {
                let detail = format!(
                    "These relationships exist and are not in the state; second ones would be duplicates: {}. To manage them here, import this resource by its id `{}`, which includes all relationships that exist there; otherwise remove them from `relationships`.{REPLACING}",
                    some(exist.iter().map(|(tuple, _)| *tuple)),
                    scope.id()
                );
                return Err(Diagnostic::error("Some of the relationships exist already", detail).at(Path::attr("relationships")).into());
            }
        }
        match keto.change(&only_tuples(&missing), &[]).await {
            Ok(()) => Ok(result),
            Err(partly) => Err(failed(partly, &scope, scope.id(), &exist, &missing, &[])),
        }
    }

    async fn read(&self, cx: &Cx<Client>, _: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let before = Object::new(&RESOURCE.table, &state.value);
        let owned = before.get("relationships").as_list().is_some().then(|| scope(before)).flatten();
        let (scope, listed) = match owned {
            Some(scope) => (scope, Some(listed(before))),
            None => (state.id.as_deref().and_then(Scope::parse).ok_or_else(no_scope)?, None),
        };
        let id = state.id.clone().unwrap_or_else(|| scope.id());
        let keto = Keto::of(cx, before).await?;
        let items: Option<Vec<Value>> = match &listed {
            Some(listed) if !exclusive(before) => {
                let found = keto.present(&scope, &only_tuples(listed).into_iter().collect(), 0).await?;
                found.map(|found| {
                    let found = texts(&found);
                    listed.iter().filter(|(tuple, _)| found.contains(tuple)).map(|(_, item)| (*item).clone()).collect()
                })
            }
            _ => keto.all(&scope).await?.map(|mut found| {
                found.sort();
                // Keto may hold a tuple twice.
                found.dedup();
                let is_found = |tuple: &Tuple<&str>| found.binary_search_by(|found| found.of_texts().cmp(tuple)).is_ok();
                let own = listed.iter().flatten().filter(|(tuple, _)| is_found(tuple));
                let own: Vec<Value> = own.map(|(_, item)| (*item).clone()).collect();
                let known: HashSet<_> = listed.iter().flatten().map(|(tuple, _)| *tuple).collect();
                let new = found.iter().filter(|tuple| !known.contains(&tuple.of_texts())).map(|tuple| item(&scope, tuple));
                own.into_iter().chain(new).collect()
            }),
        };
        // Without the namespace, only an import says that there are no such relationships.
        if let (None, Some(listed)) = (&items, &listed) {
            let kept = listed.iter().map(|(_, item)| (*item).clone()).collect();
            return Ok(Some(Observed { warnings: vec![keto::unseen(&scope.namespace)], ..observed(&scope, id, kept) }));
        }
        // If all of the listed relationships are gone, the resource is gone. A resource that lists none is not.
        let listed_none = listed.is_some_and(|listed| listed.is_empty());
        Ok(items.filter(|items| !items.is_empty() || listed_none).map(|items| observed(&scope, id, items)))
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let (planned, prior) = (Object::new(&RESOURCE.table, &write.planned), Object::new(&RESOURCE.table, &write.prior));
        let (scope, wanted, before) = (scope(planned).ok_or_else(no_scope)?, listed(planned), listed(prior));
        let id = write.id.clone().unwrap_or_else(|| scope.id());
        let keto = Keto::of(cx, planned).await?;
        let all: HashSet<_> = wanted.iter().map(|(tuple, _)| *tuple).collect();
        let owned: HashSet<_> = before.iter().map(|(tuple, _)| *tuple).collect();
        // Of many, the update does not look at the tuples that the plan keeps. The next refresh shows their changes.
        let looks_at_all = wanted.len() <= FEW_ENOUGH;
        let new: HashSet<Tuple> = all.iter().filter(|tuple| looks_at_all || !owned.contains(tuple)).map(Tuple::own).collect();
        // If `exclusive` is new, no refresh has shown the other tuples yet.
        let looks_for_others = exclusive(planned) && (looks_at_all || !exclusive(prior));
        let known = looks_for_others.then(|| all.union(&owned).copied().collect());
        let (found, warning) = look(&keto, &scope, &new, known.as_ref(), owned.len()).await?;
        let (new, found) = (texts(&new), texts(&found));
        let mut result = observed(&scope, id.clone(), listed_as_written(planned));
        result.warnings.extend(warning);
        let mut warn = |summary: &str, what: &str, which: Vec<Tuple<&str>>| {
            if !which.is_empty() {
                let detail = format!("{what}: {}.", some(which));
                result.warnings.push(Diagnostic::warning(summary, detail).at(Path::attr("relationships")));
            }
        };
        let of_these =
            |is: &dyn Fn(&Tuple<&str>) -> bool| wanted.iter().map(|(tuple, _)| *tuple).filter(|tuple| is(tuple)).collect::<Vec<_>>();
        let taken = of_these(&|tuple| found.contains(tuple) && !owned.contains(tuple));
        warn(
            "Some of the relationships existed already",
            "From now on they are managed here, and are deleted when they are no longer listed",
            taken,
        );
        let gone = of_these(&|tuple| new.contains(tuple) && owned.contains(tuple) && !found.contains(tuple));
        warn("Some of the relationships were gone", "They were deleted elsewhere after this plan was made, and are made again", gone);
        let is_made = |tuple: &Tuple<&str>| new.contains(tuple) && !found.contains(tuple);
        let make: Vec<_> = wanted.iter().filter(|(tuple, _)| is_made(tuple)).cloned().collect();
        let remove: Vec<Tuple> = before.iter().filter(|(tuple, _)| !all.contains(tuple)).map(|(tuple, _)| tuple.own()).collect();
        match keto.change(&only_tuples(&make), &remove).await {
            Ok(()) => Ok(result),
            Err(partly) => {
                let gone = before.iter().filter(|(tuple, _)| !all.contains(tuple));
                let kept: Vec<_> = gone.chain(wanted.iter().filter(|(tuple, _)| !is_made(tuple))).cloned().collect();
                Err(failed(partly, &scope, id, &kept, &make, &remove))
            }
        }
    }

    async fn delete(&self, cx: &Cx<Client>, _: &'static Resource, state: &State) -> Result<(), Failure> {
        let before = Object::new(&RESOURCE.table, &state.value);
        let keto = Keto::of(cx, before).await?;
        let all: Vec<Tuple> = tuples(before).map(|tuple| tuple.own()).collect();
        keto.change(&[], &all).await.map_err(|partly| partly.error.into())
    }
}
