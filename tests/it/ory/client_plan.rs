//! Plans of an OAuth 2.0 client: meanings, defaults, write-only arguments, rules.

use crate::support::{foreign, get, object, replan, stored::ours, texts};
use janiform::{
    engine::{Private, Severity, State, has_errors, keep_spelling, plan, validate},
    ory::resources::oauth2_client::RESOURCE,
    rest::mapping,
    value::{Json, Value},
};
use serde_json::json;

/// What Hydra answers for a client with nothing but a name.
fn bare() -> Value {
    let body = json!({
        "client_id": "c", "client_name": "n", "redirect_uris": [], "grant_types": [], "response_types": [],
        "scope": "offline_access offline openid", "audience": [], "owner": "", "policy_uri": "", "allowed_cors_origins": [],
        "tos_uri": "", "client_uri": "", "logo_uri": "", "contacts": [], "client_secret_expires_at": 0, "subject_type": "public",
        "jwks": {}, "token_endpoint_auth_method": "client_secret_post", "userinfo_signed_response_alg": "none",
        "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00.5Z", "metadata": {}, "skip_consent": false,
        "skip_logout_consent": null, "client_credentials_grant_access_token_lifespan": null,
    });
    mapping::observe(&RESOURCE.table, &ours(&body)).unwrap()
}

fn named(set: &[(&str, Value)]) -> Value {
    let mut all = vec![("client_name", Value::text("n"))];
    all.extend(set.iter().cloned());
    object(&RESOURCE, &all)
}

fn state(set: &[(&str, Value)]) -> State {
    let mut value = keep_spelling(&RESOURCE.table, &RESOURCE.table.nulls(), &bare());
    if let Value::Object(fields) = &mut value {
        for (name, to) in set {
            fields[RESOURCE.table.index(name).unwrap()] = to.clone();
        }
    }
    State { private: Private { write_only: Some(vec![]), ..Private::default() }, ..foreign("c", value) }
}

#[test]
fn values_decided_by_the_apply_are_unknown_in_a_create() {
    let plan = plan(&RESOURCE, None, &named(&[]));
    for name in ["client_id", "client_secret", "scope", "subject_type", "created_at", "updated_at"] {
        assert!(get(&RESOURCE, &plan.planned, name).is_unknown(), "{name}");
    }
    assert_eq!(get(&RESOURCE, &plan.planned, "token_endpoint_auth_method"), &"client_secret_post".into());
    assert_eq!(get(&RESOURCE, &plan.planned, "skip_consent"), &false.into());
    assert_eq!(get(&RESOURCE, &plan.planned, "redirect_uris"), &Value::Null);
    assert_eq!(plan.id, None);
}

#[test]
fn a_chosen_id_is_known_at_once() {
    assert_eq!(plan(&RESOURCE, None, &named(&[("client_id", "mine".into())])).id.as_deref(), Some("mine"));
}

#[test]
fn a_plan_without_changes_equals_the_prior_state() {
    let state = state(&[]);
    let plan = replan(&RESOURCE, &state, &named(&[]));
    assert_eq!(plan.planned, state.value);
    assert!(plan.changes.is_empty() && plan.replace.is_empty());
}

#[test]
fn spellings_of_one_meaning_change_nothing() {
    for (name, prior, config) in [
        ("client_credentials_grant_access_token_lifespan", Value::text("1h30m0s"), Value::text("90m")),
        ("client_credentials_grant_access_token_lifespan", "1h0m0s".into(), "3600s".into()),
        ("metadata", r#"{"a":12345678901234567890,"b":[1]}"#.into(), "{ \"b\": [1.0],\n \"a\": 12345678901234567890 }".into()),
        ("scope", "openid offline".into(), "  offline  openid".into()),
        ("allowed_cors_origins", texts(&["https://a.example", "https://b.example"]), texts(&["https://b.example/", "https://a.example/"])),
        ("grant_types", texts(&["refresh_token", "authorization_code"]), texts(&["authorization_code", "refresh_token"])),
        ("audience", texts(&["a", "b"]), texts(&["b", "a"])),
        ("access_token_strategy", "jwt".into(), "JWT".into()),
        (
            "jwks",
            r#"{"keys":[{"kty":"RSA","kid":"a"},{"kty":"RSA","kid":"b"}]}"#.into(),
            r#"{"keys": [{"kid":"b","kty":"RSA"},{"kid":"a","kty":"RSA"}]}"#.into(),
        ),
    ] {
        let state = state(&[(name, prior)]);
        let plan = replan(&RESOURCE, &state, &named(&[(name, config)]));
        assert_eq!(plan.planned, state.value, "{name}");
        assert!(plan.changes.is_empty(), "{name}: {:?}", plan.changes);
    }
}

#[test]
fn a_meaningful_order_is_a_change() {
    let state = state(&[("redirect_uris", texts(&["https://a.example/", "https://b.example/"]))]);
    let plan = replan(&RESOURCE, &state, &named(&[("redirect_uris", texts(&["https://b.example/", "https://a.example/"]))]));
    assert_eq!(plan.changes, ["redirect_uris", "updated_at"]);
}

#[test]
fn removed_attributes_are_cleared_or_get_a_default() {
    let state = state(&[("client_uri", "https://a.example".into()), ("skip_consent", true.into()), ("scope", "mine".into())]);
    let plan = replan(&RESOURCE, &state, &named(&[]));
    assert_eq!(plan.changes, ["skip_consent", "client_uri", "updated_at"]);
    assert!(get(&RESOURCE, &plan.planned, "client_uri").is_null());
    assert_eq!(get(&RESOURCE, &plan.planned, "skip_consent"), &false.into());
    assert_eq!(get(&RESOURCE, &plan.planned, "scope"), &"mine".into());
    assert!(get(&RESOURCE, &plan.planned, "updated_at").is_unknown());
}

#[test]
fn another_id_needs_another_client() {
    let plan = replan(&RESOURCE, &state(&[]), &named(&[("client_id", "other".into())]));
    assert_eq!(plan.replace, ["client_id"]);
}

#[test]
fn a_client_that_becomes_confidential_gets_a_new_secret() {
    let public = state(&[("token_endpoint_auth_method", "none".into()), ("client_secret", "".into())]);
    let plan = replan(&RESOURCE, &public, &named(&[]));
    assert!(get(&RESOURCE, &plan.planned, "client_secret").is_unknown());
    // One whose secret is merely not known, as after an import, keeps it.
    let plan = replan(&RESOURCE, &state(&[]), &named(&[("token_endpoint_auth_method", "client_secret_basic".into())]));
    assert!(get(&RESOURCE, &plan.planned, "client_secret").is_null());
}

#[test]
fn write_only_arguments_are_not_in_the_state_and_their_use_is_shown() {
    let keys = Value::text(r#"{"keys":[]}"#);
    let with = named(&[("jwks_wo", keys.clone()), ("client_secret_wo", "s3cret!".into())]);
    let created = plan(&RESOURCE, None, &with);
    for name in ["jwks", "jwks_wo", "client_secret", "client_secret_wo"] {
        assert!(get(&RESOURCE, &created.planned, name).is_null(), "{name}");
    }
    assert!(created.private.uses("jwks_wo") && created.private.uses("client_secret_wo"));

    // In a state of ours a new one shows as an update; in one that another provider wrote it does not.
    assert_eq!(
        replan(&RESOURCE, &state(&[]), &with).changes,
        ["client_secret_wo", "old_secrets", "secret_set_at", "jwks_wo", "updated_at"]
    );
    let adopted = State { private: Private::default(), ..state(&[]) };
    assert!(replan(&RESOURCE, &adopted, &named(&[("jwks_wo", keys)])).changes.is_empty());
}

#[test]
fn an_unknown_value_is_never_an_error_and_never_lost() {
    for attr in RESOURCE.table.attrs().filter(|attr| attr.configurable()) {
        let config = named(&[(attr.name, Value::Unknown)]);
        assert!(!has_errors(&validate(&RESOURCE, &config)), "{}", attr.name);
        let planned = replan(&RESOURCE, &state(&[]), &config);
        let expected = if attr.write_only { Value::Null } else { Value::Unknown };
        assert_eq!(get(&RESOURCE, &planned.planned, attr.name), &expected, "{}", attr.name);
    }
}

#[test]
fn values_that_the_server_refuses_are_refused_when_planned() {
    for (set, at) in [
        (vec![("scope", Value::text(" "))], "scope"),
        (vec![("client_secret", "short".into())], "client_secret"),
        (vec![("metadata", "[1]".into())], "metadata"),
        (vec![("metadata", "{".into())], "metadata"),
        (vec![("client_credentials_grant_access_token_lifespan", "1d".into())], "client_credentials_grant_access_token_lifespan"),
        (vec![("jwks", r#"{"keys":[{"kty":"oct","k":"x"}]}"#.into())], "jwks"),
        (vec![("jwks", r#"{"keys":[]}"#.into()), ("jwks_uri", "https://a.example".into())], "jwks_uri"),
        (vec![("token_endpoint_auth_method", "private_key_jwt".into())], "token_endpoint_auth_method"),
        (vec![("redirect_uris", texts(&["https://a.example/#x"]))], "redirect_uris[0]"),
        (vec![("redirect_uris", texts(&["no-uri"]))], "redirect_uris[0]"),
        (
            vec![("post_logout_redirect_uris", texts(&["https://b.example/"])), ("redirect_uris", texts(&["https://a.example/"]))],
            "post_logout_redirect_uris",
        ),
        (vec![("allowed_cors_origins", texts(&["https://a.example/path"]))], "allowed_cors_origins[0]"),
        (vec![("client_uri", "ftp://a.example".into())], "client_uri"),
        (vec![("sector_identifier_uri", "http://a.example".into())], "sector_identifier_uri"),
        (vec![("subject_type", "private".into())], "subject_type"),
        (vec![("userinfo_signed_response_alg", "ES256".into())], "userinfo_signed_response_alg"),
        (vec![("access_token_strategy", "magic".into())], "access_token_strategy"),
        (vec![("jwks_wo_version", "1".into())], "jwks_wo_version"),
    ] {
        // Only a plan knows whether write-only keys are in use.
        let found = [validate(&RESOURCE, &named(&set)), plan(&RESOURCE, None, &named(&set)).diagnostics].concat();
        let error = found.iter().find(|diagnostic| diagnostic.is_error()).unwrap_or_else(|| panic!("{at}: nothing refused"));
        assert_eq!(error.path.to_string(), at);
        assert!(!error.detail.is_empty() && !error.summary.ends_with('.'));
    }
}

#[test]
fn values_that_the_server_may_ignore_are_a_warning() {
    for set in [
        vec![("grant_types", texts(&["magic"]))],
        vec![("response_types", texts(&["cookie"]))],
        vec![("token_endpoint_auth_method", Value::text("tls_client_auth"))],
        vec![("project_slug", Value::text("only-half"))],
        vec![("client_credentials_grant_access_token_lifespan", Value::text("-1h"))],
        vec![("jwt_bearer_grant_access_token_lifespan", Value::text("0s"))],
    ] {
        let found = validate(&RESOURCE, &named(&set));
        assert!(matches!(found.as_slice(), [one] if one.severity == Severity::Warning), "{set:?}: {found:?}");
    }
    assert!(validate(&RESOURCE, &named(&[("response_types", texts(&["id_token code", "id_token"]))])).is_empty());
    assert!(
        validate(&RESOURCE, &named(&[("redirect_uris", texts(&["myapp://cb", "com.example.app:/cb", "/cb", "https://*.x/cb"]))]))
            .is_empty()
    );
}

#[test]
fn secrets_are_in_no_message() {
    let found =
        validate(&RESOURCE, &named(&[("client_secret", "abc".into()), ("jwks", "zzqq".into()), ("project_api_key", "ory_pat_zz".into())]));
    assert!(found.len() >= 3);
    let text = format!("{found:?}");
    for secret in ["abc", "zzqq", "ory_pat_zz"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn an_update_keeps_what_the_table_does_not_know() {
    use janiform::engine::Write;
    let prior = state(&[("client_uri", "https://a.example".into())]);
    let config = named(&[("owner", "me".into())]);
    let plan = replan(&RESOURCE, &prior, &config);
    let write = Write {
        resource: &RESOURCE,
        id: prior.id,
        prior: prior.value,
        planned: plan.planned,
        config,
        rewrite: vec![],
        withdrawn: vec![],
        private: plan.private,
    };
    let current = r#"{"client_id": "c", "client_name": "n", "client_uri": "https://a.example", "jwks": {}, "future_field": {"x": 1.50}}"#;
    let body = mapping::update(&write, Json::parse(current).unwrap()).unwrap().unwrap();
    assert_eq!(body.at("future_field").to_string(), r#"{"x":1.50}"#);
    assert_eq!(*body.at("owner"), "me");
    // Hydra 2.3 takes an empty key set beside `jwks_uri` for a second one.
    assert!(body.get("jwks").is_none() && body.get("client_uri").is_none() && body.get("client_secret").is_none());
}
