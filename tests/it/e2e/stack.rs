//! The effects of both tools on the same stack, as the server shows them.

use crate::harness::{assert_holds, server::Server};
use serde_json::{Value as Json, json};

/// The awkward client as first written.
#[track_caller]
pub fn assert_awkward(client: &Json) {
    let metadata: Json =
        serde_json::from_str(r#"{"z":12345678901234567890,"a":[1,2.50,{"nested":"  two  spaces "}],"pi":3.14159265358979323846}"#).unwrap();
    assert_holds(
        client,
        json!({
            "scope": "write  read   openid",
            "allowed_cors_origins": ["https://b.example.com", "https://a.example.com"],
            "redirect_uris": ["https://b.example.com/", "https://a.example.com/callback/"],
            "authorization_code_grant_access_token_lifespan": "1h30m0s",
            "client_credentials_grant_access_token_lifespan": "1h0m0s",
            "authorization_code_grant_refresh_token_lifespan": "1h30m0s",
            "metadata": metadata,
        }),
    );
}

/// The awkward client with its other values.
#[track_caller]
pub fn assert_updated(client: &Json) {
    let metadata: Json = serde_json::from_str(r#"{"z":12345678901234567891,"b":null}"#).unwrap();
    assert_holds(
        client,
        json!({
            "scope": "admin  write read",
            "owner": "team b",
            "skip_consent": true,
            "grant_types": ["client_credentials", "authorization_code"],
            "allowed_cors_origins": ["https://c.example.com"],
            "post_logout_redirect_uris": ["https://c.example.com/goodbye/"],
            "authorization_code_grant_access_token_lifespan": "1h30m1s",
            "client_credentials_grant_access_token_lifespan": "30m0s",
            "authorization_code_grant_refresh_token_lifespan": "24h0m0s",
            "metadata": metadata,
        }),
    );
    assert_eq!(client["jwks"]["keys"][0]["kid"], "second");
}

/// The awkward client without anything.
#[track_caller]
pub fn assert_reduced(client: &Json) {
    assert_holds(
        client,
        json!({
            "owner": "",
            "skip_consent": false,
            "client_uri": "",
            "metadata": {},
            "authorization_code_grant_access_token_lifespan": null,
            "client_credentials_grant_access_token_lifespan": null,
            "authorization_code_grant_refresh_token_lifespan": null,
        }),
    );
    let is_empty = |list: &Json| list.is_null() || list.as_array().is_some_and(Vec::is_empty);
    for list in
        ["grant_types", "response_types", "audience", "contacts", "redirect_uris", "allowed_cors_origins", "post_logout_redirect_uris"]
    {
        assert!(is_empty(&client[list]), "{list} is left: {client:#}");
    }
    assert!(is_empty(&client["jwks"]["keys"]), "keys are left: {client:#}");
}

/// Changes three clients behind the tool's back, fields changed, added and removed; gives what they were.
pub fn meddle(server: &Server, machine: &str, web: &str, awkward: &str) -> [Json; 3] {
    let before = [machine, web, awkward].map(|id| server.client(id));
    server.change(machine, |client| {
        client["client_name"] = json!("Somebody else's");
        client["audience"] = json!(["https://orders.example.com", "https://more.example.com"]);
        client["client_credentials_grant_access_token_lifespan"] = json!("2h0m0s");
    });
    server.change(web, |client| {
        client.remove("post_logout_redirect_uris");
        client["allowed_cors_origins"] = json!([]);
        client["skip_consent"] = json!(false);
        client["tos_uri"] = json!("https://added.example.com");
    });
    server.change(awkward, |client| {
        client["metadata"]["z"] = json!(1);
        client.remove("jwks");
        client["authorization_code_grant_access_token_lifespan"] = json!(null);
    });
    before
}

/// That clients are what they were before somebody meddled.
#[track_caller]
pub fn assert_repaired(server: &Server, before: &[Json]) {
    for client in before {
        let mut after = server.client(client["client_id"].as_str().unwrap());
        // The one field that has to differ.
        after["updated_at"] = client["updated_at"].clone();
        assert_eq!(&after, client);
    }
}
