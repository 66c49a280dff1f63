//! What the window hides in people's own metadata and traits: names that usual lists know as secret, in every spelling,
//! and values that look like a secret; and that it shows the rest.

use crate::support::stored::theirs;
use janiform::emulator::{Options, start, window::Place, window::mask::Mask};
use serde_json::{Value as Json, json};

/// The names that Rails filters out of logs (`filter_parameters` of a new application), that Sentry's SDKs scrub
/// (`DEFAULT_DENYLIST`), that Django hides in error reports, and what OWASP's page on logging says to leave out; without
/// `email`, `certificate` and addresses of machines, which tell one object from another here.
const USUAL: &[&str] = &[
    // Rails: parts of names, written out as people use them.
    "password",
    "passwd",
    "passw",
    "secret",
    "token",
    "api_key",
    "_key",
    "encrypted_data",
    "crypted_password",
    "salt",
    "password_salt",
    "otp",
    "ssn",
    "cvv",
    "cvc",
    "credit_card_number",
    "card_number",
    "authenticity_token",
    "password_confirmation",
    // Sentry.
    "apikey",
    "auth",
    "credentials",
    "mysql_pwd",
    "privatekey",
    "private_key",
    "session",
    "csrftoken",
    "sessionid",
    "x_csrftoken",
    "set_cookie",
    "cookie",
    "authorization",
    "x_api_key",
    "connect.sid",
    "csrf_token",
    "csrf",
    "_csrf",
    "_csrf_token",
    "PHPSESSID",
    "_session",
    "user_session",
    "_xsrf",
    "XSRF-TOKEN",
    // Django.
    "API_KEY",
    "AUTH",
    "TOKEN",
    "SECRET",
    "PASS",
    "SIGNATURE",
    "HTTP_COOKIE",
    // OWASP: tokens, passwords, connection strings, keys, bank accounts, cards, numbers that a state gives people.
    "access_token",
    "refresh_token",
    "id_token",
    "session_id",
    "db_password",
    "connection_string",
    "dsn",
    "encryption_key",
    "signing_key",
    "primary_secret",
    "bank_account",
    "account_number",
    "iban",
    "pan",
    "card",
    "tax_id",
    "national_id",
    "social_security_number",
    "passport_number",
    "drivers_license",
    // And what accounts hold.
    "pin",
    "pin_code",
    "passcode",
    "passphrase",
    "totp",
    "totp_secret",
    "recovery_codes",
    "backup_codes",
    "security_answer",
    "mothers_maiden_name",
    "client_secret",
    "webhook_secret",
    "webhook_url",
    "access_key",
    "aws_secret_access_key",
    "ssh_key",
    "license_key",
    "bearer",
    "jwt",
    "seed",
    "mnemonic",
    "private",
    "credential",
    "old_password",
    "password2",
    "secret_value",
    "password_hash",
    "cvv2",
];

/// What tells nothing secret, and what the servers' own documents have.
const HARMLESS: &[&str] = &[
    "name",
    "email",
    "username",
    "team",
    "owner",
    "plan",
    "department",
    "locale",
    "cost_center",
    "description",
    "keyboard",
    "monkey",
    "author",
    "passenger",
    "secretary",
    "tokenizer",
    "pinned",
    "shipping",
    "cardinality",
    "compass",
    "authority",
    "spinner",
    "optional",
    "public_key",
    "publicKey",
    "primary_key",
    "sort_key",
    "key_id",
    "keyId",
    "token_type",
    "token_endpoint",
    "token_url",
    "token_endpoint_auth_method",
    "password_changed_at",
    "passwordUpdatedAt",
    "secret_name",
    "secret_version",
    "card_type",
    "card_brand",
    "session_lifespan",
    "otp_method",
    "auth_provider",
    "authentication_method",
    "client_secret_expires_at",
    "access_token_strategy",
];

fn masked(name: &str, value: impl Into<Json>) -> Json {
    let document = json!({ name: value.into() }).to_string();
    theirs(Mask::new().expect("randomness").document(&document).at(name))
}

fn is_hidden(json: &Json) -> bool {
    json.as_str().is_some_and(|text| text.starts_with("••••••"))
}

/// The name in every style.
fn spellings(name: &str) -> Vec<String> {
    let words: Vec<String> = name.split(['_', '-', '.', ' ']).map(str::to_lowercase).collect();
    let capital = |word: &String| word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect::<String>();
    let camel: String = words.iter().enumerate().map(|(at, word)| if at == 0 { word.clone() } else { capital(word) }).collect();
    let pascal: String = words.iter().map(capital).collect();
    vec![
        name.to_owned(),
        words.join("_"),
        words.join("-"),
        words.join("."),
        words.join(" "),
        words.join("_").to_uppercase(),
        words.join("-").to_uppercase(),
        format!("prod_{}", words.join("_")),
        format!("staging{pascal}"),
        format!("{camel}Value"),
        camel,
        pascal,
    ]
}

#[test]
fn usual_names_of_secrets_are_hidden_however_they_are_spelled() {
    let mut shown = Vec::new();
    for name in USUAL {
        for name in spellings(name) {
            if !is_hidden(&masked(&name, "canary")) || !is_hidden(&masked(&name, 7123)) {
                shown.push(name);
            }
        }
    }
    assert!(shown.is_empty(), "shown: {shown:?}");
}

#[test]
fn other_values_are_shown() {
    let hidden: Vec<_> = HARMLESS.iter().filter(|name| is_hidden(&masked(name, "a text"))).collect();
    assert!(hidden.is_empty(), "hidden: {hidden:?}");
    // Whatever it is called, true or false is no secret.
    assert_eq!(masked("mfa_secret", true), json!(true));
    for text in [
        "1c4b0b8e-2ee7-4f10-9a51-0a2f0f0c1a11",
        "https://shop.example.com/oauth2/callback?Region=EU2&Tenant=Main",
        "Shop-EU-2-Prod-West-1a-Client",
        "MyCompanyProductionClient2024",
        "com.example.app.ios.Release12",
        "arn:aws:iam::123456789012:role/Deployer",
        "offline_access openid profile email",
        "2026-11-28T18:00:00.123456789Z",
        "urn:ietf:params:oauth:grant-type:device_code",
        "aVeryLongNameThatSomebodyHasWrittenInCamelCase1",
        "Grünstraße 12, 10115 Berlin",
    ] {
        assert_eq!(masked("note", text), json!(text));
    }
}

#[test]
fn a_text_that_looks_like_a_secret_is_hidden_under_any_name() {
    for text in [
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln",
        "ory_at_XvIJ1faYy6LeJjbYHDTHlFoAvYeZDbEpNDB70pvqRLo.aajxnMVg",
        "ory_pat_anything",
        "Bearer anything",
        "-----BEGIN EC PRIVATE KEY-----",
        "$2a$12$anything",
        "$argon2id$v=19$m=65536",
        "postgres://app:canary@db.example/app",
        "ghp_0123456789abcdef0123456789abcdef0123",
        "AKIAIOSFODNN7EXAMPLE",
        // Drawn for this table: as a client's secret, base64, base64url, hexadecimal, base 36.
        "YdOBKyKjdUZPTI5eflMaYys-C.",
        "q9T2vLk0XwB7mZp4RfYc8HsN",
        "0a4d55a8d778e5022fab701977c5d840bbc486d0",
        "b7k2m9x4q1z8w5v3t6r0p2n7j4h1g8f5",
        "yZ3+Qk/8vF0tLr2Wm9Jx1A==",
    ] {
        assert!(is_hidden(&masked("note", text)), "{text}");
        assert!(is_hidden(&masked("list", json!(["a", { "deep": [text] }]))[1]["deep"][0]), "{text}");
    }
}

#[test]
fn the_value_that_a_patch_puts_in_a_secrets_place_is_hidden() {
    let mask = Mask::new().expect("randomness");
    let patch = json!([
        { "op": "replace", "path": "/credentials/password/config/hashed_password", "value": "canary" },
        { "op": "add", "path": "/metadata/dbPassword", "value": "canary" },
        { "op": "add", "path": "/metadata_admin/note", "value": { "deep": "canary" } },
        { "op": "add", "path": "/metadata/team", "value": "shown" },
    ]);
    let shown = mask.document(&patch.to_string()).to_string();
    assert!(!shown.contains("canary") && shown.contains("shown") && shown.contains("/metadata/dbPassword"), "{shown}");
}

#[tokio::test]
async fn metadata_and_traits_are_hidden_at_any_depth() {
    let window = start(Options { window: Place::Port(0), ..Options::default() }).await.expect("the emulator starts");
    let client = crate::support::client();
    let deep = json!({ "team": "shop", "list": [{ "dbPassword": "canary", "API-Key": ["canary"], "iban": "canary", "port": 5432 }] });
    let post = async |path: &str, body: &Json| {
        let answer = client.post(format!("{}{path}", window.url())).json(body).send().await.expect("an answer");
        assert_eq!(answer.status(), 201);
        answer.json::<Json>().await.expect("JSON")
    };
    post("/admin/clients", &json!({ "client_id": "one", "metadata": deep })).await;
    let identity = json!({
        "traits": { "email": "ann@example.com", "more": deep }, "metadata_public": deep, "metadata_admin": { "note": "canary" },
        "credentials": { "oidc": { "config": { "providers": [{ "provider": "github", "subject": "1" }] } } },
    });
    let id = post("/admin/identities", &identity).await["id"].as_str().expect("an id").to_owned();
    let page = window.window_url().expect("a window");
    for (kind, id, places) in [("client", "one", &["/metadata"][..]), ("identity", &id, &["/traits/more", "/metadata_public"])] {
        let answer = client.get(format!("{page}api/object")).query(&[("kind", kind), ("id", id)]).send().await.expect("an answer");
        let shown: Json = answer.json().await.expect("JSON");
        assert!(!shown.to_string().contains("canary"), "{shown:#}");
        for place in places {
            let shown = shown.pointer(place).expect("it is there");
            assert_eq!((&shown["team"], &shown["list"][0]["port"]), (&json!("shop"), &json!(5432)));
        }
        if kind == "identity" {
            // Who signs in how is there to be seen.
            let way = &shown["credentials"]["oidc"];
            assert_eq!((&way["type"], &way["identifiers"]), (&json!("oidc"), &json!(["github:1"])));
            assert_eq!(shown["traits"]["email"], "ann@example.com");
        }
    }
    window.stop().await;
}
