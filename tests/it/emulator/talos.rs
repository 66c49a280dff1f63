//! Talos, of which no server could be recorded: the expected values come from its description, its documentation and its
//! published source, above all those that nobody expects. The numbers are those of the list of traps by which the provider was
//! built.

use super::wire::{Response, bare, json, send};
use janiform::emulator::{Options, Running, start, talos::Settings};
use serde_json::{Value, json as value};

const ISSUED: &str = "/v2alpha1/admin/issuedApiKeys";
const IMPORTED: &str = "/v2alpha1/admin/importedApiKeys";

async fn running(talos: Settings) -> Running {
    start(Options { talos, ..Options::default() }).await.expect("the emulator starts")
}

async fn ask(server: &Running, method: &str, path: &str, body: &Value) -> Response {
    let request = if body.is_null() { bare(method, path) } else { json(method, path, &body.to_string()) };
    send(&server.url(), &request).await.expect("the emulator answers")
}

/// What is answered with this status.
#[track_caller]
fn expect(status: u16, answer: &Response) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text());
    if answer.body.is_empty() { Value::Null } else { answer.json() }
}

/// The reason and the gRPC status of a refusal.
#[track_caller]
fn refused(status: u16, answer: &Response) -> (String, String) {
    let error = &expect(status, answer)["error"];
    assert_eq!(error["code"], status);
    assert_eq!(error["details"][0]["domain"], "www.ory.com/talos");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (text(&error["details"][0]["reason"]), text(&error["status"]))
}

fn key(more: Value) -> Value {
    let mut key = value!({ "name": "n", "actor_id": "a", "ttl": "1h" });
    key.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    key
}

/// A new key, and its secret.
async fn issued(server: &Running, more: Value) -> (Value, String) {
    let answer = expect(201, &ask(server, "POST", ISSUED, &key(more)).await);
    (answer["issued_api_key"].clone(), answer["secret"].as_str().expect("a secret").to_owned())
}

fn at(key: &Value, verb: &str) -> String {
    format!("{ISSUED}/{}{verb}", key["key_id"].as_str().expect("an id"))
}

async fn verified(server: &Running, credential: &str, more: Value) -> Value {
    let mut body = value!({ "credential": credential });
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    expect(200, &ask(server, "POST", "/v2alpha1/admin/apiKeys:verify", &body).await)
}

#[tokio::test]
async fn an_update_takes_the_key_itself_and_clears_what_a_mask_names_and_the_body_lacks() {
    let server = running(Settings::default()).await;
    let (key, _) = issued(&server, value!({ "scopes": ["read"], "metadata": { "a": 1 } })).await;
    // 1. In an envelope, as the examples in Ory's description have it, there is nothing; and the mask says to take it.
    let wrapped = value!({ "issued_api_key": { "scopes": ["write"] } });
    let unmasked = expect(200, &ask(&server, "PATCH", &at(&key, ""), &wrapped).await);
    assert_eq!(unmasked["scopes"], value!(["read"]));
    let cleared = expect(200, &ask(&server, "PATCH", &at(&key, "?update_mask=scopes"), &wrapped).await);
    assert_eq!((&cleared["scopes"], &cleared["metadata"]), (&value!([]), &value!({ "a": 1 })));
    let bare = expect(
        200,
        &ask(&server, "PATCH", &at(&key, "?update_mask=scopes,rateLimitPolicy"), &value!({ "scopes": ["x"], "name": "m" })).await,
    );
    assert_eq!((&bare["scopes"], &bare["name"]), (&value!(["x"]), &value!("n")));
    for mask in ["metadata.a", "actor_id", "nothing"] {
        assert_eq!(refused(400, &ask(&server, "PATCH", &at(&key, &format!("?update_mask={mask}")), &value!({})).await).0, "BAD_REQUEST");
    }
}

#[tokio::test]
async fn unknown_fields_are_dropped_and_all_fields_are_shown() {
    let server = running(Settings::default()).await;
    // 2. A word that is spelled wrong makes a key without what was meant.
    let policy = value!({ "quota": "9007199254740993", "window": "60s" });
    let (key, _) = issued(&server, value!({ "scope": ["read"], "rateLimitPolicy": policy })).await;
    // 3. Whole numbers of 64 bits are texts.
    assert_eq!(key["rate_limit_policy"], value!({ "quota": "9007199254740993", "window": "60s", "unit": "requests" }));
    // 4. Set or not.
    for (member, unset) in [
        ("scopes", value!([])),
        ("metadata", value!({})),
        ("last_used_time", Value::Null),
        ("ip_restriction", Value::Null),
        ("revocation_reason", value!("REVOCATION_REASON_UNSPECIFIED")),
        ("revocation_description", value!("")),
        ("visibility", value!("KEY_VISIBILITY_SECRET")),
        ("status", value!("KEY_STATUS_ACTIVE")),
    ] {
        assert_eq!(key.get(member), Some(&unset), "{member}");
    }
    for wrong in [
        value!({ "ttl": "0s" }),
        value!({ "ttl": "8761h" }),
        value!({ "ttl": null }),
        value!({ "name": "" }),
        value!({ "actor_id": null }),
        value!({ "visibility": "KEY_VISIBILITY_PUBLIC" }),
        value!({ "request_id": "x".repeat(37) }),
        value!({ "rate_limit_policy": { "quota": "1", "window": "1.5s" } }),
        value!({ "rate_limit_policy": { "quota": "1", "window": "60s", "unit": "tokens" } }),
        value!({ "ip_restriction": { "allowed_cidrs": ["192.0.2.1"] } }),
        value!({ "metadata": [] }),
        value!({ "metadata": { "a": "x".repeat(64 << 10) } }),
    ] {
        assert_eq!(refused(400, &ask(&server, "POST", ISSUED, &self::key(wrong)).await).0, "BAD_REQUEST");
    }
}

#[tokio::test]
async fn a_rotation_makes_another_key_with_the_same_lifetime() {
    let server = running(Settings::default()).await;
    let (key, secret) = issued(&server, value!({ "scopes": ["read"], "request_id": "one" })).await;
    let rotated = expect(201, &ask(&server, "POST", &at(&key, ":rotate"), &value!({ "scopes": [] })).await);
    // 5. Its end is inherited, and what is there overrides, be it empty.
    let new = &rotated["issued_api_key"];
    assert_ne!(new["key_id"], key["key_id"]);
    assert_eq!((&new["expire_time"], &new["scopes"], &new["actor_id"]), (&key["expire_time"], &value!([]), &key["actor_id"]));
    let old = &rotated["old_issued_api_key"];
    assert_eq!((&old["key_id"], &old["status"]), (&key["key_id"], &value!("KEY_STATUS_REVOKED")));
    assert_eq!(old["revocation_reason"], "REVOCATION_REASON_SUPERSEDED");
    assert_eq!(verified(&server, &secret, value!({})).await["error_code"], "VERIFICATION_ERROR_REVOKED");
    assert_eq!(verified(&server, rotated["secret"].as_str().expect("a secret"), value!({})).await["is_valid"], true);
    let again = ask(&server, "POST", &at(&key, ":rotate"), &value!({})).await;
    assert_eq!(refused(409, &again), ("FAILED_PRECONDITION".to_owned(), "FAILED_PRECONDITION".to_owned()));
    assert_eq!(refused(404, &ask(&server, "POST", &format!("{ISSUED}/none:rotate"), &value!({})).await).0, "API_KEY_NOT_FOUND");
}

#[tokio::test]
async fn a_repeated_request_gets_no_secret_and_its_body_is_ignored() {
    let server = running(Settings::default()).await;
    let (key, _) = issued(&server, value!({ "request_id": "one" })).await;
    // 8.
    for _ in 0..2 {
        let again = expect(201, &ask(&server, "POST", ISSUED, &self::key(value!({ "request_id": "one", "name": "other" }))).await);
        assert_eq!((&again["issued_api_key"]["key_id"], &again["secret"]), (&key["key_id"], &value!("")));
        assert_eq!(again["issued_api_key"]["name"], "n");
        // It stays taken after the revocation.
        ask(&server, "POST", &at(&key, ":revoke"), &value!({ "reason": "REVOCATION_REASON_SUPERSEDED" })).await;
    }
}

#[tokio::test]
async fn a_key_is_revoked_once_for_a_reason_and_its_record_stays() {
    let server = running(Settings::default()).await;
    let (key, _) = issued(&server, value!({})).await;
    for wrong in [
        value!({}),
        value!({ "reason": "REVOCATION_REASON_UNSPECIFIED" }),
        value!({ "reason": "REVOCATION_REASON_SUPERSEDED", "description": "why" }),
    ] {
        assert_eq!(refused(400, &ask(&server, "POST", &at(&key, ":revoke"), &wrong).await).0, "BAD_REQUEST");
    }
    let reason = value!({ "reason": "REVOCATION_REASON_PRIVILEGE_WITHDRAWN", "description": "why" });
    assert_eq!(expect(204, &ask(&server, "POST", &at(&key, ":revoke"), &reason).await), Value::Null);
    let read = expect(200, &ask(&server, "GET", &at(&key, ""), &Value::Null).await);
    assert_eq!((&read["status"], &read["revocation_description"]), (&value!("KEY_STATUS_REVOKED"), &value!("why")));
    // 9. Its end is another one than before.
    assert!(read["expire_time"].as_str() > key["expire_time"].as_str(), "{read}");
    // 11. Of what is revoked, 409 says something else than of what is there already.
    let again = ask(&server, "POST", &at(&key, ":revoke"), &reason).await;
    assert_eq!(refused(409, &again), ("CONFLICT".to_owned(), "ALREADY_EXISTS".to_owned()));
    // Also a revoked one can be edited.
    assert_eq!(expect(200, &ask(&server, "PATCH", &at(&key, "?update_mask=name"), &value!({ "name": "m" })).await)["name"], "m");
    // There is no delete.
    assert_eq!(ask(&server, "DELETE", &at(&key, ""), &Value::Null).await.status, 501);
}

#[tokio::test]
async fn lists_are_filtered_by_an_actor_and_no_status_alone() {
    let server = running(Settings::default()).await;
    for actor in ["a", "a", "b"] {
        issued(&server, value!({ "actor_id": actor })).await;
    }
    let list = async |query: &str| ask(&server, "GET", &format!("{ISSUED}?{query}"), &Value::Null).await;
    let page = expect(200, &list("page_size=2").await);
    assert_eq!(page["issued_api_keys"].as_array().map(Vec::len), Some(2));
    let token = page["next_page_token"].as_str().expect("a token").replace('=', "%3D");
    let last = expect(200, &list(&format!("page_size=2&page_token={token}")).await);
    assert_eq!((last["issued_api_keys"].as_array().map(Vec::len), &last["next_page_token"]), (Some(1), &value!("")));
    let of_a = expect(200, &list("filter=actor_id%3D%22a%22").await);
    assert_eq!(of_a["issued_api_keys"].as_array().map(Vec::len), Some(2));
    let revoked = expect(200, &list("filter=actor_id%3D%22a%22%20AND%20status%3DKEY_STATUS_REVOKED").await);
    assert_eq!(revoked["issued_api_keys"], value!([]));
    // 10. Although the description has it as an example.
    assert_eq!(refused(400, &list("filter=status%3DKEY_STATUS_ACTIVE").await).0, "BAD_REQUEST");
    assert_eq!(refused(400, &list("page_token=nonsense").await).0, "BAD_REQUEST");
}

#[tokio::test]
async fn imports_are_checked_identified_by_a_digest_and_deleted() {
    let server = running(Settings { max_ttl: 3600, ..Settings::default() }).await;
    let raw = |raw: &str| key(value!({ "raw_key": raw }));
    let made = expect(201, &ask(&server, "POST", IMPORTED, &raw("sk_live_1")).await);
    let id = made["key_id"].as_str().expect("an id").to_owned();
    // By `printf '00000000-0000-0000-0000-000000000000\0sk_live_1' | openssl dgst -sha512-256`.
    assert_eq!(id, "3a1c83fa6db96aa49c95c6aa060c4bba012aad288683972e539d2f52bca03eec");
    let exists = ("API_KEY_EXISTS".to_owned(), "ALREADY_EXISTS".to_owned());
    assert_eq!(refused(409, &ask(&server, "POST", IMPORTED, &raw("sk_live_1")).await), exists);
    let revoke = value!({ "reason": "REVOCATION_REASON_SUPERSEDED" });
    assert_eq!(ask(&server, "POST", &format!("{IMPORTED}/{id}:revoke"), &revoke).await.status, 204);
    assert_eq!(verified(&server, "sk_live_1", value!({})).await["error_code"], "VERIFICATION_ERROR_REVOKED");
    // Also while the earlier one is revoked.
    assert_eq!(refused(409, &ask(&server, "POST", IMPORTED, &raw("sk_live_1")).await), exists);
    assert_eq!(ask(&server, "DELETE", &format!("{IMPORTED}/{id}"), &Value::Null).await.status, 204);
    assert_eq!(refused(404, &ask(&server, "DELETE", &format!("{IMPORTED}/{id}"), &Value::Null).await).0, "API_KEY_NOT_FOUND");
    expect(201, &ask(&server, "POST", IMPORTED, &raw("sk_live_1")).await);
    let (_, own) = issued(&server, value!({})).await;
    let derived = value!({ "credential": own, "ttl": "60s" });
    let derived = expect(200, &ask(&server, "POST", "/v2alpha1/admin/apiKeys:derive", &derived).await);
    let token = derived["token"]["token"].as_str().expect("a token");
    assert_eq!(refused(409, &ask(&server, "POST", IMPORTED, &raw(&own)).await).0, "CONFLICT");
    assert_eq!(refused(409, &ask(&server, "POST", IMPORTED, &raw(token)).await).0, "FAILED_PRECONDITION");
    // One answer for all, each for itself.
    let batch = async |items: Vec<Value>| ask(&server, "POST", &format!("{IMPORTED}:batchCreate"), &value!({ "requests": items })).await;
    let told = expect(200, &batch(vec![raw("b1"), raw("b1"), raw(token), key(value!({ "raw_key": "b2", "ttl": "2h" }))]).await);
    let codes: Vec<_> = told["results"].as_array().expect("results").iter().map(|one| one["error_code"].clone()).collect();
    let error = |code: &str| value!(format!("BATCH_CREATE_IMPORTED_API_KEYS_ERROR_{code}"));
    assert_eq!(codes, [Value::Null, error("ALREADY_EXISTS"), error("FAILED_PRECONDITION"), error("INVALID_ARGUMENT")]);
    assert_eq!((&told["success_count"], &told["failure_count"]), (&value!(1), &value!(3)));
    assert_eq!(told["results"][0]["imported_api_key"]["name"], "n");
    // Nothing came of it: the commonest reason.
    assert_eq!(refused(409, &batch(vec![raw("b1"), raw("sk_live_1"), raw(&own)]).await), exists);
    assert_eq!(refused(400, &batch(vec![]).await).0, "BAD_REQUEST");
}

#[tokio::test]
async fn no_more_keys_are_made_than_a_plan_allows() {
    let server = running(Settings { most_keys: Some(2), ..Settings::default() }).await;
    let (key, _) = issued(&server, value!({})).await;
    let batch: Vec<_> = ["b1", "b2"].map(|raw| self::key(value!({ "raw_key": raw }))).into();
    let told = expect(200, &ask(&server, "POST", &format!("{IMPORTED}:batchCreate"), &value!({ "requests": batch })).await);
    assert_eq!(told["results"][1]["error_code"], "BATCH_CREATE_IMPORTED_API_KEYS_ERROR_RESOURCE_EXHAUSTED");
    // 11. With the gRPC code of what is forbidden.
    let over = ("API_KEY_QUOTA_EXCEEDED".to_owned(), "PERMISSION_DENIED".to_owned());
    assert_eq!(refused(402, &ask(&server, "POST", ISSUED, &self::key(value!({}))).await), over);
    // What is revoked does not count.
    ask(&server, "POST", &at(&key, ":revoke"), &value!({ "reason": "REVOCATION_REASON_SUPERSEDED" })).await;
    issued(&server, value!({})).await;
}

#[tokio::test]
async fn shorter_times_prefixes_and_secrets_end_keys_that_are_still_shown_as_active() {
    let scratch = tempfile::tempdir().expect("a directory");
    let at_first = Settings { hmac: (Some("of-the-first-secret-and-longer".into()), vec![]), ..Settings::default() };
    let open = async |talos: Settings| {
        start(Options { talos, data: Some(scratch.path().join("ory.db")), ..Options::default() }).await.expect("the emulator starts")
    };
    let server = open(at_first.clone()).await;
    let (key, secret) = issued(&server, value!({})).await;
    assert_eq!(verified(&server, &secret, value!({})).await["is_valid"], true);
    server.stop().await;
    // 6 and 7. It says NOT_FOUND to whoever verifies, and ACTIVE to whoever reads.
    let other = || (Some("of-another-secret-and-longer".to_owned()), vec![]);
    let retired = (Some("of-another-secret-and-longer".to_owned()), vec!["of-the-first-secret-and-longer".to_owned()]);
    for (settings, is_valid) in [
        (Settings { max_ttl: -1, ..at_first.clone() }, false),
        (Settings { prefix: ("new".to_owned(), vec![]), ..at_first.clone() }, false),
        (Settings { prefix: ("new".to_owned(), vec!["ory_ak".to_owned()]), ..at_first.clone() }, true),
        (Settings { hmac: other(), ..at_first.clone() }, false),
        (Settings { hmac: retired, ..at_first.clone() }, true),
    ] {
        let server = open(settings).await;
        let verdict = verified(&server, &secret, value!({})).await;
        assert_eq!(verdict["is_valid"], is_valid, "{verdict}");
        if !is_valid {
            assert_eq!(verdict["error_code"], "VERIFICATION_ERROR_NOT_FOUND");
        }
        assert_eq!(expect(200, &ask(&server, "GET", &at(&key, ""), &Value::Null).await)["status"], "KEY_STATUS_ACTIVE");
        server.stop().await;
    }
}

#[tokio::test]
async fn derived_tokens_are_verified_by_their_own_claims() {
    let server = running(Settings::default()).await;
    let (key, secret) = issued(&server, value!({ "scopes": ["read", "write"], "metadata": { "m": 1 } })).await;
    let derive = async |more: Value| {
        let mut body = value!({ "credential": secret, "ttl": "60s" });
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        ask(&server, "POST", "/v2alpha1/admin/apiKeys:derive", &body).await
    };
    // 13. What is reserved vanishes without a word.
    let told = expect(200, &derive(value!({ "custom_claims": { "sub": "me", "scope": "all", "shoe": 44 }, "scopes": ["read"] })).await);
    assert_eq!((&told["token"]["claims"], &told["token"]["scopes"]), (&value!({ "m": 1, "shoe": 44 }), &value!(["read"])));
    let token = told["token"]["token"].as_str().expect("a token").to_owned();
    assert_eq!(token.split('.').count(), 3);
    // 14. Whoever expects nobody takes no token that is for somebody.
    let bound = expect(200, &derive(value!({ "audiences": ["orders"], "algorithm": "TOKEN_ALGORITHM_MACAROON" })).await);
    let bound = bound["token"]["token"].as_str().expect("a token").to_owned();
    for (token, expected, is_valid) in [
        (&token, value!([]), true),
        (&token, value!(["orders"]), false),
        (&bound, value!([]), false),
        (&bound, value!(["Orders"]), false),
        (&bound, value!(["other", "orders"]), true),
    ] {
        let verdict = verified(&server, token, value!({ "expected_audiences": expected })).await;
        assert_eq!(verdict["is_valid"], is_valid, "{verdict}");
        if !is_valid {
            assert_eq!(verdict["error_code"], "VERIFICATION_ERROR_AUDIENCE_MISMATCH");
        }
    }
    for (more, status) in [
        (value!({ "scopes": ["admin"] }), 403),
        (value!({ "ttl": "2h" }), 400),
        (value!({ "ttl": "8761h" }), 400),
        (value!({ "credential": "nobody's" }), 401),
        (value!({ "credential": token }), 401),
    ] {
        refused(status, &derive(more).await);
    }
    // 15. Revocation of its key does not reach it.
    ask(&server, "POST", &at(&key, ":revoke"), &value!({ "reason": "REVOCATION_REASON_KEY_COMPROMISE" })).await;
    assert_eq!(verified(&server, &token, value!({})).await["is_valid"], true);
    refused(403, &derive(value!({})).await);
    // 12. A client for key sets finds no keys here.
    let set = expect(200, &ask(&server, "GET", "/v2alpha1/derivedKeys/jwks.json", &Value::Null).await);
    assert_eq!((set.get("keys"), &set["jwks"]["keys"][0]["crv"]), (None, &value!("Ed25519")));
    let without = running(Settings { signs: false, ..Settings::default() }).await;
    refused(500, &ask(&without, "GET", "/v2alpha1/derivedKeys/jwks.json", &Value::Null).await);
}

#[tokio::test]
async fn the_holder_of_a_key_may_verify_and_revoke_it() {
    let server = running(Settings { public_prefix: (Some("pub".to_owned()), vec![]), ..Settings::default() }).await;
    let (key, secret) = issued(&server, value!({ "ip_restriction": { "allowed_cidrs": ["127.0.0.0/8"] } })).await;
    let (_, elsewhere) = issued(&server, value!({ "ip_restriction": { "allowed_cidrs": ["192.0.2.0/24"] } })).await;
    let (_, public) = issued(&server, value!({ "visibility": "KEY_VISIBILITY_PUBLIC" })).await;
    assert!(public.starts_with("pub_v1_") && secret.starts_with("ory_ak_v1_"), "{public}");
    let items = [&secret, &elsewhere, &public].map(|credential| value!({ "credential": credential }));
    let told = ask(&server, "POST", "/v2alpha1/admin/apiKeys:batchVerify", &value!({ "requests": items })).await;
    let codes: Vec<_> = expect(200, &told)["results"].as_array().expect("results").iter().map(|one| one["error_code"].clone()).collect();
    let error = |code: &str| value!(format!("VERIFICATION_ERROR_{code}"));
    assert_eq!(codes, [error("UNSPECIFIED"), error("IP_NOT_ALLOWED"), error("UNSPECIFIED")]);
    for (header, shown) in [(None, "MISS"), (Some("no-store"), "SKIP"), (Some("max-age=0"), "MISS")] {
        let request = json("POST", "/v2alpha1/admin/apiKeys:verify", &value!({ "credential": secret }).to_string());
        let request = header.into_iter().fold(request, |request, value| request.with("cache-control", value));
        assert_eq!(send(&server.url(), &request).await.expect("an answer").header("ory-talos-cache"), Some(shown), "{header:?}");
    }
    assert!(expect(200, &ask(&server, "GET", &at(&key, ""), &Value::Null).await)["last_used_time"].is_string());
    let revoke = async |credential: &str, reason: &str| {
        let body = value!({ "credential": credential, "reason": format!("REVOCATION_REASON_{reason}") });
        ask(&server, "POST", "/v2alpha1/apiKeys:selfRevoke", &body).await
    };
    refused(400, &revoke(&secret, "PRIVILEGE_WITHDRAWN").await);
    refused(403, &revoke(&public, "KEY_COMPROMISE").await);
    for _ in 0..2 {
        assert_eq!(expect(200, &revoke(&secret, "KEY_COMPROMISE").await), value!({}));
    }
    assert_eq!(expect(200, &ask(&server, "GET", &at(&key, ""), &Value::Null).await)["status"], "KEY_STATUS_REVOKED");
}

/// As a project of Ory Network has it: behind its own host, with the settings of its document.
#[tokio::test]
async fn a_project_has_keys_of_its_own() {
    let server = running(Settings::default()).await;
    let with = |request: super::wire::Request, key: &str| request.with("authorization", &format!("Bearer {key}"));
    let console = async |method: &str, path: &str, body: Value| {
        let request = with(json(method, path, &body.to_string()), "ory_wak_x");
        send(&server.url(), &request).await.expect("an answer").json()
    };
    let project = console("POST", "/projects", value!({ "name": "p", "environment": "dev" })).await;
    let (id, slug) = (project["id"].as_str().expect("an id"), project["slug"].as_str().expect("a slug"));
    let token =
        console("POST", &format!("/projects/{id}/tokens"), value!({ "name": "t" })).await["value"].as_str().expect("a key").to_owned();
    let patch = value!([
        { "op": "add", "path": "/services/talos/config/credentials/api_keys/default_ttl", "value": "24h" },
        { "op": "add", "path": "/services/talos/config/credentials/api_keys/prefix/current", "value": "acme" },
    ]);
    console("PATCH", &format!("/projects/{id}"), patch).await;
    let issue = json("POST", &format!("/p/{slug}{ISSUED}"), &value!({ "name": "n", "actor_id": "a" }).to_string());
    assert_eq!(send(&server.url(), &issue).await.expect("an answer").status, 401);
    let told = expect(201, &send(&server.url(), &with(issue, &token)).await.expect("an answer"));
    assert!(told["secret"].as_str().expect("a secret").starts_with("acme_v1_"), "{told}");
    // Who revokes their own key, and who checks tokens, needs no key of the project.
    let body = value!({ "credential": told["secret"], "reason": "REVOCATION_REASON_SUPERSEDED" });
    let revoke = json("POST", &format!("/p/{slug}/v2alpha1/apiKeys:selfRevoke"), &body.to_string());
    assert_eq!(send(&server.url(), &revoke).await.expect("an answer").status, 200);
    assert_eq!(
        send(&server.url(), &bare("GET", &format!("/p/{slug}/v2alpha1/derivedKeys/jwks.json"))).await.expect("an answer").status,
        200
    );
    // Nobody else has it.
    assert_eq!(expect(200, &ask(&server, "GET", ISSUED, &Value::Null).await)["issued_api_keys"], value!([]));
}
