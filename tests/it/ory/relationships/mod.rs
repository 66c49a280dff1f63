//! Every attribute of relationships through its lifecycles, and their server.

use crate::{
    pulumi::every::{live_only, spell},
    support::stored,
    terraform::{
        core::Core,
        lifecycle::{Backdoor, Lifecycle},
        samples::Known,
    },
};
use async_trait::async_trait;
use janiform::{
    emulator::{self, Options, Running},
    ory::ORY,
    schema::{Attr, Resource},
    value::Value,
};
use serde_json::{Value as Json, json};

mod sets;
mod traps;

pub struct Keto {
    url: String,
    client: reqwest::Client,
}

/// The query of what a plain id names: a relationship, an object or a namespace.
pub fn query(id: &str) -> Vec<(&'static str, String)> {
    let (namespace, rest) = id.split_once(':').unwrap_or((id, ""));
    let mut query = vec![("namespace", namespace.to_owned())];
    let (object, rest) = rest.split_once('#').unwrap_or((rest, ""));
    if !object.is_empty() {
        query.push(("object", object.to_owned()));
    }
    if let Some((relation, subject)) = rest.split_once('@') {
        query.push(("relation", relation.to_owned()));
        match subject.split_once('#') {
            None => query.push(("subject_id", subject.to_owned())),
            Some((of, relation)) => {
                let (namespace, object) = of.split_once(':').unwrap();
                query.push(("subject_set.namespace", namespace.to_owned()));
                query.push(("subject_set.object", object.to_owned()));
                query.push(("subject_set.relation", relation.to_owned()));
            }
        }
    }
    query
}

impl Keto {
    pub fn at(url: &str) -> Keto {
        Keto { url: url.to_owned(), client: crate::support::client() }
    }

    /// All that the id names, with duplicates.
    pub async fn list(&self, id: &str) -> Vec<Json> {
        let (mut found, mut token) = (Vec::new(), String::new());
        loop {
            let mut query = query(id);
            query.push(("page_size", "100".into()));
            query.push(("page_token", token));
            let response = self.client.get(format!("{}/relation-tuples", self.url)).query(&query).send().await.unwrap();
            let page: Json = serde_json::from_str(&response.text().await.unwrap()).unwrap();
            found.extend(page["relation_tuples"].as_array().into_iter().flatten().cloned());
            token = page["next_page_token"].as_str().unwrap_or_default().to_owned();
            if token.is_empty() {
                return found;
            }
        }
    }

    pub async fn put(&self, tuple: &Json) {
        let response = self.client.put(format!("{}/admin/relation-tuples", self.url)).json(tuple).send().await.unwrap();
        assert_eq!(response.status(), 201);
    }

    pub async fn delete(&self, id: &str) {
        let response = self.client.delete(format!("{}/admin/relation-tuples", self.url)).query(&query(id)).send().await.unwrap();
        assert_eq!(response.status(), 204);
    }
}

#[async_trait]
impl Backdoor for Keto {
    async fn change(&self, resource: &'static Resource, id: &str, attr: &'static Attr, value: Option<&Value>) -> bool {
        // A relationship that says something else is another one.
        let (true, Some(value)) = (resource.name == "relationships" && attr.name == "relationships", value) else { return false };
        let namespace = query(id)[0].1.clone();
        let left = stored::kind_to_json(&attr.kind, value);
        let left: Vec<_> = left.as_array().unwrap().iter().map(|item| (item["relation"].clone(), item["subject_id"].clone())).collect();
        let mut changed = false;
        for tuple in self.list(id).await {
            if !left.contains(&(tuple["relation"].clone(), tuple["subject_id"].clone())) {
                self.delete(&id_of(&namespace, &tuple)).await;
                changed = true;
            }
        }
        changed
    }

    async fn remove(&self, _: &'static Resource, id: &str) {
        self.delete(id).await;
    }

    async fn exists(&self, _: &'static Resource, id: &str) -> bool {
        !self.list(id).await.is_empty()
    }
}

pub fn id_of(namespace: &str, tuple: &Json) -> String {
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    let set = &tuple["subject_set"];
    let subject = match tuple["subject_id"].as_str() {
        Some(id) => id.to_owned(),
        None => format!("{}:{}#{}", text(&set["namespace"]), text(&set["object"]), text(&set["relation"])),
    };
    format!("{namespace}:{}#{}@{subject}", text(&tuple["object"]), text(&tuple["relation"]))
}

pub async fn keto() -> Running {
    let namespaces = Some(vec!["files".to_owned(), "groups".to_owned()]);
    emulator::start(Options { namespaces, record_requests: true, ..Options::default() }).await.unwrap()
}

pub fn provider(url: &str) -> Json {
    let port = url.rsplit(':').next().unwrap();
    json!({ "keto_read_url": url, "keto_write_url": url, "project_api_url": format!("http://%s:{port}") })
}

/// What the tables cannot say, where the subject is one.
pub fn with_subject_id(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "subject_set_namespace" | "subject_set_object" | "subject_set_relation" => vec![],
        _ => return in_scope(name),
    })
}

/// Where it is a set.
pub fn with_subject_set(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "subject_id" => vec![],
        "subject_set_relation" => vec![json!("owner"), json!("member")],
        _ => return in_scope(name),
    })
}

/// And where the relationships of many are all about one object.
pub fn in_scope(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "namespace" | "subject_set_namespace" => vec![json!("files"), json!("groups")],
        "object" => vec![json!("report.pdf"), json!("plan.pdf")],
        "relationships" => vec![many(None, &["ann", "bob"]), many(None, &["bob", "cyd", "dan"])],
        "project_slug" => vec![json!("localhost"), json!("LOCALHOST")],
        _ => return None,
    })
}

/// Or each about its own.
pub fn in_namespace(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "object" => vec![],
        "relationships" => vec![many(Some("a.pdf"), &["ann", "bob"]), many(Some("b.pdf"), &["bob", "cyd", "dan"])],
        _ => return in_scope(name),
    })
}

/// Relationships of these subjects, one of them a set.
pub fn many(object: Option<&str>, subjects: &[&str]) -> Json {
    let mut items: Vec<_> = subjects.iter().map(|subject| json!({ "relation": "view", "subject_id": subject })).collect();
    items.push(json!({ "relation": "view", "subject_set_namespace": "groups", "subject_set_object": "staff", "subject_set_relation": "" }));
    for item in items.iter_mut().filter(|_| object.is_some()) {
        item["object"] = json!(object);
    }
    Json::Array(items)
}

fn singular(resource: &Resource) -> bool {
    resource.name == "relationship"
}

fn plural(resource: &Resource) -> bool {
    resource.name == "relationships"
}

type Variant = (Known, fn(&Resource) -> bool);

const VARIANTS: [Variant; 4] = [(with_subject_id, singular), (with_subject_set, singular), (in_scope, plural), (in_namespace, plural)];

#[tokio::test]
async fn every_attribute_lives_under_terraform() {
    let (mut runs, mut failures) = (0, Vec::new());
    for (known, wanted) in VARIANTS {
        let emulator = keto().await;
        let (mut core, backdoor) = (Core::direct(&ORY, provider(&emulator.url())).await.unwrap(), Keto::at(&emulator.url()));
        for entry in ORY.resources().filter(|entry| wanted(entry.resource)) {
            let (more, failed) = Lifecycle::new(&mut core, &backdoor, "ory", entry, known).run().await;
            runs += more;
            failures.extend(failed);
        }
        assert_eq!(backdoor.list("files").await, [] as [Json; 0]);
    }
    assert!(failures.is_empty(), "{} of {runs} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(runs > 90, "only {runs} ran");
}

#[tokio::test]
async fn every_attribute_lives_under_pulumi() {
    let mut runs = 0;
    for (known, wanted) in VARIANTS {
        let emulator = keto().await;
        let config = spell(ORY.config, &provider(&emulator.url()));
        runs += live_only(&ORY, config, &Keto::at(&emulator.url()), known, wanted).await;
        assert_eq!(Keto::at(&emulator.url()).list("files").await, [] as [Json; 0]);
    }
    assert!(runs > 60, "only {runs} ran");
}
