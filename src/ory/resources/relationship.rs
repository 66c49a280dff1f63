//! `ory_relationship`: one relationship in Ory Keto (Ory Permissions).
//!
//! Names, types and ids are those of the official provider. A relationship is identified by all of its members: every change
//! makes another one.

use super::{
    guards::PROTECTION,
    target::{TARGET, WHOLE_TARGET},
};
use crate::{
    engine::{Backend, Begun, Cx, Diagnostic, Done, Failure, Looked, Makes, Objects, Observed, Offer, State, Wanted, Write, one_line},
    ory::{
        Client,
        keto::{self, Keto, Subject, Tuple},
    },
    rest::REPLACING,
    schema::{Attr, Lookup, Object, Problem, Resource, Rule, lookup, resource, rule, string},
    value::{Path, Value},
};
use async_trait::async_trait;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND), Offer::lookup(&LOOKUP, &BACKEND)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "relationship",
    "A relationship of Ory Permissions (Ory Keto): a subject, or everybody in a subject set, has a relation to an object.\n\n\
     It is made, found and deleted by all of its members, so other relationships with the same namespace, object and relation are never \
     touched. A relationship that exists already is not taken over; import it instead. For many relationships, `ory_relationships` needs \
     far fewer requests.\n\n\
     Its id is `namespace:object#relation@subject`. A subject set is written there as `namespace:object#relation`, with or without \
     parentheses around it. A subject set without a relation ends in `#`, as in `Document:secret#reader@User:Tom#`; Ory Keto's own \
     spelling, `Document:secret#reader@User:Tom`, is accepted if there is no single subject with that name. Each part ends at the next `:`, \
     `#` or `@`. If a part itself contains one of these, put `%` before the whole id and write them as `%3A`, `%23` and `%40` (and `%` as \
     `%25`) inside of the parts: `%files:a%23b#view@alice`.",
)
.sections(&[TUPLE, TARGET, PROTECTION])
.rules(RULES)
.found_by(id)
.checked();

/// The data source.
static LOOKUP: Lookup = lookup(&RESOURCE, "A relationship that is managed elsewhere, by its id. The look-up fails if it does not exist.");

/// How it is reached.
pub static BACKEND: Relationship = Relationship;

static TUPLE: &[Attr] = &[
    string("namespace", "Namespace of the object. Ory Keto has to have it.").required().replaces().empty_counts(),
    string("object", "The object.").required().replaces().empty_counts(),
    string("relation", "The relation of the subject to the object, such as `owner` or `viewer`.").required().replaces().empty_counts(),
    string("subject_id", "The subject. Either this or a whole subject set has to be set.").replaces().empty_counts(),
    string("subject_set_namespace", "Namespace of the subject set. The relation holds for everybody in the set.").replaces().empty_counts(),
    string("subject_set_object", "Object of the subject set.").replaces().empty_counts(),
    string("subject_set_relation", "Relation of the subject set; unset or empty for the object itself.").replaces(),
];

/// The attributes that identify a subject set. Without a relation, its relation is empty.
const SET: [&str; 2] = ["subject_set_namespace", "subject_set_object"];
const SET_RELATION: &str = "subject_set_relation";

static RULES: &[Rule] =
    &[rule(&["subject_id", "subject_set_namespace", "subject_set_object", "subject_set_relation"], one_subject), WHOLE_TARGET];

/// Checks that there is exactly one subject, and that it is complete.
pub(super) fn one_subject(relationship: Object<'_>) -> Option<Problem> {
    subject_problem(relationship).map(|(at, why)| Problem::refused(at, "A relationship has one subject", why))
}

/// The problem with the subject of a relationship, and its attribute.
pub(super) fn subject_problem(relationship: Object<'_>) -> Option<(&'static str, String)> {
    let set = |name: &&str| !relationship.get(name).is_null();
    let missing = SET.into_iter().find(|name| !set(name));
    let any = SET.iter().chain(&[SET_RELATION]).any(set);
    match (set(&"subject_id"), any, missing) {
        (true, false, _) | (false, _, None) => None,
        (true, true, _) => Some(("subject_id", "Set either `subject_id` or the attributes of a subject set, not both.".to_owned())),
        (false, false, _) => Some((
            "subject_id",
            "Set `subject_id`, or for a subject set `subject_set_namespace`, `subject_set_object` and, if it has one, `subject_set_relation`."
                .to_owned(),
        )),
        (false, true, Some(at)) => Some((
            at,
            format!("A subject set needs a namespace and an object, and `{at}` is missing: set it. An empty text is a value, too."),
        )),
    }
}

/// Whether no attribute of the subject is set.
pub(super) fn no_subject(relationship: Object<'_>) -> bool {
    ["subject_id", SET_RELATION].iter().chain(&SET).all(|name| relationship.get(name).is_null())
}

/// The tuple with this namespace and object, and the rest from the attributes; `None` if one is missing.
pub(super) fn tuple<'a>(namespace: &'a str, object: &'a str, relationship: Object<'a>) -> Option<Tuple<&'a str>> {
    let text = |name| relationship.str(name);
    let subject = match text("subject_id") {
        Some(id) => Subject::Id(id),
        None => Subject::Set {
            namespace: text("subject_set_namespace")?,
            object: text("subject_set_object")?,
            relation: text(SET_RELATION).unwrap_or_default(),
        },
    };
    Some(Tuple { namespace, object, relation: text("relation")?, subject })
}

/// The id of the relationship with these attributes.
pub(in crate::ory) fn id(said: Object<'_>) -> Option<String> {
    tuple(said.str("namespace")?, said.str("object")?, said).map(|tuple| tuple.id())
}

/// The value of the attribute with this name.
pub(super) fn member(tuple: &Tuple, name: &str) -> Value {
    match (name, &tuple.subject) {
        ("namespace", _) => Value::text(&tuple.namespace),
        ("object", _) => Value::text(&tuple.object),
        ("relation", _) => Value::text(&tuple.relation),
        ("subject_id", Subject::Id(id)) => Value::text(id),
        ("subject_set_namespace", Subject::Set { namespace, .. }) => Value::text(namespace),
        ("subject_set_object", Subject::Set { object, .. }) => Value::text(object),
        ("subject_set_relation", Subject::Set { relation, .. }) => Value::text(relation),
        _ => Value::Null,
    }
}

/// A single tuple of Keto.
pub struct Relationship;

/// The tuple of the state or, if it has only an id, of the id. An id that can be read in two ways gives two tuples.
fn known(state: &State) -> Result<(Tuple, Option<Tuple>), Diagnostic> {
    let object = Object::new(&RESOURCE.table, &state.value);
    let said = object.str("namespace").zip(object.str("object")).and_then(|(namespace, name)| tuple(namespace, name, object));
    let named = || {
        let id = state.id.as_deref()?;
        Some((Tuple::parse(id)?, Tuple::parse_set(id)))
    };
    said.map(|said| (said.own(), None)).or_else(named).ok_or_else(|| {
        Diagnostic::error(
            "Not the id of a relationship",
            "A relationship's id is `namespace:object#relation@subject`, where a subject set is `namespace:object#relation`. If a part itself contains one of `:`, `#` and `@`, put `%` before the id and write them as `%3A`, `%23` and `%40` inside of the parts.",
        )
        .at(Path::attr("id"))
    })
}

/// The error for an id that means two relationships.
fn two_named(id: &str, one: &Tuple, set: &Tuple) -> Diagnostic {
    Diagnostic::error(
        "The id names two relationships",
        format!(
            "One relationship has a single subject of this name, and another one has a subject set without a relation. Instead of `{}`, write `{}` for the single subject or `{}` for the set.",
            one_line(id),
            one_line(&one.of_texts().encoded_id()),
            one_line(&set.id())
        ),
    )
    .at(Path::attr("id"))
}

fn observed(tuple: &Tuple, id: String) -> Observed {
    let fields = RESOURCE.table.attrs().map(|attr| member(tuple, attr.name));
    Observed { id, value: Value::Object(fields.collect()), warnings: Vec::new() }
}

#[async_trait]
impl Backend<Client> for Relationship {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let (wanted, _) = known(&State { id: None, value: write.planned.clone(), private: Default::default() })?;
        let keto = Keto::of(cx, planned).await?;
        let attempt = cx.attempt(write, keto.account(), Makes::TheObject);
        let made = observed(&wanted, wanted.id());
        match keto.has(&wanted).await? {
            None => return Err(keto::no_namespace("").into()),
            // An earlier, crashed run began to make it when it did not exist.
            Some(true) if attempt.begun.as_ref().is_some_and(Begun::saw_nothing) => {
                cx.resume(&attempt);
                return Ok(made);
            }
            Some(true) => {
                let detail = format!(
                    "This relationship exists and is not in the state; a second one would be a duplicate. To manage it, import it by its id `{}` (`terraform import`, an `import` block, or `pulumi import`).{REPLACING}",
                    wanted.id()
                );
                return Err(Diagnostic::error("The relationship exists already", detail).into());
            }
            Some(false) => cx.begin(&attempt, Looked::Missing(None)),
        }
        match keto.change_one(true, &wanted).await {
            Ok(()) => Ok(made),
            Err(mut error) => {
                if error.done == Done::Maybe {
                    let left = format!("\n\nIt may have been made nevertheless. If it exists, import it by its id `{}`.", wanted.id());
                    error.diagnostic.detail.push_str(&left);
                }
                Err(error.into())
            }
        }
    }

    async fn read(&self, cx: &Cx<Client>, _: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let (tuple, other) = known(state)?;
        let keto = Keto::of(cx, Object::new(&RESOURCE.table, &state.value)).await?;
        // An id that the user spelled in another way stays as it is.
        let id = state.id.clone().unwrap_or_else(|| tuple.id());
        let look = async |tuple: &Tuple| if keto.is_listed(tuple).await { Ok(Some(true)) } else { keto.has(tuple).await };
        let seen = look(&tuple).await?;
        // Without the namespace, only an import says that there is no such relationship.
        if seen.is_none() && !Object::new(&RESOURCE.table, &state.value).get("namespace").is_null() {
            return Ok(Some(Observed { warnings: vec![keto::unseen(&tuple.namespace)], ..observed(&tuple, id) }));
        }
        let found = seen == Some(true);
        if let Some(set) = other
            && look(&set).await? == Some(true)
        {
            return if found { Err(two_named(&id, &tuple, &set).into()) } else { Ok(Some(observed(&set, id))) };
        }
        Ok(found.then(|| observed(&tuple, id)))
    }

    async fn update(&self, _: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        // Only the attributes that select the server can change.
        let id = write.id.clone();
        let (tuple, _) = known(&State { id, value: write.planned.clone(), private: Default::default() })?;
        let id = write.id.clone().unwrap_or_else(|| tuple.id());
        Ok(observed(&tuple, id))
    }

    async fn delete(&self, cx: &Cx<Client>, _: &'static Resource, state: &State) -> Result<(), Failure> {
        let (tuple, _) = known(state)?;
        let keto = Keto::of(cx, Object::new(&RESOURCE.table, &state.value)).await?;
        keto.change_one(false, &tuple).await.map_err(Failure::from)
    }

    async fn list(&self, cx: &Cx<Client>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        // The API's names, where they differ.
        let member = |name: &str| name.replacen("subject_set_", "subject_set.", 1);
        let filters = TUPLE.iter().filter_map(|attr| Some((member(attr.name), wanted.filter.str(attr.name)?.to_owned())));
        let mut filters: Vec<_> = filters.collect();
        // Keto asks for all parts of a set.
        if wanted.filter.str("subject_set_object").is_some() && wanted.filter.str(SET_RELATION).is_none() {
            filters.push((member(SET_RELATION), String::new()));
        }
        let found = Keto::of(cx, wanted.filter).await?.find(&filters).await?;
        let mut found = found.ok_or_else(|| keto::no_namespace(""))?;
        found.sort();
        // Keto may hold a tuple twice.
        found.dedup();
        for tuple in &found {
            objects.send(observed(tuple, tuple.id())).await;
        }
        Ok(())
    }
}
