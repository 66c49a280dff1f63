//! What other providers left: their state, and what their servers held.

use crate::harness::{fixture_json, server::Server};
use serde_json::Value as Json;

/// Makes the recorded clients again on this server, under their own ids, with the secrets of the state.
pub fn recreate(server: &Server, recording: &str, secret: impl Fn(&str) -> Option<String>) -> usize {
    let objects = fixture_json("peers/objects.json");
    let mut count = 0;
    for object in objects.as_array().unwrap().iter().filter(|object| object["state"] == recording) {
        if !object["get"].as_str().unwrap().starts_with("/admin/clients/") || object["address"].as_str().unwrap().contains("dynamic") {
            continue;
        }
        let mut client = object["body"].clone();
        // The server sets these, and an empty key set is its word for none.
        for name in ["created_at", "updated_at", "client_secret_expires_at"] {
            client.as_object_mut().unwrap().remove(name);
        }
        if client["jwks"] == serde_json::json!({}) {
            client.as_object_mut().unwrap().remove("jwks");
        }
        if let Some(secret) = secret(client["client_id"].as_str().unwrap()) {
            client["client_secret"] = secret.into();
        }
        let made = server.create(&client);
        // As it was, but for its times and the secret that is told once.
        for (name, value) in object["body"].as_object().unwrap() {
            if !["created_at", "updated_at"].contains(&name.as_str()) {
                let same = made[name] == *value || [&made[name], value].iter().all(|value| is_nothing(value));
                assert!(same, "{name}: {} instead of {value}", made[name]);
            }
        }
        count += 1;
    }
    count
}

fn is_nothing(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(members) => members.is_empty(),
        _ => false,
    }
}
