//! Tests of the comparison itself: it must find the differences that it is made for.

use super::player::Player;
use super::trace::live;
use super::wire::{self, Response};

const BODY: &str = r#"{"client_id":"7c4b0b8e-2ee7-4f10-9a51-0a2f0f0c1a11","client_name":"n","client_secret":"YdOBKyKjdUZPTI5eflMaYys-C.","grant_types":null,"metadata":{"b":1,"a":2},"created_at":"2026-11-23T06:49:09Z","updated_at":"2026-11-23T06:49:09.184133Z"}"#;

fn answered(body: &str) -> Response {
    let headers = vec![("Content-Type".to_owned(), "application/json".to_owned()), ("Location".to_owned(), "/x".to_owned())];
    Response { status: 201, headers, body: body.as_bytes().to_vec() }
}

fn differences(change: impl FnOnce(&mut Response)) -> Vec<String> {
    let recorded = live("name", false, wire::bare("GET", "/x"), &answered(BODY));
    let mut ours = answered(BODY);
    change(&mut ours);
    Player::default().compare(&recorded, &ours).into_iter().collect()
}

fn replaced(from: &str, to: &str) -> Vec<String> {
    assert!(BODY.contains(from));
    differences(|ours| ours.body = BODY.replace(from, to).into_bytes())
}

#[test]
fn values_that_a_server_generates_may_differ() {
    assert!(differences(|_| ()).is_empty());
    assert!(replaced("7c4b0b8e", "00000000").is_empty());
    assert!(replaced("YdOBKy", "AAAAAA").is_empty());
    assert!(replaced("06:49:09Z", "07:00:00Z").is_empty());
    assert!(replaced("09.184133Z", "09.1841Z").is_empty());
}

#[test]
fn all_other_values_must_be_equal() {
    for (from, to, places) in [
        ("\"n\"", "\"m\"", "/client_name"),
        ("null", "[]", "/grant_types"),
        (r#""b":1,"a":2"#, r#""a":2,"b":1"#, "/metadata: missing [] extra []"),
        (r#""b":1"#, r#""b":1.0"#, "/metadata/b"),
        (r#""client_name":"n","#, "", ": missing [client_name] extra []"),
        (r#","updated_at""#, r#","more":1,"updated_at""#, ": missing [] extra [more]"),
        ("7c4b0b8e-2ee7-4f10", "7c4b0b8e-2ee7-1f10", "/client_id"),
        ("-C.", "-C.x", "/client_secret"),
        ("06:49:09Z", "06:49:09.1Z", "/created_at"),
    ] {
        assert_eq!(replaced(from, to), [places], "{from}");
    }
    assert_eq!(differences(|ours| ours.status = 200), ["status 201 != 200"]);
    assert_eq!(differences(|ours| ours.body.push(b'\n')), ["newline"]);
    assert_eq!(differences(|ours| ours.headers[1].1.push('y')), ["header location"]);
    assert_eq!(differences(|ours| ours.headers.truncate(1)), ["header location"]);
    assert_eq!(differences(|ours| ours.headers.push(("Cache-Control".to_owned(), "x".to_owned()))), ["header cache-control"]);
    assert_eq!(differences(|ours| ours.body = b"<html>".to_vec()), ["body"]);
}

#[test]
fn a_generated_value_stays_the_same_in_later_answers() {
    let mut player = Player::default();
    let recorded = live("name", false, wire::bare("GET", "/x"), &answered(BODY));
    let ours = answered(&BODY.replace("7c4b0b8e", "00000000"));
    assert!(player.compare(&recorded, &ours).is_empty());
    let another = answered(&BODY.replace("7c4b0b8e", "11111111"));
    assert_eq!(player.compare(&recorded, &another).into_iter().collect::<Vec<_>>(), ["/client_id"]);
}
