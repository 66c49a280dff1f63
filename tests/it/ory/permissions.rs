//! Many checks at once, and the members of a relation, through both faces.

use super::queries::Faces;
use crate::support::faults::{Fault, Proxy};
use janiform::emulator::{self, Options, Running};
use serde_json::{Value as Json, json};

async fn keto(namespaces: Option<Vec<String>>, tuples: &[Json]) -> Running {
    let emulator = emulator::start(Options { namespaces, record_requests: true, ..Options::default() }).await.unwrap();
    let http = crate::support::client();
    for tuple in tuples {
        let put = http.put(format!("{}/admin/relation-tuples", emulator.url())).json(tuple).send().await.unwrap();
        assert_eq!(put.status(), 201, "{tuple}");
    }
    emulator
}

fn tuple(object: &str, relation: &str, subject: Json) -> Json {
    let mut tuple = json!({ "namespace": "files", "object": object, "relation": relation });
    tuple.as_object_mut().unwrap().extend(subject.as_object().unwrap().clone());
    tuple
}

fn set(object: &str, relation: &str) -> Json {
    json!({ "subject_set": { "namespace": "files", "object": object, "relation": relation } })
}

/// Ann views the report by way of a group in a group; Bob does directly.
async fn populated() -> Running {
    keto(
        Some(vec!["files".to_owned()]),
        &[
            tuple("report", "view", json!({ "subject_id": "bob" })),
            tuple("report", "view", set("staff", "member")),
            tuple("staff", "member", set("accountants", "member")),
            tuple("accountants", "member", json!({ "subject_id": "ann" })),
        ],
    )
    .await
}

fn check(subject: &str) -> Json {
    json!({ "namespace": "files", "object": "report", "relation": "view", "subject_id": subject })
}

#[tokio::test]
async fn many_are_checked_ten_in_a_request_and_in_their_order() {
    let emulator = populated().await;
    let mut faces = Faces::to(&emulator.url()).await;
    let checks: Vec<_> = (0..23).map(|at| check(["bob", "eve", "ann"][at % 3])).collect();
    let found = faces.ask("permission_checks", &json!({ "checks": checks })).await;
    let allowed: Vec<_> = found["results"].as_array().unwrap().iter().map(|result| result["allowed"].as_bool().unwrap()).collect();
    assert_eq!(allowed, (0..23).map(|at| at % 3 != 1).collect::<Vec<_>>());
    assert_eq!(found["allowed"], false);
    // Both faces ask: three requests each, and no single check.
    let asked = emulator.requests();
    let count = |path: &str| asked.iter().filter(|(_, asked, _)| asked == path).count();
    assert_eq!((count("/relation-tuples/batch/check"), count("/relation-tuples/check/openapi")), (6, 0));

    let some = |checks: Json, depth: i64| json!({ "checks": checks, "max_depth": depth });
    for (depth, allowed) in [(2, false), (3, true), (5, true)] {
        let found = faces.ask("permission_checks", &some(json!([check("bob"), check("ann")]), depth)).await;
        assert_eq!((&found["results"][0]["allowed"], &found["results"][1]["allowed"]), (&json!(true), &json!(allowed)), "{depth}");
        assert_eq!(found["allowed"], allowed);
    }
    // A subject set as the subject, and nothing at all.
    let staff = json!({ "namespace": "files", "object": "report", "relation": "view", "subject_set_namespace": "files", "subject_set_object": "staff", "subject_set_relation": "member" });
    assert_eq!(faces.ask("permission_checks", &json!({ "checks": [staff] })).await["allowed"], true);
    let nothing = faces.ask("permission_checks", &json!({ "checks": [] })).await;
    assert_eq!((&nothing["results"], &nothing["allowed"]), (&json!([]), &json!(true)));
}

#[tokio::test]
async fn a_failed_check_has_a_reason_and_the_others_are_answered() {
    let emulator = populated().await;
    let mut faces = Faces::to(&emulator.url()).await;
    let unknown = json!({ "namespace": "nope", "object": "report", "relation": "view", "subject_id": "bob" });
    let found = faces.ask("permission_checks", &json!({ "checks": [unknown, check("bob")] })).await;
    // Ory Keto 26.2's own words.
    assert_eq!(found["results"][0], json!({ "allowed": false, "error": "The requested resource could not be found" }));
    assert_eq!(found["results"][1], json!({ "allowed": true, "error": null }));
    let half = json!({ "namespace": "files", "object": "report", "relation": "view", "subject_set_object": "staff" });
    faces.refused("permission_checks", &json!({ "checks": [check("bob"), half] }), "checks[1]").await;
    faces.refused("permission_checks", &json!({ "checks": [], "max_depth": 1 }), "whole number from 2").await;
}

/// Decided by what the server answers, and not by its version.
#[tokio::test]
async fn a_server_without_batches_is_asked_one_by_one() {
    let emulator = populated().await;
    let proxy = Proxy::to(&emulator.url()).await;
    let mut faces = Faces::to(&proxy.url()).await;
    for _ in 0..2 {
        proxy.then("POST /relation-tuples/batch/check", Fault::Answer(404, "text/plain", "404 page not found\n"));
    }
    let found = faces.ask("permission_checks", &json!({ "checks": [check("eve"), check("bob")] })).await;
    assert_eq!((&found["results"][0]["allowed"], &found["results"][1]["allowed"]), (&json!(false), &json!(true)));
    assert_eq!(proxy.unused(), 0);
}

#[tokio::test]
async fn an_answer_to_other_checks_is_an_error() {
    let emulator = populated().await;
    let proxy = Proxy::to(&emulator.url()).await;
    let mut faces = Faces::to(&proxy.url()).await;
    for answer in [r#"{"results":[{"allowed":true}]}"#, r#"{"results":[{},{"allowed":true}]}"#, r#"{}"#] {
        for _ in 0..2 {
            proxy.then("POST /relation-tuples/batch/check", Fault::Answer(200, "application/json", answer));
        }
        faces.refused("permission_checks", &json!({ "checks": [check("eve"), check("bob")] }), "an answer to each check").await;
    }
}

#[tokio::test]
async fn a_relation_is_expanded_to_the_requested_depth() {
    let emulator = populated().await;
    let mut faces = Faces::to(&emulator.url()).await;
    let asked = |depth: Json| json!({ "namespace": "files", "object": "report", "relation": "view", "max_depth": depth });
    let whole = faces.ask("permission_expand", &asked(Json::Null)).await;
    assert_eq!((&whole["subject_ids"], &whole["unopened"]), (&json!(["ann", "bob"]), &json!([])));
    let tree: Json = serde_json::from_str(whole["tree"].as_str().unwrap()).unwrap();
    assert_eq!((&tree["type"], tree["children"].as_array().unwrap().len()), (&json!("union"), 2));
    assert_eq!(tree["tuple"]["subject_set"], json!({ "namespace": "files", "object": "report", "relation": "view" }));
    for (depth, ids, unopened) in [(1, json!([]), "report"), (2, json!(["bob"]), "staff"), (3, json!(["bob"]), "accountants")] {
        let found = faces.ask("permission_expand", &asked(json!(depth))).await;
        assert_eq!((&found["subject_ids"], &found["unopened"][0]["object"]), (&ids, &json!(unopened)), "{depth}");
    }
}

#[tokio::test]
async fn an_empty_relation_has_no_tree_and_a_missing_namespace_is_an_error() {
    let emulator = populated().await;
    let mut faces = Faces::to(&emulator.url()).await;
    let asked = |namespace: &str| json!({ "namespace": namespace, "object": "report", "relation": "edit" });
    let found = faces.ask("permission_expand", &asked("files")).await;
    assert_eq!((&found["tree"], &found["subject_ids"], &found["unopened"]), (&Json::Null, &json!([]), &json!([])));
    faces.refused("permission_expand", &asked("nope"), "The namespace does not exist").await;
}
