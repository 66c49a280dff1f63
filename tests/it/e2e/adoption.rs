//! Fixtures of other providers: their state, and the objects on their servers.

use crate::harness::{fixture_json, server::Ory};
use serde_json::{Value as Json, json};

/// What a state says of the object with this id, by the attribute's name: a string.
pub type Said = fn(&Json, &str, &str) -> Option<String>;

/// Puts the recorded objects back onto the servers, with what only the state knows of them, and changes in the
/// state what the servers choose anew. Gives how many there are.
pub fn put_back(ory: &Ory, recording: &str, state: &mut Json, said: Said) -> usize {
    // Both servers have a schema of this name.
    *state = renamed(state, "person", "default");
    let objects = [fixture_json("peers/objects.json"), fixture_json("peers/community-objects.json")];
    let mut count = 0;
    for object in objects.iter().flat_map(|objects| objects.as_array().unwrap()).filter(|object| object["state"] == recording) {
        let (path, body) = (object["get"].as_str().unwrap(), &object["body"]);
        let (kind, id) = path.rsplit_once('/').unwrap();
        let chosen = match kind {
            "/admin/clients" => {
                put_client(ory, body, said(state, id, "client_secret"));
                None
            }
            "/admin/keys" => {
                ory.hydra.ask("PUT", path, Some(body)).expect(200);
                None
            }
            "/admin/trust/grants/jwt-bearer/issuers" => {
                let mut grant = body.clone();
                grant["jwk"] = serde_json::from_str(&said(state, id, "jwk").expect("a key")).unwrap();
                Some(ory.hydra.ask("POST", kind, Some(&grant)).expect(201)["id"].take())
            }
            "/admin/identities" => {
                let mut identity = json!({ "schema_id": "default" });
                for name in ["state", "traits", "metadata_public", "metadata_admin"] {
                    identity[name] = body[name].clone();
                }
                Some(ory.kratos.ask("POST", kind, Some(&identity)).expect(201)["id"].take())
            }
            // A query, as a relationship has no address.
            "" => {
                let there = ory.tuples(&["files"]);
                for tuple in body["relation_tuples"].as_array().expect("relation tuples").iter().filter(|tuple| !there.contains(tuple)) {
                    ory.keto.ask("PUT", "/admin/relation-tuples", Some(tuple)).expect(201);
                }
                None
            }
            _ => panic!("no test knows {path}"),
        };
        if let Some(chosen) = chosen {
            *state = renamed(state, id, chosen.as_str().expect("an id"));
        }
        count += 1;
    }
    count
}

fn renamed(state: &Json, was: &str, is: &str) -> Json {
    serde_json::from_str(&state.to_string().replace(was, is)).unwrap()
}

fn put_client(ory: &Ory, recorded: &Json, secret: Option<String>) {
    let mut client = recorded.clone();
    // The server sets these, and an empty key set is its word for none.
    for name in ["created_at", "updated_at", "client_secret_expires_at"] {
        client.as_object_mut().unwrap().remove(name);
    }
    if client["jwks"] == json!({}) {
        client.as_object_mut().unwrap().remove("jwks");
    }
    if let Some(secret) = secret {
        client["client_secret"] = secret.into();
    }
    let made = ory.hydra.create(&client);
    // As it was, but for its times and the secret that is told once.
    for (name, value) in recorded.as_object().unwrap() {
        if !["created_at", "updated_at"].contains(&name.as_str()) {
            let same = made[name] == *value || [&made[name], value].iter().all(|value| is_nothing(value));
            assert!(same, "{name}: {} instead of {value}", made[name]);
        }
    }
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

/// All that the servers hold, so that nothing changes unseen.
pub fn held(ory: &Ory, key_set: &str) -> Vec<Json> {
    let mut held = ory.hydra.clients();
    held.extend(ory.hydra.list("/admin/trust/grants/jwt-bearer/issuers"));
    held.push(ory.hydra.ask("GET", &format!("/admin/keys/{key_set}"), None).expect(200));
    held.extend(ory.kratos.list("/admin/identities"));
    held.extend(ory.tuples(&["files"]));
    held
}
