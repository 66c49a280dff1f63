//! Relation tuples on the wire: in bodies and in queries.
//!
//! Owns both forms and their errors. Does not know the store and the namespaces.

use crate::emulator::envelope::Problem;
use crate::emulator::go::decode::Fields;
use crate::emulator::go::form::Form;
use crate::emulator::go::json::{Json, quote};
use crate::emulator::kind::Member;
use crate::emulator::store::tuples::{Subject, Tuple, TupleQuery};

/// A tuple in the form that was sent: it may have no subject, or one of each kind.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    namespace: String,
    object: String,
    relation: String,
    id: Option<String>,
    set: Option<[String; 3]>,
}

/// The names a query may have.
pub const KEYS: [&str; 8] =
    ["namespace", "object", "relation", "subject_id", "subject_set.namespace", "subject_set.object", "subject_set.relation", "subject"];

impl Sent {
    /// Reads a tuple in a Go struct with this name.
    ///
    /// # Errors
    /// Go's text when a member has the wrong type.
    pub fn read(json: &Json, package: &str, owner: &str) -> Result<Self, String> {
        let mut fields = Fields::read(json, package, owner)?;
        let set = match fields.raw("subject_set") {
            None | Some(Json::Null) => None,
            Some(set @ Json::Object(_)) => {
                let mut inner = Fields::read(set, package, &format!("{owner}.subject_set"))?;
                let set = ["namespace", "object", "relation"].map(|name| inner.text(name));
                inner.finish()?;
                Some(set)
            }
            Some(other) => {
                let kind = other.kind();
                return Err(format!("json: cannot unmarshal {kind} into Go struct field {owner}.subject_set of type ketoapi.SubjectSet"));
            }
        };
        let [namespace, object, relation] = ["namespace", "object", "relation"].map(|name| fields.text(name));
        let id = fields.optional_text("subject_id");
        fields.finish().map(|()| Self { namespace, object, relation, id, set })
    }

    /// The tuple. Of two subjects, the plain one is used.
    ///
    /// # Errors
    /// When it has no subject.
    pub fn tuple(&self) -> Result<Tuple, Problem> {
        let subject = match (&self.id, &self.set) {
            (Some(id), _) => Subject::Id(id.clone()),
            (None, Some([namespace, object, relation])) => Subject::Set(namespace.clone(), object.clone(), relation.clone()),
            (None, None) => return Err(no_subject()),
        };
        Ok(Tuple { namespace: self.namespace.clone(), object: self.object.clone(), relation: self.relation.clone(), subject })
    }

    /// The JSON in the form that was sent, with both subjects.
    #[must_use]
    pub fn wire(&self) -> String {
        let id = self.id.as_ref().map(|id| Subject::Id(id.clone()));
        let set = self.set.clone().map(|[namespace, object, relation]| Subject::Set(namespace, object, relation));
        members([&self.namespace, &self.object, &self.relation], id.iter().chain(&set))
    }
}

fn no_subject() -> Problem {
    Problem::bad_request().saying("subject is not allowed to be nil")
}

fn members<'a>([namespace, object, relation]: [&str; 3], subjects: impl IntoIterator<Item = &'a Subject>) -> String {
    let object_of = |namespace: &str, object: &str, relation: &str| {
        format!(r#""namespace":{},"object":{},"relation":{}"#, quote(namespace), quote(object), quote(relation))
    };
    let mut out = object_of(namespace, object, relation);
    for subject in subjects {
        match subject {
            Subject::Id(id) => out.push_str(&format!(r#","subject_id":{}"#, quote(id))),
            Subject::Set(namespace, object, relation) => {
                out.push_str(&format!(r#","subject_set":{{{}}}"#, object_of(namespace, object, relation)));
            }
        }
    }
    format!("{{{out}}}")
}

/// A tuple as it is printed.
#[must_use]
pub fn wire(tuple: &Tuple) -> String {
    members([&tuple.namespace, &tuple.object, &tuple.relation], [&tuple.subject])
}

/// Only a subject, in the form of a tuple.
#[must_use]
pub fn subject_wire(subject: &Subject) -> String {
    members(["", "", ""], [subject])
}

/// The query that finds the tuple.
#[must_use]
pub fn query_of(tuple: &Tuple) -> String {
    let mut form = Form::default();
    form.set("namespace", &tuple.namespace);
    form.set("object", &tuple.object);
    form.set("relation", &tuple.relation);
    match &tuple.subject {
        Subject::Id(id) => form.set("subject_id", id),
        Subject::Set(namespace, object, relation) => {
            form.set("subject_set.namespace", namespace);
            form.set("subject_set.object", object);
            form.set("subject_set.relation", relation);
        }
    }
    form.encode()
}

/// Reads a query.
///
/// # Errors
/// When the subject is incomplete, set twice or in the old form.
pub fn read_query(query: &Form) -> Result<TupleQuery, Problem> {
    let value = |name: &str| query.has(name).then(|| query.get(name).to_owned());
    if query.has("subject") {
        return Err(Problem::bad_request());
    }
    let set = ["subject_set.namespace", "subject_set.object", "subject_set.relation"].map(value);
    let subject = match (value("subject_id"), set) {
        (None, [None, None, None]) => None,
        (Some(id), [None, None, None]) => Some(Subject::Id(id)),
        (Some(_), _) => return Err(Problem::bad_request().saying("exactly one of subject_set or subject_id has to be provided")),
        (None, [Some(namespace), Some(object), Some(relation)]) => Some(Subject::Set(namespace, object, relation)),
        (None, _) => {
            return Err(Problem::bad_request().saying(r#"incomplete subject, provide "subject_id" or a complete "subject_set.*""#));
        }
    };
    Ok(TupleQuery { namespace: value("namespace"), object: value("object"), relation: value("relation"), subject })
}

/// Reads a query for a single whole tuple.
///
/// # Errors
/// When something is missing.
pub fn read_whole(query: &Form) -> Result<Tuple, Problem> {
    match read_query(query)? {
        TupleQuery { subject: None, .. } => Err(no_subject()),
        TupleQuery { namespace: Some(namespace), object: Some(object), relation: Some(relation), subject: Some(subject) } => {
            Ok(Tuple { namespace, object, relation, subject })
        }
        _ => Err(Problem::bad_request().saying(r#"incomplete tuple, provide "namespace", "object", "relation", and a subject"#)),
    }
}

/// A relationship in the usual spelling, if all of its parts are known.
#[must_use]
pub fn name(part: Member<'_>) -> Option<String> {
    let subject = match part("subject_id") {
        Some(id) => id,
        None => {
            let relation = part("subject_set.relation").unwrap_or_default();
            format!("{}:{}#{relation}", part("subject_set.namespace")?, part("subject_set.object")?)
        }
    };
    Some(format!("{}:{}#{}@{subject}", part("namespace")?, part("object")?, part("relation")?))
}
