//! Behaviour of Keto that no recording shows: indirect checks, many tuples, data after a restart.

use janiform::emulator::{Options, Running, start};
use serde_json::{Value, json as value};

use super::wire::{Response, bare, json, send};

async fn running() -> Running {
    start(Options::default()).await.expect("the emulator starts")
}

async fn call(server: &Running, method: &str, path: &str, body: &Value) -> Response {
    let request = if body.is_null() { bare(method, path) } else { json(method, path, &body.to_string()) };
    send(&server.url(), &request).await.expect("the emulator answers")
}

fn member(object: &str, subject: Value) -> Value {
    let mut tuple = value!({ "namespace": "n", "object": object, "relation": "r" });
    match subject {
        Value::String(id) => tuple["subject_id"] = id.into(),
        set => tuple["subject_set"] = value!({ "namespace": "n", "object": set["set"], "relation": "r" }),
    }
    tuple
}

async fn patch(server: &Running, deltas: Vec<(&str, Value)>) {
    let deltas: Vec<Value> = deltas.into_iter().map(|(action, tuple)| value!({ "action": action, "relation_tuple": tuple })).collect();
    assert_eq!(call(server, "PATCH", "/admin/relation-tuples", &Value::Array(deltas)).await.status, 204);
}

async fn all(server: &Running, query: &str) -> Vec<Value> {
    let (mut found, mut token) = (Vec::new(), String::new());
    loop {
        let page = call(server, "GET", &format!("/relation-tuples?page_token={token}{query}"), &Value::Null).await;
        assert_eq!(page.status, 200, "{}", page.text());
        found.extend(page.json()["relation_tuples"].as_array().cloned().expect("tuples"));
        token = page.json()["next_page_token"].as_str().expect("a token").replace('=', "%3D");
        if token.is_empty() {
            return found;
        }
    }
}

#[tokio::test]
async fn checks_follow_sets_to_a_depth_and_through_circles() {
    let server = running().await;
    let chain = (0..6).map(|n| ("insert", member(&format!("g{n}"), value!({ "set": format!("g{}", n + 1) }))));
    let mut deltas: Vec<_> = chain.collect();
    deltas.push(("insert", member("g6", value!("deep"))));
    deltas.push(("insert", member("g4", value!("near"))));
    deltas.push(("insert", member("g4", value!({ "set": "g0" }))));
    patch(&server, deltas).await;
    for (object, subject, status) in
        [("g0", "near", 200), ("g0", "deep", 403), ("g2", "deep", 200), ("g5", "near", 403), ("g0", "nobody", 403)]
    {
        let query = format!("namespace=n&object={object}&relation=r&subject_id={subject}");
        let answer = call(&server, "GET", &format!("/relation-tuples/check?{query}"), &Value::Null).await;
        assert_eq!((answer.status, answer.json()), (status, value!({ "allowed": status == 200 })), "{query}");
        let posted = call(&server, "POST", "/relation-tuples/check", &member(object, value!(subject))).await;
        assert_eq!(posted.status, status, "{query}");
    }
    let batch =
        value!({ "tuples": [member("g0", value!("near")), member("g0", value!("nobody")), { "namespace": "", "subject_id": "x" }] });
    let answer = call(&server, "POST", "/relation-tuples/batch/check", &batch).await;
    let unknown = "The requested resource could not be found";
    assert_eq!(answer.json(), value!({ "results": [{ "allowed": true }, { "allowed": false }, { "allowed": false, "error": unknown }] }));
    let tree = call(&server, "GET", "/relation-tuples/expand?namespace=n&object=g4&relation=r&max-depth=2", &Value::Null).await.json();
    assert_eq!(tree["children"].as_array().map(Vec::len), Some(3));
    server.stop().await;
}

/// As Keto 26.2.0 answered, experiments S3 and S5: with one step nobody is allowed anything, with n + 1 whoever is n
/// groups away; of more than 100 groups in one relation, what is in groups of theirs is found for 99 only.
#[tokio::test]
async fn checks_take_few_steps_and_follow_few_groups() {
    let server = running().await;
    let mut deltas = vec![("insert", member("doc", value!("owner"))), ("insert", member("doc", value!({ "set": "near" })))];
    deltas.push(("insert", member("near", value!("friend"))));
    deltas.push(("insert", member("near", value!({ "set": "far" }))));
    deltas.push(("insert", member("far", value!("stranger"))));
    patch(&server, deltas).await;
    let check = async |object: &str, subject: &str, depth: &str| {
        let query = format!("namespace=n&object={object}&relation=r&subject_id={subject}{depth}");
        let answer = call(&server, "GET", &format!("/relation-tuples/check?{query}"), &Value::Null).await;
        let posted =
            call(&server, "POST", &format!("/relation-tuples/check?{}", &depth[depth.len().min(1)..]), &member(object, value!(subject)))
                .await;
        assert_eq!(answer.json(), posted.json(), "{query}");
        answer.json()["allowed"] == true
    };
    for (depth, allowed) in
        [("1", [false, false, false]), ("2", [true, true, false]), ("3", [true, true, true]), ("0", [true; 3]), ("6", [true; 3])]
    {
        for (subject, allowed) in ["owner", "friend", "stranger"].into_iter().zip(allowed) {
            assert_eq!(check("doc", subject, &format!("&max-depth={depth}")).await, allowed, "{subject} {depth}");
        }
    }
    let batch = value!({ "tuples": [member("doc", value!("owner"))] });
    let answer = call(&server, "POST", "/relation-tuples/batch/check?max-depth=1", &batch).await;
    assert_eq!(answer.json(), value!({ "results": [{ "allowed": false }] }));
    for groups in [100, 101] {
        let wide = format!("wide{groups}");
        let (outer, inner) = (|at: usize| format!("{groups}-{at}"), |at: usize| format!("{groups}-{at}-in"));
        let mut deltas = Vec::new();
        for at in 0..groups {
            deltas.push(("insert", member(&wide, value!({ "set": outer(at) }))));
            deltas.push(("insert", member(&outer(at), value!(format!("one-{at}")))));
            deltas.push(("insert", member(&outer(at), value!({ "set": inner(at) }))));
            deltas.push(("insert", member(&inner(at), value!(format!("two-{at}")))));
        }
        patch(&server, deltas).await;
        let (mut one, mut two) = (0, 0);
        for at in 0..groups {
            one += usize::from(check(&wide, &format!("one-{at}"), "").await);
            two += usize::from(check(&wide, &format!("two-{at}"), "").await);
        }
        assert_eq!((one, two), (groups, if groups > 100 { 99 } else { groups }));
    }
    // The router makes clean paths of others, and takes no slash at the end.
    for (path, status, location) in [
        ("/relation-tuples//check?a=b", 307, Some("/relation-tuples/check?a=b")),
        ("/relation-tuples/", 404, None),
        ("/namespaces/", 404, None),
    ] {
        let answer = call(&server, "GET", path, &Value::Null).await;
        assert_eq!((answer.status, answer.header("location")), (status, location), "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn one_patch_takes_hundreds_and_inserts_before_it_deletes() {
    let server = running().await;
    let tuples: Vec<Value> = (0..300).map(|n| member(&format!("o{}", n % 3), value!(format!("s{n}")))).collect();
    patch(&server, tuples.iter().map(|tuple| ("insert", tuple.clone())).collect()).await;
    assert_eq!(all(&server, "").await.len(), 300);
    let page = call(&server, "GET", "/relation-tuples?namespace=n&object=o1&page_size=30", &Value::Null).await.json();
    assert_eq!(page["relation_tuples"].as_array().map(Vec::len), Some(30));
    let of_one = all(&server, "&namespace=n&object=o1&page_size=30").await;
    assert_eq!(of_one.len(), 100);
    assert!(of_one.iter().all(|tuple| tuple["object"] == "o1"));
    // A whole tuple in a query is one tuple, though hundreds share all but the subject.
    let query = "namespace=n&object=o1&relation=r&subject_id=s1";
    assert_eq!(call(&server, "DELETE", &format!("/admin/relation-tuples?{query}"), &Value::Null).await.status, 204);
    assert_eq!(all(&server, "").await.len(), 299);
    // Deleting and inserting the same tuple in one patch deletes it, in whatever order they stand.
    patch(&server, vec![("delete", tuples[4].clone()), ("insert", tuples[4].clone())]).await;
    assert_eq!(all(&server, "").await.len(), 298);
    // Nothing of a patch is done if a part of it cannot be.
    let bad = value!([
        { "action": "delete", "relation_tuple": tuples[7] },
        { "action": "insert", "relation_tuple": { "namespace": "", "subject_id": "x" } },
    ]);
    assert_eq!(call(&server, "PATCH", "/admin/relation-tuples", &bad).await.status, 404);
    assert_eq!(all(&server, "").await.len(), 298);
    server.stop().await;
}

#[tokio::test]
async fn queries_are_read_strictly_before_anything_is_deleted() {
    let server = running().await;
    patch(&server, vec![("insert", member("o", value!("s")))]).await;
    for query in ["?object=o", "?namespace=n&subjectid=s", "?namespace=n&subject=s", "?namespace=n&subject_id=s&subject_set.object=x"] {
        let answer = call(&server, "DELETE", &format!("/admin/relation-tuples{query}"), &Value::Null).await;
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.header("ory-error-id"), Some(""), "{query}");
    }
    assert_eq!(call(&server, "DELETE", "/admin/relation-tuples?namespace=n", &value!({})).await.status, 400);
    assert_eq!(all(&server, "").await.len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn tuples_outlive_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options { data: Some(folder.path().join("ory.sqlite")), ..Options::default() };
    let server = start(options.clone()).await.expect("the emulator starts");
    patch(&server, vec![("insert", member("o", value!("s"))), ("insert", member("o", value!({ "set": "x" })))]).await;
    let before = all(&server, "").await;
    server.stop().await;
    let server = start(options).await.expect("the emulator starts");
    assert_eq!(all(&server, "").await, before);
    let namespaces = call(&server, "GET", "/namespaces", &Value::Null).await.json();
    assert_eq!(namespaces, value!({ "namespaces": [{ "name": "n" }] }));
    server.stop().await;
}
