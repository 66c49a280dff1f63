//! Keto: relation tuples and permission checks.
//!
//! Owns the routes of the read and the write API, which share a port with everything else here,
//! the kind of object and the handlers. Emulates release 26.2.0 in every profile: no older one was recorded.
//!
//! Intended differences from a real server:
//! * namespaces have no permission rules, so checks follow tuples only;
//! * without a list of namespaces, every name except the empty one is accepted;
//! * tuples are listed in the order they were added, where the real order is arbitrary.

use std::sync::Arc;

use super::call::Call;
use super::envelope::Problem;
use super::go::decode::Fields;
use super::go::form::Form;
use super::go::json::{Json, parse_first, quote};
use super::go::url::clean_path;
use super::kind::{Kind, Named};
use super::opl_fault::shown;
use super::paging::KeysetPage;
use super::profile::Profile;
use super::reply::Reply;
use super::router::{self, Route, Routed};
use super::service::{Ground, Service};
use super::store::Store;
use super::store::tuples::{self, Subject, Tuple, TupleQuery};
use crate::opl;
use tuple::{Sent, read_query, read_whole};

pub mod check;
pub mod tuple;

/// The maximum number of checks in a batch.
const LARGEST_BATCH: usize = 10;

/// The service.
pub struct Keto {
    /// The storage.
    pub store: Arc<Store>,
    /// The secret that signs its page tokens.
    pub system_secret: Vec<u8>,
    /// The namespaces; without a list, every name is accepted.
    pub namespaces: Option<Vec<String>>,
}

/// A route of this service, so that the handlers need no type annotations.
const fn at(path: &'static str) -> Route<Keto> {
    Route::at(path)
}

impl Routed for Keto {
    const ROUTES: &'static [Route<Self>] = &[
        at("/relation-tuples").reads("keto-admin-medium").get(|keto, asked| keto.list(&asked.call.query)),
        at("/relation-tuples/check")
            .reads("keto-public-high")
            .writes("keto-public-high")
            .get(|keto, asked| keto.check(&asked.call.query, true))
            .post(|keto, asked| keto.check_posted(asked.call, true)),
        at("/relation-tuples/check/openapi")
            .reads("keto-public-high")
            .writes("keto-public-high")
            .get(|keto, asked| keto.check(&asked.call.query, false))
            .post(|keto, asked| keto.check_posted(asked.call, false)),
        at("/relation-tuples/batch/check").writes("keto-public-high").post(|keto, asked| keto.check_batch(asked.call)),
        at("/relation-tuples/expand").reads("keto-admin-medium").get(|keto, asked| keto.expand(&asked.call.query)),
        at("/namespaces").reads("keto-admin-low").get(|keto, _| keto.list_namespaces()),
        at("/opl/syntax/check").writes("keto-admin-medium").post(|_, asked| Ok(check_syntax(&asked.call.body))),
        at("/admin/relation-tuples")
            .writes("keto-admin-low")
            .put(|keto, asked| keto.create(&asked.call.body))
            .patch(|keto, asked| keto.patch(&asked.call.body))
            .delete(|keto, asked| keto.delete(asked.call)),
    ];

    type Failure = Problem;
}

impl Service for Keto {
    const NAME: &'static str = "keto";

    const KINDS: &'static [Kind] = &[Kind {
        name: "tuple",
        words: ["Relationship", "Relationships"],
        rank: 2,
        paths: &["/relation-tuples"],
        named: Named::Members(tuple::name),
        stored: Some(&tuples::STORED),
        secret: None,
    }];

    fn open(ground: &Ground<'_>) -> Result<Self, String> {
        Ok(Self {
            store: Arc::clone(ground.store),
            system_secret: ground.system_secret.to_vec(),
            namespaces: ground.options.namespaces.clone(),
        })
    }

    fn answer(&self, call: &Call) -> Option<Reply> {
        let clean = clean_path(&call.path);
        let found = router::find::<Self>(&router::plain_segments(&clean), Profile::V26_2)?;
        if clean != call.path {
            return Some(call.redirect(307, &clean));
        }
        Some(found.answer(self, call, &clean).unwrap_or_else(|| found.wrong_method()))
    }
}

impl Keto {
    fn list(&self, query: &Form) -> Result<Reply, Problem> {
        let which = read_query(query)?;
        let page = KeysetPage::read(query, &self.system_secret).map_err(|why| Problem::bad_request().saying(why))?;
        self.know_query(&which)?;
        let after = page.after.as_deref().and_then(|after| after.parse().ok()).unwrap_or(0);
        let (rows, last) = page.cut(|limit| self.store.tuples(&which, after, limit), |row| row.0.to_string())?;
        let token = match last {
            Some(last) => page.token(&last, &self.system_secret).map_err(|_| Problem::internal())?,
            None => String::new(),
        };
        let tuples: Vec<String> = rows.iter().map(|row| tuple::wire(&row.1)).collect();
        Ok(Reply::document(200, format!(r#"{{"relation_tuples":[{}],"next_page_token":{}}}"#, tuples.join(","), quote(&token))))
    }

    fn create(&self, body: &[u8]) -> Result<Reply, Problem> {
        let read = |body| parse_first(body).and_then(|json| Sent::read(&json, "ketoapi", "RelationTuple"));
        let sent = read(body).map_err(|why| Problem::bad_request().saying(why))?;
        let added = sent.tuple()?;
        self.know_tuple(&added)?;
        self.store.change_tuples(std::slice::from_ref(&added), &[])?;
        let location = format!("/relation-tuples?{}", tuple::query_of(&added));
        Ok(Reply::document(201, sent.wire()).with("location", location))
    }

    /// All insertions come first, whatever the order of the patch.
    fn patch(&self, body: &[u8]) -> Result<Reply, Problem> {
        let malformed = |why: String| Problem::bad_request().saying(why);
        let json = parse_first(body).map_err(malformed)?;
        let items = match &json {
            Json::Null => &[],
            Json::Array(items) => items.as_slice(),
            other => {
                return Err(malformed(format!("json: cannot unmarshal {} into Go value of type []*ketoapi.PatchDelta", other.kind())));
            }
        };
        let mut deltas = Vec::with_capacity(items.len());
        for item in items {
            let mut fields = Fields::read(item, "ketoapi", "PatchDelta").map_err(malformed)?;
            let action = fields.text("action");
            let sent = match fields.raw("relation_tuple") {
                None | Some(Json::Null) => None,
                Some(sent) => Some(Sent::read(sent, "ketoapi", "PatchDelta.relation_tuple").map_err(malformed)?),
            };
            fields.finish().map_err(malformed)?;
            deltas.push((action, sent));
        }
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        for (action, sent) in deltas {
            let sent = sent.ok_or_else(|| malformed("relation_tuple is missing".to_owned()))?;
            let list = match (action.as_str(), sent.tuple()?) {
                ("insert", tuple) => (&mut added, tuple),
                ("delete", tuple) => (&mut removed, tuple),
                _ => return Err(malformed(format!("unknown action {action}"))),
            };
            list.0.push(list.1);
        }
        added.iter().chain(&removed).try_for_each(|tuple| self.know_tuple(tuple))?;
        self.store.change_tuples(&added, &removed)?;
        Ok(Reply::empty(204))
    }

    fn delete(&self, call: &Call) -> Result<Reply, Problem> {
        let mut wrong = Vec::new();
        if let Some(name) = call.query.names().find(|name| !tuple::KEYS.contains(name)) {
            wrong.push(format!("query parameter key {} unknown", quote(name)));
        }
        if !call.query.has("namespace") {
            wrong.push("query parameters must specify at least one of the following: namespace".to_owned());
        }
        if !call.body.is_empty() {
            wrong.push("body is not empty".to_owned());
        }
        if !wrong.is_empty() {
            return Err(Problem::bad_request().because(wrong.join("; ")));
        }
        let which = read_query(&call.query)?;
        self.know_query(&which)?;
        self.store.remove_tuples(&which)?;
        Ok(Reply::empty(204))
    }

    fn check(&self, query: &Form, status: bool) -> Result<Reply, Problem> {
        let depth = depth(query)?;
        let allowed = self.allowed(&read_whole(query)?, depth)?;
        Ok(verdict(allowed, status))
    }

    fn check_posted(&self, call: &Call, status: bool) -> Result<Reply, Problem> {
        let depth = depth(&call.query)?;
        let read = |body| parse_first(body).and_then(|json| Sent::read(&json, "ketoapi", "RelationTuple"));
        let sent = read(&call.body).map_err(unreadable)?;
        Ok(verdict(self.allowed(&sent.tuple()?, depth)?, status))
    }

    fn check_batch(&self, call: &Call) -> Result<Reply, Problem> {
        let depth = depth(&call.query)?;
        let json = parse_first(&call.body).map_err(unreadable)?;
        let mut fields = Fields::read(&json, "check", "batchCheckPermissionBody").map_err(unreadable)?;
        let items = fields.items("tuples", "*ketoapi.RelationTuple").unwrap_or_default();
        let read = |item| Sent::read(item, "ketoapi", "batchCheckPermissionBody.tuples");
        let sent = items.iter().map(read).collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
        fields.finish().map_err(unreadable)?;
        if sent.len() > LARGEST_BATCH {
            return Err(Problem::bad_request().saying(format!("batch exceeds max size of {LARGEST_BATCH}")));
        }
        let verdicts = sent.iter().map(|sent| {
            let known = sent.tuple().and_then(|tuple| self.know_tuple(&tuple).map(|()| tuple));
            match known {
                Ok(tuple) => Ok(format!(r#"{{"allowed":{}}}"#, check::allowed(&self.store, &tuple, depth)?)),
                Err(problem) => Ok(format!(r#"{{"allowed":false,"error":{}}}"#, quote(problem.message()))),
            }
        });
        let verdicts = verdicts.collect::<Result<Vec<_>, Problem>>()?;
        Ok(Reply::document(200, format!(r#"{{"results":[{}]}}"#, verdicts.join(","))))
    }

    fn expand(&self, query: &Form) -> Result<Reply, Problem> {
        let depth = depth(query)?;
        let [namespace, object, relation] = ["namespace", "object", "relation"].map(|name| query.get(name).to_owned());
        self.know(&namespace)?;
        let tree = check::expand(&self.store, &Subject::Set(namespace, object, relation), depth)?;
        // An error, but with the status of a success.
        Ok(Reply::document(200, tree.unwrap_or_else(|| Problem::not_found().saying("no relation tuple found").document())))
    }

    fn list_namespaces(&self) -> Result<Reply, Problem> {
        let names = match &self.namespaces {
            Some(names) => names.clone(),
            None => self.store.namespaces()?,
        };
        let names: Vec<String> = names.iter().map(|name| format!(r#"{{"name":{}}}"#, quote(name))).collect();
        Ok(Reply::document(200, format!(r#"{{"namespaces":[{}]}}"#, names.join(","))))
    }

    /// Whether the tuple is allowed. In an unknown namespace, nothing is.
    fn allowed(&self, tuple: &Tuple, depth: i64) -> Result<bool, Problem> {
        Ok(self.know_tuple(tuple).is_ok() && check::allowed(&self.store, tuple, depth)?)
    }

    fn know(&self, namespace: &str) -> Result<(), Problem> {
        let known = match &self.namespaces {
            Some(names) => names.iter().any(|name| name == namespace),
            None => !namespace.is_empty(),
        };
        let unknown = || Problem::not_found().because(format!("Unknown namespace with name {}.", quote(namespace)));
        if known { Ok(()) } else { Err(unknown()) }
    }

    fn know_subject(&self, subject: &Subject) -> Result<(), Problem> {
        match subject {
            Subject::Set(namespace, ..) => self.know(namespace),
            Subject::Id(_) => Ok(()),
        }
    }

    fn know_tuple(&self, tuple: &Tuple) -> Result<(), Problem> {
        self.know(&tuple.namespace)?;
        self.know_subject(&tuple.subject)
    }

    fn know_query(&self, query: &TupleQuery) -> Result<(), Problem> {
        query.namespace.iter().try_for_each(|namespace| self.know(namespace))?;
        query.subject.iter().try_for_each(|subject| self.know_subject(subject))
    }
}

/// The errors in a document of the Ory Permission Language. Keto leaves the list out if there are none.
fn check_syntax(source: &[u8]) -> Reply {
    let faults = opl::parse(&String::from_utf8_lossy(source)).faults;
    let shown: Vec<_> = faults.iter().map(|fault| shown(fault, "Line").compact()).collect();
    Reply::document(200, &if shown.is_empty() { "{}".to_owned() } else { format!(r#"{{"errors":[{}]}}"#, shown.join(",")) })
}

fn unreadable(why: String) -> Problem {
    Problem::bad_request().saying(format!("could not unmarshal json: {why}"))
}

fn verdict(allowed: bool, status: bool) -> Reply {
    Reply::document(if allowed || !status { 200 } else { 403 }, format!(r#"{{"allowed":{allowed}}}"#))
}

fn depth(query: &Form) -> Result<i64, Problem> {
    if !query.has("max-depth") {
        return Ok(check::depth(0));
    }
    let text = query.get("max-depth");
    text.parse().map(check::depth).map_err(|_| {
        let why = format!("strconv.ParseInt: parsing {}: invalid syntax", quote(text));
        Problem::bad_request().saying(format!("unable to parse 'max-depth' query parameter to int: {why}"))
    })
}
